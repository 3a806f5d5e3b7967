/* split.c - which user, which domain? (RFC 5321 §4.1.2)     Your file: it stands in for smtp/split.c.
 *
 *   alice.b@north.example        "jo@n"@north.example
 *   '-----' '-----------'        '----' '-----------'
 *    user    domain               user   domain: the @ in quotes is one of its letters
 *
 * It builds, and works for the simplest addresses: everything up to the first @ is the user. That is
 * how most people would write it. The three functions are yours to write; what each has to do stands
 * in smtp/split_inside.h, and smtp/split_domain.c shows how a reader of this house is written.
 */
#include <string.h>

#include "smtp/split_inside.h"

/* alice.b: letters, digits and the signs of smtp_split_is_atext(), single dots between them. */
gboolean
smtp_split_dot_string(const char **text, GString *local, GError **error)
{
    gsize length = strcspn(*text, "@");

    if (length == 0)
        return smtp_split_wrong(error, "there is no user before the @");
    g_string_append_len(local, *text, (gssize)length);
    *text += length;
    return TRUE;
}

/* "jo@n": *text stands at the first quote. What is in the quotes is the user, the quotes are not. A
 * backslash takes the meaning from the octet that follows it. Only printable ASCII is allowed. */
gboolean
smtp_split_quoted(const char **text, GString *local, GError **error)
{
    return smtp_split_dot_string(text, local, error);
}

/* The user in either form, at most SMTP_LOCAL_PART_MAX octets; then an @; then a name or an address
 * literal, at most SMTP_DOMAIN_MAX octets. Where there is no @: smtp_split_without_domain(). */
SmtpAddress *
smtp_split_mailbox(const char **text, GError **error)
{
    g_autoptr(GString) local = g_string_new(NULL);
    g_autoptr(GString) domain = g_string_new(NULL);
    gboolean quoted = **text == '"';

    if (quoted ? !smtp_split_quoted(text, local, error)
               : !smtp_split_dot_string(text, local, error))
        return NULL;
    if (**text != '@')
        return smtp_split_without_domain(local, quoted, **text, error);
    *text += 1;
    if (!smtp_split_name(text, domain, error))
        return NULL;
    return smtp_split_made(local, domain, quoted);
}
