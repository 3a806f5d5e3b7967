/* smtp/relay_down.h - hosts that could not be reached a moment ago (RFC 5321 §4.5.4.1).
 *
 *   127.0.0.3 port 25    nobody answers    until 09:01:00
 *
 * A call that nobody answers takes minutes. Of a hundred messages for such a host only the first few
 * wait for it; the others are put off at once. For a short while only, less than any retry waits: a
 * message never meets the memory of its own failure.
 */
#ifndef SMTP_RELAY_DOWN_H
#define SMTP_RELAY_DOWN_H

#include "net/net.h"

#define SMTP_RELAY_DOWN_S   60 /* remembered so long, but at most half of the first retry's wait */
#define SMTP_RELAY_DOWN_MAX 1000 /* hosts; the oldest are forgotten first */

typedef struct SmtpRelayDown SmtpRelayDown;

SmtpRelayDown *smtp_relay_down_new(NetClock *clock);
void smtp_relay_down_free(SmtpRelayDown *down);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpRelayDown, smtp_relay_down_free)
/* @why: "127.0.0.3 port 25: nobody answers". @first_wait_s: of the host's retry times. */
void smtp_relay_down_note(SmtpRelayDown *down, const char *address, guint16 port, const char *why,
                          gint64 first_wait_s);
/* Why it could not be reached; NULL: nothing is known. @ago_s: how long ago that was. */
const char *smtp_relay_down_find(SmtpRelayDown *down, const char *address, guint16 port,
                                 gint64 *ago_s);
/* It has answered. */
void smtp_relay_down_forget(SmtpRelayDown *down, const char *address, guint16 port);
/* Somebody who knows better asks for another try. */
void smtp_relay_down_forget_all(SmtpRelayDown *down);

#endif
