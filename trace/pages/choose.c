/* trace/pages/choose.c - which rows a page tells where the journal has more than it can take.
 *
 *   a thousand clients   connect connect connect ... MAIL MAIL MAIL ... 250 250 250 ...
 *   the first 2,000 rows connect connect connect ...            and no message comes anywhere
 *   what is told         connect ......... MAIL ...... 250      of the first messages, all of it
 *
 * Where there are no messages, or the first has too many events by itself, the first rows are told.
 *
 * Tests: tests/test_pages_page.c
 */
#include "trace/pages/tell.h"

/* Adds the rows of the message @number, if all of them fit. */
static gboolean
page_choose_message(Page *page, GHashTable *chosen, guint number)
{
    const ViewMessage *message = view_model_message(page->model, number);
    g_autoptr(ViewTrack) track = view_track_new(page->model, message->journey);
    guint rows = view_track_count(track);

    if (g_hash_table_size(chosen) + rows > PAGE_ROWS_MAX)
        return FALSE;
    for (guint row = 0; row < rows; row++)
        g_hash_table_add(chosen, GUINT_TO_POINTER(view_track_row(track, row)->entry));
    return TRUE;
}

GHashTable *
page_choose(Page *page)
{
    guint count = view_model_messages(page->model);
    g_autoptr(GHashTable) chosen = NULL;

    if (page->options->summary || page->options->journey != NULL ||
        view_track_count(page->view->track) <= PAGE_ROWS_MAX)
        return NULL;
    chosen = g_hash_table_new(g_direct_hash, g_direct_equal);
    while (page->told < count && page_choose_message(page, chosen, page->told))
        page->told++;
    return page->told > 0 ? g_steal_pointer(&chosen) : NULL;
}
