/* labs/grader/identity.h - who the student is, and what ${name} stands for in a lab because of it.
 *
 * The same lab and id give the same values on every machine: each is drawn by a hash of lab, id and
 * variable, so that one variable more does not change the others.
 */
#ifndef LABS_GRADER_IDENTITY_H
#define LABS_GRADER_IDENTITY_H

#include "labs/grader/lab.h"

typedef struct LabIdentity {
    char *id;
    guint64 seed; /* added to the seeds of runs */
    /* char *, in the order of [id]; "id" and "seed" (that of a run's seed 1) come first. */
    GPtrArray *names;
    GPtrArray *values; /* char * */
} LabIdentity;

LabIdentity *lab_identity_new(const Lab *lab, const char *id, GError **error);
void lab_identity_free(LabIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabIdentity, lab_identity_free)

/* @text with each ${name} replaced and each $${ made a plain ${. NULL and @error where a name is
 * unknown. Newly allocated. */
char *lab_identity_expand(const LabIdentity *identity, const char *text, GError **error);

#endif
