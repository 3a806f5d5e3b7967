/* trace/viewer/facts.h - a list of facts, and how it was before the last COMMIT. Used by fold.c,
 * fold_rows.c, fold_session.c and known.c only. */
#ifndef TRACE_VIEWER_FACTS_H
#define TRACE_VIEWER_FACTS_H

#include <json-glib/json-glib.h>
#include "trace/viewer/fold.h"

typedef struct ViewFact {
    char *host;
    char *name;      /* "recipients 1", "session smtp-7" */
    JsonObject *row; /* columns; never changed, but replaced; NULL: the row is gone */
} ViewFact;

struct ViewFold {
    const char *journey;
    const char *session;
    GPtrArray *facts; /* ViewFact, in the order they were first told of */
    GPtrArray *undo;  /* ViewFact: as they were before changes that are not durable yet */
    gboolean ending;  /* the next reply in this session ends the transaction */
    gboolean founded;
    guint64 left_out;

    guint begin;  /* the first entry of its segment */
    guint next;   /* the first that is not folded in yet */
    guint parsed; /* events that had to be parsed for it */
    gboolean cut; /* there were too many */
};

ViewFact *view_facts_find(const GPtrArray *facts, const char *host, const char *name);
/* @row NULL: it is gone. */
void view_facts_set(ViewFold *fold, const char *host, const char *name, JsonObject *row);
/* The same for what is undone if the host's next COMMIT fails. */
void view_facts_set_open(ViewFold *fold, const char *host, const char *name, JsonObject *row);
void view_facts_undo(ViewFold *fold, const char *host);

/* The columns of @old (may be NULL), and over them those of @now; what is null is left out. */
JsonObject *view_facts_merge(JsonObject *old, JsonObject *now);
/* "state" of {"state":"waiting"}; NULL: no such text. */
const char *view_facts_text(JsonObject *object, const char *key);
/* A member that is an object, or NULL; of a NULL @object, too. */
JsonObject *view_facts_object(JsonObject *object, const char *key);
/* The snapshot of a header, or NULL. *@node is the whole header, NULL where it is none. */
JsonObject *view_facts_snapshot(const char *header, JsonNode **node);

/* fold_rows.c: rows of tables. */
void view_fold_header_row(ViewFold *fold, JsonObject *told);
void view_fold_statement(ViewFold *fold, const ViewEvent *event);

/* fold_session.c: what a session knows, but the tables do not yet. */
void view_fold_header_session(ViewFold *fold, JsonObject *told);
void view_fold_conversation(ViewFold *fold, const ViewEvent *event);

#endif
