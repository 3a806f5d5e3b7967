/* tests/test_viewer_keys.c - what keys do to the position, and what they ask of the server. */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "trace/viewer/keys.h"

#define SAMPLE "tests/journals/remote.ndjson"

typedef struct Fixture {
    ViewModel *model;
    View *view;
    char *path;    /* live: the journal that grows; else NULL */
    char **lines;  /* of the sample, the header first */
    guint written; /* how many of them */
} Fixture;

static void
refresh(Fixture *it)
{
    while (view_model_read(it->model, 1 << 20))
        ;
    view_update(it->view);
}

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->model = view_model_open(SAMPLE, NULL);
    it->view = view_new(it->model);
    refresh(it);
}

/* The server goes on by @events and holds. */
static void
happen(Fixture *it, guint events)
{
    FILE *file = fopen(it->path, "a");

    g_assert_nonnull(file);
    for (guint i = 0; i < events; i++)
        fprintf(file, "%s\n", it->lines[it->written++]);
    fclose(file);
    it->view->held = TRUE;
    it->view->held_at = it->written - 1;
    refresh(it);
}

static void
set_up_live(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *text = NULL;
    int file = g_file_open_tmp("viewer-XXXXXX", &it->path, NULL);

    g_assert_cmpint(file, >=, 0);
    g_close(file, NULL);
    g_assert_true(g_file_get_contents(SAMPLE, &text, NULL, NULL));
    it->lines = g_strsplit(text, "\n", -1);
    it->model = view_model_open(it->path, NULL);
    it->view = view_new(it->model);
    it->view->live = TRUE;
    it->view->controls = TRUE;
    happen(it, 2);
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    view_free(it->view);
    view_model_free(it->model);
    if (it->path != NULL)
        g_unlink(it->path);
    g_free(it->path);
    g_strfreev(it->lines);
}

static guint64
here(const Fixture *it)
{
    return view_current(it->view)->seq;
}

static void
press(Fixture *it, const char *keys)
{
    for (; *keys != '\0'; keys = g_utf8_next_char(keys))
        view_press(it->view, g_utf8_get_char(keys));
}

/* The next order for the server; "" where there is none. */
static void
expect_order(Fixture *it, gboolean steer, const char *command)
{
    ViewOrder *order = g_queue_pop_head(&it->view->orders);

    g_assert_cmpstr(order == NULL ? "" : order->command, ==, command);
    if (order == NULL)
        return;
    g_assert_cmpint(order->steer, ==, steer);
    view_order_free(order);
}

static void
test_space(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("Space goes to the next thing worth telling, Backspace back");
    guint64 before;
    guint stand;

    press(it, " ");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    before = here(it);
    press(it, " ");
    g_assert_true(view_current(it->view)->worth);
    g_assert_cmpuint(here(it), >, before + 1);
    stand = it->view->stand;
    view_press(it->view, VIEW_KEY_BACKSPACE);
    g_assert_cmpuint(here(it), ==, before);
    g_assert_cmpuint(it->view->stand, ==, stand);
    for (guint i = 0; i < 100; i++)
        press(it, " ");
    g_assert_cmpuint(here(it), ==, 89);
}

static void
test_events(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("s and S go by single events, and stop at both ends");
    press(it, "Sss");
    g_assert_cmpuint(here(it), ==, 3);
    press(it, "SSSS");
    g_assert_cmpuint(here(it), ==, 1);
    press(it, "Gs");
    g_assert_cmpuint(here(it), ==, 89);
    view_press(it->view, VIEW_KEY_HOME);
    g_assert_cmpuint(here(it), ==, 1);
}

