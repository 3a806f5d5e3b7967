/* trace/viewer/keep.h - what the learner keeps: marks with notes, copies, saved text.
 *
 * Marks and the last copy lie beside the journal; a mark is one line, "108 why not 550?":
 *
 *   folder of segments   FOLDER/marks.txt     FOLDER/copied.txt
 *   one file, x.ndjson   x.ndjson.marks.txt   x.ndjson.copied.txt
 */
#ifndef TRACE_VIEWER_KEEP_H
#define TRACE_VIEWER_KEEP_H

#include "trace/viewer/state.h"

typedef struct ViewMark {
    guint64 seq;
    char *note; /* never NULL */
} ViewMark;

/* From now on things are kept beside the journal @path; reads the marks that are there. */
void view_keep_open(View *view, const char *path);

/* The note of event @seq, "" for a mark without one; NULL: no mark. */
const char *view_mark_note(const View *view, guint64 seq);
/* Marks the event under the cursor; an empty @note takes a mark away that is there. */
void view_mark_set(View *view, const char *note);

void view_act_mark_next(View *view);
void view_act_copy(View *view);
void view_act_save(View *view);
/* Writes the events of the ladder, as far as they have happened, to a new file @path. */
void view_save_as(View *view, const char *path);

#endif
