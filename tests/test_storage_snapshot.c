/* tests/test_storage_snapshot.c - rows and messages of a host as JSON, bounded. */
#include "storage/snapshot.h"

#include <json-glib/json-glib.h>

#include "storage/archive.h"
#include "tests/test_storage_world.h"

typedef struct Snapshot {
    JsonNode *rows, *messages;
    guint64 rows_left, messages_left;
} Snapshot;

/* Takes a snapshot of at most @octets a list; both must be JSON. */
static Snapshot
take(Store *store, gsize octets)
{
    Snapshot snapshot = { 0 };
    g_autoptr(GString) rows = g_string_new("[");
    g_autoptr(GString) messages = g_string_new("[");
    g_autoptr(GError) error = NULL;

    g_assert_true(store_snapshot_rows(store, octets, rows, &snapshot.rows_left, &error));
    g_assert_true(
        store_snapshot_messages(store, octets, messages, &snapshot.messages_left, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(rows->len, <, octets + 8192);
    g_assert_cmpuint(messages->len, <, octets + 8192);
    snapshot.rows = json_from_string(g_string_append_c(rows, ']')->str, &error);
    g_assert_no_error(error);
    snapshot.messages = json_from_string(g_string_append_c(messages, ']')->str, &error);
    g_assert_no_error(error);
    return snapshot;
}

static void
snapshot_clear(Snapshot *snapshot)
{
    json_node_unref(snapshot->rows);
    json_node_unref(snapshot->messages);
}

static guint
count(JsonNode *list)
{
    return json_array_get_length(json_node_get_array(list));
}

static JsonObject *
row_at(const Snapshot *snapshot, guint index, const char *table)
{
    JsonObject *told = json_array_get_object_element(json_node_get_array(snapshot->rows), index);

    g_assert_cmpstr(json_object_get_string_member(told, "host"), ==, "mx.north.example");
    g_assert_cmpstr(json_object_get_string_member(told, "table"), ==, table);
    return json_object_get_object_member(told, "row");
}

/* A message for @recipient that has to travel, in the open group. */
static gint64
queue_one(Store *store, Trace *trace, const char *recipient, gint64 due_s)
{
    gint64 message = add_message(store, trace, 100, NULL);
    gint64 queue = store_queue_add(store, trace, message, "alice@north.example", FALSE, NULL);

    return store_queue_add_recipient(store, trace, queue, recipient, "south.example", due_s, NULL);
}

static gint64
now_us(void *clock)
{
    (void)clock;
    return G_GINT64_CONSTANT(1767603600000000);
}

static void
test_rows(void)
{
    g_test_summary("each table's rows, with the columns that its events tell");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    gint64 id = queue_one(store, NULL, "\"a\\\"b\"@south.example", 100);
    Snapshot snapshot;

    g_assert_true(store_queue_attempt(store, NULL, id, "mx.south.example", "127.0.0.3", 450, "busy",
                                      1, NULL));
    store_entry_add(store, NULL, STAGE_DELIVER, inbox->id, 1, "", STORE_SEEN, "$Work", 0, NULL);
    store_archive_add(store, NULL, 1, "alice@north.example", "x", NULL, "all", NULL);
    snapshot = take(store, 1 << 20);
    g_assert_cmpuint(count(snapshot.rows), ==, 6);
    g_assert_cmpint(json_object_get_int_member(row_at(&snapshot, 0, "queue"), "message"), ==, 1);
    g_assert_cmpstr(json_object_get_string_member(row_at(&snapshot, 1, "recipients"), "recipient"),
                    ==, "\"a\\\"b\"@south.example");
    g_assert_true(json_object_get_null_member(row_at(&snapshot, 1, "recipients"), "last"));
    g_assert_cmpint(json_object_get_int_member(row_at(&snapshot, 2, "attempts"), "code"), ==, 450);
    g_assert_cmpstr(json_object_get_string_member(row_at(&snapshot, 3, "messages"), "sender"), ==,
                    "alice@north.example");
    g_assert_cmpstr(json_object_get_string_member(row_at(&snapshot, 4, "entries"), "flags"), ==,
                    "\\Seen $Work");
    g_assert_cmpstr(json_object_get_string_member(row_at(&snapshot, 5, "archive"), "why"), ==,
                    "all");
    g_assert_cmpuint(snapshot.rows_left, ==, 0);
    snapshot_clear(&snapshot);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_messages(void)
{
    g_test_summary("a message with all its recipients, those elsewhere and those here");
    g_autofree char *folder = folder_new();
    g_autoptr(Tracer) tracer = tracer_new(now_us, NULL);
    g_autoptr(Trace) trace = trace_new(tracer, "mx.north.example", NULL);
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    g_autofree char *words = NULL;
    Snapshot snapshot;

    tracer_switch(tracer, TRUE);
    trace_begin_journey(trace);
    queue_one(store, trace, "carol@south.example", 100);
    store_entry_add(store, NULL, STAGE_DELIVER, inbox->id, 1, "", 0, "", 0, NULL);
    snapshot = take(store, 1 << 20);
    words = json_to_string(snapshot.messages, FALSE);
    g_assert_cmpstr(words, ==,
                    "[{\"journey\":\"j1\",\"host\":\"mx.north.example\",\"from\":"
                    "\"alice@north.example\",\"recipients\":["
                    "{\"recipient\":\"alice@north.example\",\"state\":\"delivered\"},"
                    "{\"recipient\":\"carol@south.example\",\"state\":\"waiting\"}]}]");
    snapshot_clear(&snapshot);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_limits(void)
{
    g_test_summary(
        "what waits comes before what is newest; the rest is counted, in rows and octets");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    gint64 first = queue_one(store, NULL, "first@south.example", 100);
    gboolean kept = FALSE;
    Snapshot snapshot;

    for (guint i = 0; i < STORE_SNAPSHOT_ROWS + 5; i++) {
        gint64 id = queue_one(store, NULL, "carol@south.example", 200);

        g_assert_true(store_queue_done(store, NULL, id, NULL));
    }
    commit(store);
    snapshot = take(store, 1 << 20);
    /* Six recipients and their queue rows; the messages of those that are done are gone. */
    g_assert_cmpuint(snapshot.rows_left, ==, 12);
    for (guint i = 0; i < STORE_SNAPSHOT_ROWS; i++)
        kept |= json_object_get_int_member(row_at(&snapshot, STORE_SNAPSHOT_ROWS + i, "recipients"),
                                           "id") == first;
    g_assert_true(kept);
    snapshot_clear(&snapshot);
    snapshot = take(store, 2000);
    g_assert_cmpuint(count(snapshot.rows), <, 40);
    g_assert_cmpuint(snapshot.rows_left + count(snapshot.rows), >=, 2 * (STORE_SNAPSHOT_ROWS + 6));
    snapshot_clear(&snapshot);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/snapshot/rows", test_rows);
    g_test_add_func("/storage/snapshot/messages", test_messages);
    g_test_add_func("/storage/snapshot/limits", test_limits);
    return g_test_run();
}
