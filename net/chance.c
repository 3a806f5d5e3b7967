/* net/chance.c - numbers that look like chance (SplitMix64), and secrets from the kernel.
 *
 *   state += a constant       walks through all 2^64 numbers
 *   number = mixed(state)     neighbours in the walk look unrelated
 *
 * The same seed gives the same numbers on every machine: a simulated world can be run again.
 * Tests: tests/test_net_chance.c
 */
#include "net/chance.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

struct NetChance {
    guint64 state;
    gboolean simulated; /* secrets come from the seed, too */
};

NetChance *
net_chance_new(guint64 seed, gboolean simulated)
{
    NetChance *chance = g_new0(NetChance, 1);

    chance->state = seed;
    chance->simulated = simulated;
    return chance;
}

void
net_chance_free(NetChance *chance)
{
    g_free(chance);
}

/* The constants are those of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
 * generators, 2014). */
static guint64
net_chance_next(NetChance *chance)
{
    guint64 number = chance->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

    number = (number ^ (number >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    number = (number ^ (number >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return number ^ (number >> 31);
}

guint32
net_chance_below(NetChance *chance, guint32 below)
{
    g_assert(below > 0);
    /* 32 bits spread over @below numbers: none is favoured by more than one part in 2^32. */
    return (guint32)(((net_chance_next(chance) >> 32) * below) >> 32);
}

double
net_chance_fraction(NetChance *chance)
{
    /* 53 bits: as many as a double holds exactly. */
    return (net_chance_next(chance) >> 11) / 9007199254740992.0;
}

void
net_chance_shuffle(NetChance *chance, void **items, guint count)
{
    for (guint left = count; left > 1; left--) {
        guint pick = net_chance_below(chance, left);
        void *last = items[left - 1];

        items[left - 1] = items[pick];
        items[pick] = last;
    }
}

static void
net_chance_from_seed(NetChance *chance, guint8 *octets, gsize length)
{
    for (gsize i = 0; i < length; i++)
        octets[i] = net_chance_next(chance) >> 56;
}

void
net_chance_secret(NetChance *chance, guint8 *octets, gsize length)
{
    gsize done = 0;

    if (chance->simulated) {
        net_chance_from_seed(chance, octets, length);
        return;
    }
    while (done < length) {
        ssize_t got = getrandom(octets + done, length - done, 0);

        if (got > 0)
            done += got;
        else /* guessable ids and salts would be worse than no server */
            g_assert(errno == EINTR);
    }
}

/* From secrets, not from the seed: two runs of a real server must not give the same ids. */
char *
net_chance_token(NetChance *chance, guint length)
{
    static const char signs[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char *token = g_malloc(length + 1);
    guint done = 0;

    while (done < length) {
        guint8 octets[32];
        guint count = MIN(length - done, sizeof octets);

        net_chance_secret(chance, octets, count);
        for (guint i = 0; i < count; i++) {
            guint8 number = octets[i] & 63;

            if (number < strlen(signs)) /* 62 signs: 62 and 63 are drawn again */
                token[done++] = signs[number];
        }
    }
    token[length] = '\0';
    return token;
}
