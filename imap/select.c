/* imap/select.c - a mailbox is opened: SELECT, EXAMINE (RFC 9051 §6.3.2); CHECK, UNSELECT.
 *
 *   C: a1 SELECT Work (CONDSTORE)
 *   S: * OK [CLOSED] ...                 what was said before is about the one that was open
 *   S: * FLAGS (...) / * 231 EXISTS      how many messages
 *   S: * 1 RECENT / * OK [UNSEEN 12]     or, once IMAP4rev2 is enabled:  * LIST () "/" "Work"
 *   S: * OK [PERMANENTFLAGS (...)] / [UIDVALIDITY n] / [UIDNEXT n] / [HIGHESTMODSEQ n]
 *   S: a1 OK [READ-WRITE] SELECT completed
 *
 * Its UIDs are read page by page before the answer: they are what sequence numbers mean
 * (imap/view.c).
 *
 * Tests: tests/test_imap_select.c, tests/dialogs/imap-select.txt
 */
#include "imap/commands.h"

#define IMAP_SELECT_PAGE 2000 /* UIDs read in one turn: a millisecond, or less */

typedef struct ImapSelect {
    char *said;       /* what the client called it, where that is not its name; NULL */
    guint unseen;     /* sequence number of the first message not seen; 0: none so far */
    GPtrArray *lists; /* of keywords that messages have */
    char *keywords;   /* all of them: " $Forwarded work"; NULL: not put together yet */
} ImapSelect;

static void
imap_select_free(gpointer data)
{
    ImapSelect *work = data;

    g_free(work->said);
    g_ptr_array_unref(work->lists);
    g_free(work->keywords);
    g_free(work);
}

/* ---- what is told of it ---- */

/* RECENT (RFC 3501 §7.3.2): IMAP4rev2 has given it up (RFC 9051, appendix E). */
static void
imap_select_count(ImapSession *session, const ImapSelect *work, GString *replies)
{
    imap_untagged(session, replies, "%u EXISTS", imap_view_count(session));
    if ((session->enabled & IMAP_ENABLED_REV2) != 0) {
        imap_list_tell(session, session->mailbox_name, work->said, replies);
        return;
    }
    imap_untagged(session, replies, "%u RECENT", imap_recent_count(session));
    if (work->unseen > 0)
        imap_untagged(session, replies, "OK [UNSEEN %u] The first message not seen", work->unseen);
}

/* The lists of single messages become one. */
static char *
imap_select_keywords(const GPtrArray *lists)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < lists->len; i++) {
        g_auto(GStrv) list = g_strsplit(g_ptr_array_index(lists, i), " ", -1);

        for (guint j = 0; list[j] != NULL; j++)
            imap_parse_add_keyword(words, list[j]);
    }
    for (guint i = 0; i < words->len; i++)
        g_string_append_printf(all, " %s", (const char *)g_ptr_array_index(words, i));
    return g_string_free(all, FALSE);
}

/* The flags of the system, and the keywords that messages have (RFC 9051 §7.3.5). Others may still be made
 * (RFC 9051 §7.1, "\*"). */
static void
imap_select_flags(ImapSession *session, const ImapSelect *work, GString *replies)
{
    g_autofree char *flags =
        g_strconcat("\\Answered \\Flagged \\Deleted \\Seen \\Draft", work->keywords, NULL);

    imap_untagged(session, replies, "FLAGS (%s)", flags);
    imap_select_count(session, work, replies);
    if (session->read_only)
        imap_untagged(session, replies, "OK [PERMANENTFLAGS ()] Read only");
    else
        imap_untagged(session, replies, "OK [PERMANENTFLAGS (%s \\*)] All are kept", flags);
}

static NetNext
imap_select_done(ImapSession *session, ImapSelect *work, GString *replies)
{
    g_autoptr(StoreMailbox) mailbox =
        store_mailbox_get(session->host->store, session->mailbox, NULL);

    if (mailbox == NULL) { /* deleted while it was read */
        imap_view_close(session);
        return imap_end(session, replies, "NO", "[NONEXISTENT] There is no such mailbox any more");
    }
    if (work->keywords == NULL)
        work->keywords = imap_select_keywords(work->lists);
    if (!session->changed) {
        session->modseq = mailbox->modseq;
        imap_kept_put(session->host->kept, mailbox->id, mailbox->modseq, session->view,
                      work->unseen, work->keywords);
    }
    imap_recent_take(session, mailbox, session->view, session->modseq != 0);
    imap_select_flags(session, work, replies);
    imap_untagged(session, replies, "OK [UIDVALIDITY %u] UIDs are valid", session->uidvalidity);
    imap_untagged(session, replies, "OK [UIDNEXT %u] The next UID", mailbox->uidnext);
    /* Always, so that a client learns that it could ask for changes (RFC 7162 §3.1.2.1). */
    imap_untagged(session, replies, "OK [HIGHESTMODSEQ %" G_GUINT64_FORMAT "] The last change",
                  imap_view_modseq(session));
    imap_tell_asked(session);
    trace_put_number(session->trace, "messages", imap_view_count(session));
    trace_state(
        session->trace, STAGE_PICKUP, "RFC 3501 §3.3",
        "%u message%s in %s, open%s for %s: nothing is downloaded yet. Each has a number for "
        "this session, and a UID for ever (IMAP)%s",
        imap_view_count(session), imap_view_count(session) == 1 ? "" : "s", session->mailbox_name,
        session->read_only ? " to look only" : "", session->address,
        imap_recent_count(session) == 0
            ? ""
            : "; some are \\Recent: no session has been told of them before");
    return imap_end(session, replies, "OK", "[%s] %s completed",
                    session->read_only ? "READ-ONLY" : "READ-WRITE", session->current->name);
}

