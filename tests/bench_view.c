/* tests/bench_view.c - figures for `make bench`, never a test: the viewer on a journal of 1,000,000
 * events.
 *
 * The journal is a recording of one message, repeated: its numbers, names of journeys and sessions
 * and its times go on from one copy to the next, in segments of 16 MB as the server writes them.
 *
 *   bench_view [EVENTS]           measures: first screen, reading on, jumps, frames, memory
 *   bench_view EVENTS FOLDER      only makes the journal there
 */
#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/folder.h"
#include "trace/journal.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"

#define RECORDING "tests/journals/remote.ndjson"
/* As view.c reads it: a slice for each turn of its loop. */
#define SLICE (2 * 1024 * 1024)

const ViewSource view_sources[] = { { NULL, NULL } };

typedef struct Copies {
    char **lines; /* of the recording, its header first */
    guint events; /* in one copy */
    FILE *file;   /* the segment being written */
    gsize octets;
    guint segment;
    const char *folder;
} Copies;

/* ---- the journal ---- */

/* If @at begins with @key, copies the key and the number behind it, made higher by @more. */
static const char *
put_number(GString *out, const char *at, const char *key, guint64 more)
{
    char *end;

    if (!g_str_has_prefix(at, key))
        return NULL;
    at += strlen(key);
    g_string_append(out, key);
    g_string_append_printf(out, "%" G_GUINT64_FORMAT, g_ascii_strtoull(at, &end, 10) + more);
    return end;
}

static const char *
put_session(GString *out, const char *at, guint64 more)
{
    static const char *const keys[] = { "\"session\":\"smtp-", "\"session\":\"relay-",
                                        "\"session\":\"client-", "\"session\":\"pop3-" };
    const char *end = NULL;

    for (guint i = 0; end == NULL && i < G_N_ELEMENTS(keys); i++)
        end = put_number(out, at, keys[i], more);
    return end;
}

static void
put_line(GString *out, const char *line, guint64 copy, guint events)
{
    for (const char *at = line; *at != '\0';) {
        const char *end = NULL;

        if (*at == '"' && (end = put_number(out, at, "\"seq\":", copy * events)) == NULL &&
            (end = put_number(out, at, "\"cause\":", copy * events)) == NULL &&
            (end = put_number(out, at, "\"twin\":", copy * events)) == NULL &&
            (end = put_number(out, at, "\"journey\":\"j", copy)) == NULL &&
            (end = put_session(out, at, copy * 8)) == NULL && g_str_has_prefix(at, "\"time\":\"")) {
            g_autofree char *old = g_strndup(at + 8, 24);
            g_autofree char *now = trace_time_format(trace_time_parse(old) + (gint64)copy * 40000);

            g_string_append_printf(out, "\"time\":\"%s", now);
            end = at + 8 + 24;
        }
        if (end == NULL)
            g_string_append_c(out, *at++);
        else
            at = end;
    }
    g_string_append_c(out, '\n');
}

static void
begin_segment(Copies *copies)
{
    g_autofree char *name =
        g_strdup_printf("%s/journal-%04u.ndjson", copies->folder, ++copies->segment);

    if (copies->file != NULL)
        fclose(copies->file);
    copies->file = fopen(name, "w");
    g_assert_nonnull(copies->file);
    copies->octets = 0;
    fprintf(copies->file, "{\"journal\":1,\"build\":\"bench\",\"seed\":1}\n");
}

static void
make_journal(const char *folder, guint64 events)
{
    Copies copies = { .folder = folder };
    g_autofree char *text = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    guint64 made = 0;

    g_assert_true(g_file_get_contents(RECORDING, &text, NULL, NULL));
    copies.lines = g_strsplit(g_strchomp(text), "\n", 0);
    copies.events = g_strv_length(copies.lines) - 1;
    begin_segment(&copies);
    for (guint64 copy = 0; made < events; copy++) {
        for (guint i = 1; i <= copies.events && made < events; i++, made++) {
            g_string_truncate(out, 0);
            put_line(out, copies.lines[i], copy, copies.events);
            copies.octets += fwrite(out->str, 1, out->len, copies.file);
            if (copies.octets >= TRACE_JOURNAL_SEGMENT_OCTETS)
                begin_segment(&copies);
        }
    }
    fclose(copies.file);
    g_strfreev(copies.lines);
}

/* ---- the figures ---- */

/* Resident memory now, in MiB. */
static double
resident(void)
{
    g_autofree char *text = NULL;
    long pages = 0;

    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        sscanf(text, "%*s %ld", &pages);
    return (double)pages * sysconf(_SC_PAGESIZE) / (1024 * 1024);
}

