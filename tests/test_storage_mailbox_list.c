/* tests/test_storage_mailbox_list.c - all mailboxes in the order of a tree, and the counts kept
 * with them. */
#include "storage/listing.h"
#include "tests/test_storage_mailbox.h"

/* The names of all pages, "|" between them, a "+" behind one that has children. */
static char *
names(Fixture *fixture, gboolean subscriptions, guint limit)
{
    g_autoptr(GString) all = g_string_new(NULL);
    g_autofree char *after = g_strdup("");
    guint count = limit;

    while (count == limit) {
        g_autoptr(GPtrArray) page = store_listing_page(fixture->store, NULL, fixture->alice,
                                                       subscriptions, after, limit, NULL);

        g_assert_nonnull(page);
        count = page->len;
        for (guint i = 0; i < page->len; i++) {
            const StoreListed *listed = g_ptr_array_index(page, i);

            g_string_append_printf(all, "%s%s%s", all->len > 0 ? "|" : "", listed->name,
                                   listed->children ? "+" : "");
            g_free(after);
            after = g_strdup(listed->name);
        }
    }
    return g_strdup(all->str);
}

static void
test_tree(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("what is below a mailbox comes right after it, whatever the page's size");
    static const char expected[] =
        "Archive|Drafts|INBOX|Junk|Sent|Trash|Work+|Work/2026+|Work/2026/a|Work/b|Work-old|Work.x";

    make(fixture, "Work-old");
    make(fixture, "Work/b");
    make(fixture, "Work/2026/a");
    make(fixture, "Work.x");
    for (guint limit = 1; limit < 14; limit++) {
        g_autofree char *found = names(fixture, FALSE, limit);

        g_assert_cmpstr(found, ==, expected);
    }
}

static void
test_levels(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("a level without a mailbox has mailboxes below it all the same");
    g_autofree char *found = NULL;

    make(fixture, "A/b/c");
    store_mailbox_delete(fixture->store, fixture->alice, "A/b", NULL);
    found = names(fixture, FALSE, 100);
    g_assert_cmpstr(found, ==, "A+|A/b/c|Archive|Drafts|INBOX|Junk|Sent|Trash");
    g_assert_true(store_listing_has_inferiors(fixture->store, fixture->alice, "A/b"));
    g_assert_false(store_listing_has_inferiors(fixture->store, fixture->alice, "A/b/c"));
    g_assert_false(store_listing_has_inferiors(fixture->store, fixture->alice, "Arch"));
}

static void
test_subscriptions(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 9051 §6.3.7: names subscribed to, whether there are such mailboxes or not");
    g_autofree char *found = NULL;
    g_autoptr(GPtrArray) page = NULL;
    const StoreListed *first;

    make(fixture, "A/b");
    g_assert_true(store_mailbox_subscribe(fixture->store, fixture->alice, "A", TRUE, NULL));
    g_assert_true(store_mailbox_subscribe(fixture->store, fixture->alice, "A/gone", TRUE, NULL));
    g_assert_true(store_mailbox_subscribe(fixture->store, fixture->alice, "Sent", FALSE, NULL));
    found = names(fixture, TRUE, 2);
    g_assert_cmpstr(found, ==, "A+|A/gone|Archive|Drafts|INBOX|Junk|Trash");
    page = store_listing_page(fixture->store, NULL, fixture->alice, TRUE, "A", 3, NULL);
    first = g_ptr_array_index(page, 0);
    g_assert_cmpint(first->mailbox, ==, 0);
    g_assert_true(first->subscribed);
}

static void
test_one(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("one mailbox, as a page would show it");
    g_autoptr(StoreListed) junk = store_listing_one(fixture->store, fixture->alice, "Junk", NULL);
    g_autoptr(StoreListed) none = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_cmpstr(junk->special, ==, "\\Junk");
    g_assert_true(junk->subscribed);
    g_assert_false(junk->children);
    none = store_listing_one(fixture->store, fixture->alice, "None", &error);
    g_assert_null(none);
    g_assert_no_error(error);
}