static void
test_stages(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("o and O go by stages of the host in focus, h and H by hops");
    press(it, "ooo");
    g_assert_cmpuint(view_current(it->view)->stage, ==, STAGE_SPLIT);
    press(it, "o");
    g_assert_cmpuint(here(it), ==, 16);
    press(it, "O");
    g_assert_cmpuint(here(it), ==, 14);
    press(it, "h");
    g_assert_cmpuint(here(it), ==, 48);
    press(it, "H");
    g_assert_cmpuint(here(it), <, 48);
    press(it, "Ge");
    g_assert_nonnull(strstr(it->view->notice, "No further problem"));
}

static void
test_cause(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("u goes to the cause, Backspace back to where it was pressed");
    press(it, "         ");
    while (here(it) < 32)
        press(it, "s");
    press(it, "uu");
    g_assert_cmpuint(here(it), <, 31);
    view_press(it->view, VIEW_KEY_BACKSPACE);
    g_assert_cmpuint(here(it), ==, 31);
    view_press(it->view, VIEW_KEY_BACKSPACE);
    g_assert_cmpuint(here(it), ==, 32);
    press(it, "gu");
    g_assert_nonnull(strstr(it->view->notice, "begins here"));
}

static void
test_break(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a breakpoint in a recording: c runs to it, then to the end");
    press(it, "bdns\nc");
    g_assert_cmpuint(here(it), ==, 17);
    press(it, "B");
    press(it, "c");
    g_assert_cmpuint(here(it), ==, 89);
    press(it, "bstage>=?!\n");
    g_assert_cmpuint(it->view->breaks->len, ==, 0);
}

static void
test_search(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("/ searches by word or filter, n and N go on");
    press(it, "/code=354\n");
    g_assert_cmpuint(here(it), ==, 24);
    press(it, "n");
    g_assert_cmpuint(here(it), ==, 61);
    press(it, "n");
    g_assert_nonnull(strstr(it->view->notice, "Not found"));
    press(it, "N");
    g_assert_cmpuint(here(it), ==, 24);
}

static void
test_filter(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("f shows only events that match; an empty line shows all, where one was");
    press(it, "G");
    press(it, "fstage=dns\n");
    g_assert_cmpuint(here(it), <, 89);
    for (guint row = 0; row < view_track_count(it->view->track); row++)
        g_assert_cmpuint(view_track_entry(it->view->track, row)->stage, ==, STAGE_DNS);
    press(it, "gN");
    g_assert_cmpuint(here(it), ==, 17);
    press(it, "f\025code>=\n");
    g_assert_nonnull(strstr(it->view->notice, "Not a filter, so nothing changes: "));
    g_assert_nonnull(it->view->filter);
    press(it, "f\025nowhere-at-all\n");
    g_assert_cmpuint(view_track_count(it->view->track), ==, 0);
    press(it, " sSoOhHeEctugGnN");
    press(it, "f\025\n");
    g_assert_null(it->view->filter);
    g_assert_cmpuint(view_track_entry(it->view->track, it->view->stand)->seq, ==, 89);
}

static void
test_filter_rule(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a filter that hides the hop itself still shows whose events come next");
    press(it, "Gfstage=store\ng");
    g_assert_null(view_track_before(it->view->track, 0));
    press(it, "h");
    g_assert_cmpstr(view_track_focus(it->view->track, it->view->cursor), ==, "mx.south.example");
    g_assert_cmpstr(view_track_before(it->view->track, it->view->cursor), ==, "mx.north.example");
}

static void
test_sessions(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("L lists the sessions that had begun; Enter goes to the last event of one");
    press(it, "L\n");
    g_assert_cmpuint(here(it), ==, 1);
    press(it, "qGLkkkk\n");
    g_assert_cmpstr(view_current(it->view)->session, ==, "smtp-1");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    press(it, "GLjj\n");
    g_assert_cmpstr(view_current(it->view)->session, !=, "smtp-1");
    press(it, "L");
    g_assert_cmpuint(it->view->page, ==, VIEW_SESSIONS);
    press(it, "q");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
}

