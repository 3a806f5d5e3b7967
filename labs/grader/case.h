/* labs/grader/case.h - a case for a detective: a journal from which is not seen what was done to the world.
 *
 * `case = RUN` in [lab] names a run. When a student starts the lab, it is played for this student, and its
 * journal lies in WORK/case, without the events that tell of faults and of the script. Its databases stay
 * away. A check over the run plays it again, and sees everything.
 */
#ifndef LABS_GRADER_CASE_H
#define LABS_GRADER_CASE_H

#include "labs/grader/work.h"

/* WORK/case, newly allocated: what the viewer opens. */
char *lab_case_folder(const LabWork *work);
/* Makes it; nothing to do where the lab has no case. */
gboolean lab_case_make(const LabWork *work, GError **error);

#endif
