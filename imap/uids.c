/* imap/uids.c - UIDs kept as runs: imap/uids.h shows how.
 *
 * Where a UID stands is looked for among the runs, by halves.
 * Tests: tests/test_imap_uids.c
 */
#include "imap/uids.h"

typedef struct ImapRun {
    guint32 uid;   /* its first one; the others follow without a gap */
    guint32 index; /* where that one stands among all */
} ImapRun;

struct ImapUids {
    GArray *runs; /* ImapRun; NULL: empty */
    guint count;
};

ImapUids *
imap_uids_new(void)
{
    return g_new0(ImapUids, 1);
}

ImapUids *
imap_uids_copy(const ImapUids *uids)
{
    ImapUids *copy = imap_uids_new();

    if (uids->runs != NULL)
        copy->runs = g_array_copy(uids->runs);
    copy->count = uids->count;
    return copy;
}

void
imap_uids_free(ImapUids *uids)
{
    if (uids == NULL)
        return;
    g_clear_pointer(&uids->runs, g_array_unref);
    g_free(uids);
}

static const ImapRun *
imap_uids_run(const ImapUids *uids, guint number)
{
    return &g_array_index(uids->runs, ImapRun, number);
}

void
imap_uids_add(ImapUids *uids, guint32 uid)
{
    ImapRun run = { uid, uids->count };
    guint32 last = imap_uids_last(uids);

    g_assert(uid > last);
    if (uids->runs == NULL)
        uids->runs = g_array_new(FALSE, FALSE, sizeof(ImapRun));
    if (uids->count == 0 || uid != last + 1)
        g_array_append_val(uids->runs, run);
    uids->count++;
}

void
imap_uids_add_all(ImapUids *uids, const ImapUids *more)
{
    for (guint i = 0; i < more->count; i++)
        imap_uids_add(uids, imap_uids_at(more, i));
}

guint
imap_uids_count(const ImapUids *uids)
{
    return uids->count;
}

guint
imap_uids_runs(const ImapUids *uids)
{
    return uids->runs == NULL ? 0 : uids->runs->len;
}

/* It is in the last run that begins at @index or before it. */
guint32
imap_uids_at(const ImapUids *uids, guint index)
{
    guint low = 0, high = imap_uids_runs(uids);

    g_assert(index < uids->count);
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;

        if (imap_uids_run(uids, middle)->index <= index)
            low = middle;
        else
            high = middle;
    }
    return imap_uids_run(uids, low)->uid + (index - imap_uids_run(uids, low)->index);
}

guint32
imap_uids_last(const ImapUids *uids)
{
    const ImapRun *run;

    if (uids->count == 0)
        return 0;
    run = imap_uids_run(uids, uids->runs->len - 1);
    return run->uid + (uids->count - 1 - run->index);
}

guint
imap_uids_find(const ImapUids *uids, guint32 uid, gboolean *found)
{
    guint low = 0, high = imap_uids_runs(uids), end;
    const ImapRun *run;

    *found = FALSE;
    if (high == 0 || uid < imap_uids_run(uids, 0)->uid)
        return 0;
    while (high - low > 1) { /* the last run that begins at @uid or before it */
        guint middle = low + (high - low) / 2;

        if (imap_uids_run(uids, middle)->uid <= uid)
            low = middle;
        else
            high = middle;
    }
    run = imap_uids_run(uids, low);
    end = high < imap_uids_runs(uids) ? imap_uids_run(uids, high)->index : uids->count;
    *found = uid - run->uid < end - run->index;
    return *found ? run->index + (uid - run->uid) : end;
}
