/* trace/pages/texts.c - the lines of all panes, each kept once (see texts.h).
 *
 * Tests: tests/test_pages_page.c
 */
#include "trace/pages/texts.h"

#include <string.h>

#include "trace/pages/json.h"
#include "trace/viewer/screen.h"

/* Of the sheets that begin with the same line, so many of the newest are compared. */
#define PAGE_SHEETS_COMPARED 64

struct PageTexts {
    GPtrArray *lines;    /* char *, the look before the text */
    GHashTable *numbers; /* of a line, from 1 on */
    GPtrArray *sheets;   /* GArray of guint */
    GHashTable *begun;   /* first line -> GArray of guint: the sheets that begin with it */
    gsize octets;
};

PageTexts *
page_texts_new(void)
{
    PageTexts *texts = g_new0(PageTexts, 1);

    texts->lines = g_ptr_array_new_with_free_func(g_free);
    texts->numbers = g_hash_table_new(g_str_hash, g_str_equal);
    texts->sheets = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    texts->begun =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)g_array_unref);
    return texts;
}

void
page_texts_free(PageTexts *texts)
{
    if (texts == NULL)
        return;
    g_hash_table_unref(texts->numbers);
    g_hash_table_unref(texts->begun);
    g_ptr_array_unref(texts->lines);
    g_ptr_array_unref(texts->sheets);
    g_free(texts);
}

static char
page_texts_sign(guint look)
{
    switch (look & VIEW_COLOUR) {
    case VIEW_RED: return '!';
    case VIEW_GREEN: return '+';
    case VIEW_CYAN: return '#';
    default: return look & VIEW_BOLD ? '*' : look & VIEW_DIM ? '.' : ' ';
    }
}

guint
page_texts_line(PageTexts *texts, guint look, const char *text)
{
    char *line = g_strdup_printf("%c%.*s", page_texts_sign(look), PAGE_TEXT_MAX * 2, text);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(texts->numbers, line));

    if (number > 0) {
        g_free(line);
        return number - 1;
    }
    g_ptr_array_add(texts->lines, line);
    g_hash_table_insert(texts->numbers, line, GUINT_TO_POINTER(texts->lines->len));
    texts->octets += strlen(line);
    return texts->lines->len - 1;
}

/* Whether the shorter of the two is how the longer begins. */
static gboolean
page_texts_agree(const GArray *sheet, const GArray *lines)
{
    return memcmp(sheet->data, lines->data, sizeof(guint) * MIN(sheet->len, lines->len)) == 0;
}

guint
page_texts_sheet(PageTexts *texts, const GArray *lines)
{
    gpointer first = GUINT_TO_POINTER(lines->len == 0 ? 0 : 1 + g_array_index(lines, guint, 0));
    GArray *begun = g_hash_table_lookup(texts->begun, first);
    GArray *sheet;
    guint number;

    if (begun == NULL) {
        begun = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(texts->begun, first, begun);
    }
    for (guint back = 1; back <= MIN(begun->len, PAGE_SHEETS_COMPARED); back++) {
        number = g_array_index(begun, guint, begun->len - back);
        sheet = g_ptr_array_index(texts->sheets, number);
        if (!page_texts_agree(sheet, lines))
            continue;
        if (lines->len > sheet->len)
            g_array_append_vals(sheet, &g_array_index(lines, guint, sheet->len),
                                lines->len - sheet->len);
        return number;
    }
    number = texts->sheets->len;
    sheet = g_array_new(FALSE, FALSE, sizeof(guint));
    if (lines->len > 0)
        g_array_append_vals(sheet, lines->data, lines->len);
    g_ptr_array_add(texts->sheets, sheet);
    g_array_append_val(begun, number);
    return number;
}

gsize
page_texts_octets(const PageTexts *texts)
{
    return texts->octets;
}

void
page_texts_json(const PageTexts *texts, GString *out)
{
    page_json_name(out, "texts");
    g_string_append_c(out, '[');
    for (guint i = 0; i < texts->lines->len; i++) {
        page_json_next(out);
        page_json_text(out, g_ptr_array_index(texts->lines, i));
    }
    g_string_append_c(out, ']');
    page_json_name(out, "sheets");
    g_string_append_c(out, '[');
    for (guint i = 0; i < texts->sheets->len; i++) {
        const GArray *sheet = g_ptr_array_index(texts->sheets, i);

        page_json_next(out);
        g_string_append_c(out, '[');
        for (guint line = 0; line < sheet->len; line++)
            g_string_append_printf(out, line == 0 ? "%u" : ",%u",
                                   g_array_index(sheet, guint, line));
        g_string_append_c(out, ']');
    }
    g_string_append_c(out, ']');
}
