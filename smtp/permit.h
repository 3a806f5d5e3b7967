/* smtp/permit.h - what must a client have shown before we work for it? (RFC 6409, RFC 5321 §3.6.2)
 *
 *                                   logged in   trusted network   anybody else
 *   hand in at the submission port     yes            yes              no
 *   send under an address of ours      yes            yes              no, unless the host is lax
 *   send to somebody else's domain     yes            yes              no
 *
 * Anybody may deliver to our own users: that is what port 25 is for. Nothing that a client only says
 * of itself (its name in EHLO, the address behind MAIL FROM) opens a door.
 */
#ifndef SMTP_PERMIT_H
#define SMTP_PERMIT_H

#include "smtp/connect.h"

/* Does its port take mail from this client at all? The submission port does from our users only. */
gboolean smtp_permit_port(const SmtpCaller *caller);
/* May it send under an address of one of our domains? Whose exactly, is not asked here. */
gboolean smtp_permit_sender(const SmtpSettings *settings, const SmtpCaller *caller);
/* May it send through us to somebody else's domain? A host where anybody may is an open relay. */
gboolean smtp_permit_relay(const SmtpCaller *caller);

#endif
