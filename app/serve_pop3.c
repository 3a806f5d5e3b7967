/* app/serve_pop3.c - POP3 sessions on their port. */
#include "app/host.h"

static void
app_pop3_ask_commit(void *world, G_GNUC_UNUSED Pop3Session *session)
{
    app_caller_ask_commit(world);
}

static void
app_pop3_ask_password(void *world, G_GNUC_UNUSED Pop3Session *session, const SaslTry *attempt)
{
    app_caller_ask_password(world, attempt);
}

static const Pop3Ask app_pop3_ask = { app_pop3_ask_commit, app_pop3_ask_password };

static NetNext
app_pop3_answer(void *session, const AppAnswer *answer, GString *replies)
{
    Pop3Answer pop3 = { answer->failed, answer->event, answer->account };

    return pop3_session_answer(session, &pop3, replies);
}

static void *
app_pop3_open(void *data, NetServed *served, GString *replies)
{
    AppHost *host = data;
    AppCaller *caller = app_caller_new(host, served, "pop3", STAGE_PICKUP, app_pop3_answer);
    const char *peer = net_conn_remote(net_served_conn(served)), *journey, *branch;

    trace_follow(caller->trace, app_caller_origin(caller, &journey, &branch));
    caller->session = pop3_session_new(&host->pop3, peer, app_plaintext_allowed(host, peer),
                                       caller->trace, &app_pop3_ask, caller);
    pop3_session_greet(caller->session, replies);
    return caller;
}

static NetNext
app_pop3_input(void *caller, NetBuffer *input, GString *replies)
{
    return pop3_session_input(((AppCaller *)caller)->session, input, replies);
}

static Trace *
app_pop3_trace(void *caller)
{
    return ((AppCaller *)caller)->trace;
}

static void
app_pop3_secured(void *caller, const char *words)
{
    pop3_session_secured(((AppCaller *)caller)->session, words);
}

static void
app_pop3_lost(void *caller, const GError *why)
{
    pop3_session_lost(((AppCaller *)caller)->session, why);
}

static void
app_pop3_expired(void *caller, GString *replies)
{
    pop3_session_expired(((AppCaller *)caller)->session, replies);
}

static double
app_pop3_patience(void *caller)
{
    return pop3_session_patience(((AppCaller *)caller)->session);
}

static void
app_pop3_closed(void *data)
{
    AppCaller *caller = data;

    pop3_session_free(caller->session);
    app_caller_free(caller);
}

const NetProtocol app_pop3_protocol = {
    .name = "pop3",
    .open = app_pop3_open,
    .input = app_pop3_input,
    .trace = app_pop3_trace,
    .secured = app_pop3_secured,
    .expired = app_pop3_expired,
    .lost = app_pop3_lost,
    .closed = app_pop3_closed,
    .too_many = "-ERR [SYS/TEMP] Too many connections, try again later\r\n",
    .patience = app_pop3_patience,
};
