/* trace/viewer/sheet.c - a page of text that lies over the ladder and scrolls (see sheet.h).
 *
 * Tests: tests/test_viewer_sheet.c
 */
#include "trace/viewer/sheet.h"

#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/words.h"

/* Lines that a page key moves by. */
#define VIEW_SHEET_PAGE 10
/* Where what is broken into two lines goes on: below the text, not below its label. */
#define VIEW_SHEET_INDENT 10

void
view_sheet_open(View *view, char *text)
{
    g_free(view->sheet);
    view->sheet = text;
    g_clear_pointer(&view->sheet_from, g_free);
    view->sheet_top = 0;
    view->whatif_page = FALSE;
    view->welcome = FALSE;
    view->page = VIEW_SHEET;
}

void
view_sheet_open_from(View *view, char *text, const char *format, ...)
{
    va_list arguments;

    view_sheet_open(view, text);
    va_start(arguments, format);
    view->sheet_from = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

static ViewLines *
view_sheet_lines(const View *view, int width)
{
    ViewLines *lines = view_lines_new(MAX(1, width - 2));
    g_auto(GStrv) parts = g_strsplit(view->sheet == NULL ? "" : view->sheet, "\n", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        if (*parts[i] == '\0')
            view_lines_add_raw(lines, VIEW_PLAIN, "");
        else
            view_lines_add(lines, i == 0 ? VIEW_BOLD : VIEW_PLAIN, VIEW_SHEET_INDENT, "%s",
                           parts[i]);
    }
    return lines;
}

int
view_sheet_highest(const View *view, int width, int height)
{
    g_autoptr(ViewLines) lines = view_sheet_lines(view, width);

    return MAX(0, view_lines_count(lines) - height);
}

void
view_draw_sheet(const View *view, ViewScreen *screen, ViewBox box)
{
    g_autoptr(ViewLines) lines = view_sheet_lines(view, box.width);
    ViewBox inner = { box.x + 1, box.y, box.width - 2, box.height };

    view_lines_draw(lines, screen, inner, view->sheet_top);
    if (view->sheet_top + box.height < view_lines_count(lines))
        view_put(screen, box.x + box.width - 9, box.y + box.height - 1, 8, VIEW_REVERSE,
                 _(" more v "));
}

gboolean
view_press_sheet(View *view, guint key)
{
    int move = view_list_move(key);

    move = key == ' ' || key == VIEW_KEY_PAGE_DOWN ? VIEW_SHEET_PAGE : move;
    move = key == VIEW_KEY_BACKSPACE || key == VIEW_KEY_PAGE_UP ? -VIEW_SHEET_PAGE : move;
    view->sheet_top = MAX(view->sheet_top + move, 0);
    if (key == VIEW_KEY_HOME || key == 'g')
        view->sheet_top = 0;
    else if (key == VIEW_KEY_END || key == 'G')
        view->sheet_top = G_MAXINT / 2;
    else if (key == VIEW_KEY_ENTER)
        view->page = VIEW_NO_PAGE;
    else
        return move != 0;
    return TRUE;
}
