/* tests/test_viewer_compare.c - two messages side by side, and where they first differ. */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/compare.h"
#include "trace/viewer/keys.h"

#define NORTH "mx.north.example"
#define SOUTH "mx.south.example"

typedef struct Fixture {
    char *path;
    guint seq;
    gint64 ms;
    GString *journal;
    ViewModel *model;
    View *view;
} Fixture;

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    int fd = g_file_open_tmp("viewer-XXXXXX.ndjson", &it->path, NULL);

    g_assert_true(g_close(fd, NULL));
    it->journal = g_string_new("{\"journal\":1,\"build\":\"test\",\"first\":1}\n");
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    if (it->view != NULL) {
        view_free(it->view);
        view_model_free(it->model);
    }
    g_unlink(it->path);
    g_free(it->path);
    g_string_free(it->journal, TRUE);
}

/* One more event, @later_ms after the one before. @data: further members, or "". */
static void
add(Fixture *it, gint64 later_ms, const char *journey, const char *host, const char *stage,
    const char *kind, const char *data)
{
    g_autofree char *time = NULL;

    it->ms += later_ms;
    time = trace_time_format(G_GINT64_CONSTANT(1767603600000000) + it->ms * 1000);
    g_string_append_printf(it->journal,
                           "{\"seq\":%u,\"time\":\"%s\",\"host\":\"%s\",\"stage\":\"%s\","
                           "\"kind\":\"%s\",\"journey\":\"%s\",\"text\":\"it\",\"data\":{%s}}\n",
                           ++it->seq, time, host, stage, kind, journey, data);
}

static void
decide(Fixture *it, const char *journey, const char *host, const char *stage, const char *outcome)
{
    g_autofree char *data = g_strdup_printf("\"outcome\":\"%s\"", outcome);

    add(it, 1, journey, host, stage, "decision", data);
}

static void
mail(Fixture *it, const char *journey, const char *from)
{
    g_autofree char *data =
        g_strdup_printf("\"from\":\"client\",\"to\":\"host\",\"label\":\"MAIL\","
                        "\"line\":\"MAIL FROM:<%s>\"",
                        from);

    add(it, 1, journey, NORTH, "sender", "wire", data);
}

/* A message that is sent from one server to the other and ends at the recipient there. */
static void
travel(Fixture *it, const char *journey, const char *outcome)
{
    mail(it, journey, "alice@north.example");
    decide(it, journey, NORTH, "sender", "ok");
    decide(it, journey, NORTH, "route", "remote");
    decide(it, journey, SOUTH, "route", "local");
    decide(it, journey, SOUTH, "recipient", outcome);
}

static void
read_all(Fixture *it)
{
    g_assert_true(g_file_set_contents(it->path, it->journal->str, it->journal->len, NULL));
    it->model = view_model_open(it->path, NULL);
    g_assert_nonnull(it->model);
    it->view = view_new(it->model);
    while (view_model_read(it->model, 1 << 20))
        ;
    view_update(it->view);
    view_go(it->view, view_last(it->view));
}

static ViewCompare *
compare(const Fixture *it, const char *one, const char *other, guint upto)
{
    return view_compare_new(it->model, view_model_message_of(it->model, one),
                            view_model_message_of(it->model, other), upto);
}

static const ViewCompareRow *
first_row(const ViewCompare *it)
{
    g_assert_cmpint(it->first, >=, 0);
    return &g_array_index(it->rows, ViewCompareRow, it->first);
}

static void
expect_in(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_error("'%s' is missing in:\n%s", part, text);
}

static void
test_same(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the same way with the same outcomes: nothing differs, whatever time it took");
    travel(it, "j1", "ok");
    it->ms += 9000;
    mail(it, "j2", "alice@north.example");
    it->ms += 50;
    travel(it, "j2", "ok");
    read_all(it);
    g_autoptr(ViewCompare) both = compare(it, "j1", "j2", G_MAXUINT);
    g_autofree char *text = view_compare_text(both);

    g_assert_cmpint(both->first, ==, -1);
    g_assert_cmpuint(both->rows->len, ==, 6); /* two servers, two stages at each */
    expect_in(text, "No stage differs");
    g_assert_null(strstr(text, ">>"));
}

