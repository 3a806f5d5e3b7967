/* tests/test_viewer_follow.c - view --follow without a server: a viewer's place in words, and another
 * viewer of the same journal that goes there. With terminals and a world: tests/test_follow.py.
 */
#include <locale.h>
#include <string.h>

#include "trace/viewer/ask.h"
#include "trace/viewer/follow.h"
#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"

#define SAMPLE "tests/journals/remote.ndjson"

typedef struct Pair {
    ViewModel *model, *other;
    View *leader, *follower;
} Pair;

static View *
viewer(ViewModel *model)
{
    View *view = view_new(model);

    while (view_model_read(model, 1 << 20))
        ;
    view->page = VIEW_NO_PAGE;
    view->welcome = FALSE;
    view->live = view->held = TRUE;
    view_update(view);
    view_press(view, 'g');
    return view;
}

static void
pair_open(Pair *pair, gconstpointer data)
{
    const char *journal = data != NULL ? data : SAMPLE;

    pair->model = view_model_open(journal, NULL);
    pair->other = view_model_open(journal, NULL);
    pair->leader = viewer(pair->model);
    pair->follower = viewer(pair->other);
    pair->leader->controls = TRUE;
    pair->leader->watching->followers = 1;
    pair->follower->watching->follows = TRUE;
}

static void
pair_close(Pair *pair, gconstpointer data)
{
    (void)data;
    view_free(pair->leader);
    view_free(pair->follower);
    view_model_free(pair->model);
    view_model_free(pair->other);
}

static char *
draw(View *view)
{
    g_autoptr(ViewScreen) screen = view_screen_new(120, 40, FALSE);
    GString *text = g_string_new(NULL);
    g_autofree char *all = NULL;
    g_auto(GStrv) rows = NULL;

    view_settle(view, 120, 40);
    view_draw(view, screen);
    all = view_screen_text(screen);
    rows = g_strsplit(all, "\n", -1);
    /* Title, score, status and keys are each one's own. */
    for (guint i = 1; rows[i] != NULL && i < 37; i++)
        if (strstr(rows[i], "[PREDICT") == NULL)
            g_string_append_printf(text, "%s\n", rows[i]);
    return g_string_free(text, FALSE);
}

/* What the leader says goes to the follower, and both look alike. */
static void
expect_alike(Pair *pair)
{
    g_autofree char *place = NULL, *one = NULL, *other = NULL;

    pair->leader->now_us += G_USEC_PER_SEC;
    view_update(pair->leader);
    place = view_follow_tell(pair->leader);
    if (place != NULL) /* a key may change nothing */
        view_follow_take(pair->follower, TRUE, place);
    view_update(pair->follower);
    for (guint i = 0; i < 100; i++) { /* another ladder may take its time */
        view_hunt_turn(pair->follower);
        view_update(pair->follower);
        view_follow_turn(pair->follower);
    }
    one = draw(pair->leader);
    other = draw(pair->follower);
    g_assert_cmpstr(other, ==, one);
    g_assert_null(view_follow_tell(pair->leader)); /* nothing has changed */
}

static void
press(Pair *pair, const char *keys)
{
    for (; *keys != '\0'; keys++)
        view_press(pair->leader, (guint)*keys);
    for (guint i = 0; i < 100; i++)
        view_hunt_turn(pair->leader);
}

static void
test_alike(Pair *pair, gconstpointer data)
{
    static const char *const keys[] = { "sss", "j", "5", "zj", "z",  "oo", "v", "v",
                                        "L",   "q", "k", "l",  "jj", "q",  "k", NULL };

    g_test_summary("row, pane, zoom and page are those of the viewer that controls");
    (void)data;
    for (const char *const *it = keys; *it != NULL; it++) {
        press(pair, *it);
        expect_alike(pair);
    }
}

/* Some lines of every explanation, so that it scrolls. */
static gboolean
explain(const char *what, GString *page, char **problem)
{
    (void)problem;
    for (guint i = 0; i < 60; i++)
        g_string_append_printf(page, "%s means %u\n", what, i);
    return TRUE;
}

