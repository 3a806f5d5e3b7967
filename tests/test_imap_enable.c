/* tests/test_imap_enable.c - what is offered, and what IMAP4rev2 changes once it is enabled. */
#include "tests/imap_reader.h"

static void
test_enable(void)
{
    g_test_summary("RFC 9051 §6.3.1: ENABLE, and names in UTF-8 from then on");
    dialog_play_both("imap-enable.txt", &reader_imap_engine, NULL);
}

static void
test_capability(void)
{
    g_test_summary("RFC 3501 §6.1.1, RFC 2971, RFC 4959: what is offered, before login and after");
    dialog_play_both("imap-capability.txt", &reader_imap_engine, NULL);
}

static void
test_capability_stays(void)
{
    g_test_summary("RFC 5161 §3.1: ENABLE does not change what CAPABILITY lists, and adds up");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *before = reader_say(world, "b CAPABILITY\r\n");

    reader_expect(world, "c ENABLE CONDSTORE\r\n",
                  "* ENABLED CONDSTORE\r\nc OK ENABLE completed\r\n");
    reader_expect(world, "d ENABLE IMAP4rev2\r\n",
                  "* ENABLED IMAP4rev2\r\nd OK ENABLE completed\r\n");
    g_autofree char *after = reader_say(world, "b CAPABILITY\r\n");
    g_assert_cmpstr(before, ==, after);
    g_assert_cmpuint(reader_count_events(world, "speaks IMAP4rev2 from here on"), ==, 1);
}

static void
test_append_limit(void)
{
    g_test_summary("RFC 7889 §2: the largest message is announced");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *said = reader_say(world, "b CAPABILITY\r\n");

    g_assert_nonnull(strstr(said, " APPENDLIMIT=1048576"));
    world->imap.max_message_octets = G_GUINT64_CONSTANT(1) << 40; /* a number has 32 bits */
    g_autofree char *most = reader_say(world, "c CAPABILITY\r\n");
    g_assert_nonnull(strstr(most, " APPENDLIMIT=4294967295\r\n"));
}

static void
test_literals_one_kind(void)
{
    g_test_summary("RFC 7888 §5: LITERAL- to strangers, LITERAL+ to users, never both");
    g_autoptr(ReaderWorld) world = reader_world_new();

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    g_autofree char *stranger = reader_say(world, "a CAPABILITY\r\n");
    g_assert_nonnull(strstr(stranger, " LITERAL- "));
    g_assert_null(strstr(stranger, "LITERAL+"));
    g_autofree char *login = reader_say(world, "b LOGIN carol sesame\r\n");
    g_assert_nonnull(strstr(login, "b OK "));
    g_autofree char *user = reader_say(world, "c CAPABILITY\r\n");
    g_assert_nonnull(strstr(user, " LITERAL+ "));
    g_assert_null(strstr(user, "LITERAL-"));
}

static void
test_secured(void)
{
    g_test_summary("RFC 9051 §6.2.1: under TLS other things are offered than before it");
    g_autoptr(ReaderWorld) world = reader_world_new();

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", FALSE, world->trace, NULL, NULL);
    g_autofree char *before = reader_say(world, "a CAPABILITY\r\n");
    g_assert_nonnull(strstr(before, " STARTTLS LOGINDISABLED AUTH=SCRAM-SHA-256\r\n"));
    g_autoptr(GString) replies = g_string_new(NULL);
    net_buffer_add(world->input, "b STARTTLS\r\n", 12);
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_SECURE);
    g_assert_cmpstr(replies->str, ==, "b OK Begin TLS\r\n");
    imap_session_secured(world->imap_session, "TLS1.3");
    g_autofree char *after = reader_say(world, "c CAPABILITY\r\n");
    g_assert_null(strstr(after, "STARTTLS"));
    g_assert_null(strstr(after, "LOGINDISABLED"));
    g_assert_nonnull(strstr(after, " AUTH=SCRAM-SHA-256 AUTH=PLAIN AUTH=LOGIN\r\n"));
    reader_expect(world, "d STARTTLS\r\n", "d BAD TLS stands already\r\n");
}

/* Flags that another session sets. */
static void
others_set(ReaderWorld *world, guint32 uid, guint flags)
{
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);

    g_assert_true(store_entry_set_flags(world->store, NULL, inbox->id, uid, flags, "", NULL));
    g_assert_true(store_commit(world->store, NULL));
}

static void
test_rev1(void)
{
    g_test_summary("RFC 3501: a client that enables nothing gets what it always got");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *said = reader_say(world, "b SELECT INBOX\r\n");

    g_assert_nonnull(strstr(said, "* 0 RECENT\r\n"));
    g_assert_null(strstr(said, "* LIST "));
    others_set(world, 2, STORE_FLAGGED);
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_expect(world, "c NOOP\r\n",
                  "* 2 FETCH (FLAGS (\\Flagged))\r\n* 3 EXISTS\r\n* 1 RECENT\r\n"
                  "c OK NOOP completed\r\n");
}

static void
test_rev2(void)
{
    g_test_summary("RFC 9051 appendix E: no RECENT, and news of a message name its UID");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *said = reader_say(world, "b ENABLE IMAP4rev2\r\nc SELECT INBOX\r\n");

    g_assert_null(strstr(said, "RECENT"));
    others_set(world, 2, STORE_FLAGGED);
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_expect(world, "d NOOP\r\n",
                  "* 2 FETCH (UID 2 FLAGS (\\Flagged))\r\n* 3 EXISTS\r\nd OK NOOP completed\r\n");
}

static void
test_no_tls(void)
{
    g_test_summary("RFC 3501 §6.2.1: a host without TLS does not offer STARTTLS, and refuses it");
    g_autoptr(ReaderWorld) world = reader_connected();

    world->imap.tls = FALSE;
    g_autofree char *said = reader_say(world, "a CAPABILITY\r\n");
    g_assert_null(strstr(said, "STARTTLS"));
    reader_expect(world, "b STARTTLS\r\n", "b BAD STARTTLS is not offered here\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/enable/enable", test_enable);
    g_test_add_func("/imap/enable/capability", test_capability);
    g_test_add_func("/imap/enable/capability-stays", test_capability_stays);
    g_test_add_func("/imap/enable/append-limit", test_append_limit);
    g_test_add_func("/imap/enable/literals-one-kind", test_literals_one_kind);
    g_test_add_func("/imap/enable/secured", test_secured);
    g_test_add_func("/imap/enable/no-tls", test_no_tls);
    g_test_add_func("/imap/enable/rev1", test_rev1);
    g_test_add_func("/imap/enable/rev2", test_rev2);
    return g_test_run();
}
