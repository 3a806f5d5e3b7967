/* imap/fetch.c - FETCH: what the client wants to know of messages (RFC 3501 §6.4.5).
 *
 *   * 7 FETCH (FLAGS (\Seen) BODY[] {320}CRLF <320 octets>)CRLF
 *              item          item, its octets in slices of 64 KB
 *
 * Work in steps: next message, next item, next block of octets; a turn of the loop takes as many steps
 * as fit into a slice. In IMAP reading is not downloading: the message stays on the server, only its
 * \Seen flag tells that it has been read.
 *
 * Tests: tests/test_imap_fetch.c
 */
#include "imap/commands.h"

#include <string.h>

#include "imap/items.h"
#include "imap/structure.h"
#include "imap/write.h"
#include "storage/envelope.h"

#define IMAP_HEADER_MAX (1024 * 1024) /* octets of a header that are looked into */
#define IMAP_BLOCK      (16 * 1024)   /* octets read from the store at a time */
#define IMAP_TOLD_START (2 * 1024)    /* octets of a body kept for the trace */
#define IMAP_TOLD_HEAD  (16 * 1024)   /* or its header, where that is longer */

/* One section's octets on their way. */
typedef struct ImapBody {
    gboolean sending;
    guint64 at, end; /* in the message: what is still to be sent */
    gboolean tell;   /* worth an event: not only header fields */
    guint64 octets;  /* of all of it */
    GChecksum *hash; /* of what was sent */
    GString *start;  /* the first of it */
} ImapBody;

typedef struct ImapFetch {
    ImapSet *set;
    GPtrArray *items;
    gboolean sees;      /* one of the items sets \Seen */
    guint index;        /* of the view: the message at hand, or the next one */
    StoreEntry *entry;  /* the message at hand; NULL between two */
    StoreIndex *parts;  /* its index, once needed */
    gboolean flags_new; /* \Seen was set just now */
    guint item;         /* the item written next */
    ImapBody body;
    gboolean gone;    /* a message was there no more */
    gboolean changed; /* something was stored */
} ImapFetch;

static void
imap_body_clear(ImapBody *body)
{
    g_clear_pointer(&body->hash, g_checksum_free);
    if (body->start != NULL)
        g_string_free(body->start, TRUE);
    *body = (ImapBody){ 0 };
}

static void
imap_fetch_free(gpointer data)
{
    ImapFetch *work = data;

    imap_body_clear(&work->body);
    store_index_free(work->parts);
    store_entry_free(work->entry);
    if (work->items != NULL)
        g_ptr_array_unref(work->items);
    imap_set_free(work->set);
    g_free(work);
}

/* ---- what the trace tells ---- */

/* Is it the message that is read, or only looked at from outside? */
static gboolean
imap_fetch_is_reading(const ImapItem *item)
{
    return item->kind == IMAP_ITEM_SECTION &&
           (item->text == IMAP_TEXT_ALL || item->text == IMAP_TEXT_TEXT);
}

static void
imap_fetch_tell_reading(ImapSession *session, ImapFetch *work)
{
    gboolean reading = FALSE;

    for (guint i = 0; i < work->items->len; i++)
        reading |= imap_fetch_is_reading(g_ptr_array_index(work->items, i));
    if (!reading)
        return;
    imap_set_journey(session, work->entry->message);
    trace_put_number(session->trace, "uid", work->entry->uid);
    trace_put_text(session->trace, "outcome", work->sees ? "read" : "looked");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.4.5",
                   "%s %s message %u: it stays on the server (IMAP)", session->address,
                   work->sees ? "has read" : "looks at", work->index + 1);
}

static void
imap_fetch_tell_body(ImapSession *session, ImapFetch *work)
{
    ImapBody *body = &work->body;
    const ImapItem *item = g_ptr_array_index(work->items, work->item);
    const char *end;

    if (!body->tell || !trace_is_on(session->trace))
        return;
    end = g_strstr_len(body->start->str, (gssize)body->start->len, "\r\n\r\n");
    trace_put_arrow(session->trace, "host", "reader", "message");
    trace_put_number(session->trace, "octets", (gint64)body->octets);
    trace_put_text(session->trace, "sha256", g_checksum_get_string(body->hash));
    if (item->text == IMAP_TEXT_ALL && item->depth == 0 && end != NULL) {
        g_autofree char *head = g_strndup(body->start->str, end - body->start->str);
        trace_put_text(session->trace, "head", head);
    }
    g_string_truncate(body->start, MIN(body->start->len, IMAP_TOLD_START));
    trace_put_text(session->trace, "start", body->start->str);
    trace_wire(session->trace, STAGE_PICKUP, "RFC 3501 §7.4.2",
               "host to reader: %s of message %u, %" G_GUINT64_FORMAT " octets", item->label,
               work->index + 1, body->octets);
}

