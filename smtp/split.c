/* smtp/split.c - which user, which domain? (RFC 5321 §4.1.2)
 *
 *   <@hop.example,@hop2.example:"jo@n"@north.example> SIZE=100
 *    '---- source route -------' '---' '-----------'  '------'
 *       read and forgotten       local    domain        rest
 *
 * The parser walks over the text once, octet by octet, and never calls itself. An address is only
 * believed when all of it fits the grammar: what comes later (who may relay?) decides on the
 * parsed parts, never on the text.
 *
 * Start reading at smtp_split_path(). Tests: tests/test_smtp_split.c
 */
#include "smtp/split.h"

#include <arpa/inet.h>
#include <string.h>

G_DEFINE_QUARK(smtp - split - error, smtp_split_error)

static gboolean
smtp_split_wrong(GError **error, const char *rule)
{
    g_set_error_literal(error, smtp_split_error_quark(), 0, rule);
    return FALSE;
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

/* The octets an unquoted word may hold (RFC 5322 §3.2.3). */
static gboolean
smtp_split_is_atext(char octet)
{
    return octet != '\0' && (g_ascii_isalnum(octet) || strchr("!#$%&'*+-/=?^_`{|}~", octet));
}

/* ---- the local part ---- */

/* Atoms with single dots between them. */
static gboolean
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

/* "..." with \ before a quote or a backslash; the quotes are not part of the name. */
static gboolean
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

/* ---- the domain ---- */

/* Letters, digits and hyphens, dots between; no hyphen first or last (RFC 1035's host names). */
static gboolean
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
static gboolean
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

/* ---- the whole ---- */

/* The form with the fewest quotes (RFC 5321 §4.1.2 asks senders for it). */
static char *
smtp_split_full(const char *local, const char *domain)
{
    g_autoptr(GString) parsed = g_string_new(NULL);
    const char *rest = local;
    GString *full = g_string_new(NULL);

    if (smtp_split_dot_string(&rest, parsed, NULL) && *rest == '\0') {
        g_string_append(full, local);
    } else {
        g_string_append_c(full, '"');
        for (const char *octet = local; *octet != '\0'; octet++) {
            if (*octet == '"' || *octet == '\\')
                g_string_append_c(full, '\\');
            g_string_append_c(full, *octet);
        }
        g_string_append_c(full, '"');
    }
    if (*domain != '\0') {
        g_string_append_c(full, '@');
        g_string_append(full, domain);
    }
    return g_string_free(full, FALSE);
}

static SmtpAddress *
smtp_split_made(const GString *local, const GString *domain, gboolean quoted)
{
    SmtpAddress *address = g_new0(SmtpAddress, 1);

    address->local = g_strdup(local->str);
    address->domain = g_strdup(domain->str);
    address->full = smtp_split_full(local->str, domain->str);
    address->quoted = quoted;
    address->literal = domain->str[0] == '[';
    return address;
}

/* One mailbox; *@text moves behind it. <Postmaster> needs no domain (RFC 5321 §4.5.1). */
static SmtpAddress *
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
    if (**text != '@') {
        if (g_ascii_strcasecmp(local->str, "postmaster") == 0)
            return smtp_split_made(local, domain, quoted);
        smtp_split_wrong(error, (guchar)text[0][0] > 127
                                    ? "letters beyond ASCII need SMTPUTF8, which we do not offer"
                                    : "there is no @ after the user");
        return NULL;
    }
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

SmtpAddress *
smtp_split_address(const char *text, GError **error)
{
    const char *rest = text;
    g_autoptr(SmtpAddress) address = NULL;

    /* A path is the address with < and > around it. */
    if (strlen(text) > SMTP_PATH_MAX - 2) {
        smtp_split_wrong(error, "an address has at most 254 octets");
        return NULL;
    }
    address = smtp_split_mailbox(&rest, error);
    if (address == NULL)
        return NULL;
    if (*rest != '\0') {
        smtp_split_wrong(error, "something stands after the address");
        return NULL;
    }
    return g_steal_pointer(&address);
}

/* "@hop.example,@hop2.example:" is read, because it must be accepted, and forgotten, because it
 * should be ignored (RFC 5321 §4.1.2, §3.6.1). */
static gboolean
smtp_split_skip_route(const char **text, GError **error)
{
    g_autoptr(GString) hop = g_string_new(NULL);

    while (**text == '@') {
        *text += 1;
        g_string_truncate(hop, 0);
        if (!smtp_split_name(text, hop, error))
            return FALSE;
        if (**text == ':') {
            *text += 1;
            return TRUE;
        }
        if (**text != ',')
            return smtp_split_wrong(error, "a source route ends in a colon");
        *text += 1;
    }
    return smtp_split_wrong(error, "a source route is a list of @domain");
}

static SmtpAddress *
smtp_split_null_path(void)
{
    SmtpAddress *address = g_new0(SmtpAddress, 1);

    address->local = g_strdup("");
    address->domain = g_strdup("");
    address->full = g_strdup("");
    return address;
}

SmtpAddress *
smtp_split_path(const char *text, const char **rest, GError **error)
{
    const char *octet = text + 1;
    g_autoptr(SmtpAddress) address = NULL;

    if (*text != '<') {
        smtp_split_wrong(error, "a path stands in < and >");
        return NULL;
    }
    if (*octet == '>') {
        *rest = octet + 1;
        return smtp_split_null_path();
    }
    if (*octet == '@' && !smtp_split_skip_route(&octet, error))
        return NULL;
    address = smtp_split_mailbox(&octet, error);
    if (address == NULL)
        return NULL;
    if (*octet != '>' || octet + 1 - text > SMTP_PATH_MAX) {
        smtp_split_wrong(error, *octet != '>' ? "a > is missing after the address"
                                              : "a path has at most 256 octets");
        return NULL;
    }
    *rest = octet + 1;
    return g_steal_pointer(&address);
}
