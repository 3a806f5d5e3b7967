/* smtp/client_steps.c - what the client says, and what it makes of each answer (RFC 5321 §3.3).
 *
 *   GREETING > EHLO --5yz--> HELO
 *                |            |
 *                +> [STARTTLS > HANDSHAKE > EHLO]
 *                +> [AUTH] ---+--> MAIL > RCPT (one a recipient) > DATA > BODY > DOT
 *                                   ^                                             |
 *                                   +------- [RSET] ------- IDLE <----------------+
 *                                                            +--> QUIT > OVER
 *
 *   refused at any step: who is not settled yet gets that reply, then QUIT (or the next message)
 *   421, or not SMTP:    the same, but it is over at once: nobody would answer a QUIT
 *
 * A step is what is awaited. Replies come in the order of the commands, so it is always clear which
 * command a reply belongs to, even where several are on their way (client_mail.c).
 *
 * Start reading at smtp_client_steps[]. Tests: tests/test_smtp_client.c
 */
#include "smtp/client_steps.h"

#include <string.h>

static void smtp_client_greeted(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_ehlo_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_helo_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_not_asked(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_quit_answered(SmtpClient *client, const SmtpReply *reply, GString *out);

/* The RFC names no time for EHLO, STARTTLS, AUTH and RSET; they get MAIL's. After the message
 * nothing is at stake. */
/* clang-format off */
const SmtpClientStepInfo smtp_client_steps[] = {
    [SMTP_CLIENT_GREETING]  = { "greeting", "RFC 5321 §3.1",      300, smtp_client_greeted },
    [SMTP_CLIENT_EHLO]      = { "EHLO",     "RFC 5321 §4.1.1.1",  300, smtp_client_ehlo_answered },
    [SMTP_CLIENT_HELO]      = { "HELO",     "RFC 5321 §4.1.1.1",  300, smtp_client_helo_answered },
    [SMTP_CLIENT_STARTTLS]  = { "STARTTLS", "RFC 3207 §4",        300, smtp_client_starttls_answered },
    [SMTP_CLIENT_HANDSHAKE] = { "TLS",      "RFC 3207 §4.1",      300, smtp_client_not_asked },
    [SMTP_CLIENT_AUTH]      = { "AUTH",     "RFC 4954 §4",        300, smtp_client_auth_answered },
    [SMTP_CLIENT_RSET]      = { "RSET",     "RFC 5321 §4.1.1.5",  300, smtp_client_rset_answered },
    [SMTP_CLIENT_MAIL]      = { "MAIL",     "RFC 5321 §4.1.1.2",  300, smtp_client_mail_answered },
    [SMTP_CLIENT_RCPT]      = { "RCPT",     "RFC 5321 §4.1.1.3",  300, smtp_client_rcpt_answered },
    [SMTP_CLIENT_DATA]      = { "DATA",     "RFC 5321 §4.1.1.4",  120, smtp_client_data_answered },
    [SMTP_CLIENT_BODY]      = { "body",     "RFC 5321 §4.5.2",    180, smtp_client_body_answered },
    [SMTP_CLIENT_DOT]       = { "dot",      "RFC 5321 §4.5.2",    600, smtp_client_dot_answered },
    [SMTP_CLIENT_IDLE]      = { "QUIT",     NULL,                   5, smtp_client_not_asked },
    [SMTP_CLIENT_QUIT]      = { "QUIT",     "RFC 5321 §4.1.1.10",   5, smtp_client_quit_answered },
    [SMTP_CLIENT_OVER]      = { "QUIT",     NULL,                   5, NULL },
};
/* clang-format on */

/* ---- commands ---- */

gboolean
smtp_client_say(SmtpClient *client, SmtpClientStep step, const char *line, GString *out)
{
    guint64 event;

    /* An address with a line end in it would be a second command. */
    if (strpbrk(line, "\r\n") != NULL) {
        smtp_client_cut(client, "a command with a line end in it is not sent");
        return FALSE;
    }
    trace_wire_command(client->trace, client->mail.stage, smtp_client_steps[step].section,
                       client->mail.from, client->mail.to, smtp_client_steps[step].name, line,
                       step == SMTP_CLIENT_AUTH);
    event = trace_last(client->trace);
    g_array_append_val(client->said, event);
    g_string_append(out, line);
    g_string_append(out, "\r\n");
    return TRUE;
}

void
smtp_client_command(SmtpClient *client, SmtpClientStep step, const char *line, GString *out)
{
    client->step = step;
    smtp_client_say(client, step, line, out);
}

void
smtp_client_ehlo(SmtpClient *client, GString *out)
{
    g_autofree char *line = g_strconcat("EHLO ", client->mail.hostname, NULL);

    smtp_client_command(client, SMTP_CLIENT_EHLO, line, out);
}

void
smtp_client_say_quit(SmtpClient *client, GString *out)
{
    smtp_client_command(client, SMTP_CLIENT_QUIT, "QUIT", out);
}

/* A 2yz or 3yz where it makes no sense is no refusal, but nothing we could go on after. */
void
smtp_client_refused(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 < 4) {
        g_autofree char *why = g_strdup_printf("%u is no answer to that", reply->code);

        smtp_client_cut(client, why);
        return;
    }
    client->result.phase = smtp_client_steps[client->step].name;
    smtp_client_settle(client, reply);
    smtp_client_say_quit(client, out);
}

void
smtp_client_give_up(SmtpClient *client, const char *enhanced, const char *text, GString *out)
{
    client->result.phase = smtp_client_steps[client->step].name;
    smtp_client_settle_reason(client, enhanced, text);
    smtp_client_say_quit(client, out);
}

/* ---- who is there? ---- */

static void
smtp_client_greeted(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 == 2)
        smtp_client_ehlo(client, out);
    else
        smtp_client_refused(client, reply, out);
}

static void
smtp_client_ehlo_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    g_autofree char *line = g_strconcat("HELO ", client->mail.hostname, NULL);

    if (reply->code / 100 == 2) {
        smtp_client_read_offers(client);
        smtp_client_begin(client, out);
    } else if (reply->code / 100 == 5) {
        trace_put_text(client->trace, "outcome", "fallback");
        trace_decision(client->trace, client->mail.stage, "RFC 5321 §3.2",
                       "The host does not know EHLO: HELO, and no extensions");
        smtp_client_command(client, SMTP_CLIENT_HELO, line, out);
    } else {
        smtp_client_refused(client, reply, out);
    }
}

static void
smtp_client_helo_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 == 2)
        smtp_client_begin(client, out);
    else
        smtp_client_refused(client, reply, out);
}

/* ---- the end ---- */

static void
smtp_client_not_asked(SmtpClient *client, const SmtpReply *reply G_GNUC_UNUSED,
                      GString *out G_GNUC_UNUSED)
{
    smtp_client_cut(client, "the host answered before it was asked");
}

static void
smtp_client_quit_answered(SmtpClient *client, const SmtpReply *reply G_GNUC_UNUSED,
                          GString *out G_GNUC_UNUSED)
{
    client->step = SMTP_CLIENT_OVER;
}
