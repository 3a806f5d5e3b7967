/* smtp/client_reply.c - a server's replies, as its client reads them (RFC 5321 §4.2).
 *
 *   line     three digits, then '-' (more follow), ' ' or the line's end
 *   reply    lines with the same code; at most 100 of 2,000 octets, of which 512 are kept
 *
 * Anything else is not SMTP, and after it no answer can be matched with its question any more: the
 * conversation is cut. Start reading at smtp_reader_take(). Tests: tests/test_smtp_client_hostile.c
 */
#include "smtp/client_reply.h"

#include <string.h>

#include "trace/redact.h"
#include "trace/words.h"

struct SmtpReader {
    guint code;        /* of the reply's first line; 0: none yet */
    GPtrArray *lines;  /* char*: each line's text without its code */
    GString *raw;      /* whole lines, CRLF between them */
    gboolean complete; /* lines and raw are of a reply that was handed out */
};

SmtpReader *
smtp_reader_new(void)
{
    SmtpReader *reader = g_new0(SmtpReader, 1);

    reader->lines = g_ptr_array_new_with_free_func(g_free);
    reader->raw = g_string_new(NULL);
    return reader;
}

void
smtp_reader_free(SmtpReader *reader)
{
    if (reader == NULL)
        return;
    g_ptr_array_unref(reader->lines);
    g_string_free(reader->raw, TRUE);
    g_free(reader);
}

const char *
smtp_reader_text(const SmtpReader *reader, guint number)
{
    return number < reader->lines->len ? g_ptr_array_index(reader->lines, number) : NULL;
}

const char *
smtp_reader_raw(const SmtpReader *reader)
{
    return reader->raw->str;
}

/* The code of a line of a reply, or 0. Only 2 to 5 are legal first digits, but the meaning of a
 * code nobody knows is still its first digit's (RFC 5321 §4.3.2). */
