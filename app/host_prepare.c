/* app/host_prepare.c - what a host needs before it can open its ports.
 *
 *   accounts and aliases of the world file > the name servers it asks > the certificate it shows
 *
 * Tests: tests/test_app_world.c, tests/test_tls.py
 */
#include "app/host_inside.h"

#include <string.h>

/* ---- accounts and aliases of a lab world ---- */

static gboolean
app_host_add_account(AppHost *host, const char *text, GError **error)
{
    const char *domain = host->file->domains[0], *colon = strchr(text, ':');
    g_autofree char *user = colon != NULL ? g_strndup(text, (gsize)(colon - text)) : NULL;
    g_autoptr(StoreAccount) known = NULL;
    g_autoptr(GError) missing = NULL;

    if (colon == NULL || domain == NULL) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "[host %s] accounts: %s is not USER:PASSWORD, or the host has no domain",
                    host->file->name, text);
        return FALSE;
    }
    known = store_account_find(host->store, NULL, STAGE_NONE, user, domain, &missing);
    if (missing != NULL) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return FALSE;
    }
    return known != NULL || store_account_add(host->store, user, domain, colon + 1, error);
}

/* "sales: alice, bob": a target without a domain is in ours. */
static gboolean
app_host_add_alias(AppHost *host, const char *text, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_auto(GStrv) known = NULL;
    const char *domain = host->file->domains[0], *colon = strchr(text, ':');
    g_autofree char *name = colon != NULL ? g_strndup(text, (gsize)(colon - text)) : NULL;
    g_auto(GStrv) names = g_strsplit(colon != NULL ? colon + 1 : "", ",", -1);
    g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(g_free);

    for (char **target = names; *target != NULL; target++)
        if (*g_strstrip(*target) != '\0')
            g_ptr_array_add(targets, strchr(*target, '@') != NULL
                                         ? g_strdup(*target)
                                         : g_strdup_printf("%s@%s", *target, domain));
    if (name == NULL || domain == NULL || targets->len == 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "[host %s] aliases: %s is not NAME: USER, USER", host->file->name, text);
        return FALSE;
    }
    g_ptr_array_add(targets, NULL);
    /* Mostly it is there since the first start: then there is nothing to write, nor to wait for. */
    known = store_alias_find(host->store, NULL, STAGE_NONE, g_strstrip(name), domain, &wrong);
    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return FALSE;
    }
    return (known != NULL &&
            g_strv_equal((const char *const *)known, (const char *const *)targets->pdata)) ||
           store_alias_set(host->store, name, domain, (const char *const *)targets->pdata, error);
}

static gboolean
app_host_fill(AppHost *host, GError **error)
{
    for (char **account = host->file->accounts; *account != NULL; account++)
        if (!app_host_add_account(host, *account, error))
            return FALSE;
    for (char **alias = host->file->aliases; *alias != NULL; alias++)
        if (!app_host_add_alias(host, *alias, error))
            return FALSE;
    return store_commit(host->store, error);
}

/* What stands in the world file needs no disk to be waited for: the next start makes it again. */
gboolean
app_host_prepare(AppHost *host, GError **error)
{
    gboolean telling = trace_is_on(host->trace), filled;

    tracer_switch(host->parts.tracer, FALSE);
    filled = store_set_lasting(host->store, FALSE, error) && app_host_fill(host, error) &&
             store_set_lasting(host->store, TRUE, error);
    tracer_switch(host->parts.tracer, telling);
    return filled;
}

/* ---- the resolver ---- */

static void
app_system_resolver(DnsSettings *settings)
{
    g_autofree char *text = NULL;

    g_file_get_contents("/etc/resolv.conf", &text, NULL, NULL);
    dns_settings_system(settings, text != NULL ? text : "");
}

static gboolean
app_named_resolvers(DnsSettings *settings, const char *named, GError **error)
{
    g_auto(GStrv) servers = g_strsplit(named, ";", -1);

    for (char **server = servers; *server != NULL; server++) {
        if (dns_settings_add(settings, g_strstrip(*server)))
            continue;
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "resolver = %s: must be ADDRESS:PORT, or up to %d of them with ; between, or "
                    "system",
                    named, DNS_SERVERS_MAX);
        return FALSE;
    }
    return TRUE;
}

gboolean
app_host_open_resolver(AppHost *host, GError **error)
{
    const char *named = host->parts.file->resolver;
    DnsSettings settings = { .timeout_s = 5, .tries = 2 };
    gboolean fine = TRUE;

    if (g_strcmp0(named, "system") == 0)
        app_system_resolver(&settings);
    else
        fine = app_named_resolvers(&settings, named, error);
    /* A host asks from its own address, but only a loopback one: elsewhere the route decides. */
    if (fine && g_str_has_prefix(settings.servers[0].address, "127."))
        settings.local = host->file->address;
    if (fine)
        host->resolver = dns_resolver_new(host->parts.net, host->parts.chance, &settings);
    for (guint i = 0; i < DNS_SERVERS_MAX; i++)
        g_free((char *)settings.servers[i].address);
    return fine;
}

/* ---- the certificate ---- */

gboolean
app_host_open_tls(AppHost *host, GError **error)
{
    const AppHostFile *file = host->file;
    g_autofree char *folder = g_build_filename(host->parts.file->state, "tls", NULL);
    g_autofree char *name = g_strconcat(file->name, ".pem", NULL);
    g_autofree char *own = g_build_filename(folder, name, NULL);
    g_autofree char *authority = g_build_filename(folder, NET_TLS_AUTHORITY, NULL);
    const char *certificate = file->tls_certificate;

    if (file->tls == SMTP_TLS_OFF || net_is_simulated(host->parts.net))
        return TRUE;
    if (certificate != NULL)
        host->tls = net_tls_new(certificate, file->tls_key != NULL ? file->tls_key : certificate,
                                NULL, error);
    else if (net_tls_make(folder, file->name, file->address,
                          net_clock_now_s(net_clock(host->parts.net)), error))
        host->tls = net_tls_new(own, own, authority, error);
    return host->tls != NULL;
}
