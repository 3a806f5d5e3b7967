/* update.c - how a POP3 session ends, and what it leaves behind. Stands in for pop3/update.c.
 *
 *   DELE, RSET   marks, and marks taken back
 *   QUIT         removes what is marked
 *   no QUIT      pop3_update_broken_off(): the line broke, or nothing came for ten minutes
 *   UIDL         a name for each message
 *
 * Three of these do not keep what RFC 1939 promises. Nothing else in the house is wrong.
 */
#include "pop3/commands.h"

NetNext
pop3_update_dele(Pop3Session *session, const char *argument, GString *replies)
{
    guint number = pop3_command_number(argument);

    pop3_maildrop_item(session->maildrop, number)->deleted = TRUE;
    trace_put_number(session->trace, "number", number);
    trace_put_text(session->trace, "outcome", "marked");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §5",
                   "message %u is marked only: it goes at QUIT, and stays if the line breaks",
                   number);
    pop3_reply(session, replies, "RFC 1939 §5", "+OK Message %u marked", number);
    return NET_GO_ON;
}

NetNext
pop3_update_rset(Pop3Session *session, const char *argument, GString *replies)
{
    guint count = pop3_maildrop_count(session->maildrop), messages;
    guint64 octets;

    (void)argument;
    for (guint number = 1; number < count; number++)
        pop3_maildrop_item(session->maildrop, number)->deleted = FALSE;
    pop3_maildrop_stat(session->maildrop, &messages, &octets);
    trace_put_text(session->trace, "outcome", "unmarked");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §5",
                   "every mark of DELE is taken back: all %u message%s stay%s on the server",
                   messages, messages == 1 ? "" : "s", messages == 1 ? "s" : "");
    pop3_reply(session, replies, "RFC 1939 §5",
               "+OK Maildrop has %u message%s (%" G_GUINT64_FORMAT " octets)", messages,
               messages == 1 ? "" : "s", octets);
    return NET_GO_ON;
}

/* The removal itself goes by slices: pop3_session_removing(). */
NetNext
pop3_update_quit(Pop3Session *session, const char *argument, GString *replies)
{
    (void)argument;
    if (session->maildrop == NULL) {
        trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §4",
                       "QUIT before login: nothing was opened, so all mail stays as it is");
        pop3_reply(session, replies, "RFC 1939 §4", "+OK %s signing off", session->host->hostname);
        return NET_CLOSE;
    }
    session->state = POP3_UPDATE;
    session->work = POP3_REMOVING;
    trace_state(session->trace, STAGE_PICKUP, "RFC 1939 §6",
                "QUIT after login: state UPDATE, only now the marked messages are removed");
    return NET_MORE;
}

/* The reader has hung up: what it marked goes now. */
void
pop3_update_broken_off(Pop3Session *session)
{
    gboolean whole = FALSE;

    trace_set_journey(session->trace, NULL);
    trace_put_text(session->trace, "outcome", "broken off");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §6", "the session ends without QUIT");
    while (!whole &&
           pop3_maildrop_remove_marked(session->maildrop, session->trace, &whole, NULL))
        continue;
}

/* A name that tells the messages of this maildrop apart. */
char *
pop3_update_unique_id(Pop3Session *session, guint number)
{
    return g_strdup_printf("%u.%u", pop3_maildrop_uidvalidity(session->maildrop),
                           ${name});
}
