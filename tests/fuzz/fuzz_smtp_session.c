/* tests/fuzz/fuzz_smtp_session.c - command lines, and all that they start: a whole SMTP session
 * with a database behind it. Each reply line begins with a code and ends in CRLF. */
#include "tests/fuzz/fuzz.h"

#include "tests/smtp_taking.h"

#define SESSIONS_A_WORLD 200 /* then a new database: what was delivered would make it slow */

static void
check_replies(const GString *replies)
{
    g_auto(GStrv) lines = g_strsplit(replies->str, "\r\n", -1);
    guint count = g_strv_length(lines);

    g_assert_cmpuint(strlen(replies->str), ==, replies->len);
    g_assert_true(count == 0 || *lines[count - 1] == '\0');
    for (guint i = 0; i + 1 < count; i++) {
        g_assert_true(strlen(lines[i]) >= 4 && strlen(lines[i]) <= 510);
        g_assert_true(g_ascii_isdigit(lines[i][0]) && g_ascii_isdigit(lines[i][2]));
        g_assert_true(lines[i][3] == ' ' || lines[i][3] == '-');
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    static World *world;
    static guint sessions;
    SmtpPort port = length > 0 && octets[0] == 's' ? SMTP_PORT_SUBMIT : SMTP_PORT_RELAY;

    if (sessions++ % SESSIONS_A_WORLD == 0) {
        g_clear_pointer(&world, world_free);
        world = world_new();
    }
    g_autoptr(Client) client =
        client_new(world, port, sessions % 2 == 0 ? "127.0.0.9" : "127.0.0.7", NULL, NULL);
    if (dialog_pump(client->buffer, (const char *)octets, length, client_take, client->session,
                    client->replies))
        dialog_pump(client->buffer, "\r\n.\r\nQUIT\r\n", 11, client_take, client->session,
                    client->replies);
    check_replies(client->replies);
    g_ptr_array_set_size(world->events, 0);
    return 0;
}
