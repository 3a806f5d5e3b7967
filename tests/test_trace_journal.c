/* tests/test_trace_journal.c - segments on disk: what is written when, restart, limits. */
#include "trace/journal.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/folder.h"
#include "trace/segment.h"

typedef struct World {
    char *folder;
    Tracer *tracer;
    Trace *trace;
    TraceJournal *journal;
    guint snapshots;
} World;

static gint64
world_now(void *clock)
{
    (void)clock;
    return G_GINT64_CONSTANT(1767603600120000);
}

static char *
world_snapshot(void *data)
{
    ((World *)data)->snapshots++;
    return g_strdup("{\"hosts\":[]}");
}

static void
world_start(World *world, guint64 max_octets)
{
    g_autoptr(GError) error = NULL;
    TraceJournalHead head = { .build = "test \"1\"",
                              .seed = 7,
                              .world = "[world]\nseed = 7\n",
                              .snapshot = world_snapshot,
                              .data = world };

    world->tracer = tracer_new(world_now, NULL);
    world->journal = trace_journal_open(world->folder, max_octets, world->tracer, &head, &error);
    g_assert_no_error(error);
    world->trace = trace_new(world->tracer, "mx.north.example", "smtp");
}

static void
world_stop(World *world)
{
    trace_free(world->trace);
    trace_journal_close(world->journal);
    tracer_free(world->tracer);
}

static void
world_open(World *world, gconstpointer data)
{
    (void)data;
    world->folder = folder_new();
    world_start(world, 256 * 1024 * 1024);
}

static void
world_close(World *world, gconstpointer data)
{
    (void)data;
    world_stop(world);
    folder_remove(world->folder);
    g_free(world->folder);
}