static void
test_of_others(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("nobody sees the mailboxes and subscriptions of another user, or changes them");
    g_autofree char *mailboxes = names(fixture, FALSE, 100);
    g_autofree char *subscriptions = names(fixture, TRUE, 100);
    gint64 alice = fixture->alice, bob = add_bob(fixture);
    g_autoptr(StoreListed) work = NULL, inbox = NULL;
    g_autoptr(GPtrArray) page = NULL;

    g_assert_true(store_mailbox_create(fixture->store, bob, "Work/2026", NULL));
    g_assert_true(store_mailbox_create(fixture->store, bob, "INBOX/lists", NULL));
    g_assert_true(store_mailbox_subscribe(fixture->store, bob, "Work", TRUE, NULL));
    g_assert_true(store_mailbox_subscribe(fixture->store, bob, "Sent", FALSE, NULL));
    g_autofree char *mailboxes_now = names(fixture, FALSE, 100);
    g_autofree char *subscriptions_now = names(fixture, TRUE, 100);
    g_assert_cmpstr(mailboxes_now, ==, mailboxes);
    g_assert_cmpstr(subscriptions_now, ==, subscriptions);
    work = store_listing_one(fixture->store, alice, "Work", NULL);
    g_assert_null(work);
    inbox = store_listing_one(fixture->store, alice, "INBOX", NULL);
    g_assert_false(inbox->children);
    g_assert_false(store_listing_has_inferiors(fixture->store, alice, "Work"));
    /* A name of alice's that only bob has a mailbox of, and a mailbox that only bob subscribes to. */
    g_assert_true(store_mailbox_subscribe(fixture->store, alice, "Work", TRUE, NULL));
    page = store_listing_page(fixture->store, NULL, alice, TRUE, "Trash", 1, NULL);
    g_assert_cmpstr(((StoreListed *)g_ptr_array_index(page, 0))->name, ==, "Work");
    g_assert_cmpint(((StoreListed *)g_ptr_array_index(page, 0))->mailbox, ==, 0);
    g_assert_false(((StoreListed *)g_ptr_array_index(page, 0))->children);
    g_assert_true(store_mailbox_subscribe(fixture->store, alice, "Junk", FALSE, NULL));
    g_clear_pointer(&inbox, store_listed_free);
    inbox = store_listing_one(fixture->store, alice, "Junk", NULL);
    g_assert_false(inbox->subscribed);
    g_autoptr(StoreMailbox) junk = find(fixture, "Junk");
    g_assert_cmpstr(junk->special, ==, "\\Junk");
    g_assert_false(junk->subscribed);
    g_assert_cmpint(store_mailbox_id(fixture->store, alice, "INBOX/lists", NULL), ==, 0);
}

static void
expect_counts(Fixture *fixture, const char *name, guint messages, guint unseen, guint deleted,
              guint64 octets, guint64 deleted_octets)
{
    g_autoptr(StoreMailbox) mailbox = find(fixture, name);
    StoreMailboxCounts counts;

    g_assert_true(store_mailbox_counts(fixture->store, mailbox->id, &counts, NULL));
    g_assert_cmpuint(counts.messages, ==, messages);
    g_assert_cmpuint(counts.unseen, ==, unseen);
    g_assert_cmpuint(counts.deleted, ==, deleted);
    g_assert_cmpuint(counts.octets, ==, octets);
    g_assert_cmpuint(counts.deleted_octets, ==, deleted_octets);
}

static void
test_counts(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 9051 §6.3.11: messages, unseen, deleted, octets: right after each change");
    gint64 inbox = fixture->inbox->id;
    g_autoptr(StoreMailbox) junk = find(fixture, "Junk");
    StoreMailboxCounts counts;

    expect_counts(fixture, "INBOX", 0, 0, 0, 0, 0);
    deliver(fixture, "", STORE_SEEN);
    deliver(fixture, "X: y\r\n", STORE_DELETED | STORE_FLAGGED);
    deliver(fixture, "", STORE_SEEN | STORE_DELETED);
    expect_counts(fixture, "INBOX", 3, 1, 2, 3 * 116 + 6, 2 * 116 + 6);
    store_entry_set_flags(fixture->store, NULL, inbox, 1, STORE_DELETED, "", NULL);
    expect_counts(fixture, "INBOX", 3, 2, 3, 3 * 116 + 6, 3 * 116 + 6);
    store_entry_set_flags(fixture->store, NULL, inbox, 1, STORE_SEEN | STORE_FLAGGED, "x", NULL);
    expect_counts(fixture, "INBOX", 3, 1, 2, 3 * 116 + 6, 2 * 116 + 6);
    store_entry_remove(fixture->store, NULL, inbox, 3, NULL);
    expect_counts(fixture, "INBOX", 2, 1, 1, 2 * 116 + 6, 116 + 6);
    store_entry_copy(fixture->store, NULL, inbox, 2, junk->id, NULL);
    expect_counts(fixture, "Junk", 1, 1, 1, 116 + 6, 116 + 6);
    g_assert_false(store_mailbox_counts(fixture->store, 99999, &counts, NULL));
}

#define ADD(name, test)                                                                            \
    g_test_add("/storage/mailbox/list/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("tree", test_tree);
    ADD("levels", test_levels);
    ADD("subscriptions", test_subscriptions);
    ADD("one", test_one);
    ADD("of-others", test_of_others);
    ADD("counts", test_counts);
    return g_test_run();
}
