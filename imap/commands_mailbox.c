/* imap/commands_mailbox.c - mailboxes made, named, removed, subscribed to (RFC 9051 §6.3.4 ff.).
 *
 *   CREATE Work/2026    makes Work, too, where it is missing
 *   RENAME Work Old     takes Work/2026 along; RENAME INBOX moves what is in it, and INBOX stays
 *   DELETE Work         what is below it stays; INBOX can't go
 *   SUBSCRIBE Work      a mark on the name: it outlives the mailbox
 *
 * What moves or goes with a mailbox does so a page a turn: 100,000 messages keep nobody else
 * waiting.
 *
 * Tests: tests/test_imap_mailbox.c, tests/dialogs/imap-mailboxes.txt
 */
#include "imap/commands.h"

#include <string.h>

#include "imap/name.h"
#include "storage/listing.h"
#include "storage/unfinished.h"

/* A command that goes on over several turns. */
typedef struct ImapMailboxWork {
    char *name;     /* of the mailbox */
    gint64 id;      /* its */
    gint64 to;      /* where its messages go */
    guint32 below;  /* UIDs from here on have come since, and stay */
    guint messages; /* moved or removed so far */
    char *new;      /* the new name, and */
    char *old;      /* the one that the client is told with it */
    Store *half;    /* while some pages have gone, and others have not */
} ImapMailboxWork;

static void
imap_mailbox_work_free(gpointer data)
{
    ImapMailboxWork *work = data;

    if (work->half != NULL) /* its reader has gone away: the rest stays where it is */
        store_unfinished_done(work->half, work->id, work->to, NULL);
    g_free(work->name);
    g_free(work->new);
    g_free(work->old);
    g_free(work);
}

/* NO, with the reason in a code that programs understand (RFC 5530 §3). */
static NetNext
imap_mailbox_refuse(ImapSession *session, GString *replies, const GError *error)
{
    if (error->domain != STORE_ERROR)
        return imap_trouble(session, replies, error);
    switch ((StoreError)error->code) {
    case STORE_ERROR_NONE:
        return imap_end(session, replies, "NO", "[NONEXISTENT] There is no such mailbox");
    case STORE_ERROR_EXISTS:
        return imap_end(session, replies, "NO", "[ALREADYEXISTS] There is a mailbox of that name");
    case STORE_ERROR_NO: break;
    case STORE_ERROR_LIMIT:
        return imap_end(session, replies, "NO", "[LIMIT] There are too many of them");
    case STORE_ERROR_FAILED:
    case STORE_ERROR_BUSY:
    case STORE_ERROR_FULL: return imap_trouble(session, replies, error);
    }
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_PICKUP, session->current->section, "that cannot be: %s",
                   error->message);
    return imap_end(session, replies, "NO", "[CANNOT] That cannot be: %s", error->message);
}

/* ---- names ---- */

