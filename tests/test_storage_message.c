/* tests/test_storage_message.c - messages: in and out by pieces, gone when nobody names them. */
#include "storage/archive.h"
#include "storage/inside.h"

#include "tests/test_storage_world.h"

static const char head[] = "Received: from here\r\n";

/* @octets of content that says where in it one is. */
static char *
content_new(gsize octets)
{
    GString *content = g_string_new("Subject: numbers\r\nMessage-ID: <1@north.example>\r\n\r\n");

    while (content->len < octets)
        g_string_append_printf(content, "%08u\r\n", (guint)content->len);
    g_string_truncate(content, octets);
    return g_string_free(content, FALSE);
}

static gint64
add_content(Store *store, const char *content, gsize octets, gsize portion)
{
    g_autoptr(StoreDraft) draft = store_draft_new(store);
    GError *error = NULL;
    gint64 id;

    for (gsize at = 0; at < octets; at += portion) {
        g_assert_true(store_draft_append(draft, content + at, MIN(portion, octets - at), &error));
        g_assert_no_error(error);
    }
    g_assert_cmpuint(store_draft_octets(draft), ==, octets);
    id = store_message_add(store, NULL, draft, head, "", "q7", &error);
    g_assert_no_error(error);
    return id;
}

static void
expect_octets(Store *store, gint64 id, const char *whole, gsize octets, guint64 offset,
              gsize length)
{
    g_autoptr(GString) got = g_string_new("kept:");
    GError *error = NULL;
    gsize expected = offset >= octets ? 0 : MIN(length, octets - offset);

    g_assert_true(store_message_read(store, id, offset, length, got, &error));
    g_assert_no_error(error);
    g_assert_cmpmem(got->str, 5, "kept:", 5);
    g_assert_cmpmem(got->str + 5, got->len - 5, whole + MIN(offset, octets), expected);
}

/* Stores @octets in portions and reads them back in several ways, before and after a restart. */
static void
expect_round_trip(gsize octets, gsize portion)
{
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autofree char *content = content_new(octets);
    g_autofree char *whole = g_strconcat(head, content, NULL);
    gsize all = strlen(head) + octets;
    gint64 id = add_content(store, content, octets, portion);

    for (guint restart = 0; restart < 2; restart++) {
        expect_octets(store, id, whole, all, 0, all);
        expect_octets(store, id, whole, all, 0, all + 100);
        expect_octets(store, id, whole, all, 5, 3);
        expect_octets(store, id, whole, all, strlen(head) - 2, 10);
        expect_octets(store, id, whole, all, strlen(head), 10);
        expect_octets(store, id, whole, all, all - 3, 10);
        expect_octets(store, id, whole, all, all, 10);
        expect_octets(store, id, whole, all, all + 10, 10);
        commit(store);
        g_clear_pointer(&store, store_close);
        store = open_store(folder, NULL);
    }
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==,
                     octets > STORE_BODY_FILE_OCTETS ? 1 : 0);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_round_trip(void)
{
    g_test_summary("What goes in comes out, octet for octet, on both sides of 256 KB");
    expect_round_trip(60, 1);
    expect_round_trip(4096, 100);
    expect_round_trip(STORE_BODY_FILE_OCTETS, 1000);
    expect_round_trip(STORE_BODY_FILE_OCTETS + 1, 1000);
    expect_round_trip(STORE_BODY_FILE_OCTETS + 1, STORE_BODY_FILE_OCTETS + 1);
    expect_round_trip(3 * 1024 * 1024 + 17, 16384);
}