/* ---- octets ---- */

static void
imap_fetch_say(ImapSession *session, GString *replies, const char *text)
{
    imap_send(session, replies, text, strlen(text), TRUE);
}

/* "BODY[] {320}CRLF": the octets follow. */
static void
imap_fetch_begin_body(ImapSession *session, ImapFetch *work, guint64 start, guint64 end,
                      GString *replies)
{
    const ImapItem *item = g_ptr_array_index(work->items, work->item);
    g_autofree char *head =
        g_strdup_printf("%s {%" G_GUINT64_FORMAT "}\r\n", item->label, end - start);

    imap_fetch_say(session, replies, head);
    work->body.sending = TRUE;
    work->body.at = start;
    work->body.end = end;
    work->body.octets = end - start;
    work->body.tell = imap_fetch_is_reading(item);
    work->body.hash = g_checksum_new(G_CHECKSUM_SHA256);
    work->body.start = g_string_new(NULL);
}

/* A block of them. FALSE: the store has failed, in the middle of a literal. */
static gboolean
imap_fetch_block(ImapSession *session, ImapFetch *work, GString *replies)
{
    ImapBody *body = &work->body;
    g_autoptr(GString) block = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    gsize want = (gsize)MIN(body->end - body->at, IMAP_BLOCK);

    if (want > 0 && (!store_entry_read(session->host->store, session->mailbox, work->entry,
                                       body->at, want, block, &error) ||
                     block->len != want)) {
        trace_error(session->trace, STAGE_PICKUP, "message UID %u cannot be read to its end: %s",
                    work->entry->uid, error == NULL ? "it is too short" : error->message);
        return FALSE;
    }
    imap_send(session, replies, block->str, block->len, FALSE);
    body->at += block->len;
    if (body->tell) {
        gsize room = IMAP_TOLD_HEAD - MIN(IMAP_TOLD_HEAD, body->start->len);

        g_checksum_update(body->hash, (const guchar *)block->str, (gssize)block->len);
        g_string_append_len(body->start, block->str, (gssize)MIN(room, block->len));
    }
    if (body->at >= body->end) {
        imap_fetch_tell_body(session, work);
        imap_body_clear(body);
        work->item++;
    }
    return TRUE;
}

/* ---- items ---- */

/* The header's octets from @start to @end, as far as we look into one. */
static GString *
imap_fetch_header(ImapSession *session, ImapFetch *work, guint64 start, guint64 end)
{
    GString *header = g_string_new(NULL);

    store_entry_read(session->host->store, session->mailbox, work->entry, start,
                     (gsize)MIN(end - start, IMAP_HEADER_MAX), header, NULL);
    return header;
}

