/* smtp/bounce_report.c - a report is put together: three parts in one message (RFC 3464 §2).
 *
 *   Auto-Submitted: auto-replied
 *   --boundary   Your message could not be delivered to ...       for people
 *   --boundary   Reporting-MTA: dns; mx.north.example             for programs: about the message
 *                Original-Envelope-Id: QQ314159
 *                (an empty line)
 *                Original-Recipient: rfc822;carol@south.example   and about each recipient
 *                Final-Recipient: rfc822; carol@south.example
 *                Action: failed
 *                Status: 5.1.1
 *   --boundary   Subject: ...                                     what it was about
 *
 * Start reading at smtp_bounce_text(). The exercise of labs/11-bounce.
 * Tests: tests/test_smtp_bounce_text.c, tests/test_reports.py
 */
#include <string.h>

#include "smtp/bounce_lines.h"
#include "smtp/bounce_parts.h"

/* "auto-replied": programs that answer mail by themselves leave it alone (RFC 3834 §5.2). */
static void
smtp_bounce_header(const SmtpBounceText *report, GString *out)
{
    smtp_bounce_date(out, "Date", report->now_s);
    smtp_bounce_field(out, "From", "Mail Delivery System <MAILER-DAEMON@%s>", report->hostname);
    smtp_bounce_field(out, "To", "<%s>", report->sender);
    smtp_bounce_field(out, "Subject", "%s", smtp_bounce_subject(report));
    smtp_bounce_field(out, "Message-ID", "<%s@%s>", report->token, report->hostname);
    smtp_bounce_field(out, "Auto-Submitted", "auto-replied");
    smtp_bounce_field(out, "MIME-Version", "1.0");
    smtp_bounce_field(out, "Content-Type",
                      "multipart/report; report-type=delivery-status; boundary=\"=_%s\"",
                      report->token);
    if (report->whole && smtp_bounce_is_eightbit(report->message))
        smtp_bounce_field(out, "Content-Transfer-Encoding", "8bit");
    g_string_append(out, "\r\n");
}

/* @more: further fields of the part, with their CRLF. */
void
smtp_bounce_part(const SmtpBounceText *report, GString *out, const char *type,
                 const char *description, const char *more)
{
    g_string_append_printf(out, "--=_%s\r\nContent-Type: %s\r\nContent-Description: %s\r\n%s\r\n",
                           report->token, type, description, more);
}

/* A host that has an address and no name is an address literal (RFC 3461 §9.3). */
static void
smtp_bounce_remote(GString *out, const char *remote)
{
    if (!g_hostname_is_ip_address(remote))
        smtp_bounce_field(out, "Remote-MTA", "dns; %s", remote);
    else
        smtp_bounce_field(out, "Remote-MTA", "dns; [%s%s]", strchr(remote, ':') ? "IPv6:" : "",
                          remote);
}

/* What is said of a recipient (RFC 3464 §2.3.1, §2.3.2, §2.3.4, §2.3.7, §2.3.9). A diagnostic of type
 * "smtp" is a reply; our own reasons are none, and have no Remote-MTA (RFC 3464 §2.3.5, §2.3.6). */
static void
smtp_bounce_for_programs_one(const SmtpBounceText *report, const SmtpBounceOne *one, GString *out)
{
    if (one->original != NULL)
        smtp_bounce_exact(out, "Original-Recipient", one->original);
    smtp_bounce_field(out, "Final-Recipient", "rfc822; %s", one->recipient);
    smtp_bounce_field(out, "Action", "%s", smtp_bounce_action_name(one->action));
    smtp_bounce_field(out, "Status", "%s", one->status);
    if (one->remote != NULL)
        smtp_bounce_remote(out, one->remote);
    if (one->diagnostic != NULL)
        smtp_bounce_field(out, "Diagnostic-Code", "%s; %s",
                          one->remote != NULL ? "smtp" : "x-glasspost", one->diagnostic);
    if (one->attempts->len > 0) {
        const StoreAttempt *last = g_ptr_array_index(one->attempts, one->attempts->len - 1);
        smtp_bounce_date(out, "Last-Attempt-Date", last->when_s);
    }
    if (one->action == SMTP_BOUNCE_DELAYED)
        smtp_bounce_date(out, "Will-Retry-Until", report->retry_until_s);
    g_string_append(out, "\r\n");
}

/* What is said of the message (RFC 3464 §2.2.1, §2.2.2, §2.2.5). An envelope id that nobody gave is
 * not made up (RFC 3461 §6.3). */
static void
smtp_bounce_for_programs(const SmtpBounceText *report, GString *out)
{
    smtp_bounce_part(report, out, "message/delivery-status", "Delivery report", "");
    if (report->envelope != NULL)
        smtp_bounce_exact(out, "Original-Envelope-Id", report->envelope);
    smtp_bounce_field(out, "Reporting-MTA", "dns; %s", report->hostname);
    smtp_bounce_date(out, "Arrival-Date", report->arrived_s);
    g_string_append(out, "\r\n");
    for (guint i = 0; i < report->count; i++)
        smtp_bounce_for_programs_one(report, &report->ones[i], out);
}

GString *
smtp_bounce_text(const SmtpBounceText *report)
{
    GString *out = g_string_new(NULL);

    smtp_bounce_header(report, out);
    smtp_bounce_for_people(report, out);
    smtp_bounce_for_programs(report, out);
    if (report->whole)
        smtp_bounce_all_of_it(report, out);
    else
        smtp_bounce_its_header(report, out);
    g_string_append_printf(out, "\r\n--=_%s--\r\n", report->token);
    return out;
}
