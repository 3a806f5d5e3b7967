/* trace/viewer/code.c - finds a line of our own source (see code.h).
 *
 * Tests: tests/test_viewer_code.c
 */
#include "trace/viewer/code.h"

#include <string.h>
#include "trace/viewer/facts.h"

/* No file of ours has as many lines; a journal may say anything. */
#define VIEW_LINE_NUMBER_MAX 1000000

ViewPlace *
view_place_parse(const char *at)
{
    g_auto(GStrv) parts = at == NULL ? NULL : g_strsplit(at, ":", 4);
    ViewPlace *place;
    guint64 line;

    if (parts == NULL || g_strv_length(parts) != 3 || *parts[0] == '\0')
        return NULL;
    if (!g_ascii_string_to_unsigned(parts[1], 10, 0, VIEW_LINE_NUMBER_MAX, &line, NULL))
        return NULL;
    place = g_new0(ViewPlace, 1);
    place->path = g_strdup(parts[0]);
    place->line = line;
    place->function = g_strdup(parts[2]);
    return place;
}

void
view_place_free(ViewPlace *place)
{
    if (place == NULL)
        return;
    g_free(place->path);
    g_free(place->function);
    g_free(place);
}

const char *
view_source_find(const ViewSource *sources, const char *path)
{
    for (; sources != NULL && sources->path != NULL; sources++)
        if (strcmp(sources->path, path) == 0)
            return sources->text;
    return NULL;
}

/* Most journals tell of none: those are not parsed. */
char *
view_source_told(const char *header, const char *path)
{
    g_autoptr(JsonNode) node = NULL;
    JsonObject *snapshot = header != NULL && strstr(header, "\"snapshot\":{\"sources\":{") != NULL
                               ? view_facts_snapshot(header, &node)
                               : NULL;
    JsonObject *sources = view_facts_object(snapshot, "sources");
    JsonNode *text = sources != NULL ? json_object_get_member(sources, path) : NULL;

    return text != NULL && json_node_get_value_type(text) == G_TYPE_STRING
               ? json_node_dup_string(text)
               : NULL;
}

const char *
view_source_from(const char *text, guint number)
{
    while (number > 1 && (text = strchr(text, '\n')) != NULL) {
        text++;
        number--;
    }
    return text == NULL || *text == '\0' ? NULL : text;
}

char *
view_source_line(const char *text, guint number)
{
    const char *begin = view_source_from(text, number);
    const char *end = begin == NULL ? NULL : strchr(begin, '\n');

    return end == NULL ? g_strdup(begin) : g_strndup(begin, end - begin);
}
