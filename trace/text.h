/* trace/text.h - puts the text of an event together, piece by piece.
 *
 * GString's own calls would do, but an event has some forty pieces and a message twenty events:
 * here a piece costs little more than its memcpy(), and a sentence no printf().
 */
#ifndef TRACE_TEXT_H
#define TRACE_TEXT_H

#include <glib.h>
#include <stdarg.h>
#include <string.h>

#define TRACE_TEXT_DIGITS 20 /* of the largest number */

/* Makes @out longer by @octets; returns where they are to be written. */
static inline char *
trace_text_room(GString *out, gsize octets)
{
    gsize before = out->len;

    if (octets >= out->allocated_len - before)
        g_string_set_size(out, before + octets);
    out->len = before + octets;
    out->str[out->len] = '\0';
    return out->str + before;
}

static inline void
trace_text_append_octets(GString *out, const char *text, gsize length)
{
    memcpy(trace_text_room(out, length), text, length);
}

/* Many pieces in a row, whose length in all is known: room for all is made once, each is laid down
 * behind the one before, and where the last ends is the new end.
 *
 *     char *at = trace_text_make_room(out, most);
 *     at = trace_text_lay(at, word, length);
 *     trace_text_end(out, at);
 */
static inline char *
trace_text_make_room(GString *out, gsize most)
{
    gsize before = out->len;

    if (most >= out->allocated_len - before) {
        g_string_set_size(out, before + most);
        out->len = before;
    }
    return out->str + before;
}

static inline char *
trace_text_lay(char *at, const char *text, gsize length)
{
    memcpy(at, text, length);
    return at + length;
}

/* Inline, so that the length of a literal is known when this is compiled. */
static inline char *
trace_text_lay_word(char *at, const char *word)
{
    return trace_text_lay(at, word, strlen(word));
}

/* @word between double quotes; it is safe there as it stands. */
static inline char *
trace_text_lay_quoted(char *at, const char *word, gsize length)
{
    *at++ = '"';
    at = trace_text_lay(at, word, length);
    *at++ = '"';
    return at;
}

/* Returns where it ends: at most TRACE_TEXT_DIGITS octets further. */
char *trace_text_lay_unsigned(char *at, guint64 value);

static inline void
trace_text_end(GString *out, char *at)
{
    out->len = (gsize)(at - out->str);
    *at = '\0';
}

static inline void
trace_text_append(GString *out, const char *text)
{
    trace_text_append_octets(out, text, strlen(text));
}

static inline void
trace_text_append_quoted(GString *out, const char *word, gsize length)
{
    char *at = trace_text_make_room(out, length + 2);

    trace_text_end(out, trace_text_lay_quoted(at, word, length));
}

/* Takes back what stands behind the first @length octets. */
static inline void
trace_text_cut(GString *out, gsize length)
{
    out->len = length;
    out->str[length] = '\0';
}

void trace_text_append_number(GString *out, gint64 value);
void trace_text_append_unsigned(GString *out, guint64 value);

/* As g_string_append_vprintf(), but @out grows by at most @max octets. */
void trace_text_append_format(GString *out, gsize max, const char *format, va_list values)
    G_GNUC_PRINTF(3, 0);

/* As g_string_append_printf(). */
void trace_text_append_printf(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
