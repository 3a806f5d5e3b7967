/* app/presets.c - messages worth sending, made from whatever world there is.
 *
 * Start reading at presets[]. All but one are written by the first account of the world file, and
 * what travels goes to the last host of it: worlds name the outgoing server first.
 * Tests: tests/test_app_presets.c, tests/test_presets.py
 */
#include "app/presets.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "trace/words.h"

/* A message to more would be no clearer. */
#define APP_PRESET_MANY_MAX 8

static const char *app_preset_plain(const AppWorldFile *world, AppCompose *compose);
static const char *app_preset_attachment(const AppWorldFile *world, AppCompose *compose);
static const char *app_preset_many(const AppWorldFile *world, AppCompose *compose);
static const char *app_preset_unknown_user(const AppWorldFile *world, AppCompose *compose);
static const char *app_preset_remote(const AppWorldFile *world, AppCompose *compose);
static const char *app_preset_huge(const AppWorldFile *world, AppCompose *compose);

/* clang-format off */
static const AppPreset presets[] = {
    { "plain",        N_("one server: stored, delivered at once"), "Hello",           "A few words, and they need not travel.",      app_preset_plain },
    { "attachment",   N_("a picture as text: MIME and base64"),    "A picture",       "One red point, as promised.",                 app_preset_attachment },
    { "many",         N_("many recipients; one copy a server"),    "To all of you",   "One message, one envelope, many recipients.", app_preset_many },
    { "unknown-user", N_("refused at RCPT with 550 5.1.1"),        "Are you there?",  "Nobody will read this.",                      app_preset_unknown_user },
    { "remote",       N_("DNS, the queue, then the next server"),  "From far away",   "This message passes two servers.",            app_preset_remote },
    { "huge",         N_("over the limit: 552 5.3.4 at MAIL"),     "A very long text", "This will be too long.",                     app_preset_huge },
    { NULL, NULL, NULL, NULL, NULL },
};
/* clang-format on */

/* ---- who there is ---- */

/* "alice@north.example" for the host's account "alice:wonderland". */
static char *
app_preset_address(const AppHostFile *host, const char *account)
{
    return g_strdup_printf("%.*s@%s", (int)strcspn(account, ":"), account, host->domains[0]);
}

/* A host that has users of its own. */
static gboolean
app_preset_has_users(const AppHostFile *host)
{
    return host->domains[0] != NULL && host->accounts[0] != NULL;
}

GPtrArray *
app_preset_accounts(const AppWorldFile *world)
{
    GPtrArray *accounts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < world->hosts->len; i++) {
        const AppHostFile *host = g_ptr_array_index(world->hosts, i);

        for (char **account = host->accounts; app_preset_has_users(host) && *account != NULL;
             account++)
            g_ptr_array_add(accounts, app_preset_address(host, *account));
    }
    return accounts;
}

/* The host of the first account: who writes from there logs in at it. NULL: nobody has one. */
static const AppHostFile *
app_preset_home(const AppWorldFile *world)
{
    for (guint i = 0; i < world->hosts->len; i++)
        if (app_preset_has_users(g_ptr_array_index(world->hosts, i)))
            return g_ptr_array_index(world->hosts, i);
    return NULL;
}

/* Another host with users, the last there is; NULL: only @home has any. */
static const AppHostFile *
app_preset_far(const AppWorldFile *world, const AppHostFile *home)
{
    for (guint i = world->hosts->len; i > 0; i--) {
        const AppHostFile *host = g_ptr_array_index(world->hosts, i - 1);

        if (host != home && app_preset_has_users(host))
            return host;
    }
    return NULL;
}

/* ---- one function a preset ---- */

#define APP_PRESET_NOBODY "the world file names no account"

/* To the neighbour on the same host; who is alone there writes to themselves. */
static const char *
app_preset_plain(const AppWorldFile *world, AppCompose *compose)
{
    const AppHostFile *home = app_preset_home(world);

    if (home == NULL)
        return APP_PRESET_NOBODY;
    compose->from = app_preset_address(home, home->accounts[0]);
    compose->to = app_preset_address(home, home->accounts[home->accounts[1] != NULL ? 1 : 0]);
    return NULL;
}

static const char *
app_preset_remote(const AppWorldFile *world, AppCompose *compose)
{
    const AppHostFile *home = app_preset_home(world);
    const AppHostFile *far;

    if (home == NULL)
        return APP_PRESET_NOBODY;
    far = app_preset_far(world, home);
    if (far == NULL)
        return N_("only one host of this world has accounts");
    compose->from = app_preset_address(home, home->accounts[0]);
    compose->to = app_preset_address(far, far->accounts[0]);
    return NULL;
}

static const char *
app_preset_attachment(const AppWorldFile *world, AppCompose *compose)
{
    compose->picture = TRUE;
    return app_preset_remote(world, compose) == NULL ? NULL : app_preset_plain(world, compose);
}

