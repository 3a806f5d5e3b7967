/* tests/test_imap_lost.c - commands that take several groups, and one of those is lost, or the reader
 * goes away in the middle: OK is said of the whole, or not at all. */
#include "storage/inside.h"
#include "tests/reader_world.h"

#define MANY 700 /* in INBOX: more than one slice */

static ReaderWorld *
selected(void)
{
    ReaderWorld *world = reader_world_new();

    for (guint i = 2; i < MANY; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_mailbox_create(world->store, world->carol->id, "Work", NULL));
    g_assert_true(store_commit(world->store, NULL));
    world->imap_session = imap_session_new(&world->imap, "127.0.0.1", TRUE, NULL, NULL, NULL);
    g_autofree char *said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    g_assert_nonnull(strstr(said, "b OK "));
    return world;
}

static guint
count(ReaderWorld *world, const char *name)
{
    g_autoptr(StoreMailbox) mailbox =
        store_mailbox_find(world->store, world->carol->id, name, NULL);
    StoreMailboxCounts counts = { 0 };

    if (mailbox == NULL)
        return 0;
    g_assert_true(store_mailbox_counts(world->store, mailbox->id, &counts, NULL));
    return counts.messages;
}

/* Only the first slice of @command. */
static void
begin(ReaderWorld *world, const char *command)
{
    g_autoptr(GString) replies = g_string_new(NULL);

    net_buffer_add(world->input, command, strlen(command));
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_MORE);
}

static const char *const commands[] = {
    "c STORE 1:* +FLAGS.SILENT (\\Flagged)\r\n",
    "c COPY 1:* Trash\r\n",
    "c MOVE 1:* Trash\r\n",
    "c EXPUNGE\r\n",
    "c CLOSE\r\n",
    "c DELETE Work\r\n",
    "c RENAME INBOX Old\r\n",
};

/* For EXPUNGE and DELETE there must be something to remove. */
static void
prepare(ReaderWorld *world, const char *command)
{
    g_autofree char *said = NULL;

    if (strstr(command, "DELETE") != NULL)
        said = reader_say(world, "p COPY 1:* Work\r\n");
    else if (strstr(command, "EXPUNGE") != NULL || strstr(command, "CLOSE") != NULL)
        said = reader_say(world, "p STORE 1:* +FLAGS.SILENT (\\Deleted)\r\n");
}

static void
test_lost(void)
{
    g_test_summary("a group in the middle is lost, the others are not: OK would not be true");
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autoptr(ReaderWorld) world = selected();

        prepare(world, commands[i]);
        begin(world, commands[i]);
        reader_lose_group(world);
        g_autofree char *said = reader_say(world, "");
        if (strstr(said, "c NO ") == NULL)
            g_error("%s was answered by %s", commands[i], said);
        g_autofree char *then = reader_say(world, "d NOOP\r\n");
        g_assert_nonnull(strstr(then, "d OK "));
    }
}

static void
test_copy_lost(void)
{
    g_test_summary(
        "RFC 3501 §6.4.7: a COPY that fails takes back its own copies, and nobody else's");
    g_autoptr(ReaderWorld) world = selected();

    begin(world, "c COPY 1:* Trash\r\n");
    reader_lose_group(world);
    reader_add(world, "Trash", "New: mail\r\n\r\n", 13); /* with the UID that a copy had */
    g_autofree char *said = reader_say(world, "");
    g_assert_nonnull(strstr(said, "c NO "));
    g_assert_cmpuint(count(world, "Trash"), ==, 1);
}

/* What a restart would have to finish, or to undo. */
static int
count_unfinished(ReaderWorld *world)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        world->store, "SELECT (SELECT count(*) FROM unfinished) + (SELECT count(*) FROM copies)",
        NULL);

    g_assert_cmpint(sqlite3_step(ask), ==, SQLITE_ROW);
    return sqlite3_column_int(ask, 0);
}

static void
test_copy_dropped(void)
{
    g_test_summary(
        "RFC 3501 §6.4.7: a reader who goes away in the middle of COPY leaves no copies");
    g_autoptr(ReaderWorld) world = selected();

    begin(world, "c COPY 1:* Trash\r\n");
    g_assert_true(store_commit(world->store, NULL));
    g_clear_pointer(&world->imap_session, imap_session_free);
    g_assert_cmpuint(count(world, "Trash"), ==, 0);
    g_assert_cmpint(count_unfinished(world), ==, 0);
}

static void
test_copy_noted(void)
{
    g_test_summary("RFC 3501 §6.4.7: half a COPY is undone by a restart, half a MOVE is whole");
    g_autoptr(ReaderWorld) world = selected();

    begin(world, "c COPY 1:* Trash\r\n");
    g_assert_cmpint(count_unfinished(world), >, 0);
    g_autofree char *copied = reader_say(world, "");
    g_assert_nonnull(strstr(copied, "c OK [COPYUID "));
    g_assert_cmpint(count_unfinished(world), ==, 0);
    begin(world, "d MOVE 1:* Trash\r\n");
    g_assert_cmpint(count_unfinished(world), ==, 0);
    g_autofree char *moved = reader_say(world, "");
    g_assert_nonnull(strstr(moved, "d OK MOVE completed\r\n"));
}

