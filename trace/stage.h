/* trace/stage.h - the stages of a message's journey, in the order it meets them.
 *
 *   connect > sender > split > route > local:  recipient > filter > store > deliver (> archive) > pickup
 *                                      remote: dns > filter > store > queue > relay (> retry | bounce)
 *
 * A stage has one name everywhere: in the code, the journal, the viewer, breakpoints,
 * faults, labs and tests. This is where it stands.
 */
#ifndef TRACE_STAGE_H
#define TRACE_STAGE_H

#include <glib.h>

typedef enum {
    STAGE_NONE, /* outside any stage: start, stop, COMMIT, control */
    STAGE_CONNECT,
    STAGE_SENDER,
    STAGE_SPLIT,
    STAGE_ROUTE,
    STAGE_RECIPIENT,
    STAGE_DNS,
    STAGE_FILTER,
    STAGE_STORE,
    STAGE_QUEUE,
    STAGE_RELAY,
    STAGE_RETRY,
    STAGE_BOUNCE,
    STAGE_DELIVER,
    STAGE_ARCHIVE,
    STAGE_PICKUP,
    STAGES, /* how many there are */
} Stage;

/* What there is to say about a stage wherever it is met (the event says the rest). */
typedef struct StageInfo {
    const char *name;     /* "dns" */
    const char *brief;    /* "DN", two letters for the time line */
    const char *question; /* the question the stage answers, one sentence */
    const char *asks;     /* two or three sentences: what the server does here, and why */
    const char *outcomes; /* what the alternatives lead to, a line each, separated by \n */
    const char *rfc;      /* "RFC 5321 §5.1", or NULL where no standard speaks of it */
} StageInfo;

/* Never NULL; STAGE_NONE has the empty name. */
const StageInfo *stage_info(Stage stage);
const char *stage_name(Stage stage);

/* The stage of that name; STAGE_NONE for NULL, "" and names that are no stage. */
Stage stage_from_name(const char *name);

#endif
