/* smtp/relays.c - all relays under way: what is due is handed to them (RFC 5321 §4.5.4.1).
 *
 *   row 7  q1 carol@south.example   \
 *   row 8  q1 dave@south.example    /  one copy for both
 *   row 9  q2 carol@south.example   -  another message: over the same connection when it is free, or
 *                                      over one of its own while south.example has fewer than 10
 *   row 10 q1 erin@west.example     -  another destination: never behind those of south.example
 *
 * The rows are read a page at a time, by their times. What is for a destination that has no room
 * now is left where it is, and the next page leaves that domain out: a thousand messages for a host
 * that does not answer are one short look, not a wall.
 *
 * Start reading at smtp_relays_start(). Tests: tests/test_smtp_relay_many.c
 */
#include "smtp/relays.h"

#include <string.h>

#include "smtp/held.h"
#include "smtp/relay.h"
#include "smtp/relay_hosts.h"

#define SMTP_RELAYS_PAGE    50                /* due rows read at once */
#define SMTP_RELAYS_PAGES   20                /* in one look */
#define SMTP_RELAYS_LOOK_US (NET_SECOND / 10) /* between looks beyond what is in the way */

struct SmtpRelays {
    SmtpRelayCrew crew;
    GPtrArray *list; /* SmtpRelay, in the order they began */
    void (*ended)(void *data, gboolean written);
    void *data;
    gint64 looked_us;   /* when we last looked behind a busy destination's rows */
    gboolean left_rows; /* and would have had to just now, but so soon */
};

static void
smtp_relays_done(SmtpRelay *relay, gboolean written, void *data)
{
    SmtpRelays *relays = data;

    g_ptr_array_remove(relays->list, relay); /* keeps the order of the others */
    smtp_relay_free(relay);
    relays->ended(relays->data, written);
}

SmtpRelays *
smtp_relays_new(const SmtpHost *host, void (*ended)(void *data, gboolean written), void *data)
{
    SmtpRelays *relays = g_new0(SmtpRelays, 1);

    relays->crew = (SmtpRelayCrew){ .host = host,
                                    .down = smtp_relay_down_new(net_clock(host->net)),
                                    .taken = g_array_new(FALSE, FALSE, sizeof(gint64)),
                                    .owed = g_array_new(FALSE, FALSE, sizeof(gint64)),
                                    .done = smtp_relays_done,
                                    .data = relays };
    relays->list = g_ptr_array_new();
    relays->ended = ended;
    relays->data = data;
    return relays;
}

void
smtp_relays_free(SmtpRelays *relays)
{
    if (relays == NULL)
        return;
    for (guint i = 0; i < relays->list->len; i++)
        smtp_relay_free(g_ptr_array_index(relays->list, i));
    g_ptr_array_unref(relays->list);
    smtp_relay_down_free(relays->crew.down);
    g_array_unref(relays->crew.taken);
    g_array_unref(relays->crew.owed);
    g_free(relays);
}

guint
smtp_relays_count(const SmtpRelays *relays)
{
    return relays->list->len;
}

gboolean
smtp_relays_left_rows(const SmtpRelays *relays)
{
    return relays->left_rows;
}

void
smtp_relays_forget_down(SmtpRelays *relays)
{
    smtp_relay_down_forget_all(relays->crew.down);
}

/* From the end: a relay whose QUIT can't be sent may leave the list. */
void
smtp_relays_end_free(SmtpRelays *relays)
{
    for (guint i = relays->list->len; i > 0; i--) {
        SmtpRelay *relay = g_ptr_array_index(relays->list, i - 1);

        if (smtp_relay_is_free(relay))
            smtp_relay_end(relay);
    }
}

/* ---- what a commit says ---- */

void
smtp_relays_committed(SmtpRelays *relays)
{
    relays->crew.careful = FALSE;
    g_array_set_size(relays->crew.taken, 0);
    for (guint i = 0; i < relays->list->len; i++)
        smtp_relay_committed(g_ptr_array_index(relays->list, i));
}

void
smtp_relays_commit_failed(SmtpRelays *relays)
{
    relays->crew.careful = TRUE;
    g_array_append_vals(relays->crew.owed, relays->crew.taken->data, relays->crew.taken->len);
    g_array_set_size(relays->crew.taken, 0);
    for (guint i = relays->list->len; i > 0; i--) {
        SmtpRelay *relay = g_ptr_array_index(relays->list, i - 1);

        if (smtp_relay_is_called_off(relay)) {
            g_ptr_array_remove_index(relays->list, i - 1);
            smtp_relay_free(relay);
        }
    }
    smtp_relays_end_free(relays);
}

/* From the 250 on the next host is responsible (RFC 5321 §6.1); a disk of ours that was full then is
 * no reason to send it twice. */
gboolean
smtp_relays_write_taken(SmtpRelays *relays, Trace *trace, GError **error)
{
    while (relays->crew.owed->len > 0) {
        gint64 id = g_array_index(relays->crew.owed, gint64, relays->crew.owed->len - 1);

        if (!store_queue_done(relays->crew.host->store, trace, id, error))
            return FALSE;
        g_array_append_val(relays->crew.taken, id);
        g_array_set_size(relays->crew.owed, relays->crew.owed->len - 1);
    }
    return TRUE;
}

/* ---- who can take it? ---- */

/* Where a message may go: a free relay, or room for another one, or neither. */
typedef struct SmtpPlace {
    SmtpRelay *free;
    gboolean room;
} SmtpPlace;

/* A message has one conversation with a destination at a time: who gets its next hundred recipients
 * has it on the same connection. */
