/* trace/viewer/reader.c - whole lines out of a journal that may still grow (see reader.h).
 *
 * Start reading at view_reader_read(). Files are read with pread, never mapped: a journal may be
 * cut or deleted while we look at it.
 *
 *   segment   |--- 1 ---|--- 2 ---|--- 3 ...     a position counts the octets of all of them
 *   window         [    ]                        what was read again last: a search asks for
 *                                                line after line, and its neighbours come with it
 * Tests: tests/test_viewer_model.c
 */
#include "trace/viewer/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A longer line is no event of ours: bodies are cut at 16 KB when the event is made. */
#define VIEW_LINE_MAX (1024 * 1024)
#define VIEW_CHUNK    (64 * 1024)

typedef struct ViewSegment {
    char *path;
    gint64 begin;   /* the position of its first octet */
    gint64 read_to; /* octets of whole lines taken */
} ViewSegment;

/* A piece of one segment. */
typedef struct ViewWindow {
    const ViewSegment *segment; /* NULL: none yet */
    gint64 offset;
    gsize octets;
    char buffer[VIEW_CHUNK];
} ViewWindow;

struct ViewReader {
    char *folder;        /* NULL: a single file */
    GPtrArray *segments; /* ViewSegment, oldest first */
    guint reading;       /* the segment being read */
    GString *tail;       /* the begin of a line whose end has not come */
    gboolean skipping;   /* within a line that is too long */
    ViewWindow *window;
    guint damaged;
};

static void
view_segment_free(gpointer data)
{
    ViewSegment *segment = data;

    g_free(segment->path);
    g_free(segment);
}

static void
view_reader_add_segment(ViewReader *reader, const char *path)
{
    ViewSegment *segment = g_new0(ViewSegment, 1);

    segment->path = g_strdup(path);
    g_ptr_array_add(reader->segments, segment);
}

static int
view_reader_compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Looks for segments that have appeared since. Their names sort by age. */
static void
view_reader_scan(ViewReader *reader)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) folder = NULL;
    const char *name;
    const char *newest = NULL;

    if (reader->folder == NULL || (folder = g_dir_open(reader->folder, 0, NULL)) == NULL)
        return;
    while ((name = g_dir_read_name(folder)) != NULL)
        if (g_str_has_prefix(name, "journal-") && g_str_has_suffix(name, ".ndjson"))
            g_ptr_array_add(paths, g_build_filename(reader->folder, name, NULL));
    g_ptr_array_sort(paths, view_reader_compare_names);
    if (reader->segments->len > 0)
        newest =
            ((ViewSegment *)g_ptr_array_index(reader->segments, reader->segments->len - 1))->path;
    for (guint i = 0; i < paths->len; i++)
        if (newest == NULL || strcmp(g_ptr_array_index(paths, i), newest) > 0)
            view_reader_add_segment(reader, g_ptr_array_index(paths, i));
}

ViewReader *
view_reader_new(const char *path, GError **error)
{
    struct stat status;
    ViewReader *reader;

    if (stat(path, &status) != 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
                    g_strerror(errno));
        return NULL;
    }
    reader = g_new0(ViewReader, 1);
    reader->segments = g_ptr_array_new_with_free_func(view_segment_free);
    reader->tail = g_string_new(NULL);
    reader->window = g_new0(ViewWindow, 1);
    if (S_ISDIR(status.st_mode))
        reader->folder = g_strdup(path);
    else
        view_reader_add_segment(reader, path);
    return reader;
}

void
view_reader_free(ViewReader *reader)
{
    if (reader == NULL)
        return;
    g_ptr_array_unref(reader->segments);
    g_string_free(reader->tail, TRUE);
    g_free(reader->window);
    g_free(reader->folder);
    g_free(reader);
}

/* Takes the whole lines out of tail; what is left is the begin of the next one. */
static void
view_reader_lines(ViewReader *reader, ViewSegment *segment, ViewReaderLine take, void *data)
{
    gsize begin = 0;
    const char *end;

    while ((end = memchr(reader->tail->str + begin, '\n', reader->tail->len - begin)) != NULL) {
        gsize length = end + 1 - (reader->tail->str + begin);

        if (!reader->skipping)
            take(data, reader->tail->str + begin, length, segment->begin + segment->read_to,
                 segment->read_to == 0);
        reader->skipping = FALSE;
        segment->read_to += length;
        begin += length;
    }
    g_string_erase(reader->tail, 0, begin);
    if (reader->tail->len > VIEW_LINE_MAX) {
        reader->damaged += reader->skipping ? 0 : 1;
        reader->skipping = TRUE;
        segment->read_to += reader->tail->len;
        g_string_truncate(reader->tail, 0);
    }
}

