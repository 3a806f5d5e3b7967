/* app/cmd_fetch.c - `glasspost fetch`: picks mail up from a running world, showing the dialogue. */
#include "app/command_line.h"

#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include "app/agent.h"
#include "app/dialogue.h"
#include "app/presets.h"
#include "trace/words.h"

typedef struct AppFetchOptions {
    char *user, *folder;
    gboolean imap, pop3, delete;
} AppFetchOptions;

static void
app_fetch_options_clear(AppFetchOptions *options)
{
    g_free(options->user);
    g_free(options->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppFetchOptions, app_fetch_options_clear)

/* Frees @file. */
static int
app_fetch_need_user(AppWorldFile *file)
{
    g_autoptr(GPtrArray) accounts = app_preset_accounts(file);
    g_autofree char *all = NULL;

    g_ptr_array_add(accounts, NULL);
    all = g_strjoinv(", ", (char **)accounts->pdata);
    app_world_free(file);
    return app_complain(APP_USAGE, "fetch: --user ADDRESS is needed; this world has %s",
                        *all != '\0' ? all : "no account");
}

static int
app_fetch_run(AppWorldFile *file, const AppFetchOptions *options, const char *folder)
{
    GError *error = NULL;
    g_autoptr(AppRun) run = app_run_new_client(file, app_dialogue_print, NULL, &error);
    AppFetch fetch = {
        .address = options->user, .imap = options->imap, .delete = options->delete, .folder = folder
    };

    if (run == NULL || !app_agent_fetch(run, &fetch, &error))
        return app_complain_error(error);
    net_run(run->parts.net, TRUE);
    if (run->agents_failed == 0 && folder != NULL)
        printf(_("Saved in %s/.\n"), folder);
    return run->agents_failed == 0 ? APP_OK : APP_FAILED;
}

int
app_cmd_fetch(int argc, char **argv)
{
    g_auto(AppFetchOptions) options = { 0 };
    int ports = 0;
    GOptionEntry entries[] = {
        { "user", 0, 0, G_OPTION_ARG_STRING, &options.user, "whose mailbox", "ADDRESS" },
        { "pop3", 0, 0, G_OPTION_ARG_NONE, &options.pop3, "download (the default)", NULL },
        { "imap", 0, 0, G_OPTION_ARG_NONE, &options.imap, "read it on the server", NULL },
        { "delete", 0, 0, G_OPTION_ARG_NONE, &options.delete, "with --pop3: delete what was read",
          NULL },
        { "folder", 0, 0, G_OPTION_ARG_FILENAME, &options.folder,
          "where POP3 saves (default: mail-USER)", "FOLDER" },
        APP_PORTS_OPTION(&ports),
        G_OPTION_ENTRY_NULL
    };
    g_autofree char *folder = NULL;
    GError *error = NULL;
    AppWorldFile *file;

    if (!app_read_options("fetch", entries, NULL, &argc, &argv, 1, 1))
        return APP_USAGE;
    if (options.imap && (options.pop3 || options.delete))
        return app_complain(APP_USAGE, "fetch: --imap goes with neither --pop3 nor --delete");
    file = app_load_world(argv[1], ports, &error);
    if (file == NULL)
        return app_complain_error(error);
    if (options.user == NULL || strchr(options.user, '@') == NULL)
        return app_fetch_need_user(file);
    if (!options.imap) {
        g_autofree char *user = g_strndup(options.user, strcspn(options.user, "@"));

        folder =
            options.folder != NULL ? g_strdup(options.folder) : g_strconcat("mail-", user, NULL);
        if (g_mkdir_with_parents(folder, 0700) != 0) {
            app_world_free(file);
            return app_complain(APP_FAILED, "fetch: folder %s cannot be made", folder);
        }
    }
    return app_fetch_run(file, &options, folder);
}
