/* trace/viewer/fold.h - what is known of a message at any place of the journal: put together again
 * from the header of the segment that the place is in, and the events from there on.
 *
 *   header     rows: recipients 1, state=waiting    recipients 1 is known, whoever told of it
 *   event 45   UPDATE recipients  after: state=trying  tries=1      two columns differ
 *   event 72   decision of stage split: user, domain                recipient 1 of session smtp-3
 *   event 90   DELETE FROM messages  before: id=1                   messages 1 is gone
 *
 * Each of these is a fact: a host, a table and the row's primary key, and the columns told of it. A
 * fact that is undone (the COMMIT failed, the host crashed) is as it was after the last COMMIT.
 */
#ifndef TRACE_VIEWER_FOLD_H
#define TRACE_VIEWER_FOLD_H

#include "trace/viewer/draw.h"

typedef struct ViewFold ViewFold;

/* The facts of the message @journey, as seen in @session; either may be NULL. Both are the model's
 * strings. */
ViewFold *view_fold_new(const char *journey, const char *session);
/* The same facts; what is folded into the one does not change the other. */
ViewFold *view_fold_copy(const ViewFold *fold);
void view_fold_free(ViewFold *fold);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewFold, view_fold_free)

/* The header of a segment, as text. Only for a fold that knows nothing yet. */
void view_fold_header(ViewFold *fold, const char *header);
/* Whether an event like @entry can change a fact: the others need not be read. */
gboolean view_fold_wants(const ViewFold *fold, const ViewEntry *entry);
void view_fold_take(ViewFold *fold, const ViewEvent *event);
/* @host has made durable what it has changed. */
void view_fold_commit(ViewFold *fold, const char *host);

/**
 * view_fold_upto:
 * @from: an entry; it is begun with the header of the segment that it is in
 * @index: folded are the events before it
 *
 * A new fold, of the message and the session that the event @index belongs to.
 */
ViewFold *view_fold_upto(const ViewModel *model, guint from, guint index);

/* Those that were asked for last, to go on from: a step ahead then costs one event, not all. */
GPtrArray *view_folds_new(void);
/* What view_fold_upto() says of @index, begun with the header of its own segment. It stays in @folds and
 * is good until the next call. */
const ViewFold *view_folds_upto(GPtrArray *folds, const ViewModel *model, guint index);

/* Rows that the header left out because there were too many; changes that were too many to count. */
guint64 view_fold_left_out(const ViewFold *fold);
/* FALSE: the journal does not begin at its first event, and the header tells of no rows. */
gboolean view_fold_is_founded(const ViewFold *fold);

/* A line a fact that differs: "+" new, "-" gone, "*" changed with the columns that did. Returns how
 * many. */
guint view_fold_show_changes(const ViewFold *before, const ViewFold *after, ViewLines *lines);
/* A line a fact that is the same in both; those of @host first. */
void view_fold_show_rest(const ViewFold *before, const ViewFold *after, const char *host,
                         ViewLines *lines);
/* All facts, a line each, sorted: for tests. */
char *view_fold_text(const ViewFold *fold);

#endif
