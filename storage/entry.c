/* storage/entry.c - one message in one mailbox: UID, flags, date, and a line of its own on top.
 *
 *   reader's octet 0 ... prefix-1   prefix ...                 octets-1
 *                  Return-Path      the message: head and content, stored once for all mailboxes
 *
 * Each one put in raises the mailbox's MODSEQ and is told to its watchers after the commit. Other flags,
 * and removal: storage/change.c.
 *
 * Tests: tests/test_storage_mailbox.c
 */
#include "storage/mailbox_inside.h"

#include "storage/asked.h"
#include "storage/notify.h"

#include <string.h>

void
store_entry_free(StoreEntry *entry)
{
    if (entry == NULL)
        return;
    g_free(entry->keywords);
    g_free(entry->envelope);
    g_free(entry);
}

char *
store_entry_flags_text(guint flags, const char *keywords)
{
    static const char *const names[] = { "\\Seen", "\\Answered", "\\Flagged", "\\Deleted",
                                         "\\Draft" };
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (flags & (1u << i))
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", names[i]);
    if (keywords != NULL && *keywords != '\0')
        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", keywords);
    return g_string_free(text, FALSE);
}

/* ---- reading ---- */

#define STORE_KEYWORD_LISTS_MAX                                                                    \
    100 /* different lists of keywords, of one mailbox, that are noted */

#define STORE_ENTRY_SELECT                                                                         \
    "SELECT uid, flags, keywords, modseq, e.message, date, octets FROM entries e "

/* The first columns of a row, as many as there are. */
static StoreEntry *
store_entry_from_row(sqlite3_stmt *row)
{
    StoreEntry *entry = g_new0(StoreEntry, 1);
    int columns = sqlite3_column_count(row);

    entry->uid = (guint32)sqlite3_column_int64(row, 0);
    entry->flags = (guint)sqlite3_column_int(row, 1);
    entry->keywords = store_column_text(row, 2);
    entry->modseq = (guint64)sqlite3_column_int64(row, 3);
    if (columns == 4)
        return entry;
    entry->message = sqlite3_column_int64(row, 4);
    entry->date_s = sqlite3_column_int64(row, 5);
    entry->octets = (guint64)sqlite3_column_int64(row, 6);
    if (columns > 7)
        entry->envelope = store_column_text(row, 7);
    return entry;
}

/* clang-format off */
static const char *const store_entry_pages[] = {
    [STORE_ENTRY_FLAGS] =
        "SELECT uid, flags, keywords, modseq FROM entries"
        " WHERE mailbox = ? AND uid > ? ORDER BY uid LIMIT ?",
    [STORE_ENTRY_WHOLE] =
        STORE_ENTRY_SELECT
        "WHERE mailbox = ? AND uid > ? ORDER BY uid LIMIT ?",
    [STORE_ENTRY_ENVELOPE] =
        "SELECT uid, flags, keywords, modseq, e.message, date, octets, envelope"
        " FROM entries e LEFT JOIN envelopes v ON v.message = e.message"
        " WHERE mailbox = ? AND uid > ? ORDER BY uid LIMIT ?",
};
/* clang-format on */

GPtrArray *
store_entry_page_of(Store *store, StoreEntryColumns columns, gint64 mailbox, guint32 after,
                    guint limit, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, store_entry_pages[columns], error);
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify)store_entry_free);
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, mailbox);
    sqlite3_bind_int64(ask, 2, after);
    sqlite3_bind_int64(ask, 3, limit);
    while ((fine = store_step(store, ask, &row, error)) && row)
        g_ptr_array_add(entries, store_entry_from_row(ask));
    return fine ? g_steal_pointer(&entries) : NULL;
}

GPtrArray *
store_entry_page(Store *store, gint64 mailbox, guint32 after, guint limit, GError **error)
{
    return store_entry_page_of(store, STORE_ENTRY_WHOLE, mailbox, after, limit, error);
}

static void
store_entry_note_keywords(GPtrArray *lists, const char *keywords)
{
    if (*keywords != '\0' && lists->len < STORE_KEYWORD_LISTS_MAX &&
        !g_ptr_array_find_with_equal_func(lists, keywords, g_str_equal, NULL))
        g_ptr_array_add(lists, g_strdup(keywords));
}

gboolean
store_entry_uids(Store *store, gint64 mailbox, guint32 after, guint limit, GArray *uids,
                 guint32 *unseen, GPtrArray *keywords, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      "SELECT uid, flags, keywords FROM entries WHERE mailbox = ? AND uid > ?"
                      " ORDER BY uid LIMIT ?",
                      error);
    gboolean row, fine;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, mailbox);
    sqlite3_bind_int64(ask, 2, after);
    sqlite3_bind_int64(ask, 3, limit);
    while ((fine = store_step(store, ask, &row, error)) && row) {
        guint32 uid = (guint32)sqlite3_column_int64(ask, 0);

        g_array_append_val(uids, uid);
        if (*unseen == 0 && (sqlite3_column_int(ask, 1) & STORE_SEEN) == 0)
            *unseen = uid;
        store_entry_note_keywords(keywords, (const char *)sqlite3_column_text(ask, 2));
    }
    return fine;
}

