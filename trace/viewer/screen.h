/* trace/viewer/screen.h - a grid of cells to draw on, without a terminal.
 *
 * Everything that the viewer shows is first put here; ncurses only paints it, and tests compare
 * it with saved screens. This is also the last wall: whatever text is put, no control character
 * gets into a cell. What lies outside of the grid is cut off, so any size is safe.
 */
#ifndef TRACE_VIEWER_SCREEN_H
#define TRACE_VIEWER_SCREEN_H

#include <glib.h>

/* How a cell looks: one colour at most, and any of the flags. Every meaning is also a sign or a
 * word, so a terminal without any of this loses nothing. */
typedef enum {
    VIEW_PLAIN = 0,
    VIEW_RED = 1,
    VIEW_GREEN = 2,
    VIEW_YELLOW = 3,
    VIEW_BLUE = 4,
    VIEW_CYAN = 6,
    VIEW_COLOUR = 7, /* mask */
    VIEW_BOLD = 8,
    VIEW_DIM = 16,
    VIEW_REVERSE = 32,
} ViewLook;

typedef struct ViewCell {
    gunichar c; /* 0: the right half of a wide character */
    guint8 look;
} ViewCell;

typedef struct ViewScreen {
    int width, height;
    gboolean ascii; /* draw lines with - | + > only */
    ViewCell *cells;
} ViewScreen;

/* Sizes below 1 are taken for 1. All cells are spaces. */
ViewScreen *view_screen_new(int width, int height, gboolean ascii);
void view_screen_free(ViewScreen *screen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewScreen, view_screen_free)

/* Puts @text at @x, @y into at most @width columns; text that is cut ends in ~. Returns the
 * columns used. */
int view_put(ViewScreen *screen, int x, int y, int width, guint look, const char *text);
/* The same, formatted. */
int view_putf(ViewScreen *screen, int x, int y, int width, guint look, const char *format, ...)
    G_GNUC_PRINTF(6, 7);
/* In the middle of @width columns. */
void view_put_middle(ViewScreen *screen, int x, int y, int width, guint look, const char *text);
/* Columns that @text takes. */
int view_columns(const char *text);
/* @text, and so many spaces behind it that it is @columns wide. */
char *view_padded(const char *text, int columns);

void view_fill(ViewScreen *screen, int x, int y, int width, guint look, gunichar c);
/* Gives cells another look and keeps what is in them. */
void view_paint(ViewScreen *screen, int x, int y, int width, guint look);
/* A horizontal and a vertical line in the screen's drawing. */
void view_line_across(ViewScreen *screen, int x, int y, int width, guint look);
void view_line_down(ViewScreen *screen, int x, int y, int height, guint look);
/* All rows as text, spaces at their ends dropped, a newline after each. */
char *view_screen_text(const ViewScreen *screen);

#endif
