/* tests/test_viewer_live.c - what keys ask of the server while a journal grows: steps, runs, orders. */
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
    char *path;    /* of the journal that grows */
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
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
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

#define ADD(name, test) g_test_add("/viewer/live/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("step", test_live_step);
    ADD("past", test_live_past);
    ADD("seek", test_live_seek);
    ADD("twin", test_live_twin);
    ADD("orders", test_live_orders);
    ADD("timer", test_live_timer);
    ADD("leave", test_live_leave);
    return g_test_run();
}
