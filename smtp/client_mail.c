/* smtp/client_mail.c - one message of a conversation: its envelope, its body, and the verdict.
 *
 *   one by one                  together (RFC 2920)
 *   C: MAIL                     C: MAIL, RCPT, RCPT, DATA
 *   S: 250                      S: 250, 250, 550, 354
 *   C: RCPT                     C: the message
 *   ...                         S: 250
 *
 * Both go through the same handlers. A reply belongs to the oldest command that has none; where
 * nothing is on its way any more, the next command is said (smtp_client_after).
 *
 * Who sends DATA before knowing the answers to RCPT may hear 354 with nobody taken: then only a dot
 * goes, and the host must not send that to anybody (RFC 2920 §3.1).
 *
 * Start reading at smtp_client_mail(). Tests: tests/test_smtp_client.c, tests/test_smtp_pipeline.c
 */
#include "smtp/client_steps.h"

/* Nothing more to do for this message. */
static void
smtp_client_part(SmtpClient *client, GString *out)
{
    if (client->mail.stays)
        client->step = SMTP_CLIENT_IDLE;
    else
        smtp_client_say_quit(client, out);
}

/* ---- what is said ---- */

void
smtp_client_rset(SmtpClient *client, GString *out)
{
    smtp_client_command(client, SMTP_CLIENT_RSET, "RSET", out);
}

static void
smtp_client_add_wishes(const SmtpClient *client, GString *line)
{
    if (!client->offers.dsn)
        return;
    if (client->mail.ret != 0)
        g_string_append(line, client->mail.ret == 'F' ? " RET=FULL" : " RET=HDRS");
    if (client->mail.envid != NULL)
        g_string_append_printf(line, " ENVID=%s", client->mail.envid);
}

void
smtp_client_mail(SmtpClient *client, GString *out)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_printf(line, "MAIL FROM:<%s>", client->mail.sender);
    if (client->offers.size && client->mail.octets > 0)
        g_string_append_printf(line, " SIZE=%" G_GUINT64_FORMAT, client->mail.octets);
    if (client->offers.eightbit && client->mail.eightbit)
        g_string_append(line, " BODY=8BITMIME");
    smtp_client_add_wishes(client, line);
    client->mail_said = TRUE;
    client->together = client->mail.pipelining && client->offers.pipelining;
    if (client->together && !client->told) {
        trace_put_text(client->trace, "outcome", "together");
        trace_decision(client->trace, client->mail.stage, "RFC 2920 §3.1",
                       "The host offers PIPELINING: MAIL, RCPT and DATA go in one go, and their "
                       "replies come in the same order");
    }
    client->told |= client->together;
    smtp_client_command(client, SMTP_CLIENT_MAIL, line->str, out);
}

/* NOTIFY=SUCCESS,FAILURE,DELAY, or NEVER alone (RFC 3461 §4.1). */
static void
smtp_client_add_notify(GString *line, guint notify)
{
    static const struct {
        guint bit;
        const char *word;
    } words[] = { { STORE_NOTIFY_SUCCESS, "SUCCESS" },
                  { STORE_NOTIFY_FAILURE, "FAILURE" },
                  { STORE_NOTIFY_DELAY, "DELAY" },
                  { STORE_NOTIFY_NEVER, "NEVER" } };
    const char *before = " NOTIFY=";

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if ((notify & words[i].bit) == 0)
            continue;
        g_string_append_printf(line, "%s%s", before, words[i].word);
        before = ",";
    }
}

static gboolean
smtp_client_say_rcpt(SmtpClient *client, GString *out)
{
    const SmtpClientMail *mail = &client->mail;
    guint number = client->asked++;
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_printf(line, "RCPT TO:<%s>", mail->recipients[number]);
    if (client->offers.dsn && mail->notify != NULL)
        smtp_client_add_notify(line, mail->notify[number]);
    if (client->offers.dsn && mail->orcpt != NULL && mail->orcpt[number] != NULL)
        g_string_append_printf(line, " ORCPT=%s", mail->orcpt[number]);
    return smtp_client_say(client, SMTP_CLIENT_RCPT, line->str, out);
}

static gboolean
smtp_client_say_data(SmtpClient *client, GString *out)
{
    client->data_said = TRUE;
    client->together = FALSE;
    return smtp_client_say(client, SMTP_CLIENT_DATA, "DATA", out);
}

void
smtp_client_say_next(SmtpClient *client, GString *out)
{
    if (client->asked < client->result.count)
        smtp_client_say_rcpt(client, out);
    else
        smtp_client_say_data(client, out);
}

void
smtp_client_follow_why(SmtpClient *client)
{
    if (client->why != 0)
        trace_follow(client->trace, client->why);
}

static void
smtp_client_note_why(SmtpClient *client)
{
    if (client->data_said)
        client->why = trace_last(client->trace);
}

/* A reply to MAIL or RCPT is taken: what is awaited now, and has it to be said first? */
static void
smtp_client_after(SmtpClient *client, GString *out)
{
    guint unsettled = smtp_client_unsettled(client);

    if (unsettled == 0)
        client->together = FALSE; /* what has not been said yet need not be */
    if (client->next_recipient < client->asked || client->together) {
        client->step =
            client->next_recipient < client->result.count ? SMTP_CLIENT_RCPT : SMTP_CLIENT_DATA;
    } else if (client->data_said) {
        client->step = SMTP_CLIENT_DATA;
    } else if (unsettled == 0) {
        smtp_client_part(client, out);
    } else if (client->next_recipient < client->result.count) {
        if (smtp_client_say_rcpt(client, out))
            client->step = SMTP_CLIENT_RCPT;
    } else if (smtp_client_say_data(client, out)) {
        client->step = SMTP_CLIENT_DATA;
    }
}

