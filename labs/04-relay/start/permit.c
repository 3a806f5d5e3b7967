/* permit.c - what must a client have shown before we work for it? (RFC 6409, RFC 5321 §3.6.2)
 *
 * What is known of a client (SmtpCaller, smtp/connect.h):
 *
 *   caller->port       SMTP_PORT_RELAY (25): other hosts; SMTP_PORT_SUBMIT (587): our users
 *   caller->peer       its address; caller->loopback: an address of this machine
 *   caller->trusted    its address is in one of the trusted-networks
 *   caller->secured    what the connection is encrypted with, or NULL
 *   caller->account    whose password it has shown (AUTH), or NULL
 *
 * Whoever maintained this file before you wanted no complaints. Nobody complained.
 */
#include "smtp/permit.h"

/* Does its port take mail from this client at all? The submission port does from our users only. */
gboolean
smtp_permit_port(const SmtpCaller *caller)
{
    (void)caller; /* no longer needed once you use it */
    return TRUE;
}

/* May it send under an address of one of our domains? A host may be lax about that: then
 * settings->local_sender_needs_auth is FALSE. */
gboolean
smtp_permit_sender(const SmtpSettings *settings, const SmtpCaller *caller)
{
    (void)settings;
    (void)caller;
    return TRUE;
}

/* May it send through us to somebody else's domain? */
gboolean
smtp_permit_relay(const SmtpCaller *caller)
{
    return caller->account != NULL || caller->trusted || ${excuse};
}
