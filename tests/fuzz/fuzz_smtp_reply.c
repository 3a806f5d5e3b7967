/* tests/fuzz/fuzz_smtp_reply.c - what the next host says: replies, and what is none. Taken at once
 * or octet by octet they are the same, and however much comes, little is kept. */
#include "tests/fuzz/fuzz.h"

#include "smtp/client_reply.h"

/* The codes and texts that came, one a line. */
static GString *
read_all(const guint8 *octets, gsize length, gsize portion)
{
    g_autoptr(SmtpReader) reader = smtp_reader_new();
    g_autoptr(NetBuffer) input = net_buffer_new();
    GString *said = g_string_new(NULL);
    SmtpReply reply = { 0 };
    const char *why = NULL;

    for (gsize at = 0; at < length; at += portion) {
        SmtpReaderNext next;

        net_buffer_add(input, octets + at, MIN(portion, length - at));
        while ((next = smtp_reader_take(reader, input, &reply, &why)) == SMTP_READER_OK) {
            g_assert_true(reply.code >= 200 && reply.code <= 599);
            g_assert_cmpuint(strlen(reply.text), <=,
                             SMTP_REPLY_LINES_MAX * (SMTP_REPLY_LINE_KEPT + 1));
            g_string_append_printf(said, "%u %s %s\n", reply.code, reply.enhanced, reply.text);
            smtp_reply_clear(&reply);
        }
        if (next == SMTP_READER_BAD) {
            g_assert_nonnull(why);
            g_string_append_printf(said, "bad: %s\n", why);
            break;
        }
        g_assert_cmpuint(net_buffer_length(input), <=, SMTP_REPLY_LINE_MAX);
    }
    smtp_reply_clear(&reply);
    return said;
}

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    g_autoptr(GString) whole = read_all(octets, length, MAX(length, 1));
    g_autoptr(GString) split = read_all(octets, length, 1);

    g_assert_cmpstr(whole->str, ==, split->str);
    return 0;
}
