/* smtp/sender.c - who sends this message, and may they?
 *
 * Two kinds of sender, two questions. A user who logged in may write to the whole world, but only
 * under an address of their own. Somebody who did not log in proves nothing: they may claim any
 * address except ours, because for those we know better.
 *
 * That rule is ours, no RFC has it, and it has a price: an alias elsewhere keeps the sender (RFC 5321
 * §3.9.1), so what one of our users writes to it may come back from a host that cannot log in. At
 * MAIL nothing tells that host from a liar. So the world file has to: trusted-networks names it, or
 * local-sender-needs-auth = off gives the rule up, as most servers on the Internet do.
 *
 * Start reading at smtp_sender_decide(). Tests: tests/test_smtp_session.c
 */
#include "smtp/sender.h"

#include "smtp/permit.h"
#include "smtp/recipient.h"
#include "smtp/route.h"

static const SmtpRefusal smtp_sender_not_own = { "550 5.7.1",
                                                 "this address does not belong to the user who "
                                                 "logged in" };
static const SmtpRefusal smtp_sender_log_in = { "530 5.7.0", "authentication required" };
static const SmtpRefusal smtp_sender_submit = { "530 5.7.0",
                                                "users of this domain log in on the submission "
                                                "port" };
static const SmtpRefusal smtp_sender_unknown = { "550 5.1.0",
                                                 "no such user here, so nobody sends as one" };

/* How a decision reads in the journal. */
typedef enum { SMTP_SENDER_EXISTS, SMTP_SENDER_MISSING, SMTP_SENDER_FAILED } SmtpSenderFound;

/* An account, an alias, a user's sub-address, and postmaster are all addresses that somebody here may
 * send as. */
static SmtpSenderFound
smtp_sender_find(const SmtpHost *host, Trace *trace, const SmtpAddress *sender, GError **error)
{
    g_autofree char *user = smtp_recipient_user(host, sender);
    g_autoptr(StoreAccount) account = NULL;
    g_auto(GStrv) targets = NULL;
    g_autoptr(GError) failed = NULL;

    account = store_account_find(host->store, trace, STAGE_SENDER, sender->local, sender->domain,
                                 &failed);
    if (account == NULL && failed == NULL)
        targets = store_alias_find(host->store, trace, STAGE_SENDER, sender->local, sender->domain,
                                   &failed);
    if (account == NULL && targets == NULL && failed == NULL && user != NULL)
        account =
            store_account_find(host->store, trace, STAGE_SENDER, user, sender->domain, &failed);
    if (failed != NULL) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return SMTP_SENDER_FAILED;
    }
    if (account != NULL || targets != NULL || g_ascii_strcasecmp(sender->local, "postmaster") == 0)
        return SMTP_SENDER_EXISTS;
    return SMTP_SENDER_MISSING;
}

/* ---- a user who logged in ---- */

static gboolean
smtp_sender_is_account(const StoreAccount *account, const char *user, const char *domain)
{
    return g_ascii_strcasecmp(user, account->user) == 0 &&
           g_ascii_strcasecmp(domain, account->domain) == 0;
}

/* Sales may be answered by each who reads sales: an alias belongs to all its targets. And who has
 * given alice+shop to a shop may write to it as alice+shop. */
static gboolean
smtp_sender_owns(const SmtpHost *host, Trace *trace, const StoreAccount *account,
                 const SmtpAddress *sender, GError **error)
{
    g_autofree char *user = smtp_recipient_user(host, sender);
    g_auto(GStrv) targets = NULL;

    if (smtp_sender_is_account(account, sender->local, sender->domain))
        return TRUE;
    targets =
        store_alias_find(host->store, trace, STAGE_SENDER, sender->local, sender->domain, error);
    for (char **target = targets; target != NULL && *target != NULL; target++)
        if (g_ascii_strcasecmp(*target, account->address) == 0)
            return TRUE;
    return targets == NULL && user != NULL && smtp_sender_is_account(account, user, sender->domain);
}

