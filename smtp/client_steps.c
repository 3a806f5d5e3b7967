/* smtp/client_steps.c - what the client says, and what it makes of each answer (RFC 5321 §3.3).
 *
 *   GREETING > EHLO --5yz--> HELO
 *                |            |
 *                +-> [AUTH] --+--> MAIL > RCPT (one a recipient) > DATA > BODY > DOT > QUIT > OVER
 *
 *   refused at any step: who is not settled yet gets that reply, then QUIT
 *   421, or not SMTP:    the same, but it is over at once: nobody would answer a QUIT
 *
 * One command at a time: a reply always belongs to the command before it. With PIPELINING
 * (RFC 2920) MAIL, RCPT and DATA could go in one packet and save their round trips; the table of
 * who waits for which reply that it takes would hide the conversation.
 *
 * Start reading at smtp_client_steps[]. Tests: tests/test_smtp_client.c
 */
#include "smtp/client_steps.h"

#include <string.h>

static void smtp_client_greeted(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_ehlo_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_helo_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_auth_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_mail_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_rcpt_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_data_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_body_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_dot_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
static void smtp_client_quit_answered(SmtpClient *client, const SmtpReply *reply, GString *out);

/* The RFC names no time for EHLO and AUTH; they get MAIL's. After QUIT nothing is at stake. */
/* clang-format off */
const SmtpClientStepInfo smtp_client_steps[] = {
    [SMTP_CLIENT_GREETING] = { "greeting", "RFC 5321 §3.1",      300, smtp_client_greeted },
    [SMTP_CLIENT_EHLO]     = { "EHLO",     "RFC 5321 §4.1.1.1",  300, smtp_client_ehlo_answered },
    [SMTP_CLIENT_HELO]     = { "HELO",     "RFC 5321 §4.1.1.1",  300, smtp_client_helo_answered },
    [SMTP_CLIENT_AUTH]     = { "AUTH",     "RFC 4954 §4",        300, smtp_client_auth_answered },
    [SMTP_CLIENT_MAIL]     = { "MAIL",     "RFC 5321 §4.1.1.2",  300, smtp_client_mail_answered },
    [SMTP_CLIENT_RCPT]     = { "RCPT",     "RFC 5321 §4.1.1.3",  300, smtp_client_rcpt_answered },
    [SMTP_CLIENT_DATA]     = { "DATA",     "RFC 5321 §4.1.1.4",  120, smtp_client_data_answered },
    [SMTP_CLIENT_BODY]     = { "body",     "RFC 5321 §4.5.2",    180, smtp_client_body_answered },
    [SMTP_CLIENT_DOT]      = { "dot",      "RFC 5321 §4.5.2",    600, smtp_client_dot_answered },
    [SMTP_CLIENT_QUIT]     = { "QUIT",     "RFC 5321 §4.1.1.10",   5, smtp_client_quit_answered },
    [SMTP_CLIENT_OVER]     = { "QUIT",     NULL,                   5, NULL },
};
/* clang-format on */

/* ---- commands ---- */

/* Sends @line and waits for its reply at @step. */
static void
smtp_client_command(SmtpClient *client, SmtpClientStep step, const char *line, GString *out)
{
    /* An address with a line end in it would be a second command. */
    if (strpbrk(line, "\r\n") != NULL) {
        smtp_client_cut(client, "a command with a line end in it is not sent");
        return;
    }
    client->step = step;
    trace_wire_command(client->trace, client->mail.stage, smtp_client_steps[step].section,
                       client->mail.from, client->mail.to, smtp_client_steps[step].name, line,
                       step == SMTP_CLIENT_AUTH);
    g_string_append(out, line);
    g_string_append(out, "\r\n");
}

/* Nothing more to do here: all recipients are settled. */
static void
smtp_client_quit(SmtpClient *client, GString *out)
{
    smtp_client_command(client, SMTP_CLIENT_QUIT, "QUIT", out);
}

/* The whole mail is refused by @reply. A 2yz or 3yz where it makes no sense is no refusal, but
 * nothing we could go on after. */
static void
smtp_client_refused(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 < 4) {
        g_autofree char *why = g_strdup_printf("%u is no answer to that", reply->code);

        smtp_client_cut(client, why);
        return;
    }
    client->result.phase = smtp_client_steps[client->step].name;
    smtp_client_settle(client, reply);
    smtp_client_quit(client, out);
}

