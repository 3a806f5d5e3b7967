/* trace/pages/tell.c - the events of a journal as the rows of a page: what the viewer would show.
 *
 *   {"seq":104,"time":"4 ms","clock":"09:00:00.004","kind":"decision","stage":2,"host":0,
 *    "note":"SENDER ok: alice is registered here","strip":3,"panes":[[0,7],[1,12],...]}
 *
 * The view is moved from row to row, as Space and s would, and each pane is asked for its lines. So
 * a page cannot say anything else than the viewer does, and nothing that had not happened yet.
 * Tests: tests/test_pages_page.c
 */
#include "trace/pages/tell.h"

#include <string.h>

#include "trace/pages/json.h"
#include "trace/viewer/panes.h"
#include "trace/viewer/story.h"
#include "trace/words.h"

/* No line of a pane is broken here: the browser knows how wide it is. */
#define PAGE_COLUMNS 100000
/* Lines of the source before and after the one that made the event. */
#define PAGE_CODE_AROUND   20
#define PAGE_STRIP_COLUMNS 400

/* ---- panes ---- */

/* Of the source, what is around the line in question. */
static int
page_pane_first(const ViewLines *lines, ViewPane pane, int *end)
{
    int count = view_lines_count(lines);

    *end = count;
    for (int i = 0; pane == VIEW_CODE && i < count; i++) {
        if (*view_lines_text(lines, i) != '>')
            continue;
        *end = MIN(count, i + 1 + PAGE_CODE_AROUND);
        return MAX(0, i - PAGE_CODE_AROUND);
    }
    return 0;
}

/* "smtp/route.c:58  smtp_route_decide()", above the source. */
static void
page_pane_place(Page *page, GArray *numbers, const ViewEvent *event)
{
    g_autoptr(ViewPlace) place = view_place_parse(event->event->at);
    g_autofree char *words = NULL;
    guint number;

    if (place == NULL)
        return;
    words = g_strdup_printf("%s:%u  %s()", place->path, place->line, place->function);
    number = page_texts_line(page->texts, VIEW_BOLD, words);
    g_array_append_val(numbers, number);
}

/* [sheet, lines], for Wire with a third number: from which line on it is this event that speaks. */
static void
page_tell_pane(Page *page, ViewPane pane, GString *out)
{
    g_autoptr(ViewEvent) event = NULL;
    g_autoptr(ViewLines) lines = view_pane_lines(page->view, pane, PAGE_COLUMNS, &event);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    int end;
    int first = page_pane_first(lines, pane, &end);
    guint now = G_MAXUINT;

    if (pane == VIEW_CODE && event != NULL)
        page_pane_place(page, numbers, event);
    for (int i = first; i < end; i++) {
        guint look = view_lines_look(lines, i);
        guint number = page_texts_line(page->texts, pane == VIEW_WIRE ? VIEW_PLAIN : look,
                                       view_lines_text(lines, i));

        if ((look & VIEW_BOLD) && now == G_MAXUINT)
            now = numbers->len;
        g_array_append_val(numbers, number);
    }
    page_json_next(out);
    g_string_append_printf(out, "[%u,%u", page_texts_sheet(page->texts, numbers), numbers->len);
    if (pane == VIEW_WIRE && now != G_MAXUINT)
        g_string_append_printf(out, ",%u", now);
    g_string_append_c(out, ']');
}

/* ---- the line of the stages ---- */

/* As the viewer draws it; what it says of problems, far to the right, is counted by the page. */
static void
page_tell_strip(Page *page, GString *out)
{
    g_autoptr(ViewScreen) screen = view_screen_new(PAGE_STRIP_COLUMNS, 1, FALSE);
    g_autofree char *text = NULL;
    char *gap;

    view_draw_stages(page->view, screen, 0);
    text = view_screen_text(screen);
    g_strstrip(text);
    gap = strstr(text, "    ");
    if (gap != NULL)
        *gap = '\0';
    page_json_number(out, "strip", page_texts_line(page->texts, VIEW_PLAIN, text));
}

/* ---- messages ---- */

