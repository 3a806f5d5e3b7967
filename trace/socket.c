/* trace/socket.c - lines in and lines out over a Unix socket, for control.
 *
 *   epoll --+-- the listening socket
 *           +-- an eventfd, set by trace_socket_wake()
 *           +-- up to 128 clients, none of which can make us wait or use much memory
 *
 * A client is freed only in trace_socket_finish(): whoever walks over the list is safe.
 * Tests: tests/test_trace_control.c, tests/test_trace_control_watch.c
 */
#include "trace/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_EVENTS 16 /* taken from epoll at once */

struct TraceSocket {
    char *path;
    int epoll, listener, wake;
    GPtrArray *clients; /* TraceClient, the oldest first */
};

static void
trace_client_free(gpointer data)
{
    TraceClient *client = data;

    if (client->fd >= 0)
        close(client->fd);
    g_string_free(client->in, TRUE);
    g_string_free(client->out, TRUE);
    g_queue_free_full(client->later, g_free);
    g_free(client->told);
    g_free(client);
}

/* ---- opening ---- */

static gboolean
trace_socket_failed(const char *path, GError **error)
{
    int failure = errno;

    g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(failure), "control socket %s: %s",
                path, g_strerror(failure));
    return FALSE;
}

/* A file that nobody answers at was left by a process that was killed. */
static gboolean
trace_socket_clear_path(const char *path, const struct sockaddr_un *address, GError **error)
{
    GStatBuf status;

    if (g_lstat(path, &status) != 0)
        return errno == ENOENT || trace_socket_failed(path, error);
    if (!S_ISSOCK(status.st_mode)) {
        errno = EEXIST;
        return trace_socket_failed(path, error);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int answered = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)address, sizeof *address);
    int failure = errno;

    if (fd >= 0)
        close(fd);
    if (answered == 0 || failure != ECONNREFUSED) {
        errno = answered == 0 ? EADDRINUSE : failure;
        return trace_socket_failed(path, error);
    }
    return g_unlink(path) == 0 || trace_socket_failed(path, error);
}

