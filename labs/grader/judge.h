/* labs/grader/judge.h - does a check hold? Rules over events (rule.c), tables (row.c), what the student
 * wrote (answer.c) and what a program printed (same.c); each says what was expected and what was found.
 */
#ifndef LABS_GRADER_JUDGE_H
#define LABS_GRADER_JUDGE_H

#include "labs/grader/take.h"

typedef struct LabVerdict {
    const LabCheck *check;
    char *text; /* of the check, for this student */
    gboolean holds;
    char *expected; /* for people, one line; NULL where it holds */
    char *found;    /* the same; several lines where a compiler speaks */
    GPtrArray
        *around;  /* char *: the event ("=> ") and two on either side ("   "), a line each; may be
                        * empty */
    char *look;   /* the command that opens the viewer there, or NULL */
    guint64 seed; /* of the take in which it failed; 0: there was but one */
} LabVerdict;

void lab_verdict_free(LabVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabVerdict, lab_verdict_free)

/* What the grader brings to a check. */
typedef struct LabEvidence {
    const Lab *lab;
    const LabIdentity *identity;
    const char *work;     /* the student's folder */
    GPtrArray *takes;     /* LabTake of the check's run or harness, one a seed */
    GPtrArray *reference; /* the same of the reference, for LAB_SAME */
    const char *failure;  /* why there is no take at all ("split.c:12: error: ..."), or NULL */
} LabEvidence;

/* @text made safe to print and, where it is longer than @chars, cut, with a ~ in the end as in the
 * viewer. Newly allocated. */
char *lab_cut(const char *text, glong chars);

/* Never NULL: what cannot be judged (a filter that is none) does not hold, and says why. */
LabVerdict *lab_judge(const LabCheck *check, const LabEvidence *evidence);

#endif
