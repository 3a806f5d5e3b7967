/* storage/greylist.h - who tried to deliver what to whom, and when: what greylisting remembers.
 *
 *   client       sender                 recipient             first  last   tries  passed
 *   127.0.0.2    alice@north.example    carol@south.example   09:00  09:05  1      09:05
 *   127.0.0.66   win@prize.example      carol@south.example   09:10  09:10  1
 *
 * What follows from it is decided in smtp/greylist.c. Tests: tests/test_storage_greylist.c
 */
#ifndef STORAGE_GREYLIST_H
#define STORAGE_GREYLIST_H

#include "storage/store.h"

#define STORE_GREYLIST_ROWS 100000 /* of those not seen for the longest time, more are forgotten */

typedef struct StoreTriplet {
    char *client, *sender, *recipient;
    gint64 first_s, last_s; /* when it came first and last */
    gint64 passed_s;        /* when it came back in time; 0: not yet */
    guint tries;            /* how often it was put off */
    char *journey, *branch; /* of its last try, and the event to follow from */
    guint64 event;
} StoreTriplet;

void store_triplet_free(StoreTriplet *triplet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreTriplet, store_triplet_free)

/* The row of client, sender and recipient; tells an sql event. NULL without @error: never seen. */
StoreTriplet *store_greylist_find(Store *store, Trace *trace, const char *client,
                                  const char *sender, const char *recipient, GError **error);
/* The row of @client that passed and was seen last, at @since_s or later; NULL without @error: there
 * is none. Tells an sql event where there is one. */
StoreTriplet *store_greylist_passed(Store *store, Trace *trace, const char *client, gint64 since_s,
                                    GError **error);
/* Writes the row anew; journey, branch and event are the trace's. Tells an sql event. */
gboolean store_greylist_keep(Store *store, Trace *trace, const StoreTriplet *triplet,
                             GError **error);

/* Those not passed whose first try was after @after_s, up to and with @until_s; oldest first.
 * (element-type StoreTriplet) */
GPtrArray *store_greylist_waiting(Store *store, gint64 after_s, gint64 until_s, guint limit,
                                  GError **error);
/* When the next of those not passed came first, later than @after_s; 0: there is none. */
gint64 store_greylist_next(Store *store, gint64 after_s, GError **error);
/* Forgets those not seen since @since_s, those not passed and not seen since @waiting_s, and what
 * is over STORE_GREYLIST_ROWS; tells an sql event if there were any. */
gboolean store_greylist_forget(Store *store, Trace *trace, gint64 since_s, gint64 waiting_s,
                               GError **error);

#endif
