/* storage/index.c - the scan that finds a message's parts, line by line as the octets come.
 *
 *   header --empty line--> body --a boundary of an open multipart--> header of the next part
 *     ^                     |
 *     +-- message/rfc822 ---+      the message in it begins where its body does
 *
 * The parts that are open lie on a stack, each multipart with its boundary; a line that begins with
 * "--" is compared with them, innermost first. A boundary line closes all that is open above its
 * multipart, so a part that forgot its own last boundary ends with its parent's. The CRLF before
 * a boundary belongs to the boundary (RFC 2046 §5.1.1).
 *
 * Of a line only the beginning is kept, of a field the first 4 KB: memory is bounded by depth, not
 * by input. Start reading at store_index_line(). storage/part.c reads the fields of a part,
 * storage/index_found.c answers questions, storage/index_json.c brings an index to the database and
 * back.
 *
 * Tests: tests/test_storage_index.c
 */
#include "storage/index.h"

#include "storage/index_inside.h"
#include "storage/part.h"

#include <string.h>

/* Top-level header fields whose first value is kept, or whose number is counted. In the order they
 * are written to the database. */
const StoreIndexField store_index_fields[] = {
    { "From", TRUE, FALSE },         { "To", TRUE, FALSE },         { "Cc", TRUE, FALSE },
    { "Bcc", TRUE, FALSE },          { "Reply-To", TRUE, FALSE },   { "Sender", TRUE, FALSE },
    { "Subject", TRUE, FALSE },      { "Date", TRUE, FALSE },       { "Message-ID", TRUE, FALSE },
    { "In-Reply-To", TRUE, FALSE },  { "References", TRUE, FALSE }, { "Received", FALSE, FALSE },
    { "Delivered-To", FALSE, TRUE }, { NULL, FALSE, FALSE },
};
G_STATIC_ASSERT(G_N_ELEMENTS(store_index_fields) == STORE_INDEX_FIELDS + 1);

/* Octets kept of a body line: "--", boundary, "--". */
#define STORE_INDEX_BODY_LINE (STORE_INDEX_BOUNDARY + 4)

/* One part on the stack. */
typedef struct StoreIndexOpen {
    guint part;
    char *boundary; /* of a multipart whose last boundary has not come, or NULL */
    gsize length;
    guint64 lines; /* line ends seen before its body */
} StoreIndexOpen;

static void
store_index_open_clear(gpointer open)
{
    g_free(((StoreIndexOpen *)open)->boundary);
}

static StorePart *
store_index_get(const StoreIndex *index, guint number)
{
    return g_ptr_array_index(index->parts, number);
}

static StoreIndexOpen *
store_index_top(const StoreIndex *index)
{
    return &g_array_index(index->open, StoreIndexOpen, index->open->len - 1);
}

static StorePart *
store_index_top_part(const StoreIndex *index)
{
    return store_index_get(index, store_index_top(index)->part);
}

StoreIndex *
store_index_new_empty(void)
{
    StoreIndex *index = g_new0(StoreIndex, 1);

    index->parts = g_ptr_array_new_with_free_func((GDestroyNotify)store_part_free);
    index->open = g_array_new(FALSE, TRUE, sizeof(StoreIndexOpen));
    g_array_set_clear_func(index->open, store_index_open_clear);
    index->line = g_string_new(NULL);
    index->field = g_string_new(NULL);
    index->others = g_ptr_array_new_with_free_func(g_free);
    return index;
}

void
store_index_free(StoreIndex *index)
{
    if (index == NULL)
        return;
    g_ptr_array_unref(index->parts);
    g_array_unref(index->open);
    g_string_free(index->line, TRUE);
    g_string_free(index->field, TRUE);
    g_ptr_array_unref(index->others);
    for (guint i = 0; i < STORE_INDEX_FIELDS; i++)
        g_free(index->values[i]);
    g_free(index);
}

/* ---- parts open and close ---- */

void
store_index_add_child(StoreIndex *index, guint parent, guint child)
{
    StorePart *part = store_index_get(index, parent);

    if (part->children == NULL)
        part->children = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_val(part->children, child);
}

/* A part begins at @start, inside the one on top of the stack, with its header. */
static void
store_index_open_part(StoreIndex *index, guint64 start)
{
    StoreIndexOpen open = { .part = index->parts->len };
    int parent = index->open->len > 0 ? (int)store_index_top(index)->part : -1;

    g_ptr_array_add(index->parts, store_part_new(parent, index->open->len, start));
    if (parent >= 0)
        store_index_add_child(index, (guint)parent, open.part);
    g_array_append_val(index->open, open);
    index->in_header = TRUE;
}

static gboolean
store_index_in_digest(const StoreIndex *index, const StorePart *part)
{
    const StorePart *parent =
        part->parent >= 0 ? store_index_get(index, (guint)part->parent) : NULL;

    return parent != NULL && strcmp(parent->type, "multipart") == 0 &&
           strcmp(parent->subtype, "digest") == 0;
}

