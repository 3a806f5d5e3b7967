/* smtp/accept.c - the message is whole: do we take it, and when may we say so?
 *
 *   loop? > filter > written down (keep.c) > COMMIT of the group > 250
 *      |        |              |                       |
 *     554      550         451, 452                451, 452
 *
 * Until the 250 the message is the client's: any failure takes back what was written and answers
 * 4yz. After it the message is ours to lose (RFC 5321 §6.1). So the reply waits for the commit.
 *
 * Start reading at smtp_accept_message(). The exercise of labs/09-promise.
 * Tests: tests/test_smtp_accept.c
 */
#include "smtp/circle.h"
#include "smtp/filter.h"
#include "smtp/reply.h"
#include "smtp/state.h"

static NetNext
smtp_accept_answer(SmtpSession *session, const char *code, const char *text, GString *replies)
{
    NetNext next = smtp_reply(session, replies, code, "%s", text);

    smtp_session_reset(session);
    return next;
}

/* It is not in the database, and the client keeps it. */
static NetNext
smtp_accept_failed(SmtpSession *session, const GError *error, GString *replies)
{
    const SmtpRefusal *refusal = smtp_refusal_for_error(session->trace, STAGE_STORE, error);

    return smtp_accept_answer(session, refusal->code, refusal->text, replies);
}

/* @commit: the event that made it durable. */
static NetNext
smtp_accept_promise(SmtpSession *session, guint64 commit, GString *replies)
{
    g_autofree char *text = g_strconcat("message accepted, id ", session->token, NULL);

    trace_put_number(session->trace, "commit", commit);
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_STORE, "RFC 5321 §6.1",
                   "the message is durable: from the 250 on we are responsible for it");
    /* RFC 1047: the client that never hears the 250 sends the message again. */
    if (trace_fault(session->trace, STAGE_STORE, "reply-lost") != NULL) {
        smtp_session_reset(session);
        return NET_CLOSE;
    }
    return smtp_accept_answer(session, "250 2.6.0", text, replies);
}

NetNext
smtp_accept_message(SmtpSession *session, const StoreIndex *index, GString *replies)
{
    const SmtpRefusal *circle;
    const SmtpJudgement *judgement;
    g_autoptr(GError) error = NULL;

    circle = smtp_circle_find(session->trace, index, session->recipients);
    if (circle != NULL)
        return smtp_accept_answer(session, circle->code, circle->text, replies);
    judgement = smtp_policy_content(session);
    if (judgement->verdict == SMTP_REFUSE)
        return smtp_accept_answer(session, "550 5.7.1", judgement->reply, replies);
    session->stage = STAGE_STORE;
    if (!smtp_keep_message(session, index, judgement, &error)) {
        /* Whoever spoke last knows why: the database, if it has told of a failure. */
        trace_follow(session->trace, MAX(trace_last(session->trace),
                                         trace_last(store_trace(session->host->store))));
        return smtp_accept_failed(session, error, replies);
    }
    return smtp_session_wait(session, SMTP_WAITS_COMMIT, NULL, replies);
}

/* The group has been committed, or all of it is lost. */
NetNext
smtp_accept_committed(SmtpSession *session, const SmtpAnswer *answer, GString *replies)
{
    if (answer->failed == NULL)
        return smtp_accept_promise(session, answer->event, replies);
    if (answer->event != 0) {
        trace_follow(session->trace, answer->event);
        trace_put_number(session->trace, "commit", answer->event);
    }
    return smtp_accept_failed(session, answer->failed, replies);
}
