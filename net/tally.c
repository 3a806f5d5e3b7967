/* net/tally.c - counts for each name, remembered for a while.
 *
 *   order:  [oldest since] ... [newest since]     rows leave at the front, when their time is over
 *   rows:   name > its link in order              looked up only, never walked
 *
 * Tests: tests/test_net_tally.c
 */
#include "net/tally.h"

typedef struct NetTallyRow {
    char *name;
    guint count;
    gint64 since_us;
} NetTallyRow;

struct NetTally {
    NetClock *clock;
    gint64 keep_us;
    NetTallyKind kind;
    GHashTable *rows;
    GQueue order; /* of NetTallyRow, by since_us */
};

static void
net_tally_row_free(void *data)
{
    NetTallyRow *row = data;

    g_free(row->name);
    g_free(row);
}

NetTally *
net_tally_new(NetClock *clock, gint64 keep_us, NetTallyKind kind)
{
    NetTally *tally = g_new0(NetTally, 1);

    tally->clock = clock;
    tally->keep_us = keep_us;
    tally->kind = kind;
    tally->rows = g_hash_table_new(g_str_hash, g_str_equal);
    return tally;
}

void
net_tally_free(NetTally *tally)
{
    if (tally == NULL)
        return;
    g_hash_table_unref(tally->rows);
    g_queue_clear_full(&tally->order, net_tally_row_free);
    g_free(tally);
}

static void
net_tally_drop(NetTally *tally, GList *link)
{
    NetTallyRow *row = link->data;

    g_hash_table_remove(tally->rows, row->name);
    g_queue_delete_link(&tally->order, link);
    net_tally_row_free(row);
}

/* A clock that was set back makes a row look as if it came from the future: it is as old as can be. */
static gboolean
net_tally_is_over(const NetTally *tally, const NetTallyRow *row, gint64 now_us)
{
    return now_us - row->since_us >= tally->keep_us || now_us < row->since_us;
}

/* The link of @name, after all whose time is over have left. */
static GList *
net_tally_find(NetTally *tally, const char *name)
{
    gint64 now_us = net_clock_now_us(tally->clock);

    while (tally->order.head != NULL && net_tally_is_over(tally, tally->order.head->data, now_us))
        net_tally_drop(tally, tally->order.head);
    return g_hash_table_lookup(tally->rows, name);
}

guint
net_tally_count(NetTally *tally, const char *name)
{
    const GList *link = net_tally_find(tally, name);

    return link == NULL ? 0 : ((const NetTallyRow *)link->data)->count;
}

guint
net_tally_add(NetTally *tally, const char *name)
{
    GList *link = net_tally_find(tally, name);
    NetTallyRow *row;

    if (link == NULL) {
        if (tally->order.length >= NET_TALLY_NAMES)
            net_tally_drop(tally, tally->order.head);
        row = g_new0(NetTallyRow, 1);
        row->name = g_strdup(name);
        row->since_us = net_clock_now_us(tally->clock);
        g_queue_push_tail(&tally->order, row);
        g_hash_table_insert(tally->rows, row->name, tally->order.tail);
        return ++row->count;
    }
    row = link->data;
    if (tally->kind == NET_TALLY_RENEW) {
        row->since_us = net_clock_now_us(tally->clock);
        g_queue_unlink(&tally->order, link);
        g_queue_push_tail_link(&tally->order, link);
    }
    return ++row->count;
}

gint64
net_tally_left_us(NetTally *tally, const char *name)
{
    const GList *link = net_tally_find(tally, name);

    if (link == NULL)
        return 0;
    return ((const NetTallyRow *)link->data)->since_us + tally->keep_us -
           net_clock_now_us(tally->clock);
}

void
net_tally_forget(NetTally *tally, const char *name)
{
    GList *link = g_hash_table_lookup(tally->rows, name);

    if (link != NULL)
        net_tally_drop(tally, link);
}
