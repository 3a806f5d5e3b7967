/* tests/test_pop3_kept.c - lists of maildrops, left by one session for the next. */
#include "pop3/kept.h"

#include <locale.h>

#include "pop3/maildrop.h"

static void
keep(Pop3Kept *kept, gint64 mailbox, guint64 modseq, guint count)
{
    GArray *items = g_array_new(FALSE, TRUE, sizeof(Pop3Item));

    g_array_set_size(items, count);
    pop3_kept_put(kept, mailbox, modseq, items);
}

static void
expect(Pop3Kept *kept, gint64 mailbox, guint64 modseq, guint count)
{
    g_autoptr(GArray) items = pop3_kept_take(kept, mailbox, modseq);

    g_assert_cmpuint(items->len, ==, count);
}

static void
test_modseq(void)
{
    g_test_summary(
        "RFC 7162 §3.1: each change raises MODSEQ, so what was kept at another is not true");
    g_autoptr(Pop3Kept) kept = pop3_kept_new();

    expect(kept, 1, 5, 0);
    keep(kept, 1, 5, 1000);
    keep(kept, 2, 5, 2000);
    expect(kept, 3, 5, 0);
    expect(kept, 1, 5, 1000);
    expect(kept, 1, 5, 0); /* it went with its session */
    expect(kept, 2, 6, 0);
    expect(kept, 2, 5, 0); /* MODSEQ never comes back: it is gone */
}

static void
test_limits(void)
{
    g_test_summary("four lists are kept, none that is short and none that is huge");
    g_autoptr(Pop3Kept) kept = pop3_kept_new();

    keep(kept, 1, 1, 999);
    expect(kept, 1, 1, 0);
    keep(kept, 1, 1, 250001);
    expect(kept, 1, 1, 0);
    keep(kept, 1, 1, 250000);
    for (gint64 mailbox = 2; mailbox <= 4; mailbox++)
        keep(kept, mailbox, 1, 1000);
    expect(kept, 1, 1, 250000);
    keep(kept, 1, 1, 1500);
    keep(kept, 5, 1, 1000);
    expect(kept, 2, 1, 0);
    expect(kept, 3, 1, 1000);
    expect(kept, 1, 1, 1500);
    keep(kept, 6, 1, 1000); /* freed with the rest */
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pop3/kept/modseq", test_modseq);
    g_test_add_func("/pop3/kept/limits", test_limits);
    return g_test_run();
}
