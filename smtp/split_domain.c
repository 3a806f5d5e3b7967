/* smtp/split_domain.c - the half behind the @: a name, or an address literal (RFC 5321 §4.1.2, §4.1.3).
 *
 * Tests: tests/test_smtp_split.c
 */
#include <arpa/inet.h>
#include <string.h>

#include "smtp/split_inside.h"

/* Letters, digits and hyphens, dots between; no hyphen first or last (RFC 1035's host names). */
gboolean
smtp_split_name(const char **text, GString *domain, GError **error)
{
    const char *octet = *text;
    gsize label = 0;

    for (; g_ascii_isalnum(*octet) || *octet == '-' || *octet == '.'; octet++) {
        char before = domain->len == 0 ? '.' : domain->str[domain->len - 1];

        label = *octet == '.' ? 0 : label + 1;
        if (label > 63)
            return smtp_split_wrong(error, "a label of a domain has at most 63 octets");
        if (before == '.' && (*octet == '.' || *octet == '-'))
            return smtp_split_wrong(error, "each label of a domain starts with a letter or digit");
        if (before == '-' && *octet == '.')
            return smtp_split_wrong(error, "no label of a domain ends in a hyphen");
        g_string_append_c(domain, g_ascii_tolower(*octet));
    }
    if (domain->len == 0)
        return smtp_split_wrong(error, "there is no domain after the @");
    if (strchr(".-", domain->str[domain->len - 1]) != NULL)
        return smtp_split_wrong(error, "a domain ends in a letter or digit");
    *text = octet;
    return TRUE;
}

/* "[127.0.0.2]" or "[IPv6:::1]" (RFC 5321 §4.1.3); kept in one spelling, so that two spellings of
 * one address compare equal. */
gboolean
smtp_split_literal(const char **text, GString *domain, GError **error)
{
    const char *end = strchr(*text, ']');
    guint8 octets[sizeof(struct in6_addr)];
    char spelt[INET6_ADDRSTRLEN];

    if (end == NULL || end - *text > SMTP_DOMAIN_MAX)
        return smtp_split_wrong(error, "the address literal is not closed");
    g_autofree char *inside = g_strndup(*text + 1, end - *text - 1);
    gboolean six = g_ascii_strncasecmp(inside, "IPv6:", 5) == 0;

    if (inet_pton(six ? AF_INET6 : AF_INET, six ? inside + 5 : inside, octets) != 1)
        return smtp_split_wrong(error, "not an IP address between [ and ]");
    inet_ntop(six ? AF_INET6 : AF_INET, octets, spelt, sizeof spelt);
    g_string_append_printf(domain, "[%s%s]", six ? "IPv6:" : "", spelt);
    *text = end + 1;
    return TRUE;
}
