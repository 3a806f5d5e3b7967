/* app/agent_send.c - hands a message in, as a mail program does.
 *
 * One of our users logs in at the submission port of their own host; a stranger calls port 25.
 */
#include "app/agent.h"

#include <string.h>
#include "app/message.h"
#include "smtp/client.h"

typedef struct AppSender {
    AppAgent agent;
    SmtpClient *client;
    GBytes *message;
    guint64 sent;
    guint64 octets; /* of the message and what fills it up */
    char *sender;
    char **recipients;
    char *user, *password;
    char *envid;
    guint *notify;    /* one a recipient */
    gboolean settled; /* the end has been told */
} AppSender;

static void
app_sender_clear(AppAgent *agent)
{
    AppSender *sender = (AppSender *)agent;

    smtp_client_free(sender->client);
    g_bytes_unref(sender->message);
    g_free(sender->sender);
    g_strfreev(sender->recipients);
    g_free(sender->user);
    g_free(sender->password);
    g_free(sender->envid);
    g_free(sender->notify);
}

#define APP_SEND_SLICE (16 * 1024)

static gboolean
app_sender_body(void *data, GString *out, G_GNUC_UNUSED GError **error)
{
    AppSender *sender = data;
    gsize length, slice;
    const char *octets = g_bytes_get_data(sender->message, &length);

    if (sender->sent < length) {
        slice = MIN(length - sender->sent, APP_SEND_SLICE);
        g_string_append_len(out, octets + sender->sent, (gssize)slice);
    } else {
        slice = app_message_fill(out, sender->octets - sender->sent, APP_SEND_SLICE);
    }
    sender->sent += slice;
    return slice > 0 && sender->sent < sender->octets;
}

/* Are there octets above 127? Then BODY=8BITMIME says so (RFC 6152 §3). */
static gboolean
app_sender_has_eightbit(const AppSender *sender)
{
    gsize length;
    const guint8 *octets = g_bytes_get_data(sender->message, &length);

    for (gsize i = 0; i < length; i++)
        if (octets[i] > 127)
            return TRUE;
    return FALSE;
}

/* What the server said last, or why it said nothing. */
static void
app_sender_tell_refused(const AppSender *sender, const SmtpReply *last)
{
    const SmtpClientResult *result = smtp_client_result(sender->client);
    const char *who = *sender->sender != '\0' ? sender->sender : "the null sender";
    const char *text = last != NULL && last->text != NULL ? last->text : "";

    if (last == NULL || last->code == 0)
        trace_state(sender->agent.trace, STAGE_NONE, NULL, "%s's mail program: not sent: %s", who,
                    text);
    else
        trace_state(sender->agent.trace, STAGE_NONE, NULL,
                    "%s's mail program: not sent. The server said at %s: %u %s", who, result->phase,
                    last->code, text);
}

/* What the person reads: one event, following from the server's last reply. */
static void
app_sender_tell(AppSender *sender)
{
    const SmtpClientResult *result = smtp_client_result(sender->client);
    const SmtpReply *last = result->count > 0 ? &result->recipients[result->count - 1] : NULL;
    Trace *trace = sender->agent.trace;

    if (sender->settled)
        return;
    sender->settled = TRUE;
    if (!result->taken)
        sender->agent.run->agents_failed++;
    app_agent_follow_reply(&sender->agent);
    trace_put_text(trace, "outcome", result->taken ? "sent" : "refused");
    trace_put_number(trace, "code", last != NULL ? last->code : 0);
    if (result->taken)
        trace_state(trace, STAGE_NONE, NULL,
                    "%s's mail program: sent, the server is responsible now",
                    *sender->sender != '\0' ? sender->sender : "the null sender");
    else
        app_sender_tell_refused(sender, last);
}

static void
app_sender_next(AppSender *sender, SmtpClientNext next, GString *out)
{
    NetConn *conn = sender->agent.conn;

    while (next == SMTP_CLIENT_SENDING) {
        next = smtp_client_more(sender->client, out);
        if (out->len >= NET_OUTPUT_MAX)
            break;
    }
    net_conn_write(conn, out->str, (gssize)out->len);
    net_conn_deadline(conn, smtp_client_patience(sender->client, 0));
    /* Known before QUIT is answered; then the reply that decided it is the cause. */
    if (smtp_client_is_settled(sender->client) || next == SMTP_CLIENT_DONE)
        app_sender_tell(sender);
    if (next == SMTP_CLIENT_DONE)
        app_agent_end(&sender->agent);
}

