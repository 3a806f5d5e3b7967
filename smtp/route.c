/* smtp/route.c - is the domain ours, or somebody else's?
 *
 * Start reading at smtp_route_decide(). Tests: tests/test_smtp_route.c
 */
#include "smtp/route.h"

#include <string.h>

static const SmtpRefusal smtp_route_denied = { "550 5.7.1",
                                               "relaying denied: neither the domain nor the sender "
                                               "is ours" };

void
smtp_route_clear(SmtpRoute *route)
{
    g_free(route->host);
    route->host = NULL;
}

/* "::ffff:127.0.0.2" is 127.0.0.2 in another spelling (RFC 5321 §4.1.3, IPv6v4-full): a call to it
 * comes out at the same host. */
static const char *
smtp_route_plain(const char *address)
{
    const char *four = address + strlen("::ffff:");

    return g_ascii_strncasecmp(address, "::ffff:", strlen("::ffff:")) == 0 && strchr(four, '.')
               ? four
               : address;
}

gboolean
smtp_route_is_us(const SmtpSettings *settings, const char *address)
{
    const char *plain = smtp_route_plain(address);

    return g_str_equal(plain, settings->address) || g_str_equal(plain, "0.0.0.0") ||
           g_str_equal(plain, "::");
}

/* The address inside "[127.0.0.3]" or "[IPv6:::1]". */
static char *
smtp_route_literal(const char *domain)
{
    gsize front = g_str_has_prefix(domain, "[IPv6:") ? strlen("[IPv6:") : 1;
    g_autofree char *inside = g_strndup(domain + front, strlen(domain) - front - 1);

    return g_strdup(smtp_route_plain(inside));
}

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

/* "mx.hub.example", "127.0.0.4:2500", "[::1]:25": host and, where one is written, port. */
static void
smtp_route_set_host(SmtpRoute *route, const char *target, guint16 port)
{
    const char *colon = strrchr(target, ':');
    gboolean bracketed = *target == '[';
    guint64 number = port;
    gsize length = strlen(target);

    /* More than one colon and no brackets is an IPv6 address, and no port. */
    if (colon != NULL && (bracketed || strchr(target, ':') == colon) &&
        net_parse_number(colon + 1, -1, 65535, &number))
        length = colon - target;
    if (bracketed && length >= 2 && target[length - 1] == ']')
        route->host = g_strndup(target + 1, length - 2);
    else
        route->host = g_strndup(target, length);
    route->kind = SMTP_ROUTE_HOST;
    route->port = (guint16)number;
}

/* The target of the first row "DOMAIN: TARGET" for @domain, or NULL. */
static char *
smtp_route_override(const SmtpSettings *settings, const char *domain)
{
    gsize length = strlen(domain);

    for (char **row = settings->routes; row != NULL && *row != NULL; row++) {
        const char *text = *row + strspn(*row, " ");

        if (g_ascii_strncasecmp(text, domain, length) == 0 && text[length] == ':')
            return g_strstrip(g_strdup(text + length + 1));
    }
    return NULL;
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
        why = ", and our own table names the host: ";
    } else if (settings->relay_via != NULL && *settings->relay_via != '\0') {
        smtp_route_set_host(route, settings->relay_via, settings->relay_port);
        why = ", and all such mail goes through ";
    } else if (address->literal) {
        *route = (SmtpRoute){ SMTP_ROUTE_HOST, smtp_route_literal(address->domain),
                              settings->relay_port };
        why = ", to the address itself: ";
    }
    smtp_route_tell_remote(trace, address, why, route);
}

const SmtpRefusal *
smtp_route_may_relay(Trace *trace, const SmtpCaller *caller, const SmtpAddress *address)
{
    gboolean allowed = caller->account != NULL || caller->trusted;

    if (allowed)
        return NULL;
    trace_put_text(trace, "domain", address->domain);
    trace_put_text(trace, "outcome", "refused");
    trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6.2",
                   "%s has not logged in and is in no trusted network: we do not carry its mail to "
                   "%s",
                   caller->peer, address->domain);
    return &smtp_route_denied;
}
