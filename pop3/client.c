/* pop3/client.c - the reading end of POP3: replies in, commands out (RFC 1939).
 *
 *   GREETING > USER > PASS > STAT > RETR > BODY [> DELE] > RETR ... > QUIT > DONE
 *
 * Each state is named after the command whose reply is awaited.
 * Tests: tests/test_pop3_client.c
 */
#include "pop3/client.h"

#include <stdarg.h>
#include <string.h>

#include "trace/redact.h"
#include "trace/words.h"

#define POP3_CLIENT_LINE_MAX   512 /* octets of a reply's line, CRLF included (RFC 1939 §3) */
#define POP3_CLIENT_MAX_OCTETS (64 * 1024 * 1024)
#define POP3_CLIENT_TOLD       (2 * 1024) /* octets of a message kept for the trace */

typedef enum {
    POP3_CLIENT_GREETING,
    POP3_CLIENT_USER,
    POP3_CLIENT_PASS,
    POP3_CLIENT_STAT,
    POP3_CLIENT_RETR,
    POP3_CLIENT_BODY, /* RETR was answered: the message comes */
    POP3_CLIENT_DELE,
    POP3_CLIENT_QUIT,
    POP3_CLIENT_DONE,
} Pop3ClientState;

/* Where in a multi-line reply the last octet was; removes the added dots (RFC 1939 §3). */
typedef enum {
    POP3_AT_START, /* of a line */
    POP3_AT_DOT,   /* after a dot at its start */
    POP3_AT_DOT_CR,
    POP3_AT_TEXT,
    POP3_AT_CR,
    POP3_AT_END, /* "." on a line of its own has come */
} Pop3ClientAt;

struct Pop3Client {
    char *user, *password;
    gboolean delete;
    guint64 max_octets;
    void (*message)(void *data, guint number, const char *octets, gsize length);
    void *data;
    Trace *trace; /* not owned */
    Pop3ClientState state;
    Pop3ClientAt at;
    guint found;     /* by STAT */
    guint number;    /* the message being fetched */
    guint fetched;   /* whole messages */
    guint marked;    /* DELE was answered */
    guint deleted;   /* and QUIT too */
    GString *octets; /* of the message being fetched */
    char *error;
};

Pop3Client *
pop3_client_new(const Pop3ClientWish *wish, Trace *trace)
{
    Pop3Client *client = g_new0(Pop3Client, 1);

    client->user = g_strdup(wish->user);
    client->password = g_strdup(wish->password);
    client->delete = wish->delete;
    client->max_octets = wish->max_octets != 0 ? wish->max_octets : POP3_CLIENT_MAX_OCTETS;
    client->message = wish->message;
    client->data = wish->data;
    client->trace = trace;
    client->octets = g_string_new(NULL);
    return client;
}

void
pop3_client_free(Pop3Client *client)
{
    if (client == NULL)
        return;
    memset(client->password, 0, strlen(client->password));
    g_string_free(client->octets, TRUE);
    g_free(client->password);
    g_free(client->user);
    g_free(client->error);
    g_free(client);
}

static NetNext
pop3_client_fail(Pop3Client *client, const char *what, const char *words)
{
    g_autofree char *safe = trace_safe(words, -1);

    client->state = POP3_CLIENT_DONE;
    if (client->error == NULL)
        client->error = g_strdup_printf("%s: %s", what, safe);
    trace_error(client->trace, STAGE_PICKUP, "reading by POP3 failed at %s: %s", what, safe);
    return NET_CLOSE;
}

static NetNext G_GNUC_PRINTF(5, 6)
    pop3_client_say(Pop3Client *client, GString *out, Pop3ClientState awaited, const char *verb,
                    const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    trace_wire_command(client->trace, STAGE_PICKUP, "RFC 1939 §3", "reader", "host", verb, line,
                       awaited == POP3_CLIENT_PASS);
    g_string_append_printf(out, "%s\r\n", line);
    client->state = awaited;
    return NET_GO_ON;
}

static NetNext
pop3_client_next_message(Pop3Client *client, GString *out)
{
    client->number++;
    if (client->number > client->found)
        return pop3_client_say(client, out, POP3_CLIENT_QUIT, "QUIT", "QUIT");
    return pop3_client_say(client, out, POP3_CLIENT_RETR, "RETR", "RETR %u", client->number);
}

/* "+OK 2 320": how many, how many octets. */
static NetNext
pop3_client_counted(Pop3Client *client, const char *line, GString *out)
{
    const char *digits = line + strlen("+OK");
    guint64 found;

    digits += *digits == ' ';
    if (!net_parse_number(digits, (gssize)strspn(digits, "0123456789"), G_MAXINT, &found))
        return pop3_client_fail(client, "STAT", line);
    client->found = (guint)found;
    return pop3_client_next_message(client, out);
}

/* A positive reply: what to say next. */
static NetNext
pop3_client_go_on(Pop3Client *client, const char *line, GString *out)
{
    switch (client->state) {
    case POP3_CLIENT_GREETING:
        return pop3_client_say(client, out, POP3_CLIENT_USER, "USER", "USER %s", client->user);
    case POP3_CLIENT_USER:
        return pop3_client_say(client, out, POP3_CLIENT_PASS, "PASS", "PASS %s", client->password);
    case POP3_CLIENT_PASS: return pop3_client_say(client, out, POP3_CLIENT_STAT, "STAT", "STAT");
    case POP3_CLIENT_STAT: return pop3_client_counted(client, line, out);
    case POP3_CLIENT_RETR:
        client->state = POP3_CLIENT_BODY;
        client->at = POP3_AT_START;
        g_string_truncate(client->octets, 0);
        return NET_GO_ON;
    case POP3_CLIENT_DELE: client->marked++; return pop3_client_next_message(client, out);
    case POP3_CLIENT_QUIT:
        client->deleted = client->marked;
        client->state = POP3_CLIENT_DONE;
        return NET_CLOSE;
    case POP3_CLIENT_BODY:
    case POP3_CLIENT_DONE: break;
    }
    return NET_CLOSE;
}

