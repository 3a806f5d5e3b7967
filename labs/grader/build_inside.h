/* labs/grader/build_inside.h - what build.c and build_words.c share. */
#ifndef LABS_GRADER_BUILD_INSIDE_H
#define LABS_GRADER_BUILD_INSIDE_H

#include "labs/grader/build.h"
#include "labs/grader/house.h"

typedef struct LabBuild {
    const LabWork *work;
    LabHouse *house;
    gboolean harness;
    char *beside; /* the folder of the lab's own main, for the headers it includes; or NULL */
    gboolean sanitize;
    GPtrArray *files;   /* char *: what is compiled, by name; a harness's own main last */
    GPtrArray *objects; /* char *: what that came to */
    char *folder;       /* of the student's files, as they are compiled */
    char *program;      /* what is made; the names of all files on the way begin with it */
    char *key;          /* a hash of all that it is made of */
    char *notes;        /* the compiler's last words, in the student's terms */
    char *failure;
} LabBuild;

/* The compiler's words with the student's own names of files. */
char *lab_build_say(const LabBuild *build, const char *words);
/* The one line that says why there is no program. @end: how the compiler ended. */
char *lab_build_why(const LabBuild *build, const char *end, const char *words);

/* C that defines view_own_sources (trace/viewer/code.h): each of @files under its name in @modules
 * (NULL: its own). */
char *lab_build_own_text(GPtrArray *files, GPtrArray *modules);

#endif
