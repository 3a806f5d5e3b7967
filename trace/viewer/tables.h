/* trace/viewer/tables.h - the messages, sessions and hosts of a journal, kept as its events come.
 *
 * A list on the screen shows some twenty of them, as they were at the cursor. So each knows its own
 * events, and nobody has to walk all entries to find them.
 */
#ifndef TRACE_VIEWER_TABLES_H
#define TRACE_VIEWER_TABLES_H

#include "trace/viewer/entry.h"
#include "trace/viewer/known.h"

/* No entry. */
#define VIEW_NO_ENTRY G_MAXUINT

/* Indices in order, each once. Smaller than a GArray, because there is one for each session. */
typedef struct ViewIndices {
    guint *at;
    guint count;
    guint room;
} ViewIndices;

/* How many of them are at most @index. */
guint view_indices_upto(const ViewIndices *indices, guint index);

/* One message: what the list of messages shows of it. */
typedef struct ViewMessage {
    const char *journey;
    char *from;           /* from MAIL; NULL: not seen yet */
    char *to;             /* the first recipient; NULL: not seen yet */
    const char *origin;   /* the session that MAIL was seen in */
    guint recipients;     /* how many RCPT were seen at the first host */
    GArray *entries;      /* guint: its events, in order */
    ViewIndices sessions; /* those it went through, by number; one may stand here twice */
} ViewMessage;

/* One connection, or one call to another host. */
typedef struct ViewSession {
    const char *name;
    const char *host;    /* NULL: not said */
    const char *journey; /* the message it came to last; NULL: none yet */
    guint first_call;    /* the first entry that spoke to REMOTE, or VIEW_NO_ENTRY */
    ViewIndices entries; /* its events */
} ViewSession;

typedef struct ViewTables ViewTables;

ViewTables *view_tables_new(void);
void view_tables_free(ViewTables *tables);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewTables, view_tables_free)

/* A message from before the journal's first event; it is listed from its first event on. */
void view_tables_know(ViewTables *tables, const ViewKnown *known);
/* Takes in the entry @index. */
void view_tables_take(ViewTables *tables, guint index, const ViewEntry *entry,
                      const ViewFields *fields);

guint view_tables_messages(const ViewTables *tables);
const ViewMessage *view_tables_message(const ViewTables *tables, guint number);
/* NULL for a NULL or unknown @journey. */
const ViewMessage *view_tables_message_of(const ViewTables *tables, const char *journey);
/* const char *: the hosts that were seen, in the order in which they first were. */
const GPtrArray *view_tables_hosts(const ViewTables *tables);
/* In the order in which they began. */
guint view_tables_sessions(const ViewTables *tables);
const ViewSession *view_tables_session(const ViewTables *tables, guint number);

#endif
