/* tests/test_storage_mailbox.c - mailboxes and entries, as POP3 and IMAP see them. */
#include "storage/listing.h"
#include "tests/test_storage_mailbox.h"

static void
test_uids(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary(
        "RFC 9051 §2.3.1.1: a UID is never given again, also after the last message went "
        "and the server came back");
    g_autoptr(StoreMailbox) inbox = NULL;

    g_assert_cmpuint(deliver(fixture, "", 0), ==, 1);
    g_assert_cmpuint(deliver(fixture, "", 0), ==, 2);
    g_assert_true(store_entry_remove(fixture->store, NULL, fixture->inbox->id, 2, NULL));
    g_assert_true(store_entry_remove(fixture->store, NULL, fixture->inbox->id, 1, NULL));
    commit(fixture->store);
    store_close(fixture->store);
    fixture->store = open_store(fixture->folder, NULL);
    inbox = find(fixture, "inbox");
    g_assert_cmpuint(inbox->uidnext, ==, 3);
    g_assert_cmpuint(inbox->uidvalidity, ==, fixture->inbox->uidvalidity);
    g_assert_cmpuint(deliver(fixture, "", 0), ==, 3);
}

static void
test_uidvalidity(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary(
        "RFC 9051 §6.3.4: a mailbox made anew under an old name has another UIDVALIDITY");
    g_autoptr(StoreMailbox) before = NULL, after = NULL;

    g_assert_true(store_mailbox_create(fixture->store, fixture->alice, "Work", NULL));
    before = find(fixture, "Work");
    g_assert_true(store_mailbox_delete(fixture->store, fixture->alice, "Work", NULL));
    g_assert_true(store_mailbox_create(fixture->store, fixture->alice, "Work", NULL));
    after = find(fixture, "Work");
    g_assert_cmpuint(after->uidvalidity, >, before->uidvalidity);
    g_assert_cmpint(after->id, !=, before->id);
}

