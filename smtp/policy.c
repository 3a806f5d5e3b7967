/* smtp/policy.c - the filter's four points in a session, and greylisting.
 *
 *   the client calls   rules about it             554, and only QUIT is left (RFC 5321 §3.1)
 *   MAIL               its name, the sender       550 5.7.1: this message is not wanted
 *   RCPT               the recipient              550 5.7.1: not for this one, perhaps for others
 *                      greylisting                451 4.7.1: come again
 *   the final dot      the content                550 5.7.1, or into Junk, or held
 *
 * What came of each point is kept in a judgement of its own and added to the message's when the
 * command has succeeded: a recipient who does not exist leaves nothing behind.
 *
 * Tests: tests/test_smtp_policy.c, tests/test_smtp_greylist.c
 */
#include <string.h>

#include "smtp/filter.h"
#include "smtp/greylist.h"
#include "smtp/state.h"

/* Tries the rules of @point on @mail; what came of it is in *@judgement, made anew. Returns the
 * words of a refusal, or NULL. */
static const char *
smtp_policy_judge(SmtpSession *session, SmtpPoint point, SmtpCase *mail, SmtpJudgement **judgement,
                  gboolean exempt)
{
    g_clear_pointer(judgement, smtp_judgement_free);
    *judgement = smtp_judgement_new();
    (*judgement)->exempt = exempt;
    mail->client = session->caller.peer;
    mail->helo = session->helo;
    if (smtp_filter_judge(session->host->settings->filter, session->trace, point, mail,
                          *judgement) != SMTP_REFUSE)
        return NULL;
    session->stage = STAGE_FILTER;
    return (*judgement)->reply;
}

const char *
smtp_policy_connect(SmtpSession *session)
{
    SmtpCase mail = { 0 };

    return smtp_policy_judge(session, SMTP_AT_CONNECT, &mail, &session->at_connect, FALSE);
}

const char *
smtp_policy_mail(SmtpSession *session, const char *sender)
{
    SmtpCase mail = { .sender = sender };
    const char *words =
        smtp_policy_judge(session, SMTP_AT_MAIL, &mail, &session->judgement,
                          session->at_connect != NULL && session->at_connect->exempt);

    if (session->at_connect != NULL)
        smtp_judgement_add(session->judgement, session->at_connect);
    return words;
}

const char *
smtp_policy_rcpt(SmtpSession *session, const char *recipient)
{
    SmtpCase mail = { .sender = session->sender->full, .recipient = recipient };

    return smtp_policy_judge(session, SMTP_AT_RCPT, &mail, &session->at_rcpt,
                             session->judgement->exempt);
}

void
smtp_policy_taken(SmtpSession *session)
{
    smtp_judgement_add(session->judgement, session->at_rcpt);
    session->judgement->exempt_recipients += session->at_rcpt->exempt;
}

const SmtpRefusal *
smtp_policy_greylist(SmtpSession *session, const char *recipient)
{
    const SmtpRefusal *refusal;

    if (!session->host->settings->greylist || session->at_rcpt->exempt)
        return NULL;
    refusal = smtp_greylist_decide(session->host, session->trace, &session->caller,
                                   session->sender->full, recipient);
    if (refusal != NULL)
        session->stage = STAGE_FILTER;
    return refusal;
}

/* The stranger's own word about the message is worth nothing, and must not look like ours. */
static void
smtp_policy_tell_renamed(SmtpSession *session)
{
    guint count = session->disown.renamed;

    if (count == 0)
        return;
    trace_put_number(session->trace, "renamed", count);
    trace_put_text(session->trace, "outcome", "renamed");
    trace_decision(session->trace, STAGE_FILTER, "RFC 5321 §7.9",
                   "%u header field%s like one of ours (X-Glasspost-...): anybody can write such a "
                   "line, so it is renamed X-Elsewhere-...",
                   count, count == 1 ? " came that looks" : "s came, each");
}

const SmtpJudgement *
smtp_policy_content(SmtpSession *session)
{
    const SmtpFilter *filter = session->host->settings->filter;
    SmtpJudgement *judgement = session->judgement;
    SmtpCase mail = {
        .client = session->caller.peer,
        .helo = session->helo,
        .sender = session->sender->full,
        .recipients = session->accepted,
        .draft = session->draft,
    };

    session->stage = STAGE_FILTER;
    smtp_policy_tell_renamed(session);
    smtp_filter_judge(filter, session->trace, SMTP_AT_DATA, &mail, judgement);
    smtp_filter_header(filter, judgement, session->host->settings->hostname, judgement->headers);
    return judgement;
}

void
smtp_policy_forget(SmtpSession *session)
{
    g_clear_pointer(&session->judgement, smtp_judgement_free);
    g_clear_pointer(&session->at_rcpt, smtp_judgement_free);
}
