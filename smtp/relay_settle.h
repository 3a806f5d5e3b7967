/* smtp/relay_settle.h - what becomes of a recipient after an attempt: done, again, or given up.
 *
 *   2yz to the dot        done: the next host is responsible now
 *   not now               again later; perhaps a delay notice
 *   never, or too late    failed; a bounce
 */
#ifndef SMTP_RELAY_SETTLE_H
#define SMTP_RELAY_SETTLE_H

#include "smtp/relay_hosts.h"

/* One call to one host, as it is written down. */
typedef struct SmtpRelayCall {
    const SmtpNextHost *next; /* NULL: it did not come to a call */
    gint64 duration_us;
} SmtpRelayCall;

/* Writes the row of the attempt, for a call after which the next address is tried. */
gboolean smtp_relay_note(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                         const SmtpReply *reply, const SmtpRelayCall *call, GError **error);
/* Writes the attempt and its consequence, under a savepoint of its own in the open group. */
gboolean smtp_relay_settle(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                           const SmtpReply *reply, const SmtpRelayCall *call, GError **error);

#endif
