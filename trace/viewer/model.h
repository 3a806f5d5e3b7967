/* trace/viewer/model.h - the journal as the viewer knows it: a list of events, growing.
 *
 *   journal-0001.ndjson, journal-0002.ndjson ...   read whole lines, remember where each stands
 *        entries[]    what the drawing asks of every event: small, kept in memory
 *        the event    read again from its place when its words are needed
 *
 * The same code reads a recording and tails the journal of a running world. A last line that is
 * cut off is left until the rest of it comes; a line that is no event is counted and passed over.
 */
#ifndef TRACE_VIEWER_MODEL_H
#define TRACE_VIEWER_MODEL_H

#include <json-glib/json-glib.h>
#include "trace/event.h"

typedef struct ViewModel ViewModel;

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

/* What is kept of every event: 80 octets, because there may be a million of them. Strings belong to
 * the model and are equal when their pointers are. */
typedef struct ViewEntry {
    guint64 seq;
    guint64 cause;
    gint64 time_us;
    const char *host;
    const char *journey;
    const char *session;
    const char *outcome; /* one word, or NULL */
    guint64 twin : 40;   /* 0: none */
    guint64 due_s : 24;  /* how much later the next try is planned; 0: nothing is said of it */
    guint64 offset : 42; /* where the line begins in its segment */
    guint64 length : 22; /* octets of the line, its end included */
    guint64 segment : 20;
    Stage stage : 6;
    TraceKind kind : 5;
    ViewLane from : 4, to : 4; /* as the journal says; both VIEW_LANES for a note */
    guint code : 10;           /* of a reply; 0: none */
    int tries : 12;            /* -1: nothing is said of it */
    guint worth : 1;           /* one of the some twenty events a message that tell its story */
    guint head : 1;            /* carries the headers of a message */
} ViewEntry;

/* One event with its data at hand. */
typedef struct ViewEvent {
    TraceEvent *event;
    JsonObject *data; /* never NULL */
} ViewEvent;

/* One message: what the list of messages shows of it. */
typedef struct ViewMessage {
    const char *journey;
    char *from;           /* from MAIL; NULL: not seen yet */
    char *to;             /* the first recipient; NULL: not seen yet */
    guint recipients;     /* how many RCPT were seen at the first host */
    const char *origin;   /* the session that MAIL was seen in */
    GArray *entries;      /* guint: its events, in order */
    GHashTable *sessions; /* those it went through (a set of the model's strings) */
} ViewMessage;

/**
 * view_model_open:
 * @path: one journal file, or a folder with journal-NNNN.ndjson in it
 *
 * Nothing is read yet; a folder may still be empty.
 */
ViewModel *view_model_open(const char *path, GError **error);
void view_model_free(ViewModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewModel, view_model_free)

/* Reads what is there, at most about @octets of it. TRUE: there may be more at once. */
gboolean view_model_read(ViewModel *model, gsize octets);

guint view_model_count(const ViewModel *model);
const ViewEntry *view_model_entry(const ViewModel *model, guint index);
/* The entry of that number; FALSE where the journal does not (or no longer) have it. */
gboolean view_model_find(const ViewModel *model, guint64 seq, guint *index);
/* When the next try is planned, as this event says; 0: nothing is said of it. */
gint64 view_entry_due_us(const ViewEntry *entry);
/* TRUE: a newer Glasspost wrote it; what it says that we don't know is not shown. */
gboolean view_model_is_newer(const ViewModel *model);
/* Lines that were no events. */
guint view_model_damaged(const ViewModel *model);

guint view_model_messages(const ViewModel *model);
const ViewMessage *view_model_message(const ViewModel *model, guint number);
/* NULL for a NULL or unknown @journey. */
const ViewMessage *view_model_message_of(const ViewModel *model, const char *journey);

/* The event itself, read from the file; NULL where its segment is gone. */
ViewEvent *view_model_load(const ViewModel *model, guint index);
void view_event_free(ViewEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewEvent, view_event_free)

/* A text of the event's data, NULL where there is none of that name. */
const char *view_event_text(const ViewEvent *event, const char *key);
/* Any value of the data as readable text: "carol", "no", "a, b", "id=1 name=carol". NULL: none. */
char *view_event_value(const ViewEvent *event, const char *key);
/* The same of one JSON value. */
char *view_value_words(JsonNode *node);

/* "client" and the like; VIEW_LANES for NULL and for other words. */
ViewLane view_lane_from_name(const char *name);

#endif
