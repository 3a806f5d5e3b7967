/* smtp/relay_settle.h - what becomes of a recipient after an attempt: done, again, or given up.
 *
 *   2yz to the dot        done: the next host is responsible now
 *   not now               again later; perhaps a delay notice
 *   never, or too late    failed; a bounce
 */
#ifndef SMTP_RELAY_SETTLE_H
#define SMTP_RELAY_SETTLE_H

#include "smtp/bounce.h"
#include "smtp/relay_hosts.h"

/* One call to one host, as it is written down. */
typedef struct SmtpRelayCall {
    const SmtpNextHost *next; /* NULL: it did not come to a call */
    gint64 duration_us;
    gboolean dsn; /* the host offers DSN: it was told what the sender wants to know */
} SmtpRelayCall;

/* Writes the row of the attempt, for a call after which the next address is tried. */
gboolean smtp_relay_note(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                         const SmtpReply *reply, const SmtpRelayCall *call, GError **error);
/* Writes the attempt and its consequence in the open group. What the sender is to be told of it is
 * left in @bounce, so that those who fail together are in one report. */
gboolean smtp_relay_settle(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                           const SmtpReply *reply, const SmtpRelayCall *call, SmtpBounce *bounce,
                           GError **error);

#endif
