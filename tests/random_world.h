/* tests/random_world.h - a world made by chance: who writes to whom, and what goes wrong.
 *
 *   seed --> keys of the hosts, messages, faults ... until everything is well again at `calm_s`
 *
 * The same seed makes the same world. What comes out is the text of a world file's upper half (it
 * lies over labs/demo/world.ini), and for each message what must become of it.
 * Used by tests/test_worlds.c.
 */
#ifndef TESTS_RANDOM_WORLD_H
#define TESTS_RANDOM_WORLD_H

#include <string.h>
#include "trace/fault.h"

#define RANDOM_SUBJECT  "world-message-" /* and the message's number, from 1 */
#define RANDOM_MESSAGES 12
#define RANDOM_READING_S                                                                           \
    (40 * 86400) /* when all users read their mail: long after the last give-up */

typedef struct RandomMessage {
    const char *sender;
    GPtrArray *recipients; /* addresses, each once */
} RandomMessage;

typedef struct RandomWorld {
    GRand *rand;
    guint64 seed;
    guint calm_s;        /* from here on nothing goes wrong any more */
    GPtrArray *messages; /* RandomMessage */
    GString *keys, *script;
} RandomWorld;

/* A recipient, and the mailboxes it stands for; none: it can't be reached, so a report goes back. */
typedef struct RandomAddress {
    const char *address;
    const char *mailboxes[3];
} RandomAddress;

/* clang-format off */
static const RandomAddress random_addresses[] = {
    { "alice@north.example", { "alice@north.example" } },
    { "bob@north.example",   { "bob@north.example" } },
    { "henry@hub.example",   { "henry@hub.example" } },
    { "carol@south.example", { "carol@south.example" } },
    { "dave@south.example",  { "dave@south.example" } },
    { "team@south.example",  { "tim@south.example", "tess@south.example" } },
    { "Alice+shop@hub.example",  { NULL } }, /* no such user */
    { "zoe@south.example",   { NULL } },
    { "x@nomail.example",    { NULL } },     /* a null MX */
    { "x@lost.example",      { NULL } },     /* its mail host has no address */
    { "x@ties.example",      { NULL } },     /* three mail hosts, and nobody lives there */
    { "x@alias.example",     { NULL } },     /* a CNAME to south, who doesn't know it */
    { "x@no-such.example",   { NULL } },
};
static const char *const random_senders[] = {
    "alice@north.example", "alice@north.example", "bob@north.example", "henry@hub.example",
    "carol@south.example", "dave@south.example",
};
static const char *const random_readers[] = {
    "alice@north.example", "bob@north.example", "henry@hub.example", "carol@south.example",
    "dave@south.example", "tim@south.example", "tess@south.example",
};
static const char *const random_hosts[] = {
    "mx.north.example", "mx.hub.example", "mx.south.example",
};
/* clang-format on */

/* Each stands in one host's section of five. */
static const char *const random_keys[] = {
    "give-up-tries = 3",
    "warn-after = 10m",
    "peer-timeout = 20s",
    "verify-domain = off",
    "archive = on\narchive-keep = 1h",
    "greylist = on",
    "quota = 400K",
    "history = 10m",
    "messages-per-minute = 5",
    "connections-per-client = 1",
};

#define RANDOM_PICK(world, array)                                                                  \
    (array)[g_rand_int_range((world)->rand, 0, (int)G_N_ELEMENTS(array))]

/* TRUE in @percent of all cases. */
static gboolean
random_is(RandomWorld *world, int percent)
{
    return g_rand_int_range(world->rand, 0, 100) < percent;
}

static const RandomAddress *
random_address_find(const char *address)
{
    for (guint i = 0; i < G_N_ELEMENTS(random_addresses); i++)
        if (g_str_equal(random_addresses[i].address, address))
            return &random_addresses[i];
    return NULL;
}

/* ---- keys ---- */

