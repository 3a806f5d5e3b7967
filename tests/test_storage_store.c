/* tests/test_storage_store.c - groups: all of it durable, or nothing, and nobody left in doubt. */
#include "tests/test_storage_world.h"

#include <sys/wait.h>
#include <unistd.h>

static void
test_kill_before_commit(void)
{
    g_test_summary("RFC 5321 §6.1: a crash before COMMIT loses only what nobody was promised");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = NULL;
    pid_t child = fork();
    int status;

    if (child == 0) { /* dies without closing anything, as kill -9 would have it */
        Store *own = open_store(folder, NULL);

        if (add_message(own, NULL, 1000, NULL) != 1 || !store_commit(own, NULL) ||
            add_message(own, NULL, 1000, NULL) != 2 || add_message(own, NULL, 300000, NULL) != 3)
            _exit(1);
        _exit(7);
    }
    waitpid(child, &status, 0);
    g_assert_cmpint(WEXITSTATUS(status), ==, 7);
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 1);
    store = open_store(folder, NULL);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 1);
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 0);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_savepoints(void)
{
    g_test_summary("A message undone leaves the others of its group, its body file goes");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);

    g_assert_true(store_savepoint(store, NULL));
    add_message(store, NULL, 100, NULL);
    g_assert_true(store_release(store, NULL));
    g_assert_true(store_savepoint(store, NULL));
    add_message(store, NULL, 300000, NULL);
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 1);
    g_assert_cmpuint(store_group_messages(store), ==, 2);
    g_assert_true(store_rollback_to(store));
    g_assert_cmpuint(store_group_messages(store), ==, 1);
    g_assert_cmpuint(store_group_octets(store), ==, 116);
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 0);
    g_assert_true(store_is_open(store));
    commit(store);
    g_assert_false(store_is_open(store));
    g_assert_cmpint(count_rows(folder, "messages"), ==, 1);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_full_disk(void)
{
    g_test_summary("RFC 5321 §4.2.3: a full disk undoes the whole group, and COMMIT says so (452)");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GError) error = NULL, commit_error = NULL, later = NULL;

    g_assert_cmpint(add_message(store, NULL, 1000, NULL), ==, 1);
    commit(store);
    store_limit_pages(store, 60);
    for (guint i = 0; i < 100 && error == NULL; i++)
        add_message(store, NULL, 20000, &error);
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
    if (store_is_open(store) && add_message(store, NULL, 10, &later) == 0)
        g_assert_error(later, STORE_ERROR,
                       STORE_ERROR_FULL); /* nothing goes in beside the lost ones */
    g_assert_true(store_is_open(store));
    g_assert_false(store_commit(store, &commit_error));
    g_assert_error(commit_error, STORE_ERROR, STORE_ERROR_FULL);
    g_assert_false(store_is_open(store));
    g_assert_cmpint(count_rows(folder, "messages"), ==, 1);
    store_limit_pages(store, 0);
    g_assert_cmpint(add_message(store, NULL, 20000, NULL), >, 0);
    commit(store);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 2);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_full_disk_in_savepoint(void)
{
    g_test_summary("When the whole group is gone, store_rollback_to() says so");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    GError *error = NULL;

    store_limit_pages(store, 60);
    add_message(store, NULL, 300000, NULL);
    for (guint i = 0; i < 100 && error == NULL; i++) {
        g_assert_true(store_savepoint(store, NULL));
        add_message(store, NULL, 20000, &error);
        if (error == NULL)
            g_assert_true(store_release(store, NULL));
    }
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
    g_assert_false(store_rollback_to(store));
    g_assert_false(store_commit(store, NULL));
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 0);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 0);
    g_clear_error(&error);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_second_opener(void)
{
    g_test_summary("A second process that opens the same host is told so, and harms nothing");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(store_open(folder, "mx.north.example", &world, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    g_assert_cmpint(add_message(store, NULL, 100, NULL), ==, 1);
    commit(store);
    g_clear_pointer(&store, store_close);
    store = open_store(folder, NULL);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_students_shell(void)
{
    g_test_summary("A shell that holds the write lock makes us BUSY (451), until it lets go");
    g_autofree char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "mx.north.example.db", NULL);
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GError) error = NULL;
    sqlite3 *shell = NULL;

    sqlite3_open(path, &shell);
    g_assert_cmpint(sqlite3_exec(shell, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
    g_assert_cmpint(add_message(store, NULL, 100, &error), ==, 0);
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    g_assert_false(store_is_open(store));
    sqlite3_exec(shell, "ROLLBACK", NULL, NULL, NULL);
    g_assert_cmpint(add_message(store, NULL, 100, NULL), ==, 1);
    commit(store);
    sqlite3_close(shell);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_no_database(void)
{
    g_test_summary("A file that is no database, a folder that cannot be: an error, not a crash");
    g_autofree char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "mx.north.example.db", NULL);
    g_autoptr(GError) error = NULL, other = NULL;

    g_file_set_contents(path,
                        "this is no database, whatever its name says; it is long enough "
                        "to be read as a header of a hundred octets, and refused for it",
                        -1, NULL);
    g_assert_null(store_open(folder, "mx.north.example", &world, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    g_assert_null(store_open(path, "mx.north.example", &world, NULL, &other));
    g_assert_error(other, STORE_ERROR, STORE_ERROR_FAILED);
    folder_remove(folder);
}

/* SQLite would take the log beside an empty file, or beside one without this mark, for a leftover. */
static void
test_first_page(void)
{
    g_test_summary("A new database's file says that it has a log before anything is promised");
    g_autofree char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "mx.north.example.db", NULL);
    g_autofree char *page = NULL;
    g_autoptr(Store) store = open_store(folder, NULL);
    gsize length;

    g_assert_true(g_file_get_contents(path, &page, &length, NULL));
    g_assert_cmpuint(length, ==, 4096);
    g_assert_cmpstr(page, ==, "SQLite format 3");
    g_assert_cmpint(page[18], ==, 2); /* written, and read, by way of a write-ahead log */
    g_assert_cmpint(page[19], ==, 2);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_checkpoint(void)
{
    g_test_summary("The write-ahead log is emptied between groups, not within one");
    g_autofree char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "mx.north.example.db", NULL);
    g_autoptr(Store) store = open_store(folder, NULL);
    GStatBuf before, during, after;

    g_stat(path, &before);
    for (guint i = 0; i < 20; i++)
        add_message(store, NULL, 100000, NULL);
    store_checkpoint(store);
    g_stat(path, &during);
    g_assert_cmpint(during.st_size, ==, before.st_size);
    commit(store);
    g_assert_cmpuint(store_wal_octets(store), >, 2000000);
    store_checkpoint(store);
    g_assert_cmpuint(store_wal_octets(store), ==, 0);
    g_stat(path, &after);
    g_assert_cmpint(after.st_size, >, 2000000);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

/* ---- faults and events ---- */

static gint64
now_us(void *clock)
{
    (void)clock;
    return world_now_s * G_USEC_PER_SEC;
}

static double
no_chance(void *data)
{
    (void)data;
    return 0.5;
}

static void
keep_event(const TraceEvent *event, void *data)
{
    g_ptr_array_add(data, trace_event_copy(event));
}

static gboolean crashed;

static void
crash(void *data)
{
    (void)data;
    crashed = TRUE;
}

static void
expect_fault(Store *store, TraceFaults *faults, const char *line, int code)
{
    g_autoptr(GError) error = NULL;
    gboolean done;

    g_assert_true(trace_faults_arm(faults, line, NULL));
    done = add_message(store, NULL, 100, &error) > 0 && store_commit(store, &error);
    if (code < 0)
        g_assert_true(done);
    else
        g_assert_error(error, STORE_ERROR, code);
    g_assert_false(store_is_open(store));
}

static void
test_faults(void)
{
    g_test_summary("The faults of stage store: busy, full, a crash before and after COMMIT");
    g_autofree char *folder = folder_new();
    g_autoptr(Tracer) tracer = tracer_new(now_us, NULL);
    TraceFaults *faults = trace_faults_new(no_chance, NULL);
    g_autoptr(Trace) trace = trace_new(tracer, "mx.north.example", NULL);
    g_autoptr(Store) store = NULL;

    tracer_set_faults(tracer, faults);
    tracer_switch(tracer, TRUE);
    store = open_store(folder, trace);
    store_set_crash(store, crash, NULL);
    expect_fault(store, faults, "store-busy occurrence=first", STORE_ERROR_BUSY);
    expect_fault(store, faults, "store-full occurrence=first", STORE_ERROR_FULL);
    g_assert_false(crashed);
    expect_fault(store, faults, "crash-before-commit occurrence=first", STORE_ERROR_FAILED);
    g_assert_true(crashed);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 0);
    crashed = FALSE;
    expect_fault(store, faults, "crash-after-commit occurrence=first", -1);
    g_assert_true(crashed);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 1);
    g_clear_pointer(&store, store_close);
    tracer_set_faults(tracer, NULL);
    trace_faults_free(faults);
    folder_remove(folder);
}

static void
test_commit_event(void)
{
    g_test_summary("COMMIT is one event that says how much is on the disk now");
    g_autofree char *folder = folder_new();
    g_autoptr(Tracer) tracer = tracer_new(now_us, NULL);
    g_autoptr(Trace) trace = trace_new(tracer, "mx.north.example", NULL);
    g_autoptr(Trace) session = trace_new(tracer, "mx.north.example", "smtp");
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)trace_event_free);
    g_autoptr(Store) store = open_store(folder, trace);
    g_autoptr(StoreOrigin) origin = NULL;
    TraceEvent *event;

    tracer_switch(tracer, TRUE);
    tracer_add_sink(tracer, keep_event, events);
    trace_begin_journey(session);
    add_message(store, session, 100, NULL);
    add_message(store, session, 200, NULL);
    commit(store);
    g_assert_cmpuint(events->len, ==, 3);
    event = g_ptr_array_index(events, 2);
    g_assert_cmpstr(event->text, ==, "COMMIT: 2 messages, 332 octets are on the disk now");
    g_assert_null(event->journey);
    g_assert_cmpuint(store_commit_event(store), ==, event->seq);
    event = g_ptr_array_index(events, 0);
    g_assert_cmpstr(event->journey, ==, "j1");
    g_assert_nonnull(strstr(event->data, "\"label\":\"message 1\""));
    g_assert_cmpuint(number_of(folder, "SELECT event FROM messages WHERE id = 1"), ==, event->seq);
    origin = store_message_origin(store, 1);
    g_assert_cmpstr(origin->journey, ==, "j1");
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/store/kill-before-commit", test_kill_before_commit);
    g_test_add_func("/storage/store/savepoints", test_savepoints);
    g_test_add_func("/storage/store/full-disk", test_full_disk);
    g_test_add_func("/storage/store/full-disk-in-savepoint", test_full_disk_in_savepoint);
    g_test_add_func("/storage/store/second-opener", test_second_opener);
    g_test_add_func("/storage/store/students-shell", test_students_shell);
    g_test_add_func("/storage/store/no-database", test_no_database);
    g_test_add_func("/storage/store/first-page", test_first_page);
    g_test_add_func("/storage/store/checkpoint", test_checkpoint);
    g_test_add_func("/storage/store/faults", test_faults);
    g_test_add_func("/storage/store/commit-event", test_commit_event);
    return g_test_run();
}
