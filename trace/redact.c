/* trace/redact.c - nothing secret and nothing harmful gets into an event.
 *
 *   as it came           as it is shown      why
 *   0x1b                 ^[                  starts a terminal's control sequences
 *   0x00-0x1f, 0x7f      ^@ .. ^_, ^?        the other controls
 *   0x9b alone           \x9b                no UTF-8; some terminals take it for ESC [
 *   U+0080 .. U+009F     \u009b              the same controls, spelt in UTF-8
 *   U+202E and its kind  \u202e              turns the direction: what is read is not what is there
 *
 * One scanner (trace_redact_run) serves text and JSON; start reading there.
 * Tests: tests/test_trace_redact.c
 */
#include "trace/redact.h"

#include <string.h>

#include "trace/text.h"

#define TRACE_SAFE_MAX (16 * 1024) /* octets of one piece of text */

typedef enum {
    REDACT_LINE,        /* text on one line */
    REDACT_LINES,       /* text that keeps its tabs and newlines */
    REDACT_JSON_STRING, /* the inside of a JSON string; newlines become \n */
    REDACT_JSON,        /* JSON that somebody else put together: only its text is looked at */
} RedactStyle;

/* The marks and overrides of the bidirectional algorithm, and Unicode's own line ends. */
static gboolean
trace_redact_is_harmful(gunichar c)
{
    return (c >= 0x80 && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static gboolean
trace_redact_is_json(RedactStyle style)
{
    return style == REDACT_JSON_STRING || style == REDACT_JSON;
}

/* Must one octet be looked at more closely? Controls and what is no ASCII; with @quotes, '"' and
 * '\\' too. The operators without a branch let a compiler work on many octets at once. */
static inline guchar
trace_redact_is_odd(guchar c, guchar quotes)
{
    return ((guchar)(c - 0x20) > 0x7e - 0x20) | (quotes & ((c == '"') | (c == '\\')));
}

/* Octets are looked at in steps: a text shorter than a half step one by one. */
#define REDACT_STEP 16
#define REDACT_HALF 8

/* @octets is one of the two, and known when this is compiled. */
static inline gboolean
trace_redact_is_plain(const char *text, guint octets, guchar quotes)
{
    guchar odd[REDACT_STEP] = { 0 };
    guint64 halves[2];

    for (guint i = 0; i < octets; i++)
        odd[i] = trace_redact_is_odd((guchar)text[i], quotes);
    memcpy(halves, odd, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/* How many octets from @text on are plain. */
static inline gsize
trace_redact_plain(const char *text, gsize length, guchar quotes)
{
    gsize plain = 0;

    while (plain + REDACT_STEP <= length &&
           trace_redact_is_plain(text + plain, REDACT_STEP, quotes))
        plain += REDACT_STEP;
    if (plain + REDACT_HALF <= length && trace_redact_is_plain(text + plain, REDACT_HALF, quotes))
        plain += REDACT_HALF;
    while (plain < length && !trace_redact_is_odd((guchar)text[plain], quotes))
        plain++;
    return plain;
}

/* How many octets from @text on may be taken as they are. */
static gsize
trace_redact_run(const char *text, gsize length, RedactStyle style)
{
    guchar quotes = style == REDACT_JSON_STRING;
    gsize run = trace_redact_plain(text, length, quotes);

    while (run < length && (guchar)text[run] >= 0x80) {
        gunichar wide = g_utf8_get_char_validated(text + run, (gssize)(length - run));

        if (wide == (gunichar)-1 || wide == (gunichar)-2 || trace_redact_is_harmful(wide))
            break;
        run += (gsize)g_unichar_to_utf8(wide, NULL);
        run += trace_redact_plain(text + run, length - run, quotes);
    }
    return run;
}

/* The one character that stopped the run, an ASCII one. */
static void
trace_redact_ascii(GString *out, char c, RedactStyle style)
{
    if (style == REDACT_LINES && (c == '\n' || c == '\t')) {
        g_string_append_c(out, c);
    } else if (style == REDACT_JSON) {
        /* Between the values a newline is only space, and a journal line may not hold one. */
        g_string_append_c(out, ' ');
    } else if (style == REDACT_JSON_STRING && (c == '"' || c == '\\')) {
        g_string_append_c(out, '\\');
        g_string_append_c(out, c);
    } else if (style == REDACT_JSON_STRING && (c == '\n' || c == '\t')) {
        trace_text_append(out, c == '\n' ? "\\n" : "\\t");
    } else {
        g_string_append_c(out, '^');
        /* ^\ holds a backslash of its own. */
        if (style == REDACT_JSON_STRING && c == 0x1c)
            g_string_append_c(out, '\\');
        g_string_append_c(out, (char)(c ^ 0x40));
    }
}

/* Appends the sign for what stopped the run at @text; returns how many octets it stood for. */
static gsize
trace_redact_sign(GString *out, const char *text, gsize length, RedactStyle style)
{
    const char *slash = trace_redact_is_json(style) ? "\\\\" : "\\";

    if ((guchar)*text < 0x80) {
        /* The CR of a CRLF says nothing where lines are kept. */
        if (*text == '\r' && length > 1 && text[1] == '\n' &&
            (style == REDACT_LINES || style == REDACT_JSON_STRING)) {
            trace_redact_ascii(out, '\n', style);
            return 2;
        }
        trace_redact_ascii(out, *text, style);
        return 1;
    }
    gunichar wide = g_utf8_get_char_validated(text, (gssize)length);
    if (wide == (gunichar)-1 || wide == (gunichar)-2) {
        g_string_append_printf(out, "%sx%02x", slash, (guchar)*text);
        return 1;
    }
    g_string_append_printf(out, "%su%04x", slash, wide);
    return (gsize)g_unichar_to_utf8(wide, NULL);
}

static void
trace_redact_append(GString *out, const char *text, gsize length, RedactStyle style)
{
    gsize at = 0;

    while (at < length) {
        gsize run = trace_redact_run(text + at, length - at, style);

        trace_text_append_octets(out, text + at, run);
        at += run;
        if (at < length)
            at += trace_redact_sign(out, text + at, length - at, style);
    }
}

/* @length, or the largest length up to @max that cuts no UTF-8 character. */
static gsize
trace_redact_cut(const char *text, gsize length, gsize max)
{
    if (length <= max)
        return length;
    for (gsize back = 0; back < 4 && back < max; back++) {
        if (((guchar)text[max - back] & 0xc0) != 0x80)
            return max - back;
    }
    return max;
}

static void
trace_redact_bounded(GString *out, const char *text, gssize length, gsize max, RedactStyle style)
{
    gsize all = length < 0 ? strlen(text) : (gsize)length;
    gsize kept = trace_redact_cut(text, all, max);

    trace_redact_append(out, text, kept, style);
    if (kept < all)
        g_string_append(out, "...");
}

void
trace_safe_append(GString *out, const char *text, gssize length, gsize max, gboolean lines)
{
    trace_redact_bounded(out, text, length, max, lines ? REDACT_LINES : REDACT_LINE);
}

char *
trace_safe(const char *text, gssize length)
{
    GString *safe = g_string_new(NULL);

    trace_safe_append(safe, text, length, TRACE_SAFE_MAX, FALSE);
    return g_string_free(safe, FALSE);
}

/* @length is not below @octets, the step. The last step may begin among octets that are known. */
static inline gboolean
trace_redact_is_all_plain(const char *text, gsize length, guint octets)
{
    for (gsize at = 0; at < length - octets; at += octets) {
        if (!trace_redact_is_plain(text + at, octets, 1))
            return FALSE;
    }
    return trace_redact_is_plain(text + length - octets, octets, 1);
}

/* Most of what is told is plain, and all of it passes here. */
gboolean
trace_safe_is_plain(const char *text, gsize length)
{
    if (length >= REDACT_STEP)
        return trace_redact_is_all_plain(text, length, REDACT_STEP);
    if (length >= REDACT_HALF)
        return trace_redact_is_all_plain(text, length, REDACT_HALF);
    for (gsize at = 0; at < length; at++) {
        if (trace_redact_is_odd((guchar)text[at], 1))
            return FALSE;
    }
    return TRUE;
}

void
trace_safe_append_json(GString *out, const char *text, gssize length, gsize max)
{
    gsize all = length < 0 ? strlen(text) : (gsize)length;

    if (all <= max && trace_safe_is_plain(text, all)) {
        trace_text_append_quoted(out, text, all);
        return;
    }
    g_string_append_c(out, '"');
    trace_redact_bounded(out, text, length, max, REDACT_JSON_STRING);
    g_string_append_c(out, '"');
}

void
trace_safe_copy_json(GString *out, const char *json)
{
    trace_redact_append(out, json, strlen(json), REDACT_JSON);
}

/* Only these are shown after AUTH: whatever else stands there may be a password typed into
 * the wrong place. */
static const char *const mechanisms[] = {
    "PLAIN",         "LOGIN",         "CRAM-MD5",           "DIGEST-MD5", "SCRAM-SHA-1",
    "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-256-PLUS", "EXTERNAL",   "ANONYMOUS",
    "XOAUTH2",       "OAUTHBEARER",   "SCRAM-SHA-1-PLUS",   NULL,
};

static void
trace_redact_mechanism(GString *out, const char *word)
{
    for (guint i = 0; word != NULL && mechanisms[i] != NULL; i++) {
        if (g_ascii_strcasecmp(word, mechanisms[i]) == 0)
            g_string_append_printf(out, "%s ", mechanisms[i]);
    }
}

/* A line that is neither AUTH nor PASS nor a tagged LOGIN or AUTHENTICATE is a continuation
 * line: the secret itself, and nothing of it is shown. */
char *
trace_redact_command(const char *line)
{
    GString *shown = g_string_new(NULL);
    g_autofree char *plain = g_strndup(line, strcspn(line, "\r\n"));
    g_auto(GStrv) words = g_strsplit(plain, " ", 4);
    guint count = g_strv_length(words);

    if (count > 0 && g_ascii_strcasecmp(words[0], "AUTH") == 0) {
        g_string_append(shown, "AUTH ");
        trace_redact_mechanism(shown, words[1]);
    } else if (count > 0 && g_ascii_strcasecmp(words[0], "PASS") == 0) {
        g_string_append(shown, "PASS ");
    } else if (count > 1 && (g_ascii_strcasecmp(words[1], "LOGIN") == 0 ||
                             g_ascii_strcasecmp(words[1], "AUTHENTICATE") == 0)) {
        trace_safe_append(shown, words[0], -1, 64, FALSE);
        g_string_append_printf(shown, " %s ",
                               words[1][0] == 'L' || words[1][0] == 'l' ? "LOGIN" : "AUTHENTICATE");
        if (g_ascii_strcasecmp(words[1], "LOGIN") != 0)
            trace_redact_mechanism(shown, words[2]);
    }
    g_string_append(shown, "***");
    return g_string_free(shown, FALSE);
}
