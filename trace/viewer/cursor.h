/* trace/viewer/cursor.h - moves over a journal line in the server's plain form, thing by thing.
 *
 * Each function moves the cursor over one thing and says whether it was there. No step goes back, and
 * lists and objects are passed over whole.
 */
#ifndef TRACE_VIEWER_CURSOR_H
#define TRACE_VIEWER_CURSOR_H

#include <glib.h>

typedef struct ViewCursor {
    const char *at, *end;
} ViewCursor;

/* A piece of the line. */
typedef struct ViewPiece {
    const char *begin;
    gsize length;
    gboolean escaped; /* has a backslash */
} ViewPiece;

gboolean view_cursor_take(ViewCursor *cursor, char c);
/* A string; the piece is what stands between its quotes. */
gboolean view_cursor_string(ViewCursor *cursor, ViewPiece *piece);
/* A number, true, false or null. */
gboolean view_cursor_word(ViewCursor *cursor, ViewPiece *piece);
/* A list or an object, whole: only its brackets and strings are looked at. */
gboolean view_cursor_skip(ViewCursor *cursor);

#endif
