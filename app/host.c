/* app/host.c - opens and closes a mail host.
 *
 *   settings of the world file > database > accounts > resolver > queue > certificate > ports
 */
#include "app/host.h"

#include <string.h>

/* ---- from the world file to the settings of each house ---- */

static void
app_host_settings(AppHost *host)
{
    const AppHostFile *file = host->file;
    SmtpSettings *settings = &host->settings;
    gint64 timeout_s = 0;

    if (!g_str_equal(file->peer_timeout, "rfc"))
        app_read_duration(file->peer_timeout, &timeout_s);
    *settings = (SmtpSettings){
        .hostname = file->name,
        .address = file->address,
        .domains = file->domains,
        .trusted_networks = file->trusted_networks,
        .relay_via = file->relay_via,
        .routes = file->routes,
        .catch_all = file->catch_all,
        .subaddress = file->subaddress,
        .quota_octets = file->quota_octets,
        .vrfy = file->vrfy,
        .connections_per_client = file->connections_per_client,
        .messages_per_minute = file->messages_per_minute,
        .limit_loopback = file->limit_loopback,
        .relay_port = host->parts.file->smtp_port,
        .retry_s = (gint64 *)(void *)file->retry->data,
        .retries = file->retry->len,
        .warn_after_s = file->warn_after_s,
        .give_up_after_s = file->give_up_after_s,
        .give_up_tries = file->give_up_tries,
        .history_s = file->history_s,
        .peer_timeout_s = (double)timeout_s,
        .max_message_octets = file->max_message_octets,
        .verify_domain = file->verify_domain,
        .local_sender_needs_auth = file->local_sender_needs_auth,
        .plaintext_auth = file->plaintext_auth == APP_AUTH_LOOPBACK,
        .tls = file->tls,
        .relay_tls = file->relay_tls,
        .archive = file->archive,
        .archive_keep_s = file->archive_keep_s,
        .greylist = file->greylist,
        .greylist_delay_s = file->greylist_delay_s,
        .greylist_window_s = file->greylist_window_s,
        .greylist_lifetime_s = file->greylist_lifetime_s,
    };
}

gboolean
app_plaintext_allowed(const AppHost *host, const char *peer)
{
    return host->settings.plaintext_auth && host->settings.tls != SMTP_TLS_REQUIRED &&
           (g_str_has_prefix(peer, "127.") || g_str_equal(peer, "::1"));
}

/* ---- time and chance for the database ---- */

static gint64
app_host_now_s(void *data)
{
    return net_clock_now_s(net_clock(((AppHost *)data)->parts.net));
}

static void
app_host_secret(void *data, guint8 *octets, gsize length)
{
    net_chance_secret(((AppHost *)data)->parts.chance, octets, length);
}

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

/* The stage being set is no part of the play: it is not told. */
static gboolean
app_host_prepare(AppHost *host, GError **error)
{
    gboolean telling = trace_is_on(host->trace), filled;

    tracer_switch(host->parts.tracer, FALSE);
    filled = app_host_fill(host, error);
    tracer_switch(host->parts.tracer, telling);
    return filled;
}

/* ---- the parts ---- */

/* The lines "nameserver ADDRESS" of the system's own file; without one, this machine is asked. */
static gboolean
app_system_resolver(DnsSettings *settings)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (g_file_get_contents("/etc/resolv.conf", &text, NULL, NULL))
        lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; line != NULL && *line != NULL; line++) {
        g_autofree char *server = NULL;

        if (!g_str_has_prefix(*line, "nameserver "))
            continue;
        server = g_strdup_printf("%s:53", g_strstrip(*line + strlen("nameserver ")));
        dns_settings_add(settings, server);
    }
    return dns_settings_servers(settings) > 0 || dns_settings_add(settings, "127.0.0.1:53");
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

static gboolean
app_host_open_resolver(AppHost *host, GError **error)
{
    const char *named = host->parts.file->resolver;
    DnsSettings settings = { .timeout_s = 5, .tries = 2 };
    gboolean fine = g_strcmp0(named, "system") == 0 ? app_system_resolver(&settings)
                                                    : app_named_resolvers(&settings, named, error);

    /* A host asks from its own address, but only a loopback one: elsewhere the route decides. */
    if (fine && g_str_has_prefix(settings.servers[0].address, "127."))
        settings.local = host->file->address;
    if (fine)
        host->resolver = dns_resolver_new(host->parts.net, host->parts.chance, &settings);
    for (guint i = 0; i < DNS_SERVERS_MAX; i++)
        g_free((char *)settings.servers[i].address);
    return fine;
}

