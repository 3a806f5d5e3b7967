/* trace/viewer/predict.c - the questions of PREDICT (see predict.h).
 *
 * Start reading at makers[]: a line for each kind of outcome.
 * Tests: tests/test_viewer_predict.c
 */
#include "trace/viewer/predict_inside.h"

#include <string.h>

#include "trace/viewer/code.h"
#include "trace/words.h"

/* A value in a question or an answer. */
#define VIEW_PREDICT_COLUMNS 44

/* The rule is one that the wrong answer needs. */
/* clang-format off */
static const struct {
    Stage stage;
    TraceKind kind;
    ViewAskMaker make;
    const char *rule;
} makers[] = {
    { STAGE_SENDER, TRACE_DECISION, view_predict_sender,
      N_("Our own users log in and may write to the whole world; another host proves nothing, and may "
         "only hand us mail for us. The empty address marks a report.") },
    { STAGE_SPLIT, TRACE_DECISION, view_predict_split,
      N_("An address is taken apart at its last @: right of it stands the domain, left of it the "
         "user, and only that domain's server may say what the user's part means.") },
    { STAGE_ROUTE, TRACE_DECISION, view_predict_route,
      N_("The domain alone decides: if it is in our list, the message stays; if not, it travels, but "
         "only for users who logged in and for networks we trust.") },
    { STAGE_RECIPIENT, TRACE_DECISION, view_predict_recipient,
      N_("Accounts are looked at first, then aliases, then whoever takes all the rest. The answer is "
         "given at once, while the client is on the line: so nobody has to write a bounce.") },
    { STAGE_DNS, TRACE_DECISION, view_predict_dns,
      N_("MX records are tried from the lowest preference up; without one, the domain's own address "
         "is its mail host. A no is final; silence is not: then the message waits.") },
    { STAGE_FILTER, TRACE_DECISION, view_predict_filter,
      N_("Rules are tried in their order, and the first that matches decides. Refusing is possible "
         "only now: after the 250 the message would have to be bounced, or lost.") },
    { STAGE_STORE, TRACE_DECISION, view_predict_store,
      N_("The 250 is a promise, so it is given only after the COMMIT. Until then the client keeps its "
         "copy, and a 4yz makes it try again later.") },
    { STAGE_STORE, TRACE_ERROR, view_predict_store,
      N_("The 250 is a promise, so it is given only after the COMMIT. Until then the client keeps its "
         "copy, and a 4yz makes it try again later.") },
    { STAGE_QUEUE, TRACE_DECISION, view_predict_queue,
      N_("A message that travels waits in the queue, in the database. Its first try is due at once; "
         "only an operator's rule holds it back.") },
    { STAGE_RELAY, TRACE_STATE, view_predict_call,
      N_("A call that is refused or not answered is no final no: the other host may be back soon. So "
         "the message stays in the queue.") },
    { STAGE_RELAY, TRACE_DECISION, view_predict_verdict,
      N_("The first digit decides: 2 means done, and responsible is now the other host; 4 means not "
         "now, so we try again; 5 means never, so the sender is told.") },
    { STAGE_RETRY, TRACE_DECISION, view_predict_verdict,
      N_("The first digit decides: 2 means done, and responsible is now the other host; 4 means not "
         "now, so we try again; 5 means never, so the sender is told.") },
    { STAGE_RETRY, TRACE_TIMER, view_predict_when,
      N_("The waits grow from try to try, and the last one repeats until we give up. The RFC advises "
         "30 minutes at least, and four to five days before giving up.") },
    { STAGE_BOUNCE, TRACE_DECISION, view_predict_bounce,
      N_("Who sent the message is told at the address of MAIL FROM, by a report that has the null "
         "sender <>. A report on a report is never sent: two servers would never stop.") },
    { STAGE_DELIVER, TRACE_DECISION, view_predict_deliver,
      N_("Mail goes into INBOX, unless a rule of the filter chose another folder. The mailbox gives "
         "it the next UID, a number that no other message there will ever have.") },
    { STAGE_PICKUP, TRACE_DECISION, view_predict_pickup,
      N_("Reading copies and removes nothing. In POP3, DELE marks and QUIT removes what is marked; in "
         "IMAP all stays, with its flags, until EXPUNGE.") },
};
/* clang-format on */

/* ---- words ---- */

char *
view_predict_word_of(const ViewEvent *event, const char *key)
{
    char *word = event == NULL ? NULL : view_event_value(event, key);

    if (word == NULL)
        return g_strdup("");
    if (g_utf8_strlen(word, -1) > VIEW_PREDICT_COLUMNS) {
        char *end = g_utf8_offset_to_pointer(word, VIEW_PREDICT_COLUMNS - 1);

        end[0] = '~';
        end[1] = '\0';
    }
    return word;
}

char *
view_predict_word(const ViewAsk *ask, const char *key)
{
    return view_predict_word_of(ask->event, key);
}

gboolean
view_predict_has(const ViewAsk *ask, const char *key)
{
    return json_object_has_member(ask->event->data, key);
}

gint64
view_predict_number(const ViewEvent *event, const char *key)
{
    JsonNode *node = event == NULL ? NULL : json_object_get_member(event->data, key);

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_INT64)
        return 0;
    return json_node_get_int(node);
}

