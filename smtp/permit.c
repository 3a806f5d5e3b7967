/* smtp/permit.c - what must a client have shown before we work for it?
 *
 * Two things can be shown: a password (AUTH), and an address in a network that the world file
 * trusts. The exercise of labs/04-relay. Tests: tests/test_smtp_route.c, tests/test_smtp_session.c
 */
#include "smtp/permit.h"

static gboolean
smtp_permit_is_known(const SmtpCaller *caller)
{
    return caller->account != NULL || caller->trusted;
}

gboolean
smtp_permit_port(const SmtpCaller *caller)
{
    return caller->port != SMTP_PORT_SUBMIT || smtp_permit_is_known(caller);
}

gboolean
smtp_permit_sender(const SmtpSettings *settings, const SmtpCaller *caller)
{
    return !settings->local_sender_needs_auth || smtp_permit_is_known(caller);
}

gboolean
smtp_permit_relay(const SmtpCaller *caller)
{
    return smtp_permit_is_known(caller);
}
