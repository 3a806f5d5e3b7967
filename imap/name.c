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

/* A name has one spelling only: what can stand for itself must not be encoded (RFC 3501 §5.1.3).
 * And no NUL: our strings would end there. */
static gboolean
imap_name_must_be_encoded(const gunichar2 *units, guint count)
{
    for (guint i = 0; i < count; i++)
        if (units[i] == 0 || (units[i] >= ' ' && units[i] <= '~'))
            return FALSE;
    return count > 0;
}

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
    if (count >= 6 || (bits & ((1u << count) - 1)) != 0 ||
        !imap_name_must_be_encoded((gunichar2 *)(void *)units->data, units->len))
        return FALSE;
    g_autofree char *text =
        g_utf16_to_utf8((gunichar2 *)(void *)units->data, units->len, NULL, NULL, NULL);
    if (text == NULL)
        return FALSE;
    g_string_append(out, text);
    return TRUE;
}

/* "inbox" is INBOX, and what is below it is below INBOX. */
static char *
imap_name_inbox(const char *name)
{
    char *own = g_strdup(name);

    if (g_ascii_strncasecmp(own, "INBOX", 5) == 0 && (own[5] == '\0' || own[5] == '/'))
        memcpy(own, "INBOX", 5);
    return own;
}

/* Names are 7-bit, and 8-bit ones should not be made (RFC 3501 §5.1). We go by that, and are kind
 * where it costs nothing: UTF-8 in a quoted string or a literal, as some clients send it, is read
 * as the name it means, and shown in modified UTF-7 ever after. Any other 8-bit octets could mean
 * anything: they are refused, and so are all of them in an atom, whose grammar is ASCII. */
char *
imap_name_to_utf8(const char *wire)
{
    g_autoptr(GString) name = g_string_new(NULL);
    const char *shifted = NULL; /* one past the last "-" that ended an encoded piece */

    if (!g_utf8_validate(wire, -1, NULL))
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
        else if (at == shifted || !imap_name_decode(at + 1, dash - at - 1, name))
            return NULL; /* two encoded pieces in a row would be one */
        else
            shifted = dash + 1;
        at = dash;
    }
    return imap_name_inbox(name->str);
}

char *
imap_name_compose(const char *wire)
{
    g_autofree char *composed = g_utf8_normalize(wire, -1, G_NORMALIZE_DEFAULT_COMPOSE);

    return composed == NULL ? NULL : imap_name_inbox(composed);
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

/* ---- patterns ---- */

/* "**" and "*%" match what "*" does. */
char *
imap_name_pattern(const char *pattern)
{
    GString *simple = g_string_new(NULL);

    while (*pattern != '\0') {
        gsize wild = strspn(pattern, "*%");

        if (wild == 0)
            g_string_append_c(simple, *pattern++);
        else
            g_string_append_c(simple, memchr(pattern, '*', wild) != NULL ? '*' : '%');
        pattern += wild;
    }
    return g_string_free(simple, FALSE);
}

/* One row of the table: reached[i] says whether the pattern so far can match the first i octets of
 * the name. FALSE: it can match none. */
static gboolean
imap_name_match_next(char octet, const char *name, gsize length, gboolean *reached)
{
    gboolean wild = octet == '*' || octet == '%', any;
    gboolean before = reached[0]; /* reached[i - 1] as it was in the row above */

    any = reached[0] = wild && reached[0];
    for (gsize i = 1; i <= length; i++) {
        gboolean above = reached[i];

        if (wild)
            reached[i] = above || (reached[i - 1] && (octet == '*' || name[i - 1] != '/'));
        else
            reached[i] = before && octet == name[i - 1];
        any |= reached[i];
        before = above;
    }
    return any;
}

/* Row by row: no recursion and no going back, so that "*a*a*a" costs no more than "abcabc". */
gboolean
imap_name_matches(const char *pattern, const char *name)
{
    gsize length = strlen(name);
    g_autofree gboolean *reached = g_new0(gboolean, length + 1);

    reached[0] = TRUE;
    for (; *pattern != '\0'; pattern++)
        if (!imap_name_match_next(*pattern, name, length, reached))
            return FALSE;
    return reached[length];
}
