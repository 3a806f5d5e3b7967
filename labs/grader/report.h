/* labs/grader/report.h - what the grader says: for people, for one line, for machines.
 *
 *   --terse   "03-split 4/6 known-user quoted"     the names of what failed
 *   --json    {"score":4,"max_score":6,"tests":[{"name":...,"score":...,"max_score":...,
 *             "status":"passed","output":...}]}    the shape that Gradescope reads
 */
#ifndef LABS_GRADER_REPORT_H
#define LABS_GRADER_REPORT_H

#include "labs/grader/judge.h"

typedef struct LabReport {
    const Lab *lab;
    const char *id;
    GPtrArray *verdicts; /* LabVerdict */
    guint columns;       /* of the terminal, at which lines of events are cut; 0: it is none */
    char *predictions;   /* "7 of 9 right": told, and not graded; NULL: there are none */
} LabReport;

guint lab_report_points(const LabReport *report);
gboolean lab_report_passes(const LabReport *report);
/* All newly allocated, ending in "\n". */
char *lab_report_text(const LabReport *report);
char *lab_report_terse(const LabReport *report);
char *lab_report_json(const LabReport *report);

#endif
