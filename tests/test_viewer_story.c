/* tests/test_viewer_story.c - the story of one message: what became of it, why, who said so, when.
 *
 * The journals are written here, an event a line, so that each test shows what it is about.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/keys.h"
#include "trace/viewer/story.h"

typedef struct Fixture {
    GString *journal;
    guint seq;
    char *path;
    ViewModel *model;
    View *view;
} Fixture;

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->journal = g_string_new(NULL);
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    view_free(it->view);
    view_model_free(it->model);
    g_unlink(it->path);
    g_free(it->path);
    g_string_free(it->journal, TRUE);
}

/* One event of mx.north.example at @clock of the first day; @data: members of its data. */
static void
event(Fixture *it, const char *clock, const char *journey, const char *stage, const char *kind,
      const char *text, const char *data)
{
    g_string_append_printf(
        it->journal,
        "{\"seq\":%u,\"time\":\"2026-01-0%sZ\",\"host\":\"mx.north.example\",\"stage\":\"%s\","
        "\"kind\":\"%s\",\"journey\":\"%s\",\"session\":\"relay-%s\",\"text\":\"%s\","
        "\"cause\":%u,\"data\":{%s}}\n",
        it->seq + 1, clock, stage, kind, journey, journey, text, it->seq, data);
    it->seq++;
}

static void
attempt(Fixture *it, const char *clock, guint number, guint code, const char *words)
{
    g_autofree char *data = g_strdup_printf(
        "\"from\":\"host\",\"to\":\"store\",\"label\":\"attempt %u\",\"after\":[{\"recipient\":1,"
        "\"host\":\"mx.south.example\",\"code\":%u,\"words\":\"%s\"}]",
        number, code, words);

    event(it, clock, "j1", "relay", "sql", "The attempt is kept", data);
}

static void
open_journal(Fixture *it)
{
    int file = g_file_open_tmp("story-XXXXXX", &it->path, NULL);

    g_assert_cmpint(file, >=, 0);
    g_close(file, NULL);
    g_assert_true(g_file_set_contents(it->path, it->journal->str, -1, NULL));
    it->model = view_model_open(it->path, NULL);
    while (view_model_read(it->model, 1 << 20))
        ;
    it->view = view_new(it->model);
    view_update(it->view);
    view_press(it->view, 'G');
}

/* The story of j1 at the cursor, on 100 columns. */
static char *
story(const Fixture *it)
{
    g_autoptr(ViewLines) lines = view_lines_new(100);
    g_autoptr(ViewScreen) screen = NULL;
    ViewBox box = { 0, 0, 100, 0 };

    view_story_add(it->view, lines, view_model_message_of(it->model, "j1"));
    box.height = view_lines_count(lines);
    screen = view_screen_new(100, box.height, TRUE);
    view_lines_draw(lines, screen, box, 0);
    return view_screen_text(screen);
}

static void
expect(const Fixture *it, const char *words)
{
    g_autofree char *text = story(it);

    if (strstr(text, words) == NULL)
        g_test_message("not in the story: %s\n%s", words, text);
    g_assert_nonnull(strstr(text, words));
}

static void
expect_not(const Fixture *it, const char *words)
{
    g_autofree char *text = story(it);

    g_assert_null(strstr(text, words));
}

/* A message that nobody takes: tried three times, then given up. */
static void
write_bounce(Fixture *it)
{
    event(it, "5T09:00:00.000", "j1", "store", "decision", "the message is durable",
          "\"outcome\":\"ok\"");
    attempt(it, "5T09:00:00.100", 1, 0, "connection refused");
    event(it, "5T09:00:00.100", "j1", "retry", "timer", "try 2 in 5 minutes",
          "\"due\":\"2026-01-05T09:05:00.100Z\",\"tries\":1");
    attempt(it, "5T09:05:00.100", 2, 0, "connection refused");
    attempt(it, "6T11:00:00.100", 3, 0, "no route");
    event(it, "6T11:00:00.100", "j1", "bounce", "sql", "We give up on carol@south.example",
          "\"label\":\"queue 1\"");
    event(it, "6T11:00:00.200", "j2", "bounce", "decision", "alice@north.example is told",
          "\"reports_on\":\"j1\",\"action\":\"failed\",\"outcome\":\"report\"");
}

static void
test_bounce(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("why it bounced, who said so, and when each try was made");
    write_bounce(it);
    open_journal(it);
    expect(it, "It came back: it could not be delivered, and its sender was told.");
    expect(it, "Why: no route");
    expect(it, "Said by: mx.north.example itself: its call of mx.south.example came to nothing.");
    expect(it, "      09:00:00  mx.north.example: the message is durable");
    expect(it,
           "      09:00:00  try 1, mx.north.example calls mx.south.example: connection refused");
    expect(it, "      09:05:00  try 2: the same");
    expect(it, "day 2 11:00:00  try 3, mx.north.example calls mx.south.example: no route");
    expect(it, "day 2 11:00:00  mx.north.example: alice@north.example is told");
    expect_not(it, "planned");
}

