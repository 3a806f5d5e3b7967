/* smtp/relay.h - one attempt to hand one message on: the conversation with the next host, one hop
 * (RFC 5321 §3.6.2).
 *
 *   which host? > call it > (no answer: the next address) > speak SMTP > write down what came of it
 *
 * For each recipient the result is done, retry or bounce, written in the open group.
 */
#ifndef SMTP_RELAY_H
#define SMTP_RELAY_H

#include "smtp/smtp.h"

#define SMTP_RELAY_CONNECT_S 300 /* for the connection to stand, where peer-timeout names no time */

typedef struct SmtpRelay SmtpRelay;

/* The attempt is over, the rows are written, the connection is closed. Free @relay now. @written
 * FALSE: the database refused; the rows still say that they are being tried. */
typedef void (*SmtpRelayDone)(SmtpRelay *relay, gboolean written, void *data);

/**
 * smtp_relay_new:
 * @items: (transfer full) (element-type StoreQueueItem): recipients of one message in one domain
 *
 * Writes that they are being tried, with the time of the next attempt, and sets out. @done is
 * called once, never before this returns.
 *
 * Returns: NULL with @error where the database refused; @items are freed then, too
 */
SmtpRelay *smtp_relay_new(const SmtpHost *host, GPtrArray *items, SmtpRelayDone done, void *data,
                          GError **error);
/* Cuts it where it stands: nothing more is written, @done is not called. */
void smtp_relay_free(SmtpRelay *relay);
/* Is row @id among its recipients? */
gboolean smtp_relay_has(const SmtpRelay *relay, gint64 id);

#endif
