/* net/chance.h - the only door to chance.
 *
 * A world has one NetChance. In a simulated world all of it comes from the seed; in a real one
 * net_chance_secret() (ids of DNS questions, salts, nonces) comes from the kernel.
 */
#ifndef NET_CHANCE_H
#define NET_CHANCE_H

#include <glib.h>

typedef struct NetChance NetChance;

NetChance *net_chance_new(guint64 seed, gboolean simulated);
void net_chance_free(NetChance *chance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetChance, net_chance_free)

/* A number in [0, @below). */
guint32 net_chance_below(NetChance *chance, guint32 below);
double net_chance_fraction(NetChance *chance); /* [0, 1) */
void net_chance_shuffle(NetChance *chance, void **items, guint count);
/* Octets nobody can guess (in a simulated world: from the seed). */
void net_chance_secret(NetChance *chance, guint8 *octets, gsize length);
/* @length letters and digits, for ids and boundaries. Newly allocated. */
char *net_chance_token(NetChance *chance, guint length);

#endif
