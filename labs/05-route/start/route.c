/* route.c - is the domain ours, or somebody else's?     Your file: it stands in for smtp/route.c.
 *
 * Two functions are yours: smtp_route_is_ours(), smtp_route_decide(). What they have to do stands in
 * smtp/route.h; for all that is only reading and writing of texts there are functions in
 * smtp/route_host.c.
 */
#include "smtp/route.h"

/* Yours. Far too generous: any domain is taken for ours. */
gboolean
smtp_route_is_ours(G_GNUC_UNUSED const SmtpSettings *settings, G_GNUC_UNUSED const char *domain)
{
    return TRUE;
}

/* ---- given: the decision, told to the viewer ---- */

static void
smtp_route_tell_local(Trace *trace, const SmtpAddress *address)
{
    trace_put_text(trace, "domain", address->domain);
    trace_put_flag(trace, "local", TRUE);
    trace_put_text(trace, "outcome", "local");
    trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6", "%s is ours: the message stays here",
                   *address->domain == '\0' ? "postmaster" : address->domain);
}

/* @why: what names the next host: ", and our own table names the host: ". "" for DNS. */
static void
smtp_route_tell_remote(Trace *trace, const SmtpAddress *address, const char *why,
                       const SmtpRoute *route)
{
    trace_put_text(trace, "domain", address->domain);
    trace_put_flag(trace, "local", FALSE);
    trace_put_text(trace, "outcome", "remote");
    if (route->host != NULL)
        trace_put_text(trace, "next", route->host);
    trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6",
                   "%s is not ours: the message must travel%s%s", address->domain, why,
                   route->host != NULL ? route->host : "");
}

/* ---- yours again ---- */

/* Five ways: it stays here; a row of our own table (smtp_route_override), the smart host
 * (settings->relay_via) or an address literal (smtp_route_literal) names the next host; or DNS does. */
void
smtp_route_decide(const SmtpSettings *settings, Trace *trace, const SmtpAddress *address,
                  SmtpRoute *route)
{
    *route = (SmtpRoute){ SMTP_ROUTE_MX, NULL, 0 };
    if (smtp_route_is_ours(settings, address->domain)) {
        route->kind = SMTP_ROUTE_LOCAL;
        smtp_route_tell_local(trace, address);
        return;
    }
    smtp_route_tell_remote(trace, address, "", route);
}
