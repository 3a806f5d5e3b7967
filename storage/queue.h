/* storage/queue.h - mail that has to travel: one row a recipient, every attempt kept.
 *
 *   queue       one a message with remote recipients: reverse-path, when it came, ENVID, RET
 *   recipients  queue id, address, domain, state (waiting, trying, held, done, failed), tries,
 *               next_attempt, last code and words, NOTIFY, ORCPT
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
    STORE_HELD,    /* by hand or by a rule; not tried until released */
    STORE_DONE,    /* the next host has taken it */
    STORE_FAILED,  /* given up, reported */
} StoreQueueState;

const char *store_queue_state_name(StoreQueueState state);

/* Of what the sender wants to be told about a recipient (NOTIFY=, RFC 3461 §4.1); bits. None of
 * them: nothing was said, and then FAILURE and perhaps DELAY is meant. */
typedef enum {
    STORE_NOTIFY_FAILURE = 1,
    STORE_NOTIFY_DELAY = 2,
    STORE_NOTIFY_SUCCESS = 4,
    STORE_NOTIFY_NEVER = 8, /* stands alone */
} StoreNotifyWish;

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
    /* What the sender asked for (RFC 3461). ENVID and ORCPT as they came, in xtext: a host that
     * passes the message on passes them on octet for octet. */
    char *envid;       /* "QQ314159", or NULL */
    char ret;          /* RET=: 'F' the whole message comes back, 'H' its header; 0: not said */
    guint notify;      /* of StoreNotifyWish */
    char *orcpt;       /* "rfc822;carol@south.example", or NULL */
    gint64 finished_s; /* when it was done or failed; 0: it is not */
} StoreQueueItem;

void store_queue_item_free(StoreQueueItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreQueueItem, store_queue_item_free)

/* A queue row for @message; returns its id. */
gint64 store_queue_add(Store *store, Trace *trace, gint64 message, const char *sender,
                       gboolean eightbit, GError **error);
/* One recipient of it, due at @due_s. Journey, branch and event are the trace's. */
gint64 store_queue_add_recipient(Store *store, Trace *trace, gint64 queue, const char *recipient,
                                 const char *domain, gint64 due_s, GError **error);
/* What the sender asked for of the whole message... @ret: 'F', 'H' or 0. */
gboolean store_queue_set_envelope(Store *store, Trace *trace, gint64 queue, const char *envid,
                                  char ret, GError **error);
/* ...and of one recipient. @notify: of StoreNotifyWish. */
gboolean store_queue_set_notify(Store *store, Trace *trace, gint64 id, guint notify,
                                const char *orcpt, GError **error);

/* Have recipients' rows been written since this was last asked? At first: yes. Who looks after each COMMIT for
 * what is due need not, while only mail for our own mailboxes comes. */
gboolean store_queue_has_changed(Store *store);
/* Waiting ones due at @now_s, by due time then id. (element-type StoreQueueItem) */
GPtrArray *store_queue_due(Store *store, gint64 now_s, guint limit, GError **error);
/* The same, but for some domains: " south.example east.example ". */
GPtrArray *store_queue_due_but(Store *store, gint64 now_s, const char *domains, guint limit,
                               GError **error);
/* The same of one message: @queue is its queue row. */
GPtrArray *store_queue_due_of(Store *store, gint64 queue, gint64 now_s, GError **error);
/* When the next is due; 0: none waits. */
gint64 store_queue_next_due(Store *store, GError **error);
/* When the next is due of those that are not due at @now_s; 0: none is. */
gint64 store_queue_due_after(Store *store, gint64 now_s, GError **error);
#define STORE_QUEUE_LIST_MAX 1000 /* rows of one list */
/* All that are not done or failed (@all: those too), for lists; at most STORE_QUEUE_LIST_MAX. */
GPtrArray *store_queue_list(Store *store, gboolean all, GError **error);
/* Those that are, the last finished first; at most STORE_QUEUE_LIST_MAX. */
GPtrArray *store_queue_history(Store *store, GError **error);
/* One row; STORE_ERROR_NONE where there is none. */
StoreQueueItem *store_queue_get(Store *store, gint64 id, GError **error);
/* Forgets at most @limit rows that were finished before @before_s, with their attempts: *@count of
 * them. Tells one event, if there were any. */
gboolean store_queue_forget(Store *store, gint64 before_s, guint limit, guint *count,
                            GError **error);

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
/* By hand, or by a filter's rule: STORE_HELD, or STORE_WAITING to release it. */
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