/* ---- its UIDs ---- */

/* Is it as it was when somebody opened it last? Then they are known. */
static gboolean
imap_select_is_kept(ImapSession *session, ImapSelect *work)
{
    ImapUids *uids = NULL;

    if (imap_view_in_step(session))
        uids = imap_kept_get(session->host->kept, session->mailbox, session->modseq, &work->unseen,
                             &work->keywords);
    if (uids == NULL)
        return FALSE;
    imap_uids_free(session->view);
    session->view = uids;
    trace_put_text(session->trace, "outcome", "known");
    trace_decision(
        session->trace, STAGE_PICKUP, "RFC 7162 §3.1",
        "%s is as it was when it was opened last, for its MODSEQ is still %" G_GUINT64_FORMAT
        ": the UIDs of its messages are known from then",
        session->mailbox_name, session->modseq);
    return TRUE;
}

/* Reads the next page into the view. */
static gboolean
imap_select_page(ImapSession *session, ImapSelect *work, gboolean *whole, GError **error)
{
    guint32 after = imap_uids_last(session->view), not_seen = 0;
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));

    if (!store_entry_uids(session->host->store, session->mailbox, after, IMAP_SELECT_PAGE, uids,
                          &not_seen, work->lists, error))
        return FALSE;
    for (guint i = 0; i < uids->len; i++) {
        guint32 uid = g_array_index(uids, guint32, i);

        imap_uids_add(session->view, uid);
        if (work->unseen == 0 && uid == not_seen)
            work->unseen = imap_view_count(session);
    }
    *whole = uids->len < IMAP_SELECT_PAGE;
    return TRUE;
}

/* Work: the list of UIDs, page by page. */
static NetNext
imap_select_load(ImapSession *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    ImapSelect *work = session->work_data;
    gboolean whole = FALSE, settled;

    if (!imap_may_read(session, &settled))
        return imap_ask_others(session, replies);
    if (!settled) { /* some of it may be undone: the view will be looked after */
        session->modseq = 0;
        session->changed = TRUE;
    }
    if (settled && imap_view_count(session) == 0 && imap_select_is_kept(session, work))
        return imap_select_done(session, work, replies);
    if (!imap_select_page(session, work, &whole, &error)) {
        imap_view_close(session);
        return imap_trouble(session, replies, error);
    }
    if (!whole)
        return NET_MORE;
    return imap_select_done(session, work, replies);
}

/* ---- the commands ---- */

/* " (CONDSTORE)", the one parameter that there is (RFC 7162 §3.1.8). */
static gboolean
imap_select_parameters(ImapParse *arguments, gboolean *condstore)
{
    if (imap_parse_is_end(arguments))
        return TRUE;
    if (!imap_parse_word(arguments, " ("))
        return FALSE;
    do {
        g_autofree char *name = imap_parse_atom(arguments);

        if (name == NULL || g_ascii_strcasecmp(name, "CONDSTORE") != 0)
            return FALSE;
        *condstore = TRUE;
    } while (imap_parse_char(arguments, ' '));
    return imap_parse_char(arguments, ')') && imap_parse_is_end(arguments);
}

/* Whatever comes of the command, the mailbox that was open is closed (RFC 9051 §6.3.2), and the
 * client is told where what was said of it ends (RFC 7162 §3.2.11). */
static void
imap_select_leave(ImapSession *session, GString *replies)
{
    if (session->state != IMAP_SELECTED)
        return;
    imap_untagged(session, replies, "OK [CLOSED] The mailbox before is closed");
    imap_view_close(session);
}

static NetNext
imap_select_open(ImapSession *session, ImapParse *arguments, gboolean read_only, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    g_autofree char *name = imap_mailbox_take(arguments, &said);
    g_autoptr(StoreMailbox) mailbox = NULL;
    gboolean condstore = FALSE;
    ImapSelect *work;

    if (name == NULL)
        return imap_mistake(session, replies, session->current->section,
                            "A mailbox name is needed here");
    if (!imap_select_parameters(arguments, &condstore))
        return imap_mistake(session, replies, "RFC 7162 §3.1.8",
                            "There is no parameter but CONDSTORE");
    imap_select_leave(session, replies);
    if (condstore)
        imap_enable_condstore(session, replies);
    mailbox = store_mailbox_find(session->host->store, session->account, name, &error);
    if (error != NULL)
        return imap_trouble(session, replies, error);
    if (mailbox == NULL) {
        imap_tell_asked(session);
        trace_put_text(session->trace, "outcome", "refused");
        trace_decision(session->trace, STAGE_PICKUP, session->current->section,
                       "%s has no mailbox of that name, and now none is open", session->address);
        return imap_end(session, replies, "NO", "[NONEXISTENT] There is no such mailbox");
    }
    imap_view_open(session, mailbox, read_only);
    work = g_new0(ImapSelect, 1);
    work->said = g_steal_pointer(&said);
    work->lists = g_ptr_array_new_with_free_func(g_free);
    imap_set_work(session, imap_select_load, work, imap_select_free);
    return imap_select_load(session, replies);
}

NetNext
imap_select(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_select_open(session, arguments, FALSE, replies);
}

NetNext
imap_examine(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_select_open(session, arguments, TRUE, replies);
}

NetNext
imap_select_check(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.4.1", "CHECK has no arguments");
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.4.1",
                   "nothing to do: what was changed is on the disk before each OK");
    return imap_end(session, replies, "OK", "CHECK completed");
}

NetNext
imap_unselect(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3691 §2", "UNSELECT has no arguments");
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3691 §2",
                   "the mailbox is closed, and all of it stays: what is marked \\Deleted, too");
    imap_view_close(session);
    return imap_end(session, replies, "OK", "UNSELECT completed");
}
