/* trace/viewer/match.c - whether an event matches a filter (see match.h).
 *
 *   the entry     stage=dns host=mx.south.example     10 ns    nothing is read
 *   the line      carol   code>=400                   1 us     read, no parser
 *   the parser    what is not in the plain form       20 us
 *
 * Each is asked only what the one before could not decide. Start reading at view_matches().
 * Tests: tests/test_viewer_hunt.c
 */
#include "trace/viewer/match.h"

#include <string.h>

#include "trace/viewer/cursor.h"

/* ---- by the entry ---- */

/* A word that an entry does not have may still stand in the line: it may be too long for one. */
static TraceFilterAnswer
view_match_entry(const ViewEntry *entry, const TraceFilter *filter)
{
    const TraceEvent event = { .seq = entry->seq,
                               .cause = entry->cause,
                               .stage = entry->stage,
                               .kind = entry->kind,
                               .host = entry->host,
                               .journey = entry->journey,
                               .session = entry->session };
    guint fields = 1u << TRACE_FIELD_SEQ | 1u << TRACE_FIELD_CAUSE | 1u << TRACE_FIELD_STAGE |
                   1u << TRACE_FIELD_KIND;

    fields |= entry->host == NULL ? 0 : 1u << TRACE_FIELD_HOST;
    fields |= entry->journey == NULL ? 0 : 1u << TRACE_FIELD_JOURNEY;
    fields |= entry->session == NULL ? 0 : 1u << TRACE_FIELD_SESSION;
    return trace_filter_ask(filter, &event, fields);
}

/* ---- by the line ---- */

/* Where the text of a member goes; NULL: it is of no matter. */
static const char **
view_line_text(TraceEvent *event, const ViewPiece *key)
{
    const struct {
        const char *name;
        const char **text;
    } texts[] = {
        { "host", &event->host },     { "journey", &event->journey },
        { "branch", &event->branch }, { "session", &event->session },
        { "user", &event->user },     { "text", &event->text },
        { "rfc", &event->rfc },       { "at", &event->at },
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        if (strlen(texts[i].name) == key->length &&
            memcmp(texts[i].name, key->begin, key->length) == 0)
            return texts[i].text;
    return NULL;
}

/* Ends the piece of the line with a NUL, in the place of the quote or comma behind it. */
static const char *
view_line_end(const char *begin, const char *end)
{
    *(char *)end = '\0';
    return begin;
}

/* "key":value, where the value is text, a number or the data. */
static gboolean
view_line_member(ViewCursor *cursor, TraceEvent *event)
{
    ViewPiece key, value;
    const char **text;

    if (!view_cursor_string(cursor, &key) || key.escaped || !view_cursor_take(cursor, ':') ||
        cursor->at >= cursor->end)
        return FALSE;
    if (*cursor->at == '"') {
        text = view_line_text(event, &key);
        if (!view_cursor_string(cursor, &value) || (text != NULL && value.escaped))
            return FALSE;
        if (text != NULL)
            *text = view_line_end(value.begin, value.begin + value.length);
        return TRUE;
    }
    if (*cursor->at != '{' && *cursor->at != '[')
        return view_cursor_word(cursor, &value);
    value.begin = cursor->at;
    if (!view_cursor_skip(cursor))
        return FALSE;
    if (key.length == 4 && memcmp(key.begin, "data", 4) == 0)
        event->data = value.begin;
    return TRUE;
}

gboolean
view_line_read(char *line, gsize length, TraceEvent *event)
{
    ViewCursor cursor = { line, line + length };
    const char *data_end = NULL;

    if (length > 0 && line[length - 1] == '\n')
        cursor.end--;
    if (!view_cursor_take(&cursor, '{'))
        return FALSE;
    do {
        if (!view_line_member(&cursor, event))
            return FALSE;
        if (event->data != NULL && data_end == NULL)
            data_end = cursor.at;
    } while (view_cursor_take(&cursor, ','));
    if (!view_cursor_take(&cursor, '}') || cursor.at != cursor.end)
        return FALSE;
    /* Only now: the comma or bracket behind the data was still needed. */
    if (data_end != NULL)
        view_line_end(event->data, data_end);
    return TRUE;
}

/* ---- all three ---- */

static gboolean
view_match_line(const ViewModel *model, guint index, const TraceFilter *filter)
{
    const ViewEntry *entry = view_model_entry(model, index);
    TraceEvent event = {
        .seq = entry->seq, .cause = entry->cause, .stage = entry->stage, .kind = entry->kind
    };
    g_autoptr(ViewEvent) parsed = NULL;
    g_autoptr(GString) line = g_string_sized_new(512);

    if (!view_model_line(model, index, line))
        return FALSE;
    if (view_line_read(line->str, line->len, &event))
        return trace_filter_matches(filter, &event);
    parsed = view_model_load(model, index);
    return parsed != NULL && trace_filter_matches(filter, parsed->event);
}

gboolean
view_matches(const ViewModel *model, guint index, const TraceFilter *filter)
{
    switch (view_match_entry(view_model_entry(model, index), filter)) {
    case TRACE_FILTER_NO: return FALSE;
    case TRACE_FILTER_YES: return TRUE;
    case TRACE_FILTER_UNSURE: break;
    }
    return view_match_line(model, index, filter);
}
