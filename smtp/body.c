/* smtp/body.c - DATA: the message's octets come in, up to the final dot (RFC 5321 §4.1.1.4).
 *
 *   octets of the network > smtp/data.c (dots removed, end found) > the store's draft
 *
 * A draft promises nothing. What becomes of a whole message is decided in smtp/accept.c; where
 * something was wrong with it, the client hears so behind the final dot, never in the middle.
 *
 * Tests: tests/test_smtp_session.c
 */
#include "smtp/reply.h"
#include "smtp/state.h"

#define SMTP_BLOCK_OCTETS  (64 * 1024) /* taken at once: the others want their turn */
#define SMTP_TOKEN_LETTERS 12

NetNext
smtp_body_data(SmtpSession *session, const char *arg, GString *replies)
{
    const TraceFault *cut;

    (void)arg;
    /* All recipients were refused: a message for nobody (RFC 5321 §3.3). A client that pipelines
     * sends DATA before it knows (RFC 2920 §3.1). */
    if (session->accepted == 0)
        return smtp_reply(session, replies, "554 5.5.1", "no valid recipients");
    session->token = net_chance_token(session->host->chance, SMTP_TOKEN_LETTERS);
    session->data = smtp_data_new(!session->sevenbit, session->host->settings->max_message_octets);
    session->draft = store_draft_new(session->host->store);
    session->blind = (SmtpBlind){ 0 };
    session->disown = (SmtpDisown){ 0 };
    cut = trace_fault(session->trace, session->stage, "data-cut");
    if (cut != NULL && !net_parse_number(cut->parameter, -1, G_MAXUINT32, &session->data_cut))
        session->data_cut = 1;
    session->state = SMTP_BODY;
    return smtp_reply(session, replies, "354", "send the message; end it with <CRLF>.<CRLF>");
}

/* Octets of the header, as they are stored: nobody else speaks in our name (smtp/disown.h), and a
 * user's Bcc is dropped (smtp/blind.h). */
static GString *
smtp_body_header(SmtpSession *session, const GString *octets, gboolean whole)
{
    g_autoptr(GString) header = g_string_sized_new(octets->len + 1);
    GString *open;

    smtp_disown_feed(&session->disown, octets->str, octets->len, header);
    if (whole)
        smtp_disown_finish(&session->disown, header);
    if (session->caller.port != SMTP_PORT_SUBMIT)
        return g_steal_pointer(&header);
    open = g_string_sized_new(header->len + 1);
    smtp_blind_feed(&session->blind, header->str, header->len, open);
    if (whole)
        smtp_blind_finish(&session->blind, open);
    return open;
}

/* A draft that cannot be written (the disk is full) is the server's fault: 4yz, at the end. */
static void
smtp_body_append(SmtpSession *session, const GString *octets, gboolean whole)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) header = NULL;

    if (!session->disown.in_body)
        octets = header = smtp_body_header(session, octets, whole);
    if (session->draft_wrong != NULL || octets->len == 0)
        return;
    if (!store_draft_append(session->draft, octets->str, octets->len, &error))
        session->draft_wrong = smtp_refusal_for_error(session->trace, STAGE_STORE, error);
}

/* A whole message is one event: its size, its hash, its header and how its text begins. */
static void
smtp_body_tell(SmtpSession *session)
{
    gsize length;
    const char *start = store_draft_start(session->draft, &length);
    guint64 octets = smtp_data_octets(session->data);

    trace_put_arrow(session->trace, "client", "host", "message");
    trace_put_number(session->trace, "octets", octets);
    trace_put_text(session->trace, "sha256", store_draft_hash(session->draft));
    trace_put_message(session->trace, start, length);
    trace_wire(session->trace, STAGE_STORE, "RFC 5321 §4.5.2",
               "client to host: a message of %" G_GUINT64_FORMAT " octets, and the final dot",
               octets);
}

/* A client that said EHLO should announce 8-bit octets, but widely used ones don't (Python's
 * smtplib among them). Since we offer 8BITMIME, nothing is lost by taking the octets for announced;
 * the next host will hear BODY=8BITMIME from us. */
static void
smtp_body_note_eightbit(SmtpSession *session)
{
    if (session->eightbit || !smtp_data_is_eightbit(session->data))
        return;
    session->eightbit = TRUE;
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(
        session->trace, STAGE_STORE, "RFC 6152 §3",
        "8-bit octets came without BODY=8BITMIME: they are taken as if it had been said");
}

/* smtp/disown.h has put an empty line on top. */
static void
smtp_body_note_headless(SmtpSession *session)
{
    if (!session->disown.headless)
        return;
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_STORE, "RFC 5322 §2.2.3",
                   "the first line begins with a space: it would go on with the line that we write "
                   "on top, so an empty line is put before it, and all of it is text");
}

/* The final dot has come. */
static NetNext
smtp_body_end(SmtpSession *session, guint64 twin, GString *replies)
{
    const SmtpRefusal *wrong = smtp_data_wrong(session->data);
    const StoreIndex *index = store_draft_finish(session->draft);

    trace_twin(session->trace, twin);
    smtp_body_tell(session);
    if (wrong == NULL)
        wrong = session->draft_wrong;
    if (wrong == NULL) {
        smtp_body_note_headless(session);
        smtp_body_note_eightbit(session);
        return smtp_accept_message(session, index, replies);
    }
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_STORE, "RFC 5321 §4.1.1.4", "the message is not taken: %s",
                   wrong->text);
    smtp_reply(session, replies, wrong->code, "%s", wrong->text);
    smtp_session_reset(session);
    return NET_GO_ON;
}

NetNext
smtp_body_input(SmtpSession *session, NetBuffer *input, GString *replies)
{
    gsize length, taken;
    const char *octets = net_buffer_peek(input, &length);
    g_autoptr(GString) out = g_string_sized_new(MIN(length, SMTP_BLOCK_OCTETS) + 1);
    gboolean whole;

    if (length == 0)
        return NET_GO_ON;
    session->command = smtp_commands_find("DATA", 4);
    session->stage = STAGE_STORE;
    whole = smtp_data_feed(session->data, octets, MIN(length, SMTP_BLOCK_OCTETS), &taken, out);
    net_buffer_take(input, taken);
    smtp_body_append(session, out, whole);
    if (session->data_cut != 0 && smtp_data_octets(session->data) >= session->data_cut)
        return NET_CLOSE;
    return whole ? smtp_body_end(session, net_buffer_twin(input), replies) : NET_GO_ON;
}
