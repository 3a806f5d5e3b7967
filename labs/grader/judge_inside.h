/* labs/grader/judge_inside.h - what the rules share.
 *
 * A rule looks at one take. It returns TRUE where the check holds there; else it has said why with
 * lab_verdict_fails(), and perhaps where to look with lab_verdict_at().
 */
#ifndef LABS_GRADER_JUDGE_INSIDE_H
#define LABS_GRADER_JUDGE_INSIDE_H

#include "labs/grader/judge.h"
#include "trace/filter.h"

/* One check of one student in one take. */
typedef struct LabCase {
    const LabCheck *check; /* its texts are this student's */
    const LabEvidence *evidence;
    const LabTake *take; /* NULL where the rule needs none */
    LabVerdict *verdict;
} LabCase;

/* rule.c */
gboolean lab_rule_count(const LabCase *it);
gboolean lab_rule_never(const LabCase *it);
gboolean lab_rule_always(const LabCase *it);
gboolean lab_rule_before(const LabCase *it);
gboolean lab_rule_within(const LabCase *it);
/* row.c, answer.c, same.c, predicted.c */
gboolean lab_rule_row(const LabCase *it);
gboolean lab_rule_answer(const LabCase *it);
gboolean lab_rule_file(const LabCase *it);
gboolean lab_rule_same(const LabCase *it);
gboolean lab_rule_predicted(const LabCase *it);

/* The verdict takes over both; returns FALSE. */
gboolean lab_verdict_fails(const LabCase *it, char *expected, char *found);
/* The lab itself is at fault: returns FALSE. */
gboolean lab_verdict_is_broken(const LabCase *it, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Where to look: the event at @index of the take, those around it, and the viewer's command. */
void lab_verdict_at(const LabCase *it, guint index);
/* Only the command: the event itself would give the answer away. */
void lab_verdict_look(const LabCase *it, guint index);
/* The viewer's command at no event. */
void lab_verdict_look_at_all(const LabCase *it);

const TraceEvent *lab_case_event(const LabCase *it, guint index);
/* "event 41 (RCPT TO:<carol@south.example>)" */
char *lab_case_name(const LabCase *it, guint index);
/* Which events match @filter: their indexes. NULL: it is no filter, and the verdict says so. */
GArray *lab_case_find(const LabCase *it, const char *filter);
/* "none; nearest is event 14: its code is 250, not 503"; the verdict looks there. */
char *lab_case_nearest(const LabCase *it, const char *filter);

/* What the query gives on @host's database: columns joined by ",", rows by ";". NULL and @error. */
char *lab_row_ask(const LabTake *take, const char *host, const char *sql, GError **error);

#endif