char *
imap_mailbox_take(ImapParse *arguments, char **said)
{
    ImapParse again;
    g_autofree char *name = NULL, *raw = NULL, *composed = NULL;

    if (!imap_parse_char(arguments, ' '))
        return NULL;
    again = *arguments;
    name = imap_parse_mailbox(arguments);
    if (name == NULL || said == NULL || !arguments->utf8_names)
        return g_steal_pointer(&name);
    raw = imap_parse_astring(&again);
    composed = g_utf8_normalize(raw, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    if (!g_str_equal(raw, composed))
        *said = g_steal_pointer(&raw);
    return g_steal_pointer(&name);
}

/* The same, and nothing may follow. */
static char *
imap_mailbox_take_last(ImapParse *arguments, char **said)
{
    g_autofree char *name = imap_mailbox_take(arguments, said);

    return imap_parse_is_end(arguments) ? g_steal_pointer(&name) : NULL;
}

static NetNext
imap_mailbox_no_name(ImapSession *session, GString *replies)
{
    return imap_mistake(session, replies, session->current->section,
                        "A mailbox name is needed here");
}

/* ---- CREATE ---- */

NetNext
imap_mailbox_create(ImapSession *session, ImapParse *arguments, GString *replies)
{
    Store *store = session->host->store;
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    g_autofree char *name = imap_mailbox_take_last(arguments, &said);
    g_autoptr(StoreMailbox) made = NULL;

    if (name == NULL)
        return imap_mailbox_no_name(session, replies);
    if (g_str_has_suffix(name, "/")) /* "there will be more below it": that is so anyway */
        name[strlen(name) - 1] = '\0';
    if (!store_savepoint(store, &error))
        return imap_trouble(session, replies, error);
    /* The levels above it are made with it (RFC 9051 §6.3.4), or nothing is. */
    if (!store_mailbox_create(store, session->account, name, &error)) {
        store_rollback_to(store);
        return imap_mailbox_refuse(session, replies, error);
    }
    if (!store_release(store, &error))
        return imap_trouble(session, replies, error);
    made = store_mailbox_find(store, session->account, name, NULL);
    trace_put_number(session->trace, "uidvalidity", made == NULL ? 0 : made->uidvalidity);
    trace_state(
        session->trace, STAGE_PICKUP, "RFC 9051 §2.3.1.1",
        "%s has a mailbox %s now. Its UIDVALIDITY is new: UIDs of an earlier one of this name "
        "cannot be taken for its own",
        session->address, name);
    if (said != NULL)
        imap_list_tell(session, name, said, replies);
    return imap_end_committed(session, replies, "CREATE completed");
}

/* ---- DELETE ---- */

static NetNext
imap_mailbox_deleted(ImapSession *session, const ImapMailboxWork *work, GString *replies)
{
    trace_put_number(session->trace, "messages", work->messages);
    trace_state(session->trace, STAGE_PICKUP, "RFC 9051 §6.3.5",
                "%s is gone with %u messages; what is below it stays, and so does a subscription",
                work->name, work->messages);
    if (session->state == IMAP_SELECTED && session->mailbox == work->id) {
        imap_untagged(session, replies, "OK [CLOSED] It is the mailbox that was open");
        imap_view_close(session);
    }
    if (work->old != NULL)
        imap_list_tell(session, work->name, work->old, replies);
    return imap_end_committed(session, replies, "DELETE completed");
}

/* One page's worth of messages; after the last the mailbox, whatever it is called by now. */
static gboolean
imap_mailbox_delete_page(ImapSession *session, ImapMailboxWork *work, guint *removed,
                         GError **error)
{
    Store *store = session->host->store;
    g_autoptr(StoreMailbox) mailbox = NULL;

    if (!store_mailbox_empty(store, work->id, IMAP_PAGE, removed, error))
        return FALSE;
    work->half = *removed == IMAP_PAGE ? store : NULL;
    if (*removed == IMAP_PAGE)
        return store_unfinished_note(store, work->id, 0, G_MAXUINT32, error);
    mailbox = store_mailbox_get(store, work->id, NULL);
    return store_mailbox_delete(store, session->account,
                                mailbox == NULL ? work->name : mailbox->name, error);
}

/* Work: page by page. */
static NetNext
imap_mailbox_delete_more(ImapSession *session, GString *replies)
{
    Store *store = session->host->store;
    ImapMailboxWork *work = session->work_data;
    g_autoptr(GError) error = NULL;
    guint removed;

    if (!store_savepoint(store, &error))
        return imap_trouble(session, replies, error);
    if (!imap_mailbox_delete_page(session, work, &removed, &error)) {
        store_rollback_to(store);
        return imap_mailbox_refuse(session, replies, error);
    }
    if (!store_release(store, &error))
        return imap_trouble(session, replies, error);
    work->messages += removed;
    return removed < IMAP_PAGE ? imap_mailbox_deleted(session, work, replies) : NET_MORE;
}

/* There is no such mailbox. But a level of that name? (RFC 9051 §6.3.5) */
static NetNext
imap_mailbox_delete_none(ImapSession *session, const char *name, GString *replies)
{
    if (store_listing_has_inferiors(session->host->store, session->account, name))
        return imap_end(session, replies, "NO",
                        "[HASCHILDREN] It is no mailbox itself, but there are some below it");
    return imap_end(session, replies, "NO", "[NONEXISTENT] There is no such mailbox");
}

NetNext
imap_mailbox_delete(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    g_autofree char *name = imap_mailbox_take_last(arguments, &said);
    g_autoptr(StoreMailbox) mailbox = NULL;
    ImapMailboxWork *work;

    if (name == NULL)
        return imap_mailbox_no_name(session, replies);
    mailbox = store_mailbox_find(session->host->store, session->account, name, &error);
    if (error != NULL)
        return imap_trouble(session, replies, error);
    if (mailbox == NULL)
        return imap_mailbox_delete_none(session, name, replies);
    if (g_str_equal(mailbox->name, "INBOX"))
        return imap_end(session, replies, "NO", "[CANNOT] INBOX cannot be deleted");
    work = g_new0(ImapMailboxWork, 1);
    work->id = mailbox->id;
    work->name = g_steal_pointer(&name);
    work->old = g_steal_pointer(&said);
    imap_set_work(session, imap_mailbox_delete_more, work, imap_mailbox_work_free);
    return imap_mailbox_delete_more(session, replies);
}

/* ---- RENAME ---- */

/* The name is another, and a client of IMAP4rev2 is told so (RFC 9051 §6.3.9.7). */
static NetNext
imap_mailbox_renamed(ImapSession *session, const char *old, const char *new, GString *replies)
{
    if ((session->enabled & IMAP_ENABLED_REV2) != 0)
        imap_list_tell(session, new, old, replies);
    return imap_end_committed(session, replies, "RENAME completed");
}

/* One page's worth of INBOX's messages. */
static gboolean
imap_mailbox_move_page(ImapSession *session, ImapMailboxWork *work, guint *moved, GError **error)
{
    Store *store = session->host->store;

    if (!store_rename_inbox_page(store, work->id, work->to, work->below, IMAP_PAGE, moved, error))
        return FALSE;
    work->half = *moved == IMAP_PAGE ? store : NULL;
    if (*moved == IMAP_PAGE)
        return store_unfinished_note(store, work->id, work->to, work->below, error);
    return store_unfinished_done(store, work->id, work->to, error);
}

/* Work: INBOX's messages, a page a turn. */
static NetNext
imap_mailbox_move_more(ImapSession *session, GString *replies)
{
    Store *store = session->host->store;
    ImapMailboxWork *work = session->work_data;
    g_autoptr(GError) error = NULL;
    guint moved;

    if (!store_savepoint(store, &error))
        return imap_trouble(session, replies, error);
    if (!imap_mailbox_move_page(session, work, &moved, &error)) {
        store_rollback_to(store);
        return imap_mailbox_refuse(session, replies, error);
    }
    if (!store_release(store, &error))
        return imap_trouble(session, replies, error);
    session->changed |= session->mailbox == work->id;
    work->messages += moved;
    if (moved == IMAP_PAGE)
        return NET_MORE;
    trace_put_number(session->trace, "messages", work->messages);
    trace_state(
        session->trace, STAGE_PICKUP, "RFC 9051 §6.3.6",
        "INBOX cannot have another name: its %u messages are in %s now, with their UIDs, and "
        "INBOX is empty. What is below INBOX stays",
        work->messages, work->new);
    return imap_mailbox_renamed(session, work->old, work->new, replies);
}

static NetNext
imap_mailbox_move_inbox(ImapSession *session, char *old, char *new, GString *replies)
{
    Store *store = session->host->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) inbox = store_mailbox_find(store, session->account, "INBOX", &error);
    g_autoptr(StoreMailbox) made = NULL;
    ImapMailboxWork *work = g_new0(ImapMailboxWork, 1);

    work->old = old;
    work->new = new;
    imap_set_work(session, imap_mailbox_move_more, work, imap_mailbox_work_free);
    if (inbox == NULL || !store_savepoint(store, &error))
        return error != NULL ? imap_trouble(session, replies, error)
                             : imap_end(session, replies, "NO", "[NONEXISTENT] There is no INBOX");
    made = store_rename_inbox_begin(store, inbox, new, &error);
    if (made == NULL) {
        store_rollback_to(store);
        return imap_mailbox_refuse(session, replies, error);
    }
    if (!store_release(store, &error))
        return imap_trouble(session, replies, error);
    work->id = inbox->id;
    work->to = made->id;
    work->below = inbox->uidnext;
    return imap_mailbox_move_more(session, replies);
}

