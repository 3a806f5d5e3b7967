/* tests/test_viewer_help.c - the help names exactly the keys that work, and can be searched. */
#include "tests/viewed.h"
#include "trace/viewer/colon.h"
#include "trace/viewer/draw.h"

#define SAMPLE "tests/journals/remote.ndjson"

/* What the names in the table stand for; any other name is the character itself. */
static const struct {
    const char *name;
    guint first, last;
} names[] = {
    { "Space", ' ', ' ' },
    { "PgDn", VIEW_KEY_PAGE_DOWN, VIEW_KEY_PAGE_DOWN },
    { "PgUp", VIEW_KEY_PAGE_UP, VIEW_KEY_PAGE_UP },
    { "Bksp", VIEW_KEY_BACKSPACE, VIEW_KEY_BACKSPACE },
    { "Up", VIEW_KEY_UP, VIEW_KEY_UP },
    { "Down", VIEW_KEY_DOWN, VIEW_KEY_DOWN },
    { "Home", VIEW_KEY_HOME, VIEW_KEY_HOME },
    { "End", VIEW_KEY_END, VIEW_KEY_END },
    { "Tab", '\t', '\t' },
    { "1-6", '1', '6' },
    { "Shift-Tab", VIEW_KEY_BACK_TAB, VIEW_KEY_BACK_TAB },
    { "Enter", VIEW_KEY_ENTER, VIEW_KEY_ENTER },
    { "Esc", VIEW_KEY_ESCAPE, VIEW_KEY_ESCAPE },
    { "Ctrl-L", 'L' - '@', 'L' - '@' },
    { "Ctrl-C", 'C' - '@', 'C' - '@' },
};

static char *
draw(const Fixture *it, int height)
{
    g_autoptr(ViewScreen) screen = view_screen_new(80, height, FALSE);

    view_draw(it->view, screen);
    return view_screen_text(screen);
}

static void
add_name(GHashTable *keys, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        for (guint key = names[i].first; strcmp(names[i].name, name) == 0 && key <= names[i].last;
             key++)
            g_assert_true(g_hash_table_add(keys, GUINT_TO_POINTER(key)));
        if (strcmp(names[i].name, name) == 0)
            return;
    }
    g_assert_cmpuint(strlen(name), ==, 1);
    g_assert_true(g_hash_table_add(keys, GUINT_TO_POINTER((guint)*name)));
}

/* The keys that the help names, each only once. */
static GHashTable *
named_keys(void)
{
    GHashTable *keys = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        g_auto(GStrv) parts = g_strsplit(action->name, ", ", -1);

        for (char **part = parts; *part != NULL; part++)
            add_name(keys, *part);
    }
    return keys;
}

static gboolean
has_meaning(guint key)
{
    Fixture it;
    gboolean meaning;

    viewed_open(&it, SAMPLE);
    view_press(it.view, key);
    meaning = it.view->notice == NULL || strstr(it.view->notice, "no meaning") == NULL;
    viewed_close(&it, NULL);
    return meaning;
}

static void
test_keys(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the keys in the help are exactly those that work");
    g_autoptr(GHashTable) keys = named_keys();
    g_autofree char *help = NULL;

    for (guint key = 1; key < 256; key++)
        g_assert_cmpint(g_hash_table_contains(keys, GUINT_TO_POINTER(key)), ==, has_meaning(key));
    for (guint key = VIEW_KEY_UP; key <= VIEW_KEY_BACK_TAB; key++)
        g_assert_cmpint(g_hash_table_contains(keys, GUINT_TO_POINTER(key)), ==, has_meaning(key));
    press(it, "?");
    help = draw(it, 200);
    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        g_autofree char *line = g_strdup_printf("\n   %-15s ", action->name);

        if (strstr(help, line) == NULL)
            g_error("the help has no '%s'", action->name);
    }
}

static void
test_commands(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "the commands in the help are those that there are, and the words are explained");
    static const char *const words[] = { "journey", "hop", "gate", "lane", "event" };
    g_autofree char *help = NULL;

    press(it, "?");
    help = draw(it, 200);
    for (const ViewCommand *command = view_commands(); command->name != NULL; command++) {
        g_autofree char *line = g_strdup_printf("\n   :%s", command->form);

        g_assert_nonnull(strstr(help, line));
        g_assert_true(g_str_has_prefix(command->form, command->name));
    }
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *line = g_strdup_printf("\n   %-15s ", words[i]);

        g_assert_nonnull(strstr(help, line));
    }
}

static void
test_search(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("/ in the help seeks there, n and N go on, from the last to the first");
    g_autofree char *drawn = NULL;
    int first;

    press(it, "?/BREAKPOINT\n");
    first = it->view->help_top;
    drawn = draw(it, 24);
    g_assert_nonnull(strstr(drawn, "\n > c "));
    press(it, "n");
    g_assert_cmpint(it->view->help_top, >, first);
    press(it, "N");
    g_assert_cmpint(it->view->help_top, ==, first);
    press(it, "N");
    g_assert_cmpint(it->view->help_top, >, first);
    press(it, "n");
    g_assert_cmpint(it->view->help_top, ==, first);
    press(it, "/zzz\n");
    g_assert_nonnull(strstr(it->view->notice, "Not in the help"));
    g_assert_null(it->view->search);
    press(it, "g");
    g_assert_cmpint(it->view->help_top, ==, 0);
    press(it, "G");
    view_settle(it->view, 80, 24);
    g_assert_cmpint(it->view->help_top, ==, view_help_highest(it->view, 80, 19));
}

static void
test_close(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("q closes the help, and does not leave, from the first screen too");
    press(it, "?q");
    g_assert_false(it->view->quit);
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
}

static void
test_why_not(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the help says why a key does nothing now");
    g_autofree char *recorded = NULL;
    g_autofree char *live = NULL;

    press(it, "?");
    recorded = draw(it, 200);
    g_assert_nonnull(strstr(recorded, "recording;"));
    it->view->live = TRUE;
    it->view->controls = TRUE;
    live = draw(it, 200);
    g_assert_null(strstr(live, "recording;"));
}

#define ADD(name, test)                                                                            \
    g_test_add("/viewer/help/" name, Fixture, SAMPLE, viewed_open, test, viewed_close)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("keys", test_keys);
    ADD("commands", test_commands);
    ADD("search", test_search);
    ADD("close", test_close);
    ADD("why-not", test_why_not);
    return g_test_run();
}
