/* labs/grader/take.h - a take: one world played once to its end, and what it left behind.
 *
 * The program runs as a process of its own, within limits, and leaves a state folder that the viewer
 * opens:
 *
 *   WORK/runs/main-1/journal-0001.ndjson    what happened
 *   WORK/runs/main-1/HOST.db                what each host has in its database
 *   WORK/runs/main-1/output                 what the program printed
 */
#ifndef LABS_GRADER_TAKE_H
#define LABS_GRADER_TAKE_H

#include "labs/grader/identity.h"
#include "trace/event.h"

#define LAB_TAKE_SECONDS    20                 /* a world that takes longer is ended */
#define LAB_HARNESS_SECONDS 5                  /* and a harness */
#define LAB_TAKE_OCTETS     (64 * 1024 * 1024) /* of a journal that is read */
#define LAB_OUTPUT_OCTETS   (1024 * 1024)      /* of a harness's words that are read */

typedef struct LabTake {
    guint64 seed;      /* as the lab names it; the student's own is added when it is used */
    char *state;       /* folder; NULL for a harness */
    GPtrArray *events; /* TraceEvent, by seq; may be empty */
    char *output;      /* what it printed */
    char *failure;     /* why it did not end well ("it took longer than 20 s"), or NULL */
} LabTake;

void lab_take_free(LabTake *take);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabTake, lab_take_free)

/* The journal and databases that lie in @state. */
LabTake *lab_take_open(const char *state, guint64 seed, GError **error);

typedef struct LabScene { /* what is to be played */
    const char *program;  /* a glasspost */
    const char *world;    /* its world file */
    const char *overlay;  /* or NULL */
} LabScene;

/* Plays @scene with @seed added to the student's own; @state is emptied first. Never NULL: what went
 * wrong is the take's failure. */
LabTake *lab_take_play(const LabScene *scene, const LabIdentity *identity, guint64 seed,
                       const char *state);
/* Runs @program with that seed as its argument; what it prints goes into @output, too. */
LabTake *lab_take_harness(const char *program, const LabIdentity *identity, guint64 seed,
                          const char *output);

#endif