static NetNext
imap_mailbox_rename_tree(ImapSession *session, const char *from, const char *said, const char *to,
                         GString *replies)
{
    Store *store = session->host->store;
    g_autoptr(GError) error = NULL;

    if (!store_savepoint(store, &error))
        return imap_trouble(session, replies, error);
    if (!store_mailbox_rename(store, session->account, from, to, &error)) {
        store_rollback_to(store);
        return imap_mailbox_refuse(session, replies, error);
    }
    if (!store_release(store, &error))
        return imap_trouble(session, replies, error);
    trace_state(session->trace, STAGE_PICKUP, "RFC 9051 §6.3.6",
                "%s is called %s now, and what is below it moves along. UIDs stay, and so do "
                "subscriptions to the old name",
                from, to);
    return imap_mailbox_renamed(session, said != NULL ? said : from, to, replies);
}

NetNext
imap_mailbox_rename(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autofree char *said = NULL;
    g_autofree char *from = imap_mailbox_take(arguments, &said);
    g_autofree char *to = from == NULL ? NULL : imap_mailbox_take_last(arguments, NULL);

    if (to == NULL)
        return imap_mailbox_no_name(session, replies);
    if (g_str_equal(from, "INBOX"))
        return imap_mailbox_move_inbox(session, g_steal_pointer(&from), g_steal_pointer(&to),
                                       replies);
    return imap_mailbox_rename_tree(session, from, said, to, replies);
}

