/* tests/test_imap_message.c - STORE, COPY, EXPUNGE, CLOSE. */
#include "storage/inside.h"
#include "tests/imap_reader.h"

static void
test_flags(void)
{
    g_test_summary("RFC 3501 §6.4: flags, copies, removal in two steps");
    dialog_play_both("imap-flags.txt", &reader_imap_engine, NULL);
}

static void
test_copy_all_or_nothing(void)
{
    g_test_summary("RFC 3501 §6.4.7: a COPY that fails leaves the target as it was");
    g_autoptr(ReaderWorld) world = reader_selected();
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", &error);

    for (guint i = 0; i < 300; i++)
        reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    g_free(reader_say(world, "c NOOP\r\n"));
    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, 302, &error));
    g_assert_true(store_commit(world->store, &error));
    g_autofree char *copied = reader_say(world, "d COPY 1:302 Trash\r\n");
    g_assert_true(g_str_has_prefix(copied, "* 302 EXPUNGE\r\nd NO [EXPUNGEISSUED]"));
    g_autofree char *status = reader_say(world, "e STATUS Trash (MESSAGES)\r\n");
    g_assert_nonnull(strstr(status, "(MESSAGES 0)"));
}

static void
test_copy_here(void)
{
    g_test_summary("RFC 4315 §3: COPYUID; a copy into the same mailbox is new mail");
    g_autoptr(ReaderWorld) world = reader_selected();
    g_autofree char *said = reader_say(world, "c COPY 2,1 INBOX\r\n");

    g_assert_cmpstr(
        said, ==,
        "* 4 EXISTS\r\n* 2 RECENT\r\nc OK [COPYUID 1767603600 1:2 3:4] COPY completed\r\n");
}

static void
test_close_examined(void)
{
    g_test_summary("RFC 3501 §6.4.2: CLOSE removes nothing where the mailbox was examined");
    g_autoptr(ReaderWorld) world = reader_selected();
    g_autofree char *said = reader_say(world, "c STORE 1 +FLAGS \\Deleted\r\nd EXAMINE INBOX\r\n"
                                              "e CLOSE\r\nf STATUS INBOX (MESSAGES)\r\n");

    g_assert_nonnull(strstr(said, "(MESSAGES 2)"));
}

static void
test_expunge_some_of_many(void)
{
    g_test_summary("RFC 4315 §2.1: UID EXPUNGE takes what is both named and marked, of many, too");
    g_autoptr(ReaderWorld) world = reader_selected();
    g_autoptr(GString) odd = g_string_new("d STORE 1");

    for (guint i = 0; i < 498; i++)
        reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    g_free(reader_say(world, "c NOOP\r\n"));
    for (guint i = 3; i <= 500; i += 2)
        g_string_append_printf(odd, ",%u", i);
    g_string_append(odd, " +FLAGS.SILENT (\\Deleted)\r\n");
    reader_expect(world, odd->str, "d OK STORE completed\r\n");
    g_autofree char *gone = reader_say(world, "e UID EXPUNGE 1:150,155:158,162:500\r\n");
    g_assert_true(g_str_has_suffix(gone, "* 254 EXPUNGE\r\ne OK UID EXPUNGE completed\r\n"));
    reader_expect(world, "f UID SEARCH DELETED\r\n",
                  "* SEARCH 151 153 159 161\r\nf OK UID SEARCH completed\r\n");
    reader_expect(world, "g STATUS INBOX (MESSAGES DELETED)\r\n",
                  "* STATUS \"INBOX\" (MESSAGES 254 DELETED 4)\r\ng OK STATUS completed\r\n");
    g_autofree char *rest = reader_say(world, "h EXPUNGE\r\n");
    g_assert_true(g_str_has_suffix(rest, "EXPUNGE\r\nh OK EXPUNGE completed\r\n"));
    reader_expect(world, "i UID SEARCH UID 147:165\r\n",
                  "* SEARCH 148 150 152 154 156 158 160 162 164\r\ni OK UID SEARCH completed\r\n");
}

static void
test_keywords_limit(void)
{
    g_test_summary("RFC 5530 §3: more keywords than a message can have are told, not dropped");
    g_autoptr(ReaderWorld) world = reader_selected();
    g_autoptr(GString) first = g_string_new("c STORE 1 +FLAGS.SILENT (k0");

    for (guint i = 1; i < 100; i++)
        g_string_append_printf(first, " k%u", i);
    g_string_append(first, ")\r\n");
    reader_expect(world, first->str, "c OK STORE completed\r\n");
    reader_expect(world, "d STORE 1 +FLAGS.SILENT (K7 k99)\r\n", "d OK STORE completed\r\n");
    g_autofree char *more = reader_say(world, "e STORE 1 +FLAGS.SILENT (k100)\r\n");
    g_assert_true(g_str_has_suffix(more, "e NO [LIMIT] A message has at most 100 keywords\r\n"));
    reader_expect(world, "f STORE 1 FLAGS (k100)\r\n",
                  "* 1 FETCH (FLAGS (k100))\r\nf OK STORE completed\r\n");
    /* The message before it was told as changed, and is not: it is told as it is. */
    first->str[strlen("c STORE ")] = '2';
    reader_expect(world, first->str, "c OK STORE completed\r\n");
    reader_expect(world, "g STORE 1:2 +FLAGS (one-more)\r\n",
                  "* 1 FETCH (FLAGS (k100 one-more))\r\n* 1 FETCH (FLAGS (k100))\r\n"
                  "g NO [LIMIT] A message has at most 100 keywords\r\n");
}