static void
test_pages(Pair *pair, gconstpointer data)
{
    static const char *const keys[] = { "?",   "  ", "j",
                                        "G",   "g",  "q",
                                        "Ljj", "q",  "sx",
                                        "jjj", "qx", ":compare j1 j2\n",
                                        "j",   "q",  ":explain 550 5.1.1\n",
                                        "  ",  "q",  NULL };

    g_test_summary("help, explanations, comparisons and sessions are scrolled as the other's are");
    (void)data;
    pair->leader->explain = pair->follower->explain = explain;
    press(pair, "ssssssss");
    for (const char *const *it = keys; *it != NULL; it++) {
        press(pair, *it);
        expect_alike(pair);
    }
    press(pair, ":compare j2 j1\n");
    expect_alike(pair);
    g_assert_cmpuint(pair->leader->page, ==, VIEW_SHEET);
    press(pair, ":explain 550\n");
    expect_alike(pair);
    g_assert_cmpuint(pair->follower->page, ==, VIEW_SHEET);
}

/* What the follower's last line but one says. */
static void
expect_status(Pair *pair, const char *words)
{
    g_autofree char *place = NULL;
    g_autoptr(ViewScreen) screen = view_screen_new(80, 24, FALSE);
    g_autofree char *text = NULL;

    pair->leader->now_us += G_USEC_PER_SEC;
    place = view_follow_tell(pair->leader);
    view_follow_take(pair->follower, TRUE, place);
    view_update(pair->follower);
    view_follow_turn(pair->follower);
    view_settle(pair->follower, 80, 24);
    view_draw(pair->follower, screen);
    text = view_screen_text(screen);
    if (strstr(text, words) == NULL)
        g_error("'%s' is not in:\n%s", words, text);
}

static void
test_elsewhere(Pair *pair, gconstpointer data)
{
    g_test_summary("a page that can't be shown here: the last line says what it is");
    (void)data;
    press(pair, "sss");
    expect_alike(pair);
    press(pair, "m");
    expect_status(pair, "chooses a message to send");
    g_assert_cmpuint(pair->follower->page, ==, VIEW_NO_PAGE);
    press(pair, "qr");
    expect_status(pair, "chooses a mailbox to read");
    press(pair, "qi");
    expect_status(pair, "has the fault menu open");
    pair->leader->page = VIEW_BY_HAND;
    expect_status(pair, "writes a message by hand");
    pair->leader->page = VIEW_WHATIF;
    expect_status(pair, "both runs of a :whatif");
    pair->leader->page = VIEW_NO_PAGE;
    pair->leader->explain = pair->follower->explain = explain;
    press(pair, ":explain my mail.eml\n");
    expect_status(pair, "reads a page that only it can show"); /* whose file would that be? */
    press(pair, "q");
    expect_alike(pair);
    expect_status(pair, "You look back at");
}

static void
test_ladder(Pair *pair, gconstpointer data)
{
    g_test_summary("the ladder of one message, and that of a filter, are followed");
    (void)data;
    press(pair, "sssss");
    view_choose(pair->leader, "j1");
    press(pair, "jj");
    expect_alike(pair);
    view_choose_filter(pair->leader, trace_filter_parse("stage=dns text~\"MX\"", NULL));
    press(pair, "g");
    expect_alike(pair);
    g_assert_nonnull(pair->follower->filter);
    view_choose_filter(pair->leader, NULL);
    view_choose(pair->leader, NULL);
    press(pair, "g");
    expect_alike(pair);
    g_assert_null(pair->follower->filter);
}

/* As the leader's server is held where its cursor is. */
static void
test_question(Pair *pair, gconstpointer data)
{
    g_test_summary("a question is seen by all, and its answer when it is given");
    (void)data;
    pair->leader->live = FALSE; /* a recording lets one predict what is known */
    view_press(pair->leader, 'p');
    while (!view_is_asked(pair->leader))
        press(pair, "s");
    pair->leader->live = TRUE;
    expect_alike(pair);
    g_assert_true(view_is_asked(pair->follower));
    press(pair, "1");
    expect_alike(pair);
    g_assert_true(view_is_told(pair->follower));
    press(pair, "p");
    expect_alike(pair);
    g_assert_false(pair->follower->predict->on);
}