/* HEADER.FIELDS: made in memory, because it is not a run of the message's octets. */
static void
imap_fetch_fields(ImapSession *session, ImapFetch *work, const ImapItem *item, guint64 start,
                  guint64 end, GString *replies)
{
    g_autoptr(GString) header = imap_fetch_header(session, work, start, end);
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

static void
imap_fetch_section(ImapSession *session, ImapFetch *work, const ImapItem *item, GString *replies)
{
    guint64 start = 0, end = work->entry->octets;

    if ((item->depth > 0 || item->text != IMAP_TEXT_ALL) &&
        !imap_item_find(item, work->parts, &start, &end)) {
        imap_fetch_say(session, replies, item->label);
        imap_fetch_say(session, replies, " NIL"); /* there is no such part */
        work->item++;
        return;
    }
    if (item->text == IMAP_TEXT_FIELDS || item->text == IMAP_TEXT_FIELDS_NOT) {
        imap_fetch_fields(session, work, item, start, end, replies);
        return;
    }
    if (item->partial) {
        start = MIN(end, start + item->offset);
        end = MIN(end, start + item->length);
    }
    imap_fetch_begin_body(session, work, start, end, replies);
}

typedef struct ImapFetchHeader {
    ImapSession *session;
    ImapFetch *work;
} ImapFetchHeader;

static void
imap_fetch_write_envelope(GString *out, guint64 start, guint64 end, void *data)
{
    const ImapFetchHeader *from = data;
    g_autoptr(GString) header = imap_fetch_header(from->session, from->work, start, end);
    g_autoptr(StoreEnvelope) envelope = store_envelope_from_header(header->str, header->len);

    imap_write_envelope(out, envelope);
}

/* An item that is short enough to be written at once. */
static void
imap_fetch_plain(ImapSession *session, ImapFetch *work, const ImapItem *item, GString *out)
{
    ImapFetchHeader from = { session, work };

    g_string_append_printf(out, "%s ", item->label);
    switch (item->kind) {
    case IMAP_ITEM_FLAGS: imap_write_flags(out, work->entry->flags, work->entry->keywords); break;
    case IMAP_ITEM_UID: g_string_append_printf(out, "%u", work->entry->uid); break;
    case IMAP_ITEM_INTERNALDATE: imap_write_date_time(out, work->entry->date_s); break;
    case IMAP_ITEM_SIZE:
        g_string_append_printf(out, "%" G_GUINT64_FORMAT, work->entry->octets);
        break;
    case IMAP_ITEM_ENVELOPE:
        imap_fetch_write_envelope(out, 0, store_index_part(work->parts, 0)->body, &from);
        break;
    case IMAP_ITEM_BODY:
    case IMAP_ITEM_BODYSTRUCTURE:
        imap_structure_write(out, work->parts, item->kind == IMAP_ITEM_BODYSTRUCTURE,
                             imap_fetch_write_envelope, &from);
        break;
    case IMAP_ITEM_SECTION: g_assert_not_reached();
    }
}

static void
imap_fetch_item(ImapSession *session, ImapFetch *work, GString *replies)
{
    const ImapItem *item = g_ptr_array_index(work->items, work->item);
    g_autoptr(GString) out = g_string_new(NULL);

    if (work->item > 0)
        imap_fetch_say(session, replies, " ");
    if (item->kind == IMAP_ITEM_SECTION) {
        imap_fetch_section(session, work, item, replies);
        return;
    }
    imap_fetch_plain(session, work, item, out);
    imap_send(session, replies, out->str, out->len, TRUE);
    work->item++;
}

/* ---- messages ---- */

/* Reading sets \Seen, unless it is set, or the mailbox is open to look only. */
static gboolean
imap_fetch_set_seen(ImapSession *session, ImapFetch *work, GError **error)
{
    Store *store = session->host->store;
    gboolean in_step = imap_view_in_step(session);
    g_autoptr(StoreEntry) after = NULL;

    if (!work->sees || session->read_only || (work->entry->flags & STORE_SEEN) != 0)
        return TRUE;
    if (!store_entry_set_flags(store, session->trace, session->mailbox, work->entry->uid,
                               work->entry->flags | STORE_SEEN, work->entry->keywords, error))
        return FALSE;
    work->entry->flags |= STORE_SEEN;
    work->flags_new = TRUE;
    work->changed = TRUE;
    after = store_entry_get(store, session->mailbox, work->entry->uid, NULL);
    if (after != NULL)
        imap_view_at(session, work->index)->modseq = after->modseq;
    imap_view_stepped(session, in_step);
    return TRUE;
}

static gboolean
imap_fetch_needs_parts(const ImapFetch *work)
{
    for (guint i = 0; i < work->items->len; i++) {
        const ImapItem *item = g_ptr_array_index(work->items, i);

        if (item->kind == IMAP_ITEM_ENVELOPE || item->kind == IMAP_ITEM_BODY ||
            item->kind == IMAP_ITEM_BODYSTRUCTURE ||
            (item->kind == IMAP_ITEM_SECTION && (item->depth > 0 || item->text != IMAP_TEXT_ALL)))
            return TRUE;
    }
    return FALSE;
}

/* The next message that is asked for and still there. FALSE: trouble. */
static gboolean
imap_fetch_next(ImapSession *session, ImapFetch *work, GString *replies, GError **error)
{
    Store *store = session->host->store;
    g_autofree char *head = NULL;

    work->entry =
        store_entry_get(store, session->mailbox, imap_view_at(session, work->index)->uid, error);
    if (work->entry == NULL) {
        work->gone = TRUE;
        work->index++;
        return error == NULL || *error == NULL;
    }
    imap_fetch_tell_reading(session, work);
    if (imap_fetch_needs_parts(work)) {
        work->parts = store_entry_index(store, session->mailbox, work->entry, error);
        if (work->parts == NULL)
            return FALSE;
    }
    if (!imap_fetch_set_seen(session, work, error))
        return FALSE;
    work->item = 0;
    head = g_strdup_printf("* %u FETCH (", work->index + 1);
    imap_fetch_say(session, replies, head);
    return TRUE;
}

/* ")": all items are written. New flags are told even if nobody asked (RFC 3501 §6.4.5). */
static void
imap_fetch_close(ImapSession *session, ImapFetch *work, GString *replies)
{
    gboolean told = FALSE;
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < work->items->len; i++)
        told |= ((const ImapItem *)g_ptr_array_index(work->items, i))->kind == IMAP_ITEM_FLAGS;
    if (work->flags_new && !told) {
        g_string_append(out, " FLAGS ");
        imap_write_flags(out, work->entry->flags, work->entry->keywords);
    }
    g_string_append(out, ")\r\n");
    imap_send(session, replies, out->str, out->len, TRUE);
    work->flags_new = FALSE;
    g_clear_pointer(&work->entry, store_entry_free);
    g_clear_pointer(&work->parts, store_index_free);
    work->index++;
}

