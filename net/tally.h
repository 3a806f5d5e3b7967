/* net/tally.h - counts for each name, remembered for a while: how often has this address called of
 * late?
 *
 *     NetTally *failures = net_tally_new(clock, 600 * NET_SECOND, NET_TALLY_RENEW);
 *     guint count = net_tally_add(failures, "127.0.0.7");
 *
 * Bounded: of more than NET_TALLY_NAMES names, the one that was quiet longest is forgotten. In the
 * world's time, so that a lab on a virtual clock need not wait.
 *
 * Tests: tests/test_net_tally.c
 */
#ifndef NET_TALLY_H
#define NET_TALLY_H

#include "net/clock.h"

#define NET_TALLY_NAMES 10000 /* remembered at once; the oldest makes room */

typedef struct NetTally NetTally;

typedef enum {
    NET_TALLY_WINDOW, /* a name is forgotten so long after it was counted first: "a minute" */
    NET_TALLY_RENEW,  /* so long after it was counted last: "when it has been quiet" */
} NetTallyKind;

NetTally *net_tally_new(NetClock *clock, gint64 keep_us, NetTallyKind kind);
void net_tally_free(NetTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetTally, net_tally_free)

/* How often @name was counted; 0: never, or it is forgotten. */
guint net_tally_count(NetTally *tally, const char *name);
/* Counts it once more; how often that makes. */
guint net_tally_add(NetTally *tally, const char *name);
/* Until @name is forgotten if nothing more happens; 0: it is not known. */
gint64 net_tally_left_us(NetTally *tally, const char *name);
void net_tally_forget(NetTally *tally, const char *name);

#endif
