/* tests/test_viewer_plain.c - plain mode: lines for keys, lines for the screen. */
#include "tests/plain_told.h"

/* ---- keys ---- */

static void
test_table(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "each name of each key of the one table works as a line, and no other word does");
    (void)it;
    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        g_auto(GStrv) names = g_strsplit(action->name, ", ", -1);

        for (guint i = 0; names[i] != NULL; i++) {
            guint key = view_plain_key(names[i]);
            gboolean named = g_str_equal(names[i], "1-6");

            for (guint k = 0; k < G_N_ELEMENTS(action->keys) && !named; k++)
                named = action->keys[k] == key && key != 0;
            if (!named)
                g_error("'%s' is no key in plain mode", names[i]);
        }
        if (action->footer != NULL && *g_utf8_next_char(action->footer) != '\0')
            g_assert_cmpuint(view_plain_key(action->footer), ==, action->keys[0]);
    }
    g_assert_cmpuint(view_plain_key("PGDN"), ==, VIEW_KEY_PAGE_DOWN);
    g_assert_cmpuint(view_plain_key("sx"), ==, 0);
    g_assert_cmpuint(view_plain_key(""), ==, 0);
}

static void
test_meaning(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("as a line, a key does what it does on the screen, or says why not");
    (void)it;
    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        Fixture own;
        g_autofree char *line =
            g_strdup_printf("%.*s\n", (int)strcspn(action->name, ","), action->name);
        g_autofree char *told = NULL;

        set_up(&own, NULL);
        g_free(turns(&own));
        told = answer(&own, line);
        if (!own.view->quit)
            g_assert_cmpstr(told, !=, "");
        g_assert_null(strstr(told, "no meaning"));
        g_assert_null(strstr(told, "no command"));
        tear_down(&own, NULL);
    }
}

static void
test_unknown(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what is no key says so, and does nothing");
    expect(it, "", "    1  ");
    expect(it, "sx\n", "'sx' is no command");
    expect(it, "Z\n", "no meaning");
    expect(it, "s 7\n", "takes nothing after it");
    g_assert_false(it->view->quit);
}

/* ---- events ---- */

static void
test_events(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("one numbered line an event; an empty line goes on to the next worth telling");
    g_autofree char *first = turns(it);
    g_autofree char *step = answer(it, "s\n");
    g_autofree char *next = answer(it, "\n");

    g_assert_cmpuint(events(first), ==, 1);
    expect_in(first, "REPLAY: ");
    g_assert_cmpuint(events(step), ==, 1);
    g_assert_true(g_str_has_prefix(step, "    2  "));
    g_assert_cmpuint(events(next), >=, 1);
    g_assert_true(view_current(it->view)->worth);
    g_free(answer(it, "G\n"));
    g_assert_cmpuint(it->view->cursor, ==, view_last(it->view));
}

static void
test_leaps(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a run tells each event on its way, a look elsewhere the one it comes to");
    g_autofree char *start = turns(it);
    g_autofree char *leap = answer(it, ":33\n");
    g_autofree char *back = answer(it, "Bksp\n");
    g_autofree char *again = answer(it, "G\n");
    g_autofree char *found = answer(it, "g\n/ carol\n");

    (void)start;
    g_assert_cmpuint(events(leap), ==, 1);
    expect_in(leap, "   33  ");
    g_assert_cmpuint(events(back), ==, 1);
    g_assert_cmpuint(events(again), ==, view_last(it->view) - 32 + 0u);
    g_assert_cmpuint(events(found), ==, 2);
}

static void
test_end(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("at the end a further step is not met with silence");
    g_free(answer(it, "G\n"));
    expect(it, "s\n", "REPLAY: ");
    expect(it, "s\n", "REPLAY: ");
}

/* ---- panes and pages ---- */

static void
test_panes(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a pane's number prints it, as the screen draws it");
    g_free(answer(it, ":33\n"));
    expect(it, "1\n", "1 Why:\n");
    expect(it, "2\n", "S: 250 2.0.0 Ok: queued as j1\n");
    expect(it, "Tab\n", "3 Changed:\n");
    expect(it, "4\n", "4 Code:\n");
    expect(it, "z\n", "4 Code:\n");
    g_assert_false(it->view->zoom);
    expect(it, "5\n", "RFC 5321");
    expect(it, "6\n", "Subject: ");
}

static void
test_help(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("? lists each key and command of the two tables");
    g_autofree char *help = answer(it, "?\n");

    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        g_autofree char *line = g_strdup_printf("\n   %-15s ", action->name);

        expect_in(help, line);
    }
    for (const ViewCommand *command = view_commands(); command->name != NULL; command++) {
        g_autofree char *line = g_strdup_printf("\n   :%s", command->form);

        expect_in(help, line);
    }
    /* It is closed: the next line goes on. */
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    expect(it, "\n", "  mx.north.example");
}

static void
test_pages(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("lists and the map as text; what is chosen on the screen has a sign here");
    g_free(answer(it, ":16\n"));
    expect(it, "v\n", "[route]");
    expect(it, "l\n", "alice@north.example");
    expect(it, "L\n", "smtp-1");
    expect(it, "l j1\n", "REPLAY: ");
    g_assert_cmpstr(view_track_journey(it->view->track), ==, "j1");
    expect(it, "l all\n", "REPLAY: ");
    g_assert_null(view_track_journey(it->view->track));
    expect(it, "l j9\n", "No message is called j9");
}

/* ---- questions ---- */

static void
test_questions(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what a key asks for follows it, or stands on the next line");
    expect(it, "f stage=dns\n", "match");
    g_assert_nonnull(it->view->filter);
    expect(it, "f\n", "Show only: stage=dns\n(an empty line shows all");
    expect(it, "\n", "All events are shown.");
    g_assert_null(it->view->filter);
    expect(it, "b\n", "Break at: stage=");
    expect(it, "dns\n", "Breakpoint: dns.");
    expect(it, "break\nEsc\n", "Break at: ");
    g_assert_cmpuint(it->view->prompt, ==, VIEW_NO_PROMPT);
    g_assert_cmpuint(it->view->breaks->len, ==, 1);
    expect(it, "g\nc\n", "  dns  ");
    expect(it, "u\n", "The cause.");
    expect(it, "/zzz\n", "Not found");
    expect(it, ":mark here\n", "marked");
    expect(it, ":nonsense\n", "is no command");
}

static void
test_leave(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("q leaves; where a held world is left, it asks first");
    it->view->live = it->view->held = it->view->controls = TRUE;
    expect(it, "q\n", "Leave?");
    g_free(answer(it, "no\n"));
    g_assert_false(it->view->quit);
    g_free(answer(it, "q\nyes\n"));
    g_assert_true(it->view->quit);
}

#define ADD(name, test) g_test_add("/viewer/plain/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("table", test_table);
    ADD("meaning", test_meaning);
    ADD("unknown", test_unknown);
    ADD("events", test_events);
    ADD("leaps", test_leaps);
    ADD("end", test_end);
    ADD("panes", test_panes);
    ADD("help", test_help);
    ADD("pages", test_pages);
    ADD("questions", test_questions);
    ADD("leave", test_leave);
    return g_test_run();
}
