/* trace/viewer/reader.h - whole lines out of a journal that may still grow.
 *
 *   journal-0001.ndjson   journal-0002.ndjson   ...   the names sort by age
 *
 * A last line that is cut off is left until the rest of it comes.
 */
#ifndef TRACE_VIEWER_READER_H
#define TRACE_VIEWER_READER_H

#include <glib.h>

typedef struct ViewReader ViewReader;

/* @line ends in its newline, not in NUL. @position: where it can be read again, counted over all
 * segments. @first: it is its segment's first line, the header. */
typedef void (*ViewReaderLine)(void *data, const char *line, gsize length, gint64 position,
                               gboolean first);

/* @path: one journal file, or a folder of segments, which may still be empty. */
ViewReader *view_reader_new(const char *path, GError **error);
void view_reader_free(ViewReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewReader, view_reader_free)

/* Gives the lines that are there to @take, at most about @octets of them. TRUE: there may be
 * more at once. */
gboolean view_reader_read(ViewReader *reader, gsize octets, ViewReaderLine take, void *data);

/* Reads the line at @position again, into @line (what was in it is lost). FALSE: it is gone. */
gboolean view_reader_again(const ViewReader *reader, gint64 position, GString *line);

/* Where the segment begins that holds @position. */
gint64 view_reader_segment(const ViewReader *reader, gint64 position);

/* Lines that were too long, or whose end never came. */
guint view_reader_damaged(const ViewReader *reader);

#endif