static void
test_draft(void)
{
    g_test_summary(
        "A draft knows its hash, its beginning and its index; dropped, it leaves nothing");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreDraft) small = store_draft_new(store);
    g_autofree char *large_text = content_new(400000);
    g_autofree char *subject = NULL;
    gsize length;

    store_draft_append(small, "Subject: a\r\n\r\nabc", 17, NULL);
    g_assert_null(store_draft_hash(small));
    subject = store_index_header(store_draft_finish(small), "Subject");
    g_assert_cmpstr(subject, ==, "a");
    g_assert_cmpstr(store_draft_hash(small), ==,
                    "8182bc9bf95361b83087fc72a227a97479041158f551d13f8158822ecabdead0");
    g_assert_cmpstr(store_draft_start(small, &length), ==, "Subject: a\r\n\r\nabc");
    g_assert_cmpuint(length, ==, 17);
    {
        g_autoptr(StoreDraft) large = store_draft_new(store);

        g_assert_true(store_draft_append(large, large_text, 400000, NULL));
        g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 1);
        store_draft_start(large, &length);
        g_assert_cmpuint(length, ==, 65536);
    }
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 0);
    g_assert_false(store_is_open(store));
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_row(void)
{
    g_test_summary("A message's row: sizes, sender, token, the header fields people look for");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autofree char *content = content_new(1000);
    gint64 id = add_content(store, content, 1000, 1000);
    g_autoptr(StoreOrigin) origin = store_message_origin(store, id);
    g_autoptr(StoreIndex) index = store_message_index(store, id, NULL);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, content, 1000);

    g_assert_null(origin->journey);
    g_assert_cmpstr(origin->sha256, ==, hash);
    g_assert_cmpuint(store_index_octets(index), ==, 1000 + strlen(head));
    g_assert_cmpuint(store_index_header_count(index, "Received"), ==, 1);
    g_assert_cmpuint(store_index_part(index, 0)->body, ==, strlen(head) + 51);
    g_assert_null(store_message_origin(store, 99));
    commit(store);
    g_assert_cmpint(number_of(folder, "SELECT octets FROM messages"), ==, 1000 + strlen(head));
    g_assert_cmpint(number_of(folder, "SELECT length(head) FROM messages"), ==, strlen(head));
    g_assert_cmpint(number_of(folder, "SELECT arrived FROM messages"), ==, world_now_s);
    g_assert_cmpint(number_of(folder, "SELECT count(*) FROM messages WHERE sender = ''"
                                      " AND token = 'q7' AND header_from IS NULL"
                                      " AND header_subject = 'numbers'"
                                      " AND message_id = '<1@north.example>'"),
                    ==, 1);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_nul(void)
{
    g_test_summary("Octets are octets: NUL and 8-bit come back as they went in");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    static const char octets[] = "Subject: \xe9\0x\r\n\r\na\0b\xff\r\n";
    g_autoptr(GString) got = g_string_new(NULL);
    gint64 id = add_content(store, octets, sizeof octets - 1, 3);

    g_assert_true(store_message_read(store, id, strlen(head), 1000, got, NULL));
    g_assert_cmpmem(got->str, got->len, octets, sizeof octets - 1);
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_removed_by_last_name(void)
{
    g_test_summary("A message goes, its file after the commit, when the last mailbox lets it go");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    gint64 id = add_message(store, NULL, 300000, NULL);
    guint32 one = store_entry_add(store, NULL, STAGE_DELIVER, inbox->id, id, "", 0, "", 0, NULL);
    guint32 two = store_entry_copy(store, NULL, inbox->id, one, inbox->id, NULL);

    commit(store);
    g_assert_true(store_entry_remove(store, NULL, inbox->id, one, NULL));
    commit(store);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 1);
    g_assert_true(store_entry_remove(store, NULL, inbox->id, two, NULL));
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 1);
    commit(store);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 0);
    g_assert_cmpint(count_rows(folder, "loose"), ==, 0);
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 0);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_removal_undone(void)
{
    g_test_summary("A removal that is not committed leaves row and file where they are");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    gint64 id = add_message(store, NULL, 300000, NULL);
    guint32 uid = store_entry_add(store, NULL, STAGE_DELIVER, inbox->id, id, "", 0, "", 0, NULL);
    g_autoptr(GString) got = g_string_new(NULL);

    commit(store);
    g_assert_true(store_savepoint(store, NULL));
    g_assert_true(store_entry_remove(store, NULL, inbox->id, uid, NULL));
    g_assert_true(store_message_sweep(store, NULL));
    g_assert_true(store_rollback_to(store));
    commit(store);
    g_assert_true(store_entry_remove(store, NULL, inbox->id, uid, NULL));
    g_assert_true(store_message_sweep(store, NULL));
    g_clear_pointer(&store, store_close); /* as a crash would */
    store = open_store(folder, NULL);
    g_assert_true(store_message_read(store, id, 0, 1000000, got, NULL));
    g_assert_cmpuint(got->len, ==, 300016);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_noted_without_end(void)
{
    g_test_summary("RFC 1939 §11: noted are the few messages whose size POP3 has to look at");
    static const char *const contents[] = { "A: b\r\n\r\n\r\n", "A: b\r\n\r\nc", "A: b\n", "\r" };
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(StoreEntrySize));
    guint removed;

    for (guint i = 0; i < G_N_ELEMENTS(contents); i++)
        store_entry_add(store, NULL, STAGE_DELIVER, inbox->id,
                        add_content(store, contents[i], strlen(contents[i]), i + 1), "", 0, "", 0,
                        NULL);
    commit(store);
    g_assert_cmpint(count_rows(folder, "unended"), ==, 3);
    g_assert_true(store_entry_sizes(store, inbox->id, 0, 100, sizes, NULL));
    for (guint i = 0; i < sizes->len; i++)
        g_assert_cmpint(g_array_index(sizes, StoreEntrySize, i).unended, ==, i > 0);
    g_assert_true(store_entry_remove(store, NULL, inbox->id, 2, NULL));
    commit(store);
    g_assert_cmpint(number_of(folder, "SELECT sum(message) FROM unended"), ==, 3 + 4);
    g_assert_true(store_mailbox_empty(store, inbox->id, 100, &removed, NULL));
    commit(store);
    g_assert_cmpint(count_rows(folder, "unended"), ==, 0);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_named_by_queue_and_archive(void)
{
    g_test_summary("A message stays while it travels, and while a copy is kept");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    gint64 id = add_message(store, NULL, 100, NULL), kept = add_message(store, NULL, 100, NULL);
    gint64 queue = store_queue_add(store, NULL, id, "", FALSE, NULL);
    gint64 one = store_queue_add_recipient(store, NULL, queue, "c@s.example", "s.example", 0, NULL);
    gint64 two = store_queue_add_recipient(store, NULL, queue, "d@s.example", "s.example", 0, NULL);
    g_autoptr(GPtrArray) items = NULL;

    queue = store_queue_add(store, NULL, kept, "", FALSE, NULL);
    store_archive_add(store, NULL, kept, "", "c@s.example", "hello", "test", NULL);
    g_assert_true(store_queue_done(store, NULL, one, NULL));
    commit(store);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 2);
    g_assert_true(store_queue_failed(store, NULL, two, "550 no", NULL));
    commit(store);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 1);
    items = store_queue_list(store, TRUE, NULL);
    g_assert_cmpuint(items->len, ==, 2); /* the history stays without the message */
    g_assert_cmpint(((StoreQueueItem *)g_ptr_array_index(items, 1))->message, ==, 0);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

