/* trace/viewer/known.c - messages of a segment's header (see known.h).
 *
 * Tests: tests/test_viewer_past.c
 */
#include "trace/viewer/known.h"

#include "trace/viewer/facts.h"

static void
view_known_message(JsonObject *told, void (*take)(const ViewKnown *known, void *data), void *data)
{
    JsonNode *node = json_object_get_member(told, "recipients");
    JsonArray *list =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    guint count = list == NULL ? 0 : json_array_get_length(list);
    JsonNode *first = count == 0 ? NULL : json_array_get_element(list, 0);
    ViewKnown known = { view_facts_text(told, "journey"), view_facts_text(told, "from"), NULL,
                        count };

    if (first != NULL && JSON_NODE_HOLDS_OBJECT(first))
        known.to = view_facts_text(json_node_get_object(first), "recipient");
    if (known.journey == NULL || known.from == NULL || known.to == NULL)
        return;
    if (*known.from == '\0')
        known.from = "<>";
    take(&known, data);
}

void
view_known_each(const char *header, gsize length, void (*take)(const ViewKnown *known, void *data),
                void *data)
{
    g_autofree char *text = g_strndup(header, length);
    g_autoptr(JsonNode) node = NULL;
    JsonObject *snapshot = view_facts_snapshot(text, &node);
    JsonNode *member = snapshot == NULL ? NULL : json_object_get_member(snapshot, "messages");
    JsonArray *list =
        member != NULL && JSON_NODE_HOLDS_ARRAY(member) ? json_node_get_array(member) : NULL;

    for (guint i = 0; list != NULL && i < json_array_get_length(list); i++) {
        JsonNode *element = json_array_get_element(list, i);

        if (JSON_NODE_HOLDS_OBJECT(element))
            view_known_message(json_node_get_object(element), take, data);
    }
}
