/* labs/grader/process.h - runs a program that may do anything, within limits.
 *
 * What a student wrote may run for ever, fill memory or the disk, or wait for a key. So it is a
 * process group of its own, with nothing to read, limits on time, memory and files, and it ends
 * when the grader does. All that it has started ends with it. The grader has no other children then.
 */
#ifndef LABS_GRADER_PROCESS_H
#define LABS_GRADER_PROCESS_H

#include <glib.h>

typedef struct LabProcess {
    const char *const *argv; /* the program, searched in PATH, and its arguments */
    const char *folder;      /* to work in, or NULL */
    const char *output;      /* file that takes what it prints */
    guint seconds;           /* until it is ended */
    guint64 octets;          /* of a file that it may write */
    gboolean sanitized;      /* ASan's shadow needs any amount of address space */
} LabProcess;

/* Waits for its end. NULL where it ended with status 0, else why not, as the rest of a sentence
 * ("it took longer than 20 s"). Newly allocated. */
char *lab_process_run(const LabProcess *process);

/* What @output holds, at most @octets of it, safe to print. Newly allocated. */
char *lab_process_words(const char *output, gsize octets);

#endif