static SmtpPlace
smtp_relays_place(const SmtpRelays *relays, const char *destination, gint64 queue)
{
    guint talking = 0, there = 0;
    SmtpPlace place = { NULL, FALSE };

    for (guint i = 0; i < relays->list->len; i++) {
        SmtpRelay *relay = g_ptr_array_index(relays->list, i);

        if (smtp_relay_is_leaving(relay))
            continue;
        talking++;
        if (strcmp(smtp_relay_destination(relay), destination) != 0)
            continue;
        if (smtp_relay_queue(relay) == queue)
            return (SmtpPlace){ NULL, FALSE };
        there++;
        if (place.free == NULL && smtp_relay_is_free(relay))
            place.free = relay;
    }
    place.room = talking < SMTP_RELAYS_MAX && there < SMTP_RELAYS_A_DESTINATION;
    return place;
}

static gboolean
smtp_relays_is_under_way(const SmtpRelays *relays, gint64 id)
{
    for (guint i = 0; i < relays->list->len; i++) {
        if (smtp_relay_has(g_ptr_array_index(relays->list, i), id))
            return TRUE;
    }
    return FALSE;
}

/* ---- what goes together ---- */

/* The recipients of @item's message that are due and go to @destination, at most a transaction's. */
static GPtrArray *
smtp_relays_group(const SmtpRelays *relays, const StoreQueueItem *item, const char *destination,
                  gint64 now_s, GError **error)
{
    const SmtpHost *host = relays->crew.host;
    g_autoptr(GPtrArray) due = store_queue_due_of(host->store, item->queue, now_s, error);
    GPtrArray *group;

    if (due == NULL)
        return NULL;
    group = g_ptr_array_new_with_free_func((GDestroyNotify)store_queue_item_free);
    for (guint i = 0; i < due->len && group->len < SMTP_RELAY_RECIPIENTS; i++) {
        const StoreQueueItem *one = g_ptr_array_index(due, i);
        g_autofree char *where = smtp_relay_hosts_destination(host->settings, one->domain);

        if (strcmp(where, destination) == 0)
            g_ptr_array_add(group, g_steal_pointer(&due->pdata[i]));
    }
    return group;
}

static gboolean
smtp_relays_hand_out(SmtpRelays *relays, const SmtpPlace *place, const char *destination,
                     GPtrArray *group, GError **error)
{
    SmtpRelay *relay;

    if (place->free != NULL)
        return smtp_relay_again(place->free, group, error);
    relay = smtp_relay_new(&relays->crew, destination, group, error);
    if (relay == NULL)
        return FALSE;
    g_ptr_array_add(relays->list, relay);
    return TRUE;
}

/* @busy: the domains, a space around each, that have no room now. FALSE with @error, or: */
static gboolean
smtp_relays_take(SmtpRelays *relays, const StoreQueueItem *item, gint64 now_s, GString *busy,
                 GError **error)
{
    g_autofree char *destination =
        smtp_relay_hosts_destination(relays->crew.host->settings, item->domain);
    g_autofree char *word = g_strdup_printf(" %s ", item->domain);
    SmtpPlace place = smtp_relays_place(relays, destination, item->queue);
    GPtrArray *group;

    if (place.free == NULL && !place.room) {
        if (strstr(busy->str, word) == NULL)
            g_string_append(busy, word + 1);
        return TRUE;
    }
    group = smtp_relays_group(relays, item, destination, now_s, error);
    return group != NULL && smtp_relays_hand_out(relays, &place, destination, group, error);
}

/* ---- a look at what is due ---- */

/* Looking behind thousands of rows takes time: not after each of their messages again. */
static gboolean
smtp_relays_may_look_behind(SmtpRelays *relays)
{
    gint64 now_us = net_clock_now_us(net_clock(relays->crew.host->net));

    relays->left_rows =
        now_us >= relays->looked_us && now_us < relays->looked_us + SMTP_RELAYS_LOOK_US;
    if (!relays->left_rows)
        relays->looked_us = now_us;
    return !relays->left_rows;
}

/* One page. Sets *more: there may be others that can go. */
static gboolean
smtp_relays_page(SmtpRelays *relays, gint64 now_s, GString *busy, gboolean *more, GError **error)
{
    const SmtpHost *host = relays->crew.host;
    gsize known = busy->len;
    g_autoptr(GPtrArray) due =
        store_queue_due_but(host->store, now_s, busy->str, SMTP_RELAYS_PAGE, error);

    if (due == NULL)
        return FALSE;
    *more = due->len == SMTP_RELAYS_PAGE;
    if (!smtp_held_deliver(host, due, error))
        return FALSE;
    for (guint i = 0; i < due->len; i++) {
        const StoreQueueItem *item = g_ptr_array_index(due, i);

        if (!smtp_relays_is_under_way(relays, item->id) &&
            !smtp_relays_take(relays, item, now_s, busy, error))
            return FALSE;
    }
    if (*more && busy->len > known)
        *more = smtp_relays_may_look_behind(relays);
    return TRUE;
}

gboolean
smtp_relays_start(SmtpRelays *relays, gint64 now_s, GError **error)
{
    g_autoptr(GString) busy = g_string_new(" ");
    gboolean more = TRUE, fine = TRUE;

    relays->left_rows = FALSE;
    if (relays->crew.careful)
        smtp_relays_end_free(relays);
    for (guint page = 0; page < SMTP_RELAYS_PAGES && fine && more; page++)
        fine = smtp_relays_page(relays, now_s, busy, &more, error);
    smtp_relays_end_free(relays);
    return fine;
}
