/* app/agent_crowd.c - a thousand mail programs at once, one slow, one silent.
 *
 * What the scenario shows: one thread serves them all, since it waits for nobody. The ordinary ones
 * hand in a message each; the slow one types an octet a second; the silent one only connects.
 */
#include "app/agent.h"

#include <string.h>
#include "smtp/client.h"

typedef struct AppCrowd {
    guint working; /* ordinary programs still at work */
    guint sent;
    guint members; /* that still exist: the last one frees this */
} AppCrowd;

typedef struct AppMember {
    AppAgent agent;
    AppCrowd *crowd;
    char *sender;
    const char *recipients[2];
    SmtpClient *client; /* NULL: slow or silent */
    NetTimer *typing;   /* of the slow one */
    guint typed;
} AppMember;

static const char app_crowd_message[] = "From: crowd@far.example\r\n"
                                        "Subject: one of many\r\n"
                                        "\r\n"
                                        "One of a thousand clients wrote this.\r\n";
static const char app_crowd_typed[] = "EHLO slow.example\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n";

static void
app_member_clear(AppAgent *agent)
{
    AppMember *member = (AppMember *)agent;

    net_timer_stop(&member->typing);
    g_clear_pointer(&member->client, smtp_client_free);
    g_free(member->sender);
    g_free((char *)member->recipients[0]);
    if (--member->crowd->members == 0)
        g_free(member->crowd);
}

static gboolean
app_member_body(G_GNUC_UNUSED void *data, GString *out, G_GNUC_UNUSED GError **error)
{
    g_string_append(out, app_crowd_message);
    return FALSE;
}

/* An ordinary one is through; with the last of them the crowd has shown what it is for. */
static void
app_member_done(AppMember *member)
{
    AppCrowd *crowd = member->crowd;

    if (member->client != NULL) {
        crowd->working--;
        if (smtp_client_result(member->client)->taken)
            crowd->sent++;
        if (crowd->working == 0) {
            app_agent_follow_reply(&member->agent);
            trace_put_text(member->agent.trace, "outcome", "crowd served");
            trace_put_number(member->agent.trace, "count", crowd->sent);
            trace_state(member->agent.trace, STAGE_NONE, NULL,
                        "%u of the crowd have been served by one thread, while one typed slowly "
                        "and one said nothing",
                        crowd->sent);
        }
    }
    app_agent_end(&member->agent);
}

static void
app_member_input(NetConn *conn, void *owner)
{
    AppMember *member = owner;
    g_autoptr(GString) out = g_string_new(NULL);
    SmtpClientNext next;
    gsize length;

    if (member->client == NULL) {
        net_buffer_peek(net_conn_input(conn), &length);
        net_buffer_take(net_conn_input(conn), length);
        return;
    }
    next = smtp_client_input(member->client, net_conn_input(conn), out);
    while (next == SMTP_CLIENT_SENDING)
        next = smtp_client_more(member->client, out);
    net_conn_write(conn, out->str, (gssize)out->len);
    net_conn_deadline(conn, 300);
    if (next == SMTP_CLIENT_DONE)
        app_member_done(member);
}

static void
app_member_closed(G_GNUC_UNUSED NetConn *conn, void *owner, G_GNUC_UNUSED const GError *why)
{
    AppMember *member = owner;

    member->agent.conn = NULL;
    if (member->client != NULL)
        smtp_client_cut(member->client, "the server hung up");
    app_member_done(member);
}

/* One octet a second, for as long as the others work; then it goes. */
static void
app_member_type(void *data)
{
    AppMember *member = data;

    member->typing = NULL;
    if (member->crowd->working == 0 || app_crowd_typed[member->typed] == '\0') {
        app_member_done(member);
        return;
    }
    net_conn_write(member->agent.conn, &app_crowd_typed[member->typed++], 1);
    member->typing = net_timer_start(member->agent.run->clock, NET_TIMER_SCHEDULE, NET_SECOND,
                                     app_member_type, member);
}

/* The silent one leaves after a minute without a word. */
static void
app_member_leave(void *data)
{
    AppMember *member = data;

    member->typing = NULL;
    app_member_done(member);
}

static void
app_member_opened(NetConn *conn, G_GNUC_UNUSED void *owner)
{
    net_conn_deadline(conn, 300);
}

static const NetHandler app_member_handler = {
    .opened = app_member_opened,
    .input = app_member_input,
    .closed = app_member_closed,
};

static AppMember *
app_member_new(AppRun *run, AppCrowd *crowd, guint number, const char *recipient)
{
    AppMember *member = g_new0(AppMember, 1);

    member->agent.run = run;
    member->agent.clear = app_member_clear;
    member->agent.trace = trace_fork(run->trace);
    member->crowd = crowd;
    member->sender = g_strdup_printf("crowd%u@far.example", number);
    member->recipients[0] = g_strdup(recipient);
    crowd->members++;
    return member;
}

static void
app_member_hand_in(AppMember *member)
{
    member->crowd->working++;
    member->client = smtp_client_new(&(SmtpClientMail){ .hostname = "client.example",
                                                        .sender = member->sender,
                                                        .recipients = member->recipients,
                                                        .body = app_member_body,
                                                        .data = member,
                                                        .from = "client",
                                                        .to = "host",
                                                        .stage = STAGE_SENDER },
                                     NULL);
}

gboolean
app_agent_crowd(AppRun *run, const char *host, const char *recipient, guint count, GError **error)
{
    AppHostFile *target = app_world_host(run->file, host);
    AppCrowd *crowd;

    if (target == NULL) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "there is no host %s", host);
        return FALSE;
    }
    crowd = g_new0(AppCrowd, 1);
    for (guint i = 1; i <= count; i++) {
        AppMember *member = app_member_new(run, crowd, i, recipient);

        if (i == 1)
            member->typing = net_timer_start(run->clock, NET_TIMER_SCHEDULE, NET_SECOND,
                                             app_member_type, member);
        else if (i == 2)
            member->typing = net_timer_start(run->clock, NET_TIMER_SCHEDULE, 60 * NET_SECOND,
                                             app_member_leave, member);
        else
            app_member_hand_in(member);
        app_agent_dial(&member->agent, target, "smtp", &app_member_handler);
    }
    return TRUE;
}
