/* app/inputs.c - what a simulated run can be repeated from, into its journal (see inputs.h).
 *
 * Start reading at app_inputs_json(), at the end. app/recorded.c reads it again.
 * Tests: tests/test_whatif.c
 */
#include "app/inputs.h"

#include <string.h>
#include "app/compose.h"
#include "app/message.h"
#include "trace/redact.h"

typedef struct AppInputs {
    const AppWorldFile *file;
    GString *json;     /* the list of files; NULL: their names are all that is asked for */
    GHashTable *named; /* char *: what commands have named so far */
} AppInputs;

/* ---- one file ---- */

/* Does a text of a journal hold @octets as they are? */
static gboolean
app_inputs_is_text(const char *octets, gsize length)
{
    const char *end = octets + length;

    if (!g_utf8_validate(octets, (gssize)length, NULL))
        return FALSE;
    for (const char *at = octets; at < end; at = g_utf8_next_char(at))
        if (strchr("\n\t", *at) == NULL && !g_unichar_isprint(g_utf8_get_char(at)))
            return FALSE;
    return TRUE;
}

static void
app_inputs_octets(GString *json, GBytes *octets)
{
    gsize length;
    const char *data = g_bytes_get_data(octets, &length);

    if (length > 0 && app_inputs_is_text(data, length)) {
        g_string_append(json, ",\"text\":");
        trace_safe_append_json(json, data, (gssize)length, length);
    } else {
        g_autofree char *base64 = g_base64_encode((const guchar *)data, length);

        g_string_append_printf(json, ",\"base64\":\"%s\"", base64);
    }
}

/* @what: whose file it is, the table's word; @name: what the journal calls it. */
static void
app_inputs_file(AppInputs *inputs, const char *what, const char *name, GBytes *octets,
                const char *problem)
{
    GString *json = inputs->json;
    gsize length = octets != NULL ? g_bytes_get_size(octets) : 0;

    g_string_append(json, json->len == 0 ? "{\"for\":" : ",{\"for\":");
    trace_safe_append_json(json, what, -1, 1024);
    g_string_append(json, ",\"name\":");
    trace_safe_append_json(json, name, -1, 1024);
    if (octets != NULL && length <= APP_INPUTS_FILE_MAX &&
        json->len + length <= APP_INPUTS_ALL_MAX) {
        app_inputs_octets(json, octets);
    } else {
        g_autofree char *large = g_strdup_printf(
            "%" G_GSIZE_FORMAT " octets; a journal keeps %d KB of a file, and %d KB of all", length,
            APP_INPUTS_FILE_MAX / 1024, APP_INPUTS_ALL_MAX / 1024);

        g_string_append(json, ",\"left_out\":");
        trace_safe_append_json(json, problem != NULL ? problem : large, -1, 1024);
    }
    g_string_append_c(json, '}');
}

/* A file that the world file names. Only its name goes into the journal, not where it lies. */
static GBytes *
app_inputs_path(AppInputs *inputs, const char *what, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = path != NULL ? g_path_get_basename(path) : NULL;
    GBytes *octets = path != NULL ? app_message_load_octets(path, NULL, &error) : NULL;

    if (path != NULL)
        app_inputs_file(inputs, what, name, octets, error != NULL ? "it can't be read" : NULL);
    return octets;
}

/* ---- which files there are ---- */

/* Lists that a file of rules names stand beside it: `if client in "blocked.list" then refuse`. */
static void
app_inputs_lists(AppInputs *inputs, const char *host, const char *path, GBytes *rules)
{
    g_autofree char *what = g_strdup_printf("host %s list", host);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *text = g_strndup(g_bytes_get_data(rules, NULL), g_bytes_get_size(rules));
    g_autoptr(GRegex) in = g_regex_new("\\sin\\s+\"([^\"\n]+)\"", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    if (!g_utf8_validate(text, -1, NULL))
        return;
    for (g_regex_match(in, text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *name = g_match_info_fetch(match, 1);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) octets = app_message_load_octets(name, folder, &error);

        app_inputs_file(inputs, what, name, octets, error != NULL ? "it can't be read" : NULL);
    }
}

static void
app_inputs_host(AppInputs *inputs, const AppHostFile *host)
{
    const struct {
        const char *key;
        const char *path;
    } files[] = { { "filter", host->filter },
                  { "allow-list", host->allow_list },
                  { "block-list", host->block_list } };

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *what = g_strdup_printf("host %s %s", host->name, files[i].key);
        g_autoptr(GBytes) octets = app_inputs_path(inputs, what, files[i].path);

        if (i == 0 && octets != NULL)
            app_inputs_lists(inputs, host->name, files[i].path, octets);
    }
}

