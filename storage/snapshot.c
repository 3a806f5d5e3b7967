/* storage/snapshot.c - what the tables hold now, for the header of a journal's segment.
 *
 * Only the newest rows, and of the queue those that still wait: a database may hold years of mail,
 * and the world stands still while it is read. So nothing here walks a table that can be long: what
 * is left out is counted up to a bound.
 *
 * Start reading at tables[].
 * Tests: tests/test_storage_snapshot.c
 */
#include "storage/snapshot.h"

#include <string.h>

#include "storage/inside.h"
#include "trace/redact.h"

#define STORE_SNAPSHOT_OCTETS 512 /* of one value */

/* How many rows there are; 1,000 stands for that many or more. */
#define STORE_COUNT(table) "SELECT count(*) FROM (SELECT 1 FROM " table " LIMIT 1000)"

/* The recipients that are worth knowing: ?1 of those that wait, the rest the newest. */
#define STORE_CHOSEN                                                                               \
    "WITH chosen AS (SELECT * FROM recipients"                                                     \
    " WHERE id IN (SELECT id FROM recipients WHERE state = 'waiting'"                              \
    " ORDER BY next_attempt, id LIMIT ?1)"                                                         \
    " OR id IN (SELECT id FROM recipients ORDER BY id DESC LIMIT ?1)"                              \
    " ORDER BY state = 'waiting' DESC, id DESC LIMIT ?1) "

/* Flags as the events spell them (storage/entry.c). */
#define STORE_FLAGS                                                                                \
    "trim(iif(e.flags & 1, '\\Seen ', '') || iif(e.flags & 2, '\\Answered ', '')"                  \
    " || iif(e.flags & 4, '\\Flagged ', '') || iif(e.flags & 8, '\\Deleted ', '')"                 \
    " || iif(e.flags & 16, '\\Draft ', '') || e.keywords)"

typedef struct StoreSnapshotTable {
    const char *name;
    const char *columns; /* as in store_tell_row(); column 0 of the answer is the journey */
    const char *sql;     /* ?1: how many rows */
    const char *count;   /* how many rows there are; NULL: others' counts tell it */
} StoreSnapshotTable;

static const StoreSnapshotTable tables[] = {
    { "queue", "id:i message:i sender:s",
      STORE_CHOSEN "SELECT c.journey, q.id, q.message, q.sender FROM queue q JOIN chosen c"
                   " ON c.queue = q.id GROUP BY q.id ORDER BY q.id",
      STORE_COUNT("queue") },
    { "recipients", "id:i queue:i recipient:s domain:s state:s tries:i next_attempt:t last:s",
      STORE_CHOSEN "SELECT journey, id, queue, recipient, domain, state, tries, next_attempt, last"
                   " FROM chosen ORDER BY id",
      STORE_COUNT("recipients") },
    { "attempts", "id:i recipient:i time:t host:s code:i words:s",
      STORE_CHOSEN "SELECT c.journey, a.id, a.recipient, a.time, a.host, a.code, a.words"
                   " FROM chosen c JOIN attempts a ON a.recipient = c.id ORDER BY a.id DESC"
                   " LIMIT ?1",
      STORE_COUNT("attempts") },
    { "messages", "id:i arrived:t octets:i sender:s",
      STORE_CHOSEN "SELECT journey, id, arrived, octets, sender FROM messages"
                   " WHERE id IN (SELECT id FROM messages ORDER BY id DESC LIMIT ?1)"
                   " OR id IN (SELECT q.message FROM queue q JOIN chosen c ON c.queue = q.id)"
                   " ORDER BY id",
      NULL },
    { "entries", "mailbox:i uid:i message:i flags:s modseq:i",
      "SELECT m.journey, e.mailbox, e.uid, e.message, " STORE_FLAGS ", e.modseq"
      " FROM (SELECT id, journey FROM messages ORDER BY id DESC LIMIT ?1) m"
      " JOIN entries e ON e.message = m.id ORDER BY m.id DESC, e.mailbox, e.uid LIMIT ?1",
      STORE_COUNT("entries") },
    { "archive", "id:i message:i sender:s recipients:s subject:s why:s",
      "SELECT m.journey, a.id, a.message, a.sender, a.recipients, a.subject, a.why"
      " FROM archive a JOIN messages m ON m.id = a.message ORDER BY a.id DESC LIMIT ?1",
      STORE_COUNT("archive") },
};

/* Sender and recipients of each message: those that travel, then those that lie in a mailbox. */
static const char messages[] = STORE_CHOSEN
    "SELECT c.journey, q.sender, c.recipient, c.state FROM chosen c JOIN queue q ON q.id = c.queue"
    " WHERE c.journey IS NOT NULL UNION ALL"
    " SELECT m.journey, m.sender, a.user || '@' || a.domain, 'delivered'"
    " FROM (SELECT id, journey, sender FROM messages WHERE journey IS NOT NULL"
    " ORDER BY id DESC LIMIT ?1) m JOIN entries e ON e.message = m.id"
    " JOIN mailboxes b ON b.id = e.mailbox JOIN accounts a ON a.id = b.account"
    " ORDER BY 1, 3 LIMIT ?1";

