/* imap/fetch_body.c - the octets of BODY[...] on their way to the client (RFC 3501 §6.4.5).
 *
 *   BODY[2] {90000}CRLF  <64 KB>  <24 KB>           read from the store block by block, never whole
 *   BODY[HEADER.FIELDS (TO)] {30}CRLF <30 octets>   picked out of the header, in memory
 *
 * A literal's length is said first, so every octet of it must come: what cannot be read in the
 * middle of one ends the connection.
 *
 * Start reading at imap_fetch_body_section(). Tests: tests/test_imap_fetch.c
 */
#include "imap/fetch.h"

#include <string.h>

#include "imap/header.h"

#define IMAP_TOLD_START                                                                            \
    (16 * 1024)             /* octets of a body kept for the trace: usually its header is less */
#define IMAP_TOLD_PART 1024 /* of one that has no header, told as they are */

void
imap_fetch_body_clear(ImapBody *body)
{
    if (body->start != NULL)
        g_string_free(body->start, TRUE);
    *body = (ImapBody){ 0 };
}

/* ---- what the trace tells ---- */

/* Is it the message that is read, or only looked at from outside? */
gboolean
imap_fetch_body_is_reading(const ImapItem *item)
{
    return item->kind == IMAP_ITEM_BINARY ||
           (item->kind == IMAP_ITEM_SECTION &&
            (item->text == IMAP_TEXT_ALL || item->text == IMAP_TEXT_TEXT));
}

static void
imap_fetch_body_tell(ImapSession *session, ImapFetch *work)
{
    ImapBody *body = &work->body;
    const ImapItem *item = g_ptr_array_index(work->items, work->item);

    if (body->start == NULL)
        return;
    if (session->told_each == 1)
        imap_tell_asked(session);
    trace_put_arrow(session->trace, "host", "reader", "message");
    trace_put_number(session->trace, "octets", (gint64)body->octets);
    if (item->text == IMAP_TEXT_ALL && item->depth == 0 && item->offset == 0) {
        if (session->origin != NULL)
            trace_put_text(session->trace, "stored_sha256", session->origin->sha256);
        trace_put_message(session->trace, body->start->str, body->start->len);
    } else {
        g_string_truncate(body->start, MIN(body->start->len, IMAP_TOLD_PART));
        trace_put_text(session->trace, "start", body->start->str);
    }
    trace_wire(session->trace, STAGE_PICKUP, "RFC 3501 §7.4.2",
               "host to reader: %s of message %u, %" G_GUINT64_FORMAT " octets", item->label,
               work->index + 1, body->octets);
}

/* ---- octets in blocks ---- */

void
imap_fetch_body_open(ImapSession *session, ImapFetch *work, guint64 octets, gboolean eight,
                     GString *replies)
{
    const ImapItem *item = g_ptr_array_index(work->items, work->item);
    g_autofree char *head =
        g_strdup_printf("%s %s{%" G_GUINT64_FORMAT "}\r\n", item->label, eight ? "~" : "", octets);

    imap_fetch_say(session, replies, head);
    work->body.octets = octets;
    /* Is it worth an event? Header fields alone are not. */
    if (!imap_fetch_body_is_reading(item) || session->each == NULL)
        return;
    work->body.start = g_string_new(NULL);
}

/* What is sent becomes part of what will be told. */
static void
imap_fetch_body_note(ImapBody *body, const char *octets, gsize length)
{
    if (body->start != NULL)
        g_string_append_len(body->start, octets,
                            (gssize)MIN(IMAP_TOLD_START - body->start->len, length));
}

void
imap_fetch_body_put(ImapSession *session, ImapFetch *work, const char *octets, gsize length,
                    GString *replies)
{
    imap_send(session, replies, octets, length, FALSE);
    imap_fetch_body_note(&work->body, octets, length);
}

void
imap_fetch_body_close(ImapSession *session, ImapFetch *work)
{
    imap_fetch_body_tell(session, work);
    imap_fetch_body_clear(&work->body);
    work->item++;
}

