/* trace/viewer/entry.c - journal lines into entries (see entry.h).
 *
 *   the server's plain form   fields.c, without a parser
 *   other JSON                a parser, whose members are put where fields.c would have put them
 *
 * Start reading at view_taker_take().
 * Tests: tests/test_viewer_model.c
 */
#include "trace/viewer/entry.h"

#include <string.h>

#include "trace/gate.h"
#include "trace/viewer/model.h"

/* Words are kept in memory once each; a longer one is not a word. */
#define VIEW_WORD_MAX 256
/* The form of a journal that this program knows: its header says {"journal":1. */
#define VIEW_JOURNAL_VERSION 1
/* What an entry has room for; a larger number is none of ours. */
#define VIEW_DUE_MAX_S  ((1 << 22) - 1)
#define VIEW_TRIES_MAX  255
#define VIEW_TWIN_MAX   ((1 << 15) - 1)
#define VIEW_NUMBER_MAX ((G_GUINT64_CONSTANT(1) << 40) - 1)
#define VIEW_WORDS_MAX  ((1 << 16) - 1)

struct ViewTaker {
    GStringChunk *words;
    GPtrArray *outcomes;         /* const char *, by number */
    GHashTable *outcome_numbers; /* the word: its number */
    ViewEvent *parsed;           /* the line before, where it took a parser */
    Stage told;                  /* the stage last told of: see trace_event_is_worth_telling() */
};

static const char *const lane_names[VIEW_LANES] = { "client", "host",   "dns",
                                                    "store",  "remote", "reader" };

/* The number of no outcome stands for no word. */
static const char *const outcome_names[VIEW_OUTCOMES] = {
    [VIEW_NO_OUTCOME] = NULL,   [VIEW_REFUSED] = "refused", [VIEW_FAILED] = "failed",
    [VIEW_EXPIRED] = "expired", [VIEW_LOCAL] = "local",     [VIEW_GREYLISTED] = "greylisted",
    [VIEW_HELD] = "held",
};

ViewLane
view_lane_from_name(const char *name)
{
    for (ViewLane lane = 0; name != NULL && lane < VIEW_LANES; lane++)
        if (strcmp(lane_names[lane], name) == 0)
            return lane;
    return VIEW_LANES;
}

/* ---- words ---- */

static void
view_taker_add_outcome(ViewTaker *taker, const char *word)
{
    guint number = taker->outcomes->len;

    g_ptr_array_add(taker->outcomes, (gpointer)word);
    if (word != NULL)
        g_hash_table_insert(taker->outcome_numbers, (gpointer)word, GUINT_TO_POINTER(number));
}

ViewTaker *
view_taker_new(void)
{
    ViewTaker *taker = g_new0(ViewTaker, 1);

    taker->words = g_string_chunk_new(4096);
    taker->outcomes = g_ptr_array_new();
    taker->outcome_numbers = g_hash_table_new(g_str_hash, g_str_equal);
    for (ViewOutcome outcome = 0; outcome < VIEW_OUTCOMES; outcome++)
        view_taker_add_outcome(taker, outcome_names[outcome]);
    return taker;
}

void
view_taker_free(ViewTaker *taker)
{
    if (taker == NULL)
        return;
    view_event_free(taker->parsed);
    g_hash_table_unref(taker->outcome_numbers);
    g_ptr_array_unref(taker->outcomes);
    g_string_chunk_free(taker->words);
    g_free(taker);
}

static const char *
view_taker_word(ViewTaker *taker, const char *word)
{
    if (word == NULL || *word == '\0' || strlen(word) > VIEW_WORD_MAX)
        return NULL;
    return g_string_chunk_insert_const(taker->words, word);
}

