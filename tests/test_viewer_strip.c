/* tests/test_viewer_strip.c - the lines that say where one is: stages, what is held, which keys.
 *
 * Walked over two recorded journeys, so that what a learner sees there is checked at each event.
 */
#include <glib/gstdio.h>

#include "tests/viewed.h"
#include "trace/viewer/draw.h"

#define REMOTE  "tests/journals/remote.ndjson"
#define UNKNOWN "tests/journals/unknown-user.ndjson"

/* Line @y of the screen, from below where it is negative. */
static char *
line_at(const Fixture *it, int width, int y)
{
    g_autoptr(ViewScreen) screen = view_screen_new(width, 24, TRUE);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    view_draw(it->view, screen);
    text = view_screen_text(screen);
    lines = g_strsplit(text, "\n", 24);
    return g_strdup(lines[y < 0 ? 24 + y : y]);
}

/* Goes to the row of event @seq and shows the ladder. */
static void
go(Fixture *it, guint64 seq)
{
    guint row = 0;

    it->view->page = VIEW_NO_PAGE;
    g_assert_true(view_track_find(it->view->track, seq, &row));
    view_go(it->view, row);
}

/* The stage in brackets; STAGE_NONE where there are none. */
static Stage
stage_now(const char *line)
{
    const char *begin = strchr(line, '[');
    g_autofree char *name = NULL;

    if (begin == NULL)
        return STAGE_NONE;
    name = g_ascii_strdown(begin + 1, strcspn(begin + 1, " :]"));
    return stage_from_name(name);
}

static void
test_moves_on(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the place one is in moves on through a visit and never back to its begin");
    for (guint row = 0; row < view_track_count(it->view->track); row++) {
        const ViewEntry *entry;
        g_autofree char *line = NULL;
        Stage now;

        view_go(it->view, row);
        it->view->page = VIEW_NO_PAGE;
        entry = view_current(it->view);
        line = line_at(it, 132, 1);
        now = stage_now(line);
        if (view_is_farewell(it->view, view_track_row(it->view->track, row)->entry))
            g_assert_cmpint(now, !=, STAGE_CONNECT);
        /* DNS asked for the second time is a part of RELAY. */
        if (entry->stage == STAGE_DNS && g_str_has_prefix(entry->session, "relay"))
            g_assert_cmpint(now, ==, STAGE_RELAY);
        else if (entry->stage == STAGE_DNS)
            g_assert_cmpint(now, ==, STAGE_DNS);
    }
}

static void
test_relay_asks(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 5321 §5.1: a relay asks DNS once more; what DNS said before stays seen");
    g_autofree char *line = NULL;

    go(it, 50);
    line = line_at(it, 132, 1);
    g_assert_nonnull(
        strstr(line, "DNS ok > FILTER accept > STORE ok > QUEUE queued > [RELAY: DNS"));
}

static void
test_report(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a report passes the stages of a report, not those of what it reports on");
    g_autofree char *begun = NULL;
    g_autofree char *line = NULL;
    g_autofree char *title = NULL;

    go(it, 84);
    begun = line_at(it, 80, 1);
    g_assert_nonnull(
        strstr(begun, "mx.north: [BOUNCE report] > RECIPIENT - > STORE - > DELIVER -"));
    go(it, 86);
    line = line_at(it, 80, 1);
    g_assert_nonnull(strstr(line, "BOUNCE report > [RECIPIENT ok] > STORE - > DELIVER -"));
    title = line_at(it, 80, 0);
    g_assert_nonnull(strstr(title, "j2  <> (a report) > "));
}

static void
test_reader(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("who calls to read is not asked for a sender");
    g_autofree char *line = NULL;

    go(it, 96);
    line = line_at(it, 80, 1);
    g_assert_nonnull(strstr(line, "[CONNECT ...] > PICKUP -"));
}

/* ---- what is held ---- */

static char *
held_at(Fixture *it, guint64 seq)
{
    it->view->live = FALSE;
    go(it, seq);
    it->view->live = it->view->held = it->view->controls = TRUE;
    it->view->stand = it->view->cursor;
    it->view->held_at = seq;
    return line_at(it, 80, -2);
}

