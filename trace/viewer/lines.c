/* trace/viewer/lines.c - text broken into lines of a given width.
 *
 * Tests: tests/test_viewer_screen.c
 */
#include "trace/viewer/draw.h"

#include <string.h>

#include "trace/redact.h"
#include "trace/words.h"

/* A pane never needs more, and a stranger's text may be long. */
#define VIEW_LINES_MAX 2000

struct ViewLines {
    int width;
    GPtrArray *texts;
    GArray *looks; /* guint */
};

ViewLines *
view_lines_new(int width)
{
    ViewLines *lines = g_new0(ViewLines, 1);

    lines->width = MAX(width, 1);
    lines->texts = g_ptr_array_new_with_free_func(g_free);
    lines->looks = g_array_new(FALSE, FALSE, sizeof(guint));
    return lines;
}

void
view_lines_free(ViewLines *lines)
{
    if (lines == NULL)
        return;
    g_ptr_array_unref(lines->texts);
    g_array_unref(lines->looks);
    g_free(lines);
}

static void
view_lines_push(ViewLines *lines, guint look, char *text)
{
    if (lines->texts->len >= VIEW_LINES_MAX) {
        g_free(text);
        return;
    }
    g_ptr_array_add(lines->texts, text);
    g_array_append_val(lines->looks, look);
}

/* How many octets of @text fit into @width columns, at least one character. */
static gsize
view_lines_fit(const char *text, int width)
{
    const char *space = NULL;
    const char *p = text;
    int columns = 0;

    while (*p != '\0') {
        gunichar c = g_utf8_get_char(p);

        columns += g_unichar_iswide(c) ? 2 : 1;
        if (columns > width)
            break;
        p = g_utf8_next_char(p);
        if (*p == ' ')
            space = p;
    }
    if (*p == '\0')
        return p - text;
    if (space != NULL)
        return space - text;
    return MAX(p - text, g_utf8_next_char(text) - text);
}

static void
view_lines_break(ViewLines *lines, guint look, int indent, const char *text)
{
    gboolean first = TRUE;

    do {
        int left = first ? 0 : MIN(indent, lines->width / 2);
        gsize fit = view_lines_fit(text, lines->width - left);

        view_lines_push(lines, look, g_strdup_printf("%*s%.*s", left, "", (int)fit, text));
        text += fit;
        while (*text == ' ')
            text++;
        first = FALSE;
    } while (*text != '\0' && lines->texts->len < VIEW_LINES_MAX);
}

static void
view_lines_add_text(ViewLines *lines, guint look, int indent, const char *text)
{
    g_autoptr(GString) safe = g_string_new(NULL);
    g_auto(GStrv) parts = NULL;

    trace_safe_append(safe, text, -1, 65536, TRUE);
    parts = g_strsplit(safe->str, "\n", VIEW_LINES_MAX);
    for (guint i = 0; parts[i] != NULL; i++)
        view_lines_break(lines, look, indent, parts[i]);
}

void
view_lines_add(ViewLines *lines, guint look, int indent, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(_(format), arguments);
    va_end(arguments);
    view_lines_add_text(lines, look, indent, text);
}

void
view_lines_add_most(ViewLines *lines, guint look, int indent, int most, const char *format, ...)
{
    guint end = lines->texts->len + MAX(most, 1);
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(_(format), arguments);
    va_end(arguments);
    view_lines_add_text(lines, look, indent, text);
    if (lines->texts->len <= end)
        return;
    g_ptr_array_set_size(lines->texts, end);
    g_array_set_size(lines->looks, end);
    /* Words were moved to the next line, so there is room, or view_put() cuts and says so. */
    g_autofree char *last = g_ptr_array_steal_index(lines->texts, end - 1);
    g_ptr_array_add(lines->texts, g_strconcat(last, " ~", NULL));
}

void
view_lines_add_raw(ViewLines *lines, guint look, const char *text)
{
    view_lines_push(lines, look, g_strdup(text));
}

int
view_lines_count(const ViewLines *lines)
{
    return lines->texts->len;
}

const char *
view_lines_text(const ViewLines *lines, int number)
{
    return g_ptr_array_index(lines->texts, number);
}

guint
view_lines_look(const ViewLines *lines, int number)
{
    return g_array_index(lines->looks, guint, number);
}

int
view_lines_width(const ViewLines *lines)
{
    return lines->width;
}

void
view_lines_draw(const ViewLines *lines, ViewScreen *screen, ViewBox box, int top)
{
    int highest = MAX(0, (int)lines->texts->len - box.height);

    top = CLAMP(top, 0, highest);
    for (int i = 0; i < box.height && top + i < (int)lines->texts->len; i++)
        view_put(screen, box.x, box.y + i, box.width, g_array_index(lines->looks, guint, top + i),
                 g_ptr_array_index(lines->texts, top + i));
}
