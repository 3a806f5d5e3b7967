/* smtp/bounce_text.c - the text of a report: three parts in one message (RFC 3464 §2).
 *
 *   Auto-Submitted: auto-replied
 *   --boundary   Your message could not be delivered to ...       for people
 *   --boundary   Reporting-MTA: dns; mx.north.example             for programs: about the message
 *                (an empty line)
 *                Final-Recipient: rfc822; carol@south.example     and about the recipient
 *                Action: failed
 *                Status: 5.1.1
 *   --boundary   Subject: ...                                     what it was about
 *
 * What strangers said stands in here, so each line of theirs is reduced to printable ASCII and cut:
 * a report must be readable everywhere, and nobody may write a header field or a boundary of his
 * own into it. Start reading at smtp_bounce_text(). Tests: tests/test_smtp_bounce.c
 */
#include "smtp/bounce_text.h"

#include <string.h>

#include "smtp/received.h"
#include "smtp/retry.h"

#define SMTP_BOUNCE_FIELD_MAX    900 /* octets of a value: a line may have 998 (RFC 5322 §2.1.1) */
#define SMTP_BOUNCE_LINE         76  /* where lines are folded */
#define SMTP_BOUNCE_ATTEMPTS_MAX 20  /* listed one by one */

/* @text as printable ASCII on one line, at most SMTP_BOUNCE_FIELD_MAX octets. */
static char *
smtp_bounce_plain(const char *text)
{
    char *plain = g_strndup(text, SMTP_BOUNCE_FIELD_MAX);

    for (char *octet = plain; *octet != '\0'; octet++) {
        if (*octet < ' ' || *octet > '~')
            *octet = '?';
    }
    return plain;
}

/* Appends @text in lines of some 76 octets, broken at spaces; each further line begins with
 * @indent. */
static void
smtp_bounce_wrap(GString *out, const char *text, gsize column, const char *indent)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        gsize length = strlen(words[i]);

        if (length == 0)
            continue;
        if (i > 0 && column + 1 + length > SMTP_BOUNCE_LINE) {
            g_string_append_printf(out, "\r\n%s%s", indent, words[i]);
            column = strlen(indent) + length;
        } else {
            g_string_append_printf(out, "%s%s", i > 0 ? " " : "", words[i]);
            column += (i > 0 ? 1 : 0) + length;
        }
    }
    g_string_append(out, "\r\n");
}

static void G_GNUC_PRINTF(3, 4)
    smtp_bounce_field(GString *out, const char *name, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *value = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *plain = smtp_bounce_plain(value);
    g_string_append_printf(out, "%s: ", name);
    smtp_bounce_wrap(out, plain, strlen(name) + 2, " ");
}

static void G_GNUC_PRINTF(2, 3) smtp_bounce_paragraph(GString *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *plain = smtp_bounce_plain(text);
    smtp_bounce_wrap(out, plain, 0, "");
    g_string_append(out, "\r\n");
}

static void
smtp_bounce_date(GString *out, const char *name, gint64 when_s)
{
    g_autofree char *date = smtp_received_date(when_s);

    smtp_bounce_field(out, name, "%s", date);
}

/* "auto-replied": programs that answer mail by themselves leave it alone (RFC 3834 §5.2). */
static void
smtp_bounce_header(const SmtpBounceText *report, GString *out)
{
    gboolean failed = report->action == SMTP_BOUNCE_FAILED;

    smtp_bounce_date(out, "Date", report->now_s);
    smtp_bounce_field(out, "From", "Mail Delivery System <MAILER-DAEMON@%s>", report->hostname);
    smtp_bounce_field(out, "To", "<%s>", report->sender);
    smtp_bounce_field(out, "Subject", "%s",
                      failed ? "Your message could not be delivered"
                             : "Your message is delayed, and still being tried");
    smtp_bounce_field(out, "Message-ID", "<%s@%s>", report->token, report->hostname);
    smtp_bounce_field(out, "Auto-Submitted", "auto-replied");
    smtp_bounce_field(out, "MIME-Version", "1.0");
    smtp_bounce_field(out, "Content-Type",
                      "multipart/report; report-type=delivery-status; boundary=\"=_%s\"",
                      report->token);
    g_string_append(out, "\r\n");
}

static void
smtp_bounce_part(const SmtpBounceText *report, GString *out, const char *type,
                 const char *description)
{
    g_string_append_printf(out, "--=_%s\r\nContent-Type: %s\r\nContent-Description: %s\r\n\r\n",
                           report->token, type, description);
}

