/* trace/viewer/rerun.h - :whatif: our own program, run beside the viewer on the same journal.
 *
 * The viewer knows no server and cannot run a world. So it starts `glasspost whatif JOURNAL --change
 * ...` as a child, stays alive meanwhile, and opens both runs that come out of it (whatif_page.h); a
 * viewer of lines takes its page as text. Esc ends the child.
 */
#ifndef TRACE_VIEWER_RERUN_H
#define TRACE_VIEWER_RERUN_H

#include "trace/viewer/state.h"

/* ":whatif fault dns-timeout": asks for it. Without words: the inputs, and what can be changed. */
void view_whatif_command(View *view, const char *change);
/* FALSE: none is under way. */
gboolean view_whatif_cancel(View *view);
/* Asked for and not there yet? */
gboolean view_whatif_is_awaited(const View *view);

typedef struct ViewRerun ViewRerun;

/* @program: the file that is run; @journal: a file or a folder; @plain: its page as text will do. */
ViewRerun *view_rerun_new(const char *program, const char *journal, gboolean plain);
/* Ends a child that still runs. */
void view_rerun_free(ViewRerun *rerun);
/* What to wait for, to be read from; -1: nothing. */
int view_rerun_fd(const ViewRerun *rerun);
/* Begins what @view asks for, takes what the child has said, shows it when it has ended. */
void view_rerun_turn(ViewRerun *rerun, View *view);

#endif