static const char *
app_preset_many(const AppWorldFile *world, AppCompose *compose)
{
    g_autoptr(GPtrArray) accounts = app_preset_accounts(world);
    g_autoptr(GString) to = g_string_new(NULL);

    if (accounts->len < 3)
        return N_("this world has fewer than three accounts");
    for (guint i = 1; i < accounts->len && i <= APP_PRESET_MANY_MAX; i++)
        g_string_append_printf(to, "%s%s", i > 1 ? "," : "",
                               (char *)g_ptr_array_index(accounts, i));
    compose->from = g_strdup(g_ptr_array_index(accounts, 0));
    compose->to = g_string_free(g_steal_pointer(&to), FALSE);
    return NULL;
}

/* Is @name before the colon of one of "alice:wonderland" or "sales: alice, bob"? */
static gboolean
app_preset_is_named(char **list, const char *name)
{
    for (; *list != NULL; list++)
        if (strcspn(*list, ":") == strlen(name) &&
            g_ascii_strncasecmp(*list, name, strlen(name)) == 0)
            return TRUE;
    return FALSE;
}

/* The sender's own server knows at once who lives there; another one's users it could only learn
 * by asking that server, when the message travels. */
static const char *
app_preset_unknown_user(const AppWorldFile *world, AppCompose *compose)
{
    g_autoptr(GString) name = g_string_new("nobody");

    if (app_preset_home(world) == NULL)
        return APP_PRESET_NOBODY;
    for (guint i = 0; i < world->hosts->len; i++) {
        const AppHostFile *host = g_ptr_array_index(world->hosts, i);

        if (!app_preset_has_users(host) || host->catch_all[0] != NULL)
            continue;
        while (app_preset_is_named(host->accounts, name->str) ||
               app_preset_is_named(host->aliases, name->str))
            g_string_append(name, "-else");
        compose->from = app_preset_address(host, host->accounts[0]);
        compose->to = g_strdup_printf("%s@%s", name->str, host->domains[0]);
        return NULL;
    }
    return N_("each host has a catch-all address: nobody is unknown");
}

/* One octet more than is taken: the declared SIZE is refused, and the text never travels. */
static const char *
app_preset_huge(const AppWorldFile *world, AppCompose *compose)
{
    const AppHostFile *home = app_preset_home(world);

    if (home == NULL)
        return APP_PRESET_NOBODY;
    if (home->max_message_octets >= APP_COMPOSE_OCTETS_MAX)
        return N_("max-message-size is beyond what is sent from here");
    compose->octets = home->max_message_octets + 1;
    return app_preset_plain(world, compose);
}

/* ---- asking ---- */

const AppPreset *
app_presets(void)
{
    return presets;
}

const AppPreset *
app_preset_find(const char *name)
{
    for (const AppPreset *preset = presets; preset->name != NULL; preset++)
        if (g_str_equal(preset->name, name))
            return preset;
    return NULL;
}

const char *
app_preset_make(const AppPreset *preset, const AppWorldFile *world, AppCompose *compose)
{
    return preset->make(world, compose);
}

char *
app_preset_names(void)
{
    GString *names = g_string_new(NULL);

    for (const AppPreset *preset = presets; preset->name != NULL; preset++)
        g_string_append_printf(names, "%s%s", preset == presets ? "" : ", ", preset->name);
    return g_string_free(names, FALSE);
}

char *
app_presets_help(void)
{
    GString *text = g_string_new("Presets, made from the accounts of the world file:\n\n");

    for (const AppPreset *preset = presets; preset->name != NULL; preset++)
        g_string_append_printf(text, "  %-14s %s\n", preset->name, preset->shows);
    return g_string_free(text, FALSE);
}

static void
app_preset_put(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, value != NULL ? value : "");
}

static void
app_preset_build(JsonBuilder *builder, const AppPreset *preset, const AppWorldFile *world)
{
    g_auto(AppCompose) compose = { 0 };
    const char *why_not = preset->make(world, &compose);

    json_builder_begin_object(builder);
    app_preset_put(builder, "name", preset->name);
    app_preset_put(builder, "shows", preset->shows);
    app_preset_put(builder, "from", compose.from);
    app_preset_put(builder, "to", compose.to);
    json_builder_set_member_name(builder, "octets");
    json_builder_add_int_value(builder, (gint64)compose.octets);
    app_preset_put(builder, "why_not", why_not);
    json_builder_end_object(builder);
}

static void
app_preset_build_places(JsonBuilder *builder, const AppWorldFile *world)
{
    g_autoptr(GPtrArray) accounts = app_preset_accounts(world);

    json_builder_set_member_name(builder, "accounts");
    json_builder_begin_array(builder);
    for (guint i = 0; i < accounts->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(accounts, i));
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "hosts");
    json_builder_begin_array(builder);
    for (guint i = 0; i < world->hosts->len; i++)
        json_builder_add_string_value(
            builder, ((const AppHostFile *)g_ptr_array_index(world->hosts, i))->name);
    json_builder_end_array(builder);
}

char *
app_presets_json(const AppWorldFile *world)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *object = NULL;

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "presets");
    json_builder_begin_array(builder);
    for (const AppPreset *preset = presets; preset->name != NULL; preset++)
        app_preset_build(builder, preset, world);
    json_builder_end_array(builder);
    app_preset_build_places(builder, world);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    object = json_to_string(root, FALSE);
    return g_strndup(object + 1, strlen(object) - 2);
}
