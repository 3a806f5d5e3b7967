/* net/line.c - octets that came, and the lines in them.
 *
 *   octets  [ taken already | waiting ................. | room ]
 *                           ^ start   ^ searched: no LF before here
 *
 * Marks say which event of the other end told which octets; they are counted from the first octet
 * ever added, so that they survive taking:
 *
 *   marks   (end 24, event 7) (end 61, event 9)     octets 0..23 were told by 7, 24..60 by 9
 *
 * Start reading at net_line_take(). Tests: tests/test_net_line.c
 */
#include "net/line.h"

#include <string.h>

typedef struct NetMark {
    guint64 end;
    guint64 seq;
} NetMark;

struct NetBuffer {
    GByteArray *octets;  /* NULL: nothing waits. Thousands of connections sit idle */
    gsize start;         /* taken already, not yet moved away */
    gsize searched;      /* octets from start on that hold no LF */
    guint64 taken;       /* ever */
    gboolean swallowing; /* inside a line that is too long */
    GArray *marks;       /* of NetMark, by end; NULL until there is one */
};

NetBuffer *
net_buffer_new(void)
{
    return g_new0(NetBuffer, 1);
}

void
net_buffer_free(NetBuffer *buffer)
{
    if (buffer == NULL)
        return;
    g_clear_pointer(&buffer->octets, g_byte_array_unref);
    g_clear_pointer(&buffer->marks, g_array_unref);
    g_free(buffer);
}

void
net_buffer_add(NetBuffer *buffer, const void *octets, gsize length)
{
    if (length == 0)
        return;
    if (buffer->octets == NULL)
        buffer->octets = g_byte_array_new();
    g_byte_array_append(buffer->octets, octets, length);
}

const char *
net_buffer_peek(const NetBuffer *buffer, gsize *length)
{
    *length = net_buffer_length(buffer);
    return *length > 0 ? (const char *)buffer->octets->data + buffer->start : "";
}

gsize
net_buffer_length(const NetBuffer *buffer)
{
    return buffer->octets == NULL ? 0 : buffer->octets->len - buffer->start;
}

/* Moving what waits to the front at each line would cost the square of the input; moving it when
 * more has been taken than waits costs each octet one move at most. */
static void
net_buffer_tidy(NetBuffer *buffer)
{
    gsize waiting = net_buffer_length(buffer);

    if (waiting == 0) {
        g_clear_pointer(&buffer->octets, g_byte_array_unref);
        buffer->start = 0;
    } else if (buffer->start > waiting) {
        g_byte_array_remove_range(buffer->octets, 0, buffer->start);
        buffer->start = 0;
    }
}

/* A mark is of use until the octet after its last one is taken. */
static void
net_buffer_drop_marks(NetBuffer *buffer)
{
    guint old = 0;

    if (buffer->marks == NULL)
        return;
    while (old < buffer->marks->len &&
           g_array_index(buffer->marks, NetMark, old).end < buffer->taken)
        old++;
    if (old > 0)
        g_array_remove_range(buffer->marks, 0, old);
}

void
net_buffer_take(NetBuffer *buffer, gsize length)
{
    g_assert(length <= net_buffer_length(buffer));
    buffer->start += length;
    buffer->taken += length;
    buffer->searched -= MIN(length, buffer->searched);
    net_buffer_tidy(buffer);
    net_buffer_drop_marks(buffer);
}

void
net_buffer_mark(NetBuffer *buffer, guint64 end, guint64 seq)
{
    NetMark mark = { end, seq };
    NetMark *last = NULL;

    if (buffer->marks == NULL)
        buffer->marks = g_array_new(FALSE, FALSE, sizeof(NetMark));
    if (buffer->marks->len > 0)
        last = &g_array_index(buffer->marks, NetMark, buffer->marks->len - 1);
    if (last != NULL && (last->seq == seq || last->end >= end))
        last->end = MAX(last->end, end); /* nothing new was written, or more by the same event */
    else if (end > buffer->taken)
        g_array_append_val(buffer->marks, mark);
}

guint64
net_buffer_twin(const NetBuffer *buffer)
{
    if (buffer->marks == NULL || buffer->marks->len == 0 || buffer->taken == 0)
        return 0;
    return g_array_index(buffer->marks, NetMark, 0).seq;
}

void
net_buffer_clear(NetBuffer *buffer)
{
    buffer->swallowing = FALSE;
    net_buffer_take(buffer, net_buffer_length(buffer));
}

/* What is wrong with the @length octets of a line, its LF included? */
static NetLine
net_line_judge(const char *octets, gsize length, gsize limit)
{
    if (length > limit)
        return NET_LINE_TOO_LONG;
    if (length < 2 || octets[length - 2] != '\r')
        return NET_LINE_BARE_LF;
    if (memchr(octets, '\0', length) != NULL || memchr(octets, '\r', length - 2) != NULL)
        return NET_LINE_NUL;
    return NET_LINE_OK;
}

NetLine
net_line_take(NetBuffer *buffer, gsize limit, char **line)
{
    gsize waiting;
    const char *octets = net_buffer_peek(buffer, &waiting);
    const char *lf = memchr(octets + buffer->searched, '\n', waiting - buffer->searched);
    NetLine found;

    *line = NULL;
    if (lf == NULL) {
        buffer->searched = waiting;
        if (waiting >= limit)
            buffer->swallowing = TRUE;
        if (buffer->swallowing)
            net_buffer_take(buffer, waiting);
        return NET_LINE_NONE;
    }
    gsize length = lf + 1 - octets;
    found = buffer->swallowing ? NET_LINE_TOO_LONG : net_line_judge(octets, length, limit);
    if (found == NET_LINE_OK)
        *line = g_strndup(octets, length - 2);
    buffer->swallowing = FALSE;
    net_buffer_take(buffer, length);
    return found;
}

gboolean
net_parse_number(const char *text, gssize length, guint64 max, guint64 *number)
{
    gsize digits = length < 0 ? strlen(text) : (gsize)length;
    guint64 value = 0;

    if (digits == 0)
        return FALSE;
    for (gsize i = 0; i < digits; i++) {
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
        guint64 digit = text[i] - '0';
        /* Asked in this form, value * 10 + digit > max can't overflow. */
        if (digit > max || value > (max - digit) / 10)
            return FALSE;
        value = value * 10 + digit;
    }
    *number = value;
    return TRUE;
}
