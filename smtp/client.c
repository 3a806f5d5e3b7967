/* smtp/client.c - the sending end of SMTP: replies in, commands out (RFC 5321 §3).
 *
 *   octets in > a whole reply > the handler of the step (client_steps.c) > a command out
 *
 * And what becomes of the recipients: each is settled once, by the reply to its RCPT, by the reply
 * to the dot, or by whatever ended the conversation before.
 *
 * Start reading at smtp_client_input(). Tests: tests/test_smtp_client.c, tests/test_smtp_pipeline.c
 */
#include "smtp/client_steps.h"

#include <string.h>

/* ---- one message after another ---- */

static void
smtp_client_clear_result(SmtpClient *client)
{
    for (guint i = 0; i < client->result.count; i++)
        smtp_reply_clear(&client->result.recipients[i]);
    g_clear_pointer(&client->result.recipients, g_free);
    g_clear_pointer(&client->body, smtp_body_free);
}

static void
smtp_client_take(SmtpClient *client, const SmtpClientMail *mail)
{
    g_assert(mail->recipients[0] != NULL);
    smtp_client_clear_result(client);
    client->mail = *mail;
    client->body = smtp_body_new();
    client->result.count = g_strv_length((char **)mail->recipients);
    client->result.recipients = g_new0(SmtpReply, client->result.count);
    client->result.phase = smtp_client_steps[client->step].name;
    client->result.taken = client->result.judged = FALSE;
    client->asked = client->next_recipient = 0;
    client->together = client->mail_said = client->data_said = FALSE;
    client->why = 0;
}

SmtpClient *
smtp_client_new(const SmtpClientMail *mail, Trace *trace)
{
    SmtpClient *client = g_new0(SmtpClient, 1);

    client->trace = trace;
    client->reader = smtp_reader_new();
    client->said = g_array_new(FALSE, FALSE, sizeof(guint64));
    smtp_client_take(client, mail);
    return client;
}

void
smtp_client_free(SmtpClient *client)
{
    if (client == NULL)
        return;
    smtp_client_clear_result(client);
    smtp_reader_free(client->reader);
    g_array_unref(client->said);
    g_free(client);
}

const SmtpClientResult *
smtp_client_result(const SmtpClient *client)
{
    return &client->result;
}

double
smtp_client_patience(const SmtpClient *client, double peer_timeout_s)
{
    double patience_s = smtp_client_steps[client->step].patience_s;

    if (peer_timeout_s <= 0)
        return patience_s;
    return client->step >= SMTP_CLIENT_IDLE ? MIN(patience_s, peer_timeout_s) : peer_timeout_s;
}

gboolean
smtp_client_awaits_verdict(const SmtpClient *client)
{
    return client->step == SMTP_CLIENT_DOT && smtp_client_unsettled(client) > 0;
}

/* ---- what becomes of the recipients ---- */

/* A recipient is settled once its reply has a text. */
static gboolean
smtp_client_has_reply(const SmtpClient *client, guint recipient)
{
    return client->result.recipients[recipient].text != NULL;
}

guint
smtp_client_unsettled(const SmtpClient *client)
{
    guint unsettled = 0;

    for (guint i = 0; i < client->result.count; i++)
        unsettled += smtp_client_has_reply(client, i) ? 0 : 1;
    return unsettled;
}

gboolean
smtp_client_is_settled(const SmtpClient *client)
{
    return smtp_client_unsettled(client) == 0;
}

/* 421 is about the connection, not about the message (RFC 5321 §3.8). */
void
smtp_client_settle(SmtpClient *client, const SmtpReply *reply)
{
    gboolean about_mail = client->mail_said && reply->code != 0 && reply->code != 421;

    client->result.judged |=
        about_mail || client->step == SMTP_CLIENT_BODY || client->step == SMTP_CLIENT_DOT;
    for (guint i = 0; i < client->result.count; i++) {
        if (!smtp_client_has_reply(client, i))
            smtp_reply_copy(&client->result.recipients[i], reply);
    }
}

void
smtp_client_settle_reason(SmtpClient *client, const char *enhanced, const char *text)
{
    SmtpReply reason = { 0 };

    smtp_reply_set_reason(&reason, enhanced, text);
    smtp_client_settle(client, &reason);
    smtp_reply_clear(&reason);
}

/* Inside TLS 1.3 the client may speak before the server has said no to the handshake: that comes in
 * the place of the first reply. */
static gboolean
smtp_client_is_at_tls(const SmtpClient *client)
{
    return client->step == SMTP_CLIENT_HANDSHAKE ||
           (client->step == SMTP_CLIENT_EHLO && client->result.secured);
}

void
smtp_client_cut(SmtpClient *client, const char *why)
{
    client->result.tls_failed |= smtp_client_is_at_tls(client);
    if (client->step < SMTP_CLIENT_IDLE) {
        g_autofree char *text =
            g_strdup_printf("%s (at %s)", why, smtp_client_steps[client->step].name);

        if (smtp_client_unsettled(client) > 0)
            client->result.phase = smtp_client_steps[client->step].name;
        smtp_client_settle_reason(client, "4.4.2", text); /* bad connection, RFC 3463 §3.5 */
    }
    client->step = SMTP_CLIENT_OVER;
}

/* ---- in and out ---- */

static SmtpClientNext
smtp_client_next(const SmtpClient *client)
{
    switch (client->step) {
    case SMTP_CLIENT_BODY: return SMTP_CLIENT_SENDING;
    case SMTP_CLIENT_HANDSHAKE: return SMTP_CLIENT_SECURE;
    case SMTP_CLIENT_IDLE: return SMTP_CLIENT_FREE;
    case SMTP_CLIENT_OVER: return SMTP_CLIENT_DONE;
    default: return client->together ? SMTP_CLIENT_SENDING : SMTP_CLIENT_GO_ON;
    }
}

