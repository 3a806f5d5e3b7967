/* tests/test_storage_asked.c - what a reader's command asks the database, told as events. */
#include "storage/asked.h"
#include "tests/test_storage_mailbox.h"
#include "trace/trace.h"

/* The last event, and how many there were. */
typedef struct Heard {
    guint count;
    char *text;
    char *sql, *found, *rows;
} Heard;

static void
heard_clear(Heard *heard)
{
    g_free(heard->text);
    g_free(heard->sql);
    g_free(heard->found);
    g_free(heard->rows);
    *heard = (Heard){ 0 };
}

static void
hear(const TraceEvent *event, void *data)
{
    Heard *heard = data;
    guint count = heard->count;

    heard_clear(heard);
    heard->count = count + 1;
    heard->text = g_strdup(event->text);
    heard->sql = trace_event_data(event, "sql");
    heard->found = trace_event_data(event, "found");
    heard->rows = trace_event_data(event, "rows");
}

static gint64
asked_now(void *data)
{
    (void)data;
    return world_now_s * G_USEC_PER_SEC;
}

typedef struct Listener {
    Tracer *tracer;
    Trace *trace;
    GPtrArray *asked;
    Heard heard;
} Listener;

static void
listener_open(Listener *listener)
{
    *listener = (Listener){ .tracer = tracer_new(asked_now, NULL) };
    tracer_add_sink(listener->tracer, hear, &listener->heard);
    tracer_switch(listener->tracer, TRUE);
    listener->trace = trace_new(listener->tracer, "mx.north.example", "imap");
}

static void
listener_close(Listener *listener)
{
    store_asked_free(listener->asked);
    trace_free(listener->trace);
    tracer_free(listener->tracer);
    heard_clear(&listener->heard);
}

static void
test_question(Fixture *fixture, gconstpointer data)
{
    g_test_summary("DESIGN §6: a question is an event, with the values in it and its first rows");
    g_autoptr(GPtrArray) page = NULL;
    Listener listener;

    (void)data;
    listener_open(&listener);
    for (guint i = 0; i < 5; i++)
        deliver(fixture, "", 0);
    g_assert_null(store_listen(fixture->store, &listener.asked));
    page = store_entry_page(fixture->store, fixture->inbox->id, 1, 100, NULL);
    g_assert_true(store_listen(fixture->store, NULL) == &listener.asked);
    store_asked_tell(&listener.asked, listener.trace, STAGE_PICKUP);
    g_assert_cmpuint(listener.heard.count, ==, 1);
    g_assert_cmpstr(listener.heard.text, ==,
                    "The database is asked for the messages of the mailbox: UID, flags, size: 4 "
                    "rows");
    g_assert_cmpstr(listener.heard.found, ==, "4");
    g_assert_null(strchr(listener.heard.sql, '?'));
    g_assert_nonnull(strstr(listener.heard.rows, "\"uid\":2"));
    g_assert_nonnull(strstr(listener.heard.rows, "\"uid\":3"));
    g_assert_null(strstr(listener.heard.rows, "\"uid\":4"));
    listener_close(&listener);
}

static void
test_many(Fixture *fixture, gconstpointer data)
{
    g_test_summary("DESIGN §6: the same question, put a thousand times, is one event");
    Listener listener;

    (void)data;
    listener_open(&listener);
    deliver(fixture, "", 0);
    store_listen(fixture->store, &listener.asked);
    for (guint i = 0; i < 1000; i++)
        store_entry_free(store_entry_get(fixture->store, fixture->inbox->id, 1, NULL));
    store_listen(fixture->store, NULL);
    store_asked_tell(&listener.asked, listener.trace, STAGE_PICKUP);
    g_assert_cmpuint(listener.heard.count, ==, 1);
    g_assert_cmpstr(listener.heard.found, ==, "1000");
    g_assert_nonnull(strstr(listener.heard.text, "1000 times, 1000 rows together"));
    g_assert_null(listener.asked);
    listener_close(&listener);
}

static void
test_nobody(Fixture *fixture, gconstpointer data)
{
    g_test_summary("DESIGN §6: what is asked while nobody listens is not told");
    Listener listener;

    (void)data;
    listener_open(&listener);
    deliver(fixture, "", 0);
    store_listen(fixture->store, &listener.asked);
    store_listen(fixture->store, NULL);
    store_entry_free(store_entry_get(fixture->store, fixture->inbox->id, 1, NULL));
    g_assert_null(listener.asked);
    store_asked_tell(&listener.asked, listener.trace, STAGE_PICKUP);
    g_assert_cmpuint(listener.heard.count, ==, 0);
    listener_close(&listener);
}

static void
test_changes(Fixture *fixture, gconstpointer data)
{
    g_test_summary(
        "DESIGN §6: what is done to names and mailboxes is told; entries tell themselves");
    Listener listener;

    (void)data;
    listener_open(&listener);
    store_listen(fixture->store, &listener.asked);
    g_assert_true(
        store_mailbox_subscribe(fixture->store, fixture->alice, "Odd \"name\"\x1b", FALSE, NULL));
    store_listen(fixture->store, NULL);
    store_asked_tell(&listener.asked, listener.trace, STAGE_PICKUP);
    g_assert_cmpuint(listener.heard.count, ==, 1);
    g_assert_nonnull(strstr(listener.heard.text, "a name is taken off the list"));
    g_assert_null(strchr(listener.heard.sql, '\x1b'));
    g_assert_nonnull(strstr(listener.heard.sql, "Odd \"name\""));
    store_listen(fixture->store, &listener.asked);
    g_assert_true(store_entry_set_flags(fixture->store, NULL, fixture->inbox->id,
                                        deliver(fixture, "", 0), STORE_SEEN, "", NULL));
    store_listen(fixture->store, NULL);
    store_asked_tell(&listener.asked, listener.trace, STAGE_PICKUP);
    g_assert_null(strstr(listener.heard.sql, "UPDATE"));
    listener_close(&listener);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add("/storage/asked/question", Fixture, NULL, set_up, test_question, tear_down);
    g_test_add("/storage/asked/many", Fixture, NULL, set_up, test_many, tear_down);
    g_test_add("/storage/asked/nobody", Fixture, NULL, set_up, test_nobody, tear_down);
    g_test_add("/storage/asked/changes", Fixture, NULL, set_up, test_changes, tear_down);
    return g_test_run();
}