static void
test_panes(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("Tab, 1-6, z, ?, l, v and q");
    press(it, "\t");
    g_assert_cmpuint(it->view->pane, ==, VIEW_WIRE);
    press(it, "6\t");
    g_assert_cmpuint(it->view->pane, ==, VIEW_WHY);
    view_press(it->view, VIEW_KEY_BACK_TAB);
    g_assert_cmpuint(it->view->pane, ==, VIEW_HEADERS);
    press(it, "zq");
    g_assert_false(it->view->zoom);
    press(it, "?q");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    press(it, "Glj\n");
    g_assert_cmpstr(view_track_journey(it->view->track), ==, "j1");
    g_assert_cmpuint(here(it), ==, 89);
    press(it, "lkk\n");
    g_assert_null(view_track_journey(it->view->track));
    g_assert_false(it->view->quit);
    press(it, "q");
    g_assert_true(it->view->quit);
}

static void
test_replay_why_not(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a key that does nothing now says why; no key leaves an order in a recording");
    press(it, "m");
    g_assert_nonnull(strstr(it->view->notice, "recording"));
    press(it, "r t%c\x7f\x01");
    for (guint key = 0; key < 256; key++)
        view_press(it->view, key == 27 ? 'S' : key);
    expect_order(it, FALSE, "");
}

static void
test_live_step(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("held at the newest event, Space tells the server to go on to the next");
    g_assert_cmpuint(view_mode(it->view), ==, VIEW_STEP);
    press(it, " ");
    expect_order(it, TRUE, "next");
    expect_order(it, TRUE, "");
    happen(it, 8);
    g_assert_cmpuint(here(it), ==, 9);
    press(it, "s");
    expect_order(it, TRUE, "step");
}

static void
test_live_past(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("going back moves the view, not the server; Space comes forward again");
    guint64 back;

    happen(it, 10);
    view_press(it->view, VIEW_KEY_BACKSPACE);
    g_assert_cmpuint(view_mode(it->view), ==, VIEW_PAST);
    back = here(it);
    g_assert_true(view_current(it->view)->worth);
    g_assert_cmpuint(back, <, 11);
    happen(it, 1);
    g_assert_cmpuint(here(it), ==, back);
    press(it, " ");
    expect_order(it, TRUE, "");
    g_assert_cmpuint(here(it), ==, 12);
    g_assert_cmpuint(view_mode(it->view), ==, VIEW_STEP);
    view_press(it->view, VIEW_KEY_HOME);
    view_press(it->view, VIEW_KEY_END);
    happen(it, 1);
    g_assert_cmpuint(here(it), ==, 13);
}

static void
test_live_seek(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "o steps the server, once for each place it is held at, until the stage changes");
    press(it, " ");
    expect_order(it, TRUE, "next");
    happen(it, 1);
    press(it, "o");
    expect_order(it, TRUE, "step");
    view_update(it->view);
    expect_order(it, TRUE, "");
    for (guint i = 0; i < 3; i++) {
        happen(it, 1);
        expect_order(it, TRUE, "step");
    }
    happen(it, 1);
    expect_order(it, TRUE, "");
    g_assert_cmpuint(here(it), ==, 6);
    press(it, "o");
    expect_order(it, TRUE, "step");
    view_press(it->view, VIEW_KEY_ESCAPE);
    happen(it, 1);
    expect_order(it, TRUE, "");
}

static void
test_live_twin(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a step shows a new row: the far end of the same octets is stepped over");
    happen(it, 37);
    g_assert_cmpuint(here(it), ==, 38);
    press(it, "s");
    expect_order(it, TRUE, "step");
    happen(it, 1);
    expect_order(it, TRUE, "step");
    happen(it, 1);
    expect_order(it, TRUE, "");
    g_assert_cmpuint(here(it), ==, 40);
}

