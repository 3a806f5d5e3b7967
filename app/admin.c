/* app/admin.c - accounts, queues and archives, looked at and changed by hand.
 *
 * Rows are named HOST:NUMBER, as the lists print them; in a world of one host NUMBER is enough. The
 * queue is app/admin_queue.c.
 */
#include "app/admin_inside.h"

#include <string.h>

#include "smtp/split.h"

char *
app_admin_wrong(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE, text);
    return NULL;
}

char *
app_admin_time(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);

    return time != NULL ? g_date_time_format(time, "%F %TZ") : g_strdup("?");
}

AppAdminHost *
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
    g_autoptr(GError) failed = NULL;
    g_autoptr(StoreArchived) copy = store_archive_get(host->store, id, &failed);
    g_autoptr(GString) out = g_string_new(NULL);

    if (failed != NULL) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return NULL;
    }
    if (copy == NULL)
        return app_admin_wrong(error, "%s has no archive row %" G_GINT64_FORMAT, host->file->name,
                               id);
    if (!store_message_read(host->store, copy->message, 0, APP_ADMIN_SHOW_OCTETS, out, error))
        return NULL;
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *
app_admin_archive(GPtrArray *hosts, char **words, GError **error)
{
    guint count = g_strv_length(words);
    const AppAdminHost *host;
    gint64 id;

    if (count == 1 && g_str_equal(words[0], "list"))
        return app_admin_archive_list(hosts, NULL, error);
    if (count >= 2 && g_str_equal(words[0], "search")) {
        g_autofree char *text = g_strjoinv(" ", words + 1);

        return app_admin_archive_list(hosts, text, error);
    }
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
