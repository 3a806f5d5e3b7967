/* trace/viewer/cursor.c - moves over a journal line, thing by thing (see cursor.h).
 *
 * Tests: tests/test_viewer_fields.c
 */
#include "trace/viewer/cursor.h"

#include <string.h>

/* As deep as an event may be (see trace_event_parse()). */
#define VIEW_CURSOR_DEPTH 32

gboolean
view_cursor_take(ViewCursor *cursor, char c)
{
    if (cursor->at >= cursor->end || *cursor->at != c)
        return FALSE;
    cursor->at++;
    return TRUE;
}

/* The quote that ends a string is one with an even number of backslashes before it. */
gboolean
view_cursor_string(ViewCursor *cursor, ViewPiece *piece)
{
    const char *quote;

    if (!view_cursor_take(cursor, '"'))
        return FALSE;
    piece->begin = cursor->at;
    piece->escaped = FALSE;
    while ((quote = memchr(cursor->at, '"', cursor->end - cursor->at)) != NULL) {
        const char *slash = quote;

        while (slash > cursor->at && slash[-1] == '\\')
            slash--;
        cursor->at = quote + 1;
        if ((quote - slash) % 2 == 0)
            break;
    }
    if (quote == NULL)
        return FALSE;
    piece->length = quote - piece->begin;
    piece->escaped = memchr(piece->begin, '\\', piece->length) != NULL;
    return TRUE;
}

gboolean
view_cursor_word(ViewCursor *cursor, ViewPiece *piece)
{
    piece->begin = cursor->at;
    piece->escaped = FALSE;
    while (cursor->at < cursor->end &&
           (g_ascii_isalnum(*cursor->at) || strchr("+-.", *cursor->at) != NULL) &&
           *cursor->at != '\0')
        cursor->at++;
    piece->length = cursor->at - piece->begin;
    return piece->length > 0;
}

gboolean
view_cursor_skip(ViewCursor *cursor)
{
    ViewPiece string;
    guint depth = 0;

    do {
        if (cursor->at >= cursor->end)
            return FALSE;
        if (*cursor->at == '"') {
            if (!view_cursor_string(cursor, &string))
                return FALSE;
            continue;
        }
        if (*cursor->at == '{' || *cursor->at == '[')
            depth++;
        else if (*cursor->at == '}' || *cursor->at == ']')
            depth--;
        else if (!g_ascii_isalnum(*cursor->at) && strchr(",:+-.", *cursor->at) == NULL)
            return FALSE;
        cursor->at++;
    } while (depth > 0 && depth < VIEW_CURSOR_DEPTH);
    return depth == 0;
}
