/* trace/viewer/terminal.h - the only file pair that knows ncurses: paints a screen, reads keys. */
#ifndef TRACE_VIEWER_TERMINAL_H
#define TRACE_VIEWER_TERMINAL_H

#include "trace/viewer/screen.h"

/* Which colours go with the terminal's ground. Eight colours suffice, and nothing is said by colour
 * alone. */
typedef enum {
    VIEW_DARK,
    VIEW_LIGHT,
    VIEW_MONO, /* no colours: bold, dim and reverse only */
} ViewTheme;

/* "dark", "light" or "mono"; NULL is dark. FALSE: there is no such theme. */
gboolean view_theme_from_name(const char *name, ViewTheme *theme);

/* FALSE with @error: standard input or output is no terminal that can be used. */
gboolean view_terminal_open(ViewTheme theme, GError **error);
/* Gives the terminal back as it was; more than once does no harm. */
void view_terminal_close(void);

void view_terminal_size(int *width, int *height);
/* Shows @screen. @all: paints every cell again, after something else wrote on the terminal. */
void view_terminal_paint(const ViewScreen *screen, gboolean all);
/* The wheel then gives VIEW_KEY_UP and VIEW_KEY_DOWN, the left button VIEW_KEY_CLICK; else the
 * terminal selects text. */
void view_terminal_mouse(gboolean on);
/* Gives @text to the terminal's clipboard (OSC 52), where the terminal allows that. */
void view_terminal_copy(const char *text);
/* The next key (see keys.h) without waiting, 0: none. A change of size is taken in and is none. */
guint view_terminal_key(void);

#endif
