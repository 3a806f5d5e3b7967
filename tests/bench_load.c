/* tests/bench_load.c - a load of messages, for `make bench`: never a test.
 *
 *     bench_load ADDRESS PORT [name=number ...] RECIPIENT ...
 *
 *   sessions=10     connections at once
 *   messages=1000   in all
 *   octets=4096     of each message
 *   each=0          messages of one connection; 0: as many as there are
 *   pause-ms=0      between a connection and the next
 *
 * Each message goes to all RECIPIENTs, command by command, each after the reply to the one before,
 * as most clients do. The content is handed over in portions, so that a hundred messages of 25 MB
 * cost no memory here. Prints:  taken refused seconds median-us   where the seconds run from the
 * first connect to the last reply to a message, and the median is that of a message with its
 * share of the connection: from connect (each=1), or from the message before, to the reply.
 *
 * Start reading at load_reply().
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "net/net.h"

#define LOAD_PORTION (64 * 1024) /* octets of a message written at once */

typedef struct Load {
    Net *net;
    const char *address;
    guint64 port, sessions, messages, octets, each, pause_ms;
    char **recipients;
    GString *line;   /* what all content consists of */
    guint64 left;    /* messages nobody has begun */
    guint64 working; /* sessions */
    guint64 taken, refused;
    gint64 last_us;   /* when the last message was replied to */
    GArray *times_us; /* of each message */
} Load;

typedef struct LoadSession {
    Load *load;
    NetConn *conn;
    enum { GREETING, HELLO, MAIL, RCPT, DATA, BODY, QUIT } waits; /* whose reply */
    guint64 sent;                                                 /* messages on this connection */
    guint recipient;                                              /* the next to be named */
    guint64 octets; /* of the content still to be written */
    gint64 began_us;
} LoadSession;

static void load_call(void *session);

/* ---- the content ---- */

/* Lines, the last one as long as is left, then the dot; drained() calls again. */
static void
load_write_content(NetConn *conn, void *owner)
{
    LoadSession *session = owner;
    g_autoptr(GString) portion = g_string_sized_new(LOAD_PORTION);

    if (session->waits != BODY || session->octets == 0)
        return;
    while (!net_conn_is_full(conn) && session->octets > 0) {
        g_string_truncate(portion, 0);
        while (portion->len < LOAD_PORTION && session->octets > 0) {
            gsize length = MIN(session->octets, session->load->line->len);

            g_string_append_len(portion, session->load->line->str, (gssize)length);
            session->octets -= length;
        }
        if (session->octets == 0)
            g_string_append(portion, "\r\n.\r\n");
        net_conn_write(conn, portion->str, (gssize)portion->len);
    }
}

static void
load_begin_content(LoadSession *session)
{
    static const char head[] = "From: <load@far.example>\r\nSubject: load\r\n\r\n";

    session->waits = BODY;
    net_conn_write(session->conn, head, -1);
    session->octets = session->load->octets - MIN(strlen(head) + 2, session->load->octets - 1);
    load_write_content(session->conn, session);
}

/* ---- the commands ---- */

static void
load_say(LoadSession *session, int waits, const char *line)
{
    session->waits = waits;
    net_conn_write(session->conn, line, -1);
}

static void
load_next_recipient(LoadSession *session)
{
    const char *recipient = session->load->recipients[session->recipient++];
    g_autofree char *rcpt = g_strdup_printf("RCPT TO:<%s>\r\n", recipient);

    load_say(session, RCPT, rcpt);
}

static void
load_next_message(LoadSession *session)
{
    Load *load = session->load;

    if (load->left == 0 || (load->each > 0 && session->sent == load->each)) {
        load_say(session, QUIT, "QUIT\r\n");
        return;
    }
    load->left--;
    session->sent++;
    session->recipient = 0;
    load_say(session, MAIL, "MAIL FROM:<load@far.example>\r\n");
}

static void
load_message_done(LoadSession *session, gboolean taken)
{
    Load *load = session->load;
    gint64 took_us;

    load->last_us = g_get_monotonic_time();
    took_us = load->last_us - session->began_us;
    g_array_append_val(load->times_us, took_us);
    load->taken += taken;
    load->refused += !taken;
    session->began_us = load->last_us;
    load_next_message(session);
}

/* The last line of a reply: what to say next. */
static void
load_reply(LoadSession *session, const char *line)
{
    switch (session->waits) {
    case GREETING: load_say(session, HELLO, "EHLO load.example\r\n"); return;
    case HELLO: load_next_message(session); return;
    case MAIL: load_next_recipient(session); return;
    case RCPT:
        if (session->load->recipients[session->recipient] != NULL)
            load_next_recipient(session);
        else
            load_say(session, DATA, "DATA\r\n");
        return;
    case DATA: load_begin_content(session); return;
    case BODY: load_message_done(session, *line == '2'); return;
    case QUIT: return;
    }
}

