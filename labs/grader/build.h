/* labs/grader/build.h - makes a program in which a student's file stands in for one of the house's.
 *
 * The house lies in archives. A linker takes a member out of an archive only where a name is still
 * missing; so what the student's split.o defines is not taken from smtp/split.o. Nothing of the house
 * is copied or changed.
 *
 * What is built: WORK/build/glasspost for worlds, WORK/build/NAME for a harness; it is built again
 * only when a file it is made of has changed.
 */
#ifndef LABS_GRADER_BUILD_H
#define LABS_GRADER_BUILD_H

#include "labs/grader/work.h"

typedef struct LabBuilt {
    char *program; /* or NULL: */
    char *failure; /* "split.c:12:5: error: ..." */
    char *
        notes; /* all that the compiler said, each line beginning with the student's FILE:LINE; or NULL */
} LabBuilt;

void lab_built_clear(LabBuilt *built);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LabBuilt, lab_built_clear)

/* A glasspost with the .c files of @folder (the work folder, or one of the lab's own) in it. @name: of
 * the program. @cache: a folder where builds of the same files are shared between work folders, or
 * NULL. */
LabBuilt lab_build_program(const LabWork *work, const char *folder, const char *name,
                           const char *cache);
/* The harness @main (a file) with the .c files of @folder; with the house's where that is NULL. ASan
 * and UBSan watch over these files where the compiler has them. */
LabBuilt lab_build_harness(const LabWork *work, const char *main, const char *folder,
                           const char *name, const char *cache);

#endif
