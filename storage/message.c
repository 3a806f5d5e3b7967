/* storage/message.c - messages as rows: added, read by piece, removed when nobody names them.
 *
 *   reader's octet 0 ... head-1   head ...            octets-1
 *                   head          content: in the row, or in NAME.bodies/N.body
 *
 * Start reading at store_message_add(). storage/draft.c is how the octets come in.
 * Tests: tests/test_storage_message.c
 */
#include "storage/message.h"

#include "storage/asked.h"
#include "storage/draft.h"
#include "storage/envelope.h"
#include "storage/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Messages looked at before one COMMIT: more than a group takes in, so that what nobody names cannot pile
 * up. What is left waits for the next, or for a turn with nothing else to do. */
#define STORE_SWEEP_MAX  200
#define STORE_SWEEP_TOLD 20 /* of them are told one by one */

/* ---- adding ---- */

static const char store_message_insert[] =
    "INSERT INTO messages (arrived, octets, journey, event, sender, token, header_from,"
    " header_subject, message_id, sha256, body_file, head, structure, content)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/* The columns that come from the message itself. @index: of the whole, head included. */
static gboolean
store_message_insert_row(Store *store, Trace *trace, StoreDraft *draft, const StoreIndex *index,
                         const char *head, const char *sender, const char *token, GError **error)
{
    g_autoptr(sqlite3_stmt) insert = store_prepare(store, store_message_insert, error);
    g_autofree char *from = store_index_header(index, "From");
    g_autofree char *subject = store_index_header(index, "Subject");
    g_autofree char *message_id = store_index_header(index, "Message-ID");
    g_autofree char *structure = store_index_to_json(index);

    if (insert == NULL)
        return FALSE;
    sqlite3_bind_int64(insert, 1, store_now_s(store));
    sqlite3_bind_int64(insert, 2, (gint64)store_index_octets(index));
    store_bind_text(insert, 3, trace_journey(trace));
    sqlite3_bind_int64(insert, 4, (gint64)store_next_event(trace));
    store_bind_text(insert, 5, sender);
    store_bind_text(insert, 6, token);
    store_bind_text(insert, 7, from);
    store_bind_text(insert, 8, subject);
    store_bind_text(insert, 9, message_id);
    store_bind_text(insert, 10, store_digest_hex(draft->digest));
    sqlite3_bind_blob(insert, 12, head, (int)strlen(head), SQLITE_STATIC);
    store_bind_text(insert, 13, structure);
    if (draft->path != NULL)
        sqlite3_bind_int64(insert, 11, draft->file);
    else
        sqlite3_bind_blob(insert, 14, draft->content->str, (int)draft->content->len, SQLITE_STATIC);
    return store_run(store, insert, error);
}

/* Table `unended`: the few that may not end with a line end. */
static gboolean
store_message_note_end(Store *store, gint64 id, gboolean ended, GError **error)
{
    g_autoptr(sqlite3_stmt) insert = NULL;

    if (ended)
        return TRUE;
    insert = store_prepare(store, "INSERT INTO unended (message) VALUES (?)", error);
    if (insert == NULL)
        return FALSE;
    sqlite3_bind_int64(insert, 1, id);
    return store_run(store, insert, error);
}

/* The data of the event that says so. */
static void
store_message_tell(Store *store, Trace *trace, const StoreDraft *draft, gint64 id, guint64 octets,
                   const char *sender, const char *token)
{
    store_tell(trace, store_message_insert, "message %" G_GINT64_FORMAT, id);
    store_tell_row(trace, "after",
                   "id:i arrived:t octets:i journey:s sender:s token:s sha256:s content:o", id,
                   store_now_s(store), (gint64)octets, trace_journey(trace), sender, token,
                   store_digest_hex(draft->digest), (gsize)draft->octets);
    trace_put_number(trace, "changed", 1);
}

gint64
store_message_add(Store *store, Trace *trace, StoreDraft *draft, const char *head,
                  const char *sender, const char *token, GError **error)
{
    StoreIndex *index = draft->index;
    gboolean ended;
    guint64 octets;
    gint64 id;

    store_draft_finish(draft);
    ended = store_index_is_ended(index);
    g_assert(!draft->stored);
    if (!store_begin(store, error) || !store_draft_write_out(draft, error))
        return 0;
    store_index_prepend(index, head, strlen(head));
    if (!store_message_insert_row(store, trace, draft, index, head, sender, token, error))
        return 0;
    id = store_last_id(store);
    if (!store_envelope_keep(store, id, index, error) ||
        !store_message_note_end(store, id, ended, error))
        return 0;
    octets = store_index_octets(index);
    draft->stored = TRUE;
    if (draft->path != NULL) {
        g_ptr_array_add(store->written, g_strdup(draft->path));
        g_array_append_val(store->unsynced, draft->fd);
        draft->fd = -1; /* closed behind the COMMIT */
    } else {
        store->row_octets += octets;
    }
    store->messages++;
    store->octets += octets;
    store_message_tell(store, trace, draft, id, octets, sender, token);
    trace_sql(trace, STAGE_STORE,
              "Message %" G_GINT64_FORMAT
              " is written into the open transaction; the disk does not have it yet",
              id);
    return id;
}