/* A part ends where its last child does, or later. They differ where a boundary follows the empty
 * line of a child: its CRLF is the end of the child's header, and it belongs to the boundary too. */
static guint64
store_index_last_end(const StoreIndex *index, const StorePart *part)
{
    guint last;

    if (part->children == NULL)
        return 0;
    last = g_array_index(part->children, guint, part->children->len - 1);
    return store_index_get(index, last)->end;
}

/* The part on top ends at @end. @lines: lines that had begun before the one at hand. */
static void
store_index_close_part(StoreIndex *index, guint64 end, guint64 lines)
{
    StoreIndexOpen *top = store_index_top(index);
    StorePart *part = store_index_get(index, top->part);

    end = MAX(end, store_index_last_end(index, part));
    if (index->in_header) { /* no empty line came: it is all header */
        part->body = part->end = MAX(end, part->start);
        store_part_defaults(part, store_index_in_digest(index, part));
        index->in_header = FALSE;
    } else {
        part->end = MAX(end, part->body);
        part->lines = part->end > part->body && lines > top->lines ? lines - top->lines : 0;
    }
    g_array_set_size(index->open, index->open->len - 1);
}

/* May the part on top have parts of its own? */
static gboolean
store_index_has_room(const StoreIndex *index)
{
    return index->open->len < STORE_INDEX_DEPTH && index->parts->len < STORE_INDEX_PARTS;
}

/* An encoded message cannot be looked into; RFC 2046 §5.2.1 allows it no encoding anyway. */
static gboolean
store_index_is_message(const StorePart *part)
{
    return strcmp(part->type, "message") == 0 &&
           (strcmp(part->subtype, "rfc822") == 0 || strcmp(part->subtype, "global") == 0) &&
           (strcmp(part->encoding, "7BIT") == 0 || strcmp(part->encoding, "8BIT") == 0 ||
            strcmp(part->encoding, "BINARY") == 0);
}

/* The empty line after the header of the part on top: what is its body? */
static void
store_index_begin_body(StoreIndex *index)
{
    StoreIndexOpen *top = store_index_top(index);
    StorePart *part = store_index_get(index, top->part);

    store_part_defaults(part, store_index_in_digest(index, part));
    part->body = index->octets;
    top->lines = index->lines;
    index->in_header = FALSE;
    if (!store_index_has_room(index))
        return;
    if (strcmp(part->type, "multipart") == 0) {
        const char *boundary = store_part_parameter(part->parameters, "boundary");

        if (boundary == NULL || *boundary == '\0' || strlen(boundary) > STORE_INDEX_BOUNDARY)
            return;
        top->boundary = g_strdup(boundary);
        top->length = strlen(boundary);
    } else if (store_index_is_message(part)) {
        store_index_open_part(index, index->octets);
    }
}

/* ---- header fields ---- */

static void
store_index_top_level_field(StoreIndex *index, const char *name, const char *value)
{
    gsize octets = strlen(name) + strlen(value);

    for (guint i = 0; i < STORE_INDEX_FIELDS; i++) {
        if (g_ascii_strcasecmp(name, store_index_fields[i].name) != 0)
            continue;
        index->counts[i]++;
        if (store_index_fields[i].kept && index->values[i] == NULL) {
            index->values[i] = g_strdup(value);
            return;
        }
        if (!store_index_fields[i].kept && !store_index_fields[i].each)
            return;
    }
    if (index->others->len < 2 * STORE_INDEX_OTHERS &&
        index->others_octets + octets <= STORE_INDEX_OTHERS_OCTETS) {
        index->others_octets += octets;
        g_ptr_array_add(index->others, g_strdup(name));
        g_ptr_array_add(index->others, g_strdup(value));
    }
}

/* The field gathered is whole: "Name: value", unfolded. */
static void
store_index_field(StoreIndex *index)
{
    char *name = index->field->str, *colon = strchr(name, ':'), *value;

    if (colon != NULL) {
        value = colon + 1;
        *colon = '\0';
        g_strchomp(name); /* "Subject : x" was allowed once (RFC 5322 §4.5) */
        value += strspn(value, " \t");
        g_strchomp(value);
        store_part_field(store_index_top_part(index), name, value);
        if (index->open->len == 1)
            store_index_top_level_field(index, name, value);
    }
    g_string_truncate(index->field, 0);
}

/* Unfolding takes the CRLF out (RFC 5322 §2.2.3); the space after it stays. NULs are dropped. */
static void
store_index_keep_field(StoreIndex *index, const char *text, gsize length)
{
    for (gsize i = 0; i < length && index->field->len < STORE_INDEX_FIELD; i++) {
        gsize run = strnlen(text + i, MIN(length - i, STORE_INDEX_FIELD - index->field->len));

        g_string_append_len(index->field, text + i, (gssize)run);
        i += run;
    }
    if (index->open->len == 1 &&
        (length >= STORE_INDEX_FIELD || index->field->len >= STORE_INDEX_FIELD))
        index->cut = TRUE;
}

