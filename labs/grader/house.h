/* labs/grader/house.h - how this glasspost was compiled, so that a student's file can be compiled alike.
 *
 * The Makefile writes it beside the program, as lab.flags:
 *
 *     [build]
 *     root = ..                 the headers, and the labs
 *     archives = .              libglasspost.a and the others
 *     compiler = cc
 *     flags = -std=c17 ...      where root is the current folder
 *     link = -lglib-2.0 ...
 *
 * Relative paths begin at the file's own folder.
 */
#ifndef LABS_GRADER_HOUSE_H
#define LABS_GRADER_HOUSE_H

#include <glib.h>

typedef struct LabHouse {
    char *path; /* of lab.flags */
    char *root, *archives, *compiler;
    char **flags, **link;
    char *text; /* of the file, whole */
} LabHouse;

/* NULL and @error where the program came without what compiling needs. */
LabHouse *lab_house_load(GError **error);
void lab_house_free(LabHouse *house);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabHouse, lab_house_free)

/* The folder of the labs: below the house's root, or beside the program. */
char *lab_house_labs(GError **error);

#endif