static void
test_as_it_was(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the story ends at the cursor: what came later has not happened");
    write_bounce(it);
    open_journal(it);
    view_go(it->view, 2);
    expect(it, "It waits in the queue");
    expect(it, "Why: connection refused");
    expect(it, "      09:05:00  planned: the next try");
    expect_not(it, "try 2");
    expect_not(it, "told");
}

static void
test_refused(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 5321 §3.3: a refusal at RCPT is the server's own, and it is quoted");
    event(it, "5T09:00:00.000", "j1", "route", "decision", "not ours", "\"outcome\":\"refused\"");
    event(it, "5T09:00:00.000", "j1", "route", "wire", "host to client: 550 5.7.1 denied",
          "\"from\":\"host\",\"to\":\"client\",\"label\":\"550\",\"code\":550,"
          "\"lines\":\"550 5.7.1 denied\"");
    open_journal(it);
    expect(it, "Refused: the sending side was told at once, and keeps the message.");
    expect(it, "Why: 550 5.7.1 denied");
    expect(it, "Said by: mx.north.example, to whoever called it.");
    expect(it, "      09:00:00  mx.north.example says no: 550 5.7.1 denied");
}

static void
test_unknown(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 5321 §3.3: who is unknown is refused, whatever word the stage has for it");
    event(it, "5T09:00:00.000", "j1", "recipient", "decision", "nobody", "\"outcome\":\"unknown\"");
    event(it, "5T09:00:00.000", "j1", "recipient", "wire", "host to client: 550 5.1.1 no such user",
          "\"from\":\"host\",\"to\":\"client\",\"label\":\"550\",\"code\":550,"
          "\"lines\":\"550 5.1.1 no such user\"");
    open_journal(it);
    expect(it, "Refused: the sending side was told at once, and keeps the message.");
}

static void
test_peer_said(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("where the next host answered, the no is that host's");
    attempt(it, "5T09:00:00.100", 1, 550, "550 5.1.1 no such user");
    event(it, "5T09:00:00.100", "j1", "retry", "decision", "Never", "\"outcome\":\"refused\"");
    open_journal(it);
    expect(it, "No other try is made: the sender will be told.");
    expect(it, "Why: 550 5.1.1 no such user");
    expect(it, "Said by: mx.south.example, to mx.north.example, which called it.");
}

static void
test_greylisted(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 6647 §2.4: who is put off as a stranger does not merely wait");
    event(it, "5T09:00:00.000", "j1", "queue", "decision", "queued", "\"outcome\":\"queued\"");
    event(it, "5T09:00:00.000", "j1", "filter", "decision", "never seen: put off",
          "\"outcome\":\"greylisted\"");
    attempt(it, "5T09:00:00.100", 1, 451, "451 4.7.1 greylisted");
    event(it, "5T09:00:00.100", "j1", "retry", "timer", "try 2 in 5 minutes",
          "\"due\":\"2026-01-05T09:05:00.100Z\",\"tries\":1");
    event(it, "5T09:01:00.000", "j1", "filter", "timer", "may pass", "\"outcome\":\"ripe\"");
    event(it, "5T09:05:00.100", "j1", "relay", "timer", "try 2 is due", "");
    event(it, "5T09:05:00.200", "j1", "filter", "decision", "it passes", "\"outcome\":\"ok\"");
    event(it, "5T09:05:00.300", "j1", "deliver", "decision", "INBOX", "");
    open_journal(it);
    expect(it, "Delivered: it lies in the mailbox");
    expect(it, "      09:00:00  mx.north.example: never seen: put off");
    view_go(it->view, 4);
    expect(it, "Put off: a server that has not met this sender takes no first try");
    expect(it, "Why: 451 4.7.1 greylisted");
    expect(it, "      09:05:00  planned: the next try");
    view_go(it->view, 5);
    expect(it, "It is on its way.");
}

static void
test_junk(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a mailbox that is not INBOX is named; of several it is not said which");
    event(it, "5T09:00:00.000", "j1", "deliver", "decision", "in Junk", "\"mailbox\":\"Junk\"");
    event(it, "5T09:00:01.000", "j1", "pickup", "decision", "read", "\"outcome\":\"ok\"");
    event(it, "5T09:00:02.000", "j1", "deliver", "decision", "in INBOX", "\"mailbox\":\"INBOX\"");
    open_journal(it);
    expect(it, "Delivered: it lies in the mailbox");
    view_go(it->view, 1);
    expect(it, "Delivered into Junk, and read.");
    view_go(it->view, 0);
    expect(it, "Delivered into Junk: it does not lie in INBOX, and nobody has read it");
}

