/* trace/viewer/compare.c - two messages side by side, and where they first differ (see compare.h).
 *
 * Each message is folded into what it did at each stage of each server; then the two are laid beside
 * each other. The page that shows them is in compare_page.c. Start reading at view_compare_new().
 * Tests: tests/test_viewer_compare.c
 */
#include "trace/viewer/compare.h"

/* Servers that are shown of a message; one that finds a hundred Received lines takes it for a loop. */
#define VIEW_COMPARE_SERVERS_MAX 100

/* ---- one message ---- */

/* One server that it came to. */
typedef struct ViewCompareServer {
    const char *host;
    const ViewEntry *last; /* its newest event there so far */
    ViewCompareSide stages[STAGES];
} ViewCompareServer;

static ViewCompareServer *
view_compare_server(GPtrArray *servers, const char *host)
{
    ViewCompareServer *server;

    for (guint i = 0; i < servers->len; i++) {
        server = g_ptr_array_index(servers, i);
        if (server->host == host)
            return server;
    }
    if (servers->len >= VIEW_COMPARE_SERVERS_MAX)
        return NULL;
    server = g_new0(ViewCompareServer, 1);
    server->host = host;
    g_ptr_array_add(servers, server);
    return server;
}

static void
view_compare_take(ViewCompareServer *server, const ViewModel *model, const ViewEntry *entry)
{
    ViewCompareSide *side = &server->stages[entry->stage];
    const char *outcome = view_model_outcome(model, entry);

    /* The time until now went by at the stage of the event before; but what lies in a mailbox waits
     * for its reader. */
    if (server->last != NULL && entry->stage == STAGE_PICKUP)
        side->spent_us += entry->time_us - server->last->time_us;
    else if (server->last != NULL)
        server->stages[server->last->stage].spent_us += entry->time_us - server->last->time_us;
    server->last = entry;
    side->host = server->host;
    side->events++;
    /* What was refused before is over once something else has come of it. */
    if (outcome != NULL && (entry->kind == TRACE_DECISION || entry->kind == TRACE_STATE ||
                            entry->kind == TRACE_ERROR)) {
        side->outcome = outcome;
        side->code = 0;
    }
    if (entry->code >= 400)
        side->code = entry->code;
    side->tries = MAX(side->tries, entry->tries);
}

/* The good-bye of a session is told at connect, after all else: it is no stage of the message. */
static gboolean
view_compare_is_goodbye(const ViewCompareServer *server, const ViewEntry *entry)
{
    return entry->stage == STAGE_CONNECT && entry->kind == TRACE_WIRE && entry->code < 400 &&
           (server->last == NULL || server->last->stage != STAGE_CONNECT);
}

/* What @message did at each server, in the order in which it came to them. */
static GPtrArray *
view_compare_servers(const ViewModel *model, const ViewMessage *message, guint upto)
{
    GPtrArray *servers = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);
        const ViewEntry *entry = view_model_entry(model, index);
        ViewCompareServer *server;

        if (index > upto)
            break;
        if (entry->host == NULL || entry->stage == STAGE_NONE || entry->stage >= STAGES)
            continue;
        server = view_compare_server(servers, entry->host);
        if (server != NULL && !view_compare_is_goodbye(server, entry))
            view_compare_take(server, model, entry);
    }
    return servers;
}

/* ---- the two ---- */

static gboolean
view_compare_differ(const ViewCompareRow *row)
{
    const ViewCompareSide *one = &row->sides[0];
    const ViewCompareSide *other = &row->sides[1];

    if (row->stage == STAGE_NONE)
        return one->host != other->host;
    return (one->events == 0) != (other->events == 0) ||
           g_strcmp0(one->outcome, other->outcome) != 0 || one->code != other->code ||
           one->tries != other->tries;
}

static void
view_compare_row(ViewCompare *compare, guint number, Stage stage,
                 ViewCompareServer *const servers[2])
{
    ViewCompareRow row = { .server = number + 1, .stage = stage };

    for (guint i = 0; i < 2; i++) {
        if (servers[i] == NULL)
            continue;
        row.sides[i] = servers[i]->stages[stage];
        row.sides[i].host = servers[i]->host;
    }
    /* The row of a server is there for its name; a stage that neither came to is left out. */
    if (stage != STAGE_NONE && row.sides[0].events == 0 && row.sides[1].events == 0)
        return;
    row.differs = view_compare_differ(&row);
    if (row.differs && compare->first < 0)
        compare->first = (int)compare->rows->len;
    g_array_append_val(compare->rows, row);
}

ViewCompare *
view_compare_new(const ViewModel *model, const ViewMessage *one, const ViewMessage *other,
                 guint upto)
{
    ViewCompare *compare = g_new0(ViewCompare, 1);
    g_autoptr(GPtrArray) mine = view_compare_servers(model, one, upto);
    g_autoptr(GPtrArray) theirs = view_compare_servers(model, other, upto);

    compare->messages[0] = one;
    compare->messages[1] = other;
    compare->rows = g_array_new(FALSE, TRUE, sizeof(ViewCompareRow));
    compare->first = -1;
    for (guint i = 0; i < MAX(mine->len, theirs->len); i++) {
        ViewCompareServer *const servers[2] = {
            i < mine->len ? g_ptr_array_index(mine, i) : NULL,
            i < theirs->len ? g_ptr_array_index(theirs, i) : NULL,
        };

        for (Stage stage = STAGE_NONE; stage < STAGES; stage++)
            view_compare_row(compare, i, stage, servers);
    }
    return compare;
}

void
view_compare_free(ViewCompare *compare)
{
    g_array_unref(compare->rows);
    g_free(compare);
}
