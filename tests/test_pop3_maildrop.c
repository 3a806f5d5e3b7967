/* tests/test_pop3_maildrop.c - the maildrop: numbers stand still, sizes are exact, one user at a time. */
#include "pop3/maildrop.h"

#include "storage/asked.h"
#include "tests/reader_world.h"

static Pop3Maildrop *
open_whole(ReaderWorld *world)
{
    g_autoptr(GError) error = NULL;
    Pop3Maildrop *maildrop =
        pop3_maildrop_open(world->pop3.locks, world->store, world->carol, &error);
    gboolean whole = FALSE;

    g_assert_no_error(error);
    while (!whole)
        g_assert_true(pop3_maildrop_load(maildrop, &whole, &error));
    return maildrop;
}

static void
test_numbers(void)
{
    g_test_summary("RFC 1939 §4: numbers count from 1 and stand still while mail arrives");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(Pop3Maildrop) maildrop = open_whole(world);

    g_assert_cmpuint(pop3_maildrop_count(maildrop), ==, 2);
    reader_add(world, "INBOX", "Subject: late\r\n\r\n", 17);
    g_assert_cmpuint(pop3_maildrop_count(maildrop), ==, 2);
    g_assert_null(pop3_maildrop_item(maildrop, 0));
    g_assert_null(pop3_maildrop_item(maildrop, 3));
    g_assert_null(pop3_maildrop_item(maildrop, G_MAXUINT64));
    g_assert_nonnull(pop3_maildrop_item(maildrop, 2));
}

static void
test_sizes(void)
{
    g_test_summary("RFC 1939 §11: the size counts the CRLF that RETR has to add");
    g_autoptr(ReaderWorld) world = reader_world_new();
    reader_add(world, "INBOX", "Subject: x\r\n\r\nno end", 20);
    g_autoptr(Pop3Maildrop) maildrop = open_whole(world);
    guint messages;
    guint64 octets, expected;

    expected = 3 * strlen(READER_PREFIX) + strlen(READER_TEXT) + strlen(READER_PARTS) + 20 + 2;
    pop3_maildrop_stat(maildrop, &messages, &octets);
    g_assert_cmpuint(messages, ==, 3);
    g_assert_cmpuint(octets, ==, expected);
    g_assert_cmpuint(pop3_maildrop_item(maildrop, 3)->octets, ==,
                     pop3_maildrop_item(maildrop, 3)->stored + 2);
    pop3_maildrop_item(maildrop, 3)->deleted = TRUE;
    pop3_maildrop_stat(maildrop, &messages, &octets);
    g_assert_cmpuint(messages, ==, 2);
    pop3_maildrop_item(maildrop, 3)->deleted = FALSE;
    pop3_maildrop_stat(maildrop, &messages, &octets);
    g_assert_cmpuint(octets, ==, expected);
}

static void
test_bodies_unread(void)
{
    g_test_summary(
        "RFC 1939 §11: sizes are told without a look at messages that end as they should");
    g_autoptr(ReaderWorld) world = reader_world_new();
    GPtrArray *asked = NULL, **before = store_listen(world->store, &asked);
    g_autoptr(Pop3Maildrop) maildrop = open_whole(world);

    store_listen(world->store, before);
    store_asked_tell(&asked, world->trace, STAGE_PICKUP);
    g_assert_cmpuint(pop3_maildrop_count(maildrop), ==, 2);
    g_assert_cmpuint(reader_count_events(world, "the messages of the mailbox"), ==, 1);
    g_assert_cmpuint(reader_count_events(world, "octets of the message itself"), ==, 0);
}

