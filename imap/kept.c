/* imap/kept.c - the UIDs of mailboxes opened lately: imap/kept.h shows how.
 *
 * The one asked for last stands in front, and the last one goes when there are too many.
 * Tests: tests/test_imap_kept.c, tests/test_imap_select.c
 */
#include "imap/kept.h"

#define IMAP_KEPT_MAILBOXES 100  /* of all users of the host */
#define IMAP_KEPT_RUNS      4000 /* of one of them: 32 KB */

struct ImapKept {
    GQueue mailboxes; /* ImapKeptMailbox */
};

typedef struct ImapKeptMailbox {
    gint64 mailbox;
    guint64 modseq;
    ImapUids *uids;
    guint unseen;
    char *keywords;
} ImapKeptMailbox;

static void
imap_kept_mailbox_free(gpointer data)
{
    ImapKeptMailbox *one = data;

    imap_uids_free(one->uids);
    g_free(one->keywords);
    g_free(one);
}

ImapKept *
imap_kept_new(void)
{
    return g_new0(ImapKept, 1);
}

void
imap_kept_free(ImapKept *kept)
{
    if (kept == NULL)
        return;
    g_queue_clear_full(&kept->mailboxes, imap_kept_mailbox_free);
    g_free(kept);
}

/* Takes what is kept of @mailbox out; NULL: nothing. */
static ImapKeptMailbox *
imap_kept_take(ImapKept *kept, gint64 mailbox)
{
    for (GList *link = kept->mailboxes.head; link != NULL; link = link->next) {
        ImapKeptMailbox *one = link->data;

        if (one->mailbox != mailbox)
            continue;
        g_queue_delete_link(&kept->mailboxes, link);
        return one;
    }
    return NULL;
}

void
imap_kept_put(ImapKept *kept, gint64 mailbox, guint64 modseq, const ImapUids *uids, guint unseen,
              const char *keywords)
{
    ImapKeptMailbox *one = kept == NULL ? NULL : imap_kept_take(kept, mailbox);

    if (one != NULL)
        imap_kept_mailbox_free(one);
    if (kept == NULL || imap_uids_runs(uids) > IMAP_KEPT_RUNS)
        return;
    one = g_new(ImapKeptMailbox, 1);
    *one = (ImapKeptMailbox){ mailbox, modseq, imap_uids_copy(uids), unseen, g_strdup(keywords) };
    g_queue_push_head(&kept->mailboxes, one);
    if (kept->mailboxes.length > IMAP_KEPT_MAILBOXES)
        imap_kept_mailbox_free(g_queue_pop_tail(&kept->mailboxes));
}

ImapUids *
imap_kept_get(ImapKept *kept, gint64 mailbox, guint64 modseq, guint *unseen, char **keywords)
{
    ImapKeptMailbox *one = kept == NULL ? NULL : imap_kept_take(kept, mailbox);

    if (one == NULL)
        return NULL;
    g_queue_push_head(&kept->mailboxes, one);
    if (one->modseq != modseq)
        return NULL;
    *unseen = one->unseen;
    *keywords = g_strdup(one->keywords);
    return imap_uids_copy(one->uids);
}
