/* imap/client.c - the reading end of IMAP: responses in, commands out (RFC 3501).
 *
 *   GREETING > LOGIN > SELECT > FETCH ... FETCH > LOGOUT > DONE
 *
 * Each state is named after the command whose tagged response is awaited. Untagged responses come
 * in between; of them the client needs "* n EXISTS" and the literal of "* n FETCH (BODY[] {320}".
 * Tests: tests/test_imap_client.c
 */
#include "imap/client.h"

#include <stdarg.h>
#include <string.h>

#include "imap/parse.h"
#include "trace/redact.h"
#include "trace/words.h"

#define IMAP_CLIENT_LINE_MAX   (64 * 1024) /* octets of a line of the server */
#define IMAP_CLIENT_MAX_OCTETS (64 * 1024 * 1024)
#define IMAP_CLIENT_TOLD       (2 * 1024) /* octets of a message kept for the trace */
#define IMAP_CLIENT_TOLD_LINES (16 * 1024)

typedef enum {
    IMAP_CLIENT_GREETING,
    IMAP_CLIENT_LOGIN,
    IMAP_CLIENT_SELECT,
    IMAP_CLIENT_FETCH,
    IMAP_CLIENT_LOGOUT,
    IMAP_CLIENT_DONE,
} ImapClientState;

struct ImapClient {
    char *user, *password;
    guint64 max_octets;
    void (*message)(void *data, guint number, const char *octets, gsize length);
    void *data;
    Trace *trace; /* not owned */
    ImapClientState state;
    guint commands;      /* said so far: the tag is "f" and this number */
    guint found;         /* by EXISTS */
    guint number;        /* the message being fetched */
    guint fetched;       /* whole messages */
    gboolean in_literal; /* literal_left octets of it are still to come */
    guint64 literal_left;
    gboolean in_response; /* a literal has ended, the rest of its line comes */
    GString *octets;      /* of the literal */
    GString *lines;       /* the responses to the command so far, for the trace */
    char *error;
};

ImapClient *
imap_client_new(const ImapClientWish *wish, Trace *trace)
{
    ImapClient *client = g_new0(ImapClient, 1);

    client->user = g_strdup(wish->user);
    client->password = g_strdup(wish->password);
    client->max_octets = wish->max_octets != 0 ? wish->max_octets : IMAP_CLIENT_MAX_OCTETS;
    client->message = wish->message;
    client->data = wish->data;
    client->trace = trace;
    client->octets = g_string_new(NULL);
    client->lines = g_string_new(NULL);
    return client;
}

void
imap_client_free(ImapClient *client)
{
    if (client == NULL)
        return;
    memset(client->password, 0, strlen(client->password));
    g_string_free(client->octets, TRUE);
    g_string_free(client->lines, TRUE);
    g_free(client->password);
    g_free(client->user);
    g_free(client->error);
    g_free(client);
}

static NetNext
imap_client_fail(ImapClient *client, const char *what, const char *words)
{
    g_autofree char *safe = trace_safe(words, -1);

    client->state = IMAP_CLIENT_DONE;
    if (client->error == NULL)
        client->error = g_strdup_printf("%s: %s", what, safe);
    trace_error(client->trace, STAGE_PICKUP, "reading by IMAP failed at %s: %s", what, safe);
    return NET_CLOSE;
}

/* ---- commands ---- */

static NetNext G_GNUC_PRINTF(5, 6)
    imap_client_say(ImapClient *client, GString *out, ImapClientState awaited, const char *name,
                    const char *format, ...)
{
    va_list arguments;
    g_autofree char *line = NULL;

    va_start(arguments, format);
    g_autofree char *command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    line = g_strdup_printf("f%u %s", ++client->commands, command);
    trace_wire_command(client->trace, STAGE_PICKUP, "RFC 3501 §2.2.1", "reader", "host", name, line,
                       awaited == IMAP_CLIENT_LOGIN);
    g_string_append_printf(out, "%s\r\n", line);
    client->state = awaited;
    return NET_GO_ON;
}