/* ---- connections ---- */

static void
load_input(NetConn *conn, void *owner)
{
    for (;;) {
        char *line;

        if (net_line_take(net_conn_input(conn), 2048, &line) != NET_LINE_OK)
            return;
        if (strlen(line) >= 4 && line[3] == ' ')
            load_reply(owner, line);
        g_free(line);
    }
}

/* Ours to call again while messages are left. */
static void
load_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    LoadSession *session = owner;
    Load *load = session->load;

    if (session->waits != QUIT)
        fprintf(stderr, "bench_load: a session ended early: %s\n", why ? why->message : "closed");
    if (load->left > 0 && session->waits == QUIT) {
        net_timer_start(net_clock(load->net), NET_TIMER_GUARD,
                        (gint64)load->pause_ms * NET_SECOND / 1000, load_call, session);
        return;
    }
    g_free(session);
    if (--load->working == 0)
        net_quit(load->net);
}

static const NetHandler load_handler = { .input = load_input,
                                         .drained = load_write_content,
                                         .closed = load_closed };

static void
load_call(void *data)
{
    LoadSession *session = data;
    Load *load = session->load;

    session->waits = GREETING;
    session->sent = 0;
    session->began_us = g_get_monotonic_time();
    session->conn =
        net_connect(load->net, NULL, load->address, (guint16)load->port, &load_handler, session);
}

/* ---- the whole ---- */

static int
load_compare_times(const void *a, const void *b)
{
    gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;

    return (one > other) - (one < other);
}

static void
load_run(Load *load)
{
    gint64 start_us = g_get_monotonic_time();

    load->left = load->messages;
    load->working = load->sessions;
    for (guint64 i = 0; i < load->sessions; i++) {
        LoadSession *session = g_new0(LoadSession, 1);

        session->load = load;
        load_call(session);
    }
    net_run(load->net, FALSE);
    g_array_sort(load->times_us, load_compare_times);
    printf("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.6f %" G_GINT64_FORMAT "\n", load->taken,
           load->refused, (double)(load->last_us - start_us) / 1e6,
           load->times_us->len == 0
               ? (gint64)0
               : g_array_index(load->times_us, gint64, load->times_us->len / 2));
}

/* "sessions=10" and the like; what has no '=' is a recipient. */
static gboolean
load_read_arguments(Load *load, char **arguments)
{
    struct {
        const char *name;
        guint64 *value;
    } const numbers[] = { { "sessions", &load->sessions },
                          { "messages", &load->messages },
                          { "octets", &load->octets },
                          { "each", &load->each },
                          { "pause-ms", &load->pause_ms } };

    for (; *arguments != NULL && strchr(*arguments, '=') != NULL; arguments++) {
        g_auto(GStrv) parts = g_strsplit(*arguments, "=", 2);
        gboolean known = FALSE;

        for (gsize i = 0; i < G_N_ELEMENTS(numbers) && !known; i++)
            known = strcmp(numbers[i].name, parts[0]) == 0 &&
                    net_parse_number(parts[1], -1, 100000000, numbers[i].value);
        if (!known)
            return FALSE;
    }
    load->recipients = arguments;
    return *arguments != NULL && load->sessions > 0 && load->octets > 0;
}

int
main(int argc, char **argv)
{
    NetClock *clock = net_clock_new_real();
    Load load = { .sessions = 10, .messages = 1000, .octets = 4096 };

    setlocale(LC_ALL, "C.UTF-8");
    if (argc < 4 || !net_parse_number(argv[2], -1, 65535, &load.port) ||
        !load_read_arguments(&load, argv + 3)) {
        fputs("usage: bench_load ADDRESS PORT [name=number ...] RECIPIENT ...\n", stderr);
        return 2;
    }
    load.net = net_new_sockets(clock, NULL);
    load.address = argv[1];
    load.line = g_string_new("abcdefghijklmnopqrstuvwxyz0123456789"
                             "abcdefghijklmnopqrstuvwxyz0123456789\r\n");
    load.times_us = g_array_new(FALSE, FALSE, sizeof(gint64));
    load_run(&load);
    net_free(load.net);
    net_clock_free(clock);
    g_string_free(load.line, TRUE);
    g_array_unref(load.times_us);
    return load.refused == 0 ? 0 : 1;
}
