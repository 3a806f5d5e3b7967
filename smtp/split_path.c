/* smtp/split_path.c - a path: an address in angle brackets, and what stands around it.
 *
 *   <@hop.example,@hop2.example:"jo@n"@north.example> SIZE=100
 *    '---- source route -------' '-----------------'  '------'
 *       read and forgotten            address          rest
 *
 * Start reading at smtp_split_path(). Tests: tests/test_smtp_split.c
 */
#include <string.h>

#include "smtp/split_inside.h"

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