static void
test_lock(void)
{
    g_test_summary("RFC 1939 §4: an exclusive lock, released with the session");
    g_autoptr(ReaderWorld) world = reader_world_new();
    Pop3Maildrop *first = open_whole(world);
    g_autoptr(GError) error = NULL;

    g_assert_null(pop3_maildrop_open(world->pop3.locks, world->store, world->carol, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    pop3_maildrop_free(first);
    g_autoptr(Pop3Maildrop) second = open_whole(world);
    g_assert_nonnull(second);
}

static void
test_many(void)
{
    g_test_summary("a maildrop of many pages is listed, and emptied, in slices");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GError) error = NULL;
    gboolean whole = FALSE;
    guint slices = 0, messages;
    guint64 octets;

    for (guint i = 0; i < 1200; i++)
        reader_add(world, "INBOX", "Subject: x\r\n\r\n", 14);
    g_autoptr(Pop3Maildrop) maildrop = open_whole(world);
    g_assert_cmpuint(pop3_maildrop_count(maildrop), ==, 1202);
    for (guint i = 1; i <= 1202; i++)
        pop3_maildrop_item(maildrop, i)->deleted = i != 77;
    while (!whole) {
        g_assert_true(pop3_maildrop_remove_marked(maildrop, NULL, &whole, &error));
        slices++;
    }
    g_assert_cmpuint(slices, >, 6);
    g_assert_true(store_commit(world->store, &error));
    pop3_maildrop_stat(maildrop, &messages, &octets);
    g_assert_cmpuint(messages, ==, 1);
    g_assert_true(pop3_maildrop_exists(maildrop, pop3_maildrop_item(maildrop, 77)));
    g_assert_false(pop3_maildrop_exists(maildrop, pop3_maildrop_item(maildrop, 78)));
}

/* Opens and reads the maildrop, and closes it: how many of its messages were known already? */
static guint
look_again(ReaderWorld *world, guint *messages)
{
    g_autoptr(Pop3Maildrop) maildrop = open_whole(world);

    *messages = pop3_maildrop_count(maildrop);
    for (guint i = 1; i <= *messages; i++) {
        g_assert_false(pop3_maildrop_item(maildrop, i)->deleted);
        g_assert_cmpuint(pop3_maildrop_item(maildrop, i)->uid, >=, i);
    }
    pop3_maildrop_item(maildrop, 3)->deleted = TRUE; /* a line that breaks takes the mark along */
    return pop3_maildrop_kept(maildrop);
}

static void
test_kept(void)
{
    g_test_summary(
        "RFC 1939 §4: a list is used again while all of its messages are there, and only then");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);
    guint messages;

    for (guint i = 0; i < 1200; i++)
        reader_put(world, "INBOX", "Subject: x\r\n\r\n", 14);
    g_assert_cmpuint(look_again(world, &messages), ==, 0);
    g_assert_cmpuint(messages, ==, 1202);
    /* What was seen was not committed yet: of that nothing is kept. */
    g_assert_cmpuint(look_again(world, &messages), ==, 0);
    g_assert_true(store_commit(world->store, NULL));
    g_assert_cmpuint(look_again(world, &messages), ==, 0);
    g_assert_cmpuint(look_again(world, &messages), ==, 1202);
    g_assert_cmpuint(look_again(world, &messages), ==, 1202);
    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, 7, NULL));
    reader_lose_group(world);
    g_assert_cmpuint(look_again(world, &messages), ==, 1202);
    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, 7, NULL));
    g_assert_true(store_commit(world->store, NULL));
    g_assert_cmpuint(look_again(world, &messages), ==, 0);
    g_assert_cmpuint(messages, ==, 1201);
    /* One comes, one goes, flags change. */
    g_assert_cmpuint(reader_add(world, "INBOX", "Subject: x\r\n\r\n", 14), ==, 1203);
    g_assert_true(store_entry_set_flags(world->store, NULL, inbox->id, 8, STORE_SEEN, "", NULL));
    g_assert_true(store_commit(world->store, NULL));
    g_assert_cmpuint(look_again(world, &messages), ==, 1201);
    g_assert_cmpuint(messages, ==, 1202);
    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, 8, NULL));
    reader_add(world, "INBOX", "Subject: x\r\n\r\n", 14);
    g_assert_cmpuint(look_again(world, &messages), ==, 0);
    g_assert_cmpuint(messages, ==, 1202);
    g_assert_cmpuint(look_again(world, &messages), ==, 1202);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pop3/maildrop/numbers", test_numbers);
    g_test_add_func("/pop3/maildrop/sizes", test_sizes);
    g_test_add_func("/pop3/maildrop/bodies-unread", test_bodies_unread);
    g_test_add_func("/pop3/maildrop/lock", test_lock);
    g_test_add_func("/pop3/maildrop/many", test_many);
    g_test_add_func("/pop3/maildrop/kept", test_kept);
    return g_test_run();
}
