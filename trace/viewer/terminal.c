/* trace/viewer/terminal.c - ncurses, and nothing but (see terminal.h).
 *
 * Tests: tests/test_viewer_terminal.py; tests/test_viewer_tmux.c, where tmux is installed
 */
#include "trace/viewer/terminal.h"

#include <curses.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "trace/viewer/keys.h"

/* A lone Esc is told from the begin of an arrow key by what follows within this time. */
#define VIEW_ESCAPE_MS 25

/* From <term.h>, which defines words like `lines` and `columns` as macros. */
extern char *tigetstr(const char *name);

/* The left button, and the wheel. */
#define VIEW_BUTTONS (BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED)

/* Terminals take no longer sequences. */
#define VIEW_COPY_OCTETS_MAX 74994

static SCREEN *terminal; /* ncurses keeps its state in globals too: one terminal a process */

static const char *const theme_names[] = { "dark", "light", "mono" };

/* Blue is hard to read on black, yellow and cyan on white: other colours stand for them there. */
static const short colours[][VIEW_COLOUR] = {
    [VIEW_DARK] = { [VIEW_RED] = COLOR_RED,
                    [VIEW_GREEN] = COLOR_GREEN,
                    [VIEW_YELLOW] = COLOR_YELLOW,
                    [VIEW_BLUE] = COLOR_CYAN,
                    [VIEW_CYAN] = COLOR_CYAN },
    [VIEW_LIGHT] = { [VIEW_RED] = COLOR_RED,
                     [VIEW_GREEN] = COLOR_GREEN,
                     [VIEW_YELLOW] = COLOR_MAGENTA,
                     [VIEW_BLUE] = COLOR_BLUE,
                     [VIEW_CYAN] = COLOR_BLUE },
};

gboolean
view_theme_from_name(const char *name, ViewTheme *theme)
{
    *theme = VIEW_DARK;
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(theme_names); i++)
        if (g_str_equal(name, theme_names[i])) {
            *theme = (ViewTheme)i;
            return TRUE;
        }
    return name == NULL;
}

static void view_terminal_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Whoever has no terminal for the viewer still can have the same journey, line by line. */
static void
view_terminal_refuse(GError **error, const char *format, ...)
{
    g_autofree char *reason = NULL;
    va_list arguments;

    va_start(arguments, format);
    reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NODEV,
                "%s; with --plain the journey is printed line by line", reason);
}

static void
view_terminal_colours(ViewTheme theme)
{
    start_color();
    use_default_colors();
    for (short pair = VIEW_RED; pair <= VIEW_CYAN; pair++)
        init_pair(pair, colours[theme][pair], -1);
}

gboolean
view_terminal_open(ViewTheme theme, GError **error)
{
    const char *name;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        view_terminal_refuse(error, "the viewer needs a terminal");
        return FALSE;
    }
    name = g_getenv("TERM");
    if (name == NULL || *name == '\0') {
        view_terminal_refuse(error, "TERM is not set, so the terminal's type is not known");
        return FALSE;
    }
    terminal = newterm(NULL, stdout, stdin);
    if (terminal == NULL) {
        view_terminal_refuse(error, "the terminal type TERM=%s is not known here", name);
        return FALSE;
    }
    set_term(terminal);
    /* A terminal that is only written line by line, as TERM=dumb is, can't show a screen. */
    if (tigetstr("cup") == NULL) {
        view_terminal_close();
        view_terminal_refuse(error, "a terminal of type TERM=%s cannot place text on the screen",
                             name);
        return FALSE;
    }
    set_escdelay(VIEW_ESCAPE_MS);
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    curs_set(0);
    if (theme != VIEW_MONO && has_colors())
        view_terminal_colours(theme);
    return TRUE;
}

void
view_terminal_close(void)
{
    if (terminal == NULL)
        return;
    endwin();
    delscreen(terminal);
    terminal = NULL;
}

void
view_terminal_size(int *width, int *height)
{
    getmaxyx(stdscr, *height, *width);
}

static attr_t
view_terminal_look(guint look)
{
    attr_t attributes = A_NORMAL;

    if (look & VIEW_BOLD)
        attributes |= A_BOLD;
    if (look & VIEW_DIM)
        attributes |= A_DIM;
    if (look & VIEW_REVERSE)
        attributes |= A_REVERSE;
    return attributes;
}

void
view_terminal_paint(const ViewScreen *screen, gboolean all)
{
    if (all)
        clearok(stdscr, TRUE);
    for (int y = 0; y < screen->height; y++) {
        for (int x = 0; x < screen->width; x++) {
            const ViewCell *cell = &screen->cells[(gsize)y * screen->width + x];
            wchar_t text[2] = { (wchar_t)cell->c, L'\0' };
            cchar_t character;

            if (cell->c == 0)
                continue;
            setcchar(&character, text, view_terminal_look(cell->look), cell->look & VIEW_COLOUR,
                     NULL);
            mvadd_wch(y, x, &character);
        }
    }
    refresh();
}

void
view_terminal_mouse(gboolean on)
{
    static gboolean now;

    if (on != now)
        mousemask(on ? VIEW_BUTTONS : 0, NULL);
    now = on;
}

/* BASE64 knows no control characters: whatever the text holds, it cannot end the sequence early. */
void
view_terminal_copy(const char *text)
{
    g_autofree char *coded = g_base64_encode((const guchar *)text, strlen(text));

    if (strlen(coded) > VIEW_COPY_OCTETS_MAX)
        return;
    fprintf(stdout, "\033]52;c;%s\a", coded);
    fflush(stdout);
}

static guint
view_terminal_mouse_key(void)
{
    MEVENT event;

    if (getmouse(&event) != OK)
        return 0;
    if (event.bstate & BUTTON4_PRESSED)
        return VIEW_KEY_UP;
    if (event.bstate & BUTTON5_PRESSED)
        return VIEW_KEY_DOWN;
    return event.bstate & BUTTON1_PRESSED ? VIEW_KEY_CLICK_AT(event.x, event.y) : 0;
}

static guint
view_terminal_function_key(wint_t key)
{
    switch (key) {
    case KEY_UP: return VIEW_KEY_UP;
    case KEY_DOWN: return VIEW_KEY_DOWN;
    case KEY_LEFT: return VIEW_KEY_LEFT;
    case KEY_RIGHT: return VIEW_KEY_RIGHT;
    case KEY_HOME: return VIEW_KEY_HOME;
    case KEY_END: return VIEW_KEY_END;
    case KEY_PPAGE: return VIEW_KEY_PAGE_UP;
    case KEY_NPAGE: return VIEW_KEY_PAGE_DOWN;
    case KEY_BACKSPACE: return VIEW_KEY_BACKSPACE;
    case KEY_BTAB: return VIEW_KEY_BACK_TAB;
    case KEY_MOUSE: return view_terminal_mouse_key();
    case KEY_ENTER: return VIEW_KEY_ENTER;
    default: return 0;
    }
}

guint
view_terminal_key(void)
{
    wint_t key;
    int result;

    /* A change of size, or a key that means nothing to us, is passed over. */
    while ((result = get_wch(&key)) == KEY_CODE_YES) {
        guint known = view_terminal_function_key(key);

        if (known != 0)
            return known;
    }
    if (result == ERR)
        return 0;
    /* ncurses gives the shell its screen back until it wakes us. */
    if (key == 'Z' - '@') {
        raise(SIGTSTP);
        return 0;
    }
    if (key == 127 || key == 8)
        return VIEW_KEY_BACKSPACE;
    return key == '\r' ? VIEW_KEY_ENTER : (guint)key;
}
