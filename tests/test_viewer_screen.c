/* tests/test_viewer_screen.c - what the viewer draws, compared with saved screens; and any size.
 *
 * After a change that is meant, `make screens` runs this program with SAVE_SCREENS=1, so that it writes
 * the screens it finds different. Look at each of them (git diff tests/screens) before you commit it.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/draw.h"
#include "trace/viewer/keys.h"

#define SAMPLE "tests/journals/remote.ndjson"

/* A source of our own, so that the screens don't change with every edit of the real ones. */
static const char route_c[] =
    "/* smtp/route.c - a stand-in "
    "*/\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
    "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\nSmtpRoute\nsmtp_route_decide(const SmtpHost *host, const char "
    "*domain)\n{\n    if (smtp_host_has_domain(host, domain))\n        return SMTP_LOCAL;\n"
    "    /* Not ours: it must travel. */\n    trace_decision(host->trace, STAGE_ROUTE, \"RFC 5321 "
    "§3.6\",\n                   \"%s is not ours\", domain);\n    return SMTP_REMOTE;\n}\n";

static const ViewSource sources[] = { { "smtp/route.c", route_c }, { NULL, NULL } };

typedef struct Screen {
    const char *name;
    const char *keys;
    int width, height;
    gboolean ascii;
} Screen;

/* clang-format off */
static const Screen screens[] = {
    { "first",        "",                  80, 24, FALSE },
    { "first-ascii",  "",                  80, 24, TRUE },
    { "first-wide",   "",                 120, 40, FALSE },
    { "route-code",   "broute\nc4",        80, 24, FALSE },
    { "route-wide",   "broute\nc",        120, 40, FALSE },
    { "dns",          "bdns\nc",           80, 24, FALSE },
    { "dns-ascii",    "bdns\nc",           80, 24, TRUE },
    { "dns-past",     "bdns\ncSSSS",       80, 24, FALSE },
    { "hop",          "hsss",              80, 24, FALSE },
    { "hop-ascii",    "hsss",             120, 40, TRUE },
    { "wire",         "hsss2",             80, 24, FALSE },
    { "changed",      "b\025seq=68\nc3",       80, 24, FALSE },
    { "rfc",          "bstage=store\nc5",  80, 24, FALSE },
    { "headers",      "b\025seq=66\nc6z",      80, 24, FALSE },
    { "end",          "G",                 80, 24, FALSE },
    { "end-wide",     "G",                120, 40, FALSE },
    { "list",         "Glj",               80, 24, FALSE },
    { "filter",       "fstage=dns\nG",     80, 24, FALSE },
    { "sessions",     "bseq=23\025seq=17\ncL", 80, 24, FALSE },
    { "sessions-wide", "GLj",             120, 40, FALSE },
    { "projector",    "bdns\nc:projector\n", 120, 40, FALSE },
    { "marked",       "bdns\nc:mark who answers?\n\014", 80, 24, FALSE },
    { "help-found",   "?/breakpoint\nn",   80, 24, FALSE },
    { "help",         "?",                 80, 24, FALSE },
    { "map",          "bfilter\ncv",       80, 24, FALSE },
    { "asked",        "/code>=4",          80, 24, FALSE },
    { "narrow",       "bdns\nc",           60, 16, FALSE },
    { "low",          "hs",                80, 19, TRUE },
    { "small",        "G",                 59, 16, FALSE },
};
/* clang-format on */

static ViewModel *
open_sample(void)
{
    ViewModel *model = view_model_open(SAMPLE, NULL);

    while (view_model_read(model, 1 << 20))
        ;
    return model;
}

static View *
open_view(ViewModel *model, const char *keys)
{
    View *view = view_new(model);

    view->sources = sources;
    view_update(view);
    for (; *keys != '\0'; keys++)
        view_press(view, (guchar)*keys);
    return view;
}

static char *
draw(const View *view, int width, int height, gboolean ascii)
{
    g_autoptr(ViewScreen) screen = view_screen_new(width, height, ascii);

    view_draw(view, screen);
    return view_screen_text(screen);
}

static void
test_saved(gconstpointer data)
{
    const Screen *it = data;
    g_autofree char *path = g_strdup_printf("tests/screens/%s.txt", it->name);
    g_autofree char *saved = NULL;
    g_autofree char *drawn = NULL;
    g_autoptr(ViewModel) model = open_sample();
    g_autoptr(View) view = open_view(model, it->keys);

    g_test_summary("the screen is the one that was saved");
    drawn = draw(view, it->width, it->height, it->ascii);
    g_file_get_contents(path, &saved, NULL, NULL);
    if (g_strcmp0(saved, drawn) != 0 && g_getenv("SAVE_SCREENS") != NULL)
        g_assert_true(g_file_set_contents(path, drawn, -1, NULL));
    else if (g_strcmp0(saved, drawn) != 0)
        g_test_message("%s differs; it is now:\n%s", path, drawn);
    g_assert_true(g_strcmp0(saved, drawn) == 0 || g_getenv("SAVE_SCREENS") != NULL);
}

static void
test_sizes(void)
{
    g_test_summary("no size from 1x1 to 200x60 crashes, whatever is on the screen");
    static const char *const keys[] = { "",    "hsss", "G2z",           "Gl",   "?",
                                        "G/x", "GL",   "Gfstage=dns\n", "fx\n", "hs:projector\n" };
    g_autoptr(ViewModel) model = open_sample();

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(View) view = open_view(model, keys[i]);

        for (int width = 1; width <= 200; width += width < 58 ? 19 : 7)
            for (int height = 1; height <= 60; height += height < 15 ? 7 : 5) {
                g_autofree char *text = draw(view, width, height, (width + height) % 2 == 0);

                g_assert_cmpuint(strlen(text), >=, (gsize)height);
            }
    }
}

