/* trace/segment.h - the segments of a journal as they lie in the state folder.
 *
 *   journal-0001.ndjson  journal-0002.ndjson ... journal-9999.ndjson  journal-10000.ndjson
 */
#ifndef TRACE_SEGMENT_H
#define TRACE_SEGMENT_H

#include <glib.h>

typedef struct TraceSegment {
    guint number;
    guint64 octets;
} TraceSegment;

/* The last numbers given: a restart goes on from there. */
typedef struct TraceCounts {
    guint64 seq, journey, session;
} TraceCounts;

/* The path of segment @number. Newly allocated. */
char *trace_segment_path(const char *folder, guint number);
/* The number of a file called @name; 0: it is no segment. */
guint trace_segment_number(const char *name);
/* All of @folder, the oldest first; NULL and @error where it can't be read. */
GArray *trace_segments_list(const char *folder, GError **error);
/* Read from the end; a line that was cut is passed over. */
TraceCounts trace_segments_counts(const char *folder, const GArray *segments);

#endif
