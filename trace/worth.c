/* trace/worth.c - which events are worth telling: what Space and `next` stop at, and what a
 * summary shows, some twenty a message.
 *
 *   decision           the story, but for those that repeat what is told before or after (quiet[])
 *   fault, error, input   always
 *   wire     a refusal (4yz, 5yz), the 250 after storing, a reader's first command
 *   sql      the message is written, and the COMMIT that made it durable
 *   state    what changed the message's place: calling the next host, delivered, reported; a maildrop
 *            or mailbox opened
 *   timer    of stage retry, and what ran out of time
 *   dns      the question of a new stage
 *
 * Of a message that travels each hop is told once: what a relay asks DNS again is told by its own
 * decision, and the conversation by the host that takes the message. From the third try on only
 * what came of the try is told: it is like the second.
 *
 * Server and viewer share this, so that both stop at the same places. The viewer knows the data of
 * its fields only (trace/viewer/fields.h): a rule must not ask for others.
 * Tests: tests/test_trace_gate.c; tests/test_scenarios.c counts
 */
#include "trace/gate.h"

#include <string.h>

#define TRACE_WORTH_TRIES 2 /* of a relay's tries, so many are told one thing after another */

typedef struct TraceWorth {
    const TraceEvent *event;
    TraceEventValue value; /* finds a member of the event's data */
    gconstpointer data;    /* value's own */
} TraceWorth;

/* Decisions that are not told. */
/* clang-format off */
static const struct {
    Stage stage;
    const char *outcome; /* NULL: none */
    const char *session; /* only in sessions of this kind; NULL: in all */
    gboolean before;     /* only before a message is named */
} quiet[] = {
    /* stage          outcome      session   before  because */
    { STAGE_SENDER,  "ok",        NULL,     TRUE  }, /* a login: MAIL says who sends */
    { STAGE_PICKUP,  "ok",        NULL,     TRUE  }, /* a login: the command before it was told */
    { STAGE_DNS,     NULL,        NULL,     FALSE }, /* one mail host: nothing was sorted */
    { STAGE_DNS,     "ok",        NULL,     FALSE }, /* the hosts found were told */
    { STAGE_DNS,     "refused",   NULL,     FALSE }, /* why was told; the 550 comes */
    { STAGE_DNS,     "sorted",    "relay-", FALSE }, /* the relay says who is next */
    { STAGE_DNS,     "implicit",  "relay-", FALSE },
    { STAGE_DNS,     "alias",     "relay-", FALSE },
    { STAGE_DNS,     "hosts",     "relay-", FALSE },
    { STAGE_FILTER,  "no match",  NULL,     FALSE }, /* the rule that matches is told */
    { STAGE_STORE,   "ok",        NULL,     FALSE }, /* the COMMIT was told; the 250 comes */
    { STAGE_RETRY,   "later",     NULL,     FALSE }, /* the next try comes, with its time */
};
/* clang-format on */

static gboolean
trace_worth_is_of(const TraceWorth *it, const char *session)
{
    return it->event->session != NULL && g_str_has_prefix(it->event->session, session);
}

/* Only rows that may be meant look into the event's data: the server asks this of each event. */
static gboolean
trace_worth_is_quiet(const TraceWorth *it)
{
    for (guint i = 0; i < G_N_ELEMENTS(quiet); i++) {
        if (quiet[i].stage != it->event->stage ||
            (quiet[i].session != NULL && !trace_worth_is_of(it, quiet[i].session)) ||
            (quiet[i].before && it->event->journey != NULL))
            continue;
        g_autofree char *outcome = it->value(it->event, "outcome", it->data);

        if (g_strcmp0(quiet[i].outcome, outcome) == 0)
            return TRUE;
    }
    return FALSE;
}

/* One of a relay's later tries: it goes as those before. */
static gboolean
trace_worth_is_one_more_try(const TraceWorth *it)
{
    g_autofree char *tries = it->value(it->event, "tries", it->data);

    return tries != NULL && g_ascii_strtoull(tries, NULL, 10) > TRACE_WORTH_TRIES;
}

static gboolean
trace_worth_decision(const TraceWorth *it)
{
    if (it->event->stage == STAGE_RELAY && trace_worth_is_one_more_try(it))
        return FALSE;
    return !trace_worth_is_quiet(it);
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
        return last != STAGE_PICKUP;
    return last == STAGE_NONE && it->event->stage != STAGE_NONE;
}

/* Of other rows the decision tells that led to them. A COMMIT belongs to no message, but those it
 * made durable had been waiting for it. */
static gboolean
trace_worth_sql(const TraceWorth *it, gboolean new_stage)
{
    if (it->event->journey != NULL)
        return new_stage && it->event->stage == STAGE_STORE;
    g_autofree char *messages = it->value(it->event, "messages", it->data);

    return messages != NULL && !g_str_equal(messages, "0");
}

/* A relay tells much of its calls; the call itself is the hop. Whoever reads opens a maildrop or a
 * mailbox: then it is known how many messages there are. */
static gboolean
trace_worth_state(const TraceWorth *it, gboolean new_stage)
{
    if (it->event->stage == STAGE_PICKUP && !new_stage) {
        g_autofree char *messages = it->value(it->event, "messages", it->data);

        return messages != NULL;
    }
    if (it->event->stage != STAGE_RELAY)
        return (new_stage && it->event->stage != STAGE_SENDER) ||
               it->event->stage == STAGE_DELIVER || it->event->stage == STAGE_ARCHIVE ||
               it->event->stage == STAGE_BOUNCE;
    g_autofree char *label = it->value(it->event, "label", it->data);

    return label != NULL && !trace_worth_is_one_more_try(it);
}

/* That a try is due was told when its time was set. */
static gboolean
trace_worth_timer(const TraceWorth *it)
{
    g_autofree char *outcome = it->value(it->event, "outcome", it->data);

    return it->event->stage == STAGE_RETRY || outcome != NULL;
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
    case TRACE_TIMER: return trace_worth_timer(&it);
    case TRACE_DNS: return new_stage && !trace_worth_is_of(&it, "relay-");
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
