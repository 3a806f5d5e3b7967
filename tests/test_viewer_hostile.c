/* tests/test_viewer_hostile.c - what a stranger sent is shown, and harms nobody: mail full of terminal
 * sequences, journals that are damaged, strange or from a later version.
 *
 * The mail goes the way of all mail: through a session into a journal, from there onto the grid that
 * the terminal is painted from. No cell of it may hold a control.
 */
#include <string.h>
#include <unistd.h>

#include "tests/smtp_taking.h"
#include "trace/journal.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/keys.h"

/* What does harm on one terminal or another when it gets there. */
/* clang-format off */
static const char *const corpus[] = {
    "\x1b[2J\x1b[H",                    /* CSI: clear, home */
    "\x1b[31;5mred\x1b[0m",             /* CSI: colours */
    "\x1b[6n\x1b[c\x1b[21t",            /* CSI: questions; the answers come as keys */
    "\x1b[?1049h\x1b[?1000h",           /* CSI: other screen, mouse */
    "\x1b]0;title\x07",                 /* OSC: the title */
    "\x1b]52;c;c3RvbGVu\x07",           /* OSC 52: the clipboard */
    "\x1b]8;;file:///etc/passwd\x1b\\x\x1b]8;;\x1b\\",
    "\x1bP$q\"p\x1b\\",                 /* DCS */
    "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\",
    "\x1b_Gx\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\", /* APC, PM, SOS */
    "\x9b" "2J\x9d" "0;c1\x9c\x90q\x9c\x84\x85", /* the same as single octets */
    "\xc2\x9b" "2J\xc2\x9d" "0;c1\xc2\x9c",      /* and as UTF-8 */
    "\xe2\x80\xae" "gpj.exe\xe2\x80\xac\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\x8f\xd8\x9c", /* bidi */
    "e\xcc\x81\xcc\x81\xcc\x81\xe2\x80\x8b\xe2\x80\x8d\xef\xbb\xbf",  /* marks, no width */
    "\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x98\x80\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9",
    "\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x80", /* no UTF-8 */
    "\x0e\x0f\x05\x08\x7f\x0b\x0c\x1a",  /* SO, SI, ENQ, BS, DEL, VT, FF, SUB */
};
/* clang-format on */

static const ViewSource sources[] = { { NULL, NULL } };

/* ---- looking ---- */

/* Also: with --ascii nothing else is drawn.
 * Controls, and what changes the direction or joins the characters around it. */
static gboolean
is_harmful(gunichar c)
{
    return (c > 0 && c < 0x20) || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c > 0x10ffff ||
           (c >= 0xd800 && c < 0xe000) || g_unichar_iszerowidth(c);
}

static void
check_grid(const View *view, int width, int height)
{
    g_autoptr(ViewScreen) screen = view_screen_new(width, height, FALSE);

    screen->ascii = width < 100;
    view_draw(view, screen);
    for (int i = 0; i < width * height; i++) {
        if (screen->ascii && screen->cells[i].c > '~')
            g_error("ASCII: cell %d,%d holds U+%04X", i % width, i / width, screen->cells[i].c);
        if (screen->cells[i].c != 0 && is_harmful(screen->cells[i].c))
            g_error("cell %d,%d holds U+%04X", i % width, i / width, screen->cells[i].c);
    }
}

/* Every event, in every pane, small, large and filling the screen; the pages too. */
static void
look_at_all(ViewModel *model)
{
    g_autoptr(View) view = view_new(model);

    while (view_model_read(model, 1 << 20))
        ;
    view->sources = sources;
    view_update(view);
    view_press(view, ' ');
    for (guint row = 0; row < view_track_count(view->track); row++) {
        view_go(view, row);
        for (const char *key = "123456"; *key != '\0'; key++) {
            view_press(view, *key);
            check_grid(view, 80, 24);
            if (row % 4 != (guint)*key % 4)
                continue;
            view_press(view, 'z');
            check_grid(view, 120, 40);
            view_press(view, 'z');
        }
    }
    for (const char *key = "vl?"; *key != '\0'; key++) {
        view_press(view, *key);
        check_grid(view, 80, 24);
        view_press(view, *key);
    }
}

/* ---- through mail ---- */

