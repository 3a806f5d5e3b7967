/* smtp/relays.h - all relays of a host that are under way: what is due is handed to them, and how
 * many there may be.
 *
 *   due rows > by message and destination > a relay that is free for it: over the open connection
 *                                         > room for another one: a new relay
 *                                         > none: the row stays in the queue
 */
#ifndef SMTP_RELAYS_H
#define SMTP_RELAYS_H

#include "smtp/smtp.h"

#define SMTP_RELAYS_MAX           100 /* conversations at once, */
#define SMTP_RELAYS_A_DESTINATION 10  /* with the same destination */
#define SMTP_RELAY_RECIPIENTS     100 /* of one message in one transaction (RFC 5321 §4.5.3.1.8) */

typedef struct SmtpRelays SmtpRelays;

/* @ended: one of them has ended; @written FALSE: what came of it could not be written. */
SmtpRelays *smtp_relays_new(const SmtpHost *host, void (*ended)(void *data, gboolean written),
                            void *data);
/* Those under way are cut. */
void smtp_relays_free(SmtpRelays *relays);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpRelays, smtp_relays_free)
guint smtp_relays_count(const SmtpRelays *relays);

/* Hands out what is due at @now_s, and says QUIT where nothing more is to go. After a commit only:
 * what is handed out must be durable. */
gboolean smtp_relays_start(SmtpRelays *relays, gint64 now_s, GError **error);
/* Rows that are due may not have been looked at, because so many others wait for a destination that
 * is busy: look again soon. */
gboolean smtp_relays_left_rows(const SmtpRelays *relays);
/* Nothing more goes over connections that are open: QUIT. */
void smtp_relays_end_free(SmtpRelays *relays);
/* A commit went through, or failed: then those are cut whose message has not been on its way, and
 * nothing more goes over connections that are free. */
void smtp_relays_committed(SmtpRelays *relays);
void smtp_relays_commit_failed(SmtpRelays *relays);
/* Writes again which recipients the next hosts have taken, where a failed commit has lost it. */
gboolean smtp_relays_write_taken(SmtpRelays *relays, Trace *trace, GError **error);
/* Hosts that could not be reached a moment ago may be called again. */
void smtp_relays_forget_down(SmtpRelays *relays);

#endif
