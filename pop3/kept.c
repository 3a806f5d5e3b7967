/* pop3/kept.c - the lists of large maildrops opened lately: pop3/kept.h shows how.
 *
 * A list is with its session or here, never in both places: no copy is made of it.
 * Tests: tests/test_pop3_kept.c
 */
#include "pop3/kept.h"

#include "pop3/maildrop.h"

#define POP3_KEPT_LISTS 4      /* of all users of the host */
#define POP3_KEPT_LEAST 1000   /* messages: fewer are read by one question */
#define POP3_KEPT_MOST  250000 /* messages: 6 MB */

struct Pop3Kept {
    GQueue lists; /* Pop3KeptList, the newest first */
};

typedef struct Pop3KeptList {
    gint64 mailbox;
    GArray *items; /* Pop3Item */
} Pop3KeptList;

static void
pop3_kept_list_free(gpointer data)
{
    Pop3KeptList *list = data;

    g_array_unref(list->items);
    g_free(list);
}

Pop3Kept *
pop3_kept_new(void)
{
    return g_new0(Pop3Kept, 1);
}

void
pop3_kept_free(Pop3Kept *kept)
{
    if (kept == NULL)
        return;
    g_queue_clear_full(&kept->lists, pop3_kept_list_free);
    g_free(kept);
}

void
pop3_kept_put(Pop3Kept *kept, gint64 mailbox, GArray *items)
{
    Pop3KeptList *list;

    if (items->len < POP3_KEPT_LEAST || items->len > POP3_KEPT_MOST) {
        g_array_unref(items);
        return;
    }
    list = g_new(Pop3KeptList, 1);
    *list = (Pop3KeptList){ mailbox, items };
    g_queue_push_head(&kept->lists, list);
    if (kept->lists.length > POP3_KEPT_LISTS)
        pop3_kept_list_free(g_queue_pop_tail(&kept->lists));
}

GArray *
pop3_kept_take(Pop3Kept *kept, gint64 mailbox)
{
    for (GList *link = kept->lists.head; link != NULL; link = link->next) {
        Pop3KeptList *list = link->data;
        GArray *items = list->items;

        if (list->mailbox != mailbox)
            continue;
        g_queue_delete_link(&kept->lists, link);
        g_free(list);
        return items;
    }
    return g_array_new(FALSE, TRUE, sizeof(Pop3Item));
}