static void
test_refused(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the first stage that differs is marked; what comes of it is marked less");
    travel(it, "j1", "ok");
    decide(it, "j1", SOUTH, "filter", "accept");
    travel(it, "j2", "refused");
    add(it, 2, "j2", SOUTH, "recipient", "wire",
        "\"from\":\"host\",\"to\":\"client\",\"code\":550");
    read_all(it);
    g_autoptr(ViewCompare) both = compare(it, "j1", "j2", G_MAXUINT);
    g_autofree char *text = view_compare_text(both);
    const ViewCompareRow *row = first_row(both);

    g_assert_cmpuint(row->stage, ==, STAGE_RECIPIENT);
    g_assert_cmpuint(row->server, ==, 2);
    g_assert_cmpstr(row->sides[0].outcome, ==, "ok");
    g_assert_cmpuint(row->sides[1].code, ==, 550);
    expect_in(text, "\n>>   recipient");
    expect_in(text, "refused 550");
    expect_in(text, "\n *   filter");
    expect_in(text, ">> They first differ at " SOUTH ", stage recipient: j1 ok, j2 refused 550.\n");
    /* From the other side it is the same place. */
    g_autoptr(ViewCompare) turned = compare(it, "j2", "j1", G_MAXUINT);
    g_assert_cmpint(turned->first, ==, both->first);
}

static void
test_goodbye(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 5321 §4.1.1.10: QUIT after a refusal is no stage of the message");
    travel(it, "j1", "ok");
    travel(it, "j2", "ok");
    add(it, 1, "j2", SOUTH, "connect", "wire", "\"from\":\"client\",\"to\":\"host\"");
    add(it, 1, "j2", SOUTH, "connect", "wire", "\"from\":\"host\",\"to\":\"client\",\"code\":221");
    read_all(it);
    g_autoptr(ViewCompare) both = compare(it, "j1", "j2", G_MAXUINT);

    g_assert_cmpint(both->first, ==, -1);
    g_assert_cmpuint(both->rows->len, ==, 6);
}

static void
test_servers(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("another server is a difference, and so is none");
    decide(it, "j1", NORTH, "sender", "ok");
    decide(it, "j1", SOUTH, "route", "local");
    decide(it, "j2", NORTH, "sender", "ok");
    decide(it, "j2", "mx.west.example", "route", "local");
    decide(it, "j3", NORTH, "sender", "ok");
    read_all(it);
    g_autoptr(ViewCompare) other = compare(it, "j1", "j2", G_MAXUINT);
    g_autoptr(ViewCompare) none = compare(it, "j1", "j3", G_MAXUINT);
    g_autofree char *text = view_compare_text(none);

    g_assert_cmpuint(first_row(other)->stage, ==, STAGE_NONE);
    g_assert_cmpuint(first_row(other)->server, ==, 2);
    g_assert_null(first_row(none)->sides[1].host);
    expect_in(text, "j1 came to " SOUTH ", j3 to none.");
}

static void
test_tries(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 5321 §4.5.4.1: how often it was tried, and the time spent waiting");
    decide(it, "j1", NORTH, "relay", "ok");
    add(it, 1, "j2", NORTH, "retry", "decision", "\"outcome\":\"later\",\"tries\":1");
    add(it, 300000, "j2", NORTH, "retry", "decision", "\"outcome\":\"later\",\"tries\":2");
    add(it, 600000, "j2", NORTH, "relay", "decision", "\"outcome\":\"ok\"");
    read_all(it);
    g_autoptr(ViewCompare) both = compare(it, "j1", "j2", G_MAXUINT);
    g_autofree char *text = view_compare_text(both);
    const ViewCompareRow *retry = first_row(both);

    g_assert_cmpuint(retry->stage, ==, STAGE_RETRY);
    g_assert_cmpint(retry->sides[1].tries, ==, 2);
    g_assert_cmpint(retry->sides[1].spent_us, ==, 900 * G_USEC_PER_SEC);
    expect_in(text, "15 m 2 tries");
    expect_in(text, "j1 was not there, j2 later.");
}