static void
random_host_keys(RandomWorld *world, const char *host)
{
    static const char *const patience[] = {
        "retry = 5m;10m;30m;1h;2h;4h\ngive-up-after = 5d\n",
        "retry = 10s;1h\ngive-up-after = 1d\n",
        "retry = 1h;1d\ngive-up-after = 5d\n",
        "retry = 1m\ngive-up-after = 20m\n",
        "retry = 5m;4h\ngive-up-after = 3m\n",
    };

    g_string_append_printf(world->keys, "[host %s]\n%slimit-loopback = on\n", host,
                           RANDOM_PICK(world, patience));
    for (guint i = 0; i < G_N_ELEMENTS(random_keys); i++)
        if (random_is(world, 20))
            g_string_append_printf(world->keys, "%s\n", random_keys[i]);
    /* The demo's hosts begin without both. */
    if (random_is(world, 70))
        g_string_append(world->keys, "relay-tls = optional\n");
    if (random_is(world, 70))
        g_string_append(world->keys, "relay-pipelining = on\n");
    if (g_str_equal(host, "mx.north.example") && random_is(world, 30))
        g_string_append(world->keys, "relay-via = mx.hub.example\n");
    if (g_str_equal(host, "mx.south.example"))
        g_string_append(world->keys, "accounts = carol:lewis;dave:copper;tim:t;tess:t\n"
                                     "aliases = postmaster: carol;team: tim, tess\n");
}

/* ---- what happens ---- */

static void
random_line(RandomWorld *world, guint at_s, const char *command)
{
    g_string_append_printf(world->script, "%us = %s\n", at_s, command);
}

static guint
random_time(RandomWorld *world)
{
    return (guint)g_rand_int_range(world->rand, 0, (int)world->calm_s);
}

static void
random_message(RandomWorld *world, guint number)
{
    static const char *const sizes[] = { "", "", "", "", " size=70K", " size=300K" };
    RandomMessage *message = g_new0(RandomMessage, 1);
    g_autoptr(GString) command = g_string_new("send ");
    int count = random_is(world, 50) ? 1 : g_rand_int_range(world->rand, 2, 6);

    message->sender = RANDOM_PICK(world, random_senders);
    message->recipients = g_ptr_array_new();
    g_string_append_printf(command, "%s ", message->sender);
    for (int i = 0; i < count; i++) {
        const char *address = RANDOM_PICK(world, random_addresses).address;

        if (g_ptr_array_find(message->recipients, address, NULL))
            continue;
        g_string_append_printf(command, "%s%s", message->recipients->len > 0 ? "," : "", address);
        g_ptr_array_add(message->recipients, (gpointer)address);
    }
    g_string_append_printf(command, " subject=" RANDOM_SUBJECT "%u%s", number,
                           RANDOM_PICK(world, sizes));
    g_ptr_array_add(world->messages, message);
    random_line(world, random_time(world), command->str);
}

/* A value that fits what the point takes, or none: then its own default counts. */
static void
random_fault_value(RandomWorld *world, const TraceFaultPoint *point, GString *command)
{
    static const char *const lies[] = { "127.0.0.66", "127.0.0.4", "mx.hub.example" };

    if (point->parameter == NULL || random_is(world, 30))
        return;
    if (g_str_equal(point->parameter, "seconds"))
        g_string_append_printf(command, " value=%d", g_rand_int_range(world->rand, 1, 900));
    else if (g_str_equal(point->parameter, "octets"))
        g_string_append_printf(command, " value=%d", g_rand_int_range(world->rand, 0, 2000));
    else if (g_str_has_prefix(point->parameter, "an address"))
        g_string_append_printf(command, " value=%s", RANDOM_PICK(world, lies));
}

static void
random_fault(RandomWorld *world)
{
    static const char *const occurrences[] = { "first", "first", "2",   "3",
                                               "7",     "20%",   "60%", "always" };
    const TraceFaultPoint *points = trace_fault_points(), *point;
    g_autoptr(GString) command = g_string_new("fault ");
    const char *occurrence = RANDOM_PICK(world, occurrences);
    int count = 0;

    while (points[count].name != NULL)
        count++;
    point = &points[g_rand_int_range(world->rand, 0, count)];
    g_string_append(command, point->name);
    /* A host is back at once: it would die a thousand times in the same second. */
    if (g_str_has_prefix(point->name, "crash") && g_str_equal(occurrence, "always"))
        occurrence = "20%";
    if (g_str_equal(point->name, "clock-jump"))
        occurrence = "first"; /* it is asked each turn: "always" would be the end of days */
    else if (random_is(world, 60))
        g_string_append_printf(command, " host=%s", RANDOM_PICK(world, random_hosts));
    g_string_append_printf(command, " occurrence=%s", occurrence);
    random_fault_value(world, point, command);
    random_line(world, random_is(world, 60) ? 0 : random_time(world), command->str);
}

