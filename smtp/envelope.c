/* smtp/envelope.c - MAIL and RCPT: the message's envelope is written (RFC 5321 §4.1.1.2, §4.1.1.3).
 *
 *   MAIL FROM:<alice@north.example> SIZE=500      split > sender
 *   RCPT TO:<bob@north.example>                   split > route > local:  recipient
 *                                                               > remote: may they? > dns
 *
 * What is written on the envelope decides where the message goes; its header lines (From, To) don't.
 * Every "no" is said here, while the client is listening: what is refused later becomes a bounce.
 *
 * Start reading at smtp_envelope_rcpt(). Tests: tests/test_smtp_session.c, tests/dialogs/smtp-*.txt
 */
#include <string.h>

#include "smtp/limits.h"
#include "smtp/parameters.h"
#include "smtp/reply.h"
#include "smtp/route.h"
#include "smtp/sender.h"
#include "smtp/state.h"

/* ---- the path behind "FROM:" or "TO:" ---- */

/* Takes "FROM:<path>" apart; *@rest is what follows. The colon stands between the two without a
 * space (RFC 5321 §3.3); since that is a usual slip, the reply says so. */
static SmtpAddress *
smtp_envelope_path(const char *arg, const char *keyword, const char **rest, GError **error)
{
    gsize length = strlen(keyword);

    if (g_ascii_strncasecmp(arg, keyword, length) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s and a path must follow",
                    keyword);
        return NULL;
    }
    if (arg[length] == ' ') {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no space stands behind %s",
                    keyword);
        return NULL;
    }
    return smtp_split_path(arg + length, rest, error);
}

static void
smtp_envelope_tell_split(SmtpSession *session, const SmtpAddress *address)
{
    if (*address->full == '\0')
        return;
    trace_put_text(session->trace, "local", address->local);
    trace_put_text(session->trace, "domain", address->domain);
    trace_put_flag(session->trace, "quoted", address->quoted);
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_SPLIT, "RFC 5321 §4.1.2", "user %s, %s %s", address->local,
                   address->literal ? "at the address" : "domain",
                   *address->domain != '\0' ? address->domain : "ours (postmaster needs none)");
}

static void
smtp_envelope_tell_no_path(SmtpSession *session, const GError *error)
{
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_SPLIT, "RFC 5321 §4.1.2", "not a path: %s",
                   error->message);
}

/* ---- MAIL ---- */

NetNext
smtp_envelope_mail(SmtpSession *session, const char *arg, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_auto(SmtpMailParameters) mail = { 0 };
    const char *rest = NULL, *words;
    const SmtpRefusal *refusal;
    g_autoptr(SmtpAddress) sender = smtp_envelope_path(arg, "FROM:", &rest, &error);

    if (sender == NULL) {
        smtp_envelope_tell_no_path(session, error);
        return smtp_reply(session, replies, "501 5.1.7", "bad sender address: %s", error->message);
    }
    if (*sender->full != '\0' && *sender->domain == '\0')
        return smtp_reply(session, replies, "501 5.1.7", "a sender's address has a domain");
    refusal = smtp_parameters_of_mail(rest, session->esmtp, smtp_auth_offered(session) != NULL,
                                      session->host->settings->max_message_octets, &mail);
    if (refusal != NULL)
        return smtp_reply(session, replies, refusal->code, "%s", refusal->text);
    refusal = smtp_sender_decide(session->host, session->trace, &session->caller, sender);
    if (refusal == NULL)
        refusal = smtp_limits_message(session->host, session->trace, &session->caller);
    if (refusal != NULL)
        return smtp_reply(session, replies, refusal->code, "<%s>: %s", sender->full, refusal->text);
    words = smtp_policy_mail(session, sender->full);
    if (words != NULL)
        return smtp_reply(session, replies, "550 5.7.1", "<%s>: %s", sender->full, words);
    session->sender = g_steal_pointer(&sender);
    session->envid = g_steal_pointer(&mail.envid);
    session->ret = mail.ret;
    smtp_wish_of_message(session);
    session->eightbit = mail.eightbit;
    session->sevenbit = !session->esmtp || (mail.body_seen && !mail.eightbit);
    session->state = SMTP_SENDER;
    return smtp_reply(session, replies, "250 2.1.0", "<%s> sender ok", session->sender->full);
}

