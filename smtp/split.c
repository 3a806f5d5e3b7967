/* smtp/split.c - which user, which domain? (RFC 5321 §4.1.2)
 *
 *   alice.b@north.example        "jo@n"@north.example
 *   '-----' '-----------'        '----' '-----------'
 *    user    domain               user   domain: the @ in quotes is one of its letters
 *
 * The parser walks over the text once, octet by octet, and never calls itself. An address is only
 * believed when all of it fits the grammar: what comes later (who may relay?) decides on the
 * parsed parts, never on the text.
 *
 * Start reading at smtp_split_mailbox(). Tests: tests/test_smtp_split.c
 */
#include "smtp/split_inside.h"

gboolean
smtp_split_dot_string(const char **text, GString *local, GError **error)
{
    const char *octet = *text;

    for (; smtp_split_is_atext(*octet) || *octet == '.'; octet++) {
        gboolean dot = *octet == '.';

        if (dot && (local->len == 0 || local->str[local->len - 1] == '.'))
            return smtp_split_wrong(error, "a dot stands between words, not before or after");
        g_string_append_c(local, *octet);
    }
    if (local->len == 0)
        return smtp_split_wrong(error, "there is no user before the @");
    if (local->str[local->len - 1] == '.')
        return smtp_split_wrong(error, "a dot stands between words, not before or after");
    *text = octet;
    return TRUE;
}

/* A backslash takes the meaning from what follows it: \" is a quote that does not end the name. */
gboolean
smtp_split_quoted(const char **text, GString *local, GError **error)
{
    const char *octet = *text + 1;

    for (; *octet != '"'; octet++) {
        if (*octet == '\\')
            octet++;
        if (*octet == '\0')
            return smtp_split_wrong(error, "the quote is not closed");
        if (*octet < 32 || *octet > 126)
            return smtp_split_wrong(error, "only printable ASCII may stand in quotes");
        g_string_append_c(local, *octet);
    }
    *text = octet + 1;
    return TRUE;
}

SmtpAddress *
smtp_split_mailbox(const char **text, GError **error)
{
    g_autoptr(GString) local = g_string_new(NULL);
    g_autoptr(GString) domain = g_string_new(NULL);
    gboolean quoted = **text == '"';

    if (quoted ? !smtp_split_quoted(text, local, error)
               : !smtp_split_dot_string(text, local, error))
        return NULL;
    if (local->len > SMTP_LOCAL_PART_MAX) {
        smtp_split_wrong(error, "the user before the @ has more than 64 octets");
        return NULL;
    }
    if (**text != '@')
        return smtp_split_without_domain(local, quoted, **text, error);
    *text += 1;
    if (**text == '[' ? !smtp_split_literal(text, domain, error)
                      : !smtp_split_name(text, domain, error))
        return NULL;
    if (domain->len > SMTP_DOMAIN_MAX) {
        smtp_split_wrong(error, "the domain has more than 255 octets");
        return NULL;
    }
    return smtp_split_made(local, domain, quoted);
}
