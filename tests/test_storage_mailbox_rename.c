/* tests/test_storage_mailbox_rename.c - mailboxes get other names, and what is in INBOX moves. */
#include "tests/test_storage_mailbox.h"

static gboolean
rename_to(Fixture *fixture, const char *from, const char *to, GError **error)
{
    return store_mailbox_rename(fixture->store, fixture->alice, from, to, error);
}

static void
test_rename(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary(
        "RFC 9051 §6.3.6: inferiors move along, superiors are made, nothing is overwritten");
    g_autoptr(GError) error = NULL;

    make(fixture, "Büro/x/y");
    make(fixture, "Bürox");
    g_assert_true(rename_to(fixture, "Büro", "New/Home", NULL));
    expect_there(fixture, "New/Home/x/y", TRUE);
    expect_there(fixture, "Büro/x/y", FALSE);
    expect_there(fixture, "Bürox", TRUE);
    expect_there(fixture, "New", TRUE);
    expect_refused(rename_to(fixture, "New", "Bürox", &error), &error, STORE_ERROR_EXISTS);
    expect_refused(rename_to(fixture, "New", "New/inside", &error), &error, STORE_ERROR_NO);
    expect_refused(rename_to(fixture, "None", "Some", &error), &error, STORE_ERROR_NONE);
    expect_refused(rename_to(fixture, "New", "INBOX", &error), &error, STORE_ERROR_EXISTS);
    expect_refused(rename_to(fixture, "New", "a//b", &error), &error, STORE_ERROR_NO);
}

static void
test_of_others(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("mailboxes of another user are not renamed along, and are in nobody's way");
    gint64 bob = add_bob(fixture);
    g_autofree char *name = g_strnfill(240, 'x');
    g_autofree char *inside = g_strdup_printf("Work/%s", name);

    g_assert_true(store_mailbox_create(fixture->store, bob, "Work/2026", NULL));
    g_assert_true(store_mailbox_create(fixture->store, bob, "Elsewhere/2026", NULL));
    g_assert_true(store_mailbox_create(fixture->store, bob, inside, NULL));
    make(fixture, "Work/2026");
    g_assert_true(rename_to(fixture, "Work", "Elsewhere", NULL));
    expect_there(fixture, "Elsewhere/2026", TRUE);
    g_assert_cmpint(store_mailbox_id(fixture->store, bob, "Work/2026", NULL), >, 0);
    g_assert_true(rename_to(fixture, "Elsewhere", "Quite/somewhere/else", NULL));
    g_assert_cmpint(store_mailbox_id(fixture->store, bob, "Elsewhere/2026", NULL), >, 0);
    make(fixture, "Work/a");
    g_assert_true(rename_to(fixture, "Work", "Another-name-for-it", NULL));
}

static void
test_keeps(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 9051 §6.3.6: a renamed mailbox keeps its UIDs, one made anew has others");
    g_autoptr(StoreMailbox) before = NULL, after = NULL, again = NULL;

    make(fixture, "Work");
    before = find(fixture, "Work");
    g_assert_true(rename_to(fixture, "Work", "Play", NULL));
    after = find(fixture, "Play");
    g_assert_cmpint(after->id, ==, before->id);
    g_assert_cmpuint(after->uidvalidity, ==, before->uidvalidity);
    make(fixture, "Work");
    again = find(fixture, "Work");
    g_assert_cmpuint(again->uidvalidity, >, before->uidvalidity);
}

static void
test_inferior_exists(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("a mailbox below the new name is not overwritten by one that moves along");
    g_autoptr(GError) error = NULL;

    make(fixture, "Work/2026");
    make(fixture, "Play/2026");
    g_assert_true(store_mailbox_delete(fixture->store, fixture->alice, "Play", NULL));
    expect_refused(rename_to(fixture, "Work", "Play", &error), &error, STORE_ERROR_EXISTS);
    expect_there(fixture, "Work/2026", TRUE);
    g_assert_true(rename_to(fixture, "Work/2026", "Work/2025", NULL));
    g_assert_true(rename_to(fixture, "Work", "Play", NULL));
    expect_there(fixture, "Play/2025", TRUE);
}

static void
test_level(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 9051 §6.3.6: a level that is no mailbox is renamed by what is below it");

    make(fixture, "foo/bar");
    g_assert_true(store_mailbox_delete(fixture->store, fixture->alice, "foo", NULL));
    g_assert_true(rename_to(fixture, "foo", "zowie", NULL));
    expect_there(fixture, "zowie/bar", TRUE);
    expect_there(fixture, "zowie", FALSE);
}

