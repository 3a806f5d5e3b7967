/* pop3/update.c - what a reader may rely on, however its session ends (RFC 1939 §5, §6, §7).
 *
 *   DELE      marks a message, in this session only
 *   RSET      takes all marks back
 *   QUIT      removes what is marked: the state UPDATE
 *   no QUIT   (the line breaks, ten minutes of silence) removes nothing
 *   UIDL      names a message for ever: a program that leaves mail here knows by that name what it
 *             has downloaded before
 *
 * Tests: tests/test_pop3_update.c
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
    for (guint number = 1; number <= count; number++)
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

/* Whoever hung up may not have got what it marked: a message too many can be deleted once more, one
 * too few is lost. So nothing goes (RFC 1939 §6). */
void
pop3_update_broken_off(Pop3Session *session)
{
    guint count = pop3_maildrop_count(session->maildrop), messages;
    guint64 octets;

    pop3_maildrop_stat(session->maildrop, &messages, &octets);
    trace_set_journey(session->trace, NULL);
    trace_put_number(session->trace, "marked", count - messages);
    trace_put_number(session->trace, "left", count);
    trace_put_text(session->trace, "outcome", "broken off");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §6",
                   "the session ends without QUIT: nothing is removed, though %u of %u messages "
                   "had been marked",
                   count - messages, count);
}

/* UIDVALIDITY and UID, as in IMAP: never the same for two messages of this maildrop, and the same in
 * each session (RFC 1939 §7). The message-number would not do, it changes when others go. */
char *
pop3_update_unique_id(Pop3Session *session, guint number)
{
    return g_strdup_printf("%u.%u", pop3_maildrop_uidvalidity(session->maildrop),
                           pop3_maildrop_item(session->maildrop, number)->uid);
}
