/* trace/viewer/predict_sign.c - from which event on an outcome could be guessed: the first sign of it.
 *
 * Back over what the same session did in the same stage, to what the client said:
 *
 *   70 wire  RCPT TO:<carol@south.example>
 *   73 sql   carol@south.example is account 1         <--- the first sign, hidden
 *   74       RECIPIENT ok: carol has an account here  <--- the outcome
 *
 * Tests: tests/test_viewer_predict.c
 */
#include "trace/viewer/predict_inside.h"

#include <string.h>

/* As far before and after an outcome is looked for what belongs to it. */
#define VIEW_PREDICT_REACH 300
/* So many causes are followed one after the other. */
#define VIEW_PREDICT_CAUSES 12

/* ---- what came before ---- */

/* A rule that does not match decides nothing, nor does the order of hosts whose addresses are not
 * known yet. */
static gboolean
view_predict_is_decided(const ViewModel *model, const ViewEntry *entry)
{
    static const char *const preliminary[] = { "no match", "sorted", "implicit", NULL };
    const char *outcome = view_model_outcome(model, entry);

    return entry->kind == TRACE_DECISION && outcome != NULL &&
           !g_strv_contains(preliminary, outcome) &&
           (entry->stage != STAGE_DNS || strcmp(outcome, "alias") != 0);
}

/* Whether @entry belongs to what led to a decision of the same session and stage. What was said
 * and what was asked gives nothing away, but ends or goes on with it. */
static gboolean
view_predict_is_of_run(const ViewEntry *entry, const ViewEntry *outcome)
{
    return entry->stage == outcome->stage && entry->kind != TRACE_WIRE &&
           entry->kind != TRACE_INPUT;
}

/* The first entry that could tell what @index comes to. */
guint
view_predict_first_sign(const ViewModel *model, guint index)
{
    const ViewEntry *outcome = view_model_entry(model, index);
    guint last = index > VIEW_PREDICT_REACH ? index - VIEW_PREDICT_REACH : 0;
    guint first = index;

    for (guint i = index; i > last; i--) {
        const ViewEntry *entry = view_model_entry(model, i - 1);

        if (entry->session != outcome->session || entry->session == NULL)
            continue;
        if (!view_predict_is_of_run(entry, outcome))
            break;
        /* A question to a name server is no answer yet. */
        if (entry->kind != TRACE_DNS || entry->outcome != VIEW_NO_OUTCOME)
            first = i - 1;
    }
    return first;
}

gboolean
view_predict_is_later(const ViewAsk *ask)
{
    for (guint i = ask->hidden; i < ask->index; i++) {
        const ViewEntry *entry = view_model_entry(ask->model, i);

        if (entry->session == ask->entry->session && entry->stage == ask->entry->stage &&
            view_predict_is_decided(ask->model, entry))
            return TRUE;
    }
    return FALSE;
}

gboolean
view_predict_before(const ViewAsk *ask, gboolean (*is)(const ViewEntry *entry), guint *index)
{
    guint last = ask->index > VIEW_PREDICT_REACH ? ask->index - VIEW_PREDICT_REACH : 0;

    for (guint i = ask->index; i > last; i--) {
        const ViewEntry *entry = view_model_entry(ask->model, i - 1);

        if (entry->session == ask->entry->session && entry->session != NULL && is(entry)) {
            *index = i - 1;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
view_predict_cause(const ViewModel *model, guint index, guint *cause)
{
    guint64 seq = view_model_entry(model, index)->cause;

    return seq != 0 && view_model_find(model, seq, cause);
}

ViewEvent *
view_predict_command(const ViewAsk *ask)
{
    guint index = ask->index;

    for (guint i = 0; i < VIEW_PREDICT_CAUSES && view_predict_cause(ask->model, index, &index);
         i++) {
        const ViewEntry *entry = view_model_entry(ask->model, index);

        if (entry->kind == TRACE_WIRE && (entry->from == VIEW_CLIENT || entry->from == VIEW_READER))
            return view_model_load(ask->model, index);
    }
    return NULL;
}

/* ---- while it has not been decided ---- */

static gboolean
view_predict_is_call(const ViewEntry *entry)
{
    return entry->kind == TRACE_STATE && entry->stage == STAGE_RELAY && entry->to == VIEW_REMOTE;
}

static gboolean
view_predict_is_commit(const ViewEntry *entry)
{
    return entry->kind == TRACE_SQL && entry->stage == STAGE_STORE && entry->session == NULL &&
           entry->worth;
}

/* Whether @entry may be the first sign of a decision in its session. */
static gboolean
view_predict_is_sign(const ViewModel *model, const ViewEntry *entry)
{
    static const Stage stages[] = { STAGE_SENDER, STAGE_ROUTE,  STAGE_RECIPIENT, STAGE_DNS,
                                    STAGE_FILTER, STAGE_BOUNCE, STAGE_DELIVER,   STAGE_PICKUP };

    if (entry->session == NULL || entry->kind == TRACE_WIRE || entry->kind == TRACE_ERROR ||
        (entry->kind == TRACE_DNS && entry->outcome == VIEW_NO_OUTCOME))
        return FALSE;
    /* That a domain is not ours may yet be followed by a refusal. */
    if (view_predict_is_decided(model, entry) && entry->stage != STAGE_ROUTE)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(stages); i++)
        if (stages[i] == entry->stage)
            return TRUE;
    return FALSE;
}

/* Nothing came of @sign's session since but what belongs to it. */
static gboolean
view_predict_is_open(const ViewModel *model, guint index)
{
    const ViewEntry *sign = view_model_entry(model, index);

    for (guint i = index + 1; i < view_model_count(model); i++) {
        const ViewEntry *entry = view_model_entry(model, i);

        if (entry->session == sign->session &&
            (!view_predict_is_of_run(entry, sign) || view_predict_is_decided(model, entry)))
            return FALSE;
    }
    return TRUE;
}

/* The call at entry @call has been neither answered nor refused. */
static gboolean
view_predict_is_calling(const ViewModel *model, guint call)
{
    const ViewEntry *calling = view_model_entry(model, call);

    for (guint i = call + 1; i < view_model_count(model); i++) {
        const ViewEntry *entry = view_model_entry(model, i);

        if (entry->session == calling->session && entry->stage == STAGE_RELAY &&
            entry->kind == TRACE_STATE)
            return FALSE;
    }
    return TRUE;
}

gboolean
view_predict_opens(const ViewModel *model, guint index)
{
    const ViewEntry *sign = view_model_entry(model, index);
    guint count = view_model_count(model);
    guint cause;

    if (count - index > VIEW_PREDICT_REACH)
        return FALSE;
    if (view_predict_is_commit(sign)) /* the decision to answer 250 comes at once */
        return index == count - 1;
    if (view_predict_cause(model, index, &cause) && count - cause <= VIEW_PREDICT_REACH &&
        view_predict_is_call(view_model_entry(model, cause)))
        return view_predict_is_calling(model, cause);
    return view_predict_is_sign(model, sign) && view_predict_is_open(model, index);
}