/* Goes on to the next segment if there is one. The end of this one is read once more after the
 * next has been seen: the server finishes a segment before it opens another. */
static gboolean
view_reader_next_segment(ViewReader *reader)
{
    const ViewSegment *old;
    ViewSegment *next;

    if (reader->reading + 1 >= reader->segments->len) {
        view_reader_scan(reader);
        return reader->reading + 1 < reader->segments->len;
    }
    reader->damaged += reader->tail->len > 0 ? 1 : 0;
    g_string_truncate(reader->tail, 0);
    reader->skipping = FALSE;
    old = g_ptr_array_index(reader->segments, reader->reading++);
    next = g_ptr_array_index(reader->segments, reader->reading);
    next->begin = old->begin + old->read_to;
    return TRUE;
}

static gssize
view_reader_pread(const ViewSegment *segment, char *buffer, gsize octets, gint64 offset)
{
    int file = open(segment->path, O_RDONLY | O_CLOEXEC);
    gsize got = 0;
    gssize now = 1;

    if (file < 0)
        return -1;
    while (got < octets && now > 0) {
        now = pread(file, buffer + got, octets - got, offset + got);
        got += MAX(now, 0);
    }
    close(file);
    return now < 0 ? -1 : (gssize)got;
}

gboolean
view_reader_read(ViewReader *reader, gsize octets, ViewReaderLine take, void *data)
{
    g_autofree char *buffer = g_malloc(VIEW_CHUNK);

    if (reader->segments->len == 0)
        view_reader_scan(reader);
    if (reader->segments->len == 0)
        return FALSE;
    for (gsize done = 0; done < octets; done += VIEW_CHUNK) {
        ViewSegment *segment = g_ptr_array_index(reader->segments, reader->reading);
        gssize got = view_reader_pread(segment, buffer, VIEW_CHUNK,
                                       segment->read_to + (gint64)reader->tail->len);

        if (got <= 0 && !view_reader_next_segment(reader))
            return FALSE;
        if (got > 0) {
            g_string_append_len(reader->tail, buffer, got);
            view_reader_lines(reader, segment, take, data);
        }
    }
    return TRUE;
}

/* ---- reading again ---- */

/* Of the segments read so far, the last that begins at or before @position. */
static const ViewSegment *
view_reader_find(const ViewReader *reader, gint64 position)
{
    guint low = 0;
    guint high = reader->reading + 1;

    while (high - low > 1) {
        guint middle = low + (high - low) / 2;

        if (((const ViewSegment *)g_ptr_array_index(reader->segments, middle))->begin <= position)
            low = middle;
        else
            high = middle;
    }
    return g_ptr_array_index(reader->segments, low);
}

gint64
view_reader_segment(const ViewReader *reader, gint64 position)
{
    return view_reader_find(reader, position)->begin;
}

/* The octets from @offset on that are at hand, @count of them; NULL: there are none. Windows lie
 * side by side, so that a search backwards finds the line before in the same one. */
static const char *
view_reader_look(const ViewReader *reader, const ViewSegment *segment, gint64 offset, gsize *count)
{
    ViewWindow *window = reader->window;
    gint64 begin = offset - offset % VIEW_CHUNK;
    gssize got;

    if (window->segment != segment || window->offset != begin ||
        offset >= begin + (gint64)window->octets) {
        got = view_reader_pread(segment, window->buffer, VIEW_CHUNK, begin);
        window->segment = segment;
        window->offset = begin;
        window->octets = MAX(got, 0);
    }
    if (offset >= begin + (gint64)window->octets)
        return NULL;
    *count = begin + window->octets - offset;
    return window->buffer + (offset - begin);
}

gboolean
view_reader_again(const ViewReader *reader, gint64 position, GString *line)
{
    const ViewSegment *segment = view_reader_find(reader, position);
    const char *end = NULL;

    g_string_truncate(line, 0);
    while (end == NULL && line->len <= VIEW_LINE_MAX) {
        gsize count = 0;
        gint64 offset = position - segment->begin + (gint64)line->len;
        const char *at = view_reader_look(reader, segment, offset, &count);

        /* The end of the window may have been the end of the file then, and is no more. */
        if (at == NULL)
            return FALSE;
        end = memchr(at, '\n', count);
        g_string_append_len(line, at, end == NULL ? (gssize)count : end + 1 - at);
    }
    return end != NULL;
}

guint
view_reader_damaged(const ViewReader *reader)
{
    return reader->damaged;
}
