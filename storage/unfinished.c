/* storage/unfinished.c - what goes on over several groups, and is finished even if the host dies meanwhile.
 *
 *   DELETE Work         100,000 messages go a page a turn, and then the mailbox. After the first page:
 *   RENAME INBOX Old    they move a page a turn. After the first page:
 *
 *                       unfinished   mailbox  target  below
 *                                    7        NULL    4294967295    the rest goes, and mailbox 7 with it
 *                                    1        9       4012          what is below UID 4012 goes to 9
 *
 *   COPY 1:* Work       each page notes its copies: they are there for good with the last one
 *
 *                       copies       mailbox  copy  first  last
 *                                    7        3956  3956   4155
 *                                    7        3956  4158   4357        two have come in between
 *
 * The last page takes the rows away. A row that is there when the database is opened tells that the
 * host has died in between: then the rest is done, or the half COPY undone, before anybody can see it.
 *
 * Tests: tests/test_storage_unfinished.c
 */
#include "storage/unfinished.h"

#include "storage/inside.h"

static const char store_unfinished_rest[] =
    "UPDATE entries SET mailbox = (SELECT target FROM unfinished u WHERE u.mailbox ="
    " entries.mailbox), modseq = (SELECT b.modseq + 1 FROM unfinished u JOIN mailboxes b ON b.id ="
    " u.target WHERE u.mailbox = entries.mailbox) WHERE EXISTS (SELECT 1 FROM unfinished u WHERE"
    " u.mailbox = entries.mailbox AND u.target IS NOT NULL AND entries.uid < u.below)";

static gboolean
store_unfinished_run(Store *store, const char *sql, gint64 mailbox, gint64 target, guint32 below,
                     GError **error)
{
    g_autoptr(sqlite3_stmt) change = store_prepare(store, sql, error);

    if (change == NULL)
        return FALSE;
    sqlite3_bind_int64(change, 1, mailbox);
    if (target != 0)
        sqlite3_bind_int64(change, 2, target);
    if (sqlite3_bind_parameter_count(change) > 2)
        sqlite3_bind_int64(change, 3, below);
    return store_run(store, change, error);
}

gboolean
store_unfinished_note(Store *store, gint64 mailbox, gint64 target, guint32 below, GError **error)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO unfinished (mailbox, target, below) VALUES (?, ?, ?)";

    return store_unfinished_run(store, sql, mailbox, target, below, error);
}

gboolean
store_unfinished_done(Store *store, gint64 mailbox, gint64 target, GError **error)
{
    static const char sql[] = "DELETE FROM unfinished WHERE mailbox = ? AND target IS ?";

    return store_unfinished_run(store, sql, mailbox, target, 0, error);
}

gboolean
store_unfinished_copied(Store *store, gint64 mailbox, guint32 copy, guint32 first, guint32 last,
                        GError **error)
{
    g_autoptr(sqlite3_stmt) note = store_prepare(
        store, "INSERT INTO copies (mailbox, copy, first, last) VALUES (?, ?, ?, ?)", error);

    if (note == NULL)
        return FALSE;
    sqlite3_bind_int64(note, 1, mailbox);
    sqlite3_bind_int64(note, 2, copy);
    sqlite3_bind_int64(note, 3, first);
    sqlite3_bind_int64(note, 4, last);
    return store_run(store, note, error);
}

gboolean
store_unfinished_whole(Store *store, gint64 mailbox, guint32 copy, GError **error)
{
    static const char sql[] = "DELETE FROM copies WHERE mailbox = ? AND copy = ?";

    return store_unfinished_run(store, sql, mailbox, copy, 0, error);
}

gboolean
store_unfinished_finish(Store *store, GError **error)
{
    static const char *const steps[] = {
        store_unfinished_rest,
        "DELETE FROM entries WHERE (mailbox, uid) IN (SELECT e.mailbox, e.uid FROM copies c"
        " JOIN entries e ON e.mailbox = c.mailbox AND e.uid BETWEEN c.first AND c.last)",
        "UPDATE mailboxes SET modseq = modseq + 1 WHERE id IN (SELECT mailbox FROM unfinished"
        " UNION SELECT target FROM unfinished UNION SELECT mailbox FROM copies)",
        "DELETE FROM mailboxes WHERE id IN (SELECT mailbox FROM unfinished WHERE target IS NULL)",
        "DELETE FROM unfinished",
        "DELETE FROM copies",
    };
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store, "SELECT (SELECT count(*) FROM unfinished) + (SELECT count(*) FROM copies)", error);
    gint64 count;
    gboolean found;

    if (ask == NULL || !store_number(store, ask, &count, &found, error))
        return FALSE;
    if (count == 0)
        return TRUE;
    if (!store_begin(store, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
        if (!store_exec(store, steps[i], error))
            return FALSE;
    trace_put_number(store->trace, "changed", count);
    trace_sql(store->trace, STAGE_STORE,
              "The host died in the middle of a DELETE, a RENAME of INBOX or a COPY: what was left "
              "to do is done now, and half a COPY removed");
    return store_commit(store, error);
}
