/* trace/redact.h - nothing secret and nothing harmful gets into an event.
 *
 * Whatever a stranger sent is text on a learner's terminal later. So control characters (C0, C1,
 * DEL), bidirectional overrides and octets that are no UTF-8 are replaced by visible signs
 * when the event is made: ESC becomes ^[, 0x9b becomes \x9b, U+202E becomes \u202e.
 */
#ifndef TRACE_REDACT_H
#define TRACE_REDACT_H

#include <glib.h>

/* Appends @text made safe, at most @max octets of the original (more: "..." is added).
 * @length -1: up to NUL. Tab and newline are kept when @lines is TRUE. */
void trace_safe_append(GString *out, const char *text, gssize length, gsize max, gboolean lines);
char *trace_safe(const char *text, gssize length);

/* Appends @text made safe as a JSON string, quotes included; newlines and tabs are kept as \n
 * and \t, the CR of a CRLF is dropped. */
void trace_safe_append_json(GString *out, const char *text, gssize length, gsize max);
/* Is @text safe as it stands, and in a JSON string, too? Most of what is told is, and then it need
 * not be looked at again. FALSE, too, where only a closer look can tell: octets that are no ASCII. */
gboolean trace_safe_is_plain(const char *text, gsize length);
/* Appends @json, which is JSON already, on one line and with its text made safe. */
void trace_safe_copy_json(GString *out, const char *json);

/* The command word of @line followed by " ***": "AUTH PLAIN ***", "PASS ***", "a1 LOGIN ***".
 * Of a continuation line, which is all secret, only "***" is left. */
char *trace_redact_command(const char *line);

#endif