void
view_predict_that(ViewAsk *ask, const char *format, ...)
{
    va_list arguments;

    g_free(ask->asks);
    va_start(arguments, format);
    ask->asks = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void
view_predict_choice(ViewAsk *ask, gboolean right, const char *format, ...)
{
    va_list arguments;
    char *words;

    va_start(arguments, format);
    words = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (right && ask->right == NULL)
        ask->right = words;
    else
        g_ptr_array_add(ask->others, words);
}

/* ---- the question ---- */

/* Each seq has its own order, always the same. Good enough for a die (Knuth's numbers). */
static guint
view_predict_dice(guint64 *state, guint sides)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (guint)(*state >> 33) % sides;
}

static void
view_predict_shuffle(GPtrArray *words, guint64 *state)
{
    for (guint i = words->len; i > 1; i--) {
        guint other = view_predict_dice(state, i);
        gpointer word = words->pdata[i - 1];

        words->pdata[i - 1] = words->pdata[other];
        words->pdata[other] = word;
    }
}

/* Of more answers than there is room for some stay away; the right one never does. */
static void
view_predict_choose(ViewAsk *ask, ViewQuestion *question)
{
    guint64 state = ask->entry->seq * 2654435761u + ask->entry->stage;

    view_predict_shuffle(ask->others, &state);
    for (guint i = 0; i < ask->others->len && question->count < VIEW_CHOICES - 1; i++) {
        gboolean known = strcmp(ask->others->pdata[i], ask->right) == 0;

        for (guint j = 0; j < question->count; j++)
            known = known || strcmp(question->choices[j], ask->others->pdata[i]) == 0;
        if (!known)
            question->choices[question->count++] = g_strdup(ask->others->pdata[i]);
    }
    question->right = view_predict_dice(&state, question->count + 1);
    for (guint i = question->count++; i > question->right; i--)
        question->choices[i] = question->choices[i - 1];
    question->choices[question->right] = g_strdup(ask->right);
}

static char *
view_predict_rule(const ViewAsk *ask)
{
    const char *section = ask->event->event->rfc;
    const char *title = section == NULL ? NULL : view_rfc_title(section);

    if (section == NULL)
        return g_strdup(_(ask->rule));
    return g_strdup_printf("%s (%s%s%s)", _(ask->rule), section, title == NULL ? "" : ", ",
                           title == NULL ? "" : title);
}

static ViewQuestion *
view_predict_finish(ViewAsk *ask)
{
    ViewQuestion *question = g_new0(ViewQuestion, 1);

    question->hidden = ask->hidden;
    question->outcome = ask->index;
    question->seq = ask->entry->seq;
    question->stage = ask->entry->stage;
    question->asks = g_strdup(ask->asks);
    question->why = words_sentence(ask->event->event->text == NULL ? "" : ask->event->event->text);
    question->rule = view_predict_rule(ask);
    question->rfc = g_strdup(ask->event->event->rfc);
    view_predict_choose(ask, question);
    return question;
}

void
view_question_free(ViewQuestion *question)
{
    if (question == NULL)
        return;
    for (guint i = 0; i < question->count; i++)
        g_free(question->choices[i]);
    g_free(question->asks);
    g_free(question->why);
    g_free(question->rule);
    g_free(question->rfc);
    g_free(question);
}

static ViewAskMaker
view_predict_maker(const ViewEntry *entry, const char **rule)
{
    for (guint i = 0; i < G_N_ELEMENTS(makers); i++) {
        if (makers[i].stage == entry->stage && makers[i].kind == entry->kind) {
            *rule = makers[i].rule;
            return makers[i].make;
        }
    }
    return NULL;
}

gboolean
view_predict_may(const ViewEntry *entry)
{
    const char *rule;

    /* That a connection stands has no word for its outcome; a timer has a time. */
    return (entry->outcome != VIEW_NO_OUTCOME || entry->kind == TRACE_STATE ||
            entry->kind == TRACE_TIMER || entry->kind == TRACE_ERROR) &&
           view_predict_maker(entry, &rule) != NULL;
}

ViewQuestion *
view_predict(const ViewModel *model, guint index)
{
    const ViewEntry *entry = view_model_entry(model, index);
    ViewQuestion *question = NULL;
    ViewAsk ask = { .model = model, .index = index, .entry = entry };
    g_autoptr(ViewEvent) event = NULL;
    ViewAskMaker make;

    if (!view_predict_may(entry))
        return NULL;
    event = view_model_load(model, index);
    if (event == NULL)
        return NULL;
    make = view_predict_maker(entry, &ask.rule);
    ask.event = event;
    ask.outcome = view_event_text(event, "outcome");
    ask.outcome = ask.outcome == NULL ? "" : ask.outcome;
    ask.hidden = view_predict_first_sign(model, index);
    ask.others = g_ptr_array_new_with_free_func(g_free);
    if (make(&ask) && ask.asks != NULL && ask.right != NULL && ask.others->len > 0)
        question = view_predict_finish(&ask);
    if (question != NULL && question->count < 2)
        g_clear_pointer(&question, view_question_free);
    g_free(ask.asks);
    g_free(ask.right);
    g_ptr_array_unref(ask.others);
    return question;
}
