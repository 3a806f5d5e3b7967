/* tests/fuzz/fuzz_pop3_session.c - POP3 commands of a user who is logged in and has two messages; an
 * input that begins with "-" comes from one who is not. Each reply ends in CRLF. */
#include "tests/fuzz/fuzz.h"

#include "tests/reader_world.h"

#define SESSIONS_A_WORLD 100 /* then a new maildrop: the messages may all have been deleted */

static NetNext
take(void *session, NetBuffer *input, GString *replies)
{
    return pop3_session_input(session, input, replies);
}

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    static ReaderWorld *world;
    static guint sessions;
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(NetBuffer) buffer = net_buffer_new();
    static const char login[] = "USER carol\r\nPASS sesame\r\n";

    if (sessions++ % SESSIONS_A_WORLD == 0) {
        g_clear_pointer(&world, reader_world_free);
        world = reader_world_new();
    }
    g_autoptr(Pop3Session) session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    if (length == 0 || octets[0] != '-')
        dialog_pump(buffer, login, strlen(login), take, session, replies);
    else
        octets++, length--;
    dialog_pump(buffer, (const char *)octets, length, take, session, replies);
    g_assert_true(replies->len == 0 || replies->str[replies->len - 1] == '\n');
    g_ptr_array_set_size(world->events, 0);
    return 0;
}
