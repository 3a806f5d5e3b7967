/* app/admin.c - accounts, queues and archives, looked at and changed by hand.
 *
 * Rows are named HOST:NUMBER, as the lists print them; in a world of one host NUMBER is enough.
 */
#include "app/admin.h"

#include <string.h>

#include "smtp/split.h"

static char *app_admin_wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static char *
app_admin_wrong(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE, text);
    return NULL;
}

static char *
app_admin_time(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);

    return time != NULL ? g_date_time_format(time, "%F %TZ") : g_strdup("?");
}

/* "mx.north.example:3", or "3" where there is one host. */
static AppAdminHost *
app_admin_row(GPtrArray *hosts, const char *name, gint64 *id, GError **error)
{
    const char *colon = strrchr(name, ':');
    guint64 number;

    if (!net_parse_number(colon != NULL ? colon + 1 : name, -1, G_MAXINT64, &number)) {
        app_admin_wrong(error, "%s is not HOST:NUMBER", name);
        return NULL;
    }
    *id = (gint64)number;
    if (colon == NULL && hosts->len == 1)
        return g_ptr_array_index(hosts, 0);
    for (guint i = 0; colon != NULL && i < hosts->len; i++) {
        AppAdminHost *host = g_ptr_array_index(hosts, i);

        if (strlen(host->file->name) == (gsize)(colon - name) &&
            g_ascii_strncasecmp(host->file->name, name, (gsize)(colon - name)) == 0)
            return host;
    }
    app_admin_wrong(error, "%s: name the row as HOST:NUMBER, as the list prints it", name);
    return NULL;
}

/* ---- user ---- */

static AppAdminHost *
app_admin_host_of(GPtrArray *hosts, const char *address, char **user, const char **domain,
                  GError **error)
{
    const char *at = strrchr(address, '@');

    *user = NULL;
    for (guint i = 0; at != NULL && i < hosts->len; i++) {
        AppAdminHost *host = g_ptr_array_index(hosts, i);

        for (char **ours = host->file->domains; *ours != NULL; ours++) {
            if (g_ascii_strcasecmp(*ours, at + 1) == 0) {
                *user = g_strndup(address, (gsize)(at - address));
                *domain = *ours;
                return host;
            }
        }
    }
    app_admin_wrong(error, "%s is not USER@DOMAIN of a host of this world", address);
    return NULL;
}

