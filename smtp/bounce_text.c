/* smtp/bounce_text.c - what a report says to people, and what it gives back.
 *
 *   This is the mail system at mx.north.example.          the first part, with all attempts
 *
 *   Your message could not be delivered to ...
 *
 *   Subject: ...                                          the third: the header it was about
 *
 * The report around them is put together in smtp/bounce_report.c.
 *
 * Start reading at smtp_bounce_for_people(). Tests: tests/test_smtp_bounce_text.c
 */
#include "smtp/bounce_parts.h"

#include <string.h>

#include "smtp/bounce_lines.h"
#include "smtp/received.h"
#include "smtp/retry.h"

#define SMTP_BOUNCE_ATTEMPTS_MAX 20 /* of one recipient, listed one by one */

/* The words of each action: for programs, and the Subject. */
static const struct {
    const char *name;
    const char *subject;
} smtp_bounce_actions[] = {
    [SMTP_BOUNCE_FAILED] = { "failed", "Your message could not be delivered" },
    [SMTP_BOUNCE_DELAYED] = { "delayed", "Your message is delayed, and still being tried" },
    [SMTP_BOUNCE_RELAYED] = { "relayed", "Your message has been passed on" },
    [SMTP_BOUNCE_EXPANDED] = { "expanded", "Your message goes on to several" },
    [SMTP_BOUNCE_DELIVERED] = { "delivered", "Your message has been delivered" },
};

const char *
smtp_bounce_action_name(SmtpBounceAction action)
{
    return smtp_bounce_actions[action].name;
}

const char *
smtp_bounce_subject(const SmtpBounceText *report)
{
    return report->about_report ? "A report could not be delivered"
                                : smtp_bounce_actions[report->ones[0].action].subject;
}

gboolean
smtp_bounce_is_eightbit(const GString *message)
{
    for (gsize i = 0; i < message->len; i++)
        if ((guchar)message->str[i] > 127)
            return TRUE;
    return FALSE;
}

/* ---- the first part: for people ---- */

/* To the postmaster, who has sent nothing. */
static void
smtp_bounce_lost_report(const SmtpBounceOne *one, GString *out)
{
    smtp_bounce_paragraph(out,
                          "A message with the sender <> could not be delivered to <%s>. Such a "
                          "message is a report about other mail, and no report answers a "
                          "report: you as the postmaster are the only one who hears of it. Often "
                          "the address of somebody who sends mail through this host is wrong.",
                          one->recipient);
}

static void
smtp_bounce_news(const SmtpBounceText *report, const SmtpBounceOne *one, GString *out)
{
    g_autofree char *until = smtp_received_date(report->retry_until_s);

    switch (one->action) {
    case SMTP_BOUNCE_FAILED:
        smtp_bounce_paragraph(out,
                              "Your message could not be delivered to <%s>. We will not try "
                              "again: if it still matters, please send it once more when the "
                              "reason below is gone.",
                              one->recipient);
        return;
    case SMTP_BOUNCE_DELAYED:
        smtp_bounce_paragraph(out,
                              "Your message to <%s> has not been delivered yet. You need do "
                              "nothing: we go on trying until %s, and will tell you then if it "
                              "can't be done.",
                              one->recipient, until);
        return;
    case SMTP_BOUNCE_RELAYED:
        smtp_bounce_paragraph(out,
                              "Your message to <%s> has been passed on to %s. That host tells "
                              "nobody of a delivery, so you will hear of it again only if it "
                              "fails.",
                              one->recipient, one->remote);
        return;
    case SMTP_BOUNCE_EXPANDED:
        smtp_bounce_paragraph(out,
                              "Your message to <%s> goes on to several people, for whom that "
                              "address stands. You will hear of it again only if it fails.",
                              one->recipient);
        return;
    case SMTP_BOUNCE_DELIVERED:
        smtp_bounce_paragraph(out,
                              "Your message lies in the mailbox of <%s>. Whether it has been "
                              "read is more than we know.",
                              one->recipient);
        return;
    }
    g_assert_not_reached();
}

