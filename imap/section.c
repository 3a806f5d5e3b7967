/* imap/section.c - where the octets of BODY[4.2.HEADER] lie in a message (RFC 9051 §6.4.5.1).
 *
 *   message                   HEADER  TEXT
 *    └─ multipart/mixed
 *        ├─ 1  text/plain
 *        └─ 2  message/rfc822      2 is its octets as they are: a message
 *               └─ multipart       2.HEADER and 2.TEXT are that message's
 *                   ├─ 2.1         and so are the numbers below
 *                   └─ 2.2
 *
 * A message that is no multipart has one part, number 1: its body. That rule holds for a message
 * inside a message, too; so what a number means depends on whether it is applied to a message or to
 * a part.
 *
 * BODYSTRUCTURE must show a part in each multipart and in each message; where a damaged one has none,
 * it shows an empty text (imap/structure.c). That part is found here, too: it has no octets.
 *
 * Tests: tests/test_imap_section.c
 */
#include "imap/items.h"

#include <string.h>

#include "imap/structure.h"

/* A place in the tree: part @number of the index, taken as a message or as a part. */
typedef struct ImapPlace {
    guint number;
    gboolean message;
    gboolean empty; /* the empty text in that part */
} ImapPlace;

static gboolean
imap_place_is_multipart(const StorePart *part)
{
    return g_str_equal(part->type, "multipart");
}

/* Part -> the message in it. FALSE: it is no message. */
static gboolean
imap_place_enter(ImapPlace *place, const StoreIndex *index, gboolean rev2)
{
    const StorePart *part = store_index_part(index, place->number);
    int child = store_index_child(index, place->number, 0);

    if (place->empty || !imap_structure_is_message(part, rev2))
        return FALSE;
    if (child < 0) /* one that could not be looked into */
        *place = (ImapPlace){ place->number, TRUE, TRUE };
    else
        *place = (ImapPlace){ (guint)child, TRUE, FALSE };
    return TRUE;
}

/* One number of the path. */
static gboolean
imap_place_step(ImapPlace *place, const StoreIndex *index, gboolean rev2, guint number)
{
    const StorePart *part = store_index_part(index, place->number);
    int child;

    if (!place->message && (place->empty || !imap_place_is_multipart(part))) {
        if (!imap_place_enter(place, index, rev2))
            return FALSE;
        part = store_index_part(index, place->number);
    }
    if (place->empty || !imap_place_is_multipart(part)) {
        place->message = FALSE;
        return number == 1;
    }
    child = store_index_child(index, place->number, number - 1);
    if (child < 0) {
        *place = (ImapPlace){ place->number, FALSE, TRUE };
        return number == 1;
    }
    *place = (ImapPlace){ (guint)child, FALSE, FALSE };
    return TRUE;
}

static gboolean
imap_place_find(ImapPlace *place, const ImapItem *item, const StoreIndex *index, gboolean rev2)
{
    *place = (ImapPlace){ 0, TRUE, FALSE };
    for (guint i = 0; i < item->depth; i++)
        if (!imap_place_step(place, index, rev2, item->path[i]))
            return FALSE;
    /* HEADER and TEXT are said of messages only. */
    return place->message || item->text == IMAP_TEXT_ALL || item->text == IMAP_TEXT_MIME ||
           imap_place_enter(place, index, rev2);
}

gboolean
imap_item_find(const ImapItem *item, const StoreIndex *index, gboolean rev2, guint64 *start,
               guint64 *end)
{
    ImapPlace place;
    const StorePart *part;

    if (!imap_place_find(&place, item, index, rev2))
        return FALSE;
    part = store_index_part(index, place.number);
    if (place.empty) {
        *start = *end = part->end;
        return TRUE;
    }
    switch (item->text) {
    case IMAP_TEXT_ALL:
        *start = place.message ? part->start : part->body;
        *end = part->end;
        return TRUE;
    case IMAP_TEXT_TEXT:
        *start = part->body;
        *end = part->end;
        return TRUE;
    case IMAP_TEXT_HEADER:
    case IMAP_TEXT_FIELDS:
    case IMAP_TEXT_FIELDS_NOT:
    case IMAP_TEXT_MIME:
        *start = part->start;
        *end = part->body;
        return TRUE;
    }
    return FALSE;
}

/* A multipart is in no encoding, whatever its header says: its parts could not be found otherwise
 * (RFC 2045 §6.4). Nor is a message, unless it was encoded and so could not be looked into. */
const StorePart *
imap_item_leaf(const ImapItem *item, const StoreIndex *index, gboolean rev2)
{
    ImapPlace place;
    const StorePart *part;

    if (!imap_place_find(&place, item, index, rev2) || place.message || place.empty)
        return NULL;
    part = store_index_part(index, place.number);
    if (imap_place_is_multipart(part) || store_index_child(index, place.number, 0) >= 0)
        return NULL;
    return part;
}

/* Is the field that begins at @line one of those named? */
static gboolean
imap_item_names(const ImapItem *item, const char *line, gsize length)
{
    const char *colon = memchr(line, ':', length);
    gsize name = colon == NULL ? 0 : (gsize)(colon - line);

    while (name > 0 && (line[name - 1] == ' ' || line[name - 1] == '\t'))
        name--;
    for (guint i = 0; name > 0 && i < item->fields->len; i++) {
        const char *field = g_ptr_array_index(item->fields, i);

        if (strlen(field) == name && g_ascii_strncasecmp(field, line, name) == 0)
            return TRUE;
    }
    return FALSE;
}

char *
imap_item_filter(const ImapItem *item, const char *header, gsize length, gsize *kept)
{
    GString *out = g_string_new(NULL);
    gboolean keep = FALSE;

    for (gsize at = 0; at < length;) {
        const char *lf = memchr(header + at, '\n', length - at);
        gsize line = lf == NULL ? length - at : (gsize)(lf + 1 - (header + at));
        gboolean folded = header[at] == ' ' || header[at] == '\t';
        gboolean empty = line <= 2 && (header[at] == '\r' || header[at] == '\n');

        /* A line that begins with a space goes with its field; the empty line always stays. */
        if (empty)
            keep = TRUE;
        else if (!folded)
            keep = imap_item_names(item, header + at, line) == (item->text == IMAP_TEXT_FIELDS);
        if (keep)
            g_string_append_len(out, header + at, (gssize)line);
        at += line;
    }
    *kept = out->len;
    return g_string_free(out, FALSE);
}
