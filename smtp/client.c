/* smtp/client.c - the sending end of SMTP: replies in, commands out (RFC 5321 §3).
 *
 *   octets in > a whole reply > the handler of the step (client_steps.c) > a command out
 *
 * And what becomes of the recipients: each is settled once, by the reply to its RCPT, by the reply
 * to the dot, or by whatever ended the conversation before.
 *
 * Start reading at smtp_client_input(). Tests: tests/test_smtp_client.c
 */
#include "smtp/client_steps.h"

SmtpClient *
smtp_client_new(const SmtpClientMail *mail, Trace *trace)
{
    SmtpClient *client = g_new0(SmtpClient, 1);

    g_assert(mail->recipients[0] != NULL);
    client->mail = *mail;
    client->trace = trace;
    client->reader = smtp_reader_new();
    client->body = smtp_body_new();
    client->result.count = g_strv_length((char **)mail->recipients);
    client->result.recipients = g_new0(SmtpReply, client->result.count);
    client->result.phase = smtp_client_steps[SMTP_CLIENT_GREETING].name;
    return client;
}

void
smtp_client_free(SmtpClient *client)
{
    if (client == NULL)
        return;
    for (guint i = 0; i < client->result.count; i++)
        smtp_reply_clear(&client->result.recipients[i]);
    g_free(client->result.recipients);
    smtp_reader_free(client->reader);
    smtp_body_free(client->body);
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
    return client->step == SMTP_CLIENT_QUIT ? MIN(patience_s, peer_timeout_s) : peer_timeout_s;
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

void
smtp_client_settle(SmtpClient *client, const SmtpReply *reply)
{
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

void
smtp_client_cut(SmtpClient *client, const char *why)
{
    if (client->step < SMTP_CLIENT_QUIT) {
        g_autofree char *text =
            g_strdup_printf("%s (at %s)", why, smtp_client_steps[client->step].name);

        client->result.phase = smtp_client_steps[client->step].name;
        smtp_client_settle_reason(client, "4.4.2", text); /* bad connection, RFC 3463 §3.5 */
    }
    client->step = SMTP_CLIENT_OVER;
}

/* ---- in and out ---- */

static SmtpClientNext
smtp_client_next(const SmtpClient *client)
{
    if (client->step == SMTP_CLIENT_BODY)
        return SMTP_CLIENT_SENDING;
    return client->step == SMTP_CLIENT_OVER ? SMTP_CLIENT_DONE : SMTP_CLIENT_GO_ON;
}

static void
smtp_client_answered(SmtpClient *client, NetBuffer *input, const SmtpReply *reply, GString *out)
{
    g_autofree char *label = g_strdup_printf("%03u", reply->code);

    trace_twin(client->trace, net_buffer_twin(input));
    trace_wire_reply(client->trace, client->mail.stage, "RFC 5321 §4.2", client->mail.to,
                     client->mail.from, label, smtp_reader_raw(client->reader));
    if (reply->code == 421 && client->step < SMTP_CLIENT_QUIT) {
        client->result.phase = smtp_client_steps[client->step].name;
        smtp_client_settle(client, reply);
        client->step = SMTP_CLIENT_OVER;
    } else {
        smtp_client_steps[client->step].answered(client, reply, out);
    }
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
        /* More octets, while our next command has not left yet: whatever they are, they don't
         * answer it. */
        if (out->len > said && net_buffer_length(input) > 0 && client->step < SMTP_CLIENT_QUIT)
            smtp_client_cut(client, "the host answered before it was asked");
    }
    smtp_reply_clear(&reply);
    return smtp_client_next(client);
}

SmtpClientNext
smtp_client_more(SmtpClient *client, GString *out)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) portion = g_string_new(NULL);
    gboolean more;

    if (client->step != SMTP_CLIENT_BODY)
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
    smtp_body_finish(client->body, out);
    client->step = SMTP_CLIENT_DOT;
    smtp_body_put(client->body, client->trace);
    trace_put_arrow(client->trace, client->mail.from, client->mail.to, "message");
    trace_wire(client->trace, client->mail.stage, smtp_client_steps[SMTP_CLIENT_BODY].section,
               "The message, %" G_GUINT64_FORMAT " octets, then a line with a dot alone",
               smtp_body_octets(client->body));
    return smtp_client_next(client);
}
