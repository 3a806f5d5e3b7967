/* tests/bench_load.c - a load of messages, for `make bench`: never a test.
 *
 *     bench_load ADDRESS PORT SESSIONS MESSAGES OCTETS RECIPIENT
 *
 * SESSIONS connections at once hand in MESSAGES in all, each of OCTETS, one after the other on the
 * same connection, command by command. Prints the messages a second up to the last 250.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "net/net.h"

typedef struct Load {
    Net *net;
    guint left;    /* messages nobody has begun */
    guint working; /* sessions */
    guint taken, refused;
    const char *recipient;
    GString *body;
} Load;

typedef struct LoadSession {
    Load *load;
    NetConn *conn;
    enum { GREETING, HELLO, MAIL, RCPT, DATA, BODY } waits; /* whose reply */
} LoadSession;

static void
load_leave(LoadSession *session)
{
    Load *load = session->load;

    g_free(session);
    if (--load->working == 0)
        net_quit(load->net);
}

static void
load_say(LoadSession *session, const char *line)
{
    net_conn_write(session->conn, line, -1);
    session->waits++;
}

static void
load_next_message(LoadSession *session)
{
    if (session->load->left == 0) {
        net_conn_close(session->conn);
        load_leave(session);
        return;
    }
    session->load->left--;
    session->waits = HELLO;
    load_say(session, "MAIL FROM:<load@far.example>\r\n");
}

static void
load_reply(LoadSession *session, const char *line)
{
    Load *load = session->load;
    g_autofree char *rcpt = NULL;

    switch (session->waits) {
    case GREETING: load_say(session, "EHLO load.example\r\n"); return;
    case HELLO: load_next_message(session); return;
    case MAIL:
        rcpt = g_strdup_printf("RCPT TO:<%s>\r\n", load->recipient);
        load_say(session, rcpt);
        return;
    case RCPT: load_say(session, "DATA\r\n"); return;
    case DATA: load_say(session, load->body->str); return;
    case BODY:
        load->taken += *line == '2';
        load->refused += *line != '2';
        load_next_message(session);
        return;
    }
}

/* One reply: the last of its lines has a blank after the code. */
static void
load_input(NetConn *conn, void *owner)
{
    for (;;) {
        char *line;
        gboolean last;

        if (net_line_take(net_conn_input(conn), 2048, &line) != NET_LINE_OK)
            return;
        last = strlen(line) >= 4 && line[3] == ' ';
        if (last) {
            LoadSession *session = owner;
            gboolean ends =
                (session->waits == HELLO || session->waits == BODY) && session->load->left == 0;

            load_reply(session, line);
            g_free(line);
            if (ends)
                return;
        } else {
            g_free(line);
        }
    }
}

static void
load_closed(G_GNUC_UNUSED NetConn *conn, void *owner, const GError *why)
{
    fprintf(stderr, "bench_load: a session ended early: %s\n", why ? why->message : "closed");
    load_leave(owner);
}

static const NetHandler load_handler = { .input = load_input, .closed = load_closed };

static GString *
load_make_body(gsize octets)
{
    GString *body = g_string_new("From: <load@far.example>\r\nSubject: load\r\n\r\n");

    while (body->len + 74 < octets)
        g_string_append_printf(
            body, "%.*s\r\n", 72,
            "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz012345678"
            "9");
    return g_string_append(body, ".\r\n");
}

int
main(int argc, char **argv)
{
    guint64 port, sessions, messages, octets;
    NetClock *clock = net_clock_new_real();
    Load load = { 0 };
    gint64 start_us;

    setlocale(LC_ALL, "C.UTF-8");
    if (argc != 7 || !net_parse_number(argv[2], -1, 65535, &port) ||
        !net_parse_number(argv[3], -1, 10000, &sessions) || sessions == 0 ||
        !net_parse_number(argv[4], -1, 1000000, &messages) ||
        !net_parse_number(argv[5], -1, 100000000, &octets)) {
        fputs("usage: bench_load ADDRESS PORT SESSIONS MESSAGES OCTETS RECIPIENT\n", stderr);
        return 2;
    }
    load.net = net_new_sockets(clock, NULL);
    load.left = (guint)messages;
    load.working = (guint)sessions;
    load.recipient = argv[6];
    load.body = load_make_body(octets);
    start_us = g_get_monotonic_time();
    for (guint i = 0; i < sessions; i++) {
        LoadSession *session = g_new0(LoadSession, 1);

        session->load = &load;
        session->conn = net_connect(load.net, NULL, argv[1], (guint16)port, &load_handler, session);
    }
    net_run(load.net, FALSE);
    printf("%.0f messages a second (%u taken, %u refused)\n",
           load.taken / ((double)(g_get_monotonic_time() - start_us) / 1e6), load.taken,
           load.refused);
    net_free(load.net);
    net_clock_free(clock);
    g_string_free(load.body, TRUE);
    return load.refused == 0 ? 0 : 1;
}