/* The number at the begin of a row of the ladder; 0: the row is none, or a rule between two hosts. */
static guint64
number_at(const char *screen, int y)
{
    g_auto(GStrv) lines = g_strsplit(screen, "\n", 0);

    return strlen(lines[y]) < 10 ? 0 : g_ascii_strtoull(lines[y] + 3, NULL, 10);
}

static void
test_click(void)
{
    g_test_summary(
        "a click on a row of the ladder puts the cursor there; elsewhere it does nothing");
    static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 60, 16 }, { 59, 15 } };
    g_autoptr(ViewModel) model = open_sample();

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (int y = 0; y < sizes[i][1]; y++) {
            g_autoptr(View) view = open_view(model, "hssssss");
            g_autofree char *before = draw(view, sizes[i][0], sizes[i][1], TRUE);
            guint64 here = view_current(view)->seq;
            gboolean ladder = y > 2 && y < view_layout(view, sizes[i][0], sizes[i][1]).tabs.y;
            guint64 number = ladder ? number_at(before, y) : 0;

            view_settle(view, sizes[i][0], sizes[i][1]);
            view_press(view, VIEW_KEY_CLICK_AT(30, y));
            g_assert_cmpuint(view_current(view)->seq, ==, number == 0 ? here : number);
        }
}

static void
test_empty(void)
{
    g_test_summary("a journal without events can be looked at");
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("viewer-XXXXXX", &path, NULL);
    g_autoptr(ViewModel) model = view_model_open(path, NULL);
    g_autoptr(View) view = open_view(model, "");

    for (guint key = 1; key < 128; key++) {
        g_autofree char *text = NULL;

        view_press(view, key);
        text = draw(view, 80 + key % 2 * 40, 24 + key % 2 * 16, FALSE);
        g_assert_nonnull(text);
    }
    g_close(file, NULL);
    g_unlink(path);
}

static void
expect_put(const char *text, int width, gboolean ascii, const char *want)
{
    g_autoptr(ViewScreen) screen = view_screen_new(12, 1, ascii);
    g_autofree char *got = NULL;

    view_put(screen, 1, 0, width, VIEW_PLAIN, text);
    got = view_screen_text(screen);
    g_strchomp(got);
    g_assert_cmpstr(got, ==, want);
}

static void
test_put(void)
{
    g_test_summary("text is cut with a ~, and no control character gets into a cell");
    expect_put("carol", 5, FALSE, " carol");
    expect_put("carol", 4, FALSE, " car~");
    expect_put("carol", 0, FALSE, "");
    expect_put("\x1b[31m", 10, FALSE, " ^[[31m");
    expect_put("\x9b"
               "2J",
               10, FALSE, " \\x9b2J");
    expect_put("a\nb", 10, FALSE, " a^Jb");
    expect_put("\xe2\x80\xae"
               "txt",
               10, FALSE, " \\u202etxt");
    expect_put("\xe6\x97\xa5\xe6\x9c\xac", 4, FALSE, " \xe6\x97\xa5\xe6\x9c\xac");
    expect_put("\xe6\x97\xa5\xe6\x9c\xac", 3, FALSE, " \xe6\x97\xa5~");
    expect_put("\xe6\x97\xa5\xe6\x9c\xac", 2, FALSE, "  ~");
    expect_put("e\xcc\x81", 4, FALSE, " e");
    expect_put("\xc2\xa7 3\xe2\x94\x82", 8, TRUE, " S 3?");
}

static void
test_lines(void)
{
    g_test_summary("text is broken at spaces, words that are too long are broken anyway");
    g_autoptr(ViewLines) lines = view_lines_new(6);
    g_autoptr(ViewScreen) screen = view_screen_new(8, 6, TRUE);
    g_autofree char *text = NULL;
    ViewBox box = { 0, 0, 8, 6 };

    view_lines_add(lines, VIEW_PLAIN, 2, "one two three\nabcdefghij");
    g_assert_cmpint(view_lines_count(lines), ==, 6);
    view_lines_draw(lines, screen, box, 0);
    text = view_screen_text(screen);
    g_assert_cmpstr(text, ==, "one\n  two\n  thre\n  e\nabcdef\n  ghij\n");
}

static void
test_span(void)
{
    g_test_summary("a span of time takes at most five columns");
    static const struct {
        gint64 us;
        const char *words;
    } spans[] = { { -5, "0 ms" },         { 0, "0 ms" },          { 99999, "99 ms" },
                  { 100000, "100ms" },    { 1500000, "1.5 s" },   { 59000000, "59 s" },
                  { 300000000, "5 m" },   { 14400000000, "4 h" }, { 432000000000, "5 d" },
                  { G_MAXINT64, "999 d" } };

    for (guint i = 0; i < G_N_ELEMENTS(spans); i++) {
        g_autofree char *words = view_span(spans[i].us);

        g_assert_cmpstr(words, ==, spans[i].words);
        g_assert_cmpuint(strlen(words), <=, 5);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(screens); i++) {
        g_autofree char *name = g_strdup_printf("/viewer/screen/%s", screens[i].name);

        g_test_add_data_func(name, &screens[i], test_saved);
    }
    g_test_add_func("/viewer/screen/sizes", test_sizes);
    g_test_add_func("/viewer/screen/click", test_click);
    g_test_add_func("/viewer/screen/no-events", test_empty);
    g_test_add_func("/viewer/screen/put", test_put);
    g_test_add_func("/viewer/screen/lines", test_lines);
    g_test_add_func("/viewer/screen/span", test_span);
    return g_test_run();
}