/* ---- SUBSCRIBE ---- */

static NetNext
imap_mailbox_set_subscribed(ImapSession *session, ImapParse *arguments, gboolean on,
                            GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = imap_mailbox_take_last(arguments, NULL);

    if (name == NULL)
        return imap_mailbox_no_name(session, replies);
    if (!store_mailbox_subscribe(session->host->store, session->account, name, on, &error))
        return imap_mailbox_refuse(session, replies, error);
    trace_state(
        session->trace, STAGE_PICKUP, "RFC 9051 §6.3.7",
        on ? "%s wants to see %s in the list. It is a mark on the name, whether there is such a "
             "mailbox or not"
           : "%s does not want to see %s in the list any more; the mailbox stays",
        session->address, name);
    return imap_end_committed(session, replies, "%s completed", session->current->name);
}

NetNext
imap_mailbox_subscribe(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_mailbox_set_subscribed(session, arguments, TRUE, replies);
}

NetNext
imap_mailbox_unsubscribe(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_mailbox_set_subscribed(session, arguments, FALSE, replies);
}

/* ---- NAMESPACE ---- */

/* One personal namespace, nobody else's, nothing shared. */
NetNext
imap_mailbox_namespace(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 2342 §5", "NAMESPACE has no arguments");
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 2342 §5",
                   "where are mailboxes? The reader's own only, with a / between the levels; "
                   "nobody else's are shown");
    imap_untagged(session, replies, "NAMESPACE ((\"\" \"/\")) NIL NIL");
    return imap_end(session, replies, "OK", "NAMESPACE completed");
}
