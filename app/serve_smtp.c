/* app/serve_smtp.c - SMTP sessions on their two ports: relay (25) and submission (587). */
#include "app/host.h"

static void
app_smtp_ask_hosts(void *world, G_GNUC_UNUSED SmtpSession *session, const char *domain)
{
    app_caller_ask_hosts(world, domain);
}

static void
app_smtp_ask_commit(void *world, G_GNUC_UNUSED SmtpSession *session)
{
    app_caller_ask_commit(world);
}

static void
app_smtp_ask_password(void *world, G_GNUC_UNUSED SmtpSession *session, const SaslTry *attempt)
{
    app_caller_ask_password(world, attempt);
}

static const SmtpAsk app_smtp_ask = { app_smtp_ask_hosts, app_smtp_ask_commit,
                                      app_smtp_ask_password };

static NetNext
app_smtp_answer(void *session, const AppAnswer *answer, GString *replies)
{
    SmtpAnswer smtp = { answer->hosts, answer->failed, answer->event, answer->account };

    return smtp_session_answer(session, &smtp, replies);
}

/* ---- a greeting that somebody asked to be slow ---- */

#define APP_GREETING_MAX_S 3600

static void
app_smtp_greet_late(void *data)
{
    AppCaller *caller = data;
    g_autoptr(GString) replies = g_string_new(NULL);
    NetNext next;

    caller->delay = NULL;
    next = smtp_session_greet(caller->session, replies);
    net_served_go_on(caller->served, next, replies);
}

/* Like a session that waits for an answer of ours: what the client sends meanwhile is held back. */
static gboolean
app_smtp_greets_late(AppCaller *caller)
{
    const TraceFault *fault = trace_fault(caller->trace, STAGE_CONNECT, "greeting-slow");
    g_autoptr(GString) nothing = g_string_new(NULL);
    guint64 seconds;

    if (fault == NULL || !net_parse_number(fault->parameter, -1, APP_GREETING_MAX_S, &seconds))
        return FALSE;
    caller->delay = net_timer_start(net_clock(caller->host->parts.net), NET_TIMER_GUARD,
                                    (gint64)seconds * NET_SECOND, app_smtp_greet_late, caller);
    net_served_go_on(caller->served, NET_PENDING, nothing);
    return TRUE;
}

/* A host of ours that sends several messages over one connection says for each which journey it is
 * on. */
static void
app_smtp_follow_origin(AppCaller *caller)
{
    const char *journey, *branch;
    guint64 origin = app_caller_origin(caller, &journey, &branch);

    if (origin == 0 || origin == caller->origin)
        return;
    caller->origin = origin;
    smtp_session_set_origin(caller->session, journey, branch, origin);
}

static void *
app_smtp_open_port(AppHost *host, NetServed *served, SmtpPort port, GString *replies)
{
    AppCaller *caller = app_caller_new(host, served, "smtp", STAGE_SENDER, app_smtp_answer);

    caller->session = smtp_session_new(&host->smtp, port, net_conn_remote(net_served_conn(served)),
                                       caller->trace, &app_smtp_ask, caller);
    app_smtp_follow_origin(caller);
    if (app_smtp_greets_late(caller) || smtp_session_greet(caller->session, replies) != NET_CLOSE)
        return caller;
    smtp_session_free(caller->session);
    app_caller_free(caller);
    return NULL;
}

static void *
app_smtp_open(void *host, NetServed *served, GString *replies)
{
    return app_smtp_open_port(host, served, SMTP_PORT_RELAY, replies);
}

static void *
app_submission_open(void *host, NetServed *served, GString *replies)
{
    return app_smtp_open_port(host, served, SMTP_PORT_SUBMIT, replies);
}

static NetNext
app_smtp_input(void *data, NetBuffer *input, GString *replies)
{
    AppCaller *caller = data;

    app_smtp_follow_origin(caller);
    return smtp_session_input(caller->session, input, replies);
}

static Trace *
app_smtp_trace(void *caller)
{
    return ((AppCaller *)caller)->trace;
}

static void
app_smtp_secured(void *caller, const char *words)
{
    smtp_session_secured(((AppCaller *)caller)->session, words);
}

static void
app_smtp_lost(void *caller, const GError *why)
{
    smtp_session_lost(((AppCaller *)caller)->session, why);
}

static void
app_smtp_expired(void *caller, GString *replies)
{
    smtp_session_expired(((AppCaller *)caller)->session, replies);
}

static void
app_smtp_dismissed(void *caller, GString *replies)
{
    smtp_session_dismissed(((AppCaller *)caller)->session, replies);
}

static double
app_smtp_patience(void *caller)
{
    return smtp_session_patience(((AppCaller *)caller)->session);
}

static void
app_smtp_closed(void *data)
{
    AppCaller *caller = data;

    smtp_session_free(caller->session);
    app_caller_free(caller);
}

const NetProtocol app_smtp_protocol = {
    .name = "smtp",
    .open = app_smtp_open,
    .input = app_smtp_input,
    .trace = app_smtp_trace,
    .secured = app_smtp_secured,
    .expired = app_smtp_expired,
    .dismissed = app_smtp_dismissed,
    .lost = app_smtp_lost,
    .closed = app_smtp_closed,
    .too_many = "421 4.7.0 Too many connections, try again later\r\n",
    .patience = app_smtp_patience,
};

const NetProtocol app_submission_protocol = {
    .name = "submission",
    .open = app_submission_open,
    .input = app_smtp_input,
    .trace = app_smtp_trace,
    .secured = app_smtp_secured,
    .expired = app_smtp_expired,
    .dismissed = app_smtp_dismissed,
    .lost = app_smtp_lost,
    .closed = app_smtp_closed,
    .too_many = "421 4.7.0 Too many connections, try again later\r\n",
    .patience = app_smtp_patience,
};
