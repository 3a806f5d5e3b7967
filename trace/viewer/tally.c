/* trace/viewer/tally.c - counts kept beside the rows (see tally.h).
 *
 * What happens once is kept as the row where it first happened; what happens often as a sorted list
 * of rows.
 * Tests: tests/test_viewer_track.c
 */
#include "trace/viewer/tally.h"

#include <string.h>

#include "trace/viewer/track.h"

struct ViewTally {
    GArray *problems;        /* guint: rows */
    GPtrArray *hosts;        /* const char*: in focus, by first row */
    GArray *host_rows;       /* guint: that row */
    GHashTable *known;       /* the same hosts, as a set */
    GHashTable *servers;     /* hosts that had to do with a message */
    guint lanes[VIEW_LANES]; /* the first row that used the lane; G_MAXUINT: none */
    const char *journey;     /* of the first row that has one */
    guint journey_row, refused_row;
    const char *focus, *server; /* of the row before: most rows are of the same host */
};

ViewTally *
view_tally_new(void)
{
    ViewTally *tally = g_new0(ViewTally, 1);

    tally->problems = g_array_new(FALSE, FALSE, sizeof(guint));
    tally->hosts = g_ptr_array_new();
    tally->host_rows = g_array_new(FALSE, FALSE, sizeof(guint));
    tally->known = g_hash_table_new(g_direct_hash, g_direct_equal);
    tally->servers = g_hash_table_new(g_direct_hash, g_direct_equal);
    view_tally_clear(tally);
    return tally;
}

void
view_tally_free(ViewTally *tally)
{
    g_array_unref(tally->problems);
    g_ptr_array_unref(tally->hosts);
    g_array_unref(tally->host_rows);
    g_hash_table_unref(tally->known);
    g_hash_table_unref(tally->servers);
    g_free(tally);
}

void
view_tally_clear(ViewTally *tally)
{
    g_array_set_size(tally->problems, 0);
    g_ptr_array_set_size(tally->hosts, 0);
    g_array_set_size(tally->host_rows, 0);
    g_hash_table_remove_all(tally->known);
    g_hash_table_remove_all(tally->servers);
    for (ViewLane lane = 0; lane < VIEW_LANES; lane++)
        tally->lanes[lane] = G_MAXUINT;
    tally->journey = tally->focus = tally->server = NULL;
    tally->journey_row = tally->refused_row = G_MAXUINT;
}

gboolean
view_entry_is_problem(const ViewEntry *entry)
{
    return entry->kind == TRACE_ERROR || entry->kind == TRACE_FAULT || entry->code >= 400 ||
           entry->outcome == VIEW_REFUSED || entry->outcome == VIEW_FAILED ||
           entry->outcome == VIEW_EXPIRED;
}

static void
view_tally_add_hosts(ViewTally *tally, guint number, const char *focus, const ViewEntry *entry)
{
    if (focus != tally->focus && focus != NULL && g_hash_table_add(tally->known, (gpointer)focus)) {
        g_ptr_array_add(tally->hosts, (gpointer)focus);
        g_array_append_val(tally->host_rows, number);
    }
    tally->focus = focus;
    if (entry->journey == NULL || entry->host == NULL || entry->host == tally->server)
        return;
    tally->server = entry->host;
    g_hash_table_add(tally->servers, (gpointer)entry->host);
}

void
view_tally_add(ViewTally *tally, guint number, const ViewRow *row, const char *focus,
               const ViewEntry *entry)
{
    view_tally_add_hosts(tally, number, focus, entry);
    if (view_entry_is_problem(entry))
        g_array_append_val(tally->problems, number);
    if (row->from < VIEW_LANES)
        tally->lanes[row->from] = MIN(tally->lanes[row->from], number);
    if (row->to < VIEW_LANES)
        tally->lanes[row->to] = MIN(tally->lanes[row->to], number);
    if (tally->journey == NULL && entry->journey != NULL) {
        tally->journey = entry->journey;
        tally->journey_row = number;
    }
    if (tally->refused_row == G_MAXUINT && entry->outcome == VIEW_REFUSED)
        tally->refused_row = number;
}

/* How many of the sorted @rows are at most @row. */
static guint
view_tally_upto(const GArray *rows, guint row)
{
    guint low = 0;
    guint high = rows->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(rows, guint, middle) <= row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

guint
view_tally_problems(const ViewTally *tally, guint row)
{
    return view_tally_upto(tally->problems, row);
}

guint
view_tally_lanes(const ViewTally *tally, guint row)
{
    guint lanes = 0;

    for (ViewLane lane = 0; lane < VIEW_LANES; lane++)
        lanes |= tally->lanes[lane] <= row ? 1u << lane : 0;
    return lanes;
}

guint
view_tally_hosts(const ViewTally *tally, guint row)
{
    return view_tally_upto(tally->host_rows, row);
}

const char *
view_tally_host(const ViewTally *tally, guint n)
{
    return g_ptr_array_index(tally->hosts, n);
}

const char *
view_tally_journey(const ViewTally *tally, guint row)
{
    return tally->journey_row <= row ? tally->journey : NULL;
}

gboolean
view_tally_is_refused(const ViewTally *tally, guint row)
{
    return tally->refused_row <= row;
}

guint
view_tally_servers(const ViewTally *tally)
{
    return g_hash_table_size(tally->servers);
}