/* ---- RCPT ---- */

/* "1" for the first RCPT, "2" for the second. A message that comes from another host of ours goes
 * on in the branch it came in. */
void
smtp_envelope_branch(SmtpSession *session)
{
    guint number = ++session->rcpts;
    g_autofree char *branch = NULL;

    if (session->origin_branch == NULL)
        branch = g_strdup_printf("%u", number);
    else if (number == 1)
        branch = g_strdup(session->origin_branch);
    else
        branch = g_strdup_printf("%s.%u", session->origin_branch, number);
    g_free(session->branch);
    session->branch = g_steal_pointer(&branch);
    trace_set_branch(session->trace, session->branch);
}

static NetNext
smtp_envelope_take(SmtpSession *session, const char *full, GString *replies)
{
    session->accepted++;
    smtp_policy_taken(session);
    g_free(session->rcpt);
    session->rcpt = g_strdup(full);
    session->state = SMTP_RCPTS;
    return smtp_reply(session, replies, "250 2.1.5", "<%s> recipient ok", full);
}

/* Takes @recipient. */
static void
smtp_envelope_add(SmtpSession *session, SmtpRecipient *recipient)
{
    SmtpRecipient *same = smtp_copies_same(session->recipients, recipient);

    if (same == NULL) {
        g_ptr_array_add(session->recipients, recipient);
        return;
    }
    smtp_wish_join(same, recipient);
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_RECIPIENT, "RFC 5321 §3.3",
                   "%s gets the message already: one copy is enough", recipient->address->full);
    smtp_recipient_free(recipient);
}

/* Takes @address. */
static void
smtp_envelope_add_remote(SmtpSession *session, SmtpAddress *address)
{
    SmtpRecipient *recipient = smtp_recipient_new(address, NULL, session->branch);
    g_autoptr(GPtrArray) alone = g_ptr_array_new();

    g_ptr_array_add(alone, recipient);
    smtp_wish_of_recipients(session, address, alone);
    smtp_envelope_add(session, recipient);
}

static const SmtpRefusal smtp_envelope_full = { "452 4.2.2", "the mailbox is full" };

static NetNext
smtp_envelope_local(SmtpSession *session, const SmtpAddress *address, GString *replies)
{
    g_autoptr(GPtrArray) found =
        g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);
    const SmtpRefusal *refusal;

    session->stage = STAGE_RECIPIENT;
    refusal =
        smtp_recipient_resolve(session->host, session->trace, address, session->branch, found);
    if (refusal == NULL && trace_fault(session->trace, STAGE_RECIPIENT, "mailbox-full") != NULL)
        refusal = &smtp_envelope_full;
    if (refusal == NULL)
        refusal = smtp_policy_greylist(session, address->full);
    if (refusal != NULL)
        return smtp_reply(session, replies, refusal->code, "<%s>: %s", address->full,
                          refusal->text);
    smtp_wish_of_recipients(session, address, found);
    while (found->len > 0)
        smtp_envelope_add(session, g_ptr_array_steal_index(found, 0));
    return smtp_envelope_take(session, address->full, replies);
}

/* Remote, and DNS is asked first where nothing of ours names the host: a domain that does not
 * exist is refused now, and nobody writes a bounce later. */
static NetNext
smtp_envelope_remote(SmtpSession *session, SmtpAddress *address, const SmtpRoute *route,
                     GString *replies)
{
    const SmtpRefusal *refusal = smtp_route_may_relay(session->trace, &session->caller, address);
    g_autofree char *full = g_strdup(address->full);

    if (refusal != NULL) {
        smtp_reply(session, replies, refusal->code, "<%s>: %s", address->full, refusal->text);
        smtp_address_free(address);
        return NET_GO_ON;
    }
    if (route->kind == SMTP_ROUTE_MX && session->host->settings->verify_domain) {
        session->stage = STAGE_DNS;
        session->asked = address;
        return smtp_session_wait(session, SMTP_WAITS_HOSTS, address->domain, replies);
    }
    smtp_envelope_add_remote(session, address);
    return smtp_envelope_take(session, full, replies);
}

