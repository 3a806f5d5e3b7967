/* trace/viewer/model.c - journal lines into entries, and the list of messages (see model.h).
 *
 *   view_model_take    one line: parse, remember
 *   view_model_fold    what the event adds to its message
 *   view_model_load    the way back: an entry's event from its place in the file
 *
 * The lines come from reader.c. Start reading at view_model_take().
 * Tests: tests/test_viewer_model.c
 */
#include "trace/viewer/model.h"

#include <string.h>

#include "trace/gate.h"
#include "trace/viewer/reader.h"

/* Words are kept in memory once each; a longer one is not a word. */
#define VIEW_WORD_MAX 256

struct ViewModel {
    ViewReader *reader;
    GArray *entries;     /* ViewEntry */
    GPtrArray *messages; /* ViewMessage, by first event */
    GHashTable *by_journey;
    GStringChunk *words;
    Stage told; /* the stage last told of: see trace_event_is_worth_telling() */
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
view_model_fold(ViewModel *model, const ViewEntry *entry, const ViewEvent *event)
{
    ViewMessage *message;
    const char *label = view_event_text(event, "label");
    guint index = model->entries->len - 1;

    if (entry->journey == NULL)
        return;
    message = view_model_begin_message(model, entry->journey);
    g_array_append_val(message->entries, index);
    if (entry->session != NULL)
        g_hash_table_add(message->sessions, (gpointer)entry->session);
    /* A report was not handed in: its journey begins with the decision to write it. */
    if (entry->stage == STAGE_BOUNCE && view_event_text(event, "reports_on") != NULL)
        view_model_begin_report(message);
    else if (entry->stage == STAGE_RECIPIENT && message->to == NULL)
        message->to = g_strdup(view_event_text(event, "account"));
    if (entry->kind != TRACE_WIRE || label == NULL)
        return;
    if (strcmp(label, "MAIL") == 0 && message->from == NULL) {
        message->from = view_model_path(view_event_text(event, "line"));
        message->origin = entry->session;
    } else if (strcmp(label, "RCPT") == 0 && message->origin == entry->session) {
        message->recipients++;
        if (message->to == NULL)
            message->to = view_model_path(view_event_text(event, "line"));
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

static gint64
view_model_number(const ViewEvent *event, const char *key, gint64 otherwise)
{
    JsonNode *node = json_object_get_member(event->data, key);

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_INT64)
        return otherwise;
    return json_node_get_int(node);
}

/* Without an arrow in the journal, only a statement has one: to the database. */
static void
view_model_lanes(ViewEntry *entry, const ViewEvent *event)
{
    entry->from = view_lane_from_name(view_event_text(event, "from"));
    entry->to = view_lane_from_name(view_event_text(event, "to"));
    if (entry->from < VIEW_LANES && entry->to < VIEW_LANES && entry->from != entry->to)
        return;
    entry->from = entry->kind == TRACE_SQL ? VIEW_HOST : VIEW_LANES;
    entry->to = entry->kind == TRACE_SQL ? VIEW_STORE : VIEW_LANES;
}

static void
view_model_take(void *data, const char *line, gsize length, guint segment, gint64 offset)
{
    ViewModel *model = data;
    g_autoptr(ViewEvent) event = view_event_parse(line, length);
    const TraceEvent *parsed;
    ViewEntry entry = { 0 };
    const char *due;

    if (event == NULL) {
        /* The first line of a segment is its header, not an event. */
        if (offset > 0)
            model->damaged++;
        return;
    }
    parsed = event->event;
    due = view_event_text(event, "due");
    entry.seq = parsed->seq;
    entry.cause = parsed->cause;
    entry.twin = parsed->twin;
    entry.time_us = parsed->time_us;
    entry.due_us = due == NULL ? 0 : MAX(0, trace_time_parse(due));
    entry.offset = offset;
    entry.length = length;
    entry.segment = segment;
    entry.host = view_model_word(model, parsed->host);
    entry.journey = view_model_word(model, parsed->journey);
    entry.session = view_model_word(model, parsed->session);
    entry.outcome = view_model_word(model, view_event_text(event, "outcome"));
    entry.stage = parsed->stage;
    entry.kind = parsed->kind;
    entry.code = CLAMP(view_model_number(event, "code", 0), 0, 999);
    /* Elsewhere the word counts other things: how often a name server is asked, say. */
    entry.tries = -1;
    if (entry.stage == STAGE_QUEUE || entry.stage == STAGE_RELAY || entry.stage == STAGE_RETRY)
        entry.tries = CLAMP(view_model_number(event, "tries", -1), -1, 1000000);
    entry.head = view_event_text(event, "head") != NULL;
    entry.worth = trace_event_is_worth_telling(parsed, model->told);
    if (entry.worth)
        model->told = parsed->stage;
    view_model_lanes(&entry, event);
    g_array_append_val(model->entries, entry);
    view_model_fold(model, &entry, event);
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
