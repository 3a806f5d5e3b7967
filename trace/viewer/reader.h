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

/* @line ends in its newline, not in NUL. @segment, @offset: where it can be read again. */
typedef void (*ViewReaderLine)(void *data, const char *line, gsize length, guint segment,
                               gint64 offset);

/* @path: one journal file, or a folder of segments, which may still be empty. */
ViewReader *view_reader_new(const char *path, GError **error);
void view_reader_free(ViewReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewReader, view_reader_free)

/* Gives the lines that are there to @take, at most about @octets of them. TRUE: there may be
 * more at once. */
gboolean view_reader_read(ViewReader *reader, gsize octets, ViewReaderLine take, void *data);

/* Reads @octets again; FALSE where they are gone. */
gboolean view_reader_again(const ViewReader *reader, guint segment, gint64 offset, char *buffer,
                           gsize octets);

/* Lines that were too long, or whose end never came. */
guint view_reader_damaged(const ViewReader *reader);

#endif