static guint
view_taker_number(ViewTaker *taker, const char *outcome)
{
    guint number;

    if (outcome == NULL || *outcome == '\0' || strlen(outcome) > VIEW_WORD_MAX)
        return VIEW_NO_OUTCOME;
    number = GPOINTER_TO_UINT(g_hash_table_lookup(taker->outcome_numbers, outcome));
    if (number == VIEW_NO_OUTCOME && taker->outcomes->len < VIEW_WORDS_MAX) {
        number = taker->outcomes->len;
        view_taker_add_outcome(taker, g_string_chunk_insert(taker->words, outcome));
    }
    return number;
}

const char *
view_taker_outcome(const ViewTaker *taker, guint number)
{
    return number < taker->outcomes->len ? g_ptr_array_index(taker->outcomes, number) : NULL;
}

/* ---- fields ---- */

/* The fields of a line that is not in the server's plain form, by the parser. They point into
 * @event, but for numbers. */
static void
view_fields_parse(ViewFields *fields, const ViewEvent *event)
{
    const TraceEvent *parsed = event->event;

    memset(fields->text, 0, sizeof fields->text);
    fields->text[VIEW_FIELD_HOST] = parsed->host;
    fields->text[VIEW_FIELD_JOURNEY] = parsed->journey;
    fields->text[VIEW_FIELD_SESSION] = parsed->session;
    for (ViewField field = VIEW_FIELD_FROM; field < VIEW_FIELDS; field++) {
        gboolean in_data;
        const char *name = view_field_name(field, &in_data);
        JsonNode *node = json_object_get_member(event->data, name);

        if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
            continue;
        fields->text[field] = json_node_get_string(node);
        if (json_node_get_value_type(node) == G_TYPE_INT64)
            fields->text[field] = view_fields_put(fields, json_node_get_int(node));
    }
}

static gint64
view_fields_number(const ViewFields *fields, ViewField field, gint64 otherwise, gint64 most)
{
    const char *text = fields->text[field];
    gint64 value;

    if (text == NULL || !g_ascii_isdigit(*text))
        return otherwise;
    value = g_ascii_strtoll(text, NULL, 10);
    return CLAMP(value, 0, most);
}

/* What trace_event_parse() takes from a line, from fields. FALSE: this is no event. */
static gboolean
view_fields_event(const ViewFields *fields, TraceEvent *event)
{
    *event = (TraceEvent){
        .seq = view_fields_number(fields, VIEW_FIELD_SEQ, 0, VIEW_NUMBER_MAX),
        .cause = view_fields_number(fields, VIEW_FIELD_CAUSE, 0, VIEW_NUMBER_MAX),
        .twin = view_fields_number(fields, VIEW_FIELD_TWIN, 0, VIEW_NUMBER_MAX),
        .time_us = trace_time_parse(fields->text[VIEW_FIELD_TIME]),
        .stage = stage_from_name(fields->text[VIEW_FIELD_STAGE]),
        .kind = trace_kind_from_name(fields->text[VIEW_FIELD_KIND]),
        .host = fields->text[VIEW_FIELD_HOST],
        .journey = fields->text[VIEW_FIELD_JOURNEY],
        .session = fields->text[VIEW_FIELD_SESSION],
    };
    return event->seq > 0 && event->time_us >= 0 && event->kind != TRACE_KINDS;
}

/* For trace_event_is_worth_telling_by(). */
static char *
view_fields_value(const TraceEvent *event, const char *key, gconstpointer data)
{
    const ViewFields *fields = data;
    gboolean in_data;

    (void)event;
    for (ViewField field = VIEW_FIELD_FROM; field < VIEW_FIELDS; field++)
        if (strcmp(view_field_name(field, &in_data), key) == 0)
            return g_strdup(fields->text[field]);
    return NULL;
}

/* ---- entries ---- */

