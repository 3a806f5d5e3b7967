/* trace/viewer/model.c - journal lines into entries, and the list of messages (see model.h).
 *
 *   view_model_take    one line: its fields, without a parser where that can be; remember
 *   view_model_fold    what the event adds to its message
 *   view_model_load    the way back: an entry's event from its place in the file
 *
 * The lines come from reader.c. Start reading at view_model_take().
 * Tests: tests/test_viewer_model.c
 */
#include "trace/viewer/model.h"

#include <string.h>

#include "trace/gate.h"
#include "trace/viewer/fields.h"
#include "trace/viewer/reader.h"

/* Words are kept in memory once each; a longer one is not a word. */
#define VIEW_WORD_MAX 256
/* The form of a journal that this program knows: its header says {"journal":1. */
#define VIEW_JOURNAL_VERSION 1
/* What an entry has room for; a larger number is none of ours. */
#define VIEW_DUE_MAX_S  ((1 << 24) - 1)
#define VIEW_TRIES_MAX  2047
#define VIEW_NUMBER_MAX ((G_GUINT64_CONSTANT(1) << 40) - 1)

struct ViewModel {
    ViewReader *reader;
    GArray *entries;     /* ViewEntry */
    GPtrArray *messages; /* ViewMessage, by first event */
    GHashTable *by_journey;
    GStringChunk *words;
    Stage told; /* the stage last told of: see trace_event_is_worth_telling() */
    gboolean newer;
    guint damaged;
};

static const char *const lane_names[VIEW_LANES] = { "client", "host",   "dns",
                                                    "store",  "remote", "reader" };

ViewLane
view_lane_from_name(const char *name)
{
    for (ViewLane lane = 0; name != NULL && lane < VIEW_LANES; lane++)
        if (strcmp(lane_names[lane], name) == 0)
            return lane;
    return VIEW_LANES;
}

static void
view_message_free(gpointer data)
{
    ViewMessage *message = data;

    g_free(message->from);
    g_free(message->to);
    g_array_unref(message->entries);
    g_hash_table_unref(message->sessions);
    g_free(message);
}

ViewModel *
view_model_open(const char *path, GError **error)
{
    ViewReader *reader = view_reader_new(path, error);
    ViewModel *model;

    if (reader == NULL)
        return NULL;
    model = g_new0(ViewModel, 1);
    model->reader = reader;
    model->entries = g_array_new(FALSE, TRUE, sizeof(ViewEntry));
    model->messages = g_ptr_array_new_with_free_func(view_message_free);
    model->by_journey = g_hash_table_new(g_str_hash, g_str_equal);
    model->words = g_string_chunk_new(4096);
    return model;
}

void
view_model_free(ViewModel *model)
{
    if (model == NULL)
        return;
    g_hash_table_unref(model->by_journey);
    g_ptr_array_unref(model->messages);
    g_array_unref(model->entries);
    g_string_chunk_free(model->words);
    view_reader_free(model->reader);
    g_free(model);
}

static const char *
view_model_word(ViewModel *model, const char *word)
{
    if (word == NULL || *word == '\0' || strlen(word) > VIEW_WORD_MAX)
        return NULL;
    return g_string_chunk_insert_const(model->words, word);
}

/* The address between < and > of "MAIL FROM:<...>" and "RCPT TO:<...>". */
static char *
view_model_path(const char *line)
{
    const char *open = line == NULL ? NULL : strchr(line, '<');
    const char *close = open == NULL ? NULL : strchr(open, '>');

    if (close == NULL)
        return NULL;
    return close == open + 1 ? g_strdup("<>") : g_strndup(open + 1, close - open - 1);
}

static ViewMessage *
view_model_begin_message(ViewModel *model, const char *journey)
{
    ViewMessage *message = g_hash_table_lookup(model->by_journey, journey);

    if (message != NULL)
        return message;
    message = g_new0(ViewMessage, 1);
    message->journey = journey;
    message->entries = g_array_new(FALSE, FALSE, sizeof(guint));
    message->sessions = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_ptr_array_add(model->messages, message);
    g_hash_table_insert(model->by_journey, (gpointer)journey, message);
    return message;
}

