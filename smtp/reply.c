/* smtp/reply.c - puts replies together, counts bad commands, and tells each reply.
 *
 *   smtp_reply(session, replies, "250 2.1.0", "Sender ok")      250 2.1.0 Sender ok
 *   smtp_reply_lines(session, replies, "250", lines)            250-mx.north.example
 *                                                               250-PIPELINING
 *                                                               250 HELP
 *
 * Tests: tests/test_smtp_session.c, tests/dialogs/smtp-*.txt
 */
#include "smtp/reply.h"

#include <string.h>

#include "smtp/state.h"
#include "trace/text.h"

/* A reply line has at most 512 octets (RFC 5321 §4.5.3.1.5). */
#define SMTP_REPLY_TEXT_MAX 480

static const SmtpRefusal smtp_refusal_full = { "452 4.3.1", "insufficient system storage" };
static const SmtpRefusal smtp_refusal_local = { "451 4.3.0", "local error in processing" };

const SmtpRefusal *
smtp_refusal_for_error(Trace *trace, Stage stage, const GError *error)
{
    const char *why = error == NULL ? "unknown" : error->message;

    trace_put_text(trace, "outcome", "later");
    trace_error(trace, stage, "the world is wrong, so the client is asked to come again: %s", why);
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL))
        return &smtp_refusal_full;
    return &smtp_refusal_local;
}

/* A server may defend itself against a program that guesses (RFC 5321 §7.8). Three kinds are counted:
 *
 *   wrong grammar, unknown or out-of-order commands (50z, 555), until a command succeeds: a server
 *     should be tolerant of what it does not know (RFC 5321 §3.8)
 *   wrong passwords (535) for good: a guesser could say NOOP after each
 *   refused recipients, where they are more than those taken: one is ordinary business, a hundred
 *     are somebody looking for addresses
 *
 * Returns: 0, or how many it were when this was one too many. */
static guint
smtp_reply_count(SmtpSession *session, const char *code)
{
    gboolean recipient =
        session->command != NULL && session->command->handler == smtp_envelope_rcpt;

    if (g_str_has_prefix(code, "535"))
        return ++session->refused > SMTP_REFUSED_MAX ? session->refused : 0;
    if (code[0] == '2' || code[0] == '3')
        session->errors = 0;
    session->known += recipient && code[0] == '2';
    session->unknown += recipient && g_str_has_prefix(code, "550");
    if (recipient && session->unknown > SMTP_UNKNOWN_MAX && session->unknown > session->known)
        return session->unknown;
    if (!g_str_has_prefix(code, "50") && !g_str_has_prefix(code, "555"))
        return 0;
    return ++session->errors > SMTP_ERRORS_MAX ? session->errors : 0;
}

/* What was one too many gets this instead of its own reply. */
static NetNext
smtp_reply_too_many(SmtpSession *session, guint count, GString *replies)
{
    static const char last[] = "421 4.7.0 Too many errors, closing the connection\r\n";

    trace_put_number(session->trace, "errors", count);
    trace_put_text(session->trace, "outcome", "closed");
    trace_decision(session->trace, session->stage, "RFC 5321 §7.8",
                   "%u bad commands, passwords or recipients are enough: the connection is closed",
                   count);
    trace_wire_reply(session->trace, session->stage, "RFC 5321 §7.8", "host", "client", "421",
                     last);
    g_string_append(replies, last);
    return NET_CLOSE;
}

static void
smtp_reply_tell(SmtpSession *session, TracePlace *place, const char *text)
{
    g_autofree char *label = g_strndup(text, 3);
    const char *section = session->command != NULL ? session->command->section : "RFC 5321 §4.2";

    trace_emit_reply(session->trace, session->stage, section, place, "host", "client", label, text);
}

NetNext
smtp_reply_at(SmtpSession *session, GString *replies, TracePlace *place, const char *code,
              const char *format, ...)
{
    gsize start = replies->len;
    guint count = smtp_reply_count(session, code);
    va_list arguments;

    if (count > 0)
        return smtp_reply_too_many(session, count, replies);
    g_string_append(replies, code);
    g_string_append_c(replies, ' ');
    va_start(arguments, format);
    trace_text_append_format(replies, SMTP_REPLY_TEXT_MAX, format, arguments);
    va_end(arguments);
    g_string_append(replies, "\r\n");
    smtp_reply_tell(session, place, replies->str + start);
    return NET_GO_ON;
}

NetNext
smtp_reply_lines_at(SmtpSession *session, GString *replies, TracePlace *place, const char *code,
                    const GPtrArray *lines)
{
    g_autoptr(GString) reply = g_string_new(NULL);

    smtp_reply_count(session, code); /* several lines: the answer to a good command */
    /* Every line but the last has a hyphen behind the code, and each repeats the enhanced code
     * (RFC 2034 §4). */
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(reply, "%.3s%c%s%s%.*s\r\n", code, i + 1 < lines->len ? '-' : ' ',
                               code[3] == '\0' ? "" : code + 4, code[3] == '\0' ? "" : " ",
                               SMTP_REPLY_TEXT_MAX, (const char *)g_ptr_array_index(lines, i));
    smtp_reply_tell(session, place, reply->str);
    g_string_append_len(replies, reply->str, reply->len);
    return NET_GO_ON;
}
