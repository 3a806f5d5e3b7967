/* smtp/route.c - is the domain ours, or somebody else's?
 *
 * Start reading at smtp_route_decide(). Tests: tests/test_smtp_route.c
 */
#include "smtp/route.h"

#include "trace/words.h"

gboolean
smtp_route_is_ours(const SmtpSettings *settings, const char *domain)
{
    if (*domain == '\0')
        return TRUE;
    for (char **ours = settings->domains; ours != NULL && *ours != NULL; ours++)
        if (g_ascii_strcasecmp(*ours, domain) == 0)
            return TRUE;
    if (*domain != '[')
        return FALSE;
    /* user@[127.0.0.2] means the host at that address, and that is us (RFC 5321 §4.1.3). */
    g_autofree char *address = smtp_route_literal(domain);
    return g_str_equal(address, settings->address);
}

static void
smtp_route_tell_local(Trace *trace, const SmtpAddress *address)
{
    trace_put_text(trace, "domain", address->domain);
    trace_put_flag(trace, "local", TRUE);
    trace_put_text(trace, "outcome", "local");
    trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6", "%s is ours: the message stays here",
                   *address->domain == '\0' ? "postmaster" : address->domain);
}

/* @why: what names the next host. */
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

void
smtp_route_decide(const SmtpSettings *settings, Trace *trace, const SmtpAddress *address,
                  SmtpRoute *route)
{
    g_autofree char *override = NULL;
    const char *why = "";

    *route = (SmtpRoute){ SMTP_ROUTE_MX, NULL, 0 };
    if (smtp_route_is_ours(settings, address->domain)) {
        route->kind = SMTP_ROUTE_LOCAL;
        smtp_route_tell_local(trace, address);
        return;
    }
    override = smtp_route_override(settings, address->domain);
    if (override != NULL) {
        smtp_route_set_host(route, override, settings->relay_port);
        why = N_(", and our own table names the host: ");
    } else if (settings->relay_via != NULL && *settings->relay_via != '\0') {
        smtp_route_set_host(route, settings->relay_via, settings->relay_port);
        why = N_(", and all such mail goes through ");
    } else if (address->literal) {
        *route = (SmtpRoute){ SMTP_ROUTE_HOST, smtp_route_literal(address->domain),
                              settings->relay_port };
        why = N_(", to the address itself: ");
    }
    smtp_route_tell_remote(trace, address, why, route);
}