static NetNext
pop3_client_reply(Pop3Client *client, const char *line, GString *out)
{
    static const char *const after[] = {
        N_("the greeting"), "USER", "PASS", "STAT", "RETR", "RETR", "DELE", "QUIT", N_("the end"),
    };
    gboolean ok = g_str_has_prefix(line, "+OK");

    trace_wire_reply(client->trace, STAGE_PICKUP, "RFC 1939 §3", "host", "reader",
                     ok ? "+OK" : "-ERR", line);
    if (!ok)
        return pop3_client_fail(client, after[client->state], line);
    return pop3_client_go_on(client, line, out);
}

/* One octet of the message, the added dots removed. */
static void
pop3_client_octet(Pop3Client *client, char octet)
{
    switch (client->at) {
    case POP3_AT_START:
        if (octet == '.') {
            client->at = POP3_AT_DOT;
            return;
        }
        break;
    case POP3_AT_DOT:
        if (octet == '\r') {
            client->at = POP3_AT_DOT_CR;
            return;
        }
        break;
    case POP3_AT_DOT_CR:
        if (octet == '\n') {
            client->at = POP3_AT_END;
            return;
        }
        g_string_append_c(client->octets, '\r');
        break;
    case POP3_AT_CR:
        if (octet == '\n') {
            g_string_append_c(client->octets, octet);
            client->at = POP3_AT_START;
            return;
        }
        break;
    case POP3_AT_TEXT:
    case POP3_AT_END: break;
    }
    g_string_append_c(client->octets, octet);
    client->at = octet == '\r' ? POP3_AT_CR : POP3_AT_TEXT;
}

static void
pop3_client_tell_message(Pop3Client *client)
{
    if (!trace_is_on(client->trace))
        return;
    g_autofree char *hash = g_compute_checksum_for_data(
        G_CHECKSUM_SHA256, (const guchar *)client->octets->str, client->octets->len);
    g_autofree char *start =
        g_strndup(client->octets->str, MIN(client->octets->len, POP3_CLIENT_TOLD));

    trace_put_arrow(client->trace, "host", "reader", "message");
    trace_put_number(client->trace, "octets", (gint64)client->octets->len);
    trace_put_text(client->trace, "sha256", hash);
    trace_put_text(client->trace, "start", start);
    trace_wire(client->trace, STAGE_PICKUP, "RFC 1939 §3",
               "host to reader: message %u, %" G_GSIZE_FORMAT " octets", client->number,
               client->octets->len);
}

/* The message is whole. */
static NetNext
pop3_client_message(Pop3Client *client, GString *out)
{
    pop3_client_tell_message(client);
    client->fetched++;
    if (client->message != NULL)
        client->message(client->data, client->number, client->octets->str, client->octets->len);
    if (client->delete)
        return pop3_client_say(client, out, POP3_CLIENT_DELE, "DELE", "DELE %u", client->number);
    return pop3_client_next_message(client, out);
}

static NetNext
pop3_client_body(Pop3Client *client, NetBuffer *input, GString *out)
{
    gsize length, taken = 0;
    const char *octets = net_buffer_peek(input, &length);

    while (taken < length && client->at != POP3_AT_END)
        pop3_client_octet(client, octets[taken++]);
    net_buffer_take(input, taken);
    if (client->octets->len > client->max_octets)
        return pop3_client_fail(client, "RETR", "the message is too big");
    if (client->at != POP3_AT_END)
        return NET_GO_ON;
    trace_twin(client->trace, net_buffer_twin(input));
    return pop3_client_message(client, out);
}

NetNext
pop3_client_input(Pop3Client *client, NetBuffer *input, GString *out)
{
    NetNext next = NET_GO_ON;

    while (next == NET_GO_ON && client->state != POP3_CLIENT_DONE && net_buffer_length(input) > 0) {
        g_autofree char *line = NULL;

        if (client->state == POP3_CLIENT_BODY) {
            next = pop3_client_body(client, input, out);
            continue;
        }
        NetLine found = net_line_take(input, POP3_CLIENT_LINE_MAX, &line);
        if (found == NET_LINE_NONE)
            return NET_GO_ON;
        if (found != NET_LINE_OK)
            return pop3_client_fail(client, "the reply", "not a line of POP3");
        trace_twin(client->trace, net_buffer_twin(input));
        next = pop3_client_reply(client, line, out);
    }
    return client->state == POP3_CLIENT_DONE ? NET_CLOSE : next;
}

void
pop3_client_cut(Pop3Client *client, const char *why)
{
    if (client->state != POP3_CLIENT_DONE)
        pop3_client_fail(client, "the connection",
                         why == NULL ? "closed by the server before the end" : why);
}

guint
pop3_client_found(const Pop3Client *client)
{
    return client->found;
}

guint
pop3_client_fetched(const Pop3Client *client)
{
    return client->fetched;
}

guint
pop3_client_deleted(const Pop3Client *client)
{
    return client->deleted;
}

const char *
pop3_client_error(const Pop3Client *client)
{
    return client->error;
}
