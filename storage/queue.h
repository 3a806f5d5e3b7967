/* storage/queue.h - mail that has to travel: one row a recipient, every attempt kept.
 *
 *   queue       one a message with remote recipients: reverse-path, journey, when to give up
 *   recipients  queue id, address, domain, state (waiting, trying, held, done, failed), tries,
 *               next_attempt, last code and words
 *   attempts    recipient, when, host, address, code, words, duration
 *
 * Tests: tests/test_storage_queue.c
 */
#ifndef STORAGE_QUEUE_H
#define STORAGE_QUEUE_H

#include "storage/message.h"

typedef enum {
    STORE_WAITING, /* due at next_attempt */
    STORE_TRYING,  /* an attempt is under way (after a restart: waiting again) */
    STORE_HELD,    /* by hand; not tried */
    STORE_DONE,    /* the next host has taken it */
    STORE_FAILED,  /* given up, reported */
} StoreQueueState;

const char *store_queue_state_name(StoreQueueState state);

typedef struct StoreQueueItem { /* one recipient with what its message says */
    gint64 id;                  /* of the recipient row */
    gint64 queue;               /* of its message's queue row */
    gint64 message;
    char *sender;    /* reverse-path, "" null */
    char *recipient; /* the address */
    char *domain;    /* where it goes: the domain of the address */
    char *journey, *branch;
    guint64 event; /* to follow from: of being queued, then of the last failure */
    gint64 arrived_s;
    gint64 next_attempt_s;
    guint tries;
    StoreQueueState state;
    char *last;      /* last reply or reason, for people; NULL at first */
    gboolean warned; /* the delay notice has gone */
    guint64 octets;
    gboolean eightbit; /* BODY=8BITMIME */
} StoreQueueItem;

void store_queue_item_free(StoreQueueItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreQueueItem, store_queue_item_free)

/* A queue row for @message; returns its id. */
gint64 store_queue_add(Store *store, Trace *trace, gint64 message, const char *sender,
                       gboolean eightbit, GError **error);
/* One recipient of it, due at @due_s. Journey, branch and event are the trace's. */
gint64 store_queue_add_recipient(Store *store, Trace *trace, gint64 queue, const char *recipient,
                                 const char *domain, gint64 due_s, GError **error);

/* Waiting ones due at @now_s, by due time then id. (element-type StoreQueueItem) */
GPtrArray *store_queue_due(Store *store, gint64 now_s, guint limit, GError **error);
/* When the next is due; 0: none waits. */
gint64 store_queue_next_due(Store *store, GError **error);
/* All that are not done or failed (@all: those too), for lists. */
GPtrArray *store_queue_list(Store *store, gboolean all, GError **error);

/* Before dialling: trying, one try more, and the next attempt's time already written, so that a
 * crash in the middle neither loses nor hammers. Tells an sql event, stage relay. */
gboolean store_queue_start(Store *store, Trace *trace, gint64 id, gint64 next_attempt_s,
                           GError **error);
/* Every attempt's end. @code 0: no reply (timeout, refused). */
gboolean store_queue_attempt(Store *store, Trace *trace, gint64 id, const char *host,
                             const char *address, guint code, const char *words, gint64 duration_us,
                             GError **error);
gboolean store_queue_done(Store *store, Trace *trace, gint64 id, GError **error);
/* Waiting again until @due_s. */
gboolean store_queue_postpone(Store *store, Trace *trace, gint64 id, gint64 due_s,
                              const char *words, GError **error);
gboolean store_queue_failed(Store *store, Trace *trace, gint64 id, const char *words,
                            GError **error);
gboolean store_queue_warned(Store *store, gint64 id, GError **error);
/* By hand: the row goes without a report. */
gboolean store_queue_delete(Store *store, gint64 id, GError **error);
/* By hand: hold, release (due now). */
gboolean store_queue_set_state(Store *store, gint64 id, StoreQueueState state, gint64 due_s,
                               GError **error);
/* At start: those that were trying are waiting. */
gboolean store_queue_recover(Store *store, GError **error);

typedef struct StoreAttempt {
    gint64 when_s;
    char *host, *address, *words;
    guint code;
    gint64 duration_us;
} StoreAttempt;
/* (element-type StoreAttempt), oldest first. */
GPtrArray *store_queue_attempts(Store *store, gint64 id, GError **error);

#endif
