/* labs/grader/copy.h - a lab's files, laid out for one student.
 *
 * What a student is given and what the grader plays are the same files, with this student's values
 * in place of each ${name}.
 */
#ifndef LABS_GRADER_COPY_H
#define LABS_GRADER_COPY_H

#include "labs/grader/identity.h"

/* Copies the file @from; a text is expanded on the way unless @identity is NULL. FALSE and @error
 * "FILE: what". */
gboolean lab_copy_file(const char *from, const char *to, const LabIdentity *identity,
                       GError **error);

/**
 * lab_copy_folder:
 * @except: names in @from that are left out, or NULL; those that begin with a dot are, too
 *
 * Makes @to where it is missing. Some folders deep, some hundred files, some megabytes: a lab's own
 * folder, or a student's. What is neither file nor folder is passed over.
 */
gboolean lab_copy_folder(const char *from, const char *to, const LabIdentity *identity,
                         const char *const *except, GError **error);

#endif
