/* pop3/retrieve.c - RETR and TOP: a message's octets on their way to the reader (RFC 1939 §5, §7).
 *
 *   +OK 320 octets          one reply
 *   Return-Path: <...>      the message, 64 KB a turn: a line that starts with "." gets one more
 *   ...                     (RFC 1939 §3), so that no line of it can look like the end
 *   .                       the end
 *
 * Tests: tests/test_pop3_retrieve.c
 */
#include "pop3/commands.h"

#include <string.h>

#include "trace/text.h"

#define POP3_TOLD_START                                                                            \
    (16 * 1024) /* octets of the message kept for the trace: usually its header is less */

void
pop3_retrieve_clear(Pop3Session *session)
{
    if (session->body.start != NULL)
        g_string_free(session->body.start, TRUE);
    session->body = (Pop3Body){ 0 };
}

/* What the pick-up means for the message: in POP3 reading is downloading. */
static void
pop3_retrieve_tell(Pop3Session *session, guint number, gint64 lines)
{
    trace_put_number(session->trace, "number", number);
    if (lines >= 0) {
        trace_put_text(session->trace, "outcome", "looked");
        trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §7",
                       "%s looks at the top of message %u, all of it stays here", session->address,
                       number);
        return;
    }
    trace_put_text(session->trace, "outcome", "downloaded");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §5",
                   "message %u is downloaded: %s has a copy, and it stays here until DELE and QUIT "
                   "(POP3)",
                   number, session->address);
}

/* A line has ended. FALSE: TOP has shown enough. */
static gboolean
pop3_retrieve_line_ended(Pop3Body *body)
{
    gboolean empty = body->line_octets == strlen("\r\n");

    body->line_start = TRUE;
    body->line_octets = 0;
    if (body->in_header)
        body->in_header = !empty;
    else if (body->top)
        body->lines_left--;
    return !body->top || body->in_header || body->lines_left > 0;
}

/* Stuffs @octets into @out, in pieces between the dots that are added. Returns how many were taken: fewer
 * where TOP ends. */
static gsize
pop3_retrieve_stuff(Pop3Body *body, const char *octets, gsize length, GString *out)
{
    gsize at = 0, piece = 0;
    gboolean more = TRUE;

    while (at < length && more) {
        const char *lf = memchr(octets + at, '\n', length - at);
        gsize some = lf == NULL ? length - at : (gsize)(lf + 1 - (octets + at));
        gboolean cr = some >= 2 ? octets[at + some - 2] == '\r' : body->cr;

        if (body->line_start && octets[at] == '.') {
            trace_text_append_octets(out, octets + piece, at - piece);
            g_string_append_c(out, '.');
            piece = at;
        }
        at += some;
        body->line_start = FALSE;
        body->cr = octets[at - 1] == '\r';
        body->line_octets += some;
        more = lf == NULL || !cr || pop3_retrieve_line_ended(body);
    }
    trace_text_append_octets(out, octets + piece, at - piece);
    return at;
}

/* For the trace: octets as the reader will have them, without the added dots. */
static void
pop3_retrieve_note(Pop3Body *body, const char *octets, gsize length)
{
    if (body->start == NULL)
        return;
    g_string_append_len(body->start, octets,
                        (gssize)MIN(POP3_TOLD_START - body->start->len, length));
    body->sent += length;
}

static void
pop3_retrieve_tell_body(Pop3Session *session)
{
    Pop3Body *body = &session->body;

    if (body->start == NULL)
        return;
    pop3_tell_asked(session);
    trace_put_arrow(session->trace, "host", "reader", body->top ? "top" : "message");
    trace_put_number(session->trace, "octets", (gint64)body->sent);
    if (session->origin != NULL && !body->top)
        trace_put_text(session->trace, "stored_sha256", session->origin->sha256);
    trace_put_message(session->trace, body->start->str, body->start->len);
    trace_wire(session->trace, STAGE_PICKUP, "RFC 1939 §3",
               "host to reader: message %u, %" G_GUINT64_FORMAT " octets", body->number,
               body->sent);
}