/* What had become of the row's message is kept where it changes: [row,"delivered"]. */
static void
page_note_result(Page *page, guint index, guint row)
{
    const ViewEntry *entry = view_model_entry(page->model, index);

    for (guint i = 0; entry->journey != NULL && i < view_model_messages(page->model); i++) {
        const ViewMessage *message = view_model_message(page->model, i);
        GString *result;
        const char *word;

        if (message->journey != entry->journey)
            continue;
        while (page->results->len <= i) {
            g_ptr_array_add(page->results, g_string_new("["));
            g_ptr_array_add(page->last_word, NULL);
        }
        word = view_message_result(page->view, message, index);
        if (g_strcmp0(g_ptr_array_index(page->last_word, i), word) == 0)
            return;
        page->last_word->pdata[i] = (gpointer)word;
        result = g_ptr_array_index(page->results, i);
        page_json_next(result);
        g_string_append_printf(result, "[%u,", row);
        page_json_text(result, _(word));
        g_string_append_c(result, ']');
        return;
    }
}

/* ---- rows ---- */

static guint
page_host(Page *page, const char *host)
{
    for (guint i = 0; i < page->hosts->len; i++)
        if (g_ptr_array_index(page->hosts, i) == host)
            return i;
    g_ptr_array_add(page->hosts, (gpointer)host);
    return page->hosts->len - 1;
}

static void
page_tell_event(Page *page, const ViewEntry *entry, const ViewEvent *event, GString *out)
{
    g_autofree char *label = words_label(view_event_text(event, "label"));
    g_autofree char *note = view_ladder_note(entry, event);

    page_json_string(out, "kind", trace_kind_name(entry->kind));
    page_json_string(out, "label", label);
    page_json_string(out, "note", note);
    page_json_string(out, "rfc", event->event->rfc);
    page_json_name(out, "panes");
    g_string_append_c(out, '[');
    for (ViewPane pane = 0; pane < VIEW_PANES; pane++)
        page_tell_pane(page, pane, out);
    g_string_append_c(out, ']');
}

/* The row of the view where the cursor is. */
static void
page_tell_row(Page *page, guint row, GString *out)
{
    const View *view = page->view;
    const ViewEntry *entry = view_track_entry(view->track, row);
    gint64 start_us = view_track_entry(view->track, 0)->time_us;
    g_autoptr(ViewEvent) event = view_model_load(page->model, view_pane_entry(view));
    g_autofree char *span = view_span(entry->time_us - start_us);
    g_autofree char *clock = view_date(view, entry->time_us);
    const ViewMessage *message = view_message(view);

    page_json_next(out);
    g_string_append_c(out, '{');
    page_json_number(out, "seq", (gint64)entry->seq);
    page_json_string(out, "time", span);
    page_json_string(out, "clock", clock);
    page_json_string(out, "journey", message == NULL ? NULL : message->journey);
    if (entry->stage != STAGE_NONE)
        page_json_number(out, "stage", entry->stage);
    if (entry->host != NULL)
        page_json_number(out, "host", page_host(page, entry->host));
    if (entry->cause > 0)
        page_json_number(out, "cause", (gint64)entry->cause);
    if (entry->worth)
        page_json_number(out, "worth", 1);
    if (view_entry_is_problem(entry))
        page_json_string(out, "sign", entry->kind == TRACE_FAULT ? "F" : "!");
    page_tell_strip(page, out);
    if (event != NULL)
        page_tell_event(page, entry, event, out);
    g_string_append_c(out, '}');
}

void
page_tell_rows(Page *page, GString *out)
{
    guint count = view_track_count(page->view->track);
    g_autoptr(GHashTable) chosen = page_choose(page);

    page_json_name(out, "rows");
    g_string_append_c(out, '[');
    for (guint row = 0; row < count; row++) {
        guint index = view_track_row(page->view->track, row)->entry;

        if (page->options->summary && !view_model_entry(page->model, index)->worth)
            continue;
        if (chosen != NULL && !g_hash_table_contains(chosen, GUINT_TO_POINTER(index))) {
            page->left_out++;
            continue;
        }
        if (page->rows->len >= PAGE_ROWS_MAX ||
            out->len + page_texts_octets(page->texts) > PAGE_OCTETS_MAX) {
            page->left_out += count - row;
            page->told = 0; /* the last ones are cut */
            break;
        }
        view_go(page->view, row);
        page_tell_row(page, row, out);
        page_note_result(page, index, page->rows->len);
        g_array_append_val(page->rows, index);
        g_hash_table_insert(page->numbers, GUINT_TO_POINTER(index),
                            GUINT_TO_POINTER(page->rows->len));
    }
    g_string_append_c(out, ']');
}