static void
test_inbox_stays(void)
{
    g_test_summary("RFC 9051 §6.3.5: INBOX can't be deleted, nor a page's worth of it");
    g_autoptr(ReaderWorld) world = selected();

    reader_expect(world, "c DELETE inbox\r\n", "c NO [CANNOT] INBOX cannot be deleted\r\n");
    g_assert_cmpuint(count(world, "INBOX"), ==, MANY);
}

static void
test_comes_meanwhile(void)
{
    g_test_summary("RFC 9051 §6.3.6: what arrives while INBOX is renamed stays in INBOX");
    g_autoptr(ReaderWorld) world = selected();

    begin(world, "c RENAME INBOX Old\r\n");
    g_assert_cmpint(count_unfinished(world), ==, 1);
    reader_add(world, "INBOX", "New: mail\r\n\r\n", 13);
    g_autofree char *said = reader_say(world, "");
    g_assert_nonnull(strstr(said, "c OK RENAME completed\r\n"));
    g_assert_cmpuint(count(world, "INBOX"), ==, 1);
    g_assert_cmpuint(count(world, "Old"), ==, MANY);
    g_assert_cmpint(count_unfinished(world), ==, 0);
}

static void
test_delete_dropped(void)
{
    g_test_summary("a reader who goes away in the middle of DELETE leaves the rest, for good");
    g_autoptr(ReaderWorld) world = selected();

    prepare(world, "c DELETE Work\r\n");
    begin(world, "c DELETE Work\r\n");
    g_assert_cmpint(count_unfinished(world), ==, 1);
    g_assert_true(store_commit(world->store, NULL));
    g_clear_pointer(&world->imap_session, imap_session_free);
    g_assert_true(store_commit(world->store, NULL));
    g_assert_cmpuint(count(world, "Work"), >, 0);
    g_assert_cmpint(count_unfinished(world), ==, 0);
}

static gint64
unfinished(ReaderWorld *world)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(world->store, "SELECT count(*) FROM unfinished", NULL);
    gint64 number = -1;
    gboolean found;

    g_assert_true(store_number(world->store, ask, &number, &found, NULL));
    return number;
}

static void
test_rename_inbox(void)
{
    g_test_summary(
        "RFC 9051 §6.3.6: mail that comes while INBOX's moves stays there; a crash in the "
        "middle would find a note of what is left");
    g_autoptr(ReaderWorld) world = selected();

    begin(world, "c RENAME INBOX Old\r\n");
    g_assert_cmpint(unfinished(world), ==, 1);
    reader_add(world, "INBOX", "New: mail\r\n\r\n", 13);
    g_autofree char *said = reader_say(world, "");
    g_assert_nonnull(strstr(said, "c OK RENAME completed\r\n"));
    g_assert_cmpuint(count(world, "INBOX"), ==, 1);
    g_assert_cmpuint(count(world, "Old"), ==, MANY);
    g_assert_cmpint(unfinished(world), ==, 0);
}

static void
test_dropped(void)
{
    static const char *const begun[] = { "c RENAME INBOX Old\r\n", "c DELETE Work\r\n" };

    g_test_summary(
        "RFC 9051 §6.3.5, §6.3.6: when the reader goes away in the middle, the rest stays");
    for (guint i = 0; i < G_N_ELEMENTS(begun); i++) {
        g_autoptr(ReaderWorld) world = selected();

        prepare(world, begun[i]);
        begin(world, begun[i]);
        g_assert_cmpint(unfinished(world), ==, 1);
        g_clear_pointer(&world->imap_session, imap_session_free);
        g_assert_cmpint(unfinished(world), ==, 0);
        g_assert_cmpuint(count(world, i == 0 ? "INBOX" : "Work"), >, 0);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/lost/lost", test_lost);
    g_test_add_func("/imap/lost/copy-lost", test_copy_lost);
    g_test_add_func("/imap/lost/copy-dropped", test_copy_dropped);
    g_test_add_func("/imap/lost/rename-inbox", test_rename_inbox);
    g_test_add_func("/imap/lost/dropped", test_dropped);
    g_test_add_func("/imap/lost/copy-noted", test_copy_noted);
    g_test_add_func("/imap/lost/inbox-stays", test_inbox_stays);
    g_test_add_func("/imap/lost/comes-meanwhile", test_comes_meanwhile);
    g_test_add_func("/imap/lost/delete-dropped", test_delete_dropped);
    return g_test_run();
}
