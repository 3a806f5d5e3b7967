/* net/line.h - the one line reader of all protocols, over a buffer of octets.
 *
 * A line ends in CRLF. Refused, each answered once by its protocol: a line over the limit (it is
 * swallowed to its end), a line ended by a bare LF, a line with a NUL or a bare CR in it.
 */
#ifndef NET_LINE_H
#define NET_LINE_H

#include <glib.h>

/* Octets taken from the front, added at the end. One that is empty holds no memory for them. */
typedef struct NetBuffer NetBuffer;

NetBuffer *net_buffer_new(void);
void net_buffer_free(NetBuffer *buffer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetBuffer, net_buffer_free)
void net_buffer_add(NetBuffer *buffer, const void *octets, gsize length);
/* What is there, and how much. Valid until the buffer changes. */
const char *net_buffer_peek(const NetBuffer *buffer, gsize *length);
void net_buffer_take(NetBuffer *buffer, gsize length);
gsize net_buffer_length(const NetBuffer *buffer);
/* Marks the octets up to @end (counted from the first ever added) as told by event @seq; and: the
 * event that told the octet taken last, 0 where nobody did (the other end is not ours). So an
 * engine names the twin of a line it has just taken: trace_twin(trace, net_buffer_twin(input)). */
void net_buffer_mark(NetBuffer *buffer, guint64 end, guint64 seq);
guint64 net_buffer_twin(const NetBuffer *buffer);
/* Drops everything (STARTTLS). */
void net_buffer_clear(NetBuffer *buffer);

typedef enum {
    NET_LINE_NONE,     /* no whole line yet */
    NET_LINE_OK,       /* *line is it, without CRLF */
    NET_LINE_TOO_LONG, /* over the limit; swallowed to its end (told once, when its end came) */
    NET_LINE_BARE_LF,  /* ended by LF alone; taken */
    NET_LINE_NUL,      /* held a NUL or a bare CR; taken */
} NetLine;

/**
 * net_line_take:
 * @limit: most octets a line may have, CRLF included
 * @line: (out) (transfer full): the line, NUL-terminated, for NET_LINE_OK only; NULL otherwise
 *
 * While a line is too long its octets are dropped as they come: memory stays within @limit.
 */
NetLine net_line_take(NetBuffer *buffer, gsize limit, char **line);

/* The one checked integer parser: digits only, no sign, no overflow, at most @max. */
gboolean net_parse_number(const char *text, gssize length, guint64 max, guint64 *number);

#endif
