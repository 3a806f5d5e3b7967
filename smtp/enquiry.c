/* smtp/enquiry.c - where would a message to this address go?
 *
 *   EHLO, MAIL FROM:<> (told to nobody) > RCPT TO:<address> > [DNS answers] > the reply
 *     > for each recipient the session now has: account? its mailbox
 *                                               else the relay's list of hosts
 *
 * The session is a real one, but for its client: what `glasspost route` prints is what the server
 * would do, because it is what the server does.
 *
 * Start reading at smtp_enquiry_new(). Tests: tests/test_smtp_enquiry.c, tests/test_route.py
 */
#include "smtp/enquiry.h"

#include <string.h>

#include "smtp/reply.h"
#include "smtp/state.h"

struct SmtpEnquiry {
    const SmtpHost *host;
    Trace *trace;
    SmtpSession *session;
    NetTimer *soon;        /* the next step is taken in the next turn */
    DnsMxLookup *lookup;   /* the session's open question, or NULL */
    SmtpRelayHosts *hosts; /* the relay's, or NULL */
    char *command;         /* the RCPT */
    char *reply;           /* to it */
    GPtrArray *places;     /* SmtpPlace */
    guint at;              /* the recipient whose place is being looked for */
    SmtpEnquiryDone done;
    void *data;
};

static void smtp_enquiry_next(SmtpEnquiry *enquiry);

static void
smtp_place_free(gpointer data)
{
    SmtpPlace *place = data;

    g_clear_pointer(&place->hosts, g_ptr_array_unref);
    g_free(place->why_not);
    g_free(place);
}

void
smtp_enquiry_free(SmtpEnquiry *enquiry)
{
    if (enquiry == NULL)
        return;
    net_timer_stop(&enquiry->soon);
    dns_mx_cancel(enquiry->lookup);
    smtp_relay_hosts_cancel(enquiry->hosts);
    g_ptr_array_unref(enquiry->places);
    smtp_session_free(enquiry->session);
    g_free(enquiry->command);
    g_free(enquiry->reply);
    g_free(enquiry);
}

/* ---- the places, one after the other ---- */

static void
smtp_enquiry_hosts(void *data, GPtrArray *hosts, const SmtpReply *why, G_GNUC_UNUSED guint64 event)
{
    SmtpEnquiry *enquiry = data;
    SmtpPlace *place = g_ptr_array_index(enquiry->places, enquiry->at);

    enquiry->hosts = NULL;
    place->hosts = hosts;
    if (hosts == NULL) {
        place->why_not = g_strdup_printf("%s %s", why->enhanced, why->text);
        place->permanent = smtp_reply_is_permanent(why);
    }
    enquiry->at++;
    smtp_enquiry_next(enquiry);
}

static void
smtp_enquiry_next(SmtpEnquiry *enquiry)
{
    const GPtrArray *recipients = enquiry->session->recipients;

    while (enquiry->at < recipients->len) {
        const SmtpRecipient *recipient = g_ptr_array_index(recipients, enquiry->at);
        SmtpPlace *place = g_new0(SmtpPlace, 1);

        place->recipient = recipient;
        g_ptr_array_add(enquiry->places, place);
        if (recipient->account == NULL) {
            trace_set_branch(enquiry->trace, recipient->branch);
            enquiry->hosts =
                smtp_relay_hosts_find(enquiry->host, enquiry->trace, recipient->address->domain,
                                      smtp_enquiry_hosts, enquiry);
            return;
        }
        enquiry->at++;
    }
    enquiry->done(enquiry, enquiry->data);
}

/* ---- the reply to RCPT ---- */

static void
smtp_enquiry_replied(SmtpEnquiry *enquiry, GString *replies)
{
    enquiry->reply = g_strndup(replies->str, strcspn(replies->str, "\r"));
    smtp_enquiry_next(enquiry);
}

static void
smtp_enquiry_found(const DnsMxAnswer *hosts, void *data)
{
    SmtpEnquiry *enquiry = data;
    SmtpAnswer answer = { .hosts = hosts };
    g_autoptr(GString) replies = g_string_new(NULL);

    enquiry->lookup = NULL;
    smtp_session_answer(enquiry->session, &answer, replies);
    smtp_enquiry_replied(enquiry, replies);
}

static void
smtp_enquiry_ask_hosts(void *data, SmtpSession *session, const char *domain)
{
    SmtpEnquiry *enquiry = data;

    enquiry->lookup =
        dns_mx_lookup(enquiry->host->resolver, session->trace, domain, smtp_enquiry_found, enquiry);
}

/* No message is handed in and nobody logs in: there is nothing else to ask for. */
static const SmtpAsk smtp_enquiry_ask = { .mail_hosts = smtp_enquiry_ask_hosts };

static void
smtp_enquiry_rcpt(void *data)
{
    SmtpEnquiry *enquiry = data;
    g_autoptr(GString) replies = g_string_new(NULL);

    enquiry->soon = NULL;
    enquiry->session->trace = enquiry->trace;
    if (smtp_session_line(enquiry->session, enquiry->command, replies) != NET_PENDING)
        smtp_enquiry_replied(enquiry, replies);
}

/* ---- the session without a client ---- */

/* So far nothing is worth telling: the question is where mail goes, not who sends it. */
static void
smtp_enquiry_open(SmtpEnquiry *enquiry)
{
    g_autoptr(GString) ignored = g_string_new(NULL);

    enquiry->session = smtp_session_new(enquiry->host, SMTP_PORT_RELAY, "127.0.0.1", NULL,
                                        &smtp_enquiry_ask, enquiry);
    enquiry->session->caller.trusted = TRUE;
    smtp_session_line(enquiry->session, "EHLO localhost", ignored);
    smtp_session_line(enquiry->session, "MAIL FROM:<>", ignored);
}

SmtpEnquiry *
smtp_enquiry_new(const SmtpHost *host, Trace *trace, const char *path, SmtpEnquiryDone done,
                 void *data, GError **error)
{
    gboolean whole = *path == '<';
    SmtpEnquiry *enquiry;

    for (const char *octet = path; *octet != '\0'; octet++) {
        if (!g_ascii_iscntrl(*octet) && octet - path < SMTP_ENQUIRY_MAX)
            continue;
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "an address has no control characters, and at most " G_STRINGIFY(
                                SMTP_ENQUIRY_MAX) " octets");
        return NULL;
    }
    enquiry = g_new0(SmtpEnquiry, 1);
    enquiry->host = host;
    enquiry->trace = trace;
    enquiry->places = g_ptr_array_new_with_free_func(smtp_place_free);
    enquiry->done = done;
    enquiry->data = data;
    enquiry->command = g_strdup_printf(whole ? "RCPT TO:%s" : "RCPT TO:<%s>", path);
    smtp_enquiry_open(enquiry);
    enquiry->soon =
        net_timer_start(net_clock(host->net), NET_TIMER_GUARD, 0, smtp_enquiry_rcpt, enquiry);
    return enquiry;
}

/* ---- what came of it ---- */

const char *
smtp_enquiry_reply(const SmtpEnquiry *enquiry)
{
    return enquiry->reply;
}

const GPtrArray *
smtp_enquiry_places(const SmtpEnquiry *enquiry)
{
    return enquiry->places;
}

gboolean
smtp_enquiry_is_deliverable(const SmtpEnquiry *enquiry)
{
    for (guint i = 0; i < enquiry->places->len; i++)
        if (((SmtpPlace *)g_ptr_array_index(enquiry->places, i))->why_not != NULL)
            return FALSE;
    return enquiry->places->len > 0;
}
