/* smtp/split_address.c - an address that has been taken apart, and written again.
 *
 * Tests: tests/test_smtp_split.c
 */
#include <string.h>

#include "smtp/split_inside.h"

G_DEFINE_QUARK(smtp - split - error, smtp_split_error)

gboolean
smtp_split_wrong(GError **error, const char *rule)
{
    g_set_error_literal(error, smtp_split_error_quark(), 0, rule);
    return FALSE;
}

gboolean
smtp_split_is_atext(char octet)
{
    return octet != '\0' && (g_ascii_isalnum(octet) || strchr("!#$%&'*+-/=?^_`{|}~", octet));
}

SmtpAddress *
smtp_address_copy(const SmtpAddress *address)
{
    SmtpAddress *copy = g_new0(SmtpAddress, 1);

    copy->local = g_strdup(address->local);
    copy->domain = g_strdup(address->domain);
    copy->full = g_strdup(address->full);
    copy->quoted = address->quoted;
    copy->literal = address->literal;
    return copy;
}

void
smtp_address_free(SmtpAddress *address)
{
    if (address == NULL)
        return;
    g_free(address->local);
    g_free(address->domain);
    g_free(address->full);
    g_free(address);
}

/* A user that stood in quotes, in the form with the fewest (RFC 5321 §4.1.2 asks senders for it). */
static char *
smtp_split_requote(const char *local)
{
    g_autoptr(GString) parsed = g_string_new(NULL);
    const char *rest = local;
    GString *quoted;

    if (smtp_split_dot_string(&rest, parsed, NULL) && *rest == '\0')
        return g_strdup(local);
    quoted = g_string_new("\"");
    for (const char *octet = local; *octet != '\0'; octet++) {
        if (*octet == '"' || *octet == '\\')
            g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *octet);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

SmtpAddress *
smtp_split_made(const GString *local, const GString *domain, gboolean quoted)
{
    SmtpAddress *address = g_new0(SmtpAddress, 1);
    g_autofree char *requoted = quoted ? smtp_split_requote(local->str) : NULL;

    address->local = g_strdup(local->str);
    address->domain = g_strdup(domain->str);
    address->full =
        g_strconcat(quoted ? requoted : local->str, domain->len > 0 ? "@" : "", domain->str, NULL);
    address->quoted = quoted;
    address->literal = domain->str[0] == '[';
    return address;
}

SmtpAddress *
smtp_split_without_domain(const GString *local, gboolean quoted, char next, GError **error)
{
    g_autoptr(GString) none = g_string_new(NULL);

    if (g_ascii_strcasecmp(local->str, "postmaster") == 0)
        return smtp_split_made(local, none, quoted);
    smtp_split_wrong(error, (guchar)next > 127
                                ? "letters beyond ASCII need SMTPUTF8, which we do not offer"
                                : "there is no @ after the user");
    return NULL;
}
