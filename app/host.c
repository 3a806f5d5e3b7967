/* app/host.c - opens and closes a mail host.
 *
 *   settings of the world file > database > accounts > resolver > queue > certificate > ports
 */
#include "app/host.h"

#include "app/host_inside.h"

#include "storage/mailbox.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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
        .relay_pipelining = file->relay_pipelining,
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

/* ---- the parts ---- */

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
                             host->settings.tls != SMTP_TLS_OFF,
                             host->file->quota_octets,
                             host->kept };
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
    store_share_reads(host->store);
    store_set_crash(host->store, app_host_crash_wanted, host);
    if (!app_host_reload(host, error))
        return FALSE;
    host->locks = pop3_locks_new();
    host->kept = imap_kept_new();
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
    g_clear_pointer(&host->kept, imap_kept_free);
    g_clear_pointer(&host->limits, smtp_limits_free);
    g_clear_pointer(&host->failures, net_tally_free);
    g_clear_pointer(&host->store, store_close);
}

void
app_host_dismiss(AppHost *host)
{
    if (host->store != NULL) {
        store_recent_write(host->store, NULL);
        app_host_commit(host, NULL);
    }
    for (guint i = 0; i < APP_SERVICES; i++)
        if (host->services[i] != NULL)
            net_service_dismiss_all(host->services[i]);
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
 * that the world file would have made. One that may not be looked at is there, as far as we know. */
static gboolean
app_host_open_accounts(AppHost *host, GError **error)
{
    const char *state = host->parts.file->state, *name = host->file->name;
    g_autofree char *path = g_strdup_printf("%s/%s.db", state, name);

    if (access(path, F_OK) == 0 || errno != ENOENT) {
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