/* Has a COMMIT behind it with which 450 messages lost their last name. */
static Store *
store_with_many_loose(const char *folder)
{
    Store *store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    guint removed;

    for (guint i = 0; i < 450; i++)
        store_entry_add(store, NULL, STAGE_DELIVER, inbox->id, add_message(store, NULL, 100, NULL),
                        "", 0, "", 0, NULL);
    commit(store);
    g_assert_false(store_has_loose(store));
    g_assert_true(store_mailbox_empty(store, inbox->id, 1000, &removed, NULL));
    g_assert_cmpuint(removed, ==, 450);
    commit(store);
    return store;
}

static void
test_removed_a_page_a_time(void)
{
    g_test_summary(
        "Many messages that nobody names have time: the COMMIT of the group that emptied the "
        "mailbox removes none, each later one some");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = store_with_many_loose(folder);
    guint groups = 0;

    g_assert_cmpint(count_rows(folder, "messages"), ==, 450);
    g_assert_true(store_has_loose(store));
    for (; store_begin_loose(store); groups++)
        commit(store);
    g_assert_cmpuint(groups, ==, 3);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 0);
    g_assert_cmpint(count_rows(folder, "loose"), ==, 0);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_removal_not_pressed(void)
{
    g_test_summary("A COMMIT for removal alone that fails is not tried again and again");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = store_with_many_loose(folder);

    g_assert_true(store_begin_loose(store));
    store->lost = g_error_new_literal(STORE_ERROR, STORE_ERROR_FULL, "as a full disk does");
    g_assert_false(store_commit(store, NULL));
    g_assert_false(store_begin_loose(store));
    g_assert_true(store_begin(store, NULL)); /* for something else */
    commit(store);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 250);
    g_assert_true(store_has_loose(store));
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_speed(void)
{
    g_test_summary("A message of 4 KB costs some ten microseconds (figure only)");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    g_autofree char *content = content_new(4096);
    gint64 begun = g_get_monotonic_time();

    for (guint i = 0; i < 2000; i++) {
        gint64 id = add_content(store, content, 4096, 4096);

        store_entry_add(store, NULL, STAGE_DELIVER, inbox->id, id, "Return-Path: <>\r\n", 0, "", 0,
                        NULL);
        if (i % 100 == 99)
            commit(store);
    }
    g_test_message("%.1f us a message, 100 a commit",
                   (double)(g_get_monotonic_time() - begun) / 2000);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/message/round-trip", test_round_trip);
    g_test_add_func("/storage/message/draft", test_draft);
    g_test_add_func("/storage/message/row", test_row);
    g_test_add_func("/storage/message/nul", test_nul);
    g_test_add_func("/storage/message/removed-by-last-name", test_removed_by_last_name);
    g_test_add_func("/storage/message/removal-undone", test_removal_undone);
    g_test_add_func("/storage/message/noted-without-end", test_noted_without_end);
    g_test_add_func("/storage/message/removed-a-page-a-time", test_removed_a_page_a_time);
    g_test_add_func("/storage/message/removal-not-pressed", test_removal_not_pressed);
    g_test_add_func("/storage/message/named-by-queue-and-archive", test_named_by_queue_and_archive);
    g_test_add_func("/storage/message/speed", test_speed);
    return g_test_run();
}
