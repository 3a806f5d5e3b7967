/* imap/idle.c - IDLE: the client waits, and is told at once when its mailbox changes (RFC 2177).
 *
 *   C: a1 IDLE
 *   S: + idling
 *        ... a message is delivered and committed; the store tells those who watch its mailbox ...
 *   S: * 4 EXISTS
 *   C: DONE
 *   S: a1 OK IDLE completed
 *
 * Tests: tests/test_imap_idle.c
 */
#include "imap/commands.h"

/* The client waits, once it knows the mailbox as it is: what has changed since the last command would
 * else not be told until the next change. */
static NetNext
imap_idle_begin(ImapSession *session, GString *replies)
{
    if (session->state == IMAP_SELECTED && session->changed && imap_view_is_stale(session) &&
        !store_is_open(session->host->store))
        return imap_view_catch_up(session, TRUE, imap_idle_begin, replies);
    session->reading = IMAP_READING_IDLE;
    trace_state(session->trace, STAGE_PICKUP, "RFC 2177 §3",
                "%s waits for new mail (IDLE): no need to ask every minute", session->address);
    imap_continue(session, replies, "idling");
    return NET_GO_ON;
}

NetNext
imap_idle(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 2177 §3", "IDLE has no arguments");
    /* While a group is open this waits for its COMMIT, once. */
    if (session->state == IMAP_SELECTED && session->changed && imap_view_is_stale(session))
        return imap_view_catch_up(session, TRUE, imap_idle_begin, replies);
    return imap_idle_begin(session, replies);
}

NetNext
imap_idle_done(ImapSession *session, const char *line, GString *replies)
{
    trace_wire_command(session->trace, STAGE_PICKUP, "RFC 2177 §3", "reader", "host", "DONE", line,
                       FALSE);
    session->reading = IMAP_READING_LINE;
    if (g_ascii_strcasecmp(line, "DONE") != 0)
        return imap_mistake(session, replies, "RFC 2177 §3", "DONE ends IDLE");
    return imap_end(session, replies, "OK", "IDLE completed");
}

/* The catching up is over; IDLE goes on. */
static NetNext
imap_idle_told(ImapSession *session, GString *replies)
{
    (void)replies;
    imap_set_work(session, NULL, NULL, NULL);
    return NET_GO_ON;
}

/* Not in slices: there is nobody to call us again. What it costs is one look at each entry. */
static void
imap_idle_tell(ImapSession *session)
{
    g_autoptr(GString) responses = g_string_new(NULL);
    NetNext next = imap_view_catch_up(session, TRUE, imap_idle_told, responses);

    while (next == NET_MORE)
        next = session->work(session, responses);
    if (responses->len == 0)
        return;
    trace_wire_reply(session->trace, STAGE_PICKUP, "RFC 2177 §3", "host", "reader", "* ...",
                     imap_told(session));
    imap_forget_told(session);
    session->push(session->push_data, responses->str, responses->len);
}

void
imap_idle_changed(void *data, gint64 mailbox)
{
    ImapSession *session = data;

    (void)mailbox;
    session->changed = TRUE;
    if (session->reading != IMAP_READING_IDLE || session->push == NULL ||
        session->waits != IMAP_WAITS_NOT)
        return;
    /* Nobody could wait here for the next group's COMMIT; it has not begun, as a rule. */
    if (!store_is_open(session->host->store) && imap_view_is_stale(session))
        imap_idle_tell(session);
}
