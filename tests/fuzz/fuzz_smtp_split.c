/* tests/fuzz/fuzz_smtp_split.c - addresses and paths. What is taken apart and written again is the
 * same address when it is taken apart once more: what the queue stores is what was meant. */
#include "tests/fuzz/fuzz.h"

#include "smtp/split.h"

static void
check_again(const SmtpAddress *address)
{
    g_autoptr(SmtpAddress) again = smtp_split_address(address->full, NULL);

    g_assert_nonnull(again);
    g_assert_cmpstr(again->full, ==, address->full);
    g_assert_cmpstr(again->local, ==, address->local);
    g_assert_cmpstr(again->domain, ==, address->domain);
}

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    g_autofree char *text = fuzz_text(octets, length);
    const char *rest = NULL;
    g_autoptr(SmtpAddress) address = smtp_split_address(text, NULL);
    g_autoptr(SmtpAddress) path = smtp_split_path(text, &rest, NULL);

    if (address != NULL)
        check_again(address);
    if (path != NULL)
        g_assert_true(rest > text && rest <= text + strlen(text));
    if (path != NULL && *path->domain != '\0')
        check_again(path);
    return 0;
}
