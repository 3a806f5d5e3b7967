/* app/admin_queue.c - `glasspost queue`: mail that has to travel, looked at and changed by hand.
 *
 *     mx.north.example:3  waiting  <alice@north.example> to <carol@south.example>  2 tries, next ...
 *         451 4.3.0 not now
 *
 * Tests: tests/test_queue.py
 */
#include "app/admin_inside.h"

static void
app_admin_queue_line(GString *out, const AppAdminHost *host, const StoreQueueItem *item)
{
    gboolean finished = item->finished_s != 0;
    g_autofree char *when = app_admin_time(finished ? item->finished_s : item->next_attempt_s);

    g_string_append_printf(out, "%s:%" G_GINT64_FORMAT "  %s  <%s> to <%s>  %u %s",
                           host->file->name, item->id, store_queue_state_name(item->state),
                           item->sender, item->recipient, item->tries,
                           item->tries == 1 ? "try" : "tries");
    if (finished)
        g_string_append_printf(out, ", finished %s", when);
    else if (item->state == STORE_WAITING)
        g_string_append_printf(out, ", next %s", when);
    g_string_append_printf(out, "%s%s\n", item->last != NULL ? "\n    " : "",
                           item->last != NULL ? item->last : "");
}

static gboolean
app_admin_queue_rows(GString *out, const AppAdminHost *host, gboolean history, GError **error)
{
    g_autoptr(GPtrArray) items = history ? store_queue_history(host->store, error)
                                         : store_queue_list(host->store, FALSE, error);

    if (items == NULL)
        return FALSE;
    for (guint i = 0; i < items->len; i++)
        app_admin_queue_line(out, host, g_ptr_array_index(items, i));
    if (items->len == STORE_QUEUE_LIST_MAX)
        g_string_append_printf(out, "%s: there may be more; a list ends after %d.\n",
                               host->file->name, STORE_QUEUE_LIST_MAX);
    return TRUE;
}

static char *
app_admin_queue_list(GPtrArray *hosts, gboolean history, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < hosts->len; i++)
        if (!app_admin_queue_rows(out, g_ptr_array_index(hosts, i), history, error))
            return NULL;
    if (out->len == 0)
        g_string_append(out,
                        history ? "No mail has travelled lately.\n" : "The queues are empty.\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* ---- one row ---- */

/* What the sender asked for, in the words of the commands (RFC 3461 §4). */
static void
app_admin_queue_wishes(GString *out, const StoreQueueItem *item)
{
    static const char *const words[] = { "FAILURE", "DELAY", "SUCCESS", "NEVER" };
    gboolean first = TRUE;

    if (item->ret != 0)
        g_string_append_printf(out, "    RET=%s\n", item->ret == 'F' ? "FULL" : "HDRS");
    if (item->envid != NULL)
        g_string_append_printf(out, "    ENVID=%s\n", item->envid);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if ((item->notify & (1u << i)) == 0)
            continue;
        g_string_append_printf(out, "%s%s", first ? "    NOTIFY=" : ",", words[i]);
        first = FALSE;
    }
    if (!first)
        g_string_append_c(out, '\n');
    if (item->orcpt != NULL)
        g_string_append_printf(out, "    ORCPT=%s\n", item->orcpt);
}

static void
app_admin_queue_attempt(GString *out, const StoreAttempt *attempt)
{
    g_autofree char *when = app_admin_time(attempt->when_s);

    g_string_append_printf(out, "    %s  ", when);
    if (attempt->host != NULL)
        g_string_append_printf(out, "%s [%s]  ", attempt->host,
                               attempt->address != NULL ? attempt->address : "-");
    g_string_append_printf(out, "%s  (%.3f s)\n", attempt->words != NULL ? attempt->words : "-",
                           (double)attempt->duration_us / 1e6);
}

static char *
app_admin_queue_show(const AppAdminHost *host, gint64 id, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(StoreQueueItem) item = store_queue_get(host->store, id, error);
    g_autoptr(GPtrArray) attempts =
        item != NULL ? store_queue_attempts(host->store, id, error) : NULL;

    if (attempts == NULL)
        return NULL;
    g_autofree char *arrived = app_admin_time(item->arrived_s);
    g_autofree char *end = app_admin_time(item->arrived_s + host->file->give_up_after_s);

    app_admin_queue_line(out, host, item);
    g_string_append_printf(out, "    %" G_GUINT64_FORMAT " octets, arrived %s", item->octets,
                           arrived);
    if (item->finished_s == 0)
        g_string_append_printf(out, ", given up %s", end);
    g_string_append_printf(out, "%s%s\n", item->journey != NULL ? ", journey " : "",
                           item->journey != NULL ? item->journey : "");
    app_admin_queue_wishes(out, item);
    for (guint i = 0; i < attempts->len; i++)
        app_admin_queue_attempt(out, g_ptr_array_index(attempts, i));
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
    else /* retry and release: due now */
        done = store_queue_set_state(host->store, id, STORE_WAITING, now_s, error);
    host->changed = done;
    return done ? g_strdup_printf("%s:%" G_GINT64_FORMAT ": done\n", host->file->name, id) : NULL;
}

char *
app_admin_queue(GPtrArray *hosts, char **words, GError **error)
{
    static const char *const changes[] = { "retry", "hold", "release", "delete", NULL };
    guint count = g_strv_length(words);
    AppAdminHost *host;
    gint64 id;

    if (count == 1 && (g_str_equal(words[0], "list") || g_str_equal(words[0], "history")))
        return app_admin_queue_list(hosts, g_str_equal(words[0], "history"), error);
    if (count != 2 || !(g_str_equal(words[0], "show") || g_strv_contains(changes, words[0])))
        return app_admin_wrong(error, "queue: list | history | show ID | retry ID | hold ID | "
                                      "release ID | delete ID");
    host = app_admin_row(hosts, words[1], &id, error);
    if (host == NULL)
        return NULL;
    return g_str_equal(words[0], "show") ? app_admin_queue_show(host, id, error)
                                         : app_admin_queue_change(host, words[0], id, error);
}
