/* tests/test_viewer_model.c - the journal as the viewer reads it: whole, growing, damaged. */
#include <glib.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "tests/folder.h"
#include "trace/viewer/model.h"

#define SAMPLE "tests/journals/remote.ndjson"

static const char header[] = "{\"journal\":1,\"first\":1}\n";
static const char first[] =
    "{\"seq\":1,\"time\":\"2026-01-05T09:00:00.000Z\",\"host\":\"mx.north.example\","
    "\"stage\":\"sender\",\"kind\":\"wire\",\"journey\":\"j1\",\"session\":\"smtp-1\","
    "\"text\":\"MAIL\",\"data\":{\"from\":\"client\",\"to\":\"host\",\"label\":\"MAIL\","
    "\"line\":\"MAIL FROM:<alice@north.example>\"}}\n";
static const char second[] =
    "{\"seq\":2,\"time\":\"2026-01-05T09:00:00.001Z\",\"host\":\"mx.north.example\","
    "\"stage\":\"sender\",\"kind\":\"decision\",\"journey\":\"j1\",\"session\":\"smtp-1\","
    "\"text\":\"ok\",\"cause\":1,\"data\":{\"outcome\":\"ok\",\"n\":3,\"list\":[\"a\",\"b\"],"
    "\"row\":{\"id\":1,\"quoted\":false},\"deep\":[[[[[[1]]]]]]}}\n";

static void
append(const char *folder, const char *name, const char *text, gsize length)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    FILE *file = fopen(path, "a");

    g_assert_nonnull(file);
    g_assert_cmpuint(fwrite(text, 1, length, file), ==, length);
    fclose(file);
}

static void
read_all(ViewModel *model)
{
    while (view_model_read(model, 1 << 20))
        ;
}

static void
test_sample(void)
{
    g_test_summary("a recording is read whole; its message and its envelope are found");
    g_autoptr(ViewModel) model = view_model_open(SAMPLE, NULL);
    const ViewMessage *message;

    read_all(model);
    g_assert_cmpuint(view_model_count(model), ==, 89);
    g_assert_cmpuint(view_model_damaged(model), ==, 0);
    g_assert_cmpuint(view_model_messages(model), ==, 1);
    message = view_model_message_of(model, "j1");
    g_assert_cmpstr(message->from, ==, "alice@north.example");
    g_assert_cmpstr(message->to, ==, "carol@south.example");
    g_assert_cmpuint(message->recipients, ==, 1);
    g_assert_cmpuint(message->sessions.count, ==, 4);
    g_assert_null(view_model_message_of(model, "j2"));
    g_assert_null(view_model_message_of(model, NULL));
}

static void
test_find_and_load(void)
{
    g_test_summary("an event is found by its number and read again from its place");
    g_autoptr(ViewModel) model = view_model_open(SAMPLE, NULL);
    g_autoptr(ViewEvent) event = NULL;
    guint index;

    read_all(model);
    g_assert_true(view_model_find(model, 16, &index));
    event = view_model_load(model, index);
    g_assert_cmpuint(event->event->seq, ==, 16);
    g_assert_cmpstr(view_event_text(event, "outcome"), ==, "remote");
    g_assert_false(view_model_find(model, 0, &index));
    g_assert_false(view_model_find(model, 90, &index));
}

static void
test_growing(void)
{
    g_test_summary("a journal cut at each octet: an event appears when its line is whole");
    g_autofree char *folder = folder_new();
    g_autofree char *all = g_strconcat(header, first, second, NULL);
    g_autoptr(ViewModel) model = view_model_open(folder, NULL);

    read_all(model);
    for (gsize i = 0; i < strlen(all); i++) {
        gsize done = i + 1;
        guint want = 0;

        append(folder, "journal-0001.ndjson", all + i, 1);
        read_all(model);
        want += done >= strlen(header) + strlen(first) ? 1 : 0;
        want += done >= strlen(all) ? 1 : 0;
        g_assert_cmpuint(view_model_count(model), ==, want);
    }
    g_assert_cmpuint(view_model_damaged(model), ==, 0);
    folder_remove(folder);
}