static void
store_index_header_line(StoreIndex *index, const char *text, gsize length)
{
    if (length > 0 && (text[0] == ' ' || text[0] == '\t')) {
        if (index->field->len > 0)
            store_index_keep_field(index, text, length);
        return;
    }
    store_index_field(index);
    if (length == 0)
        store_index_begin_body(index);
    else
        store_index_keep_field(index, text, length);
}

/* ---- boundaries ---- */

/* "--boundary" or "--boundary--", then nothing but space. RFC 2046 §5.1.1 is content with the front
 * of a line; but then the boundary "a" would also take the lines of "ab" inside it. */
static gboolean
store_index_matches(const StoreIndex *index, const StoreIndexOpen *open, const char *text,
                    gsize length, gboolean *last)
{
    gsize rest = 2 + open->length;

    *last = FALSE;
    if (open->boundary == NULL || length < rest ||
        memcmp(text + 2, open->boundary, open->length) != 0)
        return FALSE;
    if (length >= rest + 2 && text[rest] == '-' && text[rest + 1] == '-') {
        *last = TRUE;
        rest += 2;
    }
    while (rest < length && (text[rest] == ' ' || text[rest] == '\t'))
        rest++;
    return rest == length && index->blank_tail;
}

/* Is the line a boundary of an open multipart? Then what is open above it ends before this line. */
static gboolean
store_index_boundary(StoreIndex *index, const char *text, gsize length)
{
    gboolean last;
    guint level = index->open->len;

    if (length < 2 || text[0] != '-' || text[1] != '-')
        return FALSE;
    while (level > 0 &&
           !store_index_matches(index, &g_array_index(index->open, StoreIndexOpen, level - 1), text,
                                length, &last))
        level--;
    if (level == 0)
        return FALSE;
    if (index->in_header)
        store_index_field(index);
    while (index->open->len > level)
        store_index_close_part(index, index->text_end, index->lines - (index->was_empty ? 1 : 0));
    if (last || index->parts->len >= STORE_INDEX_PARTS)
        g_clear_pointer(&store_index_top(index)->boundary, g_free);
    if (!last && index->parts->len < STORE_INDEX_PARTS)
        store_index_open_part(index, index->octets);
    return TRUE;
}

/* ---- lines ---- */

/* A whole line has come; its last octets are its line end. */
static void
store_index_line(StoreIndex *index, gsize line_end)
{
    guint64 text_octets = index->octets - index->line_start - line_end;
    gsize kept = (gsize)MIN(text_octets, index->line->len);
    gboolean boundary;

    boundary = store_index_boundary(index, index->line->str, kept);
    if (line_end > 0)
        index->lines++;
    if (!boundary && index->in_header)
        store_index_header_line(index, index->line->str, kept);
    index->text_end = index->octets - line_end;
    index->was_empty = text_octets == 0;
    index->line_start = index->octets;
    index->blank_tail = TRUE;
    g_string_truncate(index->line, 0);
}

/* Keeps what may matter of the octets of one line: all of a header line up to its limit, of a body
 * line only what may be a boundary. */
static void
store_index_keep(StoreIndex *index, const char *octets, gsize length)
{
    gsize limit = index->in_header ? STORE_INDEX_FIELD : STORE_INDEX_BODY_LINE;
    gsize take;

    if (!index->in_header &&
        (index->octets == index->line_start ? octets[0] != '-' : index->line->len == 0))
        return;
    take = MIN(length, limit - MIN(limit, index->line->len));
    g_string_append_len(index->line, octets, (gssize)take);
    for (gsize i = take; index->blank_tail && i < length; i++)
        index->blank_tail = strchr(" \t\r\n", octets[i]) != NULL && octets[i] != '\0';
}

void
store_index_feed(StoreIndex *index, const char *octets, gsize length)
{
    while (length > 0) {
        const char *lf = memchr(octets, '\n', length);
        gsize take = lf != NULL ? (gsize)(lf - octets) + 1 : length;
        char before = take >= 2 ? octets[take - 2] : index->last;

        store_index_keep(index, octets, take);
        index->octets += take;
        index->last = octets[take - 1];
        if (lf != NULL)
            store_index_line(index,
                             before == '\r' && index->octets - index->line_start >= 2 ? 2 : 1);
        octets += take;
        length -= take;
    }
}

StoreIndex *
store_index_new(void)
{
    StoreIndex *index = store_index_new_empty();

    index->blank_tail = TRUE;
    store_index_open_part(index, 0);
    return index;
}

void
store_index_finish(StoreIndex *index)
{
    gboolean partial = index->octets > index->line_start;

    if (index->open->len == 0)
        return;
    if (partial)
        store_index_line(index, 0);
    if (index->in_header)
        store_index_field(index);
    while (index->open->len > 0)
        store_index_close_part(index, index->octets, index->lines + (partial ? 1 : 0));
}
