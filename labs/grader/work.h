/* labs/grader/work.h - a student's work folder, and how far the student is.
 *
 *   labs/mine/03-split/     what start/ and the lab's world came to, for this student
 *     id                    who it is for
 *     progress              hints seen, points, whether it passed
 *     predictions.txt       only where the lab asks for it: what PREDICT was answered (predicted.h)
 *     runs/main-1/          journal and databases of what the last check played
 *     build/                the program made with the student's .c files
 */
#ifndef LABS_GRADER_WORK_H
#define LABS_GRADER_WORK_H

#include "labs/grader/identity.h"

typedef struct LabWork {
    Lab *lab;
    LabIdentity *identity;
    char *folder; /* absolute */
    char *out;    /* where runs/ and build/ go: the same folder, unless it is somebody else's */
} LabWork;

/* ---- where things are ---- */

/* "3", "03" or "03-split" below the folder @labs. */
Lab *lab_work_find(const char *labs, const char *word, GError **error);
/* The folder that holds the work folders: labs/mine, here or in a folder around. Newly allocated. */
char *lab_work_base(const char *asked);

/* ---- the folder ---- */

/* Makes it. Refuses to overwrite. @with: a folder whose files come on top of start/, or NULL. */
LabWork *lab_work_start(Lab *lab, const char *base, const char *id, const char *with,
                        GError **error);
/* Takes @lab in any case. @id: NULL: as the file says. */
LabWork *lab_work_open(Lab *lab, const char *folder, const char *id, GError **error);
void lab_work_free(LabWork *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabWork, lab_work_free)

char *lab_work_folder(const Lab *lab, const char *base);
/* Who @folder was made for; NULL: it is no work folder. Newly allocated. */
char *lab_work_id(const char *folder);
/* Moves @folder aside to FOLDER.1, FOLDER.2...; returns that name, newly allocated. */
char *lab_work_set_aside(const char *folder, GError **error);
/* The text of a file in it; NULL where there is none, or it is no text of a decent size. Newly
 * allocated. */
char *lab_work_text(const char *folder, const char *name);

/* ---- how far ---- */

typedef struct LabProgress {
    guint hints;     /* seen */
    guint points;    /* at the last check */
    gboolean tried;  /* it was checked */
    gboolean passed; /* once; it stays so */
} LabProgress;

LabProgress lab_work_progress(const char *folder, const Lab *lab);
gboolean lab_work_keep(const char *folder, const Lab *lab, const LabProgress *progress,
                       GError **error);

#endif