/* A quoted string. What could not stand in one, a line end, is left out. */
static char *
imap_client_quote(const char *text)
{
    GString *quoted = g_string_new("\"");

    for (; *text != '\0'; text++) {
        if (*text == '\r' || *text == '\n')
            continue;
        if (*text == '"' || *text == '\\')
            g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *text);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

static NetNext
imap_client_next_message(ImapClient *client, GString *out)
{
    client->number++;
    if (client->number > client->found)
        return imap_client_say(client, out, IMAP_CLIENT_LOGOUT, "LOGOUT", "LOGOUT");
    return imap_client_say(client, out, IMAP_CLIENT_FETCH, "FETCH", "FETCH %u BODY[]",
                           client->number);
}

/* The command was done: what to say next. */
static NetNext
imap_client_go_on(ImapClient *client, GString *out)
{
    g_autofree char *user = NULL, *password = NULL;

    switch (client->state) {
    case IMAP_CLIENT_GREETING:
        user = imap_client_quote(client->user);
        password = imap_client_quote(client->password);
        return imap_client_say(client, out, IMAP_CLIENT_LOGIN, "LOGIN", "LOGIN %s %s", user,
                               password);
    case IMAP_CLIENT_LOGIN:
        return imap_client_say(client, out, IMAP_CLIENT_SELECT, "SELECT", "SELECT INBOX");
    case IMAP_CLIENT_SELECT:
    case IMAP_CLIENT_FETCH: return imap_client_next_message(client, out);
    case IMAP_CLIENT_LOGOUT: client->state = IMAP_CLIENT_DONE; return NET_CLOSE;
    case IMAP_CLIENT_DONE: break;
    }
    return NET_CLOSE;
}

/* ---- responses ---- */

static void
imap_client_tell_message(ImapClient *client)
{
    if (!trace_is_on(client->trace))
        return;
    g_autofree char *hash = g_compute_checksum_for_data(
        G_CHECKSUM_SHA256, (const guchar *)client->octets->str, client->octets->len);
    g_autofree char *start =
        g_strndup(client->octets->str, MIN(client->octets->len, IMAP_CLIENT_TOLD));

    trace_put_arrow(client->trace, "host", "reader", "message");
    trace_put_number(client->trace, "octets", (gint64)client->octets->len);
    trace_put_text(client->trace, "sha256", hash);
    trace_put_text(client->trace, "start", start);
    trace_wire(client->trace, STAGE_PICKUP, "RFC 3501 §7.4.2",
               "host to reader: message %u, %" G_GSIZE_FORMAT " octets", client->number,
               client->octets->len);
}

static NetNext
imap_client_literal(ImapClient *client, NetBuffer *input)
{
    gsize waiting, taken;
    const char *octets = net_buffer_peek(input, &waiting);

    taken = (gsize)MIN(client->literal_left, waiting);
    g_string_append_len(client->octets, octets, (gssize)taken);
    net_buffer_take(input, taken);
    client->literal_left -= taken;
    if (client->literal_left > 0)
        return NET_GO_ON;
    client->in_literal = FALSE;
    client->in_response = TRUE;
    if (client->state != IMAP_CLIENT_FETCH)
        return NET_GO_ON;
    trace_twin(client->trace, net_buffer_twin(input));
    imap_client_tell_message(client);
    client->fetched++;
    if (client->message != NULL)
        client->message(client->data, client->number, client->octets->str, client->octets->len);
    return NET_GO_ON;
}

/* "* 2 EXISTS"; other untagged responses say nothing that we need. */
static void
imap_client_untagged(ImapClient *client, const char *line)
{
    ImapParse parse;
    guint64 number;

    imap_parse_start(&parse, line, strlen(line));
    if (client->state == IMAP_CLIENT_SELECT && imap_parse_word(&parse, "* ") &&
        imap_parse_number(&parse, G_MAXINT, &number) && imap_parse_word(&parse, " EXISTS") &&
        imap_parse_is_end(&parse))
        client->found = (guint)number;
}

static void
imap_client_keep_line(ImapClient *client, const char *line)
{
    if (client->lines->len < IMAP_CLIENT_TOLD_LINES)
        g_string_append_printf(client->lines, "%s\r\n", line);
}

/* The command is answered: "f2 OK ..." */
static NetNext
imap_client_tagged(ImapClient *client, const char *status, GString *out)
{
    static const char *const names[] = {
        N_("the greeting"), "LOGIN", "SELECT", "FETCH", "LOGOUT", N_("the end"),
    };
    g_autofree char *label =
        client->state == IMAP_CLIENT_GREETING
            ? g_strdup("* OK")
            : g_strdup_printf("f%u %.*s", client->commands, (int)strcspn(status, " "), status);
    gboolean ok = g_str_has_prefix(status, "OK");

    trace_wire_reply(client->trace, STAGE_PICKUP, "RFC 3501 §7.1", "host", "reader", label,
                     client->lines->str);
    g_string_truncate(client->lines, 0);
    if (!ok)
        return imap_client_fail(client, names[client->state], status);
    return imap_client_go_on(client, out);
}

static NetNext
imap_client_line(ImapClient *client, const char *line, GString *out)
{
    g_autofree char *tag = g_strdup_printf("f%u ", client->commands);
    gboolean plus;

    imap_client_keep_line(client, line);
    if (imap_parse_announces(line, &client->literal_left, &plus)) {
        if (client->literal_left > client->max_octets)
            return imap_client_fail(client, "FETCH", "the message is too big");
        client->in_literal = TRUE;
        g_string_truncate(client->octets, 0);
        return NET_GO_ON;
    }
    if (client->in_response) { /* the rest of a line that had a literal in it */
        client->in_response = FALSE;
        return NET_GO_ON;
    }
    if (client->state == IMAP_CLIENT_GREETING)
        return imap_client_tagged(client, g_str_has_prefix(line, "* ") ? line + 2 : line, out);
    if (client->commands > 0 && g_str_has_prefix(line, tag))
        return imap_client_tagged(client, line + strlen(tag), out);
    imap_client_untagged(client, line);
    return NET_GO_ON;
}

NetNext
imap_client_input(ImapClient *client, NetBuffer *input, GString *out)
{
    NetNext next = NET_GO_ON;

    while (next == NET_GO_ON && client->state != IMAP_CLIENT_DONE &&
           (net_buffer_length(input) > 0 || (client->in_literal && client->literal_left == 0))) {
        g_autofree char *line = NULL;

        if (client->in_literal) {
            next = imap_client_literal(client, input);
            continue;
        }
        NetLine found = net_line_take(input, IMAP_CLIENT_LINE_MAX, &line);
        if (found == NET_LINE_NONE)
            return NET_GO_ON;
        if (found != NET_LINE_OK)
            return imap_client_fail(client, "the response", "not a line of IMAP");
        trace_twin(client->trace, net_buffer_twin(input));
        next = imap_client_line(client, line, out);
    }
    return client->state == IMAP_CLIENT_DONE ? NET_CLOSE : next;
}

void
imap_client_cut(ImapClient *client, const char *why)
{
    if (client->state != IMAP_CLIENT_DONE)
        imap_client_fail(client, "the connection",
                         why == NULL ? "closed by the server before the end" : why);
}

guint
imap_client_found(const ImapClient *client)
{
    return client->found;
}

guint
imap_client_fetched(const ImapClient *client)
{
    return client->fetched;
}

const char *
imap_client_error(const ImapClient *client)
{
    return client->error;
}
