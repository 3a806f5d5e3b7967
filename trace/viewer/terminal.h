/* trace/viewer/terminal.h - the only file pair that knows ncurses: paints a screen, reads keys. */
#ifndef TRACE_VIEWER_TERMINAL_H
#define TRACE_VIEWER_TERMINAL_H

#include "trace/viewer/screen.h"

/* FALSE with @error: standard input or output is no terminal that can be used. */
gboolean view_terminal_open(gboolean colour, GError **error);
/* Gives the terminal back as it was; more than once does no harm. */
void view_terminal_close(void);

void view_terminal_size(int *width, int *height);
/* Shows @screen. @all: paints every cell again, after something else wrote on the terminal. */
void view_terminal_paint(const ViewScreen *screen, gboolean all);
/* The next key (see keys.h) without waiting, 0: none. A change of size is taken in and is none. */
guint view_terminal_key(void);

#endif