static void
random_host_event(RandomWorld *world)
{
    static const char *const events[] = { "down", "up", "crash" };
    g_autofree char *command =
        g_strdup_printf("host %s %s", RANDOM_PICK(world, random_hosts), RANDOM_PICK(world, events));

    random_line(world, random_time(world), command);
}

/* Somebody at the keyboard; what is held is released when the world is calm. */
static void
random_queue_command(RandomWorld *world)
{
    gboolean hold = random_is(world, 50);
    g_autofree char *row = g_strdup_printf("%s:%d", RANDOM_PICK(world, random_hosts),
                                           g_rand_int_range(world->rand, 1, 15));
    g_autofree char *command = g_strdup_printf("queue %s %s", hold ? "hold" : "retry", row);
    g_autofree char *release = g_strdup_printf("queue release %s", row);

    random_line(world, random_time(world), command);
    if (hold)
        random_line(world, world->calm_s + 10, release);
}

/* The faults are gone, the hosts are up; and in the end everybody reads. */
static void
random_ending(RandomWorld *world)
{
    random_line(world, world->calm_s, "fault clear");
    for (guint i = 0; i < G_N_ELEMENTS(random_hosts); i++) {
        g_autofree char *up = g_strdup_printf("host %s up", random_hosts[i]);

        random_line(world, world->calm_s, up);
    }
    for (guint i = 0; i < G_N_ELEMENTS(random_readers); i++) {
        g_autofree char *fetch = g_strdup_printf("fetch %s %s", random_readers[i],
                                                 random_is(world, 50) ? "imap" : "pop3");

        random_line(world, RANDOM_READING_S, fetch);
    }
}

/* ---- the whole ---- */

static void
random_message_free(gpointer data)
{
    RandomMessage *message = data;

    g_ptr_array_unref(message->recipients);
    g_free(message);
}

static void
random_world_free(RandomWorld *world)
{
    g_rand_free(world->rand);
    g_ptr_array_unref(world->messages);
    g_string_free(world->keys, TRUE);
    g_string_free(world->script, TRUE);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RandomWorld, random_world_free)

static RandomWorld *
random_world_new(guint64 seed)
{
    static const guint calms[] = { 60, 600, 7200, 86400, 8 * 86400 };
    RandomWorld *world = g_new0(RandomWorld, 1);

    world->rand = g_rand_new_with_seed((guint32)seed);
    world->seed = seed;
    world->messages = g_ptr_array_new_with_free_func(random_message_free);
    world->keys = g_string_new(NULL);
    world->script = g_string_new("[script]\n");
    world->calm_s = RANDOM_PICK(world, calms);
    g_string_append_printf(world->keys, "[world]\nseed = %" G_GUINT64_FORMAT "\njournal = %s\n",
                           seed, g_getenv("SEED") != NULL ? "on" : "off");
    for (guint i = 0; i < G_N_ELEMENTS(random_hosts); i++)
        random_host_keys(world, random_hosts[i]);
    for (int i = g_rand_int_range(world->rand, 0, 6); i > 0; i--)
        random_fault(world);
    for (guint i = 1; i <= RANDOM_MESSAGES; i++)
        random_message(world, i);
    for (int i = random_is(world, 50) ? 0 : g_rand_int_range(world->rand, 1, 5); i > 0; i--)
        random_host_event(world);
    for (int i = random_is(world, 50) ? 0 : g_rand_int_range(world->rand, 1, 8); i > 0; i--)
        random_queue_command(world);
    random_ending(world);
    return world;
}

#endif
