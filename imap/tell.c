/* imap/tell.c - what the trace hears of a command: what the database was asked, and which messages.
 *
 *   a3 FETCH 1:* BODY[]     each of the first 50 messages has its own events, in its own journey;
 *                           then: "and 99,950 more messages in the same way"
 *
 * A command can be about 100,000 messages, and then an event for each would be no help to anybody.
 *
 * Tests: tests/test_pickup_trace.py
 */
#include "imap/commands.h"

#include "storage/asked.h"

#define IMAP_TOLD_EACH 50 /* messages of one command that are told one by one */

GPtrArray **
imap_listen(ImapSession *session)
{
    return store_listen(session->host->store, trace_is_on(session->trace) ? &session->asked : NULL);
}

void
imap_tell_asked(ImapSession *session)
{
    store_asked_tell(&session->asked, session->trace, STAGE_PICKUP);
}

void
imap_tell_journey(ImapSession *session, gint64 id)
{
    g_clear_pointer(&session->origin, store_origin_free);
    if (id != 0 && trace_is_on(session->trace))
        session->origin = store_message_origin(session->host->store, id);
    trace_set_journey(session->trace, session->origin == NULL ? NULL : session->origin->journey);
}

Trace *
imap_tell_each(ImapSession *session, gint64 message)
{
    session->each = NULL;
    if (!trace_is_on(session->trace))
        return NULL;
    session->told_each++;
    if (session->told_each > IMAP_TOLD_EACH) {
        trace_set_journey(session->trace, NULL);
        return NULL;
    }
    imap_tell_journey(session, message);
    session->each = session->trace;
    return session->each;
}

gboolean
imap_tells_each(const ImapSession *session)
{
    return trace_is_on(session->trace) && session->told_each < IMAP_TOLD_EACH;
}

void
imap_tell_more(ImapSession *session, guint count)
{
    if (trace_is_on(session->trace))
        session->told_each += count;
}

void
imap_tell_rest(ImapSession *session)
{
    imap_tell_asked(session);
    if (session->told_each > IMAP_TOLD_EACH)
        trace_decision(session->trace, STAGE_PICKUP, session->current->section,
                       "and %u more messages in the same way", session->told_each - IMAP_TOLD_EACH);
    session->told_each = 0;
    session->each = NULL;
}