gboolean
store_entry_sizes(Store *store, gint64 mailbox, guint32 after, guint limit, GArray *sizes,
                  GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      "SELECT uid, octets, iif(EXISTS (SELECT 1 FROM unended),"
                      " message IN (SELECT message FROM unended), 0) AS unended FROM entries"
                      " WHERE mailbox = ? AND uid > ? ORDER BY uid LIMIT ?",
                      error);
    gboolean row, fine;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, mailbox);
    sqlite3_bind_int64(ask, 2, after);
    sqlite3_bind_int64(ask, 3, limit);
    while ((fine = store_step(store, ask, &row, error)) && row) {
        StoreEntrySize size = { .uid = (guint32)sqlite3_column_int64(ask, 0),
                                .octets = (guint64)sqlite3_column_int64(ask, 1),
                                .unended = sqlite3_column_int(ask, 2) };

        g_array_append_val(sizes, size);
    }
    return fine;
}

StoreEntry *
store_entry_get(Store *store, gint64 mailbox, guint32 uid, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, STORE_ENTRY_SELECT "WHERE mailbox = ? AND uid = ?", error);
    gboolean found;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, mailbox);
    sqlite3_bind_int64(ask, 2, uid);
    if (!store_step(store, ask, &found, error) || !found)
        return NULL;
    return store_entry_from_row(ask);
}

StoreEntry *
store_entry_need(Store *store, gint64 mailbox, guint32 uid, GError **error)
{
    GError *wrong = NULL;
    StoreEntry *entry = store_entry_get(store, mailbox, uid, &wrong);

    if (wrong != NULL)
        g_propagate_error(error, wrong);
    else if (entry == NULL)
        store_refuse(error, STORE_ERROR_NONE, "no message with UID %u", uid);
    return entry;
}

/* Steps to the entry's one row of @ask. */
static gboolean
store_entry_row(Store *store, sqlite3_stmt *ask, gint64 mailbox, guint32 uid, GError **error)
{
    gboolean found;

    sqlite3_bind_int64(ask, 1, mailbox);
    sqlite3_bind_int64(ask, 2, uid);
    if (!store_step(store, ask, &found, error))
        return FALSE;
    return found || store_refuse(error, STORE_ERROR_NONE, "no message with UID %u", uid);
}

gboolean
store_entry_read(Store *store, gint64 mailbox, guint32 uid, guint64 offset, gsize length,
                 GString *out, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      "SELECT m.octets, head, body_file, content, prefix FROM entries"
                      " JOIN messages m ON m.id = message WHERE mailbox = ? AND uid = ?",
                      error);
    guint64 prefix;
    gsize own = 0;

    if (ask == NULL || !store_entry_row(store, ask, mailbox, uid, error))
        return FALSE;
    prefix = (guint64)sqlite3_column_bytes(ask, 4);
    if (offset < prefix) {
        own = (gsize)MIN((guint64)length, prefix - offset);
        g_string_append_len(out, (const char *)sqlite3_column_blob(ask, 4) + offset, (gssize)own);
    }
    return length == own ||
           store_message_read_row(store, ask, offset + own - prefix, length - own, out, error);
}

StoreOrigin *
store_entry_origin(Store *store, gint64 mailbox, guint32 uid)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store,
                                                "SELECT journey, sha256 FROM entries"
                                                " JOIN messages m ON m.id = message"
                                                " WHERE mailbox = ? AND uid = ?",
                                                NULL);
    GPtrArray **listener = store_listen(store, NULL);
    StoreOrigin *origin = NULL;

    if (ask != NULL && store_entry_row(store, ask, mailbox, uid, NULL))
        origin = store_origin_from_row(ask);
    store_listen(store, listener);
    return origin;
}

StoreIndex *
store_entry_index(Store *store, gint64 mailbox, const StoreEntry *entry, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, "SELECT prefix FROM entries WHERE mailbox = ? AND uid = ?", error);
    g_autoptr(StoreIndex) index = store_message_index(store, entry->message, error);

    if (ask == NULL || index == NULL || !store_entry_row(store, ask, mailbox, entry->uid, error))
        return NULL;
    store_index_prepend(index, sqlite3_column_blob(ask, 0), (gsize)sqlite3_column_bytes(ask, 0));
    return g_steal_pointer(&index);
}

/* ---- putting in ---- */

/* Where an entry comes to be. */
typedef struct StoreEntryPlace {
    gint64 uid;
    gint64 modseq;
    char *name; /* of the mailbox */
} StoreEntryPlace;