static void
test_segments(void)
{
    g_test_summary("the next segment is read after this one; a line cut for good is passed over");
    g_autofree char *folder = folder_new();
    g_autoptr(ViewModel) model = view_model_open(folder, NULL);

    append(folder, "journal-0001.ndjson", header, strlen(header));
    append(folder, "journal-0001.ndjson", first, strlen(first));
    append(folder, "journal-0001.ndjson", "{\"seq\":2,\"ti", 12);
    read_all(model);
    g_assert_cmpuint(view_model_count(model), ==, 1);
    append(folder, "journal-0002.ndjson", header, strlen(header));
    append(folder, "journal-0002.ndjson", second, strlen(second));
    append(folder, "notes.txt", "no journal", 10);
    read_all(model);
    g_assert_cmpuint(view_model_count(model), ==, 2);
    g_assert_cmpuint(view_model_segment_begin(model, 0), ==, 0);
    g_assert_cmpuint(view_model_segment_begin(model, 1), ==, 1);
    g_assert_cmpuint(view_model_damaged(model), ==, 1);
    folder_remove(folder);
}

static void
test_damage(void)
{
    g_test_summary("lines that are no events, too long or too deep are counted and passed over");
    g_autofree char *folder = folder_new();
    g_autoptr(ViewModel) model = view_model_open(folder, NULL);
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autofree char *wide = g_strnfill(3 * 1024 * 1024, 'x');
    g_autofree char *name = g_build_filename(folder, "journal-0001.ndjson", NULL);

    append(folder, "journal-0001.ndjson", header, strlen(header));
    append(folder, "journal-0001.ndjson", "\n\xff\xfe\n{\n", 6);
    append(folder, "journal-0001.ndjson", deep, strlen(deep));
    append(folder, "journal-0001.ndjson", "\n", 1);
    append(folder, "journal-0001.ndjson", wide, strlen(wide));
    append(folder, "journal-0001.ndjson", "\n", 1);
    append(folder, "journal-0001.ndjson", first, strlen(first));
    read_all(model);
    g_assert_cmpuint(view_model_count(model), ==, 1);
    g_assert_cmpuint(view_model_damaged(model), ==, 5);
    g_assert_cmpint(truncate(name, 10), ==, 0);
    g_assert_null(view_model_load(model, 0));
    folder_remove(folder);
}

static void
test_sessions(void)
{
    g_test_summary("sessions stand in the order in which they began, each with its own events");
    g_autoptr(ViewModel) model = view_model_open(SAMPLE, NULL);
    guint before = 0;
    guint seen = 0;

    read_all(model);
    for (guint i = 0; i < view_model_sessions(model); i++) {
        const ViewSession *session = view_model_session(model, i);

        g_assert_cmpuint(session->entries.at[0], >=, before);
        before = session->entries.at[0];
        for (guint e = 0; e < session->entries.count; e++) {
            guint index = session->entries.at[e];

            g_assert_true(view_model_entry(model, index)->session == session->name);
            g_assert_cmpuint(view_indices_upto(&session->entries, index), ==, e + 1);
        }
        seen += session->entries.count;
        g_assert_cmpuint(view_indices_upto(&session->entries, G_MAXUINT), ==,
                         session->entries.count);
    }
    for (guint i = 0; i < view_model_count(model); i++)
        seen -= view_model_entry(model, i)->session != NULL ? 1 : 0;
    g_assert_cmpuint(seen, ==, 0);
}

/* Event @seq, whose line is about @octets long. */
static void
append_event(const char *folder, const char *name, guint seq, guint octets)
{
    g_autofree char *filling = g_strnfill(octets, 'x');
    g_autofree char *line = g_strdup_printf(
        "{\"seq\":%u,\"time\":\"2026-01-05T09:00:00.000Z\",\"kind\":\"state\",\"text\":\"%s\"}\n",
        seq, filling);

    append(folder, name, line, strlen(line));
}

static void
expect_event(const ViewModel *model, guint64 seq, gsize octets)
{
    g_autoptr(ViewEvent) event = NULL;
    guint index;

    g_assert_true(view_model_find(model, seq, &index));
    event = view_model_load(model, index);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->event->seq, ==, seq);
    g_assert_cmpuint(strlen(event->event->text), ==, octets);
}

