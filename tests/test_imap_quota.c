/* tests/test_imap_quota.c - how much a user may keep, and who is told so. */
#include "tests/reader_world.h"

static ReaderWorld *
world_with_quota(guint64 octets)
{
    ReaderWorld *world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap.quota_octets = octets;
    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\n");
    return world;
}

static void
test_root(void)
{
    g_test_summary("RFC 9208 §4.1.1, §4.1.2: one root for all mailboxes; used is rounded up");
    g_autoptr(ReaderWorld) world = world_with_quota(10 * 1024 + 1023);
    static const char quota[] = "* QUOTA \"carol@south.example\" (STORAGE 1 10)\r\n";
    g_autofree char *root = g_strdup_printf(
        "* QUOTAROOT \"INBOX\" \"carol@south.example\"\r\n%sb OK GETQUOTAROOT completed\r\n",
        quota);
    g_autofree char *nowhere = g_strdup_printf(
        "* QUOTAROOT \"Nowhere\" \"carol@south.example\"\r\n%sc OK GETQUOTAROOT completed\r\n",
        quota);
    g_autofree char *get = g_strdup_printf("%sd OK GETQUOTA completed\r\n", quota);

    reader_expect(world, "b GETQUOTAROOT inbox\r\n", root);
    reader_expect(world, "c GETQUOTAROOT Nowhere\r\n", nowhere);
    reader_expect(world, "d GETQUOTA carol@south.example\r\n", get);
    reader_expect(world, "e GETQUOTA \"bob@south.example\"\r\n",
                  "e NO [NONEXISTENT] GETQUOTAROOT tells the quota roots\r\n");
    reader_expect(world, "f GETQUOTA\r\n", "f BAD GETQUOTA needs a quota root\r\n");
    reader_expect(world, "g GETQUOTAROOT INBOX x\r\n", "g BAD A mailbox name is needed here\r\n");
    reader_find_event(world, "918 octets lie in the mailboxes of carol@south.example");
}

static void
test_none(void)
{
    g_test_summary("RFC 9208 §4.2.2: without a limit there is no quota root");
    g_autoptr(ReaderWorld) world = world_with_quota(0);

    reader_expect(world, "b GETQUOTAROOT INBOX\r\n",
                  "* QUOTAROOT \"INBOX\"\r\nb OK GETQUOTAROOT completed\r\n");
    reader_expect(world, "c GETQUOTA carol@south.example\r\n",
                  "c NO [NONEXISTENT] GETQUOTAROOT tells the quota roots\r\n");
}

static void
test_set(void)
{
    g_test_summary("RFC 9208 §4.1.3: QUOTASET is not offered, SETQUOTA is not permitted");
    g_autoptr(ReaderWorld) world = world_with_quota(1024);

    reader_expect(world, "b SETQUOTA carol@south.example (STORAGE 1000000)\r\n",
                  "b NO [NOPERM] The quota is not yours to change\r\n");
    reader_expect(world, "c SETQUOTA x\r\n",
                  "c BAD SETQUOTA needs a quota root and a list of limits\r\n");
}

/* 918 octets are there. */
static void
test_room(void)
{
    g_test_summary("RFC 9208 §4.3.1: OVERQUOTA where a message would not fit");
    g_autoptr(ReaderWorld) world = world_with_quota(918 + 295 + 9);
    g_autofree char *said = reader_say(world, "b SELECT INBOX\r\n"), *copied = NULL,
                    *appended = NULL;

    g_assert_nonnull(strstr(said, "* 2 EXISTS"));
    reader_expect(world, "c COPY 2 Sent\r\n", "c NO [OVERQUOTA] There is no room for this\r\n");
    reader_expect(world, "d STATUS Sent (MESSAGES UIDNEXT)\r\n",
                  "* STATUS \"Sent\" (MESSAGES 0 UIDNEXT 1)\r\nd OK STATUS completed\r\n");
    copied = reader_say(world, "e COPY 1 Sent\r\n");
    g_assert_true(g_str_has_prefix(copied, "e OK [COPYUID "));
    reader_expect(world, "f APPEND Sent {10}\r\n",
                  "f NO [OVERQUOTA] There is no room for this\r\n");
    appended = reader_say(world, "g APPEND Sent {9+}\r\nA: b\r\n\r\nc\r\n");
    g_assert_true(g_str_has_prefix(appended, "g OK [APPENDUID "));
    /* Among one's own mailboxes a message may move all the same. */
    g_free(copied);
    copied = reader_say(world, "h MOVE 1 Trash\r\n");
    g_assert_nonnull(strstr(copied, "h OK "));
    reader_find_event(world, "10 octets more would be beyond what carol@south.example may keep");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/quota/root", test_root);
    g_test_add_func("/imap/quota/none", test_none);
    g_test_add_func("/imap/quota/set", test_set);
    g_test_add_func("/imap/quota/room", test_room);
    return g_test_run();
}
