/* imap/framing.c - lines and literals put together to whole commands (RFC 3501 §2.2, §4.3).
 *
 *   a1 LOGIN {5}    a line that announces a literal: may it come? then "+ go on"
 *   alice {6+}      five octets, and the rest of the line; this one comes without being asked
 *   secret          six octets, and an empty rest: the command is whole
 *
 * A literal's size is checked before "+", and memory grows only with what has really come. The
 * message of APPEND is never collected here: it goes to the store as it comes.
 *
 * Tests: tests/test_imap_framing.c
 */
#include "imap/commands.h"

#include <string.h>

void
imap_frame_reset(ImapSession *session)
{
    memset(session->command->str, 0, session->command->len); /* it may hold a password */
    g_string_truncate(session->command, 0);
    if (session->command->allocated_len > IMAP_COMMAND_KEPT) {
        g_string_free(session->command, TRUE);
        session->command = g_string_new(NULL);
    }
    session->command_told = 0;
    session->reading = IMAP_READING_LINE;
    session->literal_left = 0;
    session->current = NULL;
    session->one_message = FALSE;
    g_clear_pointer(&session->append, imap_append_free);
    g_clear_pointer(&session->tag, g_free);
}

/* Tag and name stand in the first line, so they are known when the first literal is announced. */
static void
imap_frame_name(ImapSession *session)
{
    ImapParse parse;

    if (session->tag != NULL)
        return;
    imap_parse_start(&parse, session->command->str, session->command->len);
    session->tag = imap_parse_tag(&parse);
    if (session->tag != NULL && imap_parse_char(&parse, ' '))
        session->current = imap_command_find(&parse);
}

void
imap_frame_tell(ImapSession *session)
{
    const ImapCommand *command = session->current;
    gboolean first = session->command_told == 0;

    trace_wire_command(session->trace, STAGE_PICKUP,
                       command == NULL ? "RFC 3501 §2.2" : command->section, "reader", "host",
                       !first            ? "literal"
                       : command == NULL ? "?"
                                         : command->name,
                       session->command->str + session->command_told,
                       command != NULL && command->secret);
    session->command_told = session->command->len;
}

static NetNext
imap_frame_unasked(ImapSession *session, GString *replies)
{
    trace_decision(
        session->trace, STAGE_PICKUP, "RFC 7888 §4",
        "this literal comes without being asked and is too long: to take what it says for "
        "commands would be dangerous, so the connection ends");
    return imap_bye(session, replies, "[TOOBIG] This literal is too long");
}

/* A literal is announced at the line's end: may it come? */
static NetNext
imap_frame_literal(ImapSession *session, guint64 octets, gboolean plus, GString *replies)
{
    gboolean stranger = session->state == IMAP_NOT_AUTHENTICATED;
    gsize limit = stranger ? IMAP_STRANGER_MAX : IMAP_COMMAND_MAX;

    imap_frame_name(session);
    /* Who waits for "+" need not send what nobody wants (RFC 3501 §7.5). */
    if (!plus && session->tag != NULL && !imap_command_is_allowed(session))
        return imap_command(session, replies);
    imap_frame_tell(session);
    if (session->tag == NULL)
        return imap_bye(session, replies, "A literal before any command");
    if (imap_append_is_message(session))
        return imap_append_begin(session, octets, plus, replies);
    /* One that comes without being asked would be taken for commands: the connection must end
     * (RFC 7888 §4, and §5 for strangers). */
    if (plus && (octets > limit || session->command->len + octets > limit ||
                 (stranger && octets > IMAP_MINUS_MAX)))
        return imap_frame_unasked(session, replies);
    if (octets > limit || session->command->len + octets > limit)
        return imap_mistake(session, replies, "RFC 3501 §4.3", "This literal is too long");
    g_string_append(session->command, "\r\n");
    session->command_told = session->command->len;
    session->literal_left = octets;
    session->reading = octets > 0 ? IMAP_READING_LITERAL : IMAP_READING_LINE;
    if (!plus)
        imap_continue(session, replies, "Ready for the literal");
    return NET_GO_ON;
}

