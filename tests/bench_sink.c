/* tests/bench_sink.c - the next hop of `make bench`: never a test.
 *
 *     bench_sink ADDRESS PORT
 *
 * Takes every message at once and keeps none. Whatever is read from standard input, a line each,
 * is a number: as soon as so many messages more have come, "done" is printed. So the one who
 * asks can time how long a server takes to pass them on.
 *
 * Start reading at sink_input().
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"
#include "net/service.h"

typedef struct Sink {
    Net *net;
    guint64 messages; /* came so far */
    guint64 wanted;   /* "done" is due when so many have come; 0: nobody waits */
} Sink;

typedef struct SinkSession {
    Sink *sink;
    gboolean data; /* between 354 and the final dot */
    char last[5];  /* the last octets of the content, to know the end by */
} SinkSession;

static void
sink_look(Sink *sink)
{
    if (sink->wanted == 0 || sink->messages < sink->wanted)
        return;
    sink->wanted = 0;
    puts("done");
    fflush(stdout);
}

static void *
sink_open(void *data, NetServed *served G_GNUC_UNUSED, GString *replies)
{
    SinkSession *session = g_new0(SinkSession, 1);

    session->sink = data;
    g_string_append(replies, "220 sink.example ESMTP\r\n");
    return session;
}

/* Content up to the dot. No client of ours sends an empty one, so CRLF . CRLF is all of the end. */
static NetNext
sink_content(SinkSession *session, NetBuffer *input, GString *replies)
{
    gsize length;
    const char *octets = net_buffer_peek(input, &length);

    for (gsize i = 0; i < length; i++) {
        memmove(session->last, session->last + 1, sizeof session->last - 1);
        session->last[4] = octets[i];
        if (octets[i] != '\n' || memcmp(session->last, "\r\n.\r\n", 5) != 0)
            continue;
        session->data = FALSE;
        net_buffer_take(input, i + 1);
        session->sink->messages++;
        g_string_append(replies, "250 2.0.0 Taken\r\n");
        sink_look(session->sink);
        return NET_GO_ON;
    }
    net_buffer_take(input, length);
    return NET_GO_ON;
}

static NetNext
sink_input(void *data, NetBuffer *input, GString *replies)
{
    SinkSession *session = data;
    g_autofree char *line = NULL;

    if (session->data)
        return sink_content(session, input, replies);
    if (net_line_take(input, 2048, &line) != NET_LINE_OK)
        return NET_GO_ON;
    if (g_ascii_strncasecmp(line, "EHLO", 4) == 0) {
        g_string_append(replies, "250-sink.example\r\n250-PIPELINING\r\n250-SIZE 100000000\r\n"
                                 "250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n");
    } else if (g_ascii_strcasecmp(line, "DATA") == 0) {
        session->data = TRUE;
        g_string_append(replies, "354 Go on\r\n");
    } else if (g_ascii_strcasecmp(line, "QUIT") == 0) {
        g_string_append(replies, "221 2.0.0 Bye\r\n");
        return NET_CLOSE;
    } else {
        g_string_append(replies, "250 2.0.0 Ok\r\n");
    }
    return NET_GO_ON;
}

static double
sink_patience(void *session G_GNUC_UNUSED)
{
    return 300;
}

static void
sink_expired(void *session G_GNUC_UNUSED, GString *replies)
{
    g_string_append(replies, "421 4.4.2 Too slow\r\n");
}

static const NetProtocol sink_protocol = {
    .name = "sink",
    .open = sink_open,
    .input = sink_input,
    .expired = sink_expired,
    .closed = g_free,
    .too_many = "421 4.7.0 Too many connections\r\n",
    .patience = sink_patience,
};

static void
sink_asked(void *data)
{
    Sink *sink = data;
    char line[32] = "";
    ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
    guint64 count;

    if (length <= 0) {
        net_quit(sink->net);
        return;
    }
    line[strcspn(line, "\n")] = '\0';
    if (net_parse_number(line, -1, 100000000, &count)) {
        sink->wanted = sink->messages + count;
        sink_look(sink);
    }
}

int
main(int argc, char **argv)
{
    NetClock *clock = net_clock_new_real();
    g_autoptr(GError) error = NULL;
    Sink sink = { 0 };
    NetService *service;
    guint64 port;

    setlocale(LC_ALL, "C.UTF-8");
    if (argc != 3 || !net_parse_number(argv[2], -1, 65535, &port)) {
        fputs("usage: bench_sink ADDRESS PORT\n", stderr);
        return 2;
    }
    sink.net = net_new_sockets(clock, NULL);
    service = net_service_new(sink.net, argv[1], (guint16)port, &sink_protocol, &sink, &error);
    if (service == NULL) {
        fprintf(stderr, "bench_sink: %s\n", error->message);
        return 1;
    }
    net_watch_fd(sink.net, STDIN_FILENO, sink_asked, &sink);
    puts("ready");
    fflush(stdout);
    net_run(sink.net, FALSE);
    net_service_free(service);
    net_free(sink.net);
    net_clock_free(clock);
    return 0;
}