static void
send_all(World *world)
{
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    g_autoptr(GString) body = g_string_new("Subject: corpus\r\n");

    for (guint i = 0; i < G_N_ELEMENTS(corpus); i++) {
        g_autofree char *line = g_strdup_printf("%s\r\nEHLO %s\r\nMAIL FROM:<%s>\r\nRSET\r\n",
                                                corpus[i], corpus[i], corpus[i]);

        client_say(client, line);
        g_string_append_printf(body, "X-%u: %s\r\n", i, corpus[i]);
    }
    client_say(client, "EHLO client.south.example\r\n");
    for (guint i = 0; i < G_N_ELEMENTS(corpus); i++) {
        g_autofree char *line = g_strdup_printf(
            "MAIL FROM:<carol@south.example> BODY=8BITMIME\r\nRCPT TO:<\"%s\"@north.example>\r\n"
            "RCPT TO:<bob@north.example>\r\nRSET\r\n",
            corpus[i]);

        client_say(client, line);
    }
    g_string_append(body, "\r\n");
    for (guint i = 0; i < G_N_ELEMENTS(corpus); i++)
        g_string_append_printf(body, "%s\r\n", corpus[i]);
    g_string_append(body, ".\r\n");
    client_say(client, "MAIL FROM:<carol@south.example> BODY=8BITMIME\r\n"
                       "RCPT TO:<bob@north.example>\r\nDATA\r\n");
    client_say(client, body->str);
}

static void
test_mail(void)
{
    g_test_summary("terminal sequences in commands, addresses, headers and bodies stay text");
    g_autoptr(World) world = world_new();
    g_autofree char *folder = folder_new();
    TraceJournalHead head = { .build = "test", .world = "" };
    g_autoptr(GError) error = NULL;
    TraceJournal *journal = trace_journal_open(folder, 1 << 30, world->tracer, &head, &error);
    g_autoptr(ViewModel) model = NULL;

    g_assert_no_error(error);
    send_all(world);
    trace_journal_close(journal);
    model = view_model_open(folder, NULL);
    look_at_all(model);
    g_assert_cmpuint(view_model_count(model), >, 100);
    g_assert_cmpuint(view_model_damaged(model), ==, 0);
    folder_remove(folder);
}

/* ---- a journal that somebody else wrote ---- */

static char *
write_journal(const GString *text)
{
    char *path = NULL;
    int file = g_file_open_tmp("viewer-XXXXXX", &path, NULL);

    g_assert_cmpint(write(file, text->str, text->len), ==, (gssize)text->len);
    close(file);
    return path;
}

/* An event whose words are @text, as it is. */
static void
add_event(GString *journal, guint seq, const char *text)
{
    g_string_append_printf(
        journal,
        "{\"seq\":%u,\"time\":\"2026-01-05T09:00:00.000Z\",\"host\":\"%s\",\"stage\":\"store\","
        "\"kind\":\"sql\",\"journey\":\"%s\",\"session\":\"%s\",\"text\":\"%s\",\"rfc\":\"%s\","
        "\"at\":\"%s\",\"data\":{\"from\":\"client\",\"to\":\"host\",\"label\":\"%s\","
        "\"line\":\"%s\",\"outcome\":\"%s\",\"head\":\"%s\",\"sql\":\"%s\",\"before\":[\"%s\"],"
        "\"after\":{\"%s\":\"%s\"}}}\n",
        seq, text, text, text, text, text, text, text, text, text, text, text, text, text, text);
}

/* As JSON writes what is no printable ASCII. */
static char *
escape(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text != '\0'; text++)
        g_string_append_printf(out, "\\u%04x", (guchar)*text);
    return g_string_free(out, FALSE);
}

static void
test_forged(void)
{
    g_test_summary("a forged journal has the sequences in all its members, raw and as \\u");
    g_autoptr(GString) text = g_string_new("{\"journal\":1}\n");
    g_autoptr(ViewModel) model = NULL;
    g_autofree char *path = NULL;
    guint seq = 0;

    for (guint i = 0; i < G_N_ELEMENTS(corpus); i++) {
        g_autofree char *escaped = escape(corpus[i]);

        if (strpbrk(corpus[i], "\"\\") == NULL)
            add_event(text, ++seq, corpus[i]);
        add_event(text, ++seq, escaped);
    }
    path = write_journal(text);
    model = view_model_open(path, NULL);
    look_at_all(model);
    g_assert_cmpuint(view_model_count(model), >=, G_N_ELEMENTS(corpus));
    g_unlink(path);
}

