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

#include "imap/fetch.h"
#include "imap/structure.h"
#include "imap/write.h"
#include "storage/envelope.h"

static void
imap_fetch_free(gpointer data)
{
    ImapFetch *work = data;

    imap_fetch_body_clear(&work->body);
    store_index_free(work->parts);
    store_entry_free(work->entry);
    if (work->items != NULL)
        g_ptr_array_unref(work->items);
    imap_set_free(work->set);
    g_free(work);
}

static void
imap_fetch_tell_reading(ImapSession *session, ImapFetch *work)
{
    gboolean reading = FALSE;

    for (guint i = 0; i < work->items->len; i++)
        reading |= imap_fetch_body_is_reading(g_ptr_array_index(work->items, i));
    if (!reading)
        return;
    imap_set_journey(session, work->entry->message);
    trace_put_number(session->trace, "uid", work->entry->uid);
    trace_put_text(session->trace, "outcome", work->sees ? "read" : "looked");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.4.5",
                   "%s %s message %u: it stays on the server (IMAP)", session->address,
                   work->sees ? "has read" : "looks at", work->index + 1);
}

/* ---- items ---- */

void
imap_fetch_say(ImapSession *session, GString *replies, const char *text)
{
    imap_send(session, replies, text, strlen(text), TRUE);
}

typedef struct ImapFetchHeader {
    ImapSession *session;
    ImapFetch *work;
} ImapFetchHeader;

static void
imap_fetch_write_envelope(GString *out, guint64 start, guint64 end, void *data)
{
    const ImapFetchHeader *from = data;
    g_autoptr(GString) header = imap_fetch_body_header(from->session, from->work, start, end);
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
        imap_fetch_body_section(session, work, item, replies);
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
            if (!imap_fetch_body_block(session, work, replies))
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