static void
test_held(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what a rule keeps back is held until it is released, for another host or not");
    event(it, "5T09:00:00.000", "j1", "filter", "decision", "rule 1 matches",
          "\"outcome\":\"hold\"");
    event(it, "5T09:00:00.000", "j1", "queue", "decision", "kept back", "\"outcome\":\"held\"");
    event(it, "5T09:00:00.000", "j1", "queue", "sql", "a row", "\"label\":\"queue 1\"");
    event(it, "5T09:00:00.100", "j1", "store", "decision", "durable", "\"outcome\":\"ok\"");
    event(it, "5T10:00:00.000", "j1", "queue", "decision", "let go", "\"outcome\":\"released\"");
    open_journal(it);
    expect(it, "It is on its way.");
    expect(it, "      10:00:00  mx.north.example: let go");
    view_go(it->view, 3);
    expect(it, "Held back: a rule of the filter wants somebody to look at it first");
    expect(it, "      09:00:00  mx.north.example: rule 1 matches");
    view_press(it->view, 'l');
    view_settle(it->view, 80, 24);
    {
        g_autoptr(ViewScreen) screen = view_screen_new(80, 24, TRUE);
        g_autofree char *text = NULL;

        view_draw(it->view, screen);
        text = view_screen_text(screen);
        g_assert_nonnull(strstr(text, " held\n"));
    }
}

static void
test_sealed(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 3207 §4.1, RFC 2920 §3.1: how the hosts spoke is part of the story");
    event(it, "5T09:00:00.000", "j1", "relay", "decision", "the next host is mx.south.example",
          "\"outcome\":\"ok\"");
    event(it, "5T09:00:00.000", "j1", "relay", "decision", "TLS: nobody can read it",
          "\"outcome\":\"sealed\"");
    event(it, "5T09:00:00.000", "j1", "relay", "decision", "in one go", "\"outcome\":\"together\"");
    open_journal(it);
    expect(it, "      09:00:00  mx.north.example: TLS: nobody can read it");
    expect(it, "      09:00:00  mx.north.example: in one go");
    expect_not(it, "the next host is");
}

static void
test_hostile(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a row that is not as it should be is no try, and nothing crashes");
    static const char *const rows[] = { "[]",
                                        "{}",
                                        "[1]",
                                        "[{}]",
                                        "[{\"host\":1}]",
                                        "null",
                                        "[{\"host\":[],\"words\":{},\"code\":\"x\"}]",
                                        "\"x\"" };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *members = g_strdup_printf("\"label\":\"attempt 1\",\"after\":%s", rows[i]);

        event(it, "5T09:00:00.000", "j1", "relay", "sql", "kept", members);
    }
    event(it, "5T09:00:00.000", "j1", "relay", "sql", "kept", "\"label\":\"attempt \"");
    event(it, "5T09:00:00.000", "j2", "bounce", "decision", "told", "\"reports_on\":[1]");
    open_journal(it);
    expect(it, "It is on its way.");
}

static void
test_long(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("of a very long story the last part is told, and how much is left out");
    for (guint i = 1; i <= 1000; i++)
        attempt(it, "5T09:00:00.100", i, 0, "connection refused");
    open_journal(it);
    expect(it, "(800 earlier lines)");
    expect(it, "try 1000: the same");
    expect_not(it, "try 800");
}

static void
test_page(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "l opens at the message one looks at; Space scrolls, a new choice begins on top");
    for (guint i = 1; i <= 60; i++)
        attempt(it, "5T09:00:00.100", i, 0, "connection refused");
    event(it, "5T09:00:00.200", "j2", "bounce", "decision", "told", "\"reports_on\":\"j1\"");
    open_journal(it);
    view_go(it->view, 3);
    view_press(it->view, 'l');
    g_assert_cmpuint(it->view->chosen, ==, 1);
    view_press(it->view, ' ');
    view_settle(it->view, 80, 24);
    g_assert_cmpint(it->view->story_top, ==, 0); /* it fits */
    view_go(it->view, 60);
    for (guint i = 0; i < 100; i++)
        view_press(it->view, ' ');
    view_settle(it->view, 80, 24);
    g_assert_cmpint(it->view->story_top, >, 30);
    g_assert_cmpint(it->view->story_top, <, 60);
    view_press(it->view, 'k');
    g_assert_cmpint(it->view->story_top, ==, 0);
    g_assert_cmpuint(it->view->chosen, ==, 0);
    view_press(it->view, 'j');
    view_press(it->view, VIEW_KEY_ENTER);
    g_assert_cmpstr(view_track_journey(it->view->track), ==, "j1");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add("/viewer/story/" name, Fixture, NULL, set_up, test, tear_down)
    ADD("bounce", test_bounce);
    ADD("as-it-was", test_as_it_was);
    ADD("refused", test_refused);
    ADD("unknown", test_unknown);
    ADD("peer-said", test_peer_said);
    ADD("greylisted", test_greylisted);
    ADD("held", test_held);
    ADD("junk", test_junk);
    ADD("sealed", test_sealed);
    ADD("hostile", test_hostile);
    ADD("long", test_long);
    ADD("page", test_page);
    return g_test_run();
}
