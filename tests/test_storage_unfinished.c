/* tests/test_storage_unfinished.c - a crash in the middle of DELETE, of RENAME INBOX and of COPY. */
#include "storage/unfinished.h"
#include "tests/test_storage_mailbox.h"

#define BELOW 11 /* INBOX's UIDNEXT before */

static StoreMailboxCounts
counts(Fixture *fixture, const char *name)
{
    g_autoptr(StoreMailbox) mailbox = find(fixture, name);
    StoreMailboxCounts counted = { 0 };

    g_assert_true(store_mailbox_counts(fixture->store, mailbox->id, &counted, NULL));
    return counted;
}

/* Ten messages in INBOX, and a mailbox Old that goes on where INBOX's UIDs are; four have moved there. */
static gint64
begin_move(Fixture *fixture)
{
    g_autoptr(StoreMailbox) before = NULL, made = NULL;
    guint moved;

    for (guint i = 0; i < 10; i++)
        deliver(fixture, "", i == 9 ? STORE_SEEN : 0);
    before = find(fixture, "INBOX");
    made = store_rename_inbox_begin(fixture->store, before, "Old", NULL);
    g_assert_true(
        store_rename_inbox_page(fixture->store, before->id, made->id, BELOW, 4, &moved, NULL));
    g_assert_true(store_unfinished_note(fixture->store, before->id, made->id, BELOW, NULL));
    return made->id;
}

static guint64
modseq(Fixture *fixture, const char *name)
{
    g_autoptr(StoreMailbox) mailbox = find(fixture, name);

    return mailbox->modseq;
}

static void
crash(Fixture *fixture)
{
    commit(fixture->store);
    store_close(fixture->store);
    fixture->store = open_store(fixture->folder, NULL);
}

static void
test_move(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary(
        "RFC 9051 §6.3.6: RENAME of INBOX that a crash interrupts is done at the next start");
    gint64 old = begin_move(fixture);

    g_assert_cmpuint(deliver(fixture, "", 0), ==, BELOW);
    crash(fixture);
    g_autoptr(StoreMailbox) after = find(fixture, "Old");
    g_autoptr(StoreEntry) last = store_entry_get(fixture->store, old, 10, NULL);
    g_assert_cmpuint(counts(fixture, "Old").messages, ==, 10);
    g_assert_cmpuint(counts(fixture, "Old").unseen, ==, 9);
    g_assert_cmpuint(counts(fixture, "INBOX").messages, ==, 1);
    g_assert_nonnull(last);
    g_assert_cmpuint(last->flags, ==, STORE_SEEN);
    g_assert_cmpuint(last->modseq, ==, after->modseq);
    g_assert_cmpint(count_rows(fixture->folder, "unfinished"), ==, 0);
}

static void
test_delete(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 9051 §6.3.5: DELETE that a crash interrupts is done at the next start");
    gint64 old = begin_move(fixture);
    guint removed;

    g_assert_true(store_unfinished_done(fixture->store, fixture->inbox->id, old, NULL));
    g_assert_true(store_mailbox_empty(fixture->store, old, 2, &removed, NULL));
    g_assert_true(store_unfinished_note(fixture->store, old, 0, G_MAXUINT32, NULL));
    crash(fixture);
    expect_there(fixture, "Old", FALSE);
    g_assert_cmpuint(counts(fixture, "INBOX").messages, ==, 6);
    g_assert_cmpint(count_rows(fixture->folder, "unfinished"), ==, 0);
    g_assert_cmpint(count_rows(fixture->folder, "messages"), ==, 6);
}

static void
test_given_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("what was given up is not done later; nor what was never committed");
    gint64 old = begin_move(fixture);

    g_assert_true(store_unfinished_done(fixture->store, fixture->inbox->id, old, NULL));
    commit(fixture->store);
    g_assert_true(store_unfinished_note(fixture->store, old, 0, G_MAXUINT32, NULL));
    store_close(fixture->store);
    fixture->store = open_store(fixture->folder, NULL);
    g_assert_cmpuint(counts(fixture, "Old").messages, ==, 4);
    g_assert_cmpuint(counts(fixture, "INBOX").messages, ==, 6);
    g_assert_true(store_unfinished_note(fixture->store, old, 0, G_MAXUINT32, NULL));
    g_assert_true(store_unfinished_note(fixture->store, old, 0, G_MAXUINT32, NULL)); /* each page */
    g_assert_true(store_unfinished_done(fixture->store, old, 0, NULL));
    crash(fixture);
    g_assert_cmpuint(counts(fixture, "Old").messages, ==, 4);
}

/* INBOX's messages once more into Old, by two pages; one other message comes in between. */
static void
begin_copy(Fixture *fixture, gint64 old)
{
    for (guint32 uid = 5; uid <= 10; uid++) {
        store_entry_copy(fixture->store, NULL, fixture->inbox->id, uid, old, NULL);
        if (uid == 7) {
            g_assert_true(store_unfinished_copied(fixture->store, old, 11, 11, 13, NULL));
            commit(fixture->store);
            store_entry_copy(fixture->store, NULL, fixture->inbox->id, 5, old, NULL);
        }
    }
    g_assert_true(store_unfinished_copied(fixture->store, old, 11, 15, 17, NULL));
}

static void
test_copy(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 3501 §6.4.7: of a COPY that a crash interrupts nothing is left");
    gint64 old = begin_move(fixture);
    g_autoptr(StoreEntry) other = NULL;
    guint64 before;

    g_assert_true(store_unfinished_done(fixture->store, fixture->inbox->id, old, NULL));
    begin_copy(fixture, old);
    before = modseq(fixture, "Old");
    g_assert_cmpuint(counts(fixture, "Old").messages, ==, 11);
    crash(fixture);
    g_assert_cmpuint(counts(fixture, "Old").messages, ==, 5);
    g_assert_cmpuint(modseq(fixture, "Old"), ==, before + 1);
    other = store_entry_get(fixture->store, old, 14, NULL);
    g_assert_nonnull(other);
    g_assert_cmpuint(counts(fixture, "INBOX").messages, ==, 6);
    g_assert_cmpint(count_rows(fixture->folder, "copies"), ==, 0);
}

static void
test_copy_whole(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 3501 §6.4.7: a COPY that is whole stays, whatever happens then");
    gint64 old = begin_move(fixture);

    g_assert_true(store_unfinished_done(fixture->store, fixture->inbox->id, old, NULL));
    begin_copy(fixture, old);
    g_assert_true(store_unfinished_whole(fixture->store, old, 11, NULL));
    /* Another one at the same time, that of the message in between, is not. */
    g_assert_true(store_unfinished_copied(fixture->store, old, 14, 14, 14, NULL));
    g_assert_true(store_unfinished_whole(fixture->store, old, 11, NULL));
    crash(fixture);
    g_assert_cmpuint(counts(fixture, "Old").messages, ==, 10);
}

#define ADD(name, test)                                                                            \
    g_test_add("/storage/unfinished/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("move", test_move);
    ADD("delete", test_delete);
    ADD("given-up", test_given_up);
    ADD("copy", test_copy);
    ADD("copy-whole", test_copy_whole);
    return g_test_run();
}
