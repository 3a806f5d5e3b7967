/* smtp/limits.h - how much one client may ask of us: connections at once, messages a minute.
 *
 *   connections-per-client   one more is greeted with 421 4.7.0 and closed      (RFC 5321 §7.8)
 *   messages-per-minute      one more gets 450 4.7.1 at MAIL; a minute later it may
 *
 * Trusted networks are never limited. Clients of this machine are only where limit-loopback says so:
 * in a lab all clients are, and most labs are about something else.
 */
#ifndef SMTP_LIMITS_H
#define SMTP_LIMITS_H

#include "smtp/connect.h"
#include "smtp/reply.h"

/* One a host; what it remembers of clients is gone with it. */
SmtpLimits *smtp_limits_new(NetClock *clock);
void smtp_limits_free(SmtpLimits *limits);

/* @caller has connected: counted until smtp_limits_disconnect(), also when it is refused. NULL: it
 * may stay. */
const SmtpRefusal *smtp_limits_connect(const SmtpHost *host, Trace *trace,
                                       const SmtpCaller *caller);
void smtp_limits_disconnect(const SmtpHost *host, const SmtpCaller *caller);

/* @caller begins a message, which is counted where it may: NULL. */
const SmtpRefusal *smtp_limits_message(const SmtpHost *host, Trace *trace,
                                       const SmtpCaller *caller);

#endif
