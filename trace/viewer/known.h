/* trace/viewer/known.h - messages that are older than the journal: the header of its first segment
 * tells from whom they are and for whom (app/snapshot.h). */
#ifndef TRACE_VIEWER_KNOWN_H
#define TRACE_VIEWER_KNOWN_H

#include <glib.h>

typedef struct ViewKnown {
    const char *journey;
    const char *from; /* "<>" for a report */
    const char *to;   /* the first recipient */
    guint recipients; /* how many there are */
} ViewKnown;

/* Calls @take for each message of the header. The strings last only as long as the call. */
void view_known_each(const char *header, gsize length,
                     void (*take)(const ViewKnown *known, void *data), void *data);

#endif