static NetNext
pop3_retrieve_end(Pop3Session *session, GString *replies)
{
    /* "." must stand on a line of its own (RFC 1939 §3). */
    if (!session->body.line_start) {
        pop3_retrieve_note(&session->body, "\r\n", 2);
        g_string_append(replies, "\r\n");
    }
    g_string_append(replies, ".\r\n");
    pop3_retrieve_tell_body(session);
    pop3_retrieve_clear(session);
    session->work = POP3_NO_WORK;
    return NET_GO_ON;
}

/* Sends what was read from body.offset on. */
static NetNext
pop3_retrieve_slice(Pop3Session *session, const Pop3Item *item, const GString *slice,
                    GString *replies)
{
    gsize taken = pop3_retrieve_stuff(&session->body, slice->str, slice->len, replies);

    pop3_retrieve_note(&session->body, slice->str, taken);
    session->body.offset += taken;
    if (slice->len == 0 || taken < slice->len || session->body.offset >= item->stored)
        return pop3_retrieve_end(session, replies);
    return NET_MORE;
}

NetNext
pop3_retrieve_more(Pop3Session *session, GString *replies)
{
    const Pop3Item *item = pop3_maildrop_item(session->maildrop, session->body.number);
    g_autoptr(GString) slice = g_string_sized_new(MIN(item->stored, POP3_SLICE));
    g_autoptr(GError) error = NULL;

    if (!pop3_maildrop_read(session->maildrop, item, session->body.offset, POP3_SLICE, slice,
                            &error)) {
        /* The reply has begun: there is no word left to say but the end of the connection. */
        trace_error(session->trace, STAGE_PICKUP, "message %u cannot be read: %s",
                    session->body.number, error->message);
        return NET_CLOSE;
    }
    return pop3_retrieve_slice(session, item, slice, replies);
}

/* ---- the beginning ---- */

/* Nothing of the message can be read. */
static NetNext
pop3_retrieve_refuse(Pop3Session *session, guint number, const GError *why, GString *replies)
{
    if (!g_error_matches(why, STORE_ERROR, STORE_ERROR_NONE)) {
        trace_error(session->trace, STAGE_PICKUP, "message %u cannot be read: %s", number,
                    why->message);
        pop3_reply(session, replies, "RFC 3206 §4", "-ERR [SYS/TEMP] Message %u cannot be read now",
                   number);
        return NET_GO_ON;
    }
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §5",
                   "message %u is gone: an IMAP session has removed it", number);
    /* No [SYS/...]: nothing is broken here (RFC 3206 §4). */
    pop3_reply(session, replies, "RFC 1939 §5",
               "-ERR Message %u has been removed by another program", number);
    return NET_GO_ON;
}

static void
pop3_retrieve_begin(Pop3Session *session, guint number, gint64 lines)
{
    pop3_retrieve_clear(session);
    session->body.number = number;
    session->body.top = lines >= 0;
    session->body.lines_left = lines >= 0 ? (guint64)lines : 0;
    session->body.in_header = TRUE;
    session->body.line_start = TRUE;
    if (trace_is_on(session->trace))
        session->body.start = g_string_new(NULL);
    session->work = POP3_SENDING;
}

/* Most messages fit into one slice: then one question to the database is all. */
NetNext
pop3_retrieve(Pop3Session *session, guint number, gint64 lines, GString *replies)
{
    const Pop3Item *item = pop3_maildrop_item(session->maildrop, number);
    g_autoptr(GString) slice = g_string_sized_new(MIN(item->stored, POP3_SLICE));
    g_autoptr(GError) error = NULL;

    if (!pop3_maildrop_read(session->maildrop, item, 0, POP3_SLICE, slice, &error))
        return pop3_retrieve_refuse(session, number, error, replies);
    pop3_tell_asked(session);
    pop3_retrieve_tell(session, number, lines);
    pop3_retrieve_begin(session, number, lines);
    if (lines >= 0)
        pop3_reply(session, replies, "RFC 1939 §7", "+OK Top of message %u follows", number);
    else
        pop3_reply(session, replies, "RFC 1939 §5", "+OK %" G_GUINT64_FORMAT " octets",
                   item->octets);
    return pop3_retrieve_slice(session, item, slice, replies);
}
