/* imap/commands_mailbox.c - mailboxes: opening, making, naming, counting (RFC 3501 §6.3).
 *
 * Tests: tests/test_imap_mailbox.c
 */
#include "imap/commands.h"

#include <string.h>

#include "imap/name.h"
#include "imap/write.h"

/* NO, with the reason in a code that programs understand (RFC 5530 §3). */
static NetNext
imap_mailbox_refuse(ImapSession *session, GString *replies, const GError *error)
{
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_NONE))
        return imap_end(session, replies, "NO", "[NONEXISTENT] There is no such mailbox");
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_EXISTS))
        return imap_end(session, replies, "NO", "[ALREADYEXISTS] There is a mailbox of that name");
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_NO))
        return imap_end(session, replies, "NO", "[CANNOT] That cannot be done with this mailbox");
    return imap_trouble(session, replies, error);
}

/* Takes " mailbox"; the end must follow where @last. */
static char *
imap_mailbox_argument(ImapParse *arguments, gboolean last)
{
    g_autofree char *name = imap_parse_char(arguments, ' ') ? imap_parse_mailbox(arguments) : NULL;

    if (name == NULL || (last && !imap_parse_is_end(arguments)))
        return NULL;
    return g_steal_pointer(&name);
}

static NetNext
imap_mailbox_no_name(ImapSession *session, GString *replies)
{
    return imap_mistake(session, replies, session->current->section,
                        "A mailbox name is needed here");
}

/* ---- SELECT and EXAMINE ---- */

static NetNext
imap_mailbox_selected(ImapSession *session, guint unseen, GString *replies)
{
    g_autoptr(StoreMailbox) mailbox =
        store_mailbox_get(session->host->store, session->mailbox, NULL);
    static const char flags[] = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";

    if (mailbox != NULL && !session->changed)
        session->modseq = mailbox->modseq;
    imap_untagged(session, replies, "FLAGS (%s)", flags);
    imap_untagged(session, replies, "%u EXISTS", session->view->len);
    /* \Recent is always none: RFC 9051 has given it up, and nobody could rely on it before. */
    imap_untagged(session, replies, "0 RECENT");
    if (unseen > 0)
        imap_untagged(session, replies, "OK [UNSEEN %u] The first message not seen", unseen);
    if (session->read_only)
        imap_untagged(session, replies, "OK [PERMANENTFLAGS ()] Read only");
    else
        imap_untagged(session, replies, "OK [PERMANENTFLAGS (%s \\*)] All are kept", flags);
    imap_untagged(session, replies, "OK [UIDVALIDITY %u] UIDs are valid", session->uidvalidity);
    imap_untagged(session, replies, "OK [UIDNEXT %u] The next UID",
                  mailbox == NULL ? 1 : mailbox->uidnext);
    trace_put_number(session->trace, "messages", session->view->len);
    trace_state(session->trace, STAGE_PICKUP, "RFC 3501 §3.3", "%s has %s open%s (IMAP)",
                session->address, session->mailbox_name,
                session->read_only ? ", to look only" : "");
    return imap_end(session, replies, "OK", "[%s] %s completed",
                    session->read_only ? "READ-ONLY" : "READ-WRITE", session->current->name);
}

/* Work: the list of UIDs, page by page. */
static NetNext
imap_mailbox_load(ImapSession *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    guint *unseen = session->work_data;
    gboolean whole = FALSE, settled;

    if (!imap_may_read(session, &settled))
        return imap_ask_others(session, replies);
    if (!settled) { /* some of it may be undone: the view will be looked after */
        session->modseq = 0;
        session->changed = TRUE;
    }
    if (!imap_view_load(session, unseen, &whole, &error)) {
        imap_view_close(session);
        return imap_trouble(session, replies, error);
    }
    if (!whole)
        return NET_MORE;
    return imap_mailbox_selected(session, *unseen, replies);
}

static NetNext
imap_mailbox_open(ImapSession *session, ImapParse *arguments, gboolean read_only, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = imap_mailbox_argument(arguments, TRUE);
    g_autoptr(StoreMailbox) mailbox = NULL;

    if (name == NULL)
        return imap_mailbox_no_name(session, replies);
    /* Whatever comes of it, the mailbox that was open is closed (RFC 3501 §6.3.1). */
    imap_view_close(session);
    mailbox = store_mailbox_find(session->host->store, session->account, name, &error);
    if (error != NULL)
        return imap_trouble(session, replies, error);
    if (mailbox == NULL)
        return imap_end(session, replies, "NO", "[NONEXISTENT] There is no such mailbox");
    imap_view_open(session, mailbox, read_only);
    imap_set_work(session, imap_mailbox_load, g_new0(guint, 1), g_free);
    return imap_mailbox_load(session, replies);
}

NetNext
imap_mailbox_select(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_mailbox_open(session, arguments, FALSE, replies);
}

NetNext
imap_mailbox_examine(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_mailbox_open(session, arguments, TRUE, replies);
}

NetNext
imap_mailbox_check(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.4.1", "CHECK has no arguments");
    return imap_end(session, replies, "OK", "CHECK completed");
}

NetNext
imap_mailbox_unselect(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3691 §2", "UNSELECT has no arguments");
    imap_view_close(session);
    return imap_end(session, replies, "OK", "UNSELECT completed");
}

/* ---- making and naming ---- */

