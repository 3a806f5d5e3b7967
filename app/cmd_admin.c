/* app/cmd_admin.c - `glasspost user`, `queue` and `archive`, from the command line.
 *
 * While a world runs, it alone writes its databases: the command goes to it. Otherwise they are
 * opened here, under the same lock that a world would take.
 */
#include "app/command_line.h"

#include <stdio.h>
#include <unistd.h>
#include "app/admin.h"
#include "app/remote.h"
#include "app/state.h"

typedef struct AppAdminWorld {
    NetClock *clock;
    NetChance *chance;
} AppAdminWorld;

static gint64
app_admin_world_now_s(void *data)
{
    return net_clock_now_s(((AppAdminWorld *)data)->clock);
}

static void
app_admin_world_secret(void *data, guint8 *octets, gsize length)
{
    net_chance_secret(((AppAdminWorld *)data)->chance, octets, length);
}

static void
app_admin_host_free(void *data)
{
    AppAdminHost *host = data;

    store_close(host->store);
    g_free(host);
}

static GPtrArray *
app_admin_open(const AppWorldFile *file, const StoreWorld *world, GError **error)
{
    g_autoptr(GPtrArray) hosts = g_ptr_array_new_with_free_func(app_admin_host_free);

    for (guint i = 0; i < file->hosts->len; i++) {
        const AppHostFile *host = g_ptr_array_index(file->hosts, i);
        Store *store = store_open(file->state, host->name, world, NULL, error);
        AppAdminHost *opened;

        if (store == NULL)
            return NULL;
        opened = g_new0(AppAdminHost, 1);
        opened->file = host;
        opened->store = store;
        g_ptr_array_add(hosts, opened);
        /* Nobody is trying anything now: what a crash left as "trying" waits like the rest. */
        if (!store_queue_recover(store, error))
            return NULL;
    }
    return g_steal_pointer(&hosts);
}

static char *
app_admin_offline(const AppWorldFile *file, const char *area, char **words, GError **error)
{
    g_autoptr(NetClock) clock = net_clock_new_real();
    g_autoptr(NetChance) chance = net_chance_new(file->seed, FALSE);
    AppAdminWorld parts = { clock, chance };
    StoreWorld world = { app_admin_world_now_s, app_admin_world_secret, &parts };
    g_autoptr(GPtrArray) hosts = app_admin_open(file, &world, error);
    g_autofree char *text = hosts != NULL ? app_admin(hosts, area, words, error) : NULL;

    for (guint i = 0; text != NULL && i < hosts->len; i++)
        if (!store_commit(((AppAdminHost *)g_ptr_array_index(hosts, i))->store, error))
            return NULL;
    return g_steal_pointer(&text);
}

/* No world may start while the databases are open here. */
static char *
app_admin_locked(const AppWorldFile *file, const char *area, char **words, GError **error)
{
    int lock = app_state_lock(file->state, error);
    char *text = lock >= 0 ? app_admin_offline(file, area, words, error) : NULL;

    if (lock >= 0)
        close(lock);
    return text;
}

static char *
app_admin_online(const AppWorldFile *file, const char *area, char **words, GError **error)
{
    g_autofree char *rest = g_strjoinv(" ", words);
    g_autofree char *line = g_strdup_printf("%s %s", area, rest);
    g_autofree char *answer = app_remote_ask(file->state, line, error);

    return answer != NULL ? app_remote_member(answer, "text", error) : NULL;
}

static int
app_admin_command(const char *area, const char *more, int argc, char **argv)
{
    g_autoptr(AppWorldFile) file = NULL;
    g_autofree char *text = NULL;
    GError *error = NULL;

    if (!app_read_options(area, NULL, more, &argc, &argv, 2, 5))
        return APP_USAGE;
    file = app_world_load(argv[1], NULL, &error);
    if (file == NULL)
        return app_complain_error(error);
    text = app_remote_is_alive(file->state) ? app_admin_online(file, area, argv + 2, &error)
                                            : app_admin_locked(file, area, argv + 2, &error);
    if (text == NULL)
        return app_complain_error(error);
    fputs(text, stdout);
    return APP_OK;
}

int
app_cmd_user(int argc, char **argv)
{
    return app_admin_command("user", NULL, argc, argv);
}

int
app_cmd_queue(int argc, char **argv)
{
    static const char more[] =
        "  list        what waits, is being tried, or is held\n"
        "  history     what was passed on or given up, the last first (key history: how long)\n"
        "  show ID     one recipient: what its sender asked for, and every attempt\n"
        "  retry ID    the next attempt is due now\n"
        "  hold ID     no attempt until it is released\n"
        "  release ID  a held one is due now\n"
        "  delete ID   out of the queue; nobody is told\n\n"
        "ID is HOST:NUMBER, as list and history print it; NUMBER alone in a world of one host.\n"
        "While the world runs it does what is asked, and tells it; otherwise the databases are\n"
        "opened here.";

    return app_admin_command("queue", more, argc, argv);
}

int
app_cmd_archive(int argc, char **argv)
{
    return app_admin_command("archive", NULL, argc, argv);
}
