/* smtp/route_relay.c - who may send through us to somebody else's domain?
 *
 * A host that carries mail from anybody to anybody is an open relay: spammers find it within hours.
 *
 * Tests: tests/test_smtp_route.c
 */
#include "smtp/route.h"

#include "smtp/permit.h"

static const SmtpRefusal smtp_route_denied = { "550 5.7.1",
                                               "relaying denied: neither the domain nor the sender "
                                               "is ours" };

const SmtpRefusal *
smtp_route_may_relay(Trace *trace, const SmtpCaller *caller, const SmtpAddress *address)
{
    if (smtp_permit_relay(caller))
        return NULL;
    trace_put_text(trace, "domain", address->domain);
    trace_put_text(trace, "outcome", "refused");
    trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6.2",
                   "%s has not logged in and is in no trusted network: we do not carry its mail to "
                   "%s",
                   caller->peer, address->domain);
    return &smtp_route_denied;
}