/* ---- reading ---- */

/* Steps @ask, which names message @id; FALSE with STORE_ERROR_NONE where there is none. */
static gboolean
store_message_row(Store *store, sqlite3_stmt *ask, gint64 id, GError **error)
{
    gboolean found;

    sqlite3_bind_int64(ask, 1, id);
    if (!store_step(store, ask, &found, error))
        return FALSE;
    return found || store_refuse(error, STORE_ERROR_NONE,
                                 "message %" G_GINT64_FORMAT ": no such message", id);
}

void
store_origin_free(StoreOrigin *origin)
{
    if (origin == NULL)
        return;
    g_free(origin->journey);
    g_free(origin->sha256);
    g_free(origin);
}

StoreOrigin *
store_origin_from_row(sqlite3_stmt *row)
{
    StoreOrigin *origin = g_new(StoreOrigin, 1);

    origin->journey = store_column_text(row, 0);
    origin->sha256 = store_column_text(row, 1);
    return origin;
}

StoreOrigin *
store_message_origin(Store *store, gint64 id)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, "SELECT journey, sha256 FROM messages WHERE id = ?", NULL);
    GPtrArray **listener = store_listen(store, NULL);
    StoreOrigin *origin = NULL;

    if (ask != NULL && store_message_row(store, ask, id, NULL))
        origin = store_origin_from_row(ask);
    store_listen(store, listener);
    return origin;
}

/* Reads at most @length octets from @offset of body file @number. */
static gboolean
store_message_read_file(Store *store, gint64 number, guint64 offset, gsize length, GString *out,
                        GError **error)
{
    g_autofree char *path = store_body_path(store, number);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gsize before = out->len;
    gssize got;

    if (fd < 0)
        return store_refuse(error, STORE_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    g_string_set_size(out, before + length);
    got = pread(fd, out->str + before, length, (off_t)offset);
    close(fd);
    g_string_set_size(out, before + (gsize)MAX(got, 0));
    return got >= 0 || store_refuse(error, STORE_ERROR_FAILED, "%s: cannot be read", path);
}

/* Appends what of the column's octets lies from @offset on, at most @length of it. */
static void
store_message_read_column(sqlite3_stmt *row, int column, guint64 offset, gsize length, GString *out)
{
    const char *octets = sqlite3_column_blob(row, column);
    gsize there = (gsize)sqlite3_column_bytes(row, column);

    if (offset < there)
        g_string_append_len(out, octets + offset, (gssize)MIN(length, there - offset));
}

gboolean
store_message_read_row(Store *store, sqlite3_stmt *row, guint64 offset, gsize length, GString *out,
                       GError **error)
{
    guint64 octets = (guint64)sqlite3_column_int64(row, 0);
    guint64 head = (guint64)sqlite3_column_bytes(row, 1);
    gint64 file = sqlite3_column_int64(row, 2);

    if (offset >= octets)
        return TRUE;
    length = (gsize)MIN((guint64)length, octets - offset);
    if (offset < head) {
        gsize from_head = (gsize)MIN((guint64)length, head - offset);

        store_message_read_column(row, 1, offset, from_head, out);
        offset += from_head;
        length -= from_head;
    }
    if (length == 0)
        return TRUE;
    if (file > 0)
        return store_message_read_file(store, file, offset - head, length, out, error);
    store_message_read_column(row, 3, offset - head, length, out);
    return TRUE;
}

gboolean
store_message_read(Store *store, gint64 id, guint64 offset, gsize length, GString *out,
                   GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store, "SELECT octets, head, body_file, content FROM messages WHERE id = ?", error);

    return ask != NULL && store_message_row(store, ask, id, error) &&
           store_message_read_row(store, ask, offset, length, out, error);
}

StoreIndex *
store_message_index(Store *store, gint64 id, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, "SELECT structure FROM messages WHERE id = ?", error);

    if (ask == NULL || !store_message_row(store, ask, id, error))
        return NULL;
    return store_index_from_json((const char *)sqlite3_column_text(ask, 0), error);
}

/* ---- removing ---- */

