/* tests/smtp_many.h - many messages for carol over smtp_world.h, and what became of them. */
#ifndef TESTS_SMTP_MANY_H
#define TESTS_SMTP_MANY_H

#include "tests/smtp_world.h"

static const char *const carol[] = { "carol@south.example", NULL };

static inline void
send_some(World *world, guint count, const char *const *recipients)
{
    for (guint i = 0; i < count; i++)
        world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, recipients);
}

static inline guint
count_rows(World *world, StoreQueueState state)
{
    g_autoptr(GPtrArray) rows = world_rows(world);
    guint count = 0;

    for (guint i = 0; i < rows->len; i++)
        count += ((const StoreQueueItem *)g_ptr_array_index(rows, i))->state == state;
    return count;
}

static inline guint
count_heard(const Peer *peer, const char *line)
{
    guint count = 0;

    for (const char *at = strstr(peer->heard->str, line); at != NULL; at = strstr(at + 1, line))
        count++;
    return count;
}

#endif