static double
ms_since(gint64 start)
{
    return (g_get_monotonic_time() - start) / 1000.0;
}

static double
frame(View *view, int width, int height)
{
    gint64 start = g_get_monotonic_time();
    g_autoptr(ViewScreen) screen = view_screen_new(width, height, FALSE);

    view_settle(view, width, height);
    view_draw(view, screen);
    return ms_since(start);
}

/* The time of a key and of the frame after it. */
static void
jump(View *view, const char *what, const char *keys)
{
    gint64 start = g_get_monotonic_time();
    double took, narrow, wide;

    for (; *keys != '\0'; keys++)
        view_press(view, (guchar)*keys);
    took = ms_since(start);
    narrow = frame(view, 80, 24);
    wide = frame(view, 120, 40);
    printf("  %-34s %7.1f ms   frame 80x24 %5.1f ms   120x40 %5.1f ms\n", what, took, narrow, wide);
}

/* The same where the key begins something that goes on in slices: the time until it is done, and the
 * longest that another key would have had to wait. */
static void
hunt(View *view, const char *what, const char *keys)
{
    gint64 start = g_get_monotonic_time();
    gint64 turn = start;
    double slowest = 0;
    gboolean more = TRUE;

    for (; *keys != '\0'; keys++)
        view_press(view, (guchar)*keys);
    while (more) {
        slowest = MAX(slowest, ms_since(turn) + frame(view, 80, 24));
        turn = g_get_monotonic_time();
        more = view_hunt_turn(view);
    }
    slowest = MAX(slowest, ms_since(turn));
    printf("  %-34s %7.1f ms   the longest turn %5.1f ms   %s\n", what, ms_since(start), slowest,
           view->notice == NULL ? "found" : view->notice);
}

static void
measure_hunts(View *view)
{
    view_press(view, 'g');
    hunt(view, "a word, in the next message", "/carol\n");
    hunt(view, "a word that is nowhere", "/nowhere-at-all\n");
    hunt(view, "a word at the very end", "/seq>=1000000\n");
    hunt(view, "from there back to the begin", "/seq<=1\nN");
    hunt(view, "a code that is nowhere", "/code>=600\n");
    hunt(view, "a stage and a word", "/stage=dns nowhere\n");
    hunt(view, "run to a breakpoint at the end", "gb\025seq>=1000000\nc");
    hunt(view, "show only a stage", "f\025stage=dns\n");
    hunt(view, "show only a word", "f\025carol\n");
    hunt(view, "show only codes", "f\025code>=250\n");
    hunt(view, "show all again", "f\025\n");
    hunt(view, "show one message", "Gljj\n");
}

static void
measure(const char *folder)
{
    gint64 start = g_get_monotonic_time();
    g_autoptr(ViewModel) model = view_model_open(folder, NULL);
    g_autoptr(View) view = view_new(model);
    double slowest = 0;
    gboolean more = view_model_read(model, SLICE);

    view_update(view);
    frame(view, 80, 24);
    printf("  first screen                       %7.1f ms   %.1f MiB resident\n", ms_since(start),
           resident());
    while (more) {
        gint64 turn = g_get_monotonic_time();

        more = view_model_read(model, SLICE);
        view_update(view);
        slowest = MAX(slowest, ms_since(turn));
    }
    printf("  all %8u events are known after  %7.1f ms   %.1f MiB resident, the longest turn %.1f "
           "ms\n",
           view_model_count(model), ms_since(start), resident(), slowest);
    view_press(view, ' ');
    jump(view, "to the end", "G");
    jump(view, "Wire", "2");
    jump(view, "Changed", "3");
    jump(view, "Headers", "6");
    jump(view, "the problem before", "E");
    jump(view, "to the begin", "g");
    jump(view, "next stage", "o");
    jump(view, "next hop", "h");
    jump(view, "to the end, then its cause", "Gu");
    jump(view, "the list of messages", "l");
    jump(view, "its last message", "Gj");
    jump(view, "the list of sessions", "qL");
    view_press(view, VIEW_KEY_END);
    jump(view, "its last session", "j");
    jump(view, "the same, entered", "\n");
    measure_hunts(view);
    printf("  after all that %.1f MiB resident\n", resident());
}

int
main(int argc, char **argv)
{
    guint64 events = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 1000000;
    g_autofree char *folder = argc > 2 ? g_strdup(argv[2]) : g_dir_make_tmp("bench-XXXXXX", NULL);

    setlocale(LC_ALL, "C.UTF-8");
    make_journal(folder, events);
    if (argc > 2)
        return 0;
    printf("The viewer on a journal of %" G_GUINT64_FORMAT " events:\n", events);
    measure(folder);
    folder_remove(folder);
    return 0;
}