/* A lab's certificates are made where they are missing, next to its databases. */
static gboolean
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
    else if (net_tls_make(folder, file->name, file->address, app_host_now_s(host), error))
        host->tls = net_tls_new(own, own, authority, error);
    return host->tls != NULL;
}

static gboolean
app_host_open_ports(AppHost *host, GError **error)
{
    static const struct {
        const char *name;
        const NetProtocol *protocol;
        gboolean tls_at_once;
    } services[APP_SERVICES] = {
        [APP_SMTP] = { "smtp", &app_smtp_protocol, FALSE },
        [APP_SUBMISSION] = { "submission", &app_submission_protocol, FALSE },
        [APP_SUBMISSIONS] = { "submissions", &app_submission_protocol, TRUE },
        [APP_POP3] = { "pop3", &app_pop3_protocol, FALSE },
        [APP_POP3S] = { "pop3s", &app_pop3_protocol, TRUE },
        [APP_IMAP] = { "imap", &app_imap_protocol, FALSE },
        [APP_IMAPS] = { "imaps", &app_imap_protocol, TRUE },
    };

    for (guint i = 0; i < APP_SERVICES; i++) {
        guint16 port = app_world_port(host->parts.file, host->file, services[i].name);

        if (port == 0 || (services[i].tls_at_once && host->settings.tls == SMTP_TLS_OFF))
            continue;
        host->services[i] = net_service_new(host->parts.net, host->file->address, port,
                                            services[i].protocol, host, error);
        if (host->services[i] == NULL)
            return FALSE;
        net_service_set_tls(host->services[i], host->tls, services[i].tls_at_once);
        if (i <= APP_SUBMISSIONS) /* smtp/limits.c counts there */
            net_service_set_per_address(host->services[i], NET_SERVICE_IN_ALL);
    }
    return TRUE;
}

gboolean
app_host_reload(AppHost *host, GError **error)
{
    SmtpFilterFiles files = { host->file->allow_list, host->file->block_list, host->file->filter };
    g_autoptr(GError) wrong = NULL;
    SmtpFilter *filter = smtp_filter_load(&files, &wrong);

    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return FALSE;
    }
    g_clear_pointer(&host->settings.filter, smtp_filter_free);
    host->settings.filter = filter;
    return TRUE;
}

static void
app_host_wire(AppHost *host)
{
    const char *const *domains = (const char *const *)host->file->domains;
    NetClock *clock = net_clock(host->parts.net);

    host->smtp =
        (SmtpHost){ &host->settings, host->store,        host->parts.net, host->parts.chance,
                    host->resolver,  host->parts.tracer, host->limits,    NULL };
    host->pop3 = (Pop3Host){ host->file->name,
                             domains,
                             host->store,
                             clock,
                             host->parts.chance,
                             host->locks,
                             host->settings.tls != SMTP_TLS_OFF };
    host->imap = (ImapHost){ host->file->name,
                             domains,
                             host->store,
                             clock,
                             host->parts.chance,
                             host->file->max_message_octets,
                             host->settings.tls != SMTP_TLS_OFF };
}

static void
app_host_crash_wanted(void *host)
{
    ((AppHost *)host)->crashing = TRUE;
}

static gboolean
app_host_start(AppHost *host, GError **error)
{
    host->store = store_open(host->parts.file->state, host->file->name, &host->store_world,
                             host->trace, error);
    if (host->store == NULL || !app_host_prepare(host, error) ||
        !app_host_open_resolver(host, error))
        return FALSE;
    store_set_crash(host->store, app_host_crash_wanted, host);
    if (!app_host_reload(host, error))
        return FALSE;
    host->locks = pop3_locks_new();
    host->limits = smtp_limits_new(net_clock(host->parts.net));
    host->failures =
        net_tally_new(net_clock(host->parts.net), APP_PASSWORD_QUIET_US, NET_TALLY_RENEW);
    app_host_wire(host);
    host->queue = smtp_queue_new(&host->smtp);
    host->upkeep = smtp_upkeep_new(&host->smtp);
    if (!app_host_open_tls(host, error) || !app_host_open_ports(host, error))
        return FALSE;
    host->smtp.tls = host->tls;
    trace_state(host->trace, STAGE_NONE, NULL, "%s listens on %s", host->file->name,
                host->file->address);
    smtp_queue_wake(host->queue);
    smtp_upkeep_wake(host->upkeep);
    return TRUE;
}