/* Without an arrow in the journal, only a statement has one: to the database. */
static void
view_entry_lanes(ViewEntry *entry, const ViewFields *fields)
{
    ViewLane from = view_lane_from_name(fields->text[VIEW_FIELD_FROM]);
    ViewLane to = view_lane_from_name(fields->text[VIEW_FIELD_TO]);
    gboolean arrow = from < VIEW_LANES && to < VIEW_LANES && from != to;

    entry->from = arrow ? from : entry->kind == TRACE_SQL ? VIEW_HOST : VIEW_LANES;
    entry->to = arrow ? to : entry->kind == TRACE_SQL ? VIEW_STORE : VIEW_LANES;
}

/* What a queue, a relay or a retry says of its tries. */
static void
view_entry_tries(ViewEntry *entry, const ViewFields *fields)
{
    gint64 due_us = trace_time_parse(fields->text[VIEW_FIELD_DUE]);

    if (due_us > entry->time_us)
        entry->due_s =
            MIN((due_us - entry->time_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, VIEW_DUE_MAX_S);
    /* Elsewhere the word counts other things: how often a name server is asked, say. */
    entry->tries = -1;
    if (entry->stage == STAGE_QUEUE || entry->stage == STAGE_RELAY || entry->stage == STAGE_RETRY)
        entry->tries = view_fields_number(fields, VIEW_FIELD_TRIES, -1, VIEW_TRIES_MAX);
}

static void
view_taker_fill(ViewTaker *taker, const TraceEvent *event, const ViewFields *fields,
                ViewEntry *entry)
{
    *entry = (ViewEntry){ .seq = event->seq, .cause = event->cause, .time_us = event->time_us };
    entry->stage = event->stage;
    entry->kind = event->kind;
    entry->host = view_taker_word(taker, event->host);
    entry->journey = view_taker_word(taker, event->journey);
    entry->session = view_taker_word(taker, event->session);
    entry->outcome = view_taker_number(taker, fields->text[VIEW_FIELD_OUTCOME]);
    entry->code = view_fields_number(fields, VIEW_FIELD_CODE, 0, 999);
    entry->head = fields->text[VIEW_FIELD_HEAD] != NULL;
    if (event->twin > 0 && event->twin < event->seq && event->seq - event->twin <= VIEW_TWIN_MAX)
        entry->twin_back = event->seq - event->twin;
    entry->worth =
        trace_event_is_worth_telling_by(event, taker->told, view_fields_value, fields) ? 1 : 0;
    if (entry->worth)
        taker->told = event->stage;
    view_entry_lanes(entry, fields);
    view_entry_tries(entry, fields);
}

ViewLineKind
view_taker_take(ViewTaker *taker, const char *line, gsize length, gboolean first, ViewTaken *taken)
{
    ViewFields *fields = &taken->fields;
    TraceEvent event;
    gboolean plain = view_fields_scan(fields, line, length);

    g_clear_pointer(&taker->parsed, view_event_free);
    if (plain && first && fields->text[VIEW_FIELD_JOURNAL] != NULL)
        return view_fields_number(fields, VIEW_FIELD_JOURNAL, 0, G_MAXINT) > VIEW_JOURNAL_VERSION
                   ? VIEW_LINE_NEWER
                   : VIEW_LINE_HEADER;
    if (plain && view_fields_event(fields, &event)) {
        view_taker_fill(taker, &event, fields, &taken->entry);
        return VIEW_LINE_EVENT;
    }
    taker->parsed = view_event_parse(line, length);
    if (taker->parsed == NULL)
        return first ? VIEW_LINE_HEADER : VIEW_LINE_DAMAGED;
    view_fields_parse(fields, taker->parsed);
    view_taker_fill(taker, taker->parsed->event, fields, &taken->entry);
    return VIEW_LINE_EVENT;
}

gint64
view_entry_due_us(const ViewEntry *entry)
{
    gint64 due_s = entry->time_us / G_USEC_PER_SEC + (gint64)entry->due_s;

    /* A try is planned for a whole second (see trace_put_time()). */
    return entry->due_s == 0 ? 0 : due_s * G_USEC_PER_SEC;
}