NetNext
imap_mailbox_create(ImapSession *session, ImapParse *arguments, GString *replies)
{
    Store *store = session->host->store;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = imap_mailbox_argument(arguments, TRUE);

    if (name == NULL)
        return imap_mailbox_no_name(session, replies);
    if (g_str_has_suffix(name, "/")) /* "there will be more below it": that is so anyway */
        name[strlen(name) - 1] = '\0';
    if (!imap_name_is_good(name))
        return imap_end(session, replies, "NO", "[CANNOT] No mailbox can have this name");
    if (!store_savepoint(store, &error))
        return imap_trouble(session, replies, error);
    /* The levels above it are made with it (RFC 3501 §6.3.3), or nothing is. */
    if (!store_mailbox_create(store, session->account, name, &error)) {
        store_rollback_to(store);
        return imap_mailbox_refuse(session, replies, error);
    }
    if (!store_release(store, &error))
        return imap_trouble(session, replies, error);
    return imap_end_committed(session, replies, "CREATE completed");
}

NetNext
imap_mailbox_delete(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = imap_mailbox_argument(arguments, TRUE);

    if (name == NULL)
        return imap_mailbox_no_name(session, replies);
    if (!store_mailbox_delete(session->host->store, session->account, name, &error))
        return imap_mailbox_refuse(session, replies, error);
    if (session->mailbox_name != NULL && g_str_equal(session->mailbox_name, name))
        imap_view_close(session);
    return imap_end_committed(session, replies, "DELETE completed");
}

NetNext
imap_mailbox_rename(ImapSession *session, ImapParse *arguments, GString *replies)
{
    Store *store = session->host->store;
    g_autoptr(GError) error = NULL;
    g_autofree char *from = imap_mailbox_argument(arguments, FALSE);
    g_autofree char *to = from == NULL ? NULL : imap_mailbox_argument(arguments, TRUE);

    if (to == NULL)
        return imap_mailbox_no_name(session, replies);
    if (!imap_name_is_good(to))
        return imap_end(session, replies, "NO", "[CANNOT] No mailbox can have this name");
    if (!store_savepoint(store, &error))
        return imap_trouble(session, replies, error);
    if (!store_mailbox_rename(store, session->account, from, to, &error)) {
        store_rollback_to(store);
        return imap_mailbox_refuse(session, replies, error);
    }
    if (!store_release(store, &error))
        return imap_trouble(session, replies, error);
    return imap_end_committed(session, replies, "RENAME completed");
}

static NetNext
imap_mailbox_set_subscribed(ImapSession *session, ImapParse *arguments, gboolean on,
                            GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = imap_mailbox_argument(arguments, TRUE);

    if (name == NULL)
        return imap_mailbox_no_name(session, replies);
    if (!store_mailbox_subscribe(session->host->store, session->account, name, on, &error))
        return imap_mailbox_refuse(session, replies, error);
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

/* ---- counting ---- */

/* Writes one item of STATUS, " NAME number" without the first space. FALSE: no such item. */
static gboolean
imap_mailbox_status_item(GString *out, const char *item, const StoreMailbox *mailbox,
                         const StoreMailboxCounts *counts)
{
    const struct {
        const char *name;
        guint32 number;
    } items[] = {
        { "MESSAGES", counts->messages }, { "RECENT", 0 },
        { "UIDNEXT", mailbox->uidnext },  { "UIDVALIDITY", mailbox->uidvalidity },
        { "UNSEEN", counts->unseen },
    };

    for (guint i = 0; i < G_N_ELEMENTS(items); i++) {
        if (g_ascii_strcasecmp(items[i].name, item) != 0)
            continue;
        g_string_append_printf(out, "%s%s %u", out->len == 0 ? "" : " ", items[i].name,
                               items[i].number);
        return TRUE;
    }
    return FALSE;
}

static gboolean
imap_mailbox_status_items(ImapParse *arguments, GString *out, const StoreMailbox *mailbox,
                          const StoreMailboxCounts *counts)
{
    if (!imap_parse_char(arguments, ' ') || !imap_parse_char(arguments, '('))
        return FALSE;
    do {
        g_autofree char *item = imap_parse_atom(arguments);

        if (item == NULL || !imap_mailbox_status_item(out, item, mailbox, counts))
            return FALSE;
    } while (imap_parse_char(arguments, ' '));
    return imap_parse_char(arguments, ')') && imap_parse_is_end(arguments);
}

NetNext
imap_mailbox_status(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = imap_mailbox_argument(arguments, FALSE);
    g_autoptr(StoreMailbox) mailbox = NULL;
    g_autoptr(GString) items = g_string_new(NULL), wire = g_string_new(NULL);
    StoreMailboxCounts counts = { 0 };

    if (name == NULL)
        return imap_mailbox_no_name(session, replies);
    mailbox = store_mailbox_find(session->host->store, session->account, name, &error);
    if (mailbox == NULL && error == NULL)
        return imap_end(session, replies, "NO", "[NONEXISTENT] There is no such mailbox");
    if (mailbox == NULL ||
        !store_mailbox_counts(session->host->store, mailbox->id, &counts, &error))
        return imap_trouble(session, replies, error);
    if (!imap_mailbox_status_items(arguments, items, mailbox, &counts))
        return imap_mistake(session, replies, "RFC 3501 §6.3.10", "Not a list of STATUS items");
    imap_write_mailbox(wire, mailbox->name);
    imap_untagged(session, replies, "STATUS %s (%s)", wire->str, items->str);
    return imap_end(session, replies, "OK", "STATUS completed");
}

/* One personal namespace, nobody else's, nothing shared. */
NetNext
imap_mailbox_namespace(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 2342 §5", "NAMESPACE has no arguments");
    imap_untagged(session, replies, "NAMESPACE ((\"\" \"/\")) NIL NIL");
    return imap_end(session, replies, "OK", "NAMESPACE completed");
}