static void
view_model_begin_report(ViewMessage *message)
{
    if (message->from == NULL)
        message->from = g_strdup("<>");
}

/* The envelope is read off the wire: the first host's MAIL and RCPT. */
static void
view_model_fold(ViewModel *model, const ViewEntry *entry, const ViewFields *fields)
{
    ViewMessage *message;
    const char *label = fields->text[VIEW_FIELD_LABEL];
    guint index = model->entries->len - 1;

    if (entry->journey == NULL)
        return;
    message = view_model_begin_message(model, entry->journey);
    g_array_append_val(message->entries, index);
    if (entry->session != NULL)
        g_hash_table_add(message->sessions, (gpointer)entry->session);
    /* A report was not handed in: its journey begins with the decision to write it. */
    if (entry->stage == STAGE_BOUNCE && fields->text[VIEW_FIELD_REPORTS_ON] != NULL)
        view_model_begin_report(message);
    else if (entry->stage == STAGE_RECIPIENT && message->to == NULL)
        message->to = g_strdup(fields->text[VIEW_FIELD_ACCOUNT]);
    if (entry->kind != TRACE_WIRE || label == NULL)
        return;
    if (strcmp(label, "MAIL") == 0 && message->from == NULL) {
        message->from = view_model_path(fields->text[VIEW_FIELD_LINE]);
        message->origin = entry->session;
    } else if (strcmp(label, "RCPT") == 0 && message->origin == entry->session) {
        message->recipients++;
        if (message->to == NULL)
            message->to = view_model_path(fields->text[VIEW_FIELD_LINE]);
    }
}

static ViewEvent *
view_event_parse(const char *line, gsize length)
{
    ViewEvent *event;
    TraceEvent *parsed = trace_event_parse(line, length, NULL);
    g_autoptr(JsonNode) node = NULL;

    if (parsed == NULL)
        return NULL;
    if (parsed->data != NULL)
        node = json_from_string(parsed->data, NULL);
    event = g_new0(ViewEvent, 1);
    event->event = parsed;
    event->data = node != NULL && JSON_NODE_HOLDS_OBJECT(node)
                      ? json_object_ref(json_node_get_object(node))
                      : json_object_new();
    return event;
}

void
view_event_free(ViewEvent *event)
{
    if (event == NULL)
        return;
    trace_event_free(event->event);
    json_object_unref(event->data);
    g_free(event);
}

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

/* Without an arrow in the journal, only a statement has one: to the database. */
static void
view_model_lanes(ViewEntry *entry, const ViewFields *fields)
{
    ViewLane from = view_lane_from_name(fields->text[VIEW_FIELD_FROM]);
    ViewLane to = view_lane_from_name(fields->text[VIEW_FIELD_TO]);
    gboolean arrow = from < VIEW_LANES && to < VIEW_LANES && from != to;

    entry->from = arrow ? from : entry->kind == TRACE_SQL ? VIEW_HOST : VIEW_LANES;
    entry->to = arrow ? to : entry->kind == TRACE_SQL ? VIEW_STORE : VIEW_LANES;
}

