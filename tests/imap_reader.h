/* tests/imap_reader.h - carol's IMAP session on the host of reader_world.h, as far as a test wants it.
 *
 *   reader_connected() < reader_logged_in() < reader_selected(): INBOX, its two messages
 */
#ifndef TESTS_IMAP_READER_H
#define TESTS_IMAP_READER_H

#include "tests/reader_world.h"

static inline ReaderWorld *
reader_connected(void)
{
    ReaderWorld *world = reader_world_new();

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    return world;
}

static inline ReaderWorld *
reader_logged_in(void)
{
    ReaderWorld *world = reader_connected();
    g_autofree char *said = reader_say(world, "a LOGIN carol sesame\r\n");

    g_assert_nonnull(strstr(said, "a OK "));
    return world;
}

static inline ReaderWorld *
reader_selected(void)
{
    ReaderWorld *world = reader_logged_in();
    g_autofree char *said = reader_say(world, "b SELECT INBOX\r\n");

    g_assert_nonnull(strstr(said, "b OK "));
    return world;
}

/* The same with a third message, of @length @octets. */
static inline ReaderWorld *
reader_selected_with(const char *octets, gsize length)
{
    ReaderWorld *world = reader_connected();
    g_autofree char *said = NULL;

    reader_told(world, reader_add(world, "INBOX", octets, length));
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    g_assert_nonnull(strstr(said, "b OK "));
    return world;
}

/* Hands @octets over, and goes on until the session waits for something. */
static inline NetNext
reader_go_on(ReaderWorld *world, const char *octets, GString *replies)
{
    NetNext next;

    g_string_truncate(replies, 0);
    net_buffer_add(world->input, octets, strlen(octets));
    do
        next = reader_input(world, world->input, replies);
    while (next == NET_MORE || (next == NET_GO_ON && net_buffer_length(world->input) > 0));
    return next;
}

#endif