static void
test_live_orders(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("continue, breakpoint, what can be sent, and warp are asked of the server");
    press(it, "c");
    expect_order(it, TRUE, "continue");
    press(it, "bdns\n");
    expect_order(it, TRUE, "break stage=dns");
    press(it, "bstage=relay code>=400\n"); /* typed whole, behind what the line begins with */
    expect_order(it, TRUE, "break stage=relay code>=400");
    press(it, "brelay code>=400\n");
    expect_order(it, TRUE, "break stage=relay code>=400");
    press(it, "bcode>=400\n");
    expect_order(it, TRUE, "break code>=400");
    press(it, "mq");
    expect_order(it, TRUE, "presets");
    press(it, ":send preset=remote\n");
    expect_order(it, FALSE, "send preset=remote");
    press(it, ":fetch dave imap\n");
    expect_order(it, FALSE, "fetch dave imap");
    it->view->held = FALSE;
    press(it, "t");
    expect_order(it, FALSE, "warp");
    press(it, " ");
    expect_order(it, FALSE, "pause");
    it->view->controls = FALSE;
    press(it, "s");
    g_assert_nonnull(strstr(it->view->notice, "another viewer"));
}

static void
test_live_timer(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("t while held lets the world go on until the clock has jumped");
    press(it, "t");
    expect_order(it, FALSE, "warp");
    expect_order(it, TRUE, "step");
    happen(it, 10);
    expect_order(it, TRUE, "step");
    while (view_current(it->view)->time_us - view_model_entry(it->model, 0)->time_us <
           G_USEC_PER_SEC) {
        g_assert_cmpint(it->view->seek, ==, VIEW_SEEK_TIMER);
        happen(it, 1);
    }
    g_assert_cmpint(it->view->seek, ==, VIEW_SEEK_NOTHING);
}

static void
test_live_leave(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("leaving a held world is asked about; Ctrl-C is not");
    press(it, " q");
    g_assert_cmpuint(it->view->prompt, ==, VIEW_ASK_LEAVE);
    press(it, "n");
    g_assert_false(it->view->quit);
    press(it, "qy");
    g_assert_true(it->view->quit);
    it->view->quit = FALSE;
    press(it, "\x03");
    g_assert_true(it->view->quit);
}

static void
test_typing(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("typing: erase by characters, a bound, Esc");
    press(it, "/h\xc3\xa9");
    view_press(it->view, VIEW_KEY_BACKSPACE);
    g_assert_cmpstr(it->view->typed->str, ==, "h");
    view_press(it->view, VIEW_KEY_BACKSPACE);
    view_press(it->view, VIEW_KEY_BACKSPACE);
    g_assert_cmpstr(it->view->typed->str, ==, "");
    for (guint i = 0; i < 5000; i++)
        view_press(it->view, 'x');
    g_assert_cmpuint(it->view->typed->len, ==, 400);
    view_press(it->view, VIEW_KEY_ESCAPE);
    g_assert_cmpuint(it->view->prompt, ==, VIEW_NO_PROMPT);
    g_assert_null(it->view->search);
}

#define ADD(name, up, test) g_test_add("/viewer/keys/" name, Fixture, NULL, up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("space", set_up, test_space);
    ADD("events", set_up, test_events);
    ADD("stages", set_up, test_stages);
    ADD("cause", set_up, test_cause);
    ADD("break", set_up, test_break);
    ADD("search", set_up, test_search);
    ADD("filter", set_up, test_filter);
    ADD("filter-rule", set_up, test_filter_rule);
    ADD("sessions", set_up, test_sessions);
    ADD("panes", set_up, test_panes);
    ADD("replay-why-not", set_up, test_replay_why_not);
    ADD("typing", set_up, test_typing);
    ADD("live-step", set_up_live, test_live_step);
    ADD("live-past", set_up_live, test_live_past);
    ADD("live-seek", set_up_live, test_live_seek);
    ADD("live-twin", set_up_live, test_live_twin);
    ADD("live-orders", set_up_live, test_live_orders);
    ADD("live-timer", set_up_live, test_live_timer);
    ADD("live-leave", set_up_live, test_live_leave);
    return g_test_run();
}
