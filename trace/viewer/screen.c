/* trace/viewer/screen.c - the grid of cells (see screen.h).
 *
 * Start reading at view_put(): all text goes through it.
 * Tests: tests/test_viewer_screen.c
 */
#include "trace/viewer/screen.h"

#include <string.h>

#include "trace/redact.h"
#include "trace/words.h"

/* More than any screen is wide: what is longer will be cut anyway. */
#define VIEW_TEXT_MAX 4096

ViewScreen *
view_screen_new(int width, int height, gboolean ascii)
{
    ViewScreen *screen = g_new0(ViewScreen, 1);

    screen->width = CLAMP(width, 1, 1000);
    screen->height = CLAMP(height, 1, 1000);
    screen->ascii = ascii;
    screen->cells = g_new0(ViewCell, (gsize)screen->width * screen->height);
    for (int i = 0; i < screen->width * screen->height; i++)
        screen->cells[i].c = ' ';
    return screen;
}

void
view_screen_free(ViewScreen *screen)
{
    if (screen == NULL)
        return;
    g_free(screen->cells);
    g_free(screen);
}

static ViewCell *
view_cell(ViewScreen *screen, int x, int y)
{
    if (x < 0 || y < 0 || x >= screen->width || y >= screen->height)
        return NULL;
    return &screen->cells[(gsize)y * screen->width + x];
}

static void
view_set(ViewScreen *screen, int x, int y, guint look, gunichar c)
{
    ViewCell *cell = view_cell(screen, x, y);

    if (cell == NULL)
        return;
    cell->c = c;
    cell->look = look;
}

/* Columns of one character: 0 for marks that join the one before, which we don't draw. */
static int
view_char_columns(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

int
view_columns(const char *text)
{
    int columns = 0;

    for (; *text != '\0'; text = g_utf8_next_char(text))
        columns += view_char_columns(g_utf8_get_char(text));
    return columns;
}

/* Marks a text that goes on beyond @end. No half of a wide character is left over. */
static void
view_put_cut(ViewScreen *screen, int x, int end, int y, guint look)
{
    ViewCell *last = end > x ? view_cell(screen, end - 1, y) : NULL;

    if (last == NULL)
        return;
    if (last->c == 0 && end - 2 >= x)
        view_set(screen, end - 2, y, look, ' ');
    view_set(screen, end - 1, y, look, '~');
}

/* The sign of a section, and a letter without its marks, as another language has them: in one
 * column, as the sign itself. */
static gunichar
view_ascii(gunichar c)
{
    gunichar plain[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];

    if (c == 0xa7)
        return 'S';
    if (c == 0xdf)
        return 's';
    g_unichar_fully_decompose(c, FALSE, plain, G_N_ELEMENTS(plain));
    return plain[0] > '~' ? '?' : plain[0];
}

int
view_put(ViewScreen *screen, int x, int y, int width, guint look, const char *text)
{
    g_autoptr(GString) safe = g_string_new(NULL);
    int end;
    int at = x;

    trace_safe_append(safe, text, -1, VIEW_TEXT_MAX, FALSE);
    end = MIN(x + width, screen->width);
    for (const char *p = safe->str; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        int columns = view_char_columns(c);

        if (columns == 0)
            continue;
        if (screen->ascii && c > '~')
            c = view_ascii(c);
        if (at + columns > end) {
            view_put_cut(screen, x, end, y, look);
            return MAX(end - x, 0);
        }
        view_set(screen, at, y, look, c);
        if (columns == 2)
            view_set(screen, at + 1, y, look, 0);
        at += columns;
    }
    return at - x;
}

int
view_putf(ViewScreen *screen, int x, int y, int width, guint look, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(_(format), arguments);
    va_end(arguments);
    return view_put(screen, x, y, width, look, text);
}

char *
view_padded(const char *text, int columns)
{
    return g_strdup_printf("%s%*s", text, MAX(columns - view_columns(text), 0), "");
}

void
view_put_middle(ViewScreen *screen, int x, int y, int width, guint look, const char *text)
{
    int columns = view_columns(text);
    int left = MAX(0, (width - columns) / 2);

    view_put(screen, x + left, y, width - left, look, text);
}

void
view_fill(ViewScreen *screen, int x, int y, int width, guint look, gunichar c)
{
    for (int i = 0; i < width && x + i < screen->width; i++)
        view_set(screen, x + i, y, look, c);
}

void
view_paint(ViewScreen *screen, int x, int y, int width, guint look)
{
    for (int i = 0; i < width && x + i < screen->width; i++) {
        ViewCell *cell = view_cell(screen, x + i, y);

        if (cell != NULL)
            cell->look = look;
    }
}

static gunichar
view_bar(const ViewScreen *screen)
{
    return screen->ascii ? '|' : 0x2502;
}

static gunichar
view_dash(const ViewScreen *screen)
{
    return screen->ascii ? '-' : 0x2500;
}

void
view_line_across(ViewScreen *screen, int x, int y, int width, guint look)
{
    view_fill(screen, x, y, width, look, view_dash(screen));
}

void
view_line_down(ViewScreen *screen, int x, int y, int height, guint look)
{
    for (int i = 0; i < height && y + i < screen->height; i++)
        view_set(screen, x, y + i, look, view_bar(screen));
}

char *
view_screen_text(const ViewScreen *screen)
{
    GString *text = g_string_new(NULL);

    for (int y = 0; y < screen->height; y++) {
        gsize end = text->len;

        for (int x = 0; x < screen->width; x++) {
            gunichar c = screen->cells[(gsize)y * screen->width + x].c;

            if (c != 0)
                g_string_append_unichar(text, c);
            if (c != ' ')
                end = text->len;
        }
        g_string_truncate(text, end);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
