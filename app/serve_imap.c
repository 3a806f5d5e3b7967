/* app/serve_imap.c - IMAP sessions on their port. */
#include "app/host.h"

/* Until a client whose notifications pile up is logged out: at once, but in a turn of its own. */
#define APP_IMAP_UNREAD_S 0.001

static void
app_imap_ask_commit(void *world, G_GNUC_UNUSED ImapSession *session)
{
    app_caller_ask_commit(world);
}

static void
app_imap_ask_password(void *world, G_GNUC_UNUSED ImapSession *session, const SaslTry *attempt)
{
    app_caller_ask_password(world, attempt);
}

static const ImapAsk app_imap_ask = { app_imap_ask_commit, app_imap_ask_password };

static NetNext
app_imap_answer(void *session, const AppAnswer *answer, GString *replies)
{
    ImapAnswer imap = { answer->failed, answer->event, answer->account };

    return imap_session_answer(session, &imap, replies);
}

/* New mail reaches a client in IDLE without being asked (RFC 2177). */
static void
app_imap_push(void *data, const char *octets, gsize length)
{
    NetServed *served = ((AppCaller *)data)->served;
    NetConn *conn = net_served_conn(served);

    /* A client in IDLE that has stopped reading would make us keep more and more for it. */
    if (net_conn_is_full(conn))
        net_conn_deadline(conn, APP_IMAP_UNREAD_S);
    else
        net_served_send(served, octets, (gssize)length);
}

static void *
app_imap_open(void *data, NetServed *served, GString *replies)
{
    AppHost *host = data;
    AppCaller *caller = app_caller_new(host, served, "imap", STAGE_PICKUP, app_imap_answer);
    NetConn *conn = net_served_conn(served);
    const char *peer = net_conn_remote(conn), *journey, *branch;

    trace_follow(caller->trace, app_caller_origin(caller, &journey, &branch));
    caller->session = imap_session_new(&host->imap, peer, app_plaintext_allowed(host, peer),
                                       caller->trace, &app_imap_ask, caller);
    imap_session_set_push(caller->session, app_imap_push, caller);
    if (net_conn_secured(conn) != NULL)
        imap_session_begin_secured(caller->session);
    imap_session_greet(caller->session, replies);
    return caller;
}

static NetNext
app_imap_input(void *caller, NetBuffer *input, GString *replies)
{
    return imap_session_input(((AppCaller *)caller)->session, input, replies);
}

static Trace *
app_imap_trace(void *caller)
{
    return ((AppCaller *)caller)->trace;
}

static void
app_imap_secured(void *caller, const char *words)
{
    imap_session_secured(((AppCaller *)caller)->session, words);
}

static void
app_imap_lost(void *caller, const GError *why)
{
    imap_session_lost(((AppCaller *)caller)->session, why);
}

static void
app_imap_expired(void *caller, GString *replies)
{
    imap_session_expired(((AppCaller *)caller)->session, replies);
}

static void
app_imap_dismissed(void *caller, GString *replies)
{
    imap_session_dismissed(((AppCaller *)caller)->session, replies);
}

static double
app_imap_patience(void *caller)
{
    return imap_session_patience(((AppCaller *)caller)->session);
}

static void
app_imap_closed(void *data)
{
    AppCaller *caller = data;

    imap_session_free(caller->session);
    app_caller_free(caller);
}

const NetProtocol app_imap_protocol = {
    .name = "imap",
    .open = app_imap_open,
    .input = app_imap_input,
    .trace = app_imap_trace,
    .secured = app_imap_secured,
    .expired = app_imap_expired,
    .dismissed = app_imap_dismissed,
    .lost = app_imap_lost,
    .closed = app_imap_closed,
    .too_many = "* BYE Too many connections, try again later\r\n",
    .patience = app_imap_patience,
};
