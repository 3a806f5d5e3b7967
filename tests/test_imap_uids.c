/* tests/test_imap_uids.c - UIDs kept as runs, against a plain array of them. */
#include "imap/uids.h"

#include <locale.h>

static void
expect_found(const ImapUids *uids, guint32 uid, guint index, gboolean there)
{
    gboolean found = !there;

    g_assert_cmpuint(imap_uids_find(uids, uid, &found), ==, index);
    g_assert_cmpint(found, ==, there);
}

static void
test_empty(void)
{
    g_test_summary("An empty mailbox has no UID, and costs nothing");
    g_autoptr(ImapUids) uids = imap_uids_new();

    g_assert_cmpuint(imap_uids_count(uids), ==, 0);
    g_assert_cmpuint(imap_uids_runs(uids), ==, 0);
    g_assert_cmpuint(imap_uids_last(uids), ==, 0);
    expect_found(uids, 1, 0, FALSE);
}

static void
test_one_run(void)
{
    g_test_summary("RFC 9051 §2.3.1.1: UIDs ascend; 100,000 without a gap cost as much as one");
    g_autoptr(ImapUids) uids = imap_uids_new();

    for (guint32 uid = 7; uid < 100007; uid++)
        imap_uids_add(uids, uid);
    g_assert_cmpuint(imap_uids_runs(uids), ==, 1);
    g_assert_cmpuint(imap_uids_count(uids), ==, 100000);
    g_assert_cmpuint(imap_uids_at(uids, 0), ==, 7);
    g_assert_cmpuint(imap_uids_at(uids, 99999), ==, 100006);
    expect_found(uids, 6, 0, FALSE);
    expect_found(uids, 50000, 49993, TRUE);
    expect_found(uids, 100007, 100000, FALSE);
}

static void
test_largest(void)
{
    g_test_summary("RFC 9051 §9: a UID is a number of 32 bits");
    g_autoptr(ImapUids) uids = imap_uids_new();

    imap_uids_add(uids, 1);
    imap_uids_add(uids, G_MAXUINT32 - 1);
    imap_uids_add(uids, G_MAXUINT32);
    g_assert_cmpuint(imap_uids_last(uids), ==, G_MAXUINT32);
    expect_found(uids, G_MAXUINT32, 2, TRUE);
    expect_found(uids, G_MAXUINT32 - 2, 1, FALSE);
    expect_found(uids, 2, 1, FALSE);
}

static void
test_copy(void)
{
    g_test_summary("A copy stays as it was when the mailbox goes on");
    g_autoptr(ImapUids) uids = imap_uids_new();

    imap_uids_add(uids, 7);
    g_autoptr(ImapUids) copy = imap_uids_copy(uids);
    imap_uids_add(uids, 9);
    g_assert_cmpuint(imap_uids_count(copy), ==, 1);
    g_assert_cmpuint(imap_uids_runs(copy), ==, 1);
    g_assert_cmpuint(imap_uids_last(copy), ==, 7);
}

/* Each UID that @plain holds or not is found where it stands there. */
static void
expect_same(const ImapUids *uids, const GArray *plain)
{
    guint index = 0;

    g_assert_cmpuint(imap_uids_count(uids), ==, plain->len);
    for (guint i = 0; i < plain->len; i++)
        g_assert_cmpuint(imap_uids_at(uids, i), ==, g_array_index(plain, guint32, i));
    for (guint32 uid = 1; uid <= imap_uids_last(uids); uid++) {
        gboolean there = g_array_index(plain, guint32, index) == uid;

        expect_found(uids, uid, index, there);
        index += there;
    }
}

static void
test_random(void)
{
    g_test_summary("Whatever was removed from a mailbox, numbers and UIDs fit as in a plain array");
    for (guint round = 0; round < 50; round++) {
        g_autoptr(ImapUids) uids = imap_uids_new(), front = imap_uids_new();
        g_autoptr(GArray) plain = g_array_new(FALSE, FALSE, sizeof(guint32));
        gint often = g_test_rand_int_range(1, 20);

        for (guint32 uid = 1; uid < 1000; uid++) {
            if (g_test_rand_int_range(0, 20) >= often)
                continue;
            imap_uids_add(uid < 500 ? front : uids, uid);
            g_array_append_val(plain, uid);
        }
        imap_uids_add_all(front, uids);
        if (plain->len > 0)
            expect_same(front, plain);
        g_assert_cmpuint(imap_uids_runs(front), <=, plain->len);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/uids/empty", test_empty);
    g_test_add_func("/imap/uids/one-run", test_one_run);
    g_test_add_func("/imap/uids/largest", test_largest);
    g_test_add_func("/imap/uids/copy", test_copy);
    g_test_add_func("/imap/uids/random", test_random);
    return g_test_run();
}