static void
test_told(void)
{
    g_test_summary("of many messages that a command changes the first 50 are told one by one");
    g_autoptr(ReaderWorld) world = reader_selected();

    for (guint i = 0; i < 60; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(world->store, NULL));
    g_free(reader_say(world, "c NOOP\r\n"));
    reader_expect(world, "d STORE 1:* +FLAGS.SILENT (\\Flagged)\r\n", "d OK STORE completed\r\n");
    g_assert_cmpuint(reader_count_events(world, "the flags of UID"), ==, 50);
    g_assert_cmpuint(reader_count_events(world, "and 12 more messages in the same way"), ==, 1);
    reader_expect(world, "e STORE 7 -FLAGS.SILENT (\\Flagged)\r\n", "e OK STORE completed\r\n");
    g_assert_cmpuint(reader_count_events(world, "the flags of UID"), ==, 51);
    g_assert_cmpuint(reader_count_events(world, "more messages in the same way"), ==, 1);
}

static void
test_wrong(void)
{
    g_test_summary("RFC 9051 §9: arguments that are missing, or too many, are BAD");
    static const char *const wrong[] = { "STORE",          "STORE 1",          "STORE 1 FLAGS",
                                         "STORE 1 FLAGS ", "STORE 1 (\\Seen)", "STORE 1 FLAGS () x",
                                         "COPY",           "COPY 1",           "COPY 1 Trash x",
                                         "EXPUNGE 1",      "UID EXPUNGE",      "CLOSE x" };
    g_autoptr(ReaderWorld) world = reader_selected();

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *line = g_strdup_printf("c %s\r\n", wrong[i]);
        g_autofree char *said = reader_say(world, line);

        g_assert_true(g_str_has_prefix(said, "c BAD "));
    }
}

static void
test_copy_examined(void)
{
    g_test_summary(
        "RFC 3501 §6.3.2: EXAMINE changes nothing, but lets COPY read; MOVE would change");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *said = reader_say(world, "b EXAMINE INBOX\r\nc COPY 1 Trash\r\n");

    g_assert_nonnull(strstr(said, "c OK [COPYUID "));
    reader_expect(world, "d MOVE 1 Trash\r\n",
                  "d NO [READ-ONLY] This mailbox is open to look only\r\n");
}

static void
test_copy_uidvalidity(void)
{
    g_test_summary("RFC 4315 §3: COPYUID tells the UIDVALIDITY of the mailbox copied to");
    g_autoptr(ReaderWorld) world = reader_selected();
    g_autofree char *made = reader_say(world, "c CREATE New\r\n");
    g_autoptr(StoreMailbox) to = store_mailbox_find(world->store, world->carol->id, "New", NULL);
    g_autofree char *expected =
        g_strdup_printf("d OK [COPYUID %u 1:2 1:2] COPY completed\r\n", to->uidvalidity);

    g_assert_cmpstr(made, ==, "c OK CREATE completed\r\n");
    reader_expect(world, "d COPY 1:2 New\r\n", expected);
}

static void
test_expunge_fails(void)
{
    g_test_summary("RFC 3501 §6.4.3: an EXPUNGE that fails in the middle removes nothing");
    g_autoptr(ReaderWorld) world = reader_selected();

    reader_expect(world, "c STORE 1:2 FLAGS.SILENT (\\Deleted)\r\n", "c OK STORE completed\r\n");
    g_assert_true(store_exec(world->store,
                             "CREATE TEMP TRIGGER broken BEFORE DELETE ON entries WHEN old.uid = 2"
                             " BEGIN SELECT raise(ABORT, 'broken'); END",
                             NULL));
    reader_expect(world, "d EXPUNGE\r\n", "d NO [UNAVAILABLE] Try again later\r\n");
    reader_expect(world, "e STATUS INBOX (MESSAGES)\r\n",
                  "* STATUS \"INBOX\" (MESSAGES 2)\r\ne OK STATUS completed\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/message/flags", test_flags);
    g_test_add_func("/imap/message/copy-all-or-nothing", test_copy_all_or_nothing);
    g_test_add_func("/imap/message/copy-here", test_copy_here);
    g_test_add_func("/imap/message/copy-examined", test_copy_examined);
    g_test_add_func("/imap/message/copy-uidvalidity", test_copy_uidvalidity);
    g_test_add_func("/imap/message/expunge-fails", test_expunge_fails);
    g_test_add_func("/imap/message/close-examined", test_close_examined);
    g_test_add_func("/imap/message/expunge-some-of-many", test_expunge_some_of_many);
    g_test_add_func("/imap/message/keywords-limit", test_keywords_limit);
    g_test_add_func("/imap/message/told", test_told);
    g_test_add_func("/imap/message/wrong", test_wrong);
    return g_test_run();
}
