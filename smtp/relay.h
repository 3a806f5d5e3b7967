/* smtp/relay.h - one conversation with the next host, one hop (RFC 5321 §3.6.2), and the messages
 * that go over it.
 *
 *   which host? > call it > (no answer: the next address) > speak SMTP > write down what came of it
 *                                                            ^                        |
 *                                                            +---- another message ---+
 *
 * For each recipient the result is done, retry or bounce, written in the open group. After a message
 * the connection is free: the queue gives another one for the same destination, or ends it.
 */
#ifndef SMTP_RELAY_H
#define SMTP_RELAY_H

#include "smtp/relay_down.h"
#include "smtp/smtp.h"

#define SMTP_RELAY_CONNECT_S 300 /* for the connection to stand, where peer-timeout names no time */
#define SMTP_RELAY_MESSAGES  100 /* over one connection; then QUIT, and a new one */

typedef struct SmtpRelay SmtpRelay;

/* It is over, the rows are written, the connection is closed. Free @relay now. @written FALSE: the
 * database refused; the rows still say that they are being tried. */
typedef void (*SmtpRelayDone)(SmtpRelay *relay, gboolean written, void *data);

/* What several relays of a host share. */
typedef struct SmtpRelayCrew {
    const SmtpHost *host;
    SmtpRelayDown *down; /* hosts that could not be reached a moment ago */
    gboolean careful;    /* the last commit failed: nobody sets out before the next one */
    GArray *taken;       /* gint64: recipients taken by the next host since the last commit */
    GArray *owed;        /* gint64: others of them that the database would not take */
    SmtpRelayDone done;
    void *data; /* done's */
} SmtpRelayCrew;

/**
 * smtp_relay_new:
 * @destination: of smtp_relay_hosts_destination(): what may share a connection
 * @items: (transfer full) (element-type StoreQueueItem): recipients of one message who share it
 *
 * Writes that they are being tried, with the time of the next attempt, and sets out. Done is called
 * once, never before this returns.
 *
 * Returns: NULL with @error where the database refused; @items are freed then, too
 */
SmtpRelay *smtp_relay_new(const SmtpRelayCrew *crew, const char *destination, GPtrArray *items,
                          GError **error);
/* Cuts it where it stands: nothing more is written, done is not called. */
void smtp_relay_free(SmtpRelay *relay);
/* Is row @id among the recipients whose end is open? */
gboolean smtp_relay_has(const SmtpRelay *relay, gint64 id);
/* The queue row of the message it is busy with; 0: none any more. */
gint64 smtp_relay_queue(const SmtpRelay *relay);
const char *smtp_relay_destination(const SmtpRelay *relay);
/* Its message is done, and the connection can carry another one. */
gboolean smtp_relay_is_free(const SmtpRelay *relay);
/* It has no message and takes none: QUIT is under way. */
gboolean smtp_relay_is_leaving(const SmtpRelay *relay);
/* A free relay takes another message: as smtp_relay_new(), without a call. FALSE: the database
 * refused, the relay is still free. */
gboolean smtp_relay_again(SmtpRelay *relay, GPtrArray *items, GError **error);
/* A commit went through: that its message is being tried is on the disk. Who had to be careful sets
 * out now. */
void smtp_relay_committed(SmtpRelay *relay);
/* A commit failed. TRUE: with it went that its message is being tried, so it must not set out; that
 * is told, and @relay is to be freed. */
gboolean smtp_relay_is_called_off(SmtpRelay *relay);
/* A free relay says QUIT. */
void smtp_relay_end(SmtpRelay *relay);

#endif
