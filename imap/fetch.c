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
#include "trace/text.h"

#define IMAP_FETCH_MESSAGES 500 /* looked at in one turn: a millisecond, or less */
/* What other work costs, in octets that could be sent instead: */
#define IMAP_PART_COST 256 /* a part of an index */
#define IMAP_ASK_COST  256 /* the store asked for octets, or to change something */

/* No more of the message at hand. */
static void
imap_fetch_leave(ImapFetch *work)
{
    if (work->header != NULL)
        g_string_free(work->header, TRUE);
    work->header = NULL;
    work->flags_new = FALSE;
    g_clear_pointer(&work->entry, store_entry_free);
    g_clear_pointer(&work->parts, store_index_free);
    work->index++;
}

static void
imap_fetch_free(gpointer data)
{
    ImapFetch *work = data;

    imap_fetch_body_clear(&work->body);
    imap_page_clear(&work->page);
    imap_fetch_leave(work);
    if (work->items != NULL)
        g_ptr_array_unref(work->items);
    imap_set_free(work->set);
    g_free(work);
}

gboolean
imap_fetch_is_rev2(const ImapSession *session)
{
    return (session->enabled & IMAP_ENABLED_REV2) != 0;
}

static void
imap_fetch_tell_reading(ImapSession *session, ImapFetch *work)
{
    gboolean reading = FALSE;

    for (guint i = 0; i < work->items->len; i++)
        reading |= imap_fetch_body_is_reading(g_ptr_array_index(work->items, i));
    if (!reading)
        return;
    if (session->told_each == 1) /* of one message the steps are told in their order */
        imap_tell_asked(session);
    trace_put_number(session->each, "uid", work->entry->uid);
    trace_put_text(session->each, "outcome", work->sees ? "read" : "looked");
    trace_decision(session->each, STAGE_PICKUP, "RFC 3501 §6.4.5",
                   "message %u is %s by %s: it stays on the server, %s (IMAP)", work->index + 1,
                   work->sees ? "read" : "looked at", session->address,
                   !work->sees          ? "as it was"
                   : session->read_only ? "and is not marked: the mailbox is open to look only"
                                        : "marked \\Seen");
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

    store_envelope_write(out, envelope);
}

/* It was put together when the message came; or it was not, and the header is read. */
static void
imap_fetch_top_envelope(GString *out, const ImapFetchHeader *from)
{
    g_autoptr(StoreEnvelope) envelope = NULL;
    const GString *header;

    if (from->work->entry->envelope != NULL) {
        trace_text_append(out, from->work->entry->envelope);
        return;
    }
    header = imap_fetch_body_top_header(from->session, from->work);
    envelope = store_envelope_from_header(header->str, header->len);
    store_envelope_write(out, envelope);
}

/* An item that is short enough to be written at once. */
static void
imap_fetch_plain(ImapSession *session, ImapFetch *work, const ImapItem *item, GString *out)
{
    ImapFetchHeader from = { session, work };

    trace_text_append(out, item->label);
    trace_text_append(out, " ");
    switch (item->kind) {
    case IMAP_ITEM_FLAGS: imap_recent_write_flags(session, out, work->entry); break;
    case IMAP_ITEM_UID: trace_text_append_unsigned(out, work->entry->uid); break;
    case IMAP_ITEM_INTERNALDATE: imap_write_date_time(out, work->entry->date_s); break;
    case IMAP_ITEM_SIZE: trace_text_append_unsigned(out, work->entry->octets); break;
    case IMAP_ITEM_ENVELOPE: imap_fetch_top_envelope(out, &from); break;
    case IMAP_ITEM_BODY:
    case IMAP_ITEM_BODYSTRUCTURE:
        imap_structure_write(out, work->parts, item->kind == IMAP_ITEM_BODYSTRUCTURE,
                             imap_fetch_is_rev2(session), imap_fetch_write_envelope, &from);
        break;
    case IMAP_ITEM_MODSEQ: imap_write_modseq(out, work->entry->modseq); break;
    case IMAP_ITEM_SECTION:
    case IMAP_ITEM_BINARY:
    case IMAP_ITEM_BINARY_SIZE: g_assert_not_reached();
    }
}

static void
imap_fetch_item(ImapSession *session, ImapFetch *work, GString *replies)
{
    const ImapItem *item = g_ptr_array_index(work->items, work->item);
    gsize from;

    if (work->item > 0)
        imap_fetch_say(session, replies, " ");
    if (item->kind == IMAP_ITEM_SECTION || item->kind == IMAP_ITEM_BINARY)
        work->spent += IMAP_ASK_COST;
    if (item->kind == IMAP_ITEM_SECTION) {
        imap_fetch_body_section(session, work, item, replies);
        return;
    }
    if (item->kind == IMAP_ITEM_BINARY || item->kind == IMAP_ITEM_BINARY_SIZE) {
        imap_fetch_binary_begin(session, work, item, replies);
        return;
    }
    from = replies->len;
    imap_fetch_plain(session, work, item, replies);
    imap_sent(session, replies, from);
    work->item++;
}

