/* trace/fleeting.h - a temporary folder that is removed in the end, and if its process was killed, by the next one.
 *
 *   /tmp/glasspost-new-Ab12cd    made, empty; locked (flock)
 *   /tmp/glasspost-run-Ab12cd    the same with its real name: whoever bears it was locked before it did
 *
 * The kernel lets go of a lock when its process ends, in whatever way. So a folder of that name whose lock
 * is free has lost its owner, and one that somebody uses is never taken for such; a process number would
 * say neither for sure. Only our own user's are looked at, and a link is none.
 */
#ifndef TRACE_FLEETING_H
#define TRACE_FLEETING_H

#include <glib.h>

typedef struct TraceFleeting TraceFleeting;

/* Removes what dead processes have left, then makes a folder. NULL: @error says why there is none. */
TraceFleeting *trace_fleeting_new(GError **error);
const char *trace_fleeting_path(const TraceFleeting *folder);
/* Removes it, and all that lies in it. */
void trace_fleeting_free(TraceFleeting *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceFleeting, trace_fleeting_free)

#endif
