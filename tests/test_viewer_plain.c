/* tests/test_viewer_plain.c - plain mode: lines for keys, lines for the screen. */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/colon.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/plain.h"

#define SAMPLE  "tests/journals/remote.ndjson"
#define HOSTILE "tests/journals/hostile.ndjson"

typedef struct Fixture {
    ViewModel *model;
    View *view;
    ViewPlain *plain;
} Fixture;

static void
open_journal(Fixture *it, const char *journal)
{
    it->model = view_model_open(journal, NULL);
    g_assert_nonnull(it->model);
    it->view = view_new(it->model);
    while (view_model_read(it->model, 1 << 20))
        ;
    view_update(it->view);
    it->plain = view_plain_new(it->view, TRUE);
}

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    open_journal(it, SAMPLE);
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    view_plain_free(it->plain);
    view_free(it->view);
    view_model_free(it->model);
}

/* What is told until nothing more happens at once. */
static char *
turns(Fixture *it)
{
    GString *out = g_string_new(NULL);

    while (view_plain_turn(it->plain, FALSE, out))
        ;
    return g_string_free(out, FALSE);
}

static char *
answer(Fixture *it, const char *typed)
{
    view_plain_type(it->plain, typed, strlen(typed));
    return turns(it);
}

static void
expect_in(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_error("'%s' is missing in:\n%s", part, text);
}

static void
expect(Fixture *it, const char *typed, const char *part)
{
    g_autofree char *told = answer(it, typed);

    expect_in(told, part);
}

/* How many events @told tells: their lines begin with a number, right-aligned. */
static guint
events(const char *told)
{
    g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
    guint count = 0;

    for (guint i = 0; lines[i] != NULL; i++) {
        const char *number = lines[i] + strspn(lines[i], " ");
        gsize digits = strspn(number, "0123456789");

        count += digits > 0 && g_str_has_prefix(number + digits, "  ") &&
                 strchr(number + digits, '+') != NULL;
    }
    return count;
}

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
    ADD("patience", test_patience);
    ADD("impatience", test_impatience);
    ADD("menus", test_menus);
    ADD("end-of-input", test_end_of_input);
    ADD("cut", test_cut);
    ADD("hostile-input", test_hostile_input);
    g_test_add_data_func("/viewer/plain/many", NULL, test_many);
    g_test_add_data_func("/viewer/plain/harmless", NULL, test_harmless);
    return g_test_run();
}