/* ---- one row ---- */

static void
store_snapshot_value(GString *json, sqlite3_stmt *row, int column, char type)
{
    gint64 number = sqlite3_column_int64(row, column);
    const char *text = (const char *)sqlite3_column_text(row, column);
    g_autofree char *time = NULL;

    if (text == NULL)
        g_string_append(json, "null");
    else if (type == 'i')
        g_string_append_printf(json, "%" G_GINT64_FORMAT, number);
    else if (type == 't')
        g_string_append_printf(json, "\"%s\"", time = trace_time_format(number * G_USEC_PER_SEC));
    else
        trace_safe_append_json(json, text, -1, STORE_SNAPSHOT_OCTETS);
}

static void
store_snapshot_row(GString *json, const char *host, const StoreSnapshotTable *table,
                   sqlite3_stmt *row)
{
    const char *column = table->columns;

    g_string_append_printf(json, "{\"host\":\"%s\",\"table\":\"%s\",\"journey\":", host,
                           table->name);
    store_snapshot_value(json, row, 0, 's');
    g_string_append(json, ",\"row\":{");
    for (int i = 1; *column != '\0'; i++) {
        gsize name = strcspn(column, ":");

        g_string_append_printf(json, "%s\"%.*s\":", i == 1 ? "" : ",", (int)name, column);
        store_snapshot_value(json, row, i, column[name + 1]);
        column += name + 2;
        column += strspn(column, " ");
    }
    g_string_append(json, "}}");
}

/* ---- a table ---- */

/* A comma, unless @json is where its list begins. */
static void
store_snapshot_comma(GString *json)
{
    if (json->len > 0 && json->str[json->len - 1] != '[')
        g_string_append_c(json, ',');
}

static gboolean
store_snapshot_count(Store *store, const StoreSnapshotTable *table, gint64 *all, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, table->count, error);
    gboolean found;

    return ask != NULL && store_number(store, ask, all, &found, error);
}

/* @most: how long @json may become. */
static gboolean
store_snapshot_table(Store *store, const StoreSnapshotTable *table, gsize most, GString *json,
                     guint64 *left_out, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, table->sql, error);
    gboolean row, fine;
    gint64 given = 0, all = 0;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int(ask, 1, STORE_SNAPSHOT_ROWS);
    while ((fine = store_step(store, ask, &row, error)) && row && json->len < most) {
        store_snapshot_comma(json);
        store_snapshot_row(json, store->name, table, ask);
        given++;
    }
    if (!fine || (table->count != NULL && !store_snapshot_count(store, table, &all, error)))
        return FALSE;
    *left_out += (guint64)MAX(all - given, 0);
    return TRUE;
}

gboolean
store_snapshot_rows(Store *store, gsize octets, GString *json, guint64 *left_out, GError **error)
{
    gsize most = json->len + octets;

    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        if (!store_snapshot_table(store, &tables[i], most, json, left_out, error))
            return FALSE;
    return TRUE;
}

/* ---- messages ---- */

/* Begins the message of @row: the rows of one stand together. */
static void
store_snapshot_message(GString *json, const char *host, sqlite3_stmt *row)
{
    store_snapshot_comma(json);
    g_string_append(json, "{\"journey\":");
    store_snapshot_value(json, row, 0, 's');
    g_string_append_printf(json, ",\"host\":\"%s\",\"from\":", host);
    store_snapshot_value(json, row, 1, 's');
    g_string_append(json, ",\"recipients\":[");
}

gboolean
store_snapshot_messages(Store *store, gsize octets, GString *json, guint64 *left_out,
                        GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, messages, error);
    g_autofree char *journey = NULL;
    gsize most = json->len + octets;
    gboolean row, fine;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int(ask, 1, STORE_SNAPSHOT_MESSAGES);
    while ((fine = store_step(store, ask, &row, error)) && row) {
        g_autofree char *now = store_column_text(ask, 0);

        if (json->len >= most) {
            ++*left_out;
            continue;
        }
        if (g_strcmp0(journey, now) != 0) {
            g_string_append(json, journey == NULL ? "" : "]}");
            store_snapshot_message(json, store->name, ask);
            g_free(journey);
            journey = g_steal_pointer(&now);
        }
        store_snapshot_comma(json);
        g_string_append(json, "{\"recipient\":");
        store_snapshot_value(json, ask, 2, 's');
        g_string_append(json, ",\"state\":");
        store_snapshot_value(json, ask, 3, 's');
        g_string_append_c(json, '}');
    }
    g_string_append(json, journey == NULL ? "" : "]}");
    return fine;
}
