/* tests/test_viewer_keys.c - what keys do to the position, in a recording. */
#include "tests/viewed.h"
#include "trace/viewer/keys.h"

#define SAMPLE "tests/journals/remote.ndjson"

static guint64
here(const Fixture *it)
{
    return view_current(it->view)->seq;
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
    g_assert_nonnull(strstr(it->view->notice, "No change: "));
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
    g_assert_true(g_queue_is_empty(&it->view->orders));
}

static void
test_typing(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("typing: erase by characters, a bound, Esc");
    press(it, "/h");
    view_press(it->view, 0xe9);
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

#define ADD(name, test)                                                                            \
    g_test_add("/viewer/keys/" name, Fixture, SAMPLE, viewed_open, test, viewed_close)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("space", test_space);
    ADD("events", test_events);
    ADD("stages", test_stages);
    ADD("cause", test_cause);
    ADD("break", test_break);
    ADD("search", test_search);
    ADD("filter", test_filter);
    ADD("filter-rule", test_filter_rule);
    ADD("sessions", test_sessions);
    ADD("panes", test_panes);
    ADD("replay-why-not", test_replay_why_not);
    ADD("typing", test_typing);
    return g_test_run();
}