/* We know beforehand that it can't work: @enhanced and @text are the reason, not a reply. */
static void
smtp_client_give_up(SmtpClient *client, const char *enhanced, const char *text, GString *out)
{
    client->result.phase = smtp_client_steps[client->step].name;
    smtp_client_settle_reason(client, enhanced, text);
    smtp_client_quit(client, out);
}

static void
smtp_client_mail(SmtpClient *client, GString *out)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_printf(line, "MAIL FROM:<%s>", client->mail.sender);
    if (client->offers_size && client->mail.octets > 0)
        g_string_append_printf(line, " SIZE=%" G_GUINT64_FORMAT, client->mail.octets);
    if (client->offers_8bit && client->mail.eightbit)
        g_string_append(line, " BODY=8BITMIME");
    smtp_client_command(client, SMTP_CLIENT_MAIL, line->str, out);
}

static void
smtp_client_rcpt(SmtpClient *client, GString *out)
{
    g_autofree char *line =
        g_strdup_printf("RCPT TO:<%s>", client->mail.recipients[client->next_recipient]);

    smtp_client_command(client, SMTP_CLIENT_RCPT, line, out);
}

/* PLAIN is one message: authorisation identity (empty: the user's own), user, password, separated
 * by NUL (RFC 4616 §2). It goes with the command, which saves a round trip (RFC 4954 §4). */
static void
smtp_client_auth(SmtpClient *client, GString *out)
{
    g_autoptr(GString) plain = g_string_new(NULL);

    g_string_append_c(plain, '\0');
    g_string_append(plain, client->mail.user);
    g_string_append_c(plain, '\0');
    g_string_append(plain, client->mail.password);
    g_autofree char *base64 = g_base64_encode((const guchar *)plain->str, plain->len);
    g_autofree char *line = g_strconcat("AUTH PLAIN ", base64, NULL);
    smtp_client_command(client, SMTP_CLIENT_AUTH, line, out);
    explicit_bzero(plain->str, plain->len);
    explicit_bzero(base64, strlen(base64));
    explicit_bzero(line, strlen(line));
}

/* ---- before MAIL: what the next host can do ---- */

static void
smtp_client_read_offer(SmtpClient *client, const char *offer)
{
    g_auto(GStrv) words = g_strsplit(offer, " ", -1);

    if (words[0] == NULL)
        return;
    if (g_ascii_strcasecmp(words[0], "SIZE") == 0) {
        client->offers_size = TRUE;
        if (words[1] != NULL && !net_parse_number(words[1], -1, G_MAXUINT64, &client->size_max))
            client->size_max = 0;
    } else if (g_ascii_strcasecmp(words[0], "8BITMIME") == 0) {
        client->offers_8bit = TRUE;
    } else if (g_ascii_strcasecmp(words[0], "AUTH") == 0) {
        for (guint i = 1; words[i] != NULL; i++)
            client->offers_plain |= g_ascii_strcasecmp(words[i], "PLAIN") == 0;
    }
}

/* The first line of the reply greets; each further one is an extension (RFC 5321 §4.1.1.1). */
static void
smtp_client_read_offers(SmtpClient *client)
{
    const char *offer;

    for (guint i = 1; (offer = smtp_reader_text(client->reader, i)) != NULL; i++)
        smtp_client_read_offer(client, offer);
}

static gboolean
smtp_client_has_eightbit(const SmtpClient *client)
{
    if (!client->mail.eightbit || client->offers_8bit)
        return FALSE;
    return client->mail.has_eightbit == NULL || client->mail.has_eightbit(client->mail.data);
}

/* Can this message go to this host at all? What can't is not tried. */
static void
smtp_client_begin(SmtpClient *client, GString *out)
{
    if (client->size_max > 0 && client->mail.octets > client->size_max && !client->mail.insists) {
        trace_put_text(client->trace, "outcome", "refused");
        trace_decision(client->trace, client->mail.stage, "RFC 1870 §5",
                       "The message has %" G_GUINT64_FORMAT
                       " octets, the host takes at most %" G_GUINT64_FORMAT
                       ": it would always fail",
                       client->mail.octets, client->size_max);
        smtp_client_give_up(client, "5.3.4", "the message is too big for the next host", out);
        return;
    }
    if (smtp_client_has_eightbit(client)) {
        trace_put_text(client->trace, "outcome", "refused");
        trace_decision(client->trace, client->mail.stage, "RFC 6152 §3",
                       "The message holds 8-bit octets and the host offers no 8BITMIME: it must "
                       "not be sent there, and we don't rewrite messages");
        smtp_client_give_up(client, "5.6.3", "the next host can't take 8-bit messages", out);
        return;
    }
    if (client->mail.user == NULL)
        smtp_client_mail(client, out);
    else if (client->offers_plain)
        smtp_client_auth(client, out);
    else
        smtp_client_give_up(client, "5.7.0", "the host offers no AUTH PLAIN", out);
}