static char *
world_read(World *world, guint number)
{
    g_autofree char *path = trace_segment_path(world->folder, number);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static void
test_written(World *world, gconstpointer data)
{
    g_test_summary("a header, then an event a line; nothing is written before the flush");
    static const char header[] = "{\"journal\":1,\"build\":\"test \\\"1\\\"\",\"seed\":7,"
                                 "\"world\":\"[world]\\nseed = 7\\n\",\"first\":1,\"journey\":0,"
                                 "\"session\":0,\"start\":true,\"snapshot\":{\"hosts\":[]}}\n";
    (void)data;
    g_autofree char *before = world_read(world, 1);

    /* Only the first flush knows a world to ask for a snapshot. */
    g_assert_cmpstr(before, ==, "");
    g_assert_cmpuint(world->snapshots, ==, 0);
    trace_state(world->trace, STAGE_CONNECT, NULL, "one");
    trace_state(world->trace, STAGE_SENDER, NULL, "two");
    g_autofree char *gathered = world_read(world, 1);
    g_assert_cmpstr(gathered, ==, "");
    g_assert_true(trace_journal_flush(world->journal));
    g_autofree char *after = world_read(world, 1);
    g_assert_true(g_str_has_prefix(after, header));
    g_assert_nonnull(strstr(after, "\n{\"seq\":1,"));
    g_assert_nonnull(strstr(after, "\n{\"seq\":2,"));
    g_assert_true(g_str_has_suffix(after, "}\n"));
}

static void
test_restart(World *world, gconstpointer data)
{
    g_test_summary("a restart opens a new segment and goes on counting");
    (void)data;
    trace_begin_journey(world->trace);
    trace_state(world->trace, STAGE_SENDER, NULL, "\"session\":\"smtp-99\" is only text");
    world_stop(world);
    world_start(world, 256 * 1024 * 1024);
    g_assert_cmpuint(tracer_last_seq(world->tracer), ==, 1);
    g_assert_cmpuint(tracer_last_journey(world->tracer), ==, 1);
    g_assert_cmpstr(trace_session(world->trace), ==, "smtp-2");
    world_stop(world);
    /* A segment with a header and no event counts as well. */
    world_start(world, 256 * 1024 * 1024);
    g_assert_cmpuint(tracer_last_seq(world->tracer), ==, 1);
    g_assert_cmpuint(tracer_last_journey(world->tracer), ==, 1);
    g_assert_true(trace_journal_flush(world->journal));
    g_autofree char *third = world_read(world, 3);
    g_assert_nonnull(strstr(third, "\"first\":2,\"journey\":1"));
}

static void
test_cut(World *world, gconstpointer data)
{
    g_test_summary("after kill -9 in the middle of a write, the cut line is passed over");
    (void)data;
    g_autofree char *path = trace_segment_path(world->folder, 1);
    g_autofree char *text = NULL;
    gsize length;

    trace_state(world->trace, STAGE_CONNECT, NULL, "one");
    trace_state(world->trace, STAGE_CONNECT, NULL, "two");
    trace_journal_flush(world->journal);
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    const char *second = strstr(text, "{\"seq\":2");
    for (gsize cut = 0; cut < length; cut += cut < 300 ? 37 : 1) {
        g_autofree char *last = trace_segment_path(world->folder, 2);
        g_autoptr(GArray) segments = NULL;
        guint64 seq = cut < (gsize)(second - text) ? 0 : 1;

        if (strchr(text, '\n') + 1 < second && cut < (gsize)(second - text))
            continue;
        g_assert_true(g_file_set_contents(last, text, (gssize)cut, NULL));
        segments = trace_segments_list(world->folder, NULL);
        g_assert_cmpuint(segments->len, ==, 2);
        g_assert_cmpuint(trace_segments_counts(world->folder, segments).seq, ==, seq);
    }
}

static void
test_cut_header(World *world, gconstpointer data)
{
    g_test_summary("a segment without a whole header: the one before it counts");
    (void)data;
    g_autofree char *last = trace_segment_path(world->folder, 2);

    trace_state(world->trace, STAGE_CONNECT, NULL, "one");
    trace_journal_flush(world->journal);
    g_assert_true(g_file_set_contents(last, "{\"journal\":1,\"bui", -1, NULL));
    g_autoptr(GArray) segments = trace_segments_list(world->folder, NULL);
    g_assert_cmpuint(trace_segments_counts(world->folder, segments).seq, ==, 1);
}

static void
test_segments(World *world, gconstpointer data)
{
    g_test_summary("16 MB a segment, each with its snapshot; the oldest go; not one event is lost");
    (void)data;
    g_autofree char *head = g_strnfill(15 * 1024, 'x');
    g_autofree char *second = trace_segment_path(world->folder, 2);
    guint64 events = 0;

    world_stop(world);
    world_start(world, 40 * 1024 * 1024);
    g_assert_true(trace_journal_flush(world->journal));
    for (guint turn = 0; turn < 80; turn++) {
        for (guint i = 0; i < 80; i++, events++) {
            trace_put_text(world->trace, "head", head);
            trace_state(world->trace, STAGE_STORE, NULL, "a body");
        }
        g_assert_true(trace_journal_flush(world->journal));
    }
    g_assert_cmpuint(world->snapshots, ==, 6);
    g_assert_false(g_file_test(second, G_FILE_TEST_EXISTS));
    g_autoptr(GArray) segments = trace_segments_list(world->folder, NULL);
    g_assert_cmpuint(segments->len, ==, 3);
    g_assert_cmpuint(g_array_index(segments, TraceSegment, 2).number, ==, 7);
    g_assert_cmpuint(trace_segments_counts(world->folder, segments).seq, ==, events);
    g_autofree char *text = world_read(world, 7);
    g_autofree char *first = g_strdup_printf("\n{\"seq\":%" G_GUINT64_FORMAT ",", events);
    g_assert_nonnull(strstr(text, "\"start\":false"));
    g_assert_nonnull(strstr(text, first));
}

/* The headers of the first @count segments, without what stands before "first". */
static char *
world_headers(World *world, guint count)
{
    GString *headers = g_string_new(NULL);

    for (guint number = 1; number <= count; number++) {
        g_autofree char *text = world_read(world, number);
        const char *first = strstr(text, ",\"first\":");

        g_string_append_len(headers, first, (gssize)strcspn(first, "\n") + 1);
    }
    return g_string_free(headers, FALSE);
}

static void
test_small_segments(World *world, gconstpointer data)
{
    g_test_summary("the size of a segment can be set; a header alone does not fill one");
    TraceJournalHead head = {
        .build = "test", .snapshot = world_snapshot, .data = world, .segment_octets = 1
    };

    (void)data;
    trace_journal_close(world->journal);
    g_autofree char *first = trace_segment_path(world->folder, 1);
    g_unlink(first);
    world->journal = trace_journal_open(world->folder, 1 << 20, world->tracer, &head, NULL);
    for (guint turn = 0; turn < 3; turn++) {
        g_assert_true(trace_journal_flush(world->journal));
        trace_begin_journey(world->trace);
        trace_state(world->trace, STAGE_SENDER, NULL, "turn %u", turn);
        g_assert_true(trace_journal_flush(world->journal));
        g_assert_true(trace_journal_flush(world->journal));
    }
    g_autofree char *headers = world_headers(world, 4);
    g_assert_cmpstr(headers, ==,
                    ",\"first\":1,\"journey\":0,\"session\":0,\"start\":true,"
                    "\"snapshot\":{\"hosts\":[]}}\n"
                    ",\"first\":2,\"journey\":1,\"session\":0,\"start\":false,"
                    "\"snapshot\":{\"hosts\":[]}}\n"
                    ",\"first\":3,\"journey\":2,\"session\":0,\"start\":false,"
                    "\"snapshot\":{\"hosts\":[]}}\n"
                    ",\"first\":4,\"journey\":3,\"session\":0,\"start\":false,"
                    "\"snapshot\":{\"hosts\":[]}}\n");
}

static void
test_disk_full(World *world, gconstpointer data)
{
    g_test_summary("a failed write stops the journal, and never the caller");
    struct rlimit old, small = { .rlim_cur = 4096, .rlim_max = RLIM_INFINITY };
    g_autofree char *much = g_strnfill(10000, 'x');
    (void)data;
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    trace_put_text(world->trace, "head", much);
    trace_state(world->trace, STAGE_STORE, NULL, "too much");
    g_assert_false(trace_journal_flush(world->journal));
    setrlimit(RLIMIT_FSIZE, &old);
    g_assert_false(trace_is_on(world->trace));
    trace_state(world->trace, STAGE_STORE, NULL, "unheard");
    g_assert_false(trace_journal_flush(world->journal));
}

static void
test_names(void)
{
    g_test_summary("which files are segments");
    g_assert_cmpuint(trace_segment_number("journal-0001.ndjson"), ==, 1);
    g_assert_cmpuint(trace_segment_number("journal-12345.ndjson"), ==, 12345);
    g_assert_cmpuint(trace_segment_number("journal-1.ndjson"), ==, 0);
    g_assert_cmpuint(trace_segment_number("journal-0001.ndjson~"), ==, 0);
    g_assert_cmpuint(trace_segment_number("journal-00x1.ndjson"), ==, 0);
    g_assert_cmpuint(trace_segment_number("journal--001.ndjson"), ==, 0);
    g_assert_cmpuint(trace_segment_number("journal-12345678901234567890.ndjson"), ==, 0);
    g_assert_cmpuint(trace_segment_number("journal-.ndjson"), ==, 0);
}

static void
test_no_folder(void)
{
    g_test_summary("a folder that is not there is an error that names it");
    g_autoptr(GError) error = NULL;
    g_autoptr(Tracer) tracer = tracer_new(world_now, NULL);
    TraceJournalHead head = { .build = "test" };

    g_assert_null(trace_journal_open("no/such/folder", 0, tracer, &head, &error));
    g_assert_nonnull(strstr(error->message, "no/such/folder"));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add("/trace/journal/written", World, NULL, world_open, test_written, world_close);
    g_test_add("/trace/journal/restart", World, NULL, world_open, test_restart, world_close);
    g_test_add("/trace/journal/cut", World, NULL, world_open, test_cut, world_close);
    g_test_add("/trace/journal/cut-header", World, NULL, world_open, test_cut_header, world_close);
    g_test_add("/trace/journal/segments", World, NULL, world_open, test_segments, world_close);
    g_test_add("/trace/journal/small-segments", World, NULL, world_open, test_small_segments,
               world_close);
    g_test_add("/trace/journal/disk-full", World, NULL, world_open, test_disk_full, world_close);
    g_test_add_func("/trace/journal/names", test_names);
    g_test_add_func("/trace/journal/no-folder", test_no_folder);
    return g_test_run();
}