/* Opens a journal that begins with @begin, looks at all of it, and returns the last line but one of
 * the screen: the notice. */
static char *
notice_of(const GString *text, guint *events, guint *damaged)
{
    g_autofree char *path = write_journal(text);
    g_autoptr(ViewModel) model = view_model_open(path, NULL);
    g_autoptr(View) view = view_new(model);
    g_autoptr(ViewScreen) screen = view_screen_new(80, 24, TRUE);
    g_autofree char *drawn = NULL;
    g_auto(GStrv) lines = NULL;

    look_at_all(model);
    view_update(view);
    view_draw(view, screen);
    drawn = view_screen_text(screen);
    lines = g_strsplit(drawn, "\n", 0);
    *events = view_model_count(model);
    *damaged = view_model_damaged(model);
    g_unlink(path);
    return g_strdup(lines[22]);
}

#define LINES 3

static GString *
begin_journal(const char *header)
{
    GString *text = g_string_new(header);

    for (guint seq = 1; seq <= LINES; seq++)
        add_event(text, seq, "word");
    return text;
}

static void
test_newer(void)
{
    g_test_summary("a later version's journal: what is known is shown, and a notice says so");
    g_autoptr(GString) text = begin_journal("{\"journal\":2,\"new\":{\"a\":[1,2]}}\n");
    g_autofree char *notice = NULL;
    guint events, damaged;

    g_string_append(text,
                    "{\"seq\":4,\"later\":[{\"x\":null}],\"time\":\"2026-01-05T09:00:00.000Z\","
                    "\"stage\":\"teleport\",\"kind\":\"state\",\"data\":{\"new\":1.5e3}}\n");
    notice = notice_of(text, &events, &damaged);
    g_assert_cmpuint(events, ==, LINES + 1);
    g_assert_cmpuint(damaged, ==, 0);
    g_assert_nonnull(strstr(notice, "A newer Glasspost recorded this"));
}

static void
test_damaged(void)
{
    g_test_summary("100,000 brackets, NUL, a line of 1 MB and a cut line are counted, not shown");
    g_autoptr(GString) text = begin_journal("{\"journal\":1}\n");
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autofree char *deep_data = g_strnfill(100000, '{');
    g_autofree char *wide = g_strnfill(1024 * 1024 + 1, 'x');
    g_autofree char *notice = NULL;
    guint events, damaged;

    g_string_append_printf(text, "%s\n{\"seq\":9,\"data\":%s\n%s\n", deep, deep_data, wide);
    g_string_append_len(text, "\0\0\n", 3);
    g_string_append_len(text, "{\"seq\":4,\"ti\0me\":\"\n", 19);
    add_event(text, 5, "after");
    g_string_append(text, "{\"seq\":6,\"time\":\"2026-01-05T09:00");
    notice = notice_of(text, &events, &damaged);
    g_assert_cmpuint(events, ==, LINES + 1);
    g_assert_cmpuint(damaged, ==, 5);
    g_assert_nonnull(strstr(notice, "5 of its lines are damaged and not shown"));
}

static void
test_long(void)
{
    g_test_summary("an event of nearly 1 MB is shown cut");
    g_autoptr(GString) text = begin_journal("{\"journal\":1}\n");
    g_autofree char *word = g_strnfill(60000, 'w');
    g_autofree char *notice = NULL;
    guint events, damaged;

    add_event(text, 4, word);
    g_assert_cmpuint(text->len, >, 800000);
    notice = notice_of(text, &events, &damaged);
    g_assert_cmpuint(events, ==, LINES + 1);
    g_assert_cmpuint(damaged, ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/hostile/mail", test_mail);
    g_test_add_func("/viewer/hostile/forged", test_forged);
    g_test_add_func("/viewer/hostile/newer", test_newer);
    g_test_add_func("/viewer/hostile/damaged", test_damaged);
    g_test_add_func("/viewer/hostile/long", test_long);
    return g_test_run();
}
