/* bounce_report.c - a report is put together: three parts in one message (RFC 3464 §2).
 *
 *   Content-Type: multipart/report; report-type=delivery-status; boundary="=_TOKEN"
 *
 *   --=_TOKEN
 *   Content-Type: text/plain; charset=us-ascii          1  for people
 *   Content-Description: Notification
 *                                                       (an empty line ends a part's header)
 *   This is the mail system at ...
 *   --=_TOKEN
 *   Content-Type: message/delivery-status               2  for programs
 *   Content-Description: Delivery report
 *
 *   Original-Envelope-Id: QQ314159                         about the message
 *   Reporting-MTA: dns; mx.north.example
 *   Arrival-Date: Mon, 5 Jan 2026 09:00:00 +0000
 *                                                          (an empty line)
 *   Original-Recipient: rfc822;sales@south.example         about each recipient
 *   Final-Recipient: rfc822; carol@south.example
 *   Action: failed
 *   Status: 5.1.1
 *   Remote-MTA: dns; mx.south.example
 *   Diagnostic-Code: smtp; 550 5.1.1 no such user
 *   Last-Attempt-Date: Mon, 5 Jan 2026 09:00:00 +0000
 *   Will-Retry-Until: Sat, 10 Jan 2026 09:00:00 +0000
 *                                                          (an empty line)
 *   --=_TOKEN
 *   Content-Type: text/rfc822-headers                   3  what it was about
 *   ...
 *
 *   --=_TOKEN--
 *
 * How each line is written stands in smtp/bounce_lines.h, what a report is made of in smtp/bounce_text.h.
 */
#include <string.h>

#include "smtp/bounce_lines.h"
#include "smtp/bounce_parts.h"

/* Given. Programs that answer mail by themselves leave alone what is "auto-replied" (RFC 3834 §5.2). */
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

/* Appends the line that begins a part, and the part's header: its type, its description, @more (whole
 * lines, or ""), and the empty line. g_string_append_printf() is of help. */
void
smtp_bounce_part(G_GNUC_UNUSED const SmtpBounceText *report, G_GNUC_UNUSED GString *out,
                 G_GNUC_UNUSED const char *type, G_GNUC_UNUSED const char *description,
                 G_GNUC_UNUSED const char *more)
{
    /* G_GNUC_UNUSED only tells the compiler that this is not finished: take it away as you go. */
}

/* Given: "Remote-MTA: dns; mx.south.example". A host that has an address and no name is an address literal
 * (RFC 3461 §9.3). */
G_GNUC_UNUSED static void
smtp_bounce_remote(GString *out, const char *remote)
{
    if (!g_hostname_is_ip_address(remote))
        smtp_bounce_field(out, "Remote-MTA", "dns; %s", remote);
    else
        smtp_bounce_field(out, "Remote-MTA", "dns; [%s%s]", strchr(remote, ':') ? "IPv6:" : "",
                          remote);
}

/* What is said of one recipient, in the order above (RFC 3464 §2.3). Always: Final-Recipient, Action and Status.
 * Original-Recipient where it is known (as it stands: smtp_bounce_exact). Remote-MTA only where another host
 * has spoken. A Diagnostic-Code where there are words; they are of type "smtp" where another host said them, else
 * "x-glasspost". Last-Attempt-Date where there was an attempt. Will-Retry-Until where it is only delayed. */
static void
smtp_bounce_for_programs_one(G_GNUC_UNUSED const SmtpBounceText *report,
                             G_GNUC_UNUSED const SmtpBounceOne *one, GString *out)
{
    g_string_append(out, "\r\n");
}

/* The second part. Original-Envelope-Id only where the sender gave one (smtp_bounce_exact); then the empty
 * line, then a block for each recipient. */
static void
smtp_bounce_for_programs(const SmtpBounceText *report, GString *out)
{
    for (guint i = 0; i < report->count; i++)
        smtp_bounce_for_programs_one(report, &report->ones[i], out);
}

/* All of it. */
GString *
smtp_bounce_text(const SmtpBounceText *report)
{
    GString *out = g_string_new(NULL);

    smtp_bounce_header(report, out);
    smtp_bounce_for_people(report, out);
    smtp_bounce_for_programs(report, out);
    /* The third part: smtp_bounce_all_of_it() or smtp_bounce_its_header(); then an empty line, and the end. */
    return out;
}
