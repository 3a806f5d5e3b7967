/* app/recorded.c - reads what a run can be repeated from out of its journal (see recorded.h).
 *
 *   header   world, seed, inputs: keys and files      the segment that the world started with
 *   events   of kind input: their command and time    all segments
 *
 * A journal may come from anybody: each thing is checked, nothing is believed.
 *
 * Start reading at app_recorded_read(). Tests: tests/test_whatif_refused.c
 */
#include "app/recorded.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include "app/recorded_inside.h"
#include "app/run.h"
#include "app/world_inside.h"

#define APP_RECORDED_HEADER_MAX   (4 * 1024 * 1024)
#define APP_RECORDED_COMMANDS_MAX 10000

static gboolean app_recorded_wrong(const AppRecorded *recorded, GError **error, const char *format,
                                   ...) G_GNUC_PRINTF(3, 4);

static gboolean
app_recorded_wrong(const AppRecorded *recorded, GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s: %s", recorded->journal, text);
    return FALSE;
}

/* ---- members of JSON that may be anything ---- */

static const char *
app_recorded_text(JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

static gint64
app_recorded_number(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_INT64
               ? json_node_get_int(node)
               : -1;
}

static JsonObject *
app_recorded_object(JsonNode *node)
{
    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static JsonArray *
app_recorded_list(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

/* ---- files and keys ---- */

static void
app_recorded_file_free(void *data)
{
    AppRecordedFile *file = data;

    g_free(file->what);
    g_free(file->name);
    g_clear_pointer(&file->octets, g_bytes_unref);
    g_free(file->left_out);
    g_free(file);
}

static void
app_recorded_take_file(AppRecorded *recorded, JsonObject *told)
{
    const char *what = app_recorded_text(told, "for"), *name = app_recorded_text(told, "name");
    const char *text = app_recorded_text(told, "text");
    const char *base64 = app_recorded_text(told, "base64");
    AppRecordedFile *file;

    if (what == NULL || name == NULL)
        return;
    file = g_new0(AppRecordedFile, 1);
    file->what = g_strdup(what);
    file->name = g_strdup(name);
    file->left_out = g_strdup(app_recorded_text(told, "left_out"));
    if (text != NULL) {
        file->octets = g_bytes_new(text, strlen(text));
    } else if (base64 != NULL) {
        gsize length;
        guchar *octets = g_base64_decode(base64, &length);

        file->octets = g_bytes_new_take(octets, length);
    }
    g_ptr_array_add(recorded->files, file);
}

static void
app_recorded_take_files(AppRecorded *recorded, JsonArray *list)
{
    for (guint i = 0; list != NULL && i < json_array_get_length(list); i++) {
        JsonObject *told = app_recorded_object(json_array_get_element(list, i));

        if (told != NULL)
            app_recorded_take_file(recorded, told);
    }
}

/* ["world","smtp-port","10025"] */
static void
app_recorded_take_key(AppRecorded *recorded, JsonNode *node)
{
    JsonArray *words = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    char **key;

    if (words == NULL || json_array_get_length(words) != 3)
        return;
    key = g_new0(char *, 4);
    for (guint i = 0; i < 3; i++) {
        JsonNode *word = json_array_get_element(words, i);

        key[i] = JSON_NODE_HOLDS_VALUE(word) && json_node_get_value_type(word) == G_TYPE_STRING
                     ? json_node_dup_string(word)
                     : g_strdup("");
    }
    g_ptr_array_add(recorded->keys, key);
}

/* ---- the header ---- */

/* The world's text is one in a journal; it was two files if there was an overlay. */
static void
app_recorded_part(AppRecorded *recorded, const char *text, gint64 overlay_after)
{
    const char *at = text;

    for (gint64 i = 0; i < overlay_after && at != NULL; i++) {
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    recorded->world =
        at != NULL && at > text ? g_strndup(text, (gsize)(at - text)) : g_strdup(text);
    recorded->overlay = at != NULL && at > text ? g_strdup(at) : NULL;
}

static gboolean
app_recorded_not_simulated(const AppRecorded *recorded, GError **error)
{
    return app_recorded_wrong(
        recorded, error,
        "this world did not run on the simulated network: its clients were real, their inputs are "
        "not in its journal. Play it there: glasspost play WORLD.ini, or glasspost demo --network "
        "simulated --keep FOLDER");
}

static gboolean
app_recorded_header(AppRecorded *recorded, const char *line, gsize length, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    JsonObject *header, *inputs;
    const char *world;
    JsonArray *keys;
    gint64 seed;

    if (length > APP_RECORDED_HEADER_MAX || !trace_event_is_shallow(line, length) ||
        !json_parser_load_from_data(parser, line, (gssize)length, NULL) ||
        (header = app_recorded_object(json_parser_get_root(parser))) == NULL ||
        (world = app_recorded_text(header, "world")) == NULL)
        return app_recorded_wrong(recorded, error, "its header is damaged");
    inputs = app_recorded_object(json_object_get_member(header, "inputs"));
    if (g_strcmp0(app_recorded_text(inputs, "network"), "simulated") != 0)
        return app_recorded_not_simulated(recorded, error);
    seed = app_recorded_number(header, "seed");
    recorded->seed = (guint64)MAX(seed, 0);
    app_recorded_part(recorded, world, app_recorded_number(inputs, "overlay_after"));
    keys = app_recorded_list(inputs, "keys");
    for (guint i = 0; keys != NULL && i < json_array_get_length(keys); i++)
        app_recorded_take_key(recorded, json_array_get_element(keys, i));
    app_recorded_take_files(recorded, app_recorded_list(inputs, "files"));
    return TRUE;
}

/* ---- the commands ---- */

/* What steers the clock of a world that waits for nobody changes nothing in it. */
static gboolean
app_recorded_is_idle(const char *command)
{
    return g_str_has_prefix(command, "speed ") || g_str_equal(command, "warp");
}

static void
app_recorded_input(AppRecorded *recorded, const TraceEvent *event)
{
    g_autoptr(JsonNode) node = event->data != NULL ? json_from_string(event->data, NULL) : NULL;
    JsonObject *data = app_recorded_object(node);
    const char *command = app_recorded_text(data, "command");
    gint64 at_us = data != NULL ? app_recorded_number(data, "at_us") : -1;
    AppScriptLine *line;

    if (command == NULL || app_recorded_is_idle(command) ||
        recorded->commands->len >= APP_RECORDED_COMMANDS_MAX)
        return;
    app_recorded_take_files(recorded, app_recorded_list(data, "files"));
    line = g_new0(AppScriptLine, 1);
    line->at_us = (at_us >= 0 ? at_us : event->time_us) - APP_SIMULATED_START_S * NET_SECOND;
    line->at_us = MAX(line->at_us, 0);
    line->command = g_strdup(command);
    g_ptr_array_add(recorded->commands, line);
}

/* Only a line that may be an input is parsed: a journal is long, and its inputs are few. */
static gboolean
app_recorded_line(AppRecorded *recorded, const char *line, gsize length, GError **error)
{
    g_autoptr(TraceEvent) event = NULL;

    if (g_str_has_prefix(line, "{\"journal\":"))
        return recorded->world != NULL || app_recorded_header(recorded, line, length, error);
    if (recorded->world == NULL)
        return app_recorded_wrong(recorded, error,
                                  "its beginning is missing: it is no journal, or "
                                  "its oldest part was dropped");
    recorded->events++;
    if (g_strstr_len(line, (gssize)length, "\"kind\":\"input\"") == NULL)
        return TRUE;
    event = trace_event_parse(line, length, NULL);
    if (event != NULL && event->kind == TRACE_INPUT)
        app_recorded_input(recorded, event);
    return TRUE;
}

/* ---- the whole ---- */

static AppRecorded *
app_recorded_new(const char *journal)
{
    AppRecorded *recorded = g_new0(AppRecorded, 1);

    recorded->journal = g_strdup(journal);
    recorded->keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    recorded->files = g_ptr_array_new_with_free_func(app_recorded_file_free);
    recorded->commands = g_ptr_array_new_with_free_func(app_script_line_free);
    return recorded;
}

AppRecorded *
app_recorded_read(const char *journal, GError **error)
{
    g_autoptr(AppRecorded) recorded = app_recorded_new(journal);
    GError *wrong = NULL;
    GString *all = app_recorded_load(journal, &wrong);
    gsize at = 0, length;
    gboolean well = all != NULL;
    char *line;

    while (well && (line = app_recorded_next(all, &at, &length)) != NULL)
        well = app_recorded_line(recorded, line, length, &wrong);
    if (well && recorded->world == NULL)
        well = app_recorded_wrong(recorded, &wrong, "there is no journal in it");
    if (all != NULL)
        g_string_free(all, TRUE);
    if (well)
        return g_steal_pointer(&recorded);
    g_propagate_error(error, wrong);
    return NULL;
}

void
app_recorded_free(AppRecorded *recorded)
{
    if (recorded == NULL)
        return;
    g_ptr_array_unref(recorded->keys);
    g_ptr_array_unref(recorded->files);
    g_ptr_array_unref(recorded->commands);
    g_free(recorded->journal);
    g_free(recorded->world);
    g_free(recorded->overlay);
    g_free(recorded);
}

const AppRecordedFile *
app_recorded_file(const AppRecorded *recorded, const char *what, const char *name)
{
    for (guint i = 0; i < recorded->files->len; i++) {
        const AppRecordedFile *file = g_ptr_array_index(recorded->files, i);

        if (g_str_equal(file->what, what) && (name == NULL || g_str_equal(file->name, name)))
            return file;
    }
    return NULL;
}
