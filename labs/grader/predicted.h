/* labs/grader/predicted.h - what a student has answered to PREDICT (trace/viewer/score.c writes it).
 *
 * A lab asks for it with a file start/predictions.txt. In the work folder it gets a line an answer:
 *
 *     # what stands behind a # is a comment
 *     16 sender wrong           an event's number, its stage, and right, wrong or passed
 *     18 split right
 *
 * Whoever plays a world again is asked again: of each event only the first line counts.
 */
#ifndef LABS_GRADER_PREDICTED_H
#define LABS_GRADER_PREDICTED_H

#include <glib.h>

typedef struct LabPredictions {
    guint right, wrong, passed; /* of different events */
} LabPredictions;

/* Those in the work folder @folder. @events: TraceEvent, by seq; what is about none of them does not
 * count; NULL: everything does. */
LabPredictions lab_predictions_read(const char *folder, GPtrArray *events);

/* "7 of 9 right; 2 passed over", newly allocated; NULL: there are none. */
char *lab_predictions_tell(const char *folder);

#endif
