/* tests/test_viewer_panes.c - what the panes, the rule between hosts and the end of a journey say.
 */
#include "tests/viewed.h"
#include "trace/viewer/draw.h"

static char *
draw(const Fixture *it)
{
    g_autoptr(ViewScreen) screen = view_screen_new(80, 24, FALSE);

    view_draw(it->view, screen);
    return view_screen_text(screen);
}

static void
expect(const Fixture *it, const char *words)
{
    g_autofree char *text = draw(it);

    if (strstr(text, words) == NULL)
        g_test_message("not on the screen: %s\n%s", words, text);
    g_assert_nonnull(strstr(text, words));
}

static void
test_why(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("six lines hold the cause, the line of C and what else could have come");
    press(it, "broute\nc");
    expect(it, "Question: Is the domain ours");
    expect(it, "Because: event ");
    expect(it, "Code: smtp/route.c:");
    expect(it, "Or else: local: does the user exist");
    expect(it, " z: more ");
}

static void
test_rfc(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a section has its title");
    press(it, "broute\nc5");
    expect(it, "RFC 5321 §3.6: Relaying and Mail Routing");
    g_assert_null(view_rfc_title("RFC 5321 §"
                                 "99"));
    for (Stage stage = STAGE_NONE; stage < STAGES; stage++)
        g_assert_true(stage_info(stage)->rfc == NULL ||
                      view_rfc_title(stage_info(stage)->rfc) != NULL);
    g_assert_null(view_rfc_title(NULL));
}

static void
test_scroll(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("nothing is scrolled past its end: one key back is seen at once");
    static const char *const keys[] = { "G1z", "G2z", "G4z", "G6z" };

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        int end;

        press(it, keys[i]);
        for (guint n = 0; n < 200; n++)
            view_press(it->view, VIEW_KEY_DOWN);
        view_settle(it->view, 80, 24);
        end = it->view->pane_top;
        g_assert_cmpint(end, <, 200);
        view_press(it->view, VIEW_KEY_DOWN);
        view_settle(it->view, 80, 24);
        g_assert_cmpint(it->view->pane_top, ==, end);
        press(it, "z");
    }
    press(it, "?");
    for (guint n = 0; n < 200; n++)
        view_press(it->view, VIEW_KEY_DOWN);
    view_settle(it->view, 80, 24);
    expect(it, "filter          stage=dns");
    press(it, "k");
    g_assert_cmpint(it->view->help_top, <, 140);
}

static void
test_parts(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a host is named by its part, and that only once it is known");
    press(it, "h");
    expect(it, "mx.north.example > mx.south.example (the next server)");
    g_assert_cmpstr(view_host_part(it->view, view_track_focus(it->view->track, 10)), ==,
                    "outgoing server");
    press(it, "b\025stage=recipient\nc");
    expect(it, "mx.north.example > mx.south.example (incoming server)");
    press(it, "v");
    expect(it, "mx.north.example, the sender's server");
    expect(it, " mx.south.example -");
}

static void
test_back(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a host seen before is come back to: the message has not moved there");
    press(it, "hh");
    expect(it, " back at mx.north.example (outgoing server) ");
}

static void
test_end_delivered(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("at its end a journey says that it has come to its goal");
    press(it, "G");
    expect(it, " Delivered: 89 events, 2 servers. Next: ");
}

static void
test_came_back(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a report that arrives is no delivery of what it reports on");
    press(it, "G");
    expect(it, " Bounced: ");
    press(it, "l");
    expect(it, "bounced");
    expect(it, "j2    <>                   alice@north.example");
    expect(it, "try 1, mx.north.example calls mx.south.example: 550 5.1.1");
}

static void
test_tries(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the report's Why tells who said so, and when it was tried");
    press(it, "bbounce\ncz");
    expect(it, "It came back: it could not be delivered, and its sender was told.");
    expect(it, "Said by: mx.south.example, to mx.north.example, which called it.");
    expect(it, "<zoe@south.example>: no such user here");
}

#define REMOTE  "tests/journals/remote.ndjson"
#define UNKNOWN "tests/journals/unknown-user.ndjson"

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
#define ADD(name, journal, test)                                                                   \
    g_test_add("/viewer/panes/" name, Fixture, journal, viewed_open, test, viewed_close)
    ADD("why", REMOTE, test_why);
    ADD("rfc", REMOTE, test_rfc);
    ADD("scroll", REMOTE, test_scroll);
    ADD("parts", REMOTE, test_parts);
    ADD("back", REMOTE, test_back);
    ADD("delivered", REMOTE, test_end_delivered);
    ADD("came-back", UNKNOWN, test_came_back);
    ADD("tries", UNKNOWN, test_tries);
    return g_test_run();
}
