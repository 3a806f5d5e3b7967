/* imap/client.h - the reading end of IMAP: responses in, commands out (RFC 3501).
 *
 *   greeting > LOGIN > SELECT INBOX > FETCH n BODY[] one by one > LOGOUT
 *
 * A small engine without a socket, for `glasspost fetch` and scripts. The messages stay on the
 * server; that they have been read is kept there too (\Seen, by BODY[] itself).
 */
#ifndef IMAP_CLIENT_H
#define IMAP_CLIENT_H

#include "net/line.h"
#include "net/service.h"

typedef struct ImapClient ImapClient;

typedef struct ImapClientWish {
    const char *user, *password;
    guint64 max_octets; /* of one message; 0: 64 MB */
    /* A whole message has come. May be NULL. @number: its sequence number, from 1. */
    void (*message)(void *data, guint number, const char *octets, gsize length);
    void *data;
} ImapClientWish;

/* Copies user and password. @trace (reader) may be NULL. */
ImapClient *imap_client_new(const ImapClientWish *wish, Trace *trace);
void imap_client_free(ImapClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapClient, imap_client_free)

/* Takes what has come, appends commands. After each call that wrote: net_conn_wrote(conn,
 * trace_last(trace)). NET_GO_ON: call again when more has come; NET_CLOSE: done, well or not. */
NetNext imap_client_input(ImapClient *client, NetBuffer *input, GString *out);
/* The connection ended (@why; NULL: the server closed it) before the end. */
void imap_client_cut(ImapClient *client, const char *why);

guint imap_client_found(const ImapClient *client);   /* messages in INBOX */
guint imap_client_fetched(const ImapClient *client); /* messages read */
/* NULL: all went well; else one line, what failed and the server's words. */
const char *imap_client_error(const ImapClient *client);

#endif
