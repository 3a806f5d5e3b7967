/* trace/viewer/entry.h - a line of the journal becomes an entry: what is kept of every event.
 *
 * There may be a million entries, so each is 64 octets, and whatever repeats is kept once: words are
 * the taker's own and equal when their pointers are, outcomes are numbers.
 */
#ifndef TRACE_VIEWER_ENTRY_H
#define TRACE_VIEWER_ENTRY_H

#include "trace/event.h"
#include "trace/viewer/fields.h"

/* The ladder's lanes, from left to right. */
typedef enum {
    VIEW_CLIENT,
    VIEW_HOST,
    VIEW_DNS,
    VIEW_STORE,
    VIEW_REMOTE,
    VIEW_READER,
    VIEW_LANES,
} ViewLane;

/* "client" and the like; VIEW_LANES for NULL and for other words. */
ViewLane view_lane_from_name(const char *name);

/* Outcomes that the viewer itself asks for; other words have the numbers after them. */
typedef enum {
    VIEW_NO_OUTCOME,
    VIEW_REFUSED,
    VIEW_FAILED,
    VIEW_EXPIRED, /* given up after so many tries */
    VIEW_LOCAL,
    VIEW_GREYLISTED, /* put off: a stranger's first try */
    VIEW_HELD,       /* a rule keeps it back, in the queue */
    VIEW_OUTCOMES,
} ViewOutcome;

typedef struct ViewEntry {
    guint64 seq;
    guint64 cause;
    gint64 time_us;
    const char *host;
    const char *journey;
    const char *session;
    guint64 position : 38; /* where its line begins (see reader.h) */
    guint twin_back : 15;  /* so many events before, the other end of the same octets; 0: none */
    Stage stage : 5;
    TraceKind kind : 4;
    guint worth : 1;  /* one of the some twenty events a message that tell its story */
    guint head : 1;   /* carries the headers of a message */
    guint due_s : 22; /* how much later the next try is planned; 0: nothing is said of it */
    guint code : 10;  /* of a reply; 0: none */
    int tries : 9;    /* -1: nothing is said of it */
    ViewLane from : 3, to : 3; /* as the journal says; both VIEW_LANES for a note */
    guint outcome : 16;        /* one word: see view_taker_outcome() */
} ViewEntry;

G_STATIC_ASSERT(sizeof(ViewEntry) == 64);

typedef struct ViewTaker ViewTaker;

ViewTaker *view_taker_new(void);
void view_taker_free(ViewTaker *taker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewTaker, view_taker_free)

typedef enum {
    VIEW_LINE_EVENT,
    VIEW_LINE_HEADER,
    VIEW_LINE_NEWER, /* a header of a journal that a newer Glasspost wrote */
    VIEW_LINE_DAMAGED,
} ViewLineKind;

/* What a line has told. The texts of the fields hold only until the next line is taken. */
typedef struct ViewTaken {
    ViewEntry entry;
    ViewFields fields;
} ViewTaken;

/**
 * view_taker_take:
 * @first: the line is its segment's first, where a header is expected
 * @taken: filled in where the line is an event, but for its position
 */
ViewLineKind view_taker_take(ViewTaker *taker, const char *line, gsize length, gboolean first,
                             ViewTaken *taken);

/* The word of an outcome's number; NULL for none. */
const char *view_taker_outcome(const ViewTaker *taker, guint number);

/* When the next try is planned, as this event says; 0: nothing is said of it. */
gint64 view_entry_due_us(const ViewEntry *entry);

#endif
