/* app/attach.c - an attachment travels as text (RFC 2045, RFC 2046, RFC 2183, RFC 2231).
 *
 *   three octets      01001101 01100001 01101110      M a n
 *   four signs        010011 010110 000101 101110     T W F u
 *
 * Start reading at app_attach(): the part from boundary to boundary.
 * Tests: tests/test_app_attach.c
 */
#include "app/attach.h"

#include <string.h>

#define APP_ATTACH_LINE 76 /* signs of base64 in a line (RFC 2045 §6.8) */

/* ---- the octets ---- */

/* Three octets are 24 bits, and so are four signs of six. Where octets are missing at the end, "="
 * stands for the signs that would say nothing (RFC 2045 §6.8). */
static void
app_attach_group(GString *out, const guint8 *octets, gsize length)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    guint32 bits = (guint32)octets[0] << 16;

    if (length > 1)
        bits |= (guint32)octets[1] << 8;
    if (length > 2)
        bits |= octets[2];
    g_string_append_c(out, signs[bits >> 18 & 63]);
    g_string_append_c(out, signs[bits >> 12 & 63]);
    g_string_append_c(out, length > 1 ? signs[bits >> 6 & 63] : '=');
    g_string_append_c(out, length > 2 ? signs[bits & 63] : '=');
}

static void
app_attach_base64(GString *out, const guint8 *octets, gsize length)
{
    gsize line = 0;

    for (gsize i = 0; i < length; i += 3) {
        if (line == APP_ATTACH_LINE) {
            g_string_append_c(out, '\n');
            line = 0;
        }
        app_attach_group(out, octets + i, MIN(length - i, 3));
        line += 4;
    }
    g_string_append_c(out, '\n');
}

/* ---- the name ---- */

/* A header is US-ASCII. A plain name stands in quotes, a backslash before what would end them; any
 * other is UTF-8, each octet that is no plain sign as %41 (RFC 2231 §4). */
static void
app_attach_name(GString *out, const char *name)
{
    gboolean plain = TRUE;

    for (const char *one = name; *one != '\0'; one++)
        plain &= g_ascii_isprint(*one);
    g_string_append(out, plain ? "filename=\"" : "filename*=utf-8''");
    for (const char *one = name; *one != '\0'; one++) {
        if (!plain && !g_ascii_isalnum(*one) && strchr("-._~", *one) == NULL)
            g_string_append_printf(out, "%%%02X", (guint8)*one);
        else if (plain && strchr("\"\\", *one) != NULL)
            g_string_append_printf(out, "\\%c", *one);
        else
            g_string_append_c(out, *one);
    }
    g_string_append(out, plain ? "\"" : "");
}

/* ---- the part ---- */

void
app_attach(GString *out, const char *boundary, const AppAttachment *attachment)
{
    g_string_append_printf(out, "--%s\n", boundary);
    g_string_append_printf(out, "Content-Type: %s\n", attachment->type);
    g_string_append(out, "Content-Transfer-Encoding: base64\n");
    g_string_append(out, "Content-Disposition: attachment;\n ");
    app_attach_name(out, attachment->name);
    /* The empty line ends the part's header; the last line end belongs to the boundary, not to the
     * part (RFC 2046 §5.1.1). */
    g_string_append(out, "\n\n");
    app_attach_base64(out, attachment->octets, attachment->length);
    g_string_append_printf(out, "\n--%s--\n", boundary);
}