/* ---- what is answered ---- */

/* The message is refused as a whole. Replies to commands on their way are still to come. */
static void
smtp_client_refuse_mail(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 < 4) {
        smtp_client_refused(client, reply, out);
        return;
    }
    if (smtp_client_unsettled(client) > 0)
        client->result.phase = smtp_client_steps[client->step].name;
    smtp_client_settle(client, reply);
    if (client->step == SMTP_CLIENT_MAIL)
        smtp_client_note_why(client);
    smtp_client_after(client, out);
}

void
smtp_client_rset_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    client->open = FALSE;
    if (reply->code / 100 == 2)
        smtp_client_mail(client, out);
    else
        smtp_client_refused(client, reply, out);
}

void
smtp_client_mail_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 != 2) {
        smtp_client_refuse_mail(client, reply, out);
        return;
    }
    client->open = TRUE;
    smtp_client_after(client, out);
}

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
smtp_client_rcpt_refused(SmtpClient *client, const SmtpReply *reply)
{
    SmtpReply *result = &client->result.recipients[client->next_recipient];

    client->result.phase = smtp_client_steps[SMTP_CLIENT_RCPT].name;
    client->result.judged = TRUE;
    smtp_reply_copy(result, reply);
    if (!smtp_client_rcpt_too_many(client, reply))
        return;
    result->code = 452;
    *result->enhanced = '\0';
    trace_decision(client->trace, client->mail.stage, "RFC 5321 §4.5.3.1.10",
                   "552 after others were taken is 452: one recipient too many for now");
}

/* A refused recipient does not stop the others: the mail goes to those who are left. */
static void
smtp_client_tell_refusals(SmtpClient *client)
{
    guint unsettled = smtp_client_unsettled(client), count = client->result.count;

    if (unsettled < count)
        trace_decision(client->trace, client->mail.stage, "RFC 5321 §3.3",
                       "%u of %u recipients refused: %s", count - unsettled, count,
                       unsettled > 0 ? "the message goes to the others" : "nobody is left");
}

void
smtp_client_rcpt_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    /* MAIL was refused already: RCPT had gone with it, and its reply says nothing new. */
    gboolean settled = client->result.recipients[client->next_recipient].text != NULL;

    if (reply->code / 100 == 3) {
        smtp_client_refused(client, reply, out);
        return;
    }
    if (!settled && reply->code / 100 != 2)
        smtp_client_rcpt_refused(client, reply);
    client->next_recipient++;
    if (settled) {
        smtp_client_follow_why(client);
    } else {
        if (client->next_recipient == client->result.count)
            smtp_client_tell_refusals(client);
        smtp_client_note_why(client);
    }
    smtp_client_after(client, out);
}

/* 354 though nobody is to get it: only a dot, which ends the transaction (RFC 2920 §3.1). */
static void
smtp_client_dot_alone(SmtpClient *client, GString *out)
{
    guint64 event;

    client->step = SMTP_CLIENT_DOT;
    trace_put_arrow(client->trace, client->mail.from, client->mail.to, "dot");
    trace_wire(client->trace, client->mail.stage, "RFC 2920 §3.1",
               "A dot alone: the host waits for a message, and nobody is to get one");
    event = trace_last(client->trace);
    g_array_append_val(client->said, event);
    g_string_append(out, ".\r\n");
}

void
smtp_client_data_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 == 3 && smtp_client_unsettled(client) > 0) {
        client->step = SMTP_CLIENT_BODY;
    } else if (reply->code / 100 == 3) {
        smtp_client_dot_alone(client, out);
    } else {
        client->data_said = FALSE;
        if (smtp_client_unsettled(client) == 0)
            smtp_client_follow_why(client);
        smtp_client_refuse_mail(client, reply, out);
    }
}

/* A refusal before the dot. The command line can't be had back without sending the dot, and with
 * the dot half a message could be taken for a whole one: so no QUIT either. */
void
smtp_client_body_answered(SmtpClient *client, const SmtpReply *reply, GString *out G_GNUC_UNUSED)
{
    if (reply->code / 100 >= 4) {
        client->result.phase = smtp_client_steps[SMTP_CLIENT_BODY].name;
        smtp_client_settle(client, reply);
        client->step = SMTP_CLIENT_OVER;
    } else {
        smtp_client_cut(client, "the host answered before the message was at its end");
    }
}

/* Only this 250 hands the message over (RFC 5321 §4.1.1.4, §6.1). */
void
smtp_client_dot_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    client->open = client->data_said = FALSE;
    if (smtp_client_unsettled(client) == 0) {
        smtp_client_follow_why(client);
        smtp_client_part(client, out);
        return;
    }
    if (reply->code / 100 != 2) {
        smtp_client_refuse_mail(client, reply, out);
        return;
    }
    client->result.taken = TRUE;
    client->result.phase = smtp_client_steps[SMTP_CLIENT_QUIT].name;
    smtp_client_settle(client, reply);
    smtp_client_part(client, out);
}