static char *
app_admin_user_list(GPtrArray *hosts, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < hosts->len; i++) {
        const AppAdminHost *host = g_ptr_array_index(hosts, i);
        g_autoptr(GPtrArray) accounts = store_account_list(host->store, error);

        if (accounts == NULL)
            return NULL;
        for (guint k = 0; k < accounts->len; k++) {
            const StoreAccount *account = g_ptr_array_index(accounts, k);

            g_string_append_printf(out, "%-32s %s\n", account->address, host->file->name);
        }
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *
app_admin_user(GPtrArray *hosts, char **words, GError **error)
{
    guint count = g_strv_length(words);
    g_autofree char *user = NULL;
    const char *verb = words[0], *domain;
    AppAdminHost *host;
    g_autoptr(SmtpAddress) address = NULL;
    gboolean done;

    if (count == 1 && g_str_equal(verb, "list"))
        return app_admin_user_list(hosts, error);
    if (!(count == 3 && (g_str_equal(verb, "add") || g_str_equal(verb, "passwd"))) &&
        !(count == 2 && g_str_equal(verb, "del")))
        return app_admin_wrong(error, "user: list | add ADDRESS PASSWORD | passwd ADDRESS "
                                      "PASSWORD | del ADDRESS");
    /* An account whose address nobody could write to would be of no use. */
    address = g_str_equal(verb, "add") ? smtp_split_address(words[1], NULL) : NULL;
    if (g_str_equal(verb, "add") && address == NULL)
        return app_admin_wrong(error, "user: this is no address that mail can be sent to");
    host = app_admin_host_of(hosts, words[1], &user, &domain, error);
    if (host == NULL)
        return NULL;
    if (g_str_equal(verb, "add"))
        done = store_account_add(host->store, user, domain, words[2], error);
    else if (g_str_equal(verb, "passwd"))
        done = store_account_set_password(host->store, user, domain, words[2], error);
    else
        done = store_account_delete(host->store, user, domain, error);
    host->changed = done;
    return done ? g_strdup_printf("%s: done\n", words[1]) : NULL;
}

/* ---- queue ---- */

static void
app_admin_queue_line(GString *out, const AppAdminHost *host, const StoreQueueItem *item)
{
    g_autofree char *next = app_admin_time(item->next_attempt_s);

    g_string_append_printf(out, "%s:%" G_GINT64_FORMAT "  %s  <%s> to <%s>  %u tries",
                           host->file->name, item->id, store_queue_state_name(item->state),
                           item->sender, item->recipient, item->tries);
    if (item->state == STORE_WAITING)
        g_string_append_printf(out, ", next %s", next);
    g_string_append_printf(out, "%s%s\n", item->last != NULL ? "\n    " : "",
                           item->last != NULL ? item->last : "");
}

static char *
app_admin_queue_list(GPtrArray *hosts, gboolean all, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < hosts->len; i++) {
        const AppAdminHost *host = g_ptr_array_index(hosts, i);
        g_autoptr(GPtrArray) items = store_queue_list(host->store, all, error);

        if (items == NULL)
            return NULL;
        for (guint k = 0; k < items->len; k++)
            app_admin_queue_line(out, host, g_ptr_array_index(items, k));
    }
    if (out->len == 0)
        g_string_append(out, all ? "No mail has travelled yet.\n" : "The queues are empty.\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static const StoreQueueItem *
app_admin_queue_item(GPtrArray *items, gint64 id)
{
    for (guint i = 0; i < items->len; i++) {
        const StoreQueueItem *item = g_ptr_array_index(items, i);

        if (item->id == id)
            return item;
    }
    return NULL;
}

static char *
app_admin_queue_show(const AppAdminHost *host, gint64 id, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GPtrArray) items = store_queue_list(host->store, TRUE, error);
    g_autoptr(GPtrArray) attempts = store_queue_attempts(host->store, id, error);
    const StoreQueueItem *item = items != NULL ? app_admin_queue_item(items, id) : NULL;

    if (items == NULL || attempts == NULL)
        return NULL;
    if (item == NULL)
        return app_admin_wrong(error, "%s has no queue row %" G_GINT64_FORMAT, host->file->name,
                               id);
    app_admin_queue_line(out, host, item);
    for (guint i = 0; i < attempts->len; i++) {
        const StoreAttempt *attempt = g_ptr_array_index(attempts, i);
        g_autofree char *when = app_admin_time(attempt->when_s);

        g_string_append_printf(out, "    %s  %s [%s]  %s  (%.3f s)\n", when, attempt->host,
                               attempt->address, attempt->words,
                               (double)attempt->duration_us / 1e6);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *
app_admin_queue_change(AppAdminHost *host, const char *verb, gint64 id, GError **error)
{
    gint64 now_s = store_now_s(host->store);
    gboolean done;

    if (g_str_equal(verb, "hold"))
        done = store_queue_set_state(host->store, id, STORE_HELD, now_s, error);
    else if (g_str_equal(verb, "delete"))
        done = store_queue_delete(host->store, id, error);
    else
        done = store_queue_set_state(host->store, id, STORE_WAITING, now_s, error);
    host->changed = done;
    return done ? g_strdup_printf("%s:%" G_GINT64_FORMAT ": done\n", host->file->name, id) : NULL;
}

static char *
app_admin_queue(GPtrArray *hosts, char **words, GError **error)
{
    static const char *const changes[] = { "retry", "hold", "release", "delete", NULL };
    guint count = g_strv_length(words);
    AppAdminHost *host;
    gint64 id;

    if (count == 1 && g_str_equal(words[0], "list"))
        return app_admin_queue_list(hosts, FALSE, error);
    if (count == 1 && g_str_equal(words[0], "history"))
        return app_admin_queue_list(hosts, TRUE, error);
    if (count != 2 || !(g_str_equal(words[0], "show") || g_strv_contains(changes, words[0])))
        return app_admin_wrong(error, "queue: list | history | show ID | retry ID | hold ID | "
                                      "release ID | delete ID");
    host = app_admin_row(hosts, words[1], &id, error);
    if (host == NULL)
        return NULL;
    return g_str_equal(words[0], "show") ? app_admin_queue_show(host, id, error)
                                         : app_admin_queue_change(host, words[0], id, error);
}

/* ---- archive ---- */

static char *
app_admin_archive_list(GPtrArray *hosts, const char *search, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < hosts->len; i++) {
        const AppAdminHost *host = g_ptr_array_index(hosts, i);
        g_autoptr(GPtrArray) copies = store_archive_list(host->store, search, 1000, error);

        if (copies == NULL)
            return NULL;
        for (guint k = 0; k < copies->len; k++) {
            const StoreArchived *copy = g_ptr_array_index(copies, k);
            g_autofree char *when = app_admin_time(copy->when_s);

            g_string_append_printf(out, "%s:%" G_GINT64_FORMAT "  %s  <%s> to %s  %s  (%s)\n",
                                   host->file->name, copy->id, when, copy->sender, copy->recipients,
                                   copy->subject != NULL ? copy->subject : "", copy->why);
        }
    }
    if (out->len == 0)
        g_string_append(out, "No copy is kept.\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

#define APP_ADMIN_SHOW_OCTETS (1024 * 1024)

static char *
app_admin_archive_show(const AppAdminHost *host, gint64 id, GError **error)
{
    g_autoptr(GPtrArray) copies = store_archive_list(host->store, NULL, G_MAXINT32, error);
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const StoreArchived *copy = g_ptr_array_index(copies, i);

        if (copy->id != id)
            continue;
        if (!store_message_read(host->store, copy->message, 0, APP_ADMIN_SHOW_OCTETS, out, error))
            return NULL;
        return g_string_free(g_steal_pointer(&out), FALSE);
    }
    return copies == NULL ? NULL
                          : app_admin_wrong(error, "%s has no archive row %" G_GINT64_FORMAT,
                                            host->file->name, id);
}

static char *
app_admin_archive(GPtrArray *hosts, char **words, GError **error)
{
    guint count = g_strv_length(words);
    const AppAdminHost *host;
    gint64 id;

    if (count == 1 && g_str_equal(words[0], "list"))
        return app_admin_archive_list(hosts, NULL, error);
    if (count == 2 && g_str_equal(words[0], "search"))
        return app_admin_archive_list(hosts, words[1], error);
    if (count != 2 || !g_str_equal(words[0], "show"))
        return app_admin_wrong(error, "archive: list | search TEXT | show ID");
    host = app_admin_row(hosts, words[1], &id, error);
    return host != NULL ? app_admin_archive_show(host, id, error) : NULL;
}

char *
app_admin(GPtrArray *hosts, const char *area, char **words, GError **error)
{
    if (words[0] == NULL)
        return app_admin_wrong(error, "%s: list, or --help", area);
    if (g_str_equal(area, "user"))
        return app_admin_user(hosts, words, error);
    if (g_str_equal(area, "queue"))
        return app_admin_queue(hosts, words, error);
    return app_admin_archive(hosts, words, error);
}