NetNext
smtp_envelope_rcpt(SmtpSession *session, const char *arg, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_auto(SmtpRoute) route = { 0 };
    const char *rest = NULL, *words;
    const SmtpRefusal *refusal;
    g_autoptr(SmtpAddress) address = smtp_envelope_path(arg, "TO:", &rest, &error);

    if (address == NULL || *address->full == '\0') {
        if (error != NULL)
            smtp_envelope_tell_no_path(session, error);
        return smtp_reply(session, replies, "501 5.1.3", "bad recipient address: %s",
                          error != NULL ? error->message : "the null path is only for senders");
    }
    smtp_rcpt_parameters_clear(&session->wish);
    refusal = smtp_parameters_of_rcpt(rest, session->esmtp, &session->wish);
    if (refusal != NULL)
        return smtp_reply(session, replies, refusal->code, "%s", refusal->text);
    if (session->accepted >= SMTP_RECIPIENTS_MAX)
        return smtp_reply(session, replies, "452 4.5.3", "too many recipients for one message");
    smtp_envelope_tell_split(session, address);
    words = smtp_policy_rcpt(session, address->full);
    if (words != NULL)
        return smtp_reply(session, replies, "550 5.7.1", "<%s>: %s", address->full, words);
    session->stage = STAGE_ROUTE;
    smtp_route_decide(session->host->settings, session->trace, address, &route);
    if (route.kind == SMTP_ROUTE_LOCAL)
        return smtp_envelope_local(session, address, replies);
    return smtp_envelope_remote(session, g_steal_pointer(&address), &route, replies);
}

/* ---- DNS has answered ---- */

/* "No" is final. No answer is not: the message is taken, and DNS asked again when it is sent. NULL:
 * take it. */
static const char *
smtp_envelope_no_hosts(DnsMxOutcome outcome)
{
    const char *status = dns_mx_outcome_status(outcome);

    if (status == NULL || status[0] != '5')
        return NULL;
    switch (outcome) {
    case DNS_MX_NULL: return "this domain takes no mail";
    case DNS_MX_NO_DOMAIN: return "this domain does not exist";
    default: return "no host takes mail for this domain";
    }
}

/* A null MX has a reply code of its own, 556 (RFC 7505 §4.1). */
static NetNext
smtp_envelope_refuse_hosts(SmtpSession *session, const char *full, DnsMxOutcome outcome,
                           const char *why, GString *replies)
{
    g_autofree char *code = g_strdup_printf("%d %s", outcome == DNS_MX_NULL ? 556 : 550,
                                            dns_mx_outcome_status(outcome));

    trace_decision(session->trace, STAGE_DNS, "RFC 5321 §5.1",
                   "%s: that is final, so the recipient is refused now", why);
    return smtp_reply(session, replies, code, "<%s>: %s", full, why);
}

NetNext
smtp_envelope_hosts(SmtpSession *session, const DnsMxAnswer *hosts, GString *replies)
{
    g_autoptr(SmtpAddress) address = g_steal_pointer(&session->asked);
    g_autofree char *full = g_strdup(address->full);
    const char *why = smtp_envelope_no_hosts(hosts->outcome);

    if (hosts->event != 0)
        trace_follow(session->trace, hosts->event);
    trace_put_text(session->trace, "domain", address->domain);
    trace_put_text(session->trace, "outcome",
                   why != NULL                      ? "refused"
                   : hosts->outcome == DNS_MX_HOSTS ? "ok"
                                                    : "later");
    if (why != NULL)
        return smtp_envelope_refuse_hosts(session, full, hosts->outcome, why, replies);
    trace_decision(session->trace, STAGE_DNS, "RFC 5321 §5.1",
                   hosts->outcome == DNS_MX_HOSTS
                       ? "%s has a mail host: the recipient is taken"
                       : "DNS does not say now whether %s exists: taken, and asked again later",
                   address->domain);
    smtp_envelope_add_remote(session, g_steal_pointer(&address));
    return smtp_envelope_take(session, full, replies);
}