static NetNext
imap_fetch_done(ImapSession *session, ImapFetch *work, GString *replies)
{
    if (work->gone && !session->current->by_uid)
        return imap_end(session, replies, "NO", "[EXPUNGEISSUED] Some messages are there no more");
    if (work->changed)
        return imap_end_committed(session, replies, "%s completed", session->current->name);
    return imap_end(session, replies, "OK", "%s completed", session->current->name);
}

/* Work: one slice. */
static NetNext
imap_fetch_more(ImapSession *session, GString *replies)
{
    ImapFetch *work = session->work_data;
    gsize before = replies->len;
    g_autoptr(GError) error = NULL;

    for (guint done = 0; replies->len - before < IMAP_SLICE && done < IMAP_PAGE;) {
        if (work->body.sending) {
            if (!imap_fetch_block(session, work, replies))
                return imap_bye(session, replies, "[UNAVAILABLE] A message cannot be read");
        } else if (work->entry != NULL && work->item < work->items->len) {
            imap_fetch_item(session, work, replies);
        } else if (work->entry != NULL) {
            imap_fetch_close(session, work, replies);
            done++;
        } else if (work->index >= session->view->len) {
            return imap_fetch_done(session, work, replies);
        } else if (!imap_set_names(session, work->set, work->index)) {
            work->index++;
        } else if (!imap_fetch_next(session, work, replies, &error)) {
            return imap_trouble(session, replies, error);
        }
    }
    return NET_MORE;
}

NetNext
imap_fetch(ImapSession *session, ImapParse *arguments, GString *replies)
{
    ImapFetch *work = g_new0(ImapFetch, 1);
    const char *wrong = "FETCH needs a sequence set and what is wanted";
    gboolean uid = FALSE;

    imap_set_work(session, imap_fetch_more, work, imap_fetch_free);
    if (imap_parse_char(arguments, ' '))
        work->set = imap_take_set(session, arguments, &wrong);
    if (work->set == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.4.5", wrong);
    if (imap_parse_char(arguments, ' '))
        work->items = imap_items_parse(arguments);
    if (work->items == NULL || !imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.4.5", "Not a list of FETCH items");
    for (guint i = 0; i < work->items->len; i++) {
        const ImapItem *item = g_ptr_array_index(work->items, i);

        uid |= item->kind == IMAP_ITEM_UID;
        work->sees |= item->kind == IMAP_ITEM_SECTION && !item->peek;
    }
    /* UID FETCH answers with the UID, asked or not (RFC 3501 §6.4.8). */
    if (session->current->by_uid && !uid)
        imap_items_prepend(work->items, IMAP_ITEM_UID, "UID");
    return imap_fetch_more(session, replies);
}
