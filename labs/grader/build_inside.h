/* labs/grader/build_inside.h - what the files that build a program share. */
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

/* build.c */

/* A file on the way to the program: its path and @suffix. Newly allocated. */
char *lab_build_path(const LabBuild *build, const char *suffix);
/* The files of @folder whose names end in @suffix, by name. */
GPtrArray *lab_build_list(const char *folder, const char *suffix);

/* build_compile.c */

#define LAB_ARCHIVES 5
/* As the linker needs them: each takes names from those after it. */
extern const char *const lab_archives[LAB_ARCHIVES];

/* build->files to build->objects, and a table of the sources with them. FALSE: build->failure. */
gboolean lab_build_compile(LabBuild *build);
/* build->objects and the archives to the file @program. */
gboolean lab_build_link(LabBuild *build, const char *program);
/* What is on the way alone. */
void lab_build_tidy(const LabBuild *build);

/* build_known.c */

/* All that the program is made of: files, flags, and the archives by size and date. */
char *lab_build_key(const LabBuild *build);
/* Takes what an earlier check, or another work folder, has built of the same. */
gboolean lab_build_reuse(LabBuild *build, const char *cache);
void lab_build_remember(const LabBuild *build, const char *cache);

/* build_words.c */

/* The compiler's words with the student's own names of files. */
char *lab_build_say(const LabBuild *build, const char *words);
/* The one line that says why there is no program. @end: how the compiler ended. */
char *lab_build_why(const LabBuild *build, const char *end, const char *words);

/* C that defines view_own_sources (trace/viewer/code.h): each of @files under its name in @modules
 * (NULL: its own). */
char *lab_build_own_text(GPtrArray *files, GPtrArray *modules);

#endif