/* Takes octets of a literal, to wherever they belong. */
static NetNext
imap_frame_octets(ImapSession *session, NetBuffer *input)
{
    gsize waiting;
    const char *octets = net_buffer_peek(input, &waiting);
    gsize taken = (gsize)MIN(session->literal_left, waiting);

    if (session->reading == IMAP_READING_LITERAL)
        g_string_append_len(session->command, octets, (gssize)taken);
    else if (session->reading == IMAP_READING_MESSAGE)
        imap_append_octets(session, octets, taken);
    net_buffer_take(input, taken);
    session->literal_left -= taken;
    if (session->literal_left == 0)
        session->reading = IMAP_READING_LINE;
    return NET_GO_ON;
}

/* A line that is not kept may have announced a literal that comes unasked ("+}"), and what that says
 * would be taken for commands. So the last octets of each line are watched, whatever becomes of it. */
static gboolean
imap_frame_ends_unasked(ImapSession *session, const NetBuffer *input)
{
    gsize waiting;
    const char *octets = net_buffer_peek(input, &waiting);
    const char *lf = memchr(octets, '\n', waiting);
    gsize length = lf == NULL ? waiting : (gsize)(lf + 1 - octets), kept = sizeof(session->tail);

    if (length >= kept) {
        memcpy(session->tail, octets + length - kept, kept);
    } else {
        memmove(session->tail, session->tail + length, kept - length);
        memcpy(session->tail + kept - length, octets, length);
    }
    return lf != NULL &&
           (memcmp(session->tail, "+}\r\n", 4) == 0 || memcmp(session->tail + 1, "+}\n", 3) == 0);
}

static NetNext
imap_frame_bad_line(ImapSession *session, NetLine found, gboolean unasked, GString *replies)
{
    static const char *const texts[] = {
        [NET_LINE_TOO_LONG] = "Line too long",
        [NET_LINE_BARE_LF] = "Lines end with CRLF, not with LF alone",
        [NET_LINE_NUL] = "No NUL and no bare CR in a line",
    };

    trace_wire_command(session->trace, STAGE_PICKUP, "RFC 3501 §2.2", "reader", "host", "?",
                       "(a line that is not kept)", FALSE);
    if (unasked)
        return imap_frame_unasked(session, replies);
    /* In the middle of a command its tag is known, otherwise nobody's. */
    return imap_mistake(session, replies, "RFC 3501 §2.2", texts[found]);
}

/* A line that belongs to a command: the first, or what follows a literal. */
static NetNext
imap_frame_line(ImapSession *session, const char *line, GString *replies)
{
    guint64 octets;
    gboolean plus;

    if (session->append != NULL)
        return imap_append_end(session, line, replies);
    g_string_append(session->command, line);
    if (imap_parse_announces(line, &octets, &plus))
        return imap_frame_literal(session, octets, plus, replies);
    imap_frame_name(session);
    return imap_command(session, replies);
}

NetNext
imap_frame_input(ImapSession *session, NetBuffer *input, GString *replies)
{
    g_autofree char *line = NULL;
    gboolean sasl = session->reading == IMAP_READING_SASL;

    if (session->literal_left > 0)
        return imap_frame_octets(session, input);
    gboolean unasked = imap_frame_ends_unasked(session, input);
    NetLine found = net_line_take(input, sasl ? IMAP_SASL_MAX : IMAP_LINE_MAX, &line);
    if (found == NET_LINE_NONE)
        return NET_GO_ON;
    trace_twin(session->trace, net_buffer_twin(input));
    if (session->command->len == 0)
        trace_set_journey(session->trace, NULL);
    if (found != NET_LINE_OK)
        return imap_frame_bad_line(session, found, unasked, replies);
    if (sasl)
        return imap_auth_sasl(session, line, replies);
    if (session->reading == IMAP_READING_IDLE)
        return imap_idle_done(session, line, replies);
    return imap_frame_line(session, line, replies);
}