static void
app_sender_input(NetConn *conn, void *owner)
{
    AppSender *sender = owner;
    g_autoptr(GString) out = g_string_new(NULL);

    app_sender_next(sender, smtp_client_input(sender->client, net_conn_input(conn), out), out);
}

static void
app_sender_drained(G_GNUC_UNUSED NetConn *conn, void *owner)
{
    AppSender *sender = owner;
    g_autoptr(GString) out = g_string_new(NULL);

    app_sender_next(sender, smtp_client_more(sender->client, out), out);
}

static void
app_sender_closed(NetConn *conn, void *owner, const GError *why)
{
    AppSender *sender = owner;

    if (net_conn_why(conn) != 0)
        trace_follow(sender->agent.trace, net_conn_why(conn));
    sender->agent.conn = NULL;
    if (!app_agent_tell_nobody(&sender->agent, why)) {
        smtp_client_cut(sender->client, why != NULL ? why->message : "the server hung up");
        app_sender_tell(sender);
    }
    app_agent_end(&sender->agent);
}

static void
app_sender_opened(NetConn *conn, G_GNUC_UNUSED void *owner)
{
    net_conn_deadline(conn, 300);
}

static const NetHandler app_sender_handler = {
    .opened = app_sender_opened,
    .input = app_sender_input,
    .drained = app_sender_drained,
    .closed = app_sender_closed,
};

/* The host a mail program of @address is set up for, or that takes mail for the recipient. */
static AppHostFile *
app_send_host(AppRun *run, const AppSend *send)
{
    const char *sender_at = strrchr(send->sender, '@');
    const char *recipient_at = strrchr(send->recipients[0], '@');
    AppHostFile *file = NULL;

    if (send->via != NULL)
        return app_world_host(run->file, send->via);
    if (sender_at != NULL)
        file = app_world_host_of_domain(run->file, sender_at + 1);
    if (file == NULL && recipient_at != NULL)
        file = app_world_host_of_domain(run->file, recipient_at + 1);
    return file;
}

static AppSender *
app_sender_new(AppRun *run, const AppSend *send)
{
    AppSender *sender = g_new0(AppSender, 1);

    sender->agent.run = run;
    sender->agent.clear = app_sender_clear;
    sender->agent.trace = trace_fork(run->trace);
    sender->message = g_bytes_ref(send->message);
    sender->octets = MAX(g_bytes_get_size(send->message), send->octets);
    sender->sender = g_strdup(send->sender);
    sender->recipients = g_strdupv((char **)send->recipients);
    sender->envid = g_strdup(send->envid);
    sender->notify = g_new0(guint, g_strv_length(sender->recipients) + 1);
    for (guint i = 0; sender->recipients[i] != NULL; i++)
        sender->notify[i] = send->notify;
    if (send->submit) {
        sender->user = g_strdup(send->sender);
        sender->password = app_world_password(run->file, send->sender);
    }
    return sender;
}

gboolean
app_agent_send(AppRun *run, const AppSend *send, GError **error)
{
    AppHostFile *host = app_send_host(run, send);
    AppSender *sender;

    if (host == NULL) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "no host of this world takes mail from %s",
                    send->sender);
        return FALSE;
    }
    sender = app_sender_new(run, send);
    sender->client =
        smtp_client_new(&(SmtpClientMail){ .hostname = "client.example",
                                           .sender = sender->sender,
                                           .recipients = (const char *const *)sender->recipients,
                                           .user = sender->password != NULL ? sender->user : NULL,
                                           .password = sender->password,
                                           .octets = sender->octets,
                                           .envid = sender->envid,
                                           .ret = send->ret,
                                           .notify = sender->notify,
                                           .insists = TRUE,
                                           .eightbit = app_sender_has_eightbit(sender),
                                           .body = app_sender_body,
                                           .data = sender,
                                           .from = "client",
                                           .to = "host",
                                           .stage = STAGE_SENDER },
                        app_agent_engine_trace(&sender->agent));
    app_agent_dial(&sender->agent, host, send->submit ? "submission" : "smtp", &app_sender_handler);
    return TRUE;
}