/* The list of attempts: who was asked, when, and what came of it. */
static void
smtp_bounce_attempts(const SmtpBounceText *report, GString *out)
{
    guint count = report->attempts->len;
    guint first = count > SMTP_BOUNCE_ATTEMPTS_MAX ? count - SMTP_BOUNCE_ATTEMPTS_MAX : 0;

    if (count == 0)
        return;
    smtp_bounce_paragraph(out, "Attempts: %u%s", count, first > 0 ? ", of which the last:" : "");
    for (guint i = first; i < count; i++) {
        const StoreAttempt *attempt = g_ptr_array_index(report->attempts, i);
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

static void
smtp_bounce_for_people(const SmtpBounceText *report, GString *out)
{
    g_autofree char *arrived = smtp_received_date(report->arrived_s);
    g_autofree char *age = smtp_retry_duration(report->now_s - report->arrived_s);

    smtp_bounce_part(report, out, "text/plain; charset=us-ascii", "Notification");
    smtp_bounce_paragraph(out, "This is the mail system at %s.", report->hostname);
    if (report->action == SMTP_BOUNCE_FAILED) {
        smtp_bounce_paragraph(out,
                              "Your message could not be delivered to <%s>. We will not try "
                              "again: if it still matters, please send it once more when the "
                              "reason below is gone.",
                              report->recipient);
    } else {
        g_autofree char *until = smtp_received_date(report->retry_until_s);
        smtp_bounce_paragraph(out,
                              "Your message to <%s> has not been delivered yet. You need do "
                              "nothing: we go on trying until %s, and will tell you then if it "
                              "can't be done.",
                              report->recipient, until);
    }
    if (report->remote != NULL)
        smtp_bounce_paragraph(out, "The reason, in the words of %s:", report->remote);
    else
        smtp_bounce_paragraph(out, "The reason:");
    g_autofree char *reason = smtp_bounce_plain(report->diagnostic);
    g_string_append(out, "    ");
    smtp_bounce_wrap(out, reason, 4, "    ");
    g_string_append(out, "\r\n");
    smtp_bounce_paragraph(out, "We took the message on %s, %s ago.", arrived, age);
    smtp_bounce_attempts(report, out);
    if (report->journey != NULL)
        smtp_bounce_paragraph(out, "In the trace of this world it is journey %s.", report->journey);
    smtp_bounce_paragraph(out, "The second part of this report says the same for programs; the "
                               "third is the header of your message.");
}

/* A diagnostic of type "smtp" is a reply; our own reasons are none, and have no Remote-MTA
 * (RFC 3464 §2.3.5, §2.3.6). */
static void
smtp_bounce_for_programs(const SmtpBounceText *report, GString *out)
{
    gboolean failed = report->action == SMTP_BOUNCE_FAILED;

    smtp_bounce_part(report, out, "message/delivery-status", "Delivery report");
    smtp_bounce_field(out, "Reporting-MTA", "dns; %s", report->hostname);
    smtp_bounce_date(out, "Arrival-Date", report->arrived_s);
    g_string_append(out, "\r\n");
    smtp_bounce_field(out, "Final-Recipient", "rfc822; %s", report->recipient);
    smtp_bounce_field(out, "Action", "%s", failed ? "failed" : "delayed");
    smtp_bounce_field(out, "Status", "%s", report->status);
    if (report->remote != NULL)
        smtp_bounce_field(out, "Remote-MTA", "dns; %s", report->remote);
    smtp_bounce_field(out, "Diagnostic-Code", "%s; %s",
                      report->remote != NULL ? "smtp" : "x-glasspost", report->diagnostic);
    if (report->attempts->len > 0) {
        const StoreAttempt *last = g_ptr_array_index(report->attempts, report->attempts->len - 1);
        smtp_bounce_date(out, "Last-Attempt-Date", last->when_s);
    }
    if (!failed)
        smtp_bounce_date(out, "Will-Retry-Until", report->retry_until_s);
    g_string_append(out, "\r\n");
}

/* Only the header, though RFC 6522 §3 prefers the whole message: it may be large, and it may hold
 * 8-bit octets that this report, 7-bit on all its way, could not carry. */
static void
smtp_bounce_original(const SmtpBounceText *report, GString *out)
{
    g_auto(GStrv) lines = g_strsplit(report->header, "\n", -1);

    smtp_bounce_part(report, out, "text/rfc822-headers", "Header of the undelivered message");
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *line = g_strndup(lines[i], strcspn(lines[i], "\r"));

        for (char *tab = strchr(line, '\t'); tab != NULL; tab = strchr(tab, '\t'))
            *tab = ' ';
        g_autofree char *plain = smtp_bounce_plain(line);
        if (plain[0] == '\0')
            break;
        g_string_append_printf(out, "%s\r\n", plain);
    }
    g_string_append_printf(out, "\r\n--=_%s--\r\n", report->token);
}

GString *
smtp_bounce_text(const SmtpBounceText *report)
{
    GString *out = g_string_new(NULL);

    smtp_bounce_header(report, out);
    smtp_bounce_for_people(report, out);
    smtp_bounce_for_programs(report, out);
    smtp_bounce_original(report, out);
    return out;
}
