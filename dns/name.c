/* dns/name.c - domain names as text.
 *
 * libresolv turns text into the wire's form and back and keeps the limits on the way; what is left
 * for us is comparing. Tests: tests/test_dns_name.c
 */
#include "dns/name.h"

#include <arpa/nameser.h>
#include <string.h>

char *
dns_name_clean(const char *name)
{
    guint8 wire[DNS_NAME_MAX];
    char text[NS_MAXDNAME];

    /* The empty text would become the root, and nobody who writes nothing means that. */
    if (*name == '\0' || ns_name_pton(name, wire, sizeof wire) < 0)
        return NULL;
    if (ns_name_ntop(wire, text, sizeof text) < 0)
        return NULL;
    return g_strdup(text);
}

char *
dns_name_key(const char *name)
{
    return g_ascii_strdown(name, -1);
}

gboolean
dns_name_equal(const char *a, const char *b)
{
    return g_ascii_strcasecmp(a, b) == 0;
}

const char *
dns_name_parent(const char *name)
{
    if (strcmp(name, ".") == 0)
        return NULL;
    for (const char *at = name; *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        else if (*at == '.')
            return at + 1;
    }
    return ".";
}

gboolean
dns_name_is_within(const char *name, const char *domain)
{
    for (const char *at = name; at != NULL; at = dns_name_parent(at))
        if (dns_name_equal(at, domain))
            return TRUE;
    return FALSE;
}
