/* labs/grader/lab.h - a lab as its file `checks` describes it (labs/README.md has the format).
 *
 *   [id]        the student's own values             identity.h
 *   [run]       a world that is played to its end    take.h
 *   [harness]   a small program that is run          take.h
 *   [check]     a rule over what came of it          judge.h
 */
#ifndef LABS_GRADER_LAB_H
#define LABS_GRADER_LAB_H

#include <glib.h>

typedef enum { LAB_BY_REFERENCE, LAB_BY_STUDENT, LAB_BY_FOLDER } LabProgram;

typedef struct LabRun { /* [run NAME] */
    char *name;
    char *world; /* a file of the lab's folder, or (world_of_student) of the work folder */
    gboolean world_of_student;
    char *overlay; /* the same, or NULL */
    gboolean overlay_of_student;
    LabProgram program;
    char *folder;  /* of the .c files, for LAB_BY_FOLDER */
    GArray *seeds; /* guint64, at least one */
    gboolean hand; /* nothing is played: look into the work folder's state/ */
} LabRun;

typedef struct LabHarness { /* [harness NAME] */
    char *name;
    char *main;    /* the program's own file, in the lab's folder */
    GArray *seeds; /* guint64, at least one */
} LabHarness;

typedef enum {
    LAB_COUNT,
    LAB_NEVER,
    LAB_ALWAYS,
    LAB_BEFORE,
    LAB_WITHIN,
    LAB_ROW,
    LAB_ANSWER,
    LAB_SAME,
    LAB_FILE,
    LAB_PREDICTED,
    LAB_RULES,
} LabRule;

/* Texts still hold their ${name}: what they stand for depends on the student. */
typedef struct LabCheck { /* [check NAME] */
    char *name;
    char *text; /* what must hold, one sentence */
    guint points;
    LabRule rule;
    const LabRun *run;         /* NULL: the rule needs none */
    const LabHarness *harness; /* of LAB_SAME */
    char *first;  /* the rule's own value: a filter, a time, an answer's name, a file */
    char *second; /* has, then, to */
    char *third;  /* from */
    char *host, *event, *field, *sql; /* sql: of row, too */
    char *is, *at_least, *at_most, *matches, *at_most_lines;
    char **accept; /* or NULL */
    int line;      /* of the group, in `checks` */
} LabCheck;

typedef struct LabVariable { /* a line of [id] */
    char *name;
    char *choices; /* "anna;ben", "1..40", "${user}@north.example" */
} LabVariable;

typedef struct Lab {
    guint number;
    char *name;   /* "03-split" */
    char *folder; /* absolute */
    char *title, *kind, *stage;
    guint minutes;
    const LabRun *secret; /* whose journal is a case (case.h), or NULL */
    char **modules;       /* "smtp/split.c": the student's split.c stands in for it; may be empty */
    GPtrArray *variables; /* LabVariable, in order */
    GPtrArray *runs;      /* LabRun */
    GPtrArray *harnesses; /* LabHarness */
    GPtrArray *checks;    /* LabCheck, in order */
} Lab;

/* NULL and @error "FILE:LINE: what" where @folder's checks cannot be read. */
Lab *lab_load(const char *folder, GError **error);
void lab_free(Lab *lab);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lab, lab_free)

/* All labs below @labs (a folder), by number; NULL and @error where one is wrong. */
GPtrArray *lab_load_all(const char *labs, GError **error);

guint lab_points(const Lab *lab);

#endif
