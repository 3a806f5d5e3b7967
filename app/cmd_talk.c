/* app/cmd_talk.c - `glasspost talk`: a line in your hand. What you type is sent with CRLF; what comes
 * is shown. Ends with the server, or with Ctrl-D (after two seconds for its last words).
 */
#include "app/command_line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "app/run.h"
#include "trace/redact.h"

typedef struct AppTalk {
    Net *net;
    NetConn *conn; /* NULL: closed */
    GString *typed;
    gboolean failed;
} AppTalk;

static void
app_talk_show(NetBuffer *input)
{
    gsize length;
    const char *octets = net_buffer_peek(input, &length);
    g_autoptr(GString) safe = g_string_new(NULL);

    trace_safe_append(safe, octets, (gssize)length, length, TRUE);
    for (const char *one = safe->str; *one != '\0'; one++)
        if (*one != '\r')
            putchar(*one);
    fflush(stdout);
    net_buffer_take(input, length);
}

static void
app_talk_input(NetConn *conn, G_GNUC_UNUSED void *owner)
{
    app_talk_show(net_conn_input(conn));
}

static void
app_talk_closed(NetConn *conn, void *owner, const GError *why)
{
    AppTalk *talk = owner;

    app_talk_show(net_conn_input(conn));
    talk->conn = NULL;
    talk->failed = why != NULL;
    if (why != NULL)
        app_complain(APP_FAILED, "talk: %s%s", why->message,
                     g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
                         ? ": nobody listens there; does the world run (glasspost serve)?"
                         : "");
    net_quit(talk->net);
}

static void
app_talk_expired(NetConn *conn, void *owner)
{
    AppTalk *talk = owner;

    net_conn_close(conn);
    talk->conn = NULL;
    net_quit(talk->net);
}

static void
app_talk_opened(NetConn *conn, G_GNUC_UNUSED void *owner)
{
    net_conn_deadline(conn, 0);
}

static const NetHandler app_talk_handler = {
    .opened = app_talk_opened,
    .input = app_talk_input,
    .expired = app_talk_expired,
    .closed = app_talk_closed,
};

/* Whole lines go out; the end of what was typed gives the server a moment for its last words. */
static void
app_talk_typed(void *data)
{
    AppTalk *talk = data;
    char octets[4096];
    gssize got = read(STDIN_FILENO, octets, sizeof octets);
    char *end;

    if (got > 0)
        g_string_append_len(talk->typed, octets, got);
    while ((end = memchr(talk->typed->str, '\n', talk->typed->len)) != NULL) {
        gsize length = (gsize)(end - talk->typed->str);

        if (talk->conn != NULL) {
            net_conn_write(talk->conn, talk->typed->str, (gssize)length);
            net_conn_write(talk->conn, "\r\n", 2);
        }
        g_string_erase(talk->typed, 0, (gssize)length + 1);
    }
    if (got <= 0 && (got == 0 || errno != EAGAIN)) {
        net_unwatch_fd(talk->net, STDIN_FILENO);
        if (talk->conn != NULL)
            net_conn_deadline(talk->conn, 2);
    }
}

int
app_cmd_talk(int argc, char **argv)
{
    g_autoptr(AppWorldFile) file = NULL;
    g_autoptr(NetClock) clock = NULL;
    g_autoptr(Net) net = NULL;
    g_autoptr(GString) typed = g_string_new(NULL);
    AppTalk talk = { .typed = typed };
    int ports = 0;
    GOptionEntry entries[] = { APP_PORTS_OPTION(&ports), G_OPTION_ENTRY_NULL };
    AppHostFile *host;
    GError *error = NULL;

    if (!app_read_options("talk", entries, NULL, &argc, &argv, 3, 3))
        return APP_USAGE;
    if (!g_str_equal(argv[3], "smtp") && !g_str_equal(argv[3], "submission") &&
        !g_str_equal(argv[3], "pop3") && !g_str_equal(argv[3], "imap"))
        return app_complain(APP_USAGE, "talk: %s is none of smtp, submission, pop3, imap", argv[3]);
    file = app_load_world(argv[1], ports, &error);
    if (file == NULL)
        return app_complain_error(error);
    host = app_world_host(file, argv[2]);
    if (host == NULL)
        return app_complain(APP_USAGE, "talk: %s has no host %s", argv[1], argv[2]);
    clock = net_clock_new_real();
    net = net_new_sockets(clock, &error);
    if (net == NULL)
        return app_complain_error(error);
    talk.net = net;
    talk.conn = net_connect(net, NULL, host->address, app_world_port(file, host, argv[3]),
                            &app_talk_handler, &talk);
    net_watch_fd(net, STDIN_FILENO, app_talk_typed, &talk);
    net_run(net, FALSE);
    return talk.failed ? APP_FAILED : APP_OK;
}