/* The reply is that of the oldest command without one (RFC 2920 §3.1), and follows from it. */
static void
smtp_client_follow_command(SmtpClient *client)
{
    if (client->said->len == 0)
        return; /* the greeting; or nobody asked */
    trace_follow(client->trace, g_array_index(client->said, guint64, 0));
    g_array_remove_index(client->said, 0);
}

static void
smtp_client_answered(SmtpClient *client, NetBuffer *input, const SmtpReply *reply, GString *out)
{
    g_autofree char *label = g_strdup_printf("%03u", reply->code);

    client->result.replies++;
    smtp_client_follow_command(client);
    trace_twin(client->trace, net_buffer_twin(input));
    trace_wire_reply(client->trace, client->mail.stage, "RFC 5321 §4.2", client->mail.to,
                     client->mail.from, label, smtp_reader_raw(client->reader));
    if (reply->code == 421 && client->step < SMTP_CLIENT_QUIT) {
        if (smtp_client_unsettled(client) > 0)
            client->result.phase = smtp_client_steps[client->step].name;
        smtp_client_settle(client, reply);
        client->step = SMTP_CLIENT_OVER;
    } else {
        smtp_client_steps[client->step].answered(client, reply, out);
    }
}

/* Octets that came before our next command has left: whatever they are, they don't answer it. In
 * front of TLS somebody else may have put them there (RFC 3207 §6). */
static gboolean
smtp_client_is_hasty(const SmtpClient *client, NetBuffer *input, gboolean spoke)
{
    return net_buffer_length(input) > 0 && client->step < SMTP_CLIENT_QUIT &&
           (spoke || client->step == SMTP_CLIENT_HANDSHAKE);
}

SmtpClientNext
smtp_client_input(SmtpClient *client, NetBuffer *input, GString *out)
{
    SmtpReply reply = { 0 };
    SmtpReaderNext found = SMTP_READER_OK;
    const char *why = NULL;

    while (client->step != SMTP_CLIENT_OVER && found == SMTP_READER_OK) {
        gsize said = out->len;

        found = smtp_reader_take(client->reader, input, &reply, &why);
        if (found == SMTP_READER_OK)
            smtp_client_answered(client, input, &reply, out);
        else if (found == SMTP_READER_BAD)
            smtp_client_cut(client, why);
        if (smtp_client_is_hasty(client, input, out->len > said))
            smtp_client_cut(client, "the host answered before it was asked");
    }
    smtp_reply_clear(&reply);
    return smtp_client_next(client);
}

static void
smtp_client_end_body(SmtpClient *client, GString *out)
{
    guint64 event;

    smtp_body_finish(client->body, out);
    client->step = SMTP_CLIENT_DOT;
    smtp_client_follow_why(client);
    smtp_body_put(client->body, client->trace);
    trace_put_arrow(client->trace, client->mail.from, client->mail.to, "message");
    trace_wire(client->trace, client->mail.stage, smtp_client_steps[SMTP_CLIENT_BODY].section,
               "The message, %" G_GUINT64_FORMAT " octets, then a line with a dot alone",
               smtp_body_octets(client->body));
    event = trace_last(client->trace);
    g_array_append_val(client->said, event);
}

SmtpClientNext
smtp_client_more(SmtpClient *client, GString *out)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) portion = g_string_new(NULL);
    gboolean more;

    if (client->together)
        smtp_client_say_next(client, out);
    if (client->together || client->step != SMTP_CLIENT_BODY)
        return smtp_client_next(client);
    more = client->mail.body(client->mail.data, portion, &error);
    if (error != NULL) {
        /* Without a dot the next host throws the half away (RFC 5321 §4.1.1.10). */
        smtp_client_cut(client, error->message);
        return smtp_client_next(client);
    }
    smtp_body_write(client->body, portion->str, portion->len, out);
    if (more)
        return SMTP_CLIENT_SENDING;
    smtp_client_end_body(client, out);
    return smtp_client_next(client);
}

/* ---- what the owner of the connection has done ---- */

SmtpClientNext
smtp_client_secured(SmtpClient *client, const char *name, const char *words, const char *distrust,
                    GString *out)
{
    client->result.secured = TRUE;
    trace_put_text(client->trace, "tls", words);
    trace_put_flag(client->trace, "believed", distrust == NULL);
    trace_put_text(client->trace, "outcome", distrust == NULL ? "sealed" : "distrusted");
    if (distrust == NULL)
        trace_decision(client->trace, client->mail.stage, "RFC 3207 §4.1",
                       "%s: nobody in between can read or change what is said, and the certificate "
                       "says that this is %s",
                       words, name);
    else
        trace_decision(client->trace, client->mail.stage, "RFC 3207 §4.1",
                       "%s: nobody in between can read what is said; but whether this is %s is not "
                       "proven (%s). We go on all the same: without TLS we would know no more",
                       words, name, distrust);
    smtp_client_ehlo(client, out);
    return smtp_client_next(client);
}

SmtpClientNext
smtp_client_again(SmtpClient *client, const SmtpClientMail *mail, GString *out)
{
    g_assert(client->step == SMTP_CLIENT_IDLE);
    smtp_client_take(client, mail);
    smtp_client_begin_mail(client, out);
    return smtp_client_next(client);
}

SmtpClientNext
smtp_client_quit(SmtpClient *client, GString *out)
{
    g_assert(client->step == SMTP_CLIENT_IDLE);
    smtp_client_say_quit(client, out);
    return smtp_client_next(client);
}