static gboolean
trace_socket_watch(TraceSocket *socket, int fd, void *who)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = who };

    return epoll_ctl(socket->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static gboolean
trace_socket_listen(TraceSocket *self, GError **error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen(self->path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return trace_socket_failed(self->path, error);
    }
    memcpy(address.sun_path, self->path, strlen(self->path) + 1);
    if (!trace_socket_clear_path(self->path, &address, error))
        return FALSE;
    /* Linux gives the file the mode of the socket: at no time can others connect. */
    self->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    self->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self->listener < 0 || self->epoll < 0 || self->wake < 0 ||
        fchmod(self->listener, 0600) != 0 ||
        bind(self->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(self->path, 0600) != 0 || listen(self->listener, TRACE_SOCKET_CLIENTS_MAX) != 0 ||
        !trace_socket_watch(self, self->listener, NULL) ||
        !trace_socket_watch(self, self->wake, self))
        return trace_socket_failed(self->path, error);
    return TRUE;
}

static void
trace_socket_close(TraceSocket *socket)
{
    int descriptors[] = { socket->listener, socket->epoll, socket->wake };

    for (guint i = 0; i < G_N_ELEMENTS(descriptors); i++) {
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    }
    g_ptr_array_unref(socket->clients);
    g_free(socket->path);
    g_free(socket);
}

TraceSocket *
trace_socket_new(const char *path, GError **error)
{
    TraceSocket *socket = g_new0(TraceSocket, 1);

    socket->path = g_strdup(path);
    socket->epoll = socket->listener = socket->wake = -1;
    socket->clients = g_ptr_array_new_with_free_func(trace_client_free);
    if (trace_socket_listen(socket, error))
        return socket;
    trace_socket_close(socket);
    return NULL;
}

void
trace_socket_free(TraceSocket *socket)
{
    if (socket == NULL)
        return;
    g_unlink(socket->path);
    trace_socket_close(socket);
}

int
trace_socket_fd(const TraceSocket *socket)
{
    return socket->epoll;
}

GPtrArray *
trace_socket_clients(TraceSocket *socket)
{
    return socket->clients;
}

/* ---- reading ---- */

static void
trace_socket_accept(TraceSocket *socket)
{
    int fd;

    while ((fd = accept(socket->listener, NULL, NULL)) >= 0) {
        TraceClient *client;

        if (socket->clients->len >= TRACE_SOCKET_CLIENTS_MAX ||
            fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
            close(fd);
            continue;
        }
        client = g_new0(TraceClient, 1);
        client->fd = fd;
        client->in = g_string_new(NULL);
        client->out = g_string_new(NULL);
        client->later = g_queue_new();
        client->gone = !trace_socket_watch(socket, fd, client);
        g_ptr_array_add(socket->clients, client);
    }
}

/* Takes all that is there; what comes without end is cut off by the limits. */
static void
trace_client_read(TraceClient *client)
{
    char octets[4096];

    while (!client->ended && !client->gone) {
        gssize n = recv(client->fd, octets, sizeof octets, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (n <= 0) {
            client->ended = TRUE;
            return;
        }
        g_string_append_len(client->in, octets, n);
        if (client->in->len > TRACE_SOCKET_INPUT_MAX)
            client->gone = TRUE;
    }
}

/* Tells epoll what this client is waited for. */
static void
trace_client_expect(TraceSocket *socket, TraceClient *client)
{
    struct epoll_event event = { .data.ptr = client };

    if (client->fd < 0)
        return;
    event.events =
        (client->ended ? 0u : (guint32)EPOLLIN) | (client->out->len > 0 ? (guint32)EPOLLOUT : 0u);
    epoll_ctl(socket->epoll, EPOLL_CTL_MOD, client->fd, &event);
}

/* Both directions are closed: no answer can reach it, but what it asked for is still done. */
static void
trace_client_hang_up(TraceClient *client)
{
    client->ended = TRUE;
    g_string_truncate(client->out, 0);
    close(client->fd);
    client->fd = -1;
}

static void
trace_socket_drain_wake(TraceSocket *socket)
{
    guint64 count;

    while (read(socket->wake, &count, sizeof count) > 0)
        continue;
}

void
trace_socket_wake(TraceSocket *socket)
{
    guint64 one = 1;

    while (write(socket->wake, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

void
trace_socket_poll(TraceSocket *socket, int timeout_ms)
{
    struct epoll_event events[SOCKET_EVENTS];
    int count = epoll_wait(socket->epoll, events, SOCKET_EVENTS, timeout_ms);

    for (int i = 0; i < count; i++) {
        TraceClient *client = events[i].data.ptr;

        if (client == NULL) {
            trace_socket_accept(socket);
        } else if (events[i].data.ptr == socket) {
            trace_socket_drain_wake(socket);
        } else {
            trace_client_read(client);
            if (events[i].events & (EPOLLHUP | EPOLLERR))
                trace_client_hang_up(client);
        }
    }
}

gboolean
trace_client_has_line(const TraceClient *client)
{
    return memchr(client->in->str, '\n', client->in->len) != NULL;
}

char *
trace_client_line(TraceClient *client)
{
    const char *newline = memchr(client->in->str, '\n', client->in->len);
    gsize length = newline == NULL ? client->in->len : (gsize)(newline - client->in->str);

    if (length > TRACE_SOCKET_LINE_MAX) {
        trace_client_say(client, "{\"ok\":false,\"error\":\"the line is too long\"}");
        g_string_truncate(client->in, 0);
        client->ended = TRUE;
        return NULL;
    }
    if (newline == NULL)
        return NULL;
    char *line = g_strndup(client->in->str, length);
    g_string_erase(client->in, 0, (gssize)length + 1);
    return g_strchomp(line);
}

/* ---- writing ---- */

void
trace_client_say(TraceClient *client, const char *line)
{
    if (client->fd < 0 || client->gone)
        return;
    g_string_append(client->out, line);
    g_string_append_c(client->out, '\n');
    if (client->out->len > TRACE_SOCKET_OUTPUT_MAX)
        client->gone = TRUE;
}

static void
trace_client_write(TraceClient *client)
{
    while (client->fd >= 0 && client->out->len > 0 && !client->gone) {
        gssize n = send(client->fd, client->out->str, client->out->len, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (n < 0)
            client->gone = TRUE;
        else
            g_string_erase(client->out, 0, n);
    }
}

/* A watcher that only closed its own direction goes on reading. */
static gboolean
trace_client_is_done(const TraceClient *client)
{
    if (client->gone)
        return TRUE;
    return client->ended && client->out->len == 0 && g_queue_is_empty(client->later) &&
           !trace_client_has_line(client) && (client->watch == 0 || client->fd < 0);
}

void
trace_socket_finish(TraceSocket *socket)
{
    for (guint i = 0; i < socket->clients->len;) {
        TraceClient *client = g_ptr_array_index(socket->clients, i);

        trace_client_write(client);
        if (trace_client_is_done(client)) {
            g_ptr_array_remove_index(socket->clients, i);
        } else {
            trace_client_expect(socket, client);
            i++;
        }
    }
}