static void
test_held(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 5321 §4.5.3.2: only who has spoken and has no reply yet waits for us");
    static const struct {
        guint64 seq;
        const char *words;
    } places[] = {
        { 6, "The clock stands still: no time runs out." },  /* asked for from outside */
        { 7, "A client outside would give up in 5:00" },     /* it waits for the greeting */
        { 10, "Nobody waits: the client has its reply" },    /* 250 to EHLO */
        { 17, "A client outside would give up in 5:00" },    /* MAIL */
        { 33, "A client outside would give up in 2:00" },    /* DATA */
        { 39, "A client outside would give up in 10:00" },   /* queued, but no 250 yet */
        { 48, "Our server is the client in this call" },     /* DNS for the relay */
        { 82, "The clock stands still: no time runs out." }, /* the call is over */
        { 86, "The clock stands still: no time runs out." }, /* a report is written */
        { 96, "The reader's program waits" },                /* before its greeting */
        { 99, "The reader's program waits" },                /* LOGIN */
    };

    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *line = held_at(it, places[i].seq);

        if (strstr(line, places[i].words) == NULL)
            g_test_message("event %d: %s", (int)places[i].seq, line);
        g_assert_nonnull(strstr(line, places[i].words));
    }
}

/* ---- the keys ---- */

static void
test_footer(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the footer names what a newcomer needs, and where there is room, all");
    static const char *const pages[] = { "l", "L", "?", "z" };
    g_autofree char *narrow = NULL;
    g_autofree char *wide = NULL;

    go(it, 40);
    narrow = line_at(it, 80, -1);
    g_assert_nonnull(strstr(narrow, "Space next  Bksp back"));
    g_assert_nonnull(strstr(narrow, "c run"));
    g_assert_nonnull(strstr(narrow, "l story"));
    g_assert_nonnull(strstr(narrow, "? help  q quit"));
    wide = line_at(it, 132, -1);
    g_assert_nonnull(strstr(wide, "o stage"));
    g_assert_nonnull(strstr(wide, "m send"));
    for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autofree char *line = NULL;

        view_press(it->view, pages[i][0]);
        line = line_at(it, 80, -1);
        g_assert_nonnull(strstr(line, *pages[i] == 'z' ? "q back" : "Esc back"));
        view_press(it->view, VIEW_KEY_ESCAPE);
    }
}

static void
test_end_stays(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("Space at a journey's end does not hide what became of it and what comes next");
    g_autofree char *line = NULL;

    view_press(it->view, 'G');
    it->view->live = it->view->controls = TRUE;
    it->view->now_us = 10 * G_USEC_PER_SEC;
    view_press(it->view, ' ');
    line = line_at(it, 80, -2);
    g_assert_nonnull(strstr(line, "Bounced: "));
    g_assert_nonnull(strstr(line, "l story"));
}

static void
test_filter_ahead(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a filter that matches nothing so far says that it moves one on");
    g_autofree char *line = NULL;

    go(it, 20);
    for (const char *key = "fstage=bounce\n"; *key != '\0'; key++)
        view_press(it->view, (guchar)*key);
    g_assert_cmpuint(view_current(it->view)->stage, ==, STAGE_BOUNCE);
    line = line_at(it, 80, -2);
    g_assert_nonnull(strstr(line, "Nothing up to where you were matches"));
}

/* ---- what there is not ---- */

static void
test_no_headers(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("before DATA headers are yet to come; to a reader's QUIT they are not");
    g_autofree char *before = NULL;
    g_autofree char *reads = NULL;

    view_press(it->view, '6');
    go(it, 12);
    before = line_at(it, 80, 15);
    view_press(it->view, VIEW_KEY_END);
    reads = line_at(it, 80, 15);
    g_assert_nonnull(strstr(before, "they come with DATA"));
    g_assert_nonnull(strstr(reads, "No headers here"));
}

/* ---- a second try ---- */

