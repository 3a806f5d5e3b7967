/* tests/test_smtp_sender.c - as whom a user may write (smtp/sender.c), and how a message may begin. */
#include "tests/smtp_taking.h"

static const DialogEngine world_dialog = { world_dialog_open, world_dialog_input,
                                           world_dialog_close };

static void
test_sub_address(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary("RFC 6409 §6.1: alice+shop is alice's own address, whole and octet by octet");
    dialog_play_both("smtp-sub-address.txt", &world_dialog, world);
}

static Client *
alice(World *world)
{
    Client *client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);

    client_say(client, "EHLO laptop\r\nAUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
    return client;
}

static void
test_alias_is_first(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = NULL;

    g_test_summary("RFC 6409 §6.1: an alias of the whole name goes before the note");
    world->settings.subaddress = (char *)"+";
    g_assert_true(store_alias_set(world->store, "alice+shop", "north.example",
                                  (const char *const[]){ "bob@north.example", NULL }, NULL));
    client = alice(world);
    client_expect(client, "MAIL FROM:<alice+shop@north.example>\r\n", "550 5.7.1 *");
    client_expect(client, "MAIL FROM:<alice+other@north.example>\r\n", "250 2.1.0 *");
}

/* A user's message, cut anywhere. */
static void
test_first_line(void)
{
    static const char text[] = " not a header line\r\nBcc: bob\r\n\r\nx\r\n.\r\n";
    g_autoptr(World) world = world_new();

    g_test_summary("RFC 5322 §2.2.3: the first line does not go on with our Received line");
    for (gsize i = 1; i < strlen(text); i++) {
        g_autoptr(Client) client = alice(world);
        g_autofree char *front = g_strndup(text, i);
        g_autofree char *read = NULL;

        client_say(client, "MAIL FROM:<alice@north.example>\r\nRCPT TO:<bob@north.example>\r\n"
                           "DATA\r\n");
        client_say(client, front);
        client_expect(client, text + i, "250 2.6.0 *");
        read = world_read(world, "bob", "INBOX");
        g_assert_nonnull(strstr(read, "\r\nMessage-ID: "));
        g_assert_true(
            g_str_has_suffix(read, "\r\n\r\n not a header line\r\nBcc: bob\r\n\r\nx\r\n"));
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/sender/sub-address", test_sub_address);
    g_test_add_func("/smtp/sender/alias-is-first", test_alias_is_first);
    g_test_add_func("/smtp/sender/first-line", test_first_line);
    return g_test_run();
}
