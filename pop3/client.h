/* pop3/client.h - the reading end of POP3: replies in, commands out (RFC 1939).
 *
 *   greeting > USER > PASS > STAT > (RETR [> DELE])... > QUIT
 *
 * A small engine without a socket, for `glasspost fetch` and scripts.
 */
#ifndef POP3_CLIENT_H
#define POP3_CLIENT_H

#include "net/line.h"
#include "net/service.h"

typedef struct Pop3Client Pop3Client;

typedef struct Pop3ClientWish {
    const char *user, *password;
    gboolean delete;    /* DELE what was read */
    guint64 max_octets; /* of one message; 0: 64 MB */
    /* A whole message has come, dots removed. May be NULL. @number: from 1. */
    void (*message)(void *data, guint number, const char *octets, gsize length);
    void *data;
} Pop3ClientWish;

/* Copies user and password. @trace (reader) may be NULL. */
Pop3Client *pop3_client_new(const Pop3ClientWish *wish, Trace *trace);
void pop3_client_free(Pop3Client *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pop3Client, pop3_client_free)

/* Takes what has come, appends commands. After each call that wrote: net_conn_wrote(conn,
 * trace_last(trace)). NET_GO_ON: call again when more has come; NET_CLOSE: done, well or not. */
NetNext pop3_client_input(Pop3Client *client, NetBuffer *input, GString *out);
/* The connection ended (@why; NULL: the server closed it) before the end. */
void pop3_client_cut(Pop3Client *client, const char *why);

guint pop3_client_found(const Pop3Client *client);   /* messages in the maildrop */
guint pop3_client_fetched(const Pop3Client *client); /* messages read */
guint pop3_client_deleted(const Pop3Client *client); /* of them deleted, once QUIT is answered */
/* NULL: all went well; else one line, what failed and the server's words. */
const char *pop3_client_error(const Pop3Client *client);

#endif