gboolean
imap_fetch_body_read(ImapSession *session, ImapFetch *work, guint64 start, gsize length,
                     GString *out)
{
    g_autoptr(GError) error = NULL;
    gsize before = out->len;

    if (length == 0 || (store_entry_read(session->host->store, session->mailbox, work->entry->uid,
                                         start, length, out, &error) &&
                        out->len - before == length))
        return TRUE;
    trace_error(session->trace, STAGE_PICKUP, "message UID %u cannot be read to its end: %s",
                work->entry->uid, error == NULL ? "it is too short" : error->message);
    return FALSE;
}

gboolean
imap_fetch_body_block(ImapSession *session, ImapFetch *work, GString *replies)
{
    ImapBody *body = &work->body;
    gsize before = replies->len, length = (gsize)MIN(body->end - body->at, IMAP_SLICE);

    if (!imap_fetch_body_read(session, work, body->at, length, replies))
        return FALSE;
    imap_fetch_body_note(body, replies->str + before, length);
    body->at += length;
    if (body->at >= body->end)
        imap_fetch_body_close(session, work);
    return TRUE;
}

/* ---- sections ---- */

const GString *
imap_fetch_body_top_header(ImapSession *session, ImapFetch *work)
{
    if (work->header != NULL)
        return work->header;
    work->header = g_string_new(NULL);
    imap_header_read(session->host->store, session->mailbox, work->entry, work->header, NULL);
    work->spent += work->header->len;
    return work->header;
}

/* The header's octets from @start to @end, as far as we look into one. */
GString *
imap_fetch_body_header(ImapSession *session, ImapFetch *work, guint64 start, guint64 end)
{
    GString *header = g_string_new(NULL);

    store_entry_read(session->host->store, session->mailbox, work->entry->uid, start,
                     (gsize)MIN(end - start, IMAP_HEADER_MAX), header, NULL);
    return header;
}

/* HEADER.FIELDS: made in memory, because it is not a run of the message's octets. */
static void
imap_fetch_body_fields(ImapSession *session, ImapFetch *work, const ImapItem *item,
                       const GString *header, GString *replies)
{
    g_autoptr(GString) out = g_string_new(NULL);
    gsize length;
    g_autofree char *fields = imap_item_filter(item, header->str, header->len, &length);
    gsize from = item->partial ? (gsize)MIN(item->offset, length) : 0;
    gsize size = item->partial ? (gsize)MIN(item->length, length - from) : length;

    g_string_append_printf(out, "%s {%" G_GSIZE_FORMAT "}\r\n", item->label, size);
    g_string_append_len(out, fields + from, (gssize)size);
    imap_send(session, replies, out->str, out->len, TRUE);
    work->item++;
}

gboolean
imap_fetch_body_needs_parts(const ImapItem *item)
{
    return item->depth > 0 || item->text == IMAP_TEXT_HEADER || item->text == IMAP_TEXT_TEXT;
}

void
imap_fetch_body_section(ImapSession *session, ImapFetch *work, const ImapItem *item,
                        GString *replies)
{
    guint64 start = 0, end = work->entry->octets;

    gboolean fields = item->text == IMAP_TEXT_FIELDS || item->text == IMAP_TEXT_FIELDS_NOT;

    if (fields && item->depth == 0) {
        imap_fetch_body_fields(session, work, item, imap_fetch_body_top_header(session, work),
                               replies);
        return;
    }
    if (imap_fetch_body_needs_parts(item) &&
        !imap_item_find(item, work->parts, imap_fetch_is_rev2(session), &start, &end)) {
        imap_fetch_say(session, replies, item->label);
        imap_fetch_say(session, replies, " NIL"); /* there is no such part */
        work->item++;
        return;
    }
    if (fields) {
        g_autoptr(GString) header = imap_fetch_body_header(session, work, start, end);

        imap_fetch_body_fields(session, work, item, header, replies);
        return;
    }
    if (item->partial) {
        start = MIN(end, start + item->offset);
        end = MIN(end, start + item->length);
    }
    imap_fetch_body_open(session, work, end - start, FALSE, replies);
    work->body.sending = TRUE;
    work->body.at = start;
    work->body.end = end;
}
