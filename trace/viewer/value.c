/* trace/viewer/value.c - one event with its data at hand, and what the data says, put into words.
 *
 * Values are shown to a learner, not to a program: no braces, no quotation marks.
 *
 *   "carol"  carol      true  yes      ["a","b"]  a, b      {"id":1,"uid":7}  id=1 uid=7
 *
 * Tests: tests/test_viewer_model.c
 */
#include "trace/viewer/model.h"

#include "trace/redact.h"
#include "trace/words.h"

/* Values lie at most this deep in words; the event's own depth was checked before. */
#define VIEW_VALUE_DEPTH 4

static void view_value_append(GString *out, JsonNode *node, guint depth);

ViewEvent *
view_event_parse(const char *line, gsize length)
{
    ViewEvent *event;
    TraceEvent *parsed = trace_event_parse(line, length, NULL);
    g_autoptr(JsonNode) node = NULL;

    if (parsed == NULL)
        return NULL;
    if (parsed->data != NULL)
        node = json_from_string(parsed->data, NULL);
    event = g_rc_box_new0(ViewEvent);
    event->event = parsed;
    event->data = node != NULL && JSON_NODE_HOLDS_OBJECT(node)
                      ? json_object_ref(json_node_get_object(node))
                      : json_object_new();
    return event;
}

static void
view_event_clear(gpointer data)
{
    ViewEvent *event = data;

    trace_event_free(event->event);
    json_object_unref(event->data);
}

void
view_event_free(ViewEvent *event)
{
    if (event != NULL)
        g_rc_box_release_full(event, view_event_clear);
}

const char *
view_event_text(const ViewEvent *event, const char *key)
{
    JsonNode *node = json_object_get_member(event->data, key);

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_STRING)
        return NULL;
    return json_node_get_string(node);
}

char *
view_event_value(const ViewEvent *event, const char *key)
{
    JsonNode *node = json_object_get_member(event->data, key);

    return node == NULL ? NULL : view_value_words(node);
}

char *
view_value_words(JsonNode *node)
{
    GString *out = g_string_new(NULL);

    view_value_append(out, node, 0);
    return g_string_free(out, FALSE);
}

static void
view_value_append_list(GString *out, JsonArray *list, guint depth)
{
    for (guint i = 0; i < json_array_get_length(list); i++) {
        if (i > 0)
            g_string_append(out, ", ");
        view_value_append(out, json_array_get_element(list, i), depth + 1);
    }
    if (json_array_get_length(list) == 0)
        g_string_append(out, C_("value", "none"));
}

static void
view_value_append_object(GString *out, JsonObject *object, guint depth)
{
    JsonObjectIter members;
    const char *name;
    JsonNode *value;
    gboolean first = TRUE;

    json_object_iter_init_ordered(&members, object);
    while (json_object_iter_next_ordered(&members, &name, &value)) {
        if (!first)
            g_string_append_c(out, ' ');
        first = FALSE;
        trace_safe_append(out, name, -1, 40, FALSE);
        g_string_append_c(out, '=');
        view_value_append(out, value, depth + 1);
    }
}

static void
view_value_append_plain(GString *out, JsonNode *node)
{
    switch (json_node_get_value_type(node)) {
    case G_TYPE_STRING: trace_safe_append(out, json_node_get_string(node), -1, 65536, TRUE); break;
    case G_TYPE_BOOLEAN:
        g_string_append(out, json_node_get_boolean(node) ? C_("value", "yes") : C_("value", "no"));
        break;
    case G_TYPE_INT64:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, json_node_get_int(node));
        break;
    default: g_string_append_printf(out, "%g", json_node_get_double(node)); break;
    }
}

static void
view_value_append(GString *out, JsonNode *node, guint depth)
{
    if (depth > VIEW_VALUE_DEPTH)
        g_string_append(out, "...");
    else if (JSON_NODE_HOLDS_ARRAY(node))
        view_value_append_list(out, json_node_get_array(node), depth);
    else if (JSON_NODE_HOLDS_OBJECT(node))
        view_value_append_object(out, json_node_get_object(node), depth);
    else if (JSON_NODE_HOLDS_VALUE(node))
        view_value_append_plain(out, node);
    else
        g_string_append_c(out, '-');
}