static void
test_too_long(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("no inferior gets a name that could not be made: 255 octets, 20 levels");
    g_autofree char *name = g_strnfill(250, 'x'), *longer = g_strnfill(254, 'x');
    g_autofree char *inside = g_strdup_printf("a/%s", name);
    g_autoptr(GError) error = NULL;

    make(fixture, inside);
    g_assert_true(rename_to(fixture, "a", "abcd", NULL));
    expect_refused(rename_to(fixture, "abcd", "abcde", &error), &error, STORE_ERROR_NO);
    expect_refused(rename_to(fixture, "abcd", longer, &error), &error, STORE_ERROR_NO);
    make(fixture, "l1/l2/l3/l4/l5/l6/l7/l8/l9/l10");
    g_assert_true(rename_to(fixture, "l1", "m1/m2/m3/m4/m5/m6/m7/m8/m9/m10/m11", NULL));
    expect_refused(rename_to(fixture, "m1", "n/m", &error), &error, STORE_ERROR_NO);
    g_assert_true(rename_to(fixture, "m1/m2", "m1/n2", NULL)); /* as many levels as before */
}

static void
test_inbox(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary(
        "RFC 9051 §6.3.6: renaming INBOX moves what is in it, leaves it empty, and what is "
        "below it stays");
    g_autoptr(StoreMailbox) old = NULL, inbox = NULL;
    StoreMailboxCounts counts;

    make(fixture, "INBOX/lists");
    deliver(fixture, "", 0);
    deliver(fixture, "", STORE_SEEN | STORE_DELETED);
    g_assert_true(rename_to(fixture, "inbox", "Old/2025", NULL));
    old = find(fixture, "Old/2025");
    inbox = find(fixture, "INBOX");
    g_assert_cmpint(inbox->id, ==, fixture->inbox->id);
    g_assert_cmpuint(inbox->uidvalidity, ==, fixture->inbox->uidvalidity);
    g_assert_true(store_mailbox_counts(fixture->store, inbox->id, &counts, NULL));
    g_assert_cmpuint(counts.messages + counts.unseen + counts.octets, ==, 0);
    g_assert_cmpuint(counts.deleted + counts.deleted_octets, ==, 0);
    g_assert_true(store_mailbox_counts(fixture->store, old->id, &counts, NULL));
    g_assert_cmpuint(counts.messages, ==, 2);
    g_assert_cmpuint(counts.unseen, ==, 1);
    g_assert_cmpuint(counts.octets, ==, 2 * 116);
    g_assert_cmpuint(counts.deleted, ==, 1);
    g_assert_cmpuint(counts.deleted_octets, ==, 116);
    g_assert_cmpuint(old->uidnext, ==, 3);
    g_assert_cmpuint(deliver(fixture, "", 0), ==, 3);
    expect_there(fixture, "INBOX/lists", TRUE);
}

static void
test_inbox_many(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 9051 §6.3.6: all that is in INBOX moves, whatever the number of pages");
    for (guint i = 0; i < 401; i++)
        deliver(fixture, "", 0);
    g_assert_true(rename_to(fixture, "INBOX", "Old", NULL));
    g_autoptr(StoreMailbox) old = find(fixture, "Old");
    StoreMailboxCounts counts;
    g_assert_true(store_mailbox_counts(fixture->store, old->id, &counts, NULL));
    g_assert_cmpuint(counts.messages, ==, 401);
}

static void
test_inbox_pages(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("what comes into INBOX while its messages move, page by page, stays there");
    g_autoptr(StoreMailbox) before = NULL, made = NULL;
    g_autoptr(StoreEntry) moved = NULL, stays = NULL;
    guint count;

    for (guint i = 0; i < 5; i++)
        deliver(fixture, "", 0);
    before = find(fixture, "INBOX");
    made = store_rename_inbox_begin(fixture->store, before, "Old", NULL);
    g_assert_true(store_rename_inbox_page(fixture->store, before->id, made->id, before->uidnext, 3,
                                          &count, NULL));
    g_assert_cmpuint(count, ==, 3);
    g_assert_cmpuint(deliver(fixture, "", 0), ==, 6);
    g_assert_true(store_rename_inbox_page(fixture->store, before->id, made->id, before->uidnext, 3,
                                          &count, NULL));
    g_assert_cmpuint(count, ==, 2);
    moved = store_entry_get(fixture->store, made->id, 5, NULL);
    stays = store_entry_get(fixture->store, before->id, 6, NULL);
    g_assert_nonnull(moved);
    g_assert_nonnull(stays);
    g_assert_cmpuint(moved->modseq, >, before->modseq);
    /* Both mailboxes have changed by what moved, and who watches them can see it. */
    g_autoptr(StoreMailbox) inbox = find(fixture, "INBOX"), old = find(fixture, "Old");
    g_assert_cmpuint(inbox->modseq, >, before->modseq + 1);
    g_assert_cmpuint(old->modseq, ==, moved->modseq);
}

#define ADD(name, test)                                                                            \
    g_test_add("/storage/mailbox/rename/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("rename", test_rename);
    ADD("of-others", test_of_others);
    ADD("keeps", test_keeps);
    ADD("inferior-exists", test_inferior_exists);
    ADD("level", test_level);
    ADD("too-long", test_too_long);
    ADD("inbox", test_inbox);
    ADD("inbox-many", test_inbox_many);
    ADD("inbox-pages", test_inbox_pages);
    return g_test_run();
}