static guint
smtp_reader_code(const char *line)
{
    if (line[0] < '2' || line[0] > '5' || !g_ascii_isdigit(line[1]) || !g_ascii_isdigit(line[2]))
        return 0;
    if (line[3] != '\0' && line[3] != ' ' && line[3] != '-')
        return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/* Length of an enhanced code "5.1.1" at the start of @text, 0 where there is none. It has to agree
 * with the reply's first digit (RFC 2034 §4), or it is just text that looks like one. */
static gsize
smtp_reader_enhanced_length(const char *text, guint code)
{
    gsize subject = strspn(text + MIN(strlen(text), 2), "0123456789");

    if ((guint)(text[0] - '0') != code / 100 || text[1] != '.' || subject < 1 || subject > 3)
        return 0;
    const char *detail = text + 2 + subject;
    if (detail[0] != '.')
        return 0;
    gsize digits = strspn(detail + 1, "0123456789");
    const char *end = detail + 1 + digits;
    return digits >= 1 && digits <= 3 && (*end == ' ' || *end == '\0') ? (gsize)(end - text) : 0;
}

/* Puts the collected lines together: one text for people, one code for programs. */
static void
smtp_reader_finish(SmtpReader *reader, SmtpReply *reply)
{
    g_autoptr(GString) text = g_string_new(NULL);
    GString *safe = g_string_new(NULL);

    smtp_reply_clear(reply);
    reply->code = reader->code;
    for (guint i = 0; i < reader->lines->len; i++) {
        const char *line = g_ptr_array_index(reader->lines, i);
        gsize length = smtp_reader_enhanced_length(line, reader->code);

        if (length > 0 && length < sizeof reply->enhanced)
            memcpy(reply->enhanced, line, length); /* the rest of the array is zero */
        line += length + strspn(line + length, " ");
        if (text->len > 0 && *line != '\0')
            g_string_append_c(text, ' ');
        g_string_append(text, line);
    }
    reply->text = trace_safe(text->str, text->len);
    trace_safe_append(safe, reader->raw->str, reader->raw->len, G_MAXSSIZE, TRUE);
    reply->lines = g_string_free(safe, FALSE);
    reader->code = 0;
    reader->complete = TRUE;
}

/* 512 octets are the sender's limit (RFC 5321 §4.5.3.1.5). The code has come in a longer line, too:
 * giving up would cost a mail that the other host takes. Only words for people are cut off. */
static void
smtp_reader_cut(char *line)
{
    if (strlen(line) > SMTP_REPLY_LINE_KEPT)
        line[SMTP_REPLY_LINE_KEPT] = '\0';
}

/* Adds one line. Returns what is wrong with it, or NULL; *last: the reply ends here. */
static const char *
smtp_reader_add(SmtpReader *reader, char *line, gboolean *last)
{
    guint code = smtp_reader_code(line);

    smtp_reader_cut(line);
    if (code == 0)
        return N_("a line that is no SMTP reply");
    if (reader->code != 0 && code != reader->code)
        return N_("a reply whose lines have different codes");
    if (reader->lines->len == SMTP_REPLY_LINES_MAX)
        return N_("a reply of more than 100 lines");
    reader->code = code;
    if (reader->raw->len > 0)
        g_string_append(reader->raw, "\r\n");
    g_string_append(reader->raw, line);
    g_ptr_array_add(reader->lines, g_strdup(line[3] == '\0' ? "" : line + 4));
    *last = line[3] != '-';
    return NULL;
}

SmtpReaderNext
smtp_reader_take(SmtpReader *reader, NetBuffer *input, SmtpReply *reply, const char **why)
{
    if (reader->complete) {
        g_ptr_array_set_size(reader->lines, 0);
        g_string_truncate(reader->raw, 0);
        reader->complete = FALSE;
    }
    for (;;) {
        g_autofree char *line = NULL;
        gboolean last = FALSE;
        gsize waiting = net_buffer_length(input);

        switch (net_line_take(input, SMTP_REPLY_LINE_MAX, &line)) {
        case NET_LINE_NONE:
            /* Octets went, and no line came: it is over the limit, and may never end. */
            if (net_buffer_length(input) == waiting)
                return SMTP_READER_NONE;
            *why = N_("a reply line of more than 2000 octets");
            break;
        case NET_LINE_OK: *why = smtp_reader_add(reader, line, &last); break;
        case NET_LINE_TOO_LONG: *why = N_("a reply line of more than 2000 octets"); break;
        case NET_LINE_BARE_LF: *why = N_("a reply line that does not end in CRLF"); break;
        case NET_LINE_NUL: *why = N_("a reply line with a NUL or a bare CR in it"); break;
        }
        if (*why != NULL)
            return SMTP_READER_BAD;
        if (last)
            break;
    }
    smtp_reader_finish(reader, reply);
    return SMTP_READER_OK;
}

/* ---- replies ---- */

void
smtp_reply_clear(SmtpReply *reply)
{
    g_free(reply->text);
    g_free(reply->lines);
    memset(reply, 0, sizeof *reply);
}

void
smtp_reply_copy(SmtpReply *to, const SmtpReply *from)
{
    smtp_reply_clear(to);
    *to = *from;
    to->text = g_strdup(from->text);
    to->lines = g_strdup(from->lines);
}

void
smtp_reply_set_reason(SmtpReply *reply, const char *enhanced, const char *text)
{
    smtp_reply_clear(reply);
    g_strlcpy(reply->enhanced, enhanced, sizeof reply->enhanced);
    reply->text = g_strdup(text);
}

char *
smtp_reply_words(const SmtpReply *reply)
{
    const char *text = reply->text != NULL ? reply->text : "";
    const char *gap = reply->enhanced[0] != '\0' ? " " : "";

    if (reply->code == 0)
        return g_strdup(text);
    return g_strdup_printf("%03u%s%s%s%s", reply->code, gap, reply->enhanced,
                           text[0] != '\0' ? " " : "", text);
}

gboolean
smtp_reply_is_permanent(const SmtpReply *reply)
{
    return reply->code / 100 == 5 || (reply->code == 0 && reply->enhanced[0] == '5');
}
