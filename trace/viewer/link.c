/* trace/viewer/link.c - three connections to control.sock, a line of JSON at a time.
 *
 * Start reading at view_link_serve(). Nothing here waits: what can't be sent or read now is left
 * for the next turn of the viewer's loop.
 * Tests: tests/test_viewer_link.c
 */
#include "trace/viewer/link.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "trace/viewer/follow.h"
#include "trace/viewer/lists.h"
#include "trace/viewer/send.h"
#include "trace/words.h"

/* A state line lists breakpoints; there are never that many. */
#define VIEW_LINK_LINE_MAX (256 * 1024)
/* The JSON parser recurses: deeper lines are not given to it (trace/event.h says the same). */
#define VIEW_LINK_DEPTH 32

typedef enum { LINK_WATCH, LINK_STEER, LINK_ASK } ViewLinkLine;

typedef struct ViewWire {
    int socket;
    GString *in;
    GString *out;
} ViewWire;

struct ViewLink {
    ViewWire wires[VIEW_LINK_LINES];
};

static int
view_link_connect(const char *path, GError **error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd;

    if (strlen(path) >= sizeof(address.sun_path)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NAMETOOLONG, "%s: name too long", path);
        return -1;
    }
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
        return fd;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: no world runs here (%s)",
                path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

ViewLink *
view_link_open(const char *path, gboolean follow, GError **error)
{
    ViewLink *link = g_new0(ViewLink, 1);
    gboolean ok = TRUE;

    for (guint i = 0; i < VIEW_LINK_LINES; i++) {
        ViewWire *wire = &link->wires[i];

        wire->in = g_string_new(NULL);
        wire->out = g_string_new(NULL);
        wire->socket = -1;
        if (!ok || (follow && i != LINK_WATCH))
            continue;
        wire->socket = view_link_connect(path, error);
        ok = wire->socket >= 0;
    }
    if (!ok) {
        view_link_free(link);
        return NULL;
    }
    g_string_append(link->wires[LINK_WATCH].out, follow ? "watch follow\n" : "watch\n");
    return link;
}

void
view_link_free(ViewLink *link)
{
    if (link == NULL)
        return;
    for (guint i = 0; i < VIEW_LINK_LINES; i++) {
        ViewWire *wire = &link->wires[i];

        if (wire->socket >= 0)
            close(wire->socket);
        g_string_free(wire->in, TRUE);
        g_string_free(wire->out, TRUE);
    }
    g_free(link);
}

void
view_link_poll(const ViewLink *link, struct pollfd fds[VIEW_LINK_LINES])
{
    for (guint i = 0; i < VIEW_LINK_LINES; i++) {
        fds[i].fd = link->wires[i].socket;
        fds[i].events = POLLIN | (link->wires[i].out->len > 0 ? POLLOUT : 0);
        fds[i].revents = 0;
    }
}

/* ---- what the server says ---- */

/* Brackets within strings count too: a line may be refused too early, never too late. */
static gboolean
view_link_is_deep(const char *line)
{
    guint open = 0;

    for (; *line != '\0'; line++)
        open += *line == '{' || *line == '[' ? 1 : 0;
    return open > VIEW_LINK_DEPTH * 8;
}

static JsonNode *
view_link_parse(const char *line)
{
    JsonNode *node = view_link_is_deep(line) ? NULL : json_from_string(line, NULL);

    if (node != NULL && JSON_NODE_HOLDS_OBJECT(node))
        return node;
    g_clear_pointer(&node, json_node_unref);
    return NULL;
}

static gboolean
view_link_flag(JsonObject *state, const char *key, gboolean otherwise)
{
    return json_object_get_boolean_member_with_default(state, key, otherwise);
}

static void
view_link_breaks(View *view, JsonObject *state)
{
    JsonNode *node = json_object_get_member(state, "breakpoints");
    JsonArray *list =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    if (list == NULL)
        return;
    g_ptr_array_set_size(view->breaks, 0);
    g_array_set_size(view->break_numbers, 0);
    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonNode *entry = json_array_get_element(list, i);
        JsonObject *it = JSON_NODE_HOLDS_OBJECT(entry) ? json_node_get_object(entry) : NULL;
        const char *text =
            it == NULL ? NULL : json_object_get_string_member_with_default(it, "filter", NULL);
        TraceFilter *filter = text == NULL ? NULL : trace_filter_parse(text, NULL);
        guint number;

        if (filter == NULL)
            continue;
        number = json_object_get_int_member_with_default(it, "number", 0);
        g_ptr_array_add(view->breaks, filter);
        g_array_append_val(view->break_numbers, number);
    }
}

