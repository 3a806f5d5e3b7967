/* app/world.c - reads a world file.
 *
 *   app_scan   our own pass: the line of each key, duplicates, lines that are none (world_scan.c)
 *   GKeyFile   sections and values
 *   the table  each key of app/keys.c into its field
 *
 * Start reading at app_world_load().
 * Tests: tests/test_app_world.c
 */
#include "app/world_inside.h"

#include <string.h>

/* ---- values into fields ---- */

AppHostFile *
app_world_host(const AppWorldFile *world, const char *name)
{
    for (guint i = 0; i < world->hosts->len; i++) {
        AppHostFile *host = g_ptr_array_index(world->hosts, i);

        if (g_ascii_strcasecmp(host->name, name) == 0)
            return host;
    }
    return NULL;
}

static void
app_host_file_free(void *host)
{
    AppHostFile *file = host;

    app_keys_clear("host", file);
    g_free(file->name);
    g_free(file);
}

static AppHostFile *
app_world_add_host(AppWorldFile *world, const char *name)
{
    AppHostFile *host = app_world_host(world, name);

    if (host == NULL) {
        host = g_new0(AppHostFile, 1);
        app_keys_init("host", host);
        host->name = g_strdup(name);
        g_ptr_array_add(world->hosts, host);
    }
    return host;
}

/* Reads all keys of @section into @record by the table of @table ("host" for "host mx..."). */
static gboolean
app_read_section(AppScan *scan, GKeyFile *file, const char *section, const char *table,
                 void *record, GError **error)
{
    g_auto(GStrv) names = g_key_file_get_keys(file, section, NULL, NULL);

    for (char **name = names; name != NULL && *name != NULL; name++) {
        const AppKey *key = app_key_find(table, *name);
        g_autofree char *raw = g_key_file_get_value(file, section, *name, NULL);
        g_autoptr(GError) wrong = NULL;
        const char *hint = app_key_suggest(table, *name);
        int line = app_ini_line(&scan->ini, section, *name);

        if (key == NULL)
            return app_ini_wrong(error, scan->ini.path, line, "unknown key %s in [%s]%s%s%s", *name,
                                 section, hint != NULL ? "; did you mean " : "",
                                 hint != NULL ? hint : "", hint != NULL ? "?" : "");
        if (!app_key_read(key, g_strstrip(raw), scan->world->folder, record, &wrong))
            return app_ini_wrong(error, scan->ini.path, line, "%s", wrong->message);
    }
    return TRUE;
}

static gboolean
app_read_sections(AppScan *scan, GKeyFile *file, GError **error)
{
    g_auto(GStrv) sections = g_key_file_get_groups(file, NULL);

    for (char **section = sections; *section != NULL; section++) {
        const char *table = *section;
        void *record = scan->world;

        if (g_str_equal(*section, "script"))
            continue;
        if (g_str_has_prefix(*section, "host ")) {
            table = "host";
            record = app_world_add_host(scan->world, g_strstrip(*section + strlen("host ")));
        }
        scan->world->has_dns |= g_str_equal(*section, "dns");
        if (!app_read_section(scan, file, *section, table, record, error))
            return FALSE;
    }
    return TRUE;
}

/* Comments of the scan and of GKeyFile are the same; a script's repeated keys are only ours. */
static gboolean
app_read_file(AppWorldFile *world, const char *path, GError **error)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    AppScan scan = { .ini = { .path = path, .lines = places }, .world = world };
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, error))
        return FALSE;
    if (!g_utf8_validate(text, -1, NULL))
        return app_ini_wrong(error, path, 1, "the file is not UTF-8 text");
    if (!app_scan(&scan, text, error))
        return FALSE;
    if (!g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, error)) {
        g_prefix_error(error, "%s: ", path); /* GKeyFile's own words know no file */
        return FALSE;
    }
    if (!app_read_sections(&scan, file, error))
        return FALSE;
    if (world->text != NULL) {
        char *both = g_strconcat(world->text, "\n", text, NULL);
        g_auto(GStrv) lines = g_strsplit(world->text, "\n", -1);

        world->overlay_after = g_strv_length(lines);
        g_free(world->text);
        world->text = both;
    } else {
        world->text = g_steal_pointer(&text);
    }
    return TRUE;
}

/* ---- what no single key can tell ---- */

#define APP_MESSAGE_LEAST (64 * 1024) /* every server takes so much (RFC 5321 §4.5.3.1.7) */

static gboolean
app_world_check(const AppWorldFile *world, GError **error)
{
    g_autofree char *name = g_path_get_basename(world->path);

    if (world->hosts->len == 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s: no [host NAME] in it", name);
        return FALSE;
    }
    for (guint i = 0; i < world->hosts->len; i++) {
        AppHostFile *host = g_ptr_array_index(world->hosts, i);
        gint64 seconds;

        if (host->address == NULL || !g_hostname_is_ip_address(host->address)) {
            g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s: [host %s] needs address = IP", name,
                        host->name);
            return FALSE;
        }
        if (host->max_message_octets < APP_MESSAGE_LEAST) {
            g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                        "%s: [host %s] max-message-size: 64K at least (RFC 5321 §4.5.3.1.7)", name,
                        host->name);
            return FALSE;
        }
        if (!g_str_equal(host->peer_timeout, "rfc") &&
            (!app_read_duration(host->peer_timeout, &seconds) || seconds == 0)) {
            g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                        "%s: [host %s] peer-timeout = %s: must be rfc or a time such as 30s", name,
                        host->name, host->peer_timeout);
            return FALSE;
        }
    }
    return TRUE;
}