/* ---- messages ---- */

/* Reading sets \Seen, unless it is set, or the mailbox is open to look only. */
static gboolean
imap_fetch_set_seen(ImapSession *session, ImapFetch *work, GError **error)
{
    Store *store = session->host->store;
    g_auto(StoreChange) change = { 0 };
    gboolean in_step;

    if (!work->sees || session->read_only || (work->entry->flags & STORE_SEEN) != 0)
        return TRUE;
    work->spent += IMAP_ASK_COST;
    in_step = imap_view_in_step(session);
    if (!store_change_begin(store, session->mailbox, &change, error) ||
        !store_change_flags(store, session->each, &change, work->entry,
                            work->entry->flags | STORE_SEEN, work->entry->keywords, error))
        return FALSE;
    work->flags_new = TRUE;
    work->changed = TRUE;
    imap_view_learns(session, work->entry);
    imap_view_stepped(session, in_step);
    return TRUE;
}

static gboolean
imap_fetch_needs_parts(const ImapFetch *work)
{
    for (guint i = 0; i < work->items->len; i++) {
        const ImapItem *item = g_ptr_array_index(work->items, i);

        if (item->kind == IMAP_ITEM_BODY || item->kind == IMAP_ITEM_BODYSTRUCTURE ||
            item->kind == IMAP_ITEM_BINARY || item->kind == IMAP_ITEM_BINARY_SIZE ||
            (item->kind == IMAP_ITEM_SECTION && imap_fetch_body_needs_parts(item)))
            return TRUE;
    }
    return FALSE;
}

/* The next message that is asked for and still there. FALSE: trouble. */
static gboolean
imap_fetch_next(ImapSession *session, ImapFetch *work, GString *replies, GError **error)
{
    Store *store = session->host->store;
    GError *wrong = NULL;
    gsize from;

    work->entry = imap_page_take(session, &work->page, imap_view_uid(session, work->index), &wrong);
    if (wrong != NULL) {
        g_propagate_error(error, wrong);
        return FALSE;
    }
    if (work->entry == NULL || (work->since > 0 && work->entry->modseq <= work->since)) {
        work->gone |= work->entry == NULL;
        imap_fetch_leave(work);
        return TRUE;
    }
    if (work->tells)
        imap_tell_each(session, work->entry->message);
    if (imap_fetch_needs_parts(work)) {
        work->parts = store_entry_index(store, session->mailbox, work->entry, error);
        if (work->parts == NULL)
            return FALSE;
        work->spent += IMAP_PART_COST * store_index_count(work->parts);
        if (!imap_fetch_binary_can(session, work)) {
            work->unknown = TRUE;
            imap_fetch_leave(work);
            return TRUE;
        }
    }
    if (session->each != NULL)
        imap_fetch_tell_reading(session, work);
    work->answered++;
    if (!imap_fetch_set_seen(session, work, error))
        return FALSE;
    work->item = 0;
    from = replies->len;
    trace_text_append(replies, "* ");
    trace_text_append_unsigned(replies, work->index + 1);
    trace_text_append(replies, " FETCH (");
    imap_sent(session, replies, from);
    return TRUE;
}

/* ")": all items are written. New flags are told even if nobody asked (RFC 3501 §6.4.5); and with flags
 * their MODSEQ, where the client counts by it (RFC 7162 §3.1). */
static void
imap_fetch_close(ImapSession *session, ImapFetch *work, GString *replies)
{
    gboolean flags = imap_items_have(work->items, IMAP_ITEM_FLAGS);
    gsize from = replies->len;

    if (work->flags_new && !flags) {
        trace_text_append(replies, " FLAGS ");
        imap_recent_write_flags(session, replies, work->entry);
    }
    if ((session->enabled & IMAP_ENABLED_CONDSTORE) != 0 && (work->flags_new || flags) &&
        !imap_items_have(work->items, IMAP_ITEM_MODSEQ)) {
        trace_text_append(replies, " MODSEQ ");
        imap_write_modseq(replies, work->entry->modseq);
    }
    trace_text_append(replies, ")\r\n");
    imap_sent(session, replies, from);
    imap_fetch_leave(work);
}