static void
store_entry_place_clear(StoreEntryPlace *place)
{
    g_free(place->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreEntryPlace, store_entry_place_clear)

/* The next UID, and a MODSEQ of its own. The trigger that counts the entry counts them along. */
static gboolean
store_entry_place(Store *store, gint64 mailbox, StoreEntryPlace *place, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store,
                                                "SELECT uidnext, modseq + 1, name FROM mailboxes"
                                                " WHERE id = ? AND uidnext < 4294967295",
                                                error);
    gboolean found;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, mailbox);
    if (!store_step(store, ask, &found, error))
        return FALSE;
    if (!found)
        return store_refuse(error, STORE_ERROR_NONE, "no such mailbox, or its UIDs are used up");
    place->uid = sqlite3_column_int64(ask, 0);
    place->modseq = sqlite3_column_int64(ask, 1);
    place->name = store_column_text(ask, 2);
    store_notify(store, mailbox);
    return TRUE;
}

/* That there is such a message, the foreign key looks after. (INSERT ... SELECT FROM messages would do
 * as well, but because of the triggers SQLite would make a table for the row, and drop it again.) */
static const char store_entry_insert[] =
    "INSERT INTO entries (mailbox, uid, message, flags, keywords, modseq, date, octets, prefix)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
    " coalesce((SELECT octets FROM messages WHERE id = ?3), 0) + length(?8), ?8)";

static gboolean
store_entry_insert_row(Store *store, gint64 mailbox, const StoreEntryPlace *place, gint64 message,
                       const char *prefix, guint flags, const char *keywords, gint64 date_s,
                       GError **error)
{
    g_autoptr(sqlite3_stmt) insert = store_prepare(store, store_entry_insert, error);

    if (insert == NULL)
        return FALSE;
    sqlite3_bind_int64(insert, 1, mailbox);
    sqlite3_bind_int64(insert, 2, place->uid);
    sqlite3_bind_int64(insert, 3, message);
    sqlite3_bind_int64(insert, 4, flags);
    store_bind_text(insert, 5, keywords);
    sqlite3_bind_int64(insert, 6, place->modseq);
    sqlite3_bind_int64(insert, 7, date_s);
    sqlite3_bind_blob(insert, 8, prefix, (int)strlen(prefix), SQLITE_STATIC);
    return store_run(store, insert, error);
}

guint32
store_entry_add(Store *store, Trace *trace, Stage stage, gint64 mailbox, gint64 message,
                const char *prefix, guint flags, const char *keywords, gint64 date_s,
                GError **error)
{
    g_auto(StoreEntryPlace) place = { 0 };
    g_autofree char *spelled = NULL;

    if (!store_entry_place(store, mailbox, &place, error) ||
        !store_entry_insert_row(store, mailbox, &place, message, prefix, flags, keywords, date_s,
                                error))
        return 0;
    spelled = store_entry_flags_text(flags, keywords);
    store_tell(trace, store_entry_insert, "%s uid %" G_GINT64_FORMAT, place.name, place.uid);
    store_tell_params(trace, "iiiisito", mailbox, place.uid, message, (gint64)flags, keywords,
                      place.modseq, date_s, strlen(prefix));
    store_tell_none(trace, "before");
    store_tell_row(trace, "after", "mailbox:i uid:i message:i flags:s modseq:i", mailbox, place.uid,
                   message, spelled, place.modseq);
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, stage, "Message %" G_GINT64_FORMAT " goes into %s with UID %" G_GINT64_FORMAT,
              message, place.name, place.uid);
    return (guint32)place.uid;
}

guint32
store_entry_copy(Store *store, Trace *trace, gint64 mailbox, guint32 uid, gint64 to, GError **error)
{
    static const char sql[] =
        "INSERT INTO entries (mailbox, uid, message, flags, keywords, modseq, date, octets, prefix)"
        " SELECT ?3, ?4, message, flags, keywords, ?5, date, octets, prefix FROM entries"
        " WHERE mailbox = ?1 AND uid = ?2";
    g_autoptr(sqlite3_stmt) insert = store_prepare(store, sql, error);
    g_autoptr(StoreEntry) entry = store_entry_need(store, mailbox, uid, error);
    g_autofree char *flags = NULL;
    g_auto(StoreEntryPlace) place = { 0 };

    if (insert == NULL || entry == NULL || !store_entry_place(store, to, &place, error))
        return 0;
    sqlite3_bind_int64(insert, 1, mailbox);
    sqlite3_bind_int64(insert, 2, uid);
    sqlite3_bind_int64(insert, 3, to);
    sqlite3_bind_int64(insert, 4, place.uid);
    sqlite3_bind_int64(insert, 5, place.modseq);
    if (!store_run(store, insert, error))
        return 0;
    store_tell(trace, sql, "%s uid %" G_GINT64_FORMAT, place.name, place.uid);
    store_tell_params(trace, "iiiii", mailbox, (gint64)uid, to, place.uid, place.modseq);
    flags = store_entry_flags_text(entry->flags, entry->keywords);
    store_tell_row(trace, "after", "mailbox:i uid:i message:i flags:s modseq:i", to, place.uid,
                   entry->message, flags, place.modseq);
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_PICKUP,
              "Message %" G_GINT64_FORMAT " is in %s too, with UID %" G_GINT64_FORMAT
              "; its octets are not copied",
              entry->message, place.name, place.uid);
    return (guint32)place.uid;
}