static void
view_model_add(ViewModel *model, const TraceEvent *event, const ViewFields *fields, ViewEntry entry)
{
    gint64 due_us = trace_time_parse(fields->text[VIEW_FIELD_DUE]);

    entry.seq = event->seq;
    entry.cause = event->cause;
    entry.twin = event->twin;
    entry.time_us = event->time_us;
    if (due_us > event->time_us)
        entry.due_s =
            MIN((due_us - event->time_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, VIEW_DUE_MAX_S);
    entry.host = view_model_word(model, event->host);
    entry.journey = view_model_word(model, event->journey);
    entry.session = view_model_word(model, event->session);
    entry.outcome = view_model_word(model, fields->text[VIEW_FIELD_OUTCOME]);
    entry.stage = event->stage;
    entry.kind = event->kind;
    entry.code = view_fields_number(fields, VIEW_FIELD_CODE, 0, 999);
    /* Elsewhere the word counts other things: how often a name server is asked, say. */
    entry.tries = -1;
    if (entry.stage == STAGE_QUEUE || entry.stage == STAGE_RELAY || entry.stage == STAGE_RETRY)
        entry.tries = view_fields_number(fields, VIEW_FIELD_TRIES, -1, VIEW_TRIES_MAX);
    entry.head = fields->text[VIEW_FIELD_HEAD] != NULL;
    entry.worth =
        trace_event_is_worth_telling_by(event, model->told, view_fields_value, fields) ? 1 : 0;
    if (entry.worth)
        model->told = event->stage;
    view_model_lanes(&entry, fields);
    g_array_append_val(model->entries, entry);
    view_model_fold(model, &entry, fields);
}

static void
view_model_take(void *data, const char *line, gsize length, guint segment, gint64 offset)
{
    ViewModel *model = data;
    ViewFields fields;
    TraceEvent event;
    ViewEntry entry = { .offset = offset, .length = length, .segment = segment };
    g_autoptr(ViewEvent) parsed = NULL;
    gboolean plain = view_fields_scan(&fields, line, length);

    /* The first line of a segment is its header, not an event. */
    if (plain && offset == 0 && fields.text[VIEW_FIELD_JOURNAL] != NULL) {
        model->newer |=
            view_fields_number(&fields, VIEW_FIELD_JOURNAL, 0, G_MAXINT) > VIEW_JOURNAL_VERSION;
        return;
    }
    if (plain && view_fields_event(&fields, &event)) {
        view_model_add(model, &event, &fields, entry);
    } else if ((parsed = view_event_parse(line, length)) != NULL) {
        view_fields_parse(&fields, parsed);
        view_model_add(model, parsed->event, &fields, entry);
    } else if (offset > 0) {
        model->damaged++;
    }
}

gint64
view_entry_due_us(const ViewEntry *entry)
{
    gint64 due_s = entry->time_us / G_USEC_PER_SEC + (gint64)entry->due_s;

    /* A try is planned for a whole second (see trace_put_time()). */
    return entry->due_s == 0 ? 0 : due_s * G_USEC_PER_SEC;
}

gboolean
view_model_is_newer(const ViewModel *model)
{
    return model->newer;
}

gboolean
view_model_read(ViewModel *model, gsize octets)
{
    return view_reader_read(model->reader, octets, view_model_take, model);
}

guint
view_model_count(const ViewModel *model)
{
    return model->entries->len;
}

const ViewEntry *
view_model_entry(const ViewModel *model, guint index)
{
    g_assert(index < model->entries->len);
    return &g_array_index(model->entries, ViewEntry, index);
}

gboolean
view_model_find(const ViewModel *model, guint64 seq, guint *index)
{
    guint low = 0;
    guint high = model->entries->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (view_model_entry(model, middle)->seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < model->entries->len && view_model_entry(model, low)->seq == seq;
}

guint
view_model_damaged(const ViewModel *model)
{
    return model->damaged + view_reader_damaged(model->reader);
}

guint
view_model_messages(const ViewModel *model)
{
    return model->messages->len;
}

const ViewMessage *
view_model_message(const ViewModel *model, guint number)
{
    return g_ptr_array_index(model->messages, number);
}

const ViewMessage *
view_model_message_of(const ViewModel *model, const char *journey)
{
    return journey == NULL ? NULL : g_hash_table_lookup(model->by_journey, journey);
}

ViewEvent *
view_model_load(const ViewModel *model, guint index)
{
    const ViewEntry *entry = view_model_entry(model, index);
    g_autofree char *line = g_malloc(entry->length);

    if (!view_reader_again(model->reader, entry->segment, entry->offset, line, entry->length))
        return NULL;
    return view_event_parse(line, entry->length);
}