static void
app_host_stop(AppHost *host)
{
    for (guint i = 0; i < APP_SERVICES; i++)
        g_clear_pointer(&host->services[i], net_service_free);
    g_clear_pointer(&host->queue, smtp_queue_free);
    g_clear_pointer(&host->upkeep, smtp_upkeep_free);
    g_clear_pointer(&host->tls, net_tls_free);
    g_clear_pointer(&host->resolver, dns_resolver_free);
    g_clear_pointer(&host->settings.filter, smtp_filter_free);
    g_clear_pointer(&host->locks, pop3_locks_free);
    g_clear_pointer(&host->limits, smtp_limits_free);
    g_clear_pointer(&host->failures, net_tally_free);
    g_clear_pointer(&host->store, store_close);
}

static AppHost *
app_host_new(const AppParts *parts, const AppHostFile *file)
{
    AppHost *host = g_new0(AppHost, 1);

    host->parts = *parts;
    host->file = file;
    host->trace = trace_new(parts->tracer, file->name, NULL);
    host->store_world = (StoreWorld){ app_host_now_s, app_host_secret, host };
    host->committing = g_ptr_array_new();
    host->checking = g_ptr_array_new();
    app_host_settings(host);
    return host;
}

AppHost *
app_host_open(const AppParts *parts, const AppHostFile *file, GError **error)
{
    AppHost *host = app_host_new(parts, file);

    if (!app_host_start(host, error)) {
        g_prefix_error(error, "%s: ", file->name);
        g_clear_pointer(&host, app_host_free);
    }
    return host;
}

/* The accounts are those of the database; before the first start there is none, and they are those
 * that the world file would have made. */
static gboolean
app_host_open_accounts(AppHost *host, GError **error)
{
    const char *state = host->parts.file->state, *name = host->file->name;
    g_autofree char *path = g_strdup_printf("%s/%s.db", state, name);

    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        host->store = store_open_to_read(state, name, &host->store_world, host->trace, error);
        return host->store != NULL;
    }
    host->store = store_open_in_memory(name, &host->store_world, host->trace, error);
    return host->store != NULL && app_host_prepare(host, error);
}

AppHost *
app_host_open_to_ask(const AppParts *parts, const AppHostFile *file, GError **error)
{
    AppHost *host = app_host_new(parts, file);

    if (app_host_open_accounts(host, error) && app_host_open_resolver(host, error) &&
        app_host_reload(host, error)) {
        app_host_wire(host);
        return host;
    }
    g_prefix_error(error, "%s: ", file->name);
    app_host_free(host);
    return NULL;
}

void
app_host_free(AppHost *host)
{
    app_host_stop(host);
    g_ptr_array_unref(host->committing);
    g_ptr_array_unref(host->checking);
    trace_free(host->trace);
    g_free(host);
}

gboolean
app_host_crash(AppHost *host, GError **error)
{
    if (host->store != NULL) {
        trace_put_text(host->trace, "outcome", "undone");
        trace_state(host->trace, STAGE_NONE, NULL,
                    "%s crashes: connections break, what was not committed is lost",
                    host->file->name);
    }
    for (guint i = 0; i < APP_SERVICES; i++)
        if (host->services[i] != NULL)
            net_service_end_all(host->services[i], trace_last(host->trace));
    app_host_stop(host);
    host->group_opened_us = 0;
    if (app_host_start(host, error))
        return TRUE;
    app_host_stop(host);
    return FALSE;
}

void
app_host_set_down(AppHost *host, gboolean down)
{
    if (host->down == down)
        return;
    host->down = down;
    net_set_down(host->parts.net, host->file->address, down);
    trace_put_flag(host->trace, "down", down);
    trace_state(host->trace, STAGE_NONE, NULL, "%s is %s", host->file->name,
                down ? "down: nobody reaches it" : "up again");
    for (guint i = 0; down && i < APP_SERVICES; i++)
        if (host->services[i] != NULL)
            net_service_say_why(host->services[i], trace_last(host->trace));
}

/* ---- for snapshots and status ---- */

char *
app_host_json(AppHost *host)
{
    guint sessions = 0;

    for (guint i = 0; i < APP_SERVICES; i++)
        if (host->services[i] != NULL)
            sessions += net_service_count(host->services[i]);
    return g_strdup_printf("{\"name\":\"%s\",\"down\":%s,\"sessions\":%u}", host->file->name,
                           host->down ? "true" : "false", sessions);
}
