/* trace/viewer/whatif.h - two runs of the same inputs side by side, one of them with something changed.
 *
 *   What if: fault connect-refused
 *
 *   Both tell the same up to event 58 ...
 *   >> There they part. ...
 *      as it was (59): ...
 *      what if (60):   ...
 *
 *   What became of each message ...
 *
 *      as it was                             what if
 *    * 09:00:00 mx.north.example relay       09:00:00 mx.north.example relay
 *        Calling mx.south.example ...          There is no connection ...
 *    = (3 more that are the same)
 *
 * Events are the same where host, stage, kind and text are; their numbers and times are not asked.
 * Inputs are left out: they are what was changed, not what came of it.
 */
#ifndef TRACE_VIEWER_WHATIF_H
#define TRACE_VIEWER_WHATIF_H

#include "trace/viewer/model.h"

/* Where two runs part, as entries of each; VIEW_NO_ENTRY: there is none. */
typedef struct ViewParting {
    guint shared[2]; /* the last that both tell */
    guint first[2];  /* the first that differs; one of them may have ended */
} ViewParting;

/* FALSE: both tell the same from beginning to end. */
gboolean view_whatif_parting(const ViewModel *before, const ViewModel *after, ViewParting *parting);

/* A page of at most 78 columns. @change: what was changed, a line; @note: a sentence for its top, or
 * NULL. (transfer full) */
char *view_whatif_text(ViewModel *before, ViewModel *after, const char *change, const char *note);

#endif
