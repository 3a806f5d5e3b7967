/* labs/grader/grade.h - one check of a work folder: everything is built, played and judged. */
#ifndef LABS_GRADER_GRADE_H
#define LABS_GRADER_GRADE_H

#include "labs/grader/report.h"
#include "labs/grader/work.h"

typedef struct LabGrading {
    GArray *hidden;    /* guint64: seeds on top of the lab's own, or NULL */
    const char *cache; /* of builds, or NULL (build.h) */
    GString *notes;    /* the compiler's words are appended here, or NULL */
} LabGrading;

/* NULL and @error where the lab itself cannot be laid out; whatever a student did is in the report.
 * The report points into @work. */
LabReport *lab_grade(const LabWork *work, const LabGrading *grading, GError **error);
void lab_grade_free(LabReport *report);

/* Where a run's world lies: the lab's or the student's files, and the lab's judge/ beside them, with
 * this student's values, in the folder @set. */
gboolean lab_grade_lay_out(const LabWork *work, const LabRun *run, const char *set, GError **error);

#endif
