/* labs/grader/lab_inside.h - what lab.c, lab_run.c and lab_check.c share while they read a lab's `checks`. */
#ifndef LABS_GRADER_LAB_INSIDE_H
#define LABS_GRADER_LAB_INSIDE_H

#include "app/ini.h"
#include "labs/grader/identity.h"

#define LAB_POINTS_MAX 100
#define LAB_SEEDS_MAX  1000

typedef struct LabFile {
    AppIni ini; /* comes first: what it is handed back as */
    GKeyFile *keys;
    Lab *lab;
} LabFile;

/* Sets @error "checks:LINE: what" with the line of @key in @section; returns FALSE. */
gboolean lab_file_wrong(const LabFile *file, const char *section, const char *key, GError **error,
                        const char *format, ...) G_GNUC_PRINTF(5, 6);

/* The value of @key without outer space, newly allocated; NULL where it is not there. */
char *lab_file_value(const LabFile *file, const char *section, const char *key);
/* The same; FALSE and @error where it is there but empty. */
gboolean lab_file_text(const LabFile *file, const char *section, const char *key, char **value,
                       GError **error);
/* "a; b;c" in pieces; \; is a plain one. Ended by NULL, newly allocated. */
char **lab_file_list(const char *text);
/* Every key of @section is one of @known (ended by NULL); else @error, with a suggestion. */
gboolean lab_file_keys_known(const LabFile *file, const char *section, const char *const *known,
                             GError **error);
/* There is a ${name} of that name; "id" and "seed" are always. */
gboolean lab_file_has_variable(const LabFile *file, const char *name);
/* Each ${name} in @text is a value of this student's. @key: where it stands. */
gboolean lab_file_names_known(const LabFile *file, const char *section, const char *key,
                              const char *text, GError **error);

/* A word of a-z, 0-9 and "-": what runs, harnesses and checks are called. */
gboolean lab_is_name(const char *text);

/* Add the run of @section ("run main"), or the harness, to the lab. */
gboolean lab_read_run(const LabFile *file, const char *section, GError **error);
gboolean lab_read_harness(const LabFile *file, const char *section, GError **error);
void lab_run_free(gpointer run);
void lab_harness_free(gpointer harness);

/* NULL and @error: the check of @section ("check known-user") is none. Runs and harnesses are read
 * before it. */
LabCheck *lab_check_read(const LabFile *file, const char *section, GError **error);
/* @check as it stands for this student: each ${name} replaced. Newly allocated; NULL and @error where
 * a text cannot be. */
LabCheck *lab_check_for(const LabCheck *check, const LabIdentity *identity, GError **error);
void lab_check_free(LabCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabCheck, lab_check_free)

#endif