static void
test_read_again(void)
{
    g_test_summary("events are read again forwards and backwards, across windows and segments, "
                   "and at an end that grows");
    g_autofree char *folder = folder_new();
    g_autoptr(ViewModel) model = view_model_open(folder, NULL);
    static const char *const names[] = { "journal-0001.ndjson", "journal-0002.ndjson" };
    guint count = 0;

    for (guint segment = 0; segment < G_N_ELEMENTS(names); segment++) {
        append(folder, names[segment], header, strlen(header));
        for (guint i = 0; i < 200; i++) {
            count++;
            append_event(folder, names[segment], count, 1 + count % 1500);
        }
    }
    read_all(model);
    g_assert_cmpuint(view_model_count(model), ==, count);
    for (guint seq = 1; seq <= count; seq++)
        expect_event(model, seq, 1 + seq % 1500);
    for (guint seq = count; seq > 0; seq--)
        expect_event(model, seq, 1 + seq % 1500);
    /* Longer than a window, and not there when the window was read. */
    append_event(folder, names[1], ++count, 1000);
    append_event(folder, names[1], ++count, 3000);
    append_event(folder, names[1], ++count, 5);
    read_all(model);
    expect_event(model, count - 2, 1000);
    expect_event(model, count, 5);
    folder_remove(folder);
}

static void
test_header(void)
{
    g_test_summary("an event knows the header of its segment");
    g_autofree char *folder = folder_new();
    g_autoptr(ViewModel) model = view_model_open(folder, NULL);
    static const char other[] = "{\"journal\":1,\"first\":2}\n";

    append(folder, "journal-0001.ndjson", header, strlen(header));
    append(folder, "journal-0001.ndjson", first, strlen(first));
    append(folder, "journal-0002.ndjson", other, strlen(other));
    append(folder, "journal-0002.ndjson", second, strlen(second));
    read_all(model);
    for (guint i = 0; i < 2; i++) {
        g_autofree char *text = view_model_header(model, i);

        g_assert_cmpstr(text, ==, i == 0 ? header : other);
        g_assert_cmpuint(view_model_segment_begin(model, i), ==, i);
    }
    folder_remove(folder);
}

static void
test_outcomes(void)
{
    g_test_summary("outcomes are numbers; those that the viewer asks for are fixed");
    g_autofree char *folder = folder_new();
    g_autoptr(ViewModel) model = view_model_open(folder, NULL);

    append(folder, "journal-0001.ndjson", header, strlen(header));
    append(folder, "journal-0001.ndjson", first, strlen(first));
    append(folder, "journal-0001.ndjson", second, strlen(second));
    read_all(model);
    g_assert_cmpuint(view_model_entry(model, 0)->outcome, ==, VIEW_NO_OUTCOME);
    g_assert_null(view_model_outcome(model, view_model_entry(model, 0)));
    g_assert_cmpuint(view_model_entry(model, 1)->outcome, >=, VIEW_OUTCOMES);
    g_assert_cmpstr(view_model_outcome(model, view_model_entry(model, 1)), ==, "ok");
    folder_remove(folder);
}

static void
test_values(void)
{
    g_test_summary("values of the data become words");
    g_autofree char *folder = folder_new();
    g_autoptr(ViewModel) model = view_model_open(folder, NULL);
    g_autoptr(ViewEvent) event = NULL;
    static const char *const words[][2] = { { "outcome", "ok" },
                                            { "n", "3" },
                                            { "list", "a, b" },
                                            { "row", "id=1 quoted=no" },
                                            { "deep", "..." } };

    append(folder, "journal-0001.ndjson", header, strlen(header));
    append(folder, "journal-0001.ndjson", second, strlen(second));
    read_all(model);
    event = view_model_load(model, 0);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *value = view_event_value(event, words[i][0]);

        g_assert_cmpstr(value, ==, words[i][1]);
    }
    g_assert_null(view_event_value(event, "nothing"));
    g_assert_null(view_event_text(event, "n"));
    folder_remove(folder);
}

static void
test_no_journal(void)
{
    g_test_summary("a path that is not there is an error that names it");
    g_autoptr(GError) error = NULL;

    g_assert_null(view_model_open("/nonexistent/journal", &error));
    g_assert_nonnull(strstr(error->message, "/nonexistent/journal"));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/model/sample", test_sample);
    g_test_add_func("/viewer/model/find-and-load", test_find_and_load);
    g_test_add_func("/viewer/model/growing", test_growing);
    g_test_add_func("/viewer/model/segments", test_segments);
    g_test_add_func("/viewer/model/damage", test_damage);
    g_test_add_func("/viewer/model/sessions", test_sessions);
    g_test_add_func("/viewer/model/read-again", test_read_again);
    g_test_add_func("/viewer/model/header", test_header);
    g_test_add_func("/viewer/model/outcomes", test_outcomes);
    g_test_add_func("/viewer/model/values", test_values);
    g_test_add_func("/viewer/model/no-journal", test_no_journal);
    return g_test_run();
}