/* SQL: does nobody name message m? A recipient names it while it travels. */
#define STORE_NAMELESS                                                                             \
    "NOT EXISTS (SELECT 1 FROM entries WHERE message = m.id)"                                      \
    " AND NOT EXISTS (SELECT 1 FROM archive WHERE message = m.id)"                                 \
    " AND NOT EXISTS (SELECT 1 FROM queue q JOIN recipients r ON r.queue = q.id"                   \
    " WHERE q.message = m.id AND r.state IN ('waiting', 'trying', 'held'))"

static const char store_message_delete[] = "DELETE FROM messages AS m WHERE id IN (SELECT message "
                                           "FROM loose WHERE message <= ?) AND " STORE_NAMELESS;

/* (A foreign key would do it, too; but it would look for each message that goes, and few are in there.) */
static const char store_unended_delete[] =
    "DELETE FROM unended WHERE message IN (SELECT message FROM loose WHERE message <= ?)"
    " AND NOT EXISTS (SELECT 1 FROM messages WHERE id = message)";

/* Some messages that have lost their last name, and what goes with them. */
typedef struct StoreSweep {
    guint looked;     /* how many were looked at */
    gint64 last;      /* the last one of them; 0: there was none */
    GArray *ids;      /* gint64: of those that nobody names */
    GPtrArray *files; /* paths of their body files */
} StoreSweep;

static void
store_sweep_clear(StoreSweep *sweep)
{
    g_array_unref(sweep->ids);
    g_clear_pointer(&sweep->files, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreSweep, store_sweep_clear)

static gboolean
store_sweep_look(Store *store, StoreSweep *sweep, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store,
        "SELECT l.message, m.id IS NOT NULL AND " STORE_NAMELESS ", coalesce(body_file, 0)"
        " FROM loose l LEFT JOIN messages m ON m.id = l.message ORDER BY l.message LIMIT ?",
        error);
    gboolean row, fine;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, STORE_SWEEP_MAX);
    while ((fine = store_step(store, ask, &row, error)) && row) {
        gint64 file = sqlite3_column_int64(ask, 2);

        sweep->looked++;
        sweep->last = sqlite3_column_int64(ask, 0);
        if (!sqlite3_column_int(ask, 1))
            continue;
        g_array_append_val(sweep->ids, sweep->last);
        if (file > 0)
            g_ptr_array_add(sweep->files, store_body_path(store, file));
    }
    return fine;
}

static gboolean
store_sweep_run(Store *store, const char *sql, gint64 last, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = store_prepare(store, sql, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, last);
    return store_run(store, statement, error);
}

static void
store_sweep_tell(Store *store, const StoreSweep *sweep)
{
    guint each = MIN(sweep->ids->len, STORE_SWEEP_TOLD);

    for (guint i = 0; i < each; i++) {
        gint64 id = g_array_index(sweep->ids, gint64, i);

        store_tell(store->trace, "DELETE FROM messages WHERE id = ?", "message %" G_GINT64_FORMAT,
                   id);
        store_tell_params(store->trace, "i", id);
        store_tell_row(store->trace, "before", "id:i", id);
        store_tell_none(store->trace, "after");
        trace_sql(store->trace, STAGE_STORE,
                  "No mailbox, queue or archive names message %" G_GINT64_FORMAT
                  " any more: it goes",
                  id);
    }
    if (each == sweep->ids->len)
        return;
    store_tell(store->trace, store_message_delete, "messages");
    store_tell_params(store->trace, "i", sweep->last);
    trace_put_number(store->trace, "changed", sweep->ids->len - each);
    trace_sql(store->trace, STAGE_STORE, "And %u more messages go in the same way",
              sweep->ids->len - each);
}

/* In few statements, because each keeps a journal of its own for the case that it fails in the middle: a
 * statement a message would cost three times as much. A group that empties a large mailbox leaves it to
 * later ones: its reader waits for an answer, and nobody for the octets. */
gboolean
store_message_sweep(Store *store, GError **error)
{
    g_auto(StoreSweep) sweep = { .ids = g_array_new(FALSE, FALSE, sizeof(gint64)),
                                 .files = g_ptr_array_new_with_free_func(g_free) };

    if (store->removed >= STORE_SWEEP_MAX) {
        store->loose = TRUE;
        return TRUE;
    }
    if (!store_sweep_look(store, &sweep, error))
        return FALSE;
    store->loose = sweep.looked == STORE_SWEEP_MAX;
    if (sweep.last == 0)
        return TRUE;
    if (sweep.ids->len > 0 && (!store_sweep_run(store, store_message_delete, sweep.last, error) ||
                               !store_sweep_run(store, store_unended_delete, sweep.last, error)))
        return FALSE;
    if (!store_sweep_run(store, "DELETE FROM loose WHERE message <= ?", sweep.last, error))
        return FALSE;
    g_ptr_array_extend_and_steal(store->doomed, g_steal_pointer(&sweep.files));
    store_sweep_tell(store, &sweep);
    return TRUE;
}
