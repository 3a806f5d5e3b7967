/* smtp/client_body.c - a message as it goes over the wire (RFC 5321 §4.5.2).
 *
 *   octet    at the start of a line?   what is written
 *   '.'      yes                       ".."
 *   '.'      no                        "."
 *   end      no                        CRLF "." CRLF
 *   end      yes                       "." CRLF
 *
 * The same walk counts and hashes what the message is (without the doubled dots), and keeps its
 * beginning for the learner who looks at the event. Tests: tests/test_smtp_client.c
 */
#include "smtp/client_body.h"

#include <string.h>

#include "storage/digest.h"

#define SMTP_BODY_HEAD_MAX  (16 * 1024) /* of the headers, kept for the trace */
#define SMTP_BODY_START_MAX 1024        /* of what follows them */

struct SmtpBody {
    gboolean line_start; /* the next octet is the first of its line */
    char last;           /* the octet before it */
    guint64 octets;
    StoreDigest *digest;
    GString *kept; /* the message's beginning: as much as the trace may show */
};

SmtpBody *
smtp_body_new(void)
{
    SmtpBody *body = g_new0(SmtpBody, 1);

    body->line_start = TRUE;
    body->digest = store_digest_new();
    body->kept = g_string_new(NULL);
    return body;
}

void
smtp_body_free(SmtpBody *body)
{
    if (body == NULL)
        return;
    store_digest_free(body->digest);
    g_string_free(body->kept, TRUE);
    g_free(body);
}

void
smtp_body_write(SmtpBody *body, const char *octets, gsize length, GString *out)
{
    gsize room = SMTP_BODY_HEAD_MAX + SMTP_BODY_START_MAX - body->kept->len;

    for (gsize i = 0; i < length; i++) {
        if (octets[i] == '.' && body->line_start)
            g_string_append_c(out, '.');
        g_string_append_c(out, octets[i]);
        body->line_start = octets[i] == '\n' && body->last == '\r';
        body->last = octets[i];
    }
    body->octets += length;
    store_digest_feed(body->digest, octets, length);
    g_string_append_len(body->kept, octets, (gssize)MIN(length, room));
}

void
smtp_body_finish(SmtpBody *body, GString *out)
{
    if (!body->line_start)
        g_string_append(out, "\r\n");
    g_string_append(out, ".\r\n");
}

void
smtp_body_put(const SmtpBody *body, Trace *trace)
{
    const char *end = strstr(body->kept->str, "\r\n\r\n");
    gsize length = end != NULL ? (gsize)(end + 2 - body->kept->str) : body->kept->len;
    g_autofree char *head = g_strndup(body->kept->str, MIN(length, SMTP_BODY_HEAD_MAX));
    g_autofree char *start =
        g_strndup(end != NULL ? end + 4 : "", end != NULL ? SMTP_BODY_START_MAX : 0);

    trace_put_number(trace, "octets", (gint64)body->octets);
    trace_put_text(trace, "sha256", store_digest_hex(body->digest));
    trace_put_text(trace, "head", head);
    trace_put_text(trace, "start", start);
}

guint64
smtp_body_octets(const SmtpBody *body)
{
    return body->octets;
}