static const SmtpRefusal *
smtp_sender_user(const SmtpHost *host, Trace *trace, const StoreAccount *account,
                 const SmtpAddress *sender)
{
    g_autoptr(GError) error = NULL;
    gboolean owns = smtp_sender_owns(host, trace, account, sender, &error);

    if (error != NULL)
        return smtp_refusal_for_error(trace, STAGE_SENDER, error);
    trace_put_text(trace, "address", sender->full);
    trace_put_text(trace, "account", account->address);
    trace_put_text(trace, "outcome", owns ? "ok" : "refused");
    if (!owns) {
        trace_decision(trace, STAGE_SENDER, "RFC 6409 §6.1", "%s is logged in; %s is not theirs",
                       account->address, sender->full);
        return &smtp_sender_not_own;
    }
    trace_decision(trace, STAGE_SENDER, "RFC 6409 §6.1", "%s is registered here and logged in",
                   account->address);
    return NULL;
}

/* ---- somebody who did not ---- */

/* The two rules about our own addresses: they must exist, and their users log in to send. */
static const SmtpRefusal *
smtp_sender_ours(const SmtpHost *host, Trace *trace, const SmtpCaller *caller,
                 const SmtpAddress *sender)
{
    g_autoptr(GError) error = NULL;
    SmtpSenderFound found = smtp_sender_find(host, trace, sender, &error);
    gboolean must_log_in = !smtp_permit_sender(host->settings, caller);

    if (found == SMTP_SENDER_FAILED)
        return smtp_refusal_for_error(trace, STAGE_SENDER, error);
    trace_put_text(trace, "address", sender->full);
    if (found == SMTP_SENDER_MISSING) {
        trace_put_text(trace, "outcome", "refused");
        trace_decision(trace, STAGE_SENDER, "RFC 5321 §7.9",
                       "%s is in our domain, but no account here: nobody can send as them",
                       sender->full);
        return &smtp_sender_unknown;
    }
    trace_put_text(trace, "outcome", must_log_in ? "refused" : "ok");
    if (must_log_in) {
        trace_decision(trace, STAGE_SENDER, "RFC 6409 §4.3",
                       "%s is one of our users, but this client did not prove it: they must log in "
                       "(a host that forwards their mail to us has to be in trusted-networks)",
                       sender->full);
        return &smtp_sender_submit;
    }
    trace_decision(trace, STAGE_SENDER, "RFC 6409 §4.3", "%s is one of our users; %s", sender->full,
                   caller->trusted ? "the client's network is trusted"
                                   : "this host does not ask them to log in");
    return NULL;
}

static const SmtpRefusal *
smtp_sender_stranger(Trace *trace, const SmtpCaller *caller, const SmtpAddress *sender)
{
    trace_put_text(trace, "address", sender->full);
    trace_put_text(trace, "outcome", "ok");
    trace_decision(trace, STAGE_SENDER, "RFC 5321 §3.3",
                   "%s is not one of our users: a host at %s delivers to us", sender->full,
                   caller->peer);
    return NULL;
}

static const SmtpRefusal *
smtp_sender_null(Trace *trace)
{
    trace_put_text(trace, "outcome", "ok");
    trace_decision(trace, STAGE_SENDER, "RFC 5321 §4.5.5",
                   "the reverse-path is empty: a report, which must never be answered by a report");
    return NULL;
}

const SmtpRefusal *
smtp_sender_decide(const SmtpHost *host, Trace *trace, const SmtpCaller *caller,
                   const SmtpAddress *sender)
{
    if (!smtp_permit_port(caller)) {
        trace_put_text(trace, "outcome", "refused");
        trace_decision(trace, STAGE_SENDER, "RFC 6409 §4.3",
                       "the submission port is for our users, and this client has not logged in");
        return &smtp_sender_log_in;
    }
    if (sender->full[0] == '\0')
        return smtp_sender_null(trace);
    if (caller->account != NULL)
        return smtp_sender_user(host, trace, caller->account, sender);
    if (smtp_route_is_ours(host->settings, sender->domain))
        return smtp_sender_ours(host, trace, caller, sender);
    return smtp_sender_stranger(trace, caller, sender);
}