static void
test_second_try(void)
{
    g_test_summary("the RETRY that led to a second try stands before it, not as if it came next");
    static const char *const events[][2] = {
        { "queue", "queued" },
        { "relay", "failed" },
        { "retry", "later" },
        { "relay", "ok" },
    };
    g_autofree char *path = NULL;
    g_autoptr(GString) journal = g_string_new(NULL);
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    Fixture it;

    g_close(g_file_open_tmp("glasspost-strip-XXXXXX", &path, NULL), NULL);
    for (guint i = 0; i < G_N_ELEMENTS(events); i++)
        g_string_append_printf(
            journal,
            "{\"seq\":%u,\"time\":\"2026-01-05T09:00:00.000Z\",\"host\":\"mx.north.example\","
            "\"stage\":\"%s\",\"kind\":\"decision\",\"journey\":\"j1\",\"session\":\"relay-1\","
            "\"text\":\"x\",\"data\":{\"outcome\":\"%s\"}}\n",
            i + 1, events[i][0], events[i][1]);
    g_assert_true(g_file_set_contents(path, journal->str, -1, NULL));
    viewed_open(&it, path);
    go(&it, 3);
    first = line_at(&it, 120, 1);
    go(&it, 4);
    second = line_at(&it, 120, 1);
    g_assert_nonnull(strstr(first, "QUEUE queued > RELAY failed > [RETRY later]"));
    g_assert_nonnull(strstr(second, "QUEUE queued > RETRY later > [RELAY ok]"));
    g_assert_null(strstr(strstr(second, "[RELAY ok]"), "RETRY"));
    viewed_close(&it, NULL);
    g_unlink(path);
}

/* ---- o, h, e ---- */

/* "event stage, event stage..." of the places that @key stops at. */
static char *
stops(Fixture *it, char key, guint most)
{
    GString *places = g_string_new(NULL);
    guint last = G_MAXUINT;

    view_press(it->view, VIEW_KEY_HOME);
    for (guint i = 0; i < most && it->view->cursor != last; i++) {
        last = it->view->cursor;
        view_press(it->view, key);
        if (it->view->cursor != last)
            g_string_append_printf(places, "%s%s", places->len > 0 ? " " : "",
                                   stage_name(view_current(it->view)->stage));
    }
    return g_string_free(places, FALSE);
}

static void
test_stops_remote(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("o passes the stages in the order of the journey, h the servers, e nothing");
    g_autofree char *stages = stops(it, 'o', 12);
    g_autofree char *hops = stops(it, 'h', 10);
    g_autofree char *problems = stops(it, 'e', 10);

    g_assert_cmpstr(stages, ==,
                    "connect sender split route dns filter store queue store queue dns relay");
    g_assert_cmpstr(hops, ==, "sender queue pickup");
    g_assert_cmpstr(problems, ==, "");
}

static void
test_stops_unknown(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("e stops where the no was said and where it was given up; h at both servers");
    g_autofree char *hops = stops(it, 'h', 10);
    g_autofree char *problems = stops(it, 'e', 10);

    g_assert_cmpstr(hops, ==, "connect relay");
    g_assert_cmpstr(problems, ==, "recipient retry");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
#define ADD(name, journal, test)                                                                   \
    g_test_add("/viewer/strip/" name, Fixture, journal, viewed_open, test, viewed_close)
    ADD("moves-on", REMOTE, test_moves_on);
    ADD("moves-on-back", UNKNOWN, test_moves_on);
    ADD("no-headers", UNKNOWN, test_no_headers);
    g_test_add_func("/viewer/strip/second-try", test_second_try);
    ADD("relay-asks", UNKNOWN, test_relay_asks);
    ADD("report", UNKNOWN, test_report);
    ADD("reader", UNKNOWN, test_reader);
    ADD("held", UNKNOWN, test_held);
    ADD("footer", REMOTE, test_footer);
    ADD("end-stays", UNKNOWN, test_end_stays);
    ADD("filter-ahead", UNKNOWN, test_filter_ahead);
    ADD("stops-remote", REMOTE, test_stops_remote);
    ADD("stops-unknown", UNKNOWN, test_stops_unknown);
    return g_test_run();
}
