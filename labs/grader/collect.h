/* labs/grader/collect.h - many students' work folders, checked anew, a line each. */
#ifndef LABS_GRADER_COLLECT_H
#define LABS_GRADER_COLLECT_H

#include "labs/grader/grade.h"

/* Prints id,lab,points,of,passed,failed,folder for each work folder some levels below @folder. It
 * builds and runs what students wrote. Nothing is written into their folders. */
gboolean lab_collect(const char *labs, const char *folder, const LabGrading *grading,
                     GError **error);

#endif