static void
smtp_bounce_reason(const SmtpBounceOne *one, GString *out)
{
    gboolean good = one->action >= SMTP_BOUNCE_RELAYED;

    if (one->diagnostic == NULL)
        return;
    if (one->remote != NULL)
        smtp_bounce_paragraph(out, "The %s, in the words of %s:", good ? "reply" : "reason",
                              one->remote);
    else
        smtp_bounce_paragraph(out, "The reason:");
    smtp_bounce_quote(out, one->diagnostic);
}

/* The list of attempts: who was asked, when, and what came of it. */
static void
smtp_bounce_attempts(const SmtpBounceText *report, const SmtpBounceOne *one, GString *out)
{
    guint count = one->attempts->len;
    guint first = count > SMTP_BOUNCE_ATTEMPTS_MAX ? count - SMTP_BOUNCE_ATTEMPTS_MAX : 0;

    if (count == 0)
        return;
    smtp_bounce_paragraph(out, "Attempts%s%s%s: %u%s", report->count > 1 ? " for <" : "",
                          report->count > 1 ? one->recipient : "", report->count > 1 ? ">" : "",
                          count, first > 0 ? ", of which the last:" : "");
    for (guint i = first; i < count; i++) {
        const StoreAttempt *attempt = g_ptr_array_index(one->attempts, i);
        g_autofree char *date = smtp_received_date(attempt->when_s);
        g_autofree char *line =
            g_strdup_printf("%s  %s [%s]: %s", date, attempt->host != NULL ? attempt->host : "-",
                            attempt->address != NULL ? attempt->address : "-",
                            attempt->words != NULL ? attempt->words : "");
        g_autofree char *plain = smtp_bounce_plain(line);

        g_string_append(out, "  ");
        smtp_bounce_wrap(out, plain, 2, "      ");
    }
    g_string_append(out, "\r\n");
}

void
smtp_bounce_for_people(const SmtpBounceText *report, GString *out)
{
    g_autofree char *arrived = smtp_received_date(report->arrived_s);
    g_autofree char *age = smtp_retry_duration(report->now_s - report->arrived_s);

    smtp_bounce_part(report, out, "text/plain; charset=us-ascii", "Notification", "");
    smtp_bounce_paragraph(out, "This is the mail system at %s.", report->hostname);
    for (guint i = 0; i < report->count; i++) {
        if (report->about_report)
            smtp_bounce_lost_report(&report->ones[i], out);
        else
            smtp_bounce_news(report, &report->ones[i], out);
        smtp_bounce_reason(&report->ones[i], out);
    }
    smtp_bounce_paragraph(out, "We took the message on %s, %s ago.", arrived, age);
    for (guint i = 0; i < report->count; i++)
        smtp_bounce_attempts(report, &report->ones[i], out);
    if (report->journey != NULL)
        smtp_bounce_paragraph(out, "In the trace of this world it is journey %s.", report->journey);
    smtp_bounce_paragraph(out,
                          "The second part of this report says the same for programs; the "
                          "third is %s%s message.",
                          report->whole ? "" : "the header of ",
                          report->about_report ? "that" : "your");
}

/* ---- the third part: what it was about ---- */

/* Enough to know it by, where its sender did not ask for more (RFC 3461 §6.2). */
void
smtp_bounce_its_header(const SmtpBounceText *report, GString *out)
{
    g_auto(GStrv) lines = g_strsplit(report->message->str, "\n", -1);
    gboolean good = report->ones[0].action >= SMTP_BOUNCE_RELAYED;

    smtp_bounce_part(report, out, "text/rfc822-headers",
                     good ? "Header of your message" : "Header of the undelivered message", "");
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *line = g_strndup(lines[i], strcspn(lines[i], "\r"));

        for (char *tab = strchr(line, '\t'); tab != NULL; tab = strchr(tab, '\t'))
            *tab = ' ';
        g_autofree char *plain = smtp_bounce_plain(line);
        if (plain[0] == '\0')
            break;
        g_string_append_printf(out, "%s\r\n", plain);
    }
}

/* Octet for octet: only the boundary tells where it ends, and nobody can guess that. */
void
smtp_bounce_all_of_it(const SmtpBounceText *report, GString *out)
{
    smtp_bounce_part(
        report, out, "message/rfc822", "Undelivered message",
        smtp_bounce_is_eightbit(report->message) ? "Content-Transfer-Encoding: 8bit\r\n" : "");
    g_string_append_len(out, report->message->str, (gssize)report->message->len);
}
