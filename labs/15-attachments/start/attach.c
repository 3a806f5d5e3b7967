/* attach.c - an attachment travels as text. Stands in for app/attach.c; app/attach.h has the picture.
 *
 * Written already: which part of the message comes where, in app_attach(). To be written: base64
 * (RFC 2045 §6.8) and the file's name (RFC 2183 §2.3, RFC 2231 §4), and what app_attach() still lacks.
 * Lines end with "\n" here; they get their CRLF later.
 */
#include "app/attach.h"

/* Appends @length octets (1, 2 or 3 of them) as four signs. Where octets are missing, the last signs
 * are "=". */
static void
app_attach_group(GString *out, const guint8 *octets, gsize length)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)octets;
    (void)length;
    g_string_append_c(out, signs[0]);
}

/* All the octets, at most 76 signs in a line, and a "\n" behind the last line, too. */
static void
app_attach_base64(GString *out, const guint8 *octets, gsize length)
{
    if (length > 0)
        app_attach_group(out, octets, 1);
    g_string_append_c(out, '\n');
}

/* filename="red.png", and filename*=utf-8''gr%C3%BCn.png where the name is not US-ASCII. In quotes a
 * backslash stands before each quote and each backslash. */
static void
app_attach_name(GString *out, const char *name)
{
    (void)name;
    g_string_append(out, "filename=\"file\"");
}

void
app_attach(GString *out, const char *boundary, const AppAttachment *attachment)
{
    g_string_append_printf(out, "--%s\n", boundary);
    g_string_append_printf(out, "Content-Type: %s\n", attachment->type);
    g_string_append(out, "Content-Disposition: attachment;\n ");
    app_attach_name(out, attachment->name);
    g_string_append(out, "\n\n");
    app_attach_base64(out, attachment->octets, attachment->length);
    g_string_append_printf(out, "\n--%s--\n", boundary);
}
