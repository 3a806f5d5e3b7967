/* smtp/greylist.c - have client, sender and recipient come together before? (RFC 6647)
 *
 * Programs that send spam rarely come back; a mail server keeps its queue and tries again. So the
 * first try is answered "not now", and the one that comes back after the delay passes. From then
 * on its client is known, whatever it brings (RFC 6647 §5). Nothing is lost: the message waits at
 * the sending host. What it costs is time, and a learner sees both sides of it.
 *
 * The client is its whole IPv4 address; a network of 256 (RFC 6647 §5 allows it) would be all
 * hosts of a lab at once. Of an IPv6 address the first 64 bits count: the rest is the owner's own.
 *
 * Start reading at smtp_greylist_decide(). Tests: tests/test_smtp_greylist.c
 */
#include "smtp/greylist.h"

#include <arpa/inet.h>
#include <string.h>

#include "storage/greylist.h"

#define SMTP_GREYLIST_TOLD 100 /* triplets whose delay ends at the same time: so many are told */

static const SmtpRefusal smtp_greylist_later = { "451 4.7.1",
                                                 "greylisted: we have not met before, try again "
                                                 "later" };

static char *
smtp_greylist_client(const char *peer)
{
    guint8 octets[16];
    char text[INET6_ADDRSTRLEN];

    if (inet_pton(AF_INET6, peer, octets) != 1)
        return g_strdup(peer);
    memset(octets + 8, 0, 8);
    return g_strdup_printf("%s/64", inet_ntop(AF_INET6, octets, text, sizeof text));
}

static gboolean
smtp_greylist_is_exempt(Trace *trace, const SmtpCaller *caller)
{
    if (caller->port != SMTP_PORT_SUBMIT && caller->account == NULL && !caller->trusted)
        return FALSE;
    trace_put_text(trace, "outcome", "exempt");
    trace_decision(trace, STAGE_FILTER, "RFC 6647 §5",
                   "%s is no stranger (%s): not put off by greylisting", caller->peer,
                   caller->account != NULL ? "its user logged in"
                   : caller->trusted       ? "its network is trusted"
                                           : "it is on the submission port");
    return TRUE;
}

/* ---- the four answers ---- */

static const SmtpRefusal *
smtp_greylist_put_off(const SmtpHost *host, Trace *trace, StoreTriplet *triplet, const char *why,
                      GError **error)
{
    gint64 ripe_s = triplet->first_s + host->settings->greylist_delay_s;

    triplet->last_s = store_now_s(host->store);
    triplet->tries++;
    if (!store_greylist_keep(host->store, trace, triplet, error))
        return smtp_refusal_for_error(trace, STAGE_FILTER, *error);
    trace_put_text(trace, "client", triplet->client);
    trace_put_number(trace, "tries", triplet->tries);
    trace_put_time(trace, "due", ripe_s);
    trace_put_text(trace, "outcome", "greylisted");
    trace_decision(trace, STAGE_FILTER, "RFC 6647 §2.4",
                   "%s: put off; a mail server comes back, and may pass in %" G_GINT64_FORMAT " s",
                   why, MAX(ripe_s - triplet->last_s, 0));
    return &smtp_greylist_later;
}

static const SmtpRefusal *
smtp_greylist_pass(const SmtpHost *host, Trace *trace, StoreTriplet *triplet, const char *why,
                   GError **error)
{
    gint64 now_s = store_now_s(host->store);

    triplet->last_s = now_s;
    if (triplet->passed_s == 0)
        triplet->passed_s = now_s;
    if (!store_greylist_keep(host->store, trace, triplet, error))
        return smtp_refusal_for_error(trace, STAGE_FILTER, *error);
    trace_put_text(trace, "client", triplet->client);
    trace_put_text(trace, "outcome", "ok");
    trace_decision(trace, STAGE_FILTER, "RFC 6647 §5", "%s: it passes greylisting", why);
    return NULL;
}

/* A triplet that nobody has seen, or that stayed away for too long. */
static const SmtpRefusal *
smtp_greylist_begin(const SmtpHost *host, Trace *trace, const char *client, const char *sender,
                    const char *recipient, const char *why, GError **error)
{
    StoreTriplet first = {
        .client = (char *)client,
        .sender = (char *)sender,
        .recipient = (char *)recipient,
        .first_s = store_now_s(host->store),
    };

    return smtp_greylist_put_off(host, trace, &first, why, error);
}

/* ---- which of them? ---- */

static const SmtpRefusal *
smtp_greylist_seen(const SmtpHost *host, Trace *trace, StoreTriplet *triplet, GError **error)
{
    const SmtpSettings *settings = host->settings;
    gint64 age_s = store_now_s(host->store) - triplet->first_s;

    if (triplet->passed_s == 0 && age_s < settings->greylist_delay_s)
        return smtp_greylist_put_off(host, trace, triplet, "it comes again, but too early", error);
    if (triplet->passed_s == 0 && age_s > settings->greylist_window_s)
        return smtp_greylist_begin(host, trace, triplet->client, triplet->sender,
                                   triplet->recipient,
                                   "it comes again, but so late that this is a first try", error);
    return smtp_greylist_pass(host, trace, triplet,
                              "it comes again, in time, as a mail server does", error);
}

const SmtpRefusal *
smtp_greylist_decide(const SmtpHost *host, Trace *trace, const SmtpCaller *caller,
                     const char *sender, const char *recipient)
{
    gint64 since_s = store_now_s(host->store) - host->settings->greylist_lifetime_s;
    g_autofree char *client = smtp_greylist_client(caller->peer);
    g_autoptr(StoreTriplet) triplet = NULL;
    g_autoptr(GError) error = NULL;

    if (smtp_greylist_is_exempt(trace, caller))
        return NULL;
    triplet = store_greylist_passed(host->store, trace, client, since_s, &error);
    if (triplet != NULL)
        return smtp_greylist_pass(host, trace, triplet, "this client came back once before",
                                  &error);
    if (error == NULL)
        triplet = store_greylist_find(host->store, trace, client, sender, recipient, &error);
    if (error != NULL)
        return smtp_refusal_for_error(trace, STAGE_FILTER, error);
    if (triplet == NULL || triplet->last_s < since_s)
        return smtp_greylist_begin(host, trace, client, sender, recipient,
                                   "client, sender and recipient have never come together", &error);
    return smtp_greylist_seen(host, trace, triplet, &error);
}

/* ---- the delay is over ---- */

gboolean
smtp_greylist_ripen(const SmtpHost *host, Trace *trace, gint64 since_s, gint64 until_s,
                    GError **error)
{
    gint64 delay_s = host->settings->greylist_delay_s;
    g_autoptr(GPtrArray) ripe = store_greylist_waiting(
        host->store, since_s - delay_s, until_s - delay_s, SMTP_GREYLIST_TOLD, error);

    for (guint i = 0; ripe != NULL && i < ripe->len; i++) {
        const StoreTriplet *triplet = g_ptr_array_index(ripe, i);
        g_autoptr(Trace) fork = trace_fork(trace);

        trace_set_journey(fork, triplet->journey);
        trace_set_branch(fork, triplet->branch);
        trace_follow(fork, triplet->event);
        trace_put_text(fork, "client", triplet->client);
        trace_put_text(fork, "outcome", "ripe");
        trace_timer(fork, STAGE_FILTER, "RFC 6647 §5",
                    "the greylisting delay is over: from now on %s may deliver from <%s> to <%s>",
                    triplet->client, triplet->sender, triplet->recipient);
    }
    return ripe != NULL;
}
