/* trace/viewer/answer.c - what the server answered, whatever its shape: a wrong one reads as empty.
 *
 * Tests: tests/test_viewer_faults.c, tests/test_viewer_send.c
 */
#include "trace/viewer/answer.h"

JsonArray *
view_answer_list(JsonObject *answer, const char *key)
{
    JsonNode *node = json_object_get_member(answer, key);

    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

JsonObject *
view_answer_object(JsonArray *list, guint i)
{
    JsonNode *node = json_array_get_element(list, i);

    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

char *
view_answer_word(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);
    const char *word =
        node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;

    return g_strdup(word == NULL ? "" : word);
}

gint64
view_answer_number(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
}

GPtrArray *
view_answer_words(JsonObject *answer, const char *key, guint most)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    JsonArray *list = view_answer_list(answer, key);

    for (guint i = 0; list != NULL && i < MIN(json_array_get_length(list), most); i++) {
        JsonNode *node = json_array_get_element(list, i);
        const char *word = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;

        if (word != NULL)
            g_ptr_array_add(words, g_strdup(word));
    }
    return words;
}
