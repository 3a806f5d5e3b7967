/* tests/fuzz/fuzz_smtp_filter.c - rule files. What is wrong is told with file, line and column. */
#include "tests/fuzz/fuzz.h"

#include "smtp/filter.h"

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    g_autofree char *text = fuzz_text(octets, length);
    g_autoptr(GError) error = NULL;
    SmtpFilter *filter = smtp_filter_parse("fuzz.filter", text, &error);

    if (filter == NULL)
        g_assert_true(g_str_has_prefix(error->message, "fuzz.filter:"));
    smtp_filter_free(filter);
    return 0;
}