/* ---- one handler a step ---- */

static void
smtp_client_greeted(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    g_autofree char *line = g_strconcat("EHLO ", client->mail.hostname, NULL);

    if (reply->code / 100 == 2)
        smtp_client_command(client, SMTP_CLIENT_EHLO, line, out);
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

static void
smtp_client_auth_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 == 2)
        smtp_client_mail(client, out);
    else
        smtp_client_refused(client, reply, out);
}

static void
smtp_client_mail_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 == 2)
        smtp_client_rcpt(client, out);
    else
        smtp_client_refused(client, reply, out);
}

/* A refused recipient does not stop the others: the mail goes to those who are left. */
/* "Too many recipients" was 552 once, and is 452 now: a host that has taken others before means that
 * this one may come again (RFC 5321 §4.5.3.1.10). An enhanced code that says something else counts. */
static gboolean
smtp_client_rcpt_too_many(SmtpClient *client, const SmtpReply *reply)
{
    if (reply->code != 552 || (*reply->enhanced != '\0' && !g_str_equal(reply->enhanced, "5.5.3")))
        return FALSE;
    for (guint i = 0; i < client->next_recipient; i++)
        if (client->result.recipients[i].text == NULL) /* taken: its reply comes after the dot */
            return TRUE;
    return FALSE;
}

static void
smtp_client_rcpt_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    SmtpReply *result = &client->result.recipients[client->next_recipient];
    guint unsettled;

    if (reply->code / 100 == 3) {
        smtp_client_refused(client, reply, out);
        return;
    }
    if (reply->code / 100 != 2) {
        client->result.phase = smtp_client_steps[SMTP_CLIENT_RCPT].name;
        smtp_reply_copy(result, reply);
        if (smtp_client_rcpt_too_many(client, reply)) {
            result->code = 452;
            *result->enhanced = '\0';
            trace_decision(client->trace, client->mail.stage, "RFC 5321 §4.5.3.1.10",
                           "552 after others were taken is 452: one recipient too many for now");
        }
    }
    if (++client->next_recipient < client->result.count) {
        smtp_client_rcpt(client, out);
        return;
    }
    unsettled = smtp_client_unsettled(client);
    if (unsettled < client->result.count)
        trace_decision(client->trace, client->mail.stage, "RFC 5321 §3.3",
                       "%u of %u recipients refused: %s", client->result.count - unsettled,
                       client->result.count,
                       unsettled > 0 ? "the message goes to the others" : "nobody is left");
    if (unsettled > 0)
        smtp_client_command(client, SMTP_CLIENT_DATA, "DATA", out);
    else
        smtp_client_quit(client, out);
}

static void
smtp_client_data_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 == 3)
        client->step = SMTP_CLIENT_BODY;
    else
        smtp_client_refused(client, reply, out);
}

/* A refusal before the dot. The command line can't be had back without sending the dot, and with
 * the dot half a message could be taken for a whole one: so no QUIT either. */
static void
smtp_client_body_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    (void)out;
    if (reply->code / 100 >= 4) {
        client->result.phase = smtp_client_steps[SMTP_CLIENT_BODY].name;
        smtp_client_settle(client, reply);
        client->step = SMTP_CLIENT_OVER;
    } else {
        smtp_client_cut(client, "the host answered before the message was at its end");
    }
}

/* Only this 250 hands the message over (RFC 5321 §4.1.1.4, §6.1). */
static void
smtp_client_dot_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 != 2) {
        smtp_client_refused(client, reply, out);
        return;
    }
    client->result.taken = TRUE;
    client->result.phase = smtp_client_steps[SMTP_CLIENT_QUIT].name;
    smtp_client_settle(client, reply);
    smtp_client_quit(client, out);
}

static void
smtp_client_quit_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    (void)reply;
    (void)out;
    client->step = SMTP_CLIENT_OVER;
}
