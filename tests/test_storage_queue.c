/* tests/test_storage_queue.c - the queue: due in order, through crashes, with its history. */
#include "tests/test_storage_world.h"

static gint64
queue_one(Store *store, const char *recipient, gint64 due_s)
{
    gint64 message = add_message(store, NULL, 100, NULL);
    gint64 queue = store_queue_add(store, NULL, message, "alice@north.example", TRUE, NULL);
    gint64 id =
        store_queue_add_recipient(store, NULL, queue, recipient, "south.example", due_s, NULL);

    g_assert_cmpint(id, >, 0);
    return id;
}

static void
test_due(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: what is due comes first due first, no more than asked for");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GPtrArray) items = NULL, one = NULL;
    StoreQueueItem *item;

    g_assert_cmpint(store_queue_next_due(store, NULL), ==, 0);
    queue_one(store, "late@south.example", 3000);
    queue_one(store, "b@south.example", 2000);
    queue_one(store, "a@south.example", 1000);
    queue_one(store, "c@south.example", 2000);
    items = store_queue_due(store, 2000, 100, NULL);
    g_assert_cmpuint(items->len, ==, 3);
    item = g_ptr_array_index(items, 0);
    g_assert_cmpstr(item->recipient, ==, "a@south.example");
    g_assert_cmpstr(item->sender, ==, "alice@north.example");
    g_assert_cmpuint(item->octets, ==, 116);
    g_assert_cmpint(item->arrived_s, ==, world_now_s);
    g_assert_true(item->eightbit);
    g_assert_cmpstr(((StoreQueueItem *)g_ptr_array_index(items, 2))->recipient, ==,
                    "c@south.example");
    one = store_queue_due(store, 2000, 1, NULL);
    g_assert_cmpuint(one->len, ==, 1);
    g_assert_cmpint(store_queue_next_due(store, NULL), ==, 1000);
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_changed(void)
{
    g_test_summary("Whoever looks for what is due is told whether anything can have become so");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    gint64 id;

    g_assert_true(store_queue_has_changed(store)); /* who knows what lay there at the start */
    add_message(store, NULL, 100, NULL);
    commit(store);
    g_assert_false(store_queue_has_changed(store));
    id = queue_one(store, "carol@south.example", 0);
    g_assert_true(store_queue_has_changed(store));
    g_assert_false(store_queue_has_changed(store));
    store_queue_set_state(store, id, STORE_HELD, 0, NULL);
    g_assert_true(store_queue_has_changed(store));
    store_queue_delete(store, id, NULL);
    g_assert_true(store_queue_has_changed(store));
    commit(store);
    g_assert_false(store_queue_has_changed(store));
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_attempts(void)
{
    g_test_summary(
        "A try is counted before dialling; its end is kept; then it waits, is done or failed");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    gint64 id = queue_one(store, "carol@south.example", 0);
    g_autoptr(GPtrArray) none = NULL, items = NULL, attempts = NULL, all = NULL;
    g_autoptr(GError) error = NULL;
    StoreQueueItem *item;
    StoreAttempt *attempt;

    g_assert_true(store_queue_start(store, NULL, id, 300, NULL));
    none = store_queue_due(store, 1000, 10, NULL);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_false(store_queue_start(store, NULL, id, 300, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NO);
    g_assert_true(store_queue_attempt(store, NULL, id, "mx.south.example", "127.0.0.3", 451,
                                      "451 later", 1500, NULL));
    g_assert_true(store_queue_postpone(store, NULL, id, 500, "451 later", NULL));
    g_assert_true(store_queue_warned(store, id, NULL));
    items = store_queue_due(store, 500, 10, NULL);
    item = g_ptr_array_index(items, 0);
    g_assert_cmpuint(item->tries, ==, 1);
    g_assert_cmpstr(item->last, ==, "451 later");
    g_assert_true(item->warned);
    g_assert_true(store_queue_start(store, NULL, id, 900, NULL));
    g_assert_true(store_queue_attempt(store, NULL, id, NULL, NULL, 0, NULL, 0, NULL));
    g_assert_true(store_queue_done(store, NULL, id, NULL));
    attempts = store_queue_attempts(store, id, NULL);
    g_assert_cmpuint(attempts->len, ==, 2);
    attempt = g_ptr_array_index(attempts, 0);
    g_assert_cmpuint(attempt->code, ==, 451);
    g_assert_cmpstr(attempt->address, ==, "127.0.0.3");
    all = store_queue_list(store, TRUE, NULL);
    g_assert_cmpint(((StoreQueueItem *)g_ptr_array_index(all, 0))->state, ==, STORE_DONE);
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_recover(void)
{
    g_test_summary(
        "RFC 5321 §6.1: after a crash in an attempt the row waits for the time already written");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    gint64 id = queue_one(store, "carol@south.example", 0);
    g_autoptr(GPtrArray) items = NULL;

    g_assert_true(store_queue_start(store, NULL, id, 300, NULL));
    commit(store);
    g_clear_pointer(&store, store_close);
    store = open_store(folder, NULL);
    g_assert_cmpint(store_queue_next_due(store, NULL), ==, 0);
    g_assert_true(store_queue_recover(store, NULL));
    commit(store);
    g_assert_cmpint(store_queue_next_due(store, NULL), ==, 300);
    items = store_queue_list(store, FALSE, NULL);
    g_assert_cmpuint(((StoreQueueItem *)g_ptr_array_index(items, 0))->tries, ==, 1);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_by_hand(void)
{
    g_test_summary("Held rows are not tried; released ones are due; deleted ones are gone");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    gint64 id = queue_one(store, "carol@south.example", 0);
    g_autoptr(GError) error = NULL;

    g_assert_true(store_queue_set_state(store, id, STORE_HELD, 0, NULL));
    g_assert_cmpint(store_queue_next_due(store, NULL), ==, 0);
    g_assert_true(store_queue_set_state(store, id, STORE_WAITING, 700, NULL));
    g_assert_cmpint(store_queue_next_due(store, NULL), ==, 700);
    commit(store);
    g_assert_true(store_queue_delete(store, id, NULL));
    commit(store);
    g_assert_cmpint(count_rows(folder, "queue"), ==, 0);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 0);
    g_assert_false(store_queue_delete(store, id, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NONE);
    g_clear_error(&error);
    g_assert_false(store_queue_start(store, NULL, id, 0, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NONE);
    g_clear_error(&error);
    g_assert_cmpint(store_queue_add(store, NULL, 99, "", FALSE, &error), ==, 0);
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NONE);
    g_clear_error(&error);
    g_assert_cmpint(
        store_queue_add_recipient(store, NULL, 99, "x@y.example", "y.example", 0, &error), ==, 0);
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NONE);
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_hands_off(void)
{
    g_test_summary("What is being tried is left alone by hands: its end must find the row");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    gint64 id = queue_one(store, "carol@south.example", 0);
    g_autoptr(GError) held = NULL, gone = NULL;

    g_assert_true(store_queue_start(store, NULL, id, 300, NULL));
    g_assert_false(store_queue_set_state(store, id, STORE_HELD, 0, &held));
    g_assert_error(held, STORE_ERROR, STORE_ERROR_NO);
    g_assert_false(store_queue_delete(store, id, &gone));
    g_assert_error(gone, STORE_ERROR, STORE_ERROR_NO);
    g_assert_true(store_queue_done(store, NULL, id, NULL));
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_wishes(void)
{
    g_test_summary("RFC 3461 §5.2.1: ENVID, RET, NOTIFY and ORCPT are kept octet for octet");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    gint64 id = queue_one(store, "carol@south.example", 0);
    g_autoptr(StoreQueueItem) before = store_queue_get(store, id, NULL), after = NULL;

    g_assert_null(before->envid);
    g_assert_null(before->orcpt);
    g_assert_cmpint(before->ret, ==, 0);
    g_assert_cmpuint(before->notify, ==, 0);
    g_assert_true(store_queue_set_envelope(store, NULL, before->queue, "Q+2B1", 'F', NULL));
    g_assert_true(store_queue_set_notify(store, NULL, id, STORE_NOTIFY_SUCCESS,
                                         "rfc822;Carol@south.example", NULL));
    commit(store);
    g_clear_pointer(&store, store_close);
    store = open_store(folder, NULL);
    after = store_queue_get(store, id, NULL);
    g_assert_cmpstr(after->envid, ==, "Q+2B1");
    g_assert_cmpint(after->ret, ==, 'F');
    g_assert_cmpuint(after->notify, ==, STORE_NOTIFY_SUCCESS);
    g_assert_cmpstr(after->orcpt, ==, "rfc822;Carol@south.example");
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_history(void)
{
    g_test_summary("Finished rows are the history, the last first, until they are too old");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    gint64 id[3];
    g_autoptr(GPtrArray) all = NULL, left = NULL;
    guint count;

    for (guint i = 0; i < 3; i++) {
        id[i] = queue_one(store, "carol@south.example", 0);
        g_assert_true(store_queue_start(store, NULL, id[i], 300, NULL));
        g_assert_true(
            store_queue_attempt(store, NULL, id[i], "mx", "127.0.0.3", 250, "250", 1, NULL));
    }
    g_assert_true(store_queue_done(store, NULL, id[0], NULL));
    world_now_s += 100;
    g_assert_true(store_queue_failed(store, NULL, id[1], "550", NULL));
    all = store_queue_history(store, NULL);
    g_assert_cmpuint(all->len, ==, 2);
    g_assert_cmpint(((StoreQueueItem *)g_ptr_array_index(all, 0))->id, ==, id[1]);
    g_assert_cmpint(((StoreQueueItem *)g_ptr_array_index(all, 0))->finished_s, ==, world_now_s);
    g_assert_true(store_queue_forget(store, world_now_s - 99, 10, &count, NULL));
    g_assert_cmpuint(count, ==, 1);
    left = store_queue_history(store, NULL);
    g_assert_cmpuint(left->len, ==, 1);
    g_assert_true(store_queue_forget(store, world_now_s + 1, 10, &count, NULL));
    commit(store);
    g_assert_cmpint(count_rows(folder, "recipients"), ==, 1);
    g_assert_cmpint(count_rows(folder, "queue"), ==, 1);
    g_assert_cmpint(count_rows(folder, "attempts"), ==, 1);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 1);
    world_now_s -= 100;
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_forget_slowly(void)
{
    g_test_summary("At most so many rows are forgotten in one turn, so that nobody waits");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    guint count;

    for (guint i = 0; i < 5; i++)
        g_assert_true(
            store_queue_done(store, NULL, queue_one(store, "carol@south.example", 0), NULL));
    g_assert_true(store_queue_forget(store, world_now_s + 1, 3, &count, NULL));
    g_assert_cmpuint(count, ==, 3);
    g_assert_true(store_queue_forget(store, world_now_s + 1, 3, &count, NULL));
    g_assert_cmpuint(count, ==, 2);
    commit(store);
    g_assert_true(store_queue_forget(store, world_now_s + 1, 3, &count, NULL));
    g_assert_cmpuint(count, ==, 0);
    g_assert_false(store_is_open(store)); /* nothing to do is not a group */
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static gint64
now_us(void *clock)
{
    (void)clock;
    return world_now_s * G_USEC_PER_SEC;
}

static void
keep_event(const TraceEvent *event, void *data)
{
    g_ptr_array_add(data, trace_event_copy(event));
}

static void
test_events(void)
{
    g_test_summary("Each step of the queue is an event with its SQL, before and after");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(Tracer) tracer = tracer_new(now_us, NULL);
    g_autoptr(Trace) trace = trace_new(tracer, "mx.north.example", "smtp");
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)trace_event_free);
    g_autoptr(GPtrArray) items = NULL;
    gint64 queue, id;
    StoreQueueItem *item;
    TraceEvent *event;

    tracer_switch(tracer, TRUE);
    tracer_add_sink(tracer, keep_event, events);
    trace_begin_journey(trace);
    trace_set_branch(trace, "1.2");
    queue = store_queue_add(store, trace, add_message(store, trace, 100, NULL), "", FALSE, NULL);
    id = store_queue_add_recipient(store, trace, queue, "carol@south.example", "south.example", 60,
                                   NULL);
    items = store_queue_list(store, FALSE, NULL);
    item = g_ptr_array_index(items, 0);
    event = g_ptr_array_index(events, events->len - 1);
    g_assert_cmpuint(item->event, ==, event->seq);
    g_assert_cmpstr(item->journey, ==, "j1");
    g_assert_cmpstr(item->branch, ==, "1.2");
    g_assert_nonnull(strstr(event->data, "\"next_attempt\":\"1970-01-01T00:01:00.000Z\""));
    store_queue_postpone(store, trace, id, 120, "451 \"later\"", NULL);
    event = g_ptr_array_index(events, events->len - 1);
    g_assert_cmpint(event->stage, ==, STAGE_RETRY);
    g_assert_nonnull(strstr(event->data, "\"before\":[{"));
    g_assert_nonnull(strstr(event->data, "\"last\":\"451 \\\"later\\\"\""));
    for (guint i = 0; i < events->len; i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        g_autoptr(TraceEvent) parsed = NULL;
        GError *error = NULL;

        trace_event_write(g_ptr_array_index(events, i), line);
        parsed = trace_event_parse(line->str, line->len, &error);
        g_assert_no_error(error);
    }
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/queue/due", test_due);
    g_test_add_func("/storage/queue/changed", test_changed);
    g_test_add_func("/storage/queue/attempts", test_attempts);
    g_test_add_func("/storage/queue/recover", test_recover);
    g_test_add_func("/storage/queue/by-hand", test_by_hand);
    g_test_add_func("/storage/queue/hands-off", test_hands_off);
    g_test_add_func("/storage/queue/wishes", test_wishes);
    g_test_add_func("/storage/queue/history", test_history);
    g_test_add_func("/storage/queue/forget-slowly", test_forget_slowly);
    g_test_add_func("/storage/queue/events", test_events);
    return g_test_run();
}
