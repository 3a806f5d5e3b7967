/* tests/test_viewer_plain_input.c - plain mode: what the server is asked and waited for, much to tell, and
 * input that is cut, hostile or over. */
#include "tests/plain_told.h"

#define HOSTILE "tests/journals/hostile.ndjson"

/* ---- the server ---- */

static void
test_patience(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("from a pipe, a line waits for what the one before asked of the server");
    View *view = it->view;

    view->live = view->held = view->controls = TRUE;
    view->now_us = view->grown_us = 1000;
    view_update(view);
    view->held_at = view_track_entry(view->track, view_last(view))->seq;
    g_free(answer(it, "s\ns\n"));
    g_assert_cmpuint(view->orders.length, ==, 1);
    view->now_us += 1000;
    g_free(turns(it));
    g_assert_cmpuint(view->orders.length, ==, 1);
    /* The world is held again, one event later. */
    view->seek = VIEW_SEEK_NOTHING;
    view->grown_us = view->now_us;
    g_free(turns(it));
    g_assert_cmpuint(view->orders.length, ==, 2);
    /* Nothing comes any more: after a while whatever is left is obeyed. */
    g_free(answer(it, ":quit\n"));
    view->now_us += 10 * G_USEC_PER_SEC;
    expect(it, "", "is no command");
}

static void
test_impatience(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("who types at a terminal is heard at once");
    view_plain_free(it->plain);
    it->plain = view_plain_new(it->view, FALSE);
    it->view->live = it->view->held = it->view->controls = TRUE;
    view_update(it->view);
    g_free(answer(it, "c\nb dns\n"));
    g_assert_cmpuint(it->view->orders.length, ==, 2);
}

static void
test_menus(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what follows m, r and i goes to the server as it is");
    static const struct {
        const char *typed, *order;
    } cases[] = {
        { "m alice@north.example bob@north.example\n",
          "send alice@north.example bob@north.example" },
        { "r bob@north.example imap\n", "fetch bob@north.example imap" },
        { "i dns-timeout occurrence=first\n", "fault dns-timeout occurrence=first" },
    };

    it->view->live = it->view->held = it->view->controls = TRUE;
    view_update(it->view);
    g_free(turns(it));
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const ViewOrder *last;

        it->view->now_us += 10 * G_USEC_PER_SEC;
        g_free(answer(it, cases[i].typed));
        last = g_queue_peek_tail(&it->view->orders);
        g_assert_nonnull(last);
        g_assert_cmpstr(last->command, ==, cases[i].order);
        g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    }
}

static void
test_many(G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a run over many events is told piece by piece, each event once, in order");
    g_autofree char *path = NULL;
    g_autoptr(GString) journal = g_string_new(NULL);
    g_autofree char *told = NULL;
    Fixture it;
    int fd = g_file_open_tmp("viewer-XXXXXX.ndjson", &path, NULL);

    g_assert_true(g_close(fd, NULL));
    for (guint i = 1; i <= 9001; i++)
        g_string_append_printf(journal,
                               "{\"seq\":%u,\"time\":\"2026-01-05T09:00:00.000Z\","
                               "\"host\":\"mx.north.example\",\"stage\":\"route\","
                               "\"kind\":\"decision\",\"text\":\"it\"}\n",
                               i);
    g_assert_true(g_file_set_contents(path, journal->str, -1, NULL));
    open_journal(&it, path);
    told = answer(&it, "G\n");
    g_assert_cmpuint(events(told), ==, 9001);
    expect_in(told, "\n 2001  ");
    expect(&it, "g\n", "    1  ");
    tear_down(&it, NULL);
    g_unlink(path);
}

/* ---- input ---- */

static void
test_end_of_input(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the end of input leaves, after the last line, whole or not, has been obeyed");
    view_plain_type(it->plain, "s\n:33", 5);
    view_plain_type(it->plain, NULL, 0);
    g_assert_false(view_plain_has_room(it->plain));
    expect(it, "", "   33  ");
    g_assert_true(it->view->quit);
}

static void
test_cut(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("input cut at each octet says the same");
    static const char typed[] = "s\r\n/ carol\n2\nf stage=dns\n\nx\n:33\n";
    g_autofree char *whole = answer(it, typed);
    g_autoptr(GString) pieces = g_string_new(NULL);
    Fixture own;

    set_up(&own, NULL);
    for (gsize i = 0; i < strlen(typed); i++) {
        view_plain_type(own.plain, typed + i, 1);
        while (view_plain_turn(own.plain, FALSE, pieces))
            ;
    }
    g_assert_cmpstr(pieces->str, ==, whole);
    tear_down(&own, NULL);
}

static void
test_hostile_input(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("lines without end, without sense, without text");
    g_autofree char *long_line = g_strnfill(3 * 1024 * 1024, 'f');

    view_plain_type(it->plain, long_line, 3 * 1024 * 1024);
    expect(it, "\n", "no command");
    view_plain_type(it->plain, "s\0s\n", 4);
    expect(it, "", "no command");
    expect(it, "\xff\xfe\n", "no command");
    expect(it, "f \x1b[31m\n", "");
    g_free(answer(it, ": \n/ \nf \nb \nEsc\n"));
    for (guint i = 0; i < 300; i++)
        view_plain_type(it->plain, "s\n", 2);
    g_assert_false(view_plain_has_room(it->plain));
    g_free(turns(it));
    g_assert_true(view_plain_has_room(it->plain));
}

static void
expect_harmless(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        gboolean turns_text = c == 0x061c || c == 0x200e || c == 0x200f ||
                              (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);

        if (c != '\n' && (g_unichar_iscntrl(c) || turns_text))
            g_error("U+%04X before '%.20s'", c, text);
    }
}

static void
test_harmless(G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("nothing that a stranger sent reaches the terminal as a control");
    Fixture it;

    open_journal(&it, HOSTILE);
    for (guint i = 0; i <= view_last(it.view) + 1; i++) {
        g_autofree char *told = answer(&it, "1\n2\n3\n4\n5\n6\nl\nL\nv\nx\ny\ns\n");

        expect_harmless(told);
    }
    tear_down(&it, NULL);
}

#define ADD(name, test)                                                                            \
    g_test_add("/viewer/plain-input/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("patience", test_patience);
    ADD("impatience", test_impatience);
    ADD("menus", test_menus);
    ADD("end-of-input", test_end_of_input);
    ADD("cut", test_cut);
    ADD("hostile-input", test_hostile_input);
    g_test_add_data_func("/viewer/plain-input/many", NULL, test_many);
    g_test_add_data_func("/viewer/plain-input/harmless", NULL, test_harmless);
    return g_test_run();
}
