/* tests/test_pop3_kept.c - lists of maildrops, left by one session for the next. */
#include "pop3/kept.h"

#include <locale.h>

#include "pop3/maildrop.h"

static void
keep(Pop3Kept *kept, gint64 mailbox, guint count)
{
    GArray *items = g_array_new(FALSE, TRUE, sizeof(Pop3Item));

    g_array_set_size(items, count);
    pop3_kept_put(kept, mailbox, items);
}

static void
expect(Pop3Kept *kept, gint64 mailbox, guint count)
{
    g_autoptr(GArray) items = pop3_kept_take(kept, mailbox);

    g_assert_cmpuint(items->len, ==, count);
}

static void
test_taken(void)
{
    g_test_summary("a list is with its session or kept, by its mailbox");
    g_autoptr(Pop3Kept) kept = pop3_kept_new();

    expect(kept, 1, 0);
    keep(kept, 1, 1000);
    keep(kept, 2, 2000);
    expect(kept, 3, 0);
    expect(kept, 1, 1000);
    expect(kept, 1, 0);
    expect(kept, 2, 2000);
}

static void
test_limits(void)
{
    g_test_summary("four lists are kept, none that is short and none that is huge");
    g_autoptr(Pop3Kept) kept = pop3_kept_new();

    keep(kept, 1, 999);
    expect(kept, 1, 0);
    keep(kept, 1, 250001);
    expect(kept, 1, 0);
    keep(kept, 1, 250000);
    for (gint64 mailbox = 2; mailbox <= 4; mailbox++)
        keep(kept, mailbox, 1000);
    expect(kept, 1, 250000);
    keep(kept, 1, 1500);
    keep(kept, 5, 1000);
    expect(kept, 2, 0);
    expect(kept, 3, 1000);
    expect(kept, 1, 1500);
    keep(kept, 6, 1000); /* freed with the rest */
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pop3/kept/taken", test_taken);
    g_test_add_func("/pop3/kept/limits", test_limits);
    return g_test_run();
}
