/* tests/fuzz/fuzz_smtp_data.c - the end of a message's data. Fed at once or octet by octet, the
 * machine finds the same end and the same message (RFC 5321 §4.5.2); and what it accepts holds no
 * second end that another server could see in it ("smuggling"). */
#include "tests/fuzz/fuzz.h"

#include "smtp/data.h"

static gboolean
feed(SmtpData *data, const char *octets, gsize length, gsize portion, gsize *taken, GString *out)
{
    *taken = 0;
    while (*taken < length) {
        gsize some = 0;
        gboolean ended =
            smtp_data_feed(data, octets + *taken, MIN(portion, length - *taken), &some, out);

        *taken += some;
        if (ended)
            return TRUE;
    }
    return FALSE;
}

/* Every line of an accepted message ends in CRLF, and no octet of it is a CR or LF alone. */
static void
check_lines(const GString *message)
{
    for (gsize i = 0; i < message->len; i++) {
        if (message->str[i] == '\n')
            g_assert_true(i > 0 && message->str[i - 1] == '\r');
        if (message->str[i] == '\r' && i + 1 < message->len)
            g_assert_true(message->str[i + 1] == '\n');
        g_assert_true(message->str[i] != '\0');
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    gboolean eightbit = length > 0 && (octets[0] & 1) != 0;
    g_autoptr(SmtpData) whole = smtp_data_new(eightbit, 2000);
    g_autoptr(SmtpData) split = smtp_data_new(eightbit, 2000);
    g_autoptr(GString) one = g_string_new(NULL), two = g_string_new(NULL);
    gsize taken_one, taken_two;
    gboolean ended = feed(whole, (const char *)octets, length, MAX(length, 1), &taken_one, one);

    g_assert_cmpint(ended, ==, feed(split, (const char *)octets, length, 1, &taken_two, two));
    g_assert_cmpuint(taken_one, ==, taken_two);
    g_assert_cmpint(smtp_data_wrong(whole) == NULL, ==, smtp_data_wrong(split) == NULL);
    if (ended && smtp_data_wrong(whole) == NULL) {
        g_assert_cmpmem(one->str, one->len, two->str, two->len);
        check_lines(one);
    }
    return 0;
}
