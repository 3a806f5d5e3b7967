/* tests/test_imap_kept.c - UIDs of mailboxes opened lately: found as long as nothing has changed. */
#include "imap/kept.h"

#include <locale.h>

/* UIDs from @from to @to, every @step-th. */
static ImapUids *
uids_new(guint32 from, guint32 to, guint32 step)
{
    ImapUids *uids = imap_uids_new();

    for (guint32 uid = from; uid <= to; uid += step)
        imap_uids_add(uids, uid);
    return uids;
}

static void
keep(ImapKept *kept, gint64 mailbox, guint64 modseq, guint32 to, guint unseen)
{
    g_autoptr(ImapUids) uids = uids_new(1, to, 1);

    imap_kept_put(kept, mailbox, modseq, uids, unseen, " work");
}

static void
expect(ImapKept *kept, gint64 mailbox, guint64 modseq, int count)
{
    guint unseen;
    g_autofree char *keywords = NULL;
    g_autoptr(ImapUids) uids = imap_kept_get(kept, mailbox, modseq, &unseen, &keywords);

    g_assert_cmpint(uids == NULL ? -1 : (int)imap_uids_count(uids), ==, count);
}

static void
test_modseq(void)
{
    g_test_summary(
        "RFC 7162 §3.1: each change raises MODSEQ, so what was kept at another is not true");
    g_autoptr(ImapKept) kept = imap_kept_new();
    g_autoptr(ImapUids) uids = NULL;
    g_autofree char *keywords = NULL;
    guint unseen = 0;

    expect(kept, 1, 5, -1);
    keep(kept, 1, 5, 300, 7);
    uids = imap_kept_get(kept, 1, 5, &unseen, &keywords);
    g_assert_cmpuint(imap_uids_count(uids), ==, 300);
    g_assert_cmpuint(imap_uids_at(uids, 299), ==, 300);
    g_assert_cmpuint(unseen, ==, 7);
    g_assert_cmpstr(keywords, ==, " work");
    imap_uids_add(uids, 400); /* a copy: what is kept stays as it is */
    expect(kept, 1, 5, 300);
    expect(kept, 1, 6, -1);
    expect(kept, 2, 5, -1);
    keep(kept, 1, 6, 301, 0);
    expect(kept, 1, 5, -1);
    expect(kept, 1, 6, 301);
}

static void
test_bounded(void)
{
    g_test_summary("DESIGN §11: of a hundred mailboxes at most, and none that is all gaps");
    g_autoptr(ImapKept) kept = imap_kept_new();
    g_autoptr(ImapUids) gaps = uids_new(1, 8001, 2);

    for (gint64 mailbox = 1; mailbox <= 100; mailbox++)
        keep(kept, mailbox, 1, 1, 0);
    expect(kept, 1, 1, 1); /* asked for just now: another one goes */
    keep(kept, 101, 1, 1, 0);
    expect(kept, 1, 1, 1);
    expect(kept, 2, 1, -1);
    expect(kept, 3, 1, 1);
    imap_kept_put(kept, 3, 2, gaps, 0, "");
    expect(kept, 3, 2, -1);
    expect(kept, 3, 1, -1);
    imap_kept_put(NULL, 3, 2, gaps, 0, "");
    expect(NULL, 3, 2, -1);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/kept/modseq", test_modseq);
    g_test_add_func("/imap/kept/bounded", test_bounded);
    return g_test_run();
}
