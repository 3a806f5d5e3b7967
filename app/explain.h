/* app/explain.h - `glasspost explain`: reply codes, stages, and the hops in a message, in words.
 *
 * Text in, text out: no clock or network, and a file only in app/explain_word.c. The viewer shows the
 * same pages. Lines are at most 78 columns wide where the words allow it.
 */
#ifndef APP_EXPLAIN_H
#define APP_EXPLAIN_H

#include <glib.h>

/* Appends what "550" or "5.1.1" says: in words, digit by digit, who says it, what happens next.
 * FALSE: @code has the form of neither, and nothing is appended. Codes that nobody has registered are
 * explained by their digits (RFC 5321 §4.2.1, RFC 3463 §2). */
gboolean app_explain_code(const char *code, GString *out);
/* app/explain_enhanced.c: the second half of it, "5.1.1". */
gboolean app_explain_enhanced(const char *code, GString *out);

/* app/explain_reading.c: appends what begins a reply of POP3 or IMAP: "-ERR", "NO", "[IN-USE]",
 * "overquota". FALSE: this server says no such word. */
gboolean app_explain_reading(const char *word, GString *out);

/* Appends what the stage @name asks and does. FALSE: no such stage. */
gboolean app_explain_stage(const char *name, GString *out);

/* More octets of a message than this need not be read: its headers are at the top. */
#define APP_EXPLAIN_HEADERS_MAX (1024 * 1024)

/* Appends the way a message took: its Received lines, oldest first, with times and delays.
 * @octets: a message or the start of one; lines end in CRLF or LF; nothing in it is trusted.
 * FALSE: no header field in it, so it is no message, and nothing is appended. */
gboolean app_explain_message(const char *octets, gsize length, GString *out);

/* app/explain_date.c: seconds since 1970 of a date-time (RFC 5322 §3.3), obsolete zones and years
 * included (RFC 5322 §4.3). FALSE: it can't be read as one. */
gboolean app_explain_date(const char *text, gint64 *when_s);

typedef enum {
    APP_EXPLAINED,
    APP_EXPLAIN_UNKNOWN, /* no code, no stage, and no file of that name */
    APP_EXPLAIN_FAILED,  /* the file can't be read, or is no message */
} AppExplained;

/* app/explain_word.c: appends the page of whatever @word is: a code, a stage or a regular file.
 * Otherwise @problem is one line that says why not (newly allocated), and nothing is appended. */
AppExplained app_explain_word(const char *word, GString *page, char **problem);
/* The same in the form that the viewer asks for (TraceViewOptions). */
gboolean app_explain_in_viewer(const char *what, GString *page, char **problem);
/* The start of what can be read there, as much as headers may fill. NULL: errno says why. */
GString *app_explain_read(int descriptor);
/* Appends the way of the message in @octets; @name: of the file, for @problem. */
gboolean app_explain_octets(const char *name, const GString *octets, GString *page, char **problem);

/* app/explain_page.c: "label     text", wrapped and indented. */
void app_explain_line(GString *out, const char *label, const char *text);

#endif