static NetNext
imap_fetch_done(ImapSession *session, ImapFetch *work, GString *replies)
{
    imap_tell_asked(session);
    if (!work->tells) {
        trace_put_number(session->trace, "messages", work->answered);
        trace_put_text(session->trace, "outcome", "looked");
        trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.4.5",
                       "what %s wants to know of %u message%s goes back; the messages stay, and "
                       "nothing about them changes",
                       session->address, work->answered, work->answered == 1 ? "" : "s");
    }
    if (work->unknown)
        return imap_end_committed_no(
            session, replies, "[UNKNOWN-CTE] A part is in an encoding that is not known here");
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

    imap_page_turn(&work->page);
    work->spent = 0;
    for (guint looked = 0;
         replies->len - before + work->spent < IMAP_SLICE && looked < IMAP_FETCH_MESSAGES;) {
        if (work->body.sending || work->binary.step != IMAP_BINARY_NOT) {
            if (!(work->body.sending ? imap_fetch_body_block(session, work, replies)
                                     : imap_fetch_binary_block(session, work, replies)))
                return imap_bye(session, replies, "[UNAVAILABLE] A message cannot be read");
        } else if (work->entry != NULL && work->item < work->items->len) {
            imap_fetch_item(session, work, replies);
        } else if (work->entry != NULL) {
            imap_fetch_close(session, work, replies);
        } else {
            work->index = imap_page_skip(session, work->set, session->current->by_uid, work->index);
            if (work->index >= imap_view_count(session))
                return imap_fetch_done(session, work, replies);
            looked++;
            if (!imap_fetch_next(session, work, replies, &error))
                return imap_trouble(session, replies, error);
        }
    }
    return NET_MORE;
}

/* " (CHANGEDSINCE 12345)" behind the items (RFC 7162 §3.1.4.1), or nothing. */
static gboolean
imap_fetch_parse_modifier(ImapParse *arguments, ImapFetch *work)
{
    if (imap_parse_is_end(arguments))
        return TRUE;
    return imap_parse_word(arguments, " (CHANGEDSINCE ") &&
           imap_parse_number(arguments, G_MAXINT64, &work->since) && work->since > 0 &&
           imap_parse_char(arguments, ')') && imap_parse_is_end(arguments);
}

/* What goes along without being named: the UID with UID FETCH (RFC 3501 §6.4.8), MODSEQ with
 * CHANGEDSINCE. */
static void
imap_fetch_complete(ImapSession *session, ImapFetch *work, GString *replies)
{
    if (work->since > 0 && !imap_items_have(work->items, IMAP_ITEM_MODSEQ))
        imap_items_prepend(work->items, IMAP_ITEM_MODSEQ, "MODSEQ");
    if (session->current->by_uid && !imap_items_have(work->items, IMAP_ITEM_UID))
        imap_items_prepend(work->items, IMAP_ITEM_UID, "UID");
    if (imap_items_have(work->items, IMAP_ITEM_MODSEQ))
        imap_enable_condstore(session, replies);
    for (guint i = 0; i < work->items->len; i++) {
        const ImapItem *item = g_ptr_array_index(work->items, i);

        work->tells |= imap_fetch_body_is_reading(item) || item->kind == IMAP_ITEM_BINARY_SIZE ||
                       (item->kind == IMAP_ITEM_SECTION && !item->peek);
        work->sees |=
            (item->kind == IMAP_ITEM_SECTION || item->kind == IMAP_ITEM_BINARY) && !item->peek;
    }
    work->page.columns = imap_items_columns(work->items);
    if (work->since > 0)
        trace_decision(session->trace, STAGE_PICKUP, "RFC 7162 §3.1.4.1",
                       "%s knows the flags up to change %" G_GUINT64_FORMAT
                       ": only messages changed since then are told",
                       session->address, work->since);
}

NetNext
imap_fetch(ImapSession *session, ImapParse *arguments, GString *replies)
{
    ImapFetch *work = g_new0(ImapFetch, 1);
    const char *wrong = "FETCH needs a sequence set and what is wanted";

    imap_set_work(session, imap_fetch_more, work, imap_fetch_free);
    if (imap_parse_char(arguments, ' '))
        work->set = imap_take_set(session, arguments, &wrong);
    if (work->set == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.4.5", wrong);
    if (imap_parse_char(arguments, ' '))
        work->items = imap_items_parse(arguments);
    if (work->items == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.4.5", "Not a list of FETCH items");
    if (!imap_fetch_parse_modifier(arguments, work))
        return imap_mistake(session, replies, "RFC 7162 §3.1.4.1",
                            "Behind the items only (CHANGEDSINCE number) may stand");
    imap_fetch_complete(session, work, replies);
    return imap_fetch_more(session, replies);
}
