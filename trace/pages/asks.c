/* trace/pages/asks.c - the questions of PREDICT, as the viewer asks them (trace/viewer/predict.h).
 *
 *   {"hidden":20,"outcome":21,"asks":"Which way does ...?","choices":["local",...],"right":1,...}
 *
 * Places are rows of the page. What is right stands in the page: who reads its source cheats only
 * themselves.
 * Tests: tests/test_pages_page.c
 */
#include "trace/pages/tell.h"

#include "trace/pages/json.h"
#include "trace/viewer/predict.h"

/* The first row of the page that tells the entry @index or a later one; where a summary leaves out
 * what is hidden, this is what can be seen of it. */
static guint
page_row_from(const Page *page, guint index)
{
    guint low = 0;
    guint high = page->rows->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(page->rows, guint, middle) < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
page_tell_ask(const Page *page, const ViewQuestion *question, GString *out)
{
    page_json_next(out);
    g_string_append_c(out, '{');
    page_json_number(out, "hidden", page_row_from(page, question->hidden));
    page_json_number(out, "outcome", page_row_from(page, question->outcome));
    page_json_string(out, "asks", question->asks);
    page_json_name(out, "choices");
    g_string_append_c(out, '[');
    for (guint i = 0; i < question->count; i++) {
        page_json_next(out);
        page_json_text(out, question->choices[i]);
    }
    g_string_append_c(out, ']');
    page_json_number(out, "right", question->right);
    page_json_string(out, "why", question->why);
    page_json_string(out, "rule", question->rule);
    page_json_string(out, "rfc", question->rfc);
    g_string_append_c(out, '}');
}

void
page_tell_asks(Page *page, GString *out)
{
    page_json_name(out, "asks");
    g_string_append_c(out, '[');
    for (guint row = 0; row < page->rows->len; row++) {
        guint index = g_array_index(page->rows, guint, row);
        g_autoptr(ViewQuestion) question = NULL;

        if (!view_predict_may(view_model_entry(page->model, index)))
            continue;
        question = view_predict(page->model, index);
        if (question != NULL)
            page_tell_ask(page, question, out);
    }
    g_string_append_c(out, ']');
}