/* Who follows us, or whom we follow. Whoever is new, or gets control, says anew where it looks. */
static void
view_link_followed(View *view, JsonObject *state)
{
    struct ViewFollow *follow = view->watching;
    guint followers =
        (guint)CLAMP(json_object_get_int_member_with_default(state, "followers", 0), 0, G_MAXINT);

    if (followers != follow->followers || !view->controls)
        g_clear_pointer(&follow->told, g_free);
    follow->followers = followers;
    if (follow->follows)
        view_follow_take(view, view_link_flag(state, "led", FALSE),
                         json_object_get_string_member_with_default(state, "at", NULL));
}

static void
view_link_state(View *view, JsonObject *state)
{
    view->held = view_link_flag(state, "held", FALSE);
    view->held_at = json_object_get_int_member_with_default(state, "held_at", 0);
    view->controls = view_link_flag(state, "controls", TRUE);
    view_link_breaks(view, state);
    view_link_followed(view, state);
}

/* Answers name their command, for one that waits for the world may be passed by others. */
static void
view_link_answer(View *view, JsonObject *answer)
{
    const char *error = json_object_get_string_member_with_default(answer, "error", NULL);
    const char *command = json_object_get_string_member_with_default(answer, "command", "");

    if (strcmp(command, "at") == 0)
        return;
    view_send_answered(view, command);
    if (!view_link_flag(answer, "ok", FALSE)) {
        view->seek = VIEW_SEEK_NOTHING;
        g_autofree char *why = words_sentence(error == NULL ? "refused" : error);

        view_notice(view, "%s: %s", command, why);
    } else if (strcmp(command, "send") == 0 || strcmp(command, "fetch") == 0) {
        view_notice(view, "The world has begun to %s.", command);
    } else if (strcmp(command, "presets") == 0) {
        view_send_take(view, answer);
    } else if (strcmp(command, "fault") == 0 || strcmp(command, "faults") == 0) {
        view_faults_take(view, answer);
        if (strcmp(command, "fault") == 0)
            view_notice(view,
                        ngettext("%u fault is armed; i shows what and how often each has come.",
                                 "%u faults are armed; i shows what and how often each has come.",
                                 view->armed->len),
                        view->armed->len);
    }
}

static void
view_link_line(guint number, View *view, const char *line)
{
    g_autoptr(JsonNode) node = view_link_parse(line);
    JsonObject *object = node == NULL ? NULL : json_node_get_object(node);

    if (object == NULL)
        return;
    if (number == LINK_WATCH && json_object_has_member(object, "held"))
        view_link_state(view, object);
    else
        view_link_answer(view, object);
}

static void
view_link_lines(ViewLink *link, guint number, View *view)
{
    GString *in = link->wires[number].in;
    char *end;

    while ((end = memchr(in->str, '\n', in->len)) != NULL) {
        *end = '\0';
        view_link_line(number, view, in->str);
        g_string_erase(in, 0, end + 1 - in->str);
    }
}

/* ---- the sockets ---- */

static gboolean
view_wire_read(ViewWire *wire)
{
    char buffer[4096];
    ssize_t got;

    while ((got = recv(wire->socket, buffer, sizeof(buffer), 0)) > 0) {
        g_string_append_len(wire->in, buffer, got);
        if (wire->in->len > VIEW_LINK_LINE_MAX)
            return FALSE;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static gboolean
view_wire_write(ViewWire *wire)
{
    ssize_t sent;

    if (wire->out->len == 0)
        return TRUE;
    sent = send(wire->socket, wire->out->str, wire->out->len, MSG_NOSIGNAL);
    if (sent < 0)
        return errno == EAGAIN || errno == EINTR;
    g_string_erase(wire->out, 0, sent);
    return TRUE;
}

static void
view_link_take_orders(ViewLink *link, View *view)
{
    ViewOrder *order;

    while ((order = g_queue_pop_head(&view->orders)) != NULL) {
        ViewWire *wire = &link->wires[order->steer ? LINK_STEER : LINK_ASK];

        if (wire->socket < 0) { /* who follows steers nothing */
            view_order_free(order);
            continue;
        }
        /* One order is one line, whatever was typed. */
        g_strdelimit(order->command, "\r\n", ' ');
        g_string_append_printf(wire->out, "%s\n", order->command);
        view_order_free(order);
    }
}

gboolean
view_link_serve(ViewLink *link, View *view)
{
    gboolean there = TRUE;

    g_autofree char *place = view_follow_tell(view);

    view_link_take_orders(link, view);
    if (place != NULL)
        g_string_append_printf(link->wires[LINK_WATCH].out, "at %s\n", place);
    for (guint i = 0; i < VIEW_LINK_LINES; i++) {
        if (link->wires[i].socket < 0)
            continue;
        there = view_wire_write(&link->wires[i]) && there;
        there = view_wire_read(&link->wires[i]) && there;
        view_link_lines(link, i, view);
    }
    return there;
}
