/* tests/test_viewer_words.c - the viewer in German: saved screens, and that nothing is cut that has a
 * place of its own.
 *
 * Written anew by `make screens`, as those of tests/test_viewer_screen.c.
 */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/draw.h"
#include "trace/viewer/keys.h"
#include "trace/words.h"

#define SAMPLE "tests/journals/remote.ndjson"

typedef struct Screen {
    const char *name;
    const char *journal;
    const char *keys;
    int width, height;
    gboolean ascii;
} Screen;

/* clang-format off */
static const Screen screens[] = {
    { "de-first",    "remote",       "",                80, 24, FALSE },
    { "de-ladder",   "remote",       "bdns\nc",         80, 24, FALSE },
    { "de-ascii",    "remote",       "bdns\nc",         80, 24, TRUE },
    { "de-wide",     "remote",       "broute\nc",      120, 40, FALSE },
    { "de-hop",      "remote",       "hsss",            80, 24, FALSE },
    { "de-why",      "remote",       "bfilter\ncz",     80, 24, FALSE },
    { "de-end",      "remote",       "G",               80, 24, FALSE },
    { "de-list",     "unknown-user", "Glj",             80, 24, FALSE },
    { "de-sessions", "remote",       "GL",             120, 40, FALSE },
    { "de-map",      "remote",       "bfilter\ncv",     80, 24, FALSE },
    { "de-help",     "remote",       "?",               80, 24, FALSE },
    { "de-asked",    "remote",       "/code>=4",        80, 24, FALSE },
};
/* clang-format on */

static ViewModel *
open_journal(const char *name)
{
    g_autofree char *path = g_strdup_printf("tests/journals/%s.ndjson", name);
    ViewModel *model = view_model_open(path, NULL);

    while (view_model_read(model, 1 << 20))
        ;
    return model;
}

static View *
open_view(ViewModel *model, const char *keys)
{
    static const ViewSource none[] = { { NULL, NULL } };
    View *view = view_new(model);

    view->sources = none;
    view_update(view);
    for (; *keys != '\0'; keys++)
        view_press(view, (guchar)*keys);
    return view;
}

static void
test_saved(gconstpointer data)
{
    const Screen *it = data;
    g_autofree char *path = g_strdup_printf("tests/screens/%s.txt", it->name);
    g_autofree char *saved = NULL;
    g_autofree char *drawn = NULL;
    g_autoptr(ViewModel) model = open_journal(it->journal);
    g_autoptr(View) view = open_view(model, it->keys);
    g_autoptr(ViewScreen) screen = view_screen_new(it->width, it->height, it->ascii);

    g_test_summary("the German screen is the one that was saved");
    view_draw(view, screen);
    drawn = view_screen_text(screen);
    g_file_get_contents(path, &saved, NULL, NULL);
    if (g_strcmp0(saved, drawn) != 0 && g_getenv("SAVE_SCREENS") != NULL)
        g_assert_true(g_file_set_contents(path, drawn, -1, NULL));
    else if (g_strcmp0(saved, drawn) != 0)
        g_test_message("%s differs; it is now:\n%s", path, drawn);
    g_assert_true(g_strcmp0(saved, drawn) == 0 || g_getenv("SAVE_SCREENS") != NULL);
}

/* The last line of the screen: which keys there are. */
static char *
footer(const View *view, guint row)
{
    g_autoptr(ViewScreen) screen = view_screen_new(80, 24, FALSE);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    view_draw(view, screen);
    text = view_screen_text(screen);
    lines = g_strsplit(text, "\n", -1);
    return g_strdup(lines[row]);
}

static void
test_footers(void)
{
    g_test_summary("at 80 columns the last line and the one above are never cut, on any page");
    static const char *const keys[] = { "",  "G", "l", "L",  "?",   "z", "b", "/",
                                        "f", ":", "w", "?/", "GSS", "v", "x" };
    g_autoptr(ViewModel) model = open_journal("remote");

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(View) view = open_view(model, keys[i]);

        for (guint row = 22; row < 24; row++) {
            g_autofree char *line = footer(view, row);

            if (strchr(line, '~') != NULL)
                g_test_message("after %s: %s", keys[i], line);
            g_assert_null(strchr(line, '~'));
        }
    }
}

static void
test_sizes(void)
{
    g_test_summary("no size from 1x1 to 200x60 crashes in German either");
    static const char *const keys[] = { "", "hsss", "G2z", "Gl", "?", "GL", "hs:projector\n" };
    g_autoptr(ViewModel) model = open_journal("remote");

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(View) view = open_view(model, keys[i]);

        for (int width = 1; width <= 200; width += width < 58 ? 19 : 13)
            for (int height = 1; height <= 60; height += 7) {
                g_autoptr(ViewScreen) screen = view_screen_new(width, height, height % 2 == 0);

                view_draw(view, screen);
            }
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    words_choose("de");
    g_test_init(&argc, &argv, NULL);
    if (!g_str_equal(words_language(), "de")) {
        g_print("1..0 # SKIP built without msgfmt: there is no German\n");
        return 0;
    }
    for (guint i = 0; i < G_N_ELEMENTS(screens); i++) {
        g_autofree char *name = g_strdup_printf("/viewer/words/%s", screens[i].name);

        g_test_add_data_func(name, &screens[i], test_saved);
    }
    g_test_add_func("/viewer/words/footers", test_footers);
    g_test_add_func("/viewer/words/sizes", test_sizes);
    return g_test_run();
}
