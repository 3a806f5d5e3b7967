/* imap/name.c - mailbox names: modified UTF-7 on the wire, UTF-8 in the database.
 *
 *   &APw-   between & and -: UTF-16 in base64, with "," for "/" and no padding
 *   &-      the character & itself
 *   other   printable ASCII stands for itself (RFC 3501 §5.1.3)
 *
 * Tests: tests/test_imap_name.c
 */
#include "imap/name.h"

#include <string.h>

static const char imap_name_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* Decodes what stands between & and -: 16-bit units, high octet first, appended as UTF-8. */
static gboolean
imap_name_decode(const char *base64, gsize length, GString *out)
{
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(gunichar2));
    guint32 bits = 0;
    guint count = 0;

    for (gsize i = 0; i < length; i++) {
        const char *digit = strchr(imap_name_digits, base64[i]);
        if (digit == NULL || *digit == '\0')
            return FALSE;
        bits = (bits << 6 | (guint32)(digit - imap_name_digits)) & 0x3fffff;
        count += 6;
        if (count >= 16) {
            gunichar2 unit = (gunichar2)(bits >> (count - 16));
            g_array_append_val(units, unit);
            count -= 16;
        }
    }
    if (count >= 6 || (bits & ((1u << count) - 1)) != 0)
        return FALSE;
    g_autofree char *text =
        g_utf16_to_utf8((gunichar2 *)(void *)units->data, units->len, NULL, NULL, NULL);
    if (text == NULL || strlen(text) == 0)
        return FALSE;
    g_string_append(out, text);
    return TRUE;
}

/* Names are 7-bit, and 8-bit ones should not be made (RFC 3501 §5.1). We go by that, and are kind
 * where it costs nothing: UTF-8 in a quoted string or a literal, as some clients send it, is read as
 * the name it means, and shown in modified UTF-7 ever after. Any other 8-bit octets could mean
 * anything: they are refused, and so are all of them in an atom, whose grammar is ASCII. */
char *
imap_name_to_utf8(const char *wire)
{
    g_autoptr(GString) name = g_string_new(NULL);

    if (strlen(wire) > IMAP_NAME_MAX || !g_utf8_validate(wire, -1, NULL))
        return NULL;
    for (const char *at = wire; *at != '\0'; at++) {
        if (*at != '&') {
            g_string_append_c(name, *at);
            continue;
        }
        const char *dash = strchr(at, '-');
        if (dash == NULL)
            return NULL;
        if (dash == at + 1)
            g_string_append_c(name, '&');
        else if (!imap_name_decode(at + 1, dash - at - 1, name))
            return NULL;
        at = dash;
    }
    return g_strdup(g_ascii_strcasecmp(name->str, "INBOX") == 0 ? "INBOX" : name->str);
}

/* Appends the characters from @start to @end, none of them printable ASCII. */
static void
imap_name_encode(const char *start, const char *end, GString *out)
{
    glong count = 0;
    g_autofree gunichar2 *units = g_utf8_to_utf16(start, end - start, NULL, &count, NULL);
    guint32 bits = 0;
    guint waiting = 0;

    g_string_append_c(out, '&');
    for (glong i = 0; i < count; i++) {
        bits = (bits << 16 | units[i]) & 0x3fffff;
        for (waiting += 16; waiting >= 6; waiting -= 6)
            g_string_append_c(out, imap_name_digits[bits >> (waiting - 6) & 63]);
    }
    if (waiting > 0)
        g_string_append_c(out, imap_name_digits[bits << (6 - waiting) & 63]);
    g_string_append_c(out, '-');
}

char *
imap_name_from_utf8(const char *name)
{
    g_autoptr(GString) wire = g_string_new(NULL);
    const char *at = name;

    while (*at != '\0') {
        const char *start = at;

        while (*at != '\0' && (*at < ' ' || *at > '~'))
            at++;
        if (at > start)
            imap_name_encode(start, at, wire);
        else if (*at == '&')
            g_string_append(wire, "&-"), at++;
        else
            g_string_append_c(wire, *at++);
    }
    return g_strdup(wire->str);
}

gboolean
imap_name_is_good(const char *name)
{
    gsize length = strlen(name);

    if (length == 0 || length > IMAP_NAME_MAX || name[0] == '/' || name[length - 1] == '/' ||
        strstr(name, "//") != NULL || strpbrk(name, "*%") != NULL)
        return FALSE;
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at))
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return FALSE;
    return TRUE;
}

/* Row by row: reached[i] says whether the pattern so far can match the first i octets of the name.
 * No recursion and no going back, so that "****" costs no more than "abcd". */
gboolean
imap_name_matches(const char *pattern, const char *name)
{
    gsize length = strlen(name);
    g_autofree gboolean *reached = g_new0(gboolean, length + 1);

    reached[0] = TRUE;
    for (; *pattern != '\0'; pattern++) {
        gboolean wild = *pattern == '*' || *pattern == '%';
        gboolean before = reached[0]; /* reached[i - 1] as it was in the row above */

        if (!wild)
            reached[0] = FALSE;
        for (gsize i = 1; i <= length; i++) {
            gboolean above = reached[i];

            if (wild)
                reached[i] = above || (reached[i - 1] && (*pattern == '*' || name[i - 1] != '/'));
            else
                reached[i] = before && *pattern == name[i - 1];
            before = above;
        }
    }
    return reached[length];
}
