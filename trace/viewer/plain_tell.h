/* trace/viewer/plain_tell.h - what plain mode says: events as they come, and answers to keys.
 *
 * Within trace/viewer/plain*.c only.
 */
#ifndef TRACE_VIEWER_PLAIN_TELL_H
#define TRACE_VIEWER_PLAIN_TELL_H

#include "trace/viewer/state.h"

/* What has been told already. */
typedef struct ViewPlainTold ViewPlainTold;

ViewPlainTold *view_plain_told_new(void);
void view_plain_told_free(ViewPlainTold *told);

/* The events up to the cursor that have not been told, a few thousand of them at most: TRUE means
 * that there are more. @settled: nothing is under way, so that it may be told where things stand. */
gboolean view_plain_tell_events(ViewPlainTold *told, View *view, gboolean settled, GString *out);
/* What @key, which was pressed just now (0: none was), shows: an event, a pane, a page, a question, a
 * notice. @asked: the server has been asked for something; what it says comes later. */
void view_plain_tell_answer(ViewPlainTold *told, View *view, guint key, gboolean asked,
                            GString *out);

#endif
