/* trace/worth.c - which events are worth telling: what Space and `next` stop at, and what a
 * summary shows, some twenty a message.
 *
 *   decision           the story, but for filter rules that did not match
 *   fault, error, input   always
 *   wire     a refusal (4yz, 5yz), the 250 after storing, the reader's RETR or FETCH
 *   sql      the message is written, and the COMMIT that made it durable
 *   state    what changed the message's place: calling the next host, delivered, reported
 *   timer    of stage retry
 *   dns      the first of a stage: the message has come somewhere new
 *
 * Server and viewer share this, so that both stop at the same places.
 * Tests: tests/test_trace_gate.c
 */
#include "trace/gate.h"

#include <string.h>

/* Hands the message over to its reader, or removes it. */
static const char *const pickups[] = { "RETR", "TOP", "DELE", "FETCH", "EXPUNGE", NULL };

typedef struct TraceWorth {
    const TraceEvent *event;
    TraceEventValue value; /* finds a member of the event's data */
    gconstpointer data;    /* value's own */
} TraceWorth;

static gboolean
trace_worth_pickup(const TraceWorth *it)
{
    g_autofree char *label = it->value(it->event, "label", it->data);

    for (guint i = 0; label != NULL && pickups[i] != NULL; i++) {
        if (strstr(label, pickups[i]) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* Two hosts that talk would change the stage with each line (relay here, sender there), so a new
 * stage alone does not make a line worth telling. */
static gboolean
trace_worth_wire(const TraceWorth *it, Stage last)
{
    if (it->event->twin != 0)
        return FALSE;
    g_autofree char *code = it->value(it->event, "code", it->data);

    if (code != NULL && (*code == '4' || *code == '5'))
        return TRUE;
    if (it->event->stage == STAGE_STORE)
        return code != NULL && *code == '2';
    if (it->event->stage == STAGE_PICKUP)
        return last != STAGE_PICKUP || trace_worth_pickup(it);
    return last == STAGE_NONE && it->event->stage != STAGE_NONE;
}

/* Look-ups are told by the decision that they led to. A COMMIT belongs to no message, but those it
 * made durable had been waiting for it. */
static gboolean
trace_worth_sql(const TraceWorth *it, gboolean new_stage)
{
    if (it->event->stage == STAGE_SENDER || it->event->stage == STAGE_RECIPIENT)
        return FALSE;
    if (it->event->journey != NULL)
        return new_stage;
    g_autofree char *messages = it->value(it->event, "messages", it->data);

    return messages != NULL && !g_str_equal(messages, "0");
}

static gboolean
trace_worth_decision(const TraceWorth *it)
{
    if (it->event->stage != STAGE_FILTER)
        return TRUE;
    g_autofree char *outcome = it->value(it->event, "outcome", it->data);

    return g_strcmp0(outcome, "no match") != 0;
}

/* A relay tells much of its calls; the call itself is the hop. */
static gboolean
trace_worth_state(const TraceWorth *it, gboolean new_stage)
{
    if (it->event->stage != STAGE_RELAY)
        return (new_stage && it->event->stage != STAGE_SENDER) ||
               it->event->stage == STAGE_DELIVER || it->event->stage == STAGE_ARCHIVE ||
               it->event->stage == STAGE_BOUNCE;
    g_autofree char *label = it->value(it->event, "label", it->data);

    return label != NULL;
}

gboolean
trace_event_is_worth_telling_by(const TraceEvent *event, Stage last, TraceEventValue value,
                                gconstpointer data)
{
    const TraceWorth it = { event, value, data };
    gboolean new_stage = event->stage != STAGE_NONE && event->stage != last;

    switch (event->kind) {
    case TRACE_FAULT:
    case TRACE_ERROR:
    case TRACE_INPUT: return TRUE;
    case TRACE_DECISION: return trace_worth_decision(&it);
    case TRACE_WIRE: return trace_worth_wire(&it, last);
    case TRACE_SQL: return trace_worth_sql(&it, new_stage);
    case TRACE_STATE: return trace_worth_state(&it, new_stage);
    case TRACE_TIMER: return new_stage || event->stage == STAGE_RETRY;
    case TRACE_DNS:
    case TRACE_KINDS: break;
    }
    return new_stage;
}

static char *
trace_worth_value(const TraceEvent *event, const char *key, G_GNUC_UNUSED gconstpointer data)
{
    return trace_event_data(event, key);
}

gboolean
trace_event_is_worth_telling(const TraceEvent *event, Stage last)
{
    return trace_event_is_worth_telling_by(event, last, trace_worth_value, NULL);
}
