/* tests/test_viewer_fold.c - the state of a message before and after an event, in the Changed pane. */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/draw.h"
#include "trace/viewer/keys.h"

/* The Changed pane, filling a wide screen, at event @seq of the recording. */
static char *
changed_at(const char *seq)
{
    g_autoptr(ViewModel) model = view_model_open("tests/journals/unknown-user.ndjson", NULL);
    g_autoptr(View) view = view_new(model);
    g_autoptr(ViewScreen) screen = view_screen_new(200, 50, TRUE);
    guint row;

    while (view_model_read(model, 1 << 20))
        ;
    view_update(view);
    view_press(view, ' ');
    g_assert_true(view_track_find(view->track, g_ascii_strtoull(seq, NULL, 10), &row));
    view_go(view, row);
    view_press(view, '3');
    view_press(view, 'z');
    view_draw(view, screen);
    return view_screen_text(screen);
}

static void
expect(const char *seq, const char *words)
{
    g_autofree char *text = changed_at(seq);

    if (strstr(text, words) == NULL)
        g_error("event %s: not on the screen: %s\n%s", seq, words, text);
}

static void
test_rows(void)
{
    g_test_summary("a row is new, then changed column by column, then as it was, told or not");
    expect("40", "+ mx.north.example recipients 1: ");
    expect("45", "* mx.north.example recipients 1: state waiting > trying, tries 0 > 1");
    expect("83", "state trying > failed");
    expect("81", "  mx.north.example recipients 1: ");
    expect("81", "state=trying tries=1");
}

static void
test_decisions(void)
{
    g_test_summary("the transaction is put together from decisions, and ends with the final dot");
    expect("7", "+ mx.north.example session smtp-1: peer=127.0.0.1");
    expect("18", "+ mx.north.example sender of smtp-1: address=alice@north.example");
    expect("21", "+ mx.north.example recipient 1 of smtp-1: user=zoe domain=south.example");
    expect("22", "* mx.north.example recipient 1 of smtp-1: route - > remote");
    expect("43", "- mx.north.example sender of smtp-1: ");
    expect("73", "* mx.south.example recipient 1 of smtp-3: route - > local");
    expect("76", "Decided (recipient): outcome=unknown");
    expect("77", "- mx.south.example recipient 1 of smtp-3: ");
}

static void
test_else(void)
{
    g_test_summary("a row deleted before a COMMIT, an answer kept in the cache");
    expect("24",
           "+ mx.north.example cache south.example MX: 10 mx.south.example, kept 300 seconds");
    expect("46",
           "  mx.north.example cache south.example MX: 10 mx.south.example, kept 300 seconds");
    expect("109", "* mx.north.example entries 1/1: flags - > \\Seen");
}

static void
test_not_yet(void)
{
    g_test_summary("nothing of what comes later is in it; before MAIL there is no message");
    g_autofree char *text = changed_at("38");

    g_assert_null(strstr(text, "recipients 1"));
    expect("12", "It belongs to no message yet.");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/fold/rows", test_rows);
    g_test_add_func("/viewer/fold/decisions", test_decisions);
    g_test_add_func("/viewer/fold/else", test_else);
    g_test_add_func("/viewer/fold/not-yet", test_not_yet);
    return g_test_run();
}
