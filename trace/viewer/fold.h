/* trace/viewer/fold.h - what is known of a message at any place of the journal: put together again
 * from its events, one after the other.
 *
 *   event 40   INSERT INTO recipients   after: id=1 state=waiting tries=0     recipients 1 is new
 *   event 45   UPDATE recipients        after: id=1 state=trying tries=1      two columns differ
 *   event 22   decision of stage route  outcome: remote                       route of recipient 1
 *
 * Each of these is a fact: a name and the columns that have been told of it.
 */
#ifndef TRACE_VIEWER_FOLD_H
#define TRACE_VIEWER_FOLD_H

#include "trace/viewer/draw.h"

typedef struct ViewFold ViewFold;

ViewFold *view_fold_new(void);
/* The same facts; what is folded into the one does not change the other. */
ViewFold *view_fold_copy(const ViewFold *fold);
void view_fold_free(ViewFold *fold);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewFold, view_fold_free)

/* Whether an event like @entry can change a fact: the others need not be read. */
gboolean view_fold_wants(const ViewEntry *entry);
void view_fold_take(ViewFold *fold, const ViewEvent *event);

/* A line a fact of @after or @before: "+" new, "-" gone, "*" changed with the columns that did, a
 * space where it is the same. */
void view_fold_show(const ViewFold *before, const ViewFold *after, ViewLines *lines);

#endif
