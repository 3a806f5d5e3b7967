/* trace/viewer/fields.c - members of a journal line, without a JSON parser (see fields.h).
 *
 * Whatever is not as the server writes it ends the scan; nothing goes deeper than the data's own
 * members.
 *
 * Start reading at view_fields_scan().
 * Tests: tests/test_viewer_fields.c
 */
#include "trace/viewer/fields.h"

#include <string.h>

#include "trace/viewer/cursor.h"

/* clang-format off */
static const struct {
    const char *name;
    gsize length;
} names[VIEW_FIELDS] = {
#define NAME(text) { text, sizeof text - 1 }
    [VIEW_FIELD_JOURNAL] = NAME("journal"),       [VIEW_FIELD_SEQ] = NAME("seq"),
    [VIEW_FIELD_TIME] = NAME("time"),             [VIEW_FIELD_HOST] = NAME("host"),
    [VIEW_FIELD_STAGE] = NAME("stage"),           [VIEW_FIELD_KIND] = NAME("kind"),
    [VIEW_FIELD_JOURNEY] = NAME("journey"),       [VIEW_FIELD_SESSION] = NAME("session"),
    [VIEW_FIELD_CAUSE] = NAME("cause"),           [VIEW_FIELD_TWIN] = NAME("twin"),
    [VIEW_FIELD_FROM] = NAME("from"),             [VIEW_FIELD_TO] = NAME("to"),
    [VIEW_FIELD_LABEL] = NAME("label"),           [VIEW_FIELD_LINE] = NAME("line"),
    [VIEW_FIELD_CODE] = NAME("code"),             [VIEW_FIELD_OUTCOME] = NAME("outcome"),
    [VIEW_FIELD_DUE] = NAME("due"),               [VIEW_FIELD_TRIES] = NAME("tries"),
    [VIEW_FIELD_HEAD] = NAME("head"),             [VIEW_FIELD_ACCOUNT] = NAME("account"),
    [VIEW_FIELD_REPORTS_ON] = NAME("reports_on"), [VIEW_FIELD_MESSAGES] = NAME("messages"),
#undef NAME
};
/* clang-format on */

const char *
view_field_name(ViewField field, gboolean *in_data)
{
    *in_data = field >= VIEW_FIELD_FROM;
    return names[field].name;
}

const char *
view_fields_put(ViewFields *fields, gint64 number)
{
    char *text = fields->room + fields->used;

    fields->used +=
        1 + g_snprintf(text, VIEW_FIELDS_ROOM - fields->used, "%" G_GINT64_FORMAT, number);
    return text;
}

/* FALSE: a member that matters can't be taken as it stands. */
static gboolean
view_fields_keep(ViewFields *fields, const ViewPiece *key, const ViewPiece *value, gboolean in_data)
{
    ViewField field = in_data ? VIEW_FIELD_FROM : 0;
    ViewField end = in_data ? VIEW_FIELDS : VIEW_FIELD_FROM;

    while (field < end && (names[field].length != key->length ||
                           memcmp(names[field].name, key->begin, key->length) != 0))
        field++;
    if (field == end)
        return TRUE;
    if (field == VIEW_FIELD_HEAD) {
        fields->text[field] = "";
        return TRUE;
    }
    if (value->escaped || value->length >= VIEW_FIELDS_ROOM - fields->used)
        return FALSE;
    fields->text[field] = fields->room + fields->used;
    memcpy(fields->room + fields->used, value->begin, value->length);
    fields->used += value->length;
    fields->room[fields->used++] = '\0';
    return TRUE;
}

/* "key":value. The data's own members are read like ours, one level deeper. */
static gboolean
view_fields_member(ViewFields *fields, ViewCursor *cursor, gboolean *in_data)
{
    ViewPiece key, value;

    if (!view_cursor_string(cursor, &key) || key.escaped || !view_cursor_take(cursor, ':') ||
        cursor->at >= cursor->end)
        return FALSE;
    if (*cursor->at == '"')
        return view_cursor_string(cursor, &value) &&
               view_fields_keep(fields, &key, &value, *in_data);
    if (*cursor->at == '{' && !*in_data && key.length == 4 && memcmp(key.begin, "data", 4) == 0) {
        *in_data = TRUE;
        cursor->at++;
        if (cursor->at < cursor->end && *cursor->at == '}')
            return TRUE;
        return view_fields_member(fields, cursor, in_data);
    }
    if (*cursor->at == '{' || *cursor->at == '[')
        return view_cursor_skip(cursor);
    return view_cursor_word(cursor, &value) && view_fields_keep(fields, &key, &value, *in_data);
}

gboolean
view_fields_scan(ViewFields *fields, const char *line, gsize length)
{
    ViewCursor cursor = { line, line + length };
    gboolean in_data = FALSE;

    memset(fields->text, 0, sizeof fields->text);
    fields->used = 0;
    if (length > 0 && line[length - 1] == '\n')
        cursor.end--;
    if (!view_cursor_take(&cursor, '{'))
        return FALSE;
    do {
        if (!view_fields_member(fields, &cursor, &in_data))
            return FALSE;
        if (in_data && view_cursor_take(&cursor, '}'))
            in_data = FALSE;
    } while (view_cursor_take(&cursor, ','));
    return view_cursor_take(&cursor, '}') && cursor.at == cursor.end;
}