static void
test_create(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary(
        "RFC 9051 §6.3.4, §5.1: superiors are made; names that are taken or none are refused");
    g_autoptr(StoreMailbox) superior = NULL, inferior = NULL;
    g_autofree char *deep = g_strnfill(254, 'x');
    g_autoptr(GError) error = NULL;
    static const char *const bad[] = { "",          "/",
                                       "a/",        "/a",
                                       "a//b",      "a\nb",
                                       "\xff",      "a*",
                                       "a%b",       "a\x7f",
                                       "\xc2\x85",  "\xe2\x80\xa8",
                                       "u\xcc\x88", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u" };

    g_assert_true(store_mailbox_create(fixture->store, fixture->alice, "Work/2026/Müller", NULL));
    superior = find(fixture, "Work/2026");
    g_assert_nonnull(superior);
    g_assert_true(store_mailbox_create(fixture->store, fixture->alice, "inbox/lists", NULL));
    inferior = find(fixture, "INBOX/lists");
    g_assert_nonnull(inferior);
    expect_refused(store_mailbox_create(fixture->store, fixture->alice, "Inbox", &error), &error,
                   STORE_ERROR_EXISTS);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        expect_refused(store_mailbox_create(fixture->store, fixture->alice, bad[i], &error), &error,
                       STORE_ERROR_NO);
    g_assert_true(store_mailbox_create(fixture->store, fixture->alice, deep, NULL));
    make(fixture, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20");
    make(fixture, "inboxes"); /* another word: its case stays */
    g_autoptr(StoreMailbox) other = find(fixture, "inboxes");
    g_assert_cmpstr(other->name, ==, "inboxes");
}

static void
test_subscribe(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 9051 §6.3.7, §6.3.8: to subscribe twice is no mistake; what could not be "
                   "subscribed to can be taken off the list");
    g_autoptr(GError) error = NULL;

    g_assert_true(store_mailbox_subscribe(fixture->store, fixture->alice, "Sent", TRUE, NULL));
    g_assert_true(store_mailbox_subscribe(fixture->store, fixture->alice, "Sent", TRUE, NULL));
    expect_refused(store_mailbox_subscribe(fixture->store, fixture->alice, "a*", TRUE, &error),
                   &error, STORE_ERROR_NO);
    g_assert_true(store_mailbox_subscribe(fixture->store, fixture->alice, "a*", FALSE, NULL));
}

static void
test_id(Fixture *fixture, gconstpointer data)
{
    g_test_summary("The id alone is found as the mailbox is; where there is none it is no error");
    g_autoptr(GError) error = NULL;
    Store *store = fixture->store;

    (void)data;
    g_assert_cmpint(store_mailbox_id(store, fixture->alice, "inbox", &error), ==,
                    fixture->inbox->id);
    g_assert_cmpint(store_mailbox_id(store, fixture->alice, "Elsewhere", &error), ==, 0);
    g_assert_no_error(error);
}

/* Mailboxes or subscriptions straight into the table, until there are @count. */
static void
fill(Fixture *fixture, const char *sql, gint64 count)
{
    g_autoptr(sqlite3_stmt) insert = store_prepare(fixture->store, sql, NULL);

    g_assert_nonnull(insert);
    sqlite3_bind_int64(insert, 1, fixture->alice);
    sqlite3_bind_int64(insert, 2, count);
    g_assert_true(store_run(fixture->store, insert, NULL));
}

#define COUNT_TO_2 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) "

static void
test_too_many(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("An account has at most 10,000 mailboxes, and as many subscriptions");
    g_autoptr(GError) error = NULL;

    fill(fixture,
         COUNT_TO_2 "INSERT INTO mailboxes (account, name, uidvalidity, uidnext, modseq)"
                    " SELECT ?1, 'box' || i, i, 1, 1 FROM n",
         9974);
    g_assert_true(store_mailbox_create(fixture->store, fixture->alice, "last", NULL));
    expect_refused(store_mailbox_create(fixture->store, fixture->alice, "one more", &error), &error,
                   STORE_ERROR_LIMIT);
    fill(fixture,
         COUNT_TO_2 "INSERT INTO subscriptions (account, name) SELECT ?1, 'box' || i FROM n", 9993);
    g_assert_true(store_mailbox_subscribe(fixture->store, fixture->alice, "last", TRUE, NULL));
    expect_refused(
        store_mailbox_subscribe(fixture->store, fixture->alice, "one more", TRUE, &error), &error,
        STORE_ERROR_LIMIT);
}

static void
test_many_of_others(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("how many mailboxes and subscriptions others have makes no difference");
    gint64 alice = fixture->alice;

    fixture->alice = add_bob(fixture);
    fill(fixture,
         COUNT_TO_2 "INSERT INTO mailboxes (account, name, uidvalidity, uidnext, modseq)"
                    " SELECT ?1, 'box' || i, i, 1, 1 FROM n",
         9990);
    fill(fixture,
         COUNT_TO_2 "INSERT INTO subscriptions (account, name) SELECT ?1, 'box' || i FROM n", 9999);
    fixture->alice = alice;
    make(fixture, "last");
    g_assert_true(store_mailbox_subscribe(fixture->store, alice, "last", TRUE, NULL));
}

static void
test_delete(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 9051 §6.3.5: inferiors stay; INBOX cannot go; a subscription outlives");
    g_autoptr(StoreMailbox) gone = NULL, stays = NULL;
    g_autoptr(GPtrArray) subscribed = NULL;
    g_autoptr(GError) error = NULL;

    store_mailbox_create(fixture->store, fixture->alice, "A/B", NULL);
    store_mailbox_subscribe(fixture->store, fixture->alice, "A", TRUE, NULL);
    g_assert_true(store_mailbox_delete(fixture->store, fixture->alice, "A", NULL));
    gone = find(fixture, "A");
    stays = find(fixture, "A/B");
    g_assert_null(gone);
    g_assert_nonnull(stays);
    subscribed = store_listing_page(fixture->store, NULL, fixture->alice, TRUE, "", 1, NULL);
    g_assert_cmpstr(((StoreListed *)g_ptr_array_index(subscribed, 0))->name, ==, "A");
    expect_refused(store_mailbox_delete(fixture->store, fixture->alice, "inbox", &error), &error,
                   STORE_ERROR_NO);
    expect_refused(store_mailbox_delete(fixture->store, fixture->alice, "A", &error), &error,
                   STORE_ERROR_NONE);
    g_assert_true(store_mailbox_subscribe(fixture->store, fixture->alice, "A", FALSE, NULL));
    g_assert_true(store_mailbox_subscribe(fixture->store, fixture->alice, "A", FALSE, NULL));
}

static void
test_empty(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("A mailbox is emptied in pages, the oldest first; each raises MODSEQ");
    g_autoptr(StoreMailbox) before = NULL, after = NULL;
    g_autoptr(StoreEntry) left = NULL;
    guint removed;

    for (guint i = 0; i < 7; i++)
        deliver(fixture, "", 0);
    before = find(fixture, "INBOX");
    g_assert_true(store_mailbox_empty(fixture->store, before->id, 4, &removed, NULL));
    g_assert_cmpuint(removed, ==, 4);
    after = find(fixture, "INBOX");
    g_assert_cmpuint(after->modseq, >, before->modseq);
    left = store_entry_get(fixture->store, before->id, 5, NULL);
    g_assert_nonnull(left);
    g_assert_true(store_mailbox_empty(fixture->store, before->id, 4, &removed, NULL));
    g_assert_cmpuint(removed, ==, 3);
    g_assert_true(store_mailbox_empty(fixture->store, before->id, 4, &removed, NULL));
    g_assert_cmpuint(removed, ==, 0);
}

static void
test_pages(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("Pages come in order of UID, each from where the one before ended");
    guint32 after = 0;
    guint seen = 0;

    for (guint i = 0; i < 25; i++)
        deliver(fixture, "", 0);
    store_entry_remove(fixture->store, NULL, fixture->inbox->id, 10, NULL);
    for (;;) {
        g_autoptr(GPtrArray) page =
            store_entry_page(fixture->store, fixture->inbox->id, after, 10, NULL);

        if (page->len == 0)
            break;
        for (guint i = 0; i < page->len; i++) {
            StoreEntry *entry = g_ptr_array_index(page, i);

            g_assert_cmpuint(entry->uid, >, after);
            after = entry->uid;
            seen++;
        }
    }
    g_assert_cmpuint(seen, ==, 24);
    g_assert_cmpuint(after, ==, 25);
}

static void
test_flags(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 7162 §3.1: each change of flags has a MODSEQ above all before");
    guint32 uid = deliver(fixture, "", 0);
    g_autoptr(StoreEntry) before = store_entry_get(fixture->store, fixture->inbox->id, uid, NULL);
    g_autoptr(StoreEntry) after = NULL;
    g_autoptr(StoreMailbox) inbox = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(store_entry_set_flags(fixture->store, NULL, fixture->inbox->id, uid,
                                        STORE_SEEN | STORE_DRAFT, "$Forwarded work", NULL));
    after = store_entry_get(fixture->store, fixture->inbox->id, uid, NULL);
    inbox = find(fixture, "INBOX");
    g_assert_cmpuint(after->flags, ==, STORE_SEEN | STORE_DRAFT);
    g_assert_cmpstr(after->keywords, ==, "$Forwarded work");
    g_assert_cmpuint(after->modseq, >, before->modseq);
    g_assert_cmpuint(inbox->modseq, ==, after->modseq);
    /* What is begun once more is the same change. */
    g_auto(StoreChange) change = { 0 };
    g_assert_true(store_change_begin(fixture->store, fixture->inbox->id, &change, NULL));
    g_assert_true(store_change_begin(fixture->store, fixture->inbox->id, &change, NULL));
    g_assert_cmpuint(change.modseq, ==, after->modseq + 1);
    g_clear_pointer(&inbox, store_mailbox_free);
    inbox = find(fixture, "INBOX");
    g_assert_cmpuint(inbox->modseq, ==, after->modseq + 1);
    expect_refused(
        store_entry_set_flags(fixture->store, NULL, fixture->inbox->id, 99, 0, "", &error), &error,
        STORE_ERROR_NONE);
    expect_refused(store_entry_remove(fixture->store, NULL, fixture->inbox->id, 99, &error), &error,
                   STORE_ERROR_NONE);
}

static void
test_prefix(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary(
        "RFC 5321 §4.4: Return-Path is on top of this mailbox's copy, octets and index agree");
    static const char prefix[] = "Return-Path: <alice@north.example>\r\n";
    guint32 uid = deliver(fixture, prefix, 0);
    g_autoptr(StoreEntry) entry = store_entry_get(fixture->store, fixture->inbox->id, uid, NULL);
    g_autoptr(StoreIndex) index =
        store_entry_index(fixture->store, fixture->inbox->id, entry, NULL);
    g_autoptr(GString) all = g_string_new(NULL), piece = g_string_new(NULL),
                       body = g_string_new(NULL);
    const StorePart *part = store_index_part(index, 0);

    g_assert_cmpuint(entry->octets, ==, 116 + strlen(prefix));
    g_assert_true(
        store_entry_read(fixture->store, fixture->inbox->id, entry->uid, 0, 10000, all, NULL));
    g_assert_cmpuint(all->len, ==, entry->octets);
    g_assert_true(
        g_str_has_prefix(all->str, "Return-Path: <alice@north.example>\r\nReceived: here\r\n"));
    g_assert_true(
        store_entry_read(fixture->store, fixture->inbox->id, entry->uid, 30, 20, piece, NULL));
    g_assert_cmpmem(piece->str, piece->len, all->str + 30, 20);
    g_assert_true(store_entry_read(fixture->store, fixture->inbox->id, entry->uid, part->body,
                                   part->end - part->body, body, NULL));
    g_assert_cmpuint(body->len, ==, 76);
    g_assert_cmpint(body->str[0], ==, 'x');
    g_assert_cmpint(all->str[part->body - 1], ==, '\n');
}

static void
test_copy(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary(
        "RFC 9051 §6.4.7: a copy keeps flags and date, has a UID of its own, shares octets");
    guint32 uid = deliver(fixture, "A: b\r\n", STORE_FLAGGED);
    g_autoptr(StoreMailbox) junk = find(fixture, "Junk");
    g_autoptr(StoreEntry) copy = NULL;
    g_autoptr(GString) prefix = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    guint32 copied;

    world_now_s += 1000;
    copied = store_entry_copy(fixture->store, NULL, fixture->inbox->id, uid, junk->id, NULL);
    g_assert_cmpuint(copied, ==, 1);
    copy = store_entry_get(fixture->store, junk->id, copied, NULL);
    g_assert_cmpuint(copy->flags, ==, STORE_FLAGGED);
    g_assert_cmpint(copy->date_s, ==, world_now_s - 1000);
    g_assert_true(store_entry_read(fixture->store, junk->id, copied, 0, 6, prefix, NULL));
    g_assert_cmpstr(prefix->str, ==, "A: b\r\n");
    commit(fixture->store);
    g_assert_cmpint(count_rows(fixture->folder, "messages"), ==, 1);
    expect_refused(
        store_entry_copy(fixture->store, NULL, fixture->inbox->id, 99, junk->id, &error) != 0,
        &error, STORE_ERROR_NONE);
    expect_refused(store_entry_add(fixture->store, NULL, STAGE_DELIVER, junk->id, 99, "", 0, "", 0,
                                   &error) != 0,
                   &error, STORE_ERROR_NONE);
    expect_refused(
        store_entry_add(fixture->store, NULL, STAGE_DELIVER, 99, 1, "", 0, "", 0, &error) != 0,
        &error, STORE_ERROR_NONE);
}

static void
test_uids_used_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 9051 §2.3.1.1: UIDs are 32 bits: after the last there is none");
    g_autoptr(sqlite3_stmt) update =
        store_prepare(fixture->store, "UPDATE mailboxes SET uidnext = 4294967294", NULL);
    gint64 id = add_message(fixture->store, NULL, 100, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(store_run(fixture->store, update, NULL));
    g_assert_cmpuint(store_entry_add(fixture->store, NULL, STAGE_DELIVER, fixture->inbox->id, id,
                                     "", 0, "", 0, NULL),
                     ==, 4294967294u);
    expect_refused(store_entry_add(fixture->store, NULL, STAGE_DELIVER, fixture->inbox->id, id, "",
                                   0, "", 0, &error) != 0,
                   &error, STORE_ERROR_NONE);
}

#define ADD(name, test) g_test_add("/storage/mailbox/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("uids", test_uids);
    ADD("uidvalidity", test_uidvalidity);
    ADD("create", test_create);
    ADD("subscribe", test_subscribe);
    ADD("id", test_id);
    ADD("too-many", test_too_many);
    ADD("many-of-others", test_many_of_others);
    ADD("delete", test_delete);
    ADD("empty", test_empty);
    ADD("pages", test_pages);
    ADD("flags", test_flags);
    ADD("prefix", test_prefix);
    ADD("copy", test_copy);
    ADD("uids-used-up", test_uids_used_up);
    return g_test_run();
}
