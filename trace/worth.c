/* trace/worth.c - which events are worth telling: what Space and `next` stop at, and what a
 * summary shows, some twenty a message.
 *
 *   decision, fault, error, input   always: this is the story
 *   wire     a refusal (4yz, 5yz), the reply after storing, the reader's RETR or FETCH
 *   state    what changed the message's place: handed over, delivered, archived, reported
 *   timer    of stage retry
 *   others   the first of a stage: the message has come somewhere new
 *
 * Server and viewer share this, so that both stop at the same places.
 * Tests: tests/test_trace_gate.c
 */
#include "trace/gate.h"

#include <string.h>

/* Hands the message over to its reader, or removes it. */
static const char *const pickups[] = { "RETR", "TOP", "DELE", "FETCH", "EXPUNGE", NULL };

static gboolean
trace_worth_pickup(const TraceEvent *event)
{
    g_autofree char *label = trace_event_data(event, "label");

    for (guint i = 0; label != NULL && pickups[i] != NULL; i++) {
        if (strstr(label, pickups[i]) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* Two hosts that talk would change the stage with each line (relay here, sender there), so a new
 * stage alone does not make a line worth telling. */
static gboolean
trace_worth_wire(const TraceEvent *event, Stage last)
{
    if (event->twin != 0)
        return FALSE;
    g_autofree char *code = trace_event_data(event, "code");

    if (code != NULL && (*code == '4' || *code == '5'))
        return TRUE;
    if (event->stage == STAGE_STORE)
        return code != NULL;
    if (event->stage == STAGE_PICKUP)
        return last != STAGE_PICKUP || trace_worth_pickup(event);
    return last == STAGE_NONE && event->stage != STAGE_NONE;
}

gboolean
trace_event_is_worth_telling(const TraceEvent *event, Stage last)
{
    gboolean new_stage = event->stage != STAGE_NONE && event->stage != last;

    switch (event->kind) {
    case TRACE_DECISION:
    case TRACE_FAULT:
    case TRACE_ERROR:
    case TRACE_INPUT: return TRUE;
    case TRACE_WIRE: return trace_worth_wire(event, last);
    case TRACE_STATE:
        return new_stage || event->stage == STAGE_RELAY || event->stage == STAGE_DELIVER ||
               event->stage == STAGE_ARCHIVE || event->stage == STAGE_BOUNCE;
    case TRACE_TIMER: return new_stage || event->stage == STAGE_RETRY;
    case TRACE_SQL:
    case TRACE_DNS:
    case TRACE_KINDS: break;
    }
    return new_stage;
}
