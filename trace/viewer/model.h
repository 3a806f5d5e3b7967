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
#include "trace/viewer/entry.h"
#include "trace/viewer/tables.h"

typedef struct ViewModel ViewModel;

/* One event with its data at hand. Only to be read: others may have it too. */
typedef struct ViewEvent {
    TraceEvent *event;
    JsonObject *data; /* never NULL */
} ViewEvent;

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
/* The word of the entry's outcome, "ok"; NULL: it has none. */
const char *view_model_outcome(const ViewModel *model, const ViewEntry *entry);
/* TRUE: a newer Glasspost wrote it; what it says that we don't know is not shown. */
gboolean view_model_is_newer(const ViewModel *model);
/* Lines that were no events. */
guint view_model_damaged(const ViewModel *model);

guint view_model_messages(const ViewModel *model);
const ViewMessage *view_model_message(const ViewModel *model, guint number);
/* NULL for a NULL or unknown @journey. */
const ViewMessage *view_model_message_of(const ViewModel *model, const char *journey);
/* const char *: the hosts that were seen, in the order in which they first were. */
const GPtrArray *view_model_hosts(const ViewModel *model);
/* The sessions, in the order in which they began. */
guint view_model_sessions(const ViewModel *model);
const ViewSession *view_model_session(const ViewModel *model, guint number);

/* The event itself, read from the file; NULL where its segment is gone. */
ViewEvent *view_model_load(const ViewModel *model, guint index);
/* Its line as it stands in the file, into @line. FALSE where its segment is gone. */
gboolean view_model_line(const ViewModel *model, guint index, GString *line);
/* The header of the segment that the event is in, as JSON text; NULL: it can't be read. */
char *view_model_header(const ViewModel *model, guint index);
/* The first entry of that segment. */
guint view_model_segment_begin(const ViewModel *model, guint index);
/* NULL: @line is no event. */
ViewEvent *view_event_parse(const char *line, gsize length);
void view_event_free(ViewEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewEvent, view_event_free)

/* A text of the event's data, NULL where there is none of that name. */
const char *view_event_text(const ViewEvent *event, const char *key);
/* Any value of the data as readable text: "carol", "no", "a, b", "id=1 name=carol". NULL: none. */
char *view_event_value(const ViewEvent *event, const char *key);
/* The same of one JSON value. */
char *view_value_words(JsonNode *node);

#endif
