/* trace/pages/ladders.c - the ladders of a page: which rows, in which lanes, seen from which host.
 *
 *   [row, from, to, host]     lanes as in trace/viewer/entry.h; from = to is a note
 *   [row, from, to, host, " mx.north.example > mx.south.example (incoming server) "]
 *                             another host has come into focus: a rule goes before the row
 *
 * Tests: tests/test_pages_page.c
 */
#include "trace/pages/tell.h"

#include "trace/pages/json.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/story.h"

static gint
page_host_number(const Page *page, const char *host)
{
    for (guint i = 0; i < page->hosts->len; i++)
        if (g_ptr_array_index(page->hosts, i) == host)
            return (gint)i;
    return -1;
}

/* The ladder that the view shows. A rule of a row that is not told comes with the next one. */
static void
page_tell_ladder(Page *page, GString *out)
{
    const ViewTrack *track = page->view->track;
    g_autofree char *rule = NULL;

    page_json_next(out);
    g_string_append_c(out, '[');
    for (guint row = 0; row < view_track_count(track); row++) {
        const ViewRow *place = view_track_row(track, row);
        guint number =
            GPOINTER_TO_UINT(g_hash_table_lookup(page->numbers, GUINT_TO_POINTER(place->entry)));

        if (page->left_out > 0 &&
            place->entry > g_array_index(page->rows, guint, page->rows->len - 1))
            break;
        if (view_track_before(track, row) != NULL) {
            view_go(page->view, row);
            g_free(rule);
            rule = view_ladder_rule(page->view, row);
        }
        if (number == 0)
            continue;
        page_json_next(out);
        g_string_append_printf(out, "[%u,%d,%d,%d", number - 1, place->from, place->to,
                               page_host_number(page, view_track_focus(track, row)));
        if (rule != NULL) {
            g_string_append_c(out, ',');
            page_json_text(out, rule);
        }
        g_string_append_c(out, ']');
        g_clear_pointer(&rule, g_free);
    }
    g_string_append_c(out, ']');
}

void
page_tell_ladders(Page *page, GString *out)
{
    guint messages = MIN(view_model_messages(page->model), PAGE_LADDERS_MAX);

    page_json_name(out, "ladders");
    g_string_append_c(out, '[');
    page_tell_ladder(page, out);
    /* Of one message alone there is but one ladder. */
    for (guint i = 0; page->options->journey == NULL && i < messages; i++) {
        view_choose(page->view, view_model_message(page->model, i)->journey);
        page->view->cursor = page->view->stand = 0;
        page_tell_ladder(page, out);
    }
    g_string_append_c(out, ']');
}

void
page_tell_messages(Page *page, GString *out)
{
    page_json_name(out, "messages");
    g_string_append_c(out, '[');
    for (guint i = 0; i < MIN(view_model_messages(page->model), page->results->len); i++) {
        const ViewMessage *message = view_model_message(page->model, i);
        const GString *results = g_ptr_array_index(page->results, i);

        page_json_next(out);
        g_string_append_c(out, '{');
        page_json_string(out, "journey", message->journey);
        page_json_string(out, "from", message->from);
        page_json_string(out, "to", message->to);
        if (message->recipients > 1)
            page_json_number(out, "others", message->recipients - 1);
        page_json_name(out, "results");
        g_string_append_printf(out, "%s]}", results->str);
    }
    g_string_append_c(out, ']');
}