static int
app_script_order(const void *a, const void *b)
{
    const AppScriptLine *one = *(AppScriptLine *const *)a, *two = *(AppScriptLine *const *)b;

    if (one->at_us != two->at_us)
        return one->at_us < two->at_us ? -1 : 1;
    return one->line - two->line;
}

AppWorldFile *
app_world_load(const char *path, const char *overlay, GError **error)
{
    g_autoptr(AppWorldFile) world = g_new0(AppWorldFile, 1);

    world->path = g_canonicalize_filename(path, NULL);
    world->folder = g_path_get_dirname(world->path);
    world->hosts = g_ptr_array_new_with_free_func(app_host_file_free);
    world->script = g_ptr_array_new_with_free_func(app_script_line_free);
    app_keys_init("world", world);
    app_keys_init("dns", world);
    app_keys_init("scenario", world);
    if (!app_read_file(world, world->path, error) ||
        (overlay != NULL && !app_read_file(world, overlay, error)) ||
        !app_world_check(world, error))
        return NULL;
    if (!g_path_is_absolute(world->state)) {
        char *state = g_canonicalize_filename(world->state, world->folder);

        g_free(world->state);
        world->state = state;
    }
    g_ptr_array_sort(world->script, app_script_order);
    return g_steal_pointer(&world);
}

void
app_world_begin_with(AppWorldFile *world, const char *command)
{
    AppScriptLine *line = g_new0(AppScriptLine, 1);

    line->command = g_strdup(command);
    g_ptr_array_insert(world->script, 0, line);
}

void
app_world_free(AppWorldFile *world)
{
    if (world == NULL)
        return;
    app_keys_clear("world", world);
    app_keys_clear("dns", world);
    app_keys_clear("scenario", world);
    g_ptr_array_unref(world->hosts);
    g_ptr_array_unref(world->script);
    g_clear_pointer(&world->files, g_hash_table_unref);
    g_free(world->path);
    g_free(world->folder);
    g_free(world->text);
    g_free(world);
}

/* ---- asking ---- */

void
app_world_set_ports(AppWorldFile *world, guint16 base)
{
    world->smtp_port = base + 25;
    world->submission_port = base + 587;
    if (world->submissions_port != 0)
        world->submissions_port = base + 465;
    if (world->pop3s_port != 0)
        world->pop3s_port = base + 995;
    if (world->imaps_port != 0)
        world->imaps_port = base + 993;
    world->pop3_port = base + 110;
    world->imap_port = base + 143;
    if (world->has_dns) {
        world->dns_port = base + 53;
        g_free(world->resolver);
        world->resolver = g_strdup_printf("%s:%u", world->dns_address, world->dns_port);
    }
}

AppHostFile *
app_world_host_of_domain(const AppWorldFile *world, const char *domain)
{
    for (guint i = 0; i < world->hosts->len; i++) {
        AppHostFile *host = g_ptr_array_index(world->hosts, i);

        for (char **ours = host->domains; *ours != NULL; ours++)
            if (g_ascii_strcasecmp(*ours, domain) == 0)
                return host;
    }
    return NULL;
}

guint16
app_world_port(const AppWorldFile *world, const AppHostFile *host, const char *service)
{
    if (g_str_equal(service, "smtp"))
        return host->smtp_port != 0 ? host->smtp_port : world->smtp_port;
    if (g_str_equal(service, "submission"))
        return host->submission_port != 0 ? host->submission_port : world->submission_port;
    if (g_str_equal(service, "submissions"))
        return world->submissions_port;
    if (g_str_equal(service, "pop3s"))
        return world->pop3s_port;
    if (g_str_equal(service, "imaps"))
        return world->imaps_port;
    if (g_str_equal(service, "pop3"))
        return host->pop3_port != 0 ? host->pop3_port : world->pop3_port;
    g_assert(g_str_equal(service, "imap"));
    return host->imap_port != 0 ? host->imap_port : world->imap_port;
}

char *
app_world_password(const AppWorldFile *world, const char *address)
{
    const char *at = strrchr(address, '@');
    AppHostFile *host = at != NULL ? app_world_host_of_domain(world, at + 1) : NULL;
    g_autofree char *user = at != NULL ? g_strndup(address, (gsize)(at - address)) : NULL;

    for (char **account = host != NULL ? host->accounts : NULL; account != NULL && *account != NULL;
         account++) {
        const char *colon = strchr(*account, ':');

        if (colon != NULL && strlen(user) == (gsize)(colon - *account) &&
            g_ascii_strncasecmp(*account, user, strlen(user)) == 0)
            return g_strdup(colon + 1);
    }
    return NULL;
}
