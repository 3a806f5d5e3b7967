/* smtp/route_host.c - a host as people write it: a name or an address, perhaps with a port.
 *
 *   mx.hub.example   127.0.0.4:2500   [::1]:25      in a row of routes, or as the smart host
 *   [127.0.0.3]      [IPv6:::1]                     in a recipient's address (RFC 5321 §4.1.3)
 *
 * Tests: tests/test_smtp_route.c
 */
#include <string.h>

#include "smtp/route.h"

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

char *
smtp_route_literal(const char *domain)
{
    gsize front = g_str_has_prefix(domain, "[IPv6:") ? strlen("[IPv6:") : 1;
    g_autofree char *inside = g_strndup(domain + front, strlen(domain) - front - 1);

    return g_strdup(smtp_route_plain(inside));
}

void
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

char *
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