/* The files that a command names, by the names that it gives them. */
static void
app_inputs_command(AppInputs *inputs, char **words)
{
    g_auto(AppCompose) compose = { 0 };
    const char *names[2] = { 0 };

    if (words[0] == NULL || !g_str_equal(words[0], "send") ||
        !app_compose_read(&compose, words + 1, NULL))
        return;
    names[0] = compose.file;
    names[1] = compose.attach;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        GHashTable *brought = inputs->file->files;
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) octets = NULL;

        if (names[i] == NULL || !g_hash_table_add(inputs->named, g_strdup(names[i])) ||
            inputs->json == NULL)
            continue;
        octets = brought != NULL ? g_hash_table_lookup(brought, names[i]) : NULL;
        octets = octets != NULL    ? g_bytes_ref(octets)
                 : brought == NULL ? app_message_load_octets(names[i], inputs->file->folder, &error)
                                   : NULL;
        app_inputs_file(inputs, "command", names[i], octets,
                        octets == NULL ? "it can't be read" : NULL);
    }
}

static void
app_inputs_script(AppInputs *inputs)
{
    for (guint i = 0; i < inputs->file->script->len; i++) {
        const AppScriptLine *line = g_ptr_array_index(inputs->file->script, i);
        g_auto(GStrv) words = app_command_words(line->command);

        app_inputs_command(inputs, words);
    }
}

/* ---- the keys that a command line can change ---- */

static void
app_inputs_port(GString *json, const char *section, const char *key, guint port)
{
    if (port != 0)
        g_string_append_printf(json, "%s[\"%s\",\"%s\",\"%u\"]", json->len == 0 ? "" : ",", section,
                               key, port);
}

static char *
app_inputs_keys(const AppWorldFile *file)
{
    GString *json = g_string_new(NULL);

    app_inputs_port(json, "world", "smtp-port", file->smtp_port);
    app_inputs_port(json, "world", "submission-port", file->submission_port);
    app_inputs_port(json, "world", "submissions-port", file->submissions_port);
    app_inputs_port(json, "world", "pop3-port", file->pop3_port);
    app_inputs_port(json, "world", "pop3s-port", file->pop3s_port);
    app_inputs_port(json, "world", "imap-port", file->imap_port);
    app_inputs_port(json, "world", "imaps-port", file->imaps_port);
    app_inputs_port(json, "dns", "port", file->has_dns ? file->dns_port : 0);
    g_string_append(json, ",[\"world\",\"resolver\",");
    trace_safe_append_json(json, file->resolver, -1, 1024);
    g_string_append_c(json, ']');
    return g_string_free(json, FALSE);
}

/* ---- all of it ---- */

static AppInputs
app_inputs_begin(const AppWorldFile *file)
{
    return (AppInputs){ file, NULL, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
}

static void
app_inputs_end(AppInputs *inputs)
{
    g_string_free(inputs->json, TRUE);
    g_hash_table_unref(inputs->named);
}

char *
app_inputs_json(const AppWorldFile *file)
{
    g_autofree char *keys = NULL;
    AppInputs inputs;
    char *json;

    if (file->network != APP_NETWORK_SIMULATED)
        return NULL;
    inputs = app_inputs_begin(file);
    inputs.json = g_string_new(NULL);
    keys = app_inputs_keys(file);
    for (char **zone = file->zones; *zone != NULL; zone++)
        g_bytes_unref(app_inputs_path(&inputs, "dns zones", *zone));
    for (guint i = 0; i < file->hosts->len; i++)
        app_inputs_host(&inputs, g_ptr_array_index(file->hosts, i));
    app_inputs_script(&inputs);
    json = g_strdup_printf(
        "{\"network\":\"simulated\",\"overlay_after\":%u,\"keys\":[%s],\"files\":[%s]}",
        file->overlay_after, keys, inputs.json->str);
    app_inputs_end(&inputs);
    return json;
}

void
app_inputs_put(AppRun *run, char **words)
{
    gint64 now_us = net_clock_now_us(run->clock);
    AppInputs inputs;

    if (run->file->network != APP_NETWORK_SIMULATED)
        return;
    if (now_us % 1000 != 0)
        trace_put_number(run->trace, "at_us", now_us);
    inputs = app_inputs_begin(run->file);
    app_inputs_script(&inputs);
    inputs.json = g_string_new(NULL);
    app_inputs_command(&inputs, words);
    if (inputs.json->len > 0) {
        g_autofree char *list = g_strdup_printf("[%s]", inputs.json->str);

        trace_put_json(run->trace, "files", list);
    }
    app_inputs_end(&inputs);
}