static void
test_own_way(Pair *pair, gconstpointer data)
{
    guint row;

    g_test_summary("a key of one's own looks elsewhere; F follows again");
    (void)data;
    press(pair, "ssss");
    expect_alike(pair);
    view_press(pair->follower, 'k');
    row = pair->follower->cursor;
    view_follow_turn(pair->follower);
    g_assert_cmpuint(pair->follower->cursor, ==, row);
    g_assert_cmpuint(row, !=, pair->leader->cursor);
    view_press(pair->follower, 'F');
    view_follow_turn(pair->follower);
    g_assert_cmpuint(pair->follower->cursor, ==, pair->leader->cursor);
    view_press(pair->leader, 'F');
    g_assert_nonnull(strstr(pair->leader->notice, "--follow"));
    view_press(pair->follower, 'q');
    g_assert_true(pair->follower->quit);
}

static void
test_gone(Pair *pair, gconstpointer data)
{
    g_test_summary("when the viewer that controls goes, that is said once");
    (void)data;
    press(pair, "sss");
    expect_alike(pair);
    view_follow_take(pair->follower, FALSE, NULL);
    view_follow_turn(pair->follower);
    g_assert_nonnull(pair->follower->notice);
    g_clear_pointer(&pair->follower->notice, g_free);
    view_follow_turn(pair->follower);
    g_assert_null(pair->follower->notice);
    g_assert_cmpuint(pair->follower->cursor, ==, pair->leader->cursor);
}

static void
test_nonsense(Pair *pair, gconstpointer data)
{
    static const char *const places[] = {
        "",
        "seq",
        "seq=",
        "seq=-1 stand=9",
        "seq=99999999999999999999 stand=1",
        "seq=3 stand=2 pane=99 page=-3 chosen=4000000000 zoom=7 top=99999999999",
        "seq=3 stand=3 asked=3 told=1 answer=9 predict=1 answers=4000000000",
        "seq=3 stand=3 asked=18 told=1 answer=3 predict=1",
        "seq=3 stand=3 journey=nobody",
        "seq=3 stand=3 page=6 from=quit sheet=-4 help=1073741823 session=99999999",
        "seq=3 stand=3 page=6 from=%00%ff help=99999999999",
        "seq=3 stand=3 page=6 from=compare%20j1%20j9 page=7",
        "seq=3 stand=3 page=6 from=x%",
        "seq=3 stand=3 journey= filter=stage=(((",
        "filter=seq=3 stand=4",
        NULL,
    };

    g_test_summary("a place that makes no sense does no harm");
    (void)data;
    for (const char *const *place = places; *place != NULL; place++) {
        g_autofree char *screen = NULL;

        view_follow_take(pair->follower, TRUE, *place);
        for (guint i = 0; i < 5; i++) {
            view_update(pair->follower);
            view_follow_turn(pair->follower);
            view_hunt_turn(pair->follower);
        }
        screen = draw(pair->follower);
        g_assert_cmpuint(strlen(screen), >, 0);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add("/viewer/follow/alike", Pair, NULL, pair_open, test_alike, pair_close);
    g_test_add("/viewer/follow/pages", Pair, "tests/journals/unknown-user.ndjson", pair_open,
               test_pages, pair_close);
    g_test_add("/viewer/follow/elsewhere", Pair, NULL, pair_open, test_elsewhere, pair_close);
    g_test_add("/viewer/follow/ladder", Pair, NULL, pair_open, test_ladder, pair_close);
    g_test_add("/viewer/follow/question", Pair, NULL, pair_open, test_question, pair_close);
    g_test_add("/viewer/follow/own-way", Pair, NULL, pair_open, test_own_way, pair_close);
    g_test_add("/viewer/follow/gone", Pair, NULL, pair_open, test_gone, pair_close);
    g_test_add("/viewer/follow/nonsense", Pair, NULL, pair_open, test_nonsense, pair_close);
    return g_test_run();
}