static void
test_upto(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what has not happened yet is not compared");
    travel(it, "j1", "ok");
    travel(it, "j2", "refused");
    read_all(it);
    for (guint upto = 0; upto < view_model_count(it->model); upto++) {
        g_autoptr(ViewCompare) both = compare(it, "j1", "j2", upto);
        guint events = 0;

        for (guint i = 0; i < both->rows->len; i++) {
            const ViewCompareRow *row = &g_array_index(both->rows, ViewCompareRow, i);

            events += row->stage == STAGE_NONE ? 0 : row->sides[0].events + row->sides[1].events;
        }
        g_assert_cmpuint(events, ==, upto + 1);
    }
}

static void
test_report(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 5321 §4.5.5: a report beside the message it is about");
    travel(it, "j1", "refused");
    decide(it, "j1", NORTH, "bounce", "report");
    mail(it, "j2", "");
    decide(it, "j2", NORTH, "bounce", "report");
    decide(it, "j2", NORTH, "deliver", "ok");
    read_all(it);
    g_autoptr(ViewCompare) both = compare(it, "j1", "j2", G_MAXUINT);
    g_autofree char *text = view_compare_text(both);

    expect_in(
        text,
        "j2 is a report about another message: the server wrote it itself, from nobody (<>).");
    g_assert_null(strstr(text, "j1 is a report"));
}

static void
test_narrow(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("names of any length keep the columns; a hundred servers keep the bounds");
    g_autofree char *label = g_strnfill(200, 'x');

    for (guint i = 0; i < 300; i++) {
        g_autofree char *host = g_strdup_printf("%u.%s.example", i, label);

        decide(it, "j1", host, "route", "remote");
    }
    decide(it, "j2", NORTH, "route", "local");
    read_all(it);
    g_autoptr(ViewCompare) both = compare(it, "j1", "j2", G_MAXUINT);
    g_autofree char *text = view_compare_text(both);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_assert_cmpuint(g_strv_length(lines), <, 250);
    for (guint i = 0; lines[i] != NULL; i++)
        if (!g_str_has_prefix(lines[i], ">> They"))
            g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 78);
}

/* ---- the command ---- */

static void
type(Fixture *it, const char *keys)
{
    for (; *keys != '\0'; keys++)
        view_press(it->view, (guchar)*keys);
}

static void
expect_notice(Fixture *it, const char *keys, const char *notice)
{
    type(it, keys);
    g_assert_nonnull(it->view->notice);
    expect_in(it->view->notice, notice);
    g_assert_cmpuint(it->view->page, !=, VIEW_SHEET);
}

static void
test_command(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(":compare with two messages, with one, with none, with nonsense");
    travel(it, "j1", "ok");
    travel(it, "j2", "refused");
    read_all(it);
    expect_notice(it, ":compare\n", "needs two messages");
    expect_notice(it, ":compare j1 j2 j1\n", "needs two messages");
    expect_notice(it, ":compare j1 j9\n", "No message is called j9.");
    expect_notice(it, ":compare j2 j2\n", "the same message");
    expect_notice(it, ":compare j2\n", "the same message"); /* the cursor is in it */
    type(it, ":compare j1\n");
    g_assert_cmpuint(it->view->page, ==, VIEW_SHEET);
    expect_in(it->view->sheet, "j2");
    type(it, "q:compare j2 j1\n");
    expect_in(it->view->sheet, "They first differ");
}

static void
test_not_yet(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a message that has not begun where one stands is not known");
    travel(it, "j1", "ok");
    travel(it, "j2", "refused");
    read_all(it);
    it->view->reached = 2;
    expect_notice(it, ":compare j1 j2\n", "No message is called j2 yet");
}

static void
test_one(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("one message has nothing to be compared with");
    travel(it, "j1", "ok");
    read_all(it);
    expect_notice(it, ":compare j1 j1\n", "only one message");
}

#define ADD(name, test) g_test_add("/viewer/compare/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("same", test_same);
    ADD("refused", test_refused);
    ADD("goodbye", test_goodbye);
    ADD("servers", test_servers);
    ADD("tries", test_tries);
    ADD("upto", test_upto);
    ADD("report", test_report);
    ADD("narrow", test_narrow);
    ADD("command", test_command);
    ADD("not-yet", test_not_yet);
    ADD("one", test_one);
    return g_test_run();
}
