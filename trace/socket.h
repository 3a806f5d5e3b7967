/* trace/socket.h - lines in and lines out over a Unix socket, for control.
 *
 * It knows no command. trace/ may not use net/, and while the gate holds the loop of net/ stands
 * still: so this has an epoll descriptor of its own.
 *
 *     trace_socket_poll()    accepts, reads
 *     trace_client_line()    a line that came           trace_client_say()   an answer
 *     trace_socket_finish()  writes, forgets those who are gone
 */
#ifndef TRACE_SOCKET_H
#define TRACE_SOCKET_H

#include <glib.h>

#define TRACE_SOCKET_CLIENTS_MAX 128          /* a class that follows its instructor has one each */
#define TRACE_SOCKET_LINE_MAX    (4 * 1024)   /* octets of a line; longer ones end the connection */
#define TRACE_SOCKET_INPUT_MAX   (64 * 1024)  /* waiting to be taken */
#define TRACE_SOCKET_OUTPUT_MAX  (256 * 1024) /* waiting to be read: who doesn't read is dropped */

typedef struct TraceSocket TraceSocket;

typedef struct TraceClient {
    int fd; /* -1: both directions are closed */
    GString *in, *out;
    gboolean ended; /* nothing more will come; it may still read */
    gboolean gone;  /* forgotten at the next finish */
    /* control's: */
    guint watch;      /* its place among the watchers, from 1; 0: it doesn't watch */
    GQueue *later;    /* lines (char *) that wait for the top of the loop */
    char *told;       /* the state it was told last; NULL: none */
    gboolean follows; /* a watcher that only mirrors the one who controls, and never will itself */
} TraceClient;

/* Listens on @path, mode 0600. NULL and @error: somebody answers there already, or it can't be. */
TraceSocket *trace_socket_new(const char *path, GError **error);
/* Closes all and removes the file. */
void trace_socket_free(TraceSocket *socket);

int trace_socket_fd(const TraceSocket *socket);
/* Accepts and reads what has come, after waiting up to @timeout_ms (-1: for ever) for it. */
void trace_socket_poll(TraceSocket *socket, int timeout_ms);
/* The descriptor is readable at once, until the next poll: something was left to be done. */
void trace_socket_wake(TraceSocket *socket);
/* Sends what can be sent; frees the clients that are gone or have got their last answer. */
void trace_socket_finish(TraceSocket *socket);

/* The oldest first. */
GPtrArray *trace_socket_clients(TraceSocket *socket);
/* The next line without its "\n" (or "\r\n"), newly allocated; NULL: no whole line yet. */
char *trace_client_line(TraceClient *client);
gboolean trace_client_has_line(const TraceClient *client);
/* Appends @line and "\n" to what the client is to be sent. */
void trace_client_say(TraceClient *client, const char *line);

#endif
