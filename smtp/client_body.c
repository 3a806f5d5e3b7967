/* smtp/client_body.c - a message as it goes over the wire (RFC 5321 §4.5.2).
 *
 * The dots are smtp/dot.c's. Here what the message is (without the doubled dots) is counted and
 * hashed, and its beginning kept for the learner who looks at the event.
 *
 * Tests: tests/test_smtp_client.c
 */
#include "smtp/client_body.h"

#include "smtp/dot.h"
#include "storage/digest.h"

#define SMTP_BODY_KEPT_MAX (17 * 1024) /* octets of a message: what the trace may show */

struct SmtpBody {
    SmtpDotState state;
    guint64 octets;
    StoreDigest *digest;
    GString *kept; /* the message's beginning */
};

SmtpBody *
smtp_body_new(void)
{
    SmtpBody *body = g_new0(SmtpBody, 1);

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
    gsize room = SMTP_BODY_KEPT_MAX - body->kept->len;

    smtp_dot_write(&body->state, octets, length, out);
    body->octets += length;
    store_digest_feed(body->digest, octets, length);
    g_string_append_len(body->kept, octets, (gssize)MIN(length, room));
}

void
smtp_body_finish(SmtpBody *body, GString *out)
{
    smtp_dot_finish(body->state, out);
}

void
smtp_body_put(const SmtpBody *body, Trace *trace)
{
    trace_put_number(trace, "octets", (gint64)body->octets);
    trace_put_text(trace, "sha256", store_digest_hex(body->digest));
    trace_put_message(trace, body->kept->str, body->kept->len);
}

guint64
smtp_body_octets(const SmtpBody *body)
{
    return body->octets;
}
