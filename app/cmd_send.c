/* app/cmd_send.c - `glasspost send`: hands a message to a running world, showing the dialogue. */
#include "app/command_line.h"

#include "app/agent.h"
#include "app/dialogue.h"
#include "app/message.h"

typedef struct AppSendOptions {
    char *from, *to, *via, *port;
} AppSendOptions;

static void
app_send_options_clear(AppSendOptions *options)
{
    g_free(options->from);
    g_free(options->to);
    g_free(options->via);
    g_free(options->port);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppSendOptions, app_send_options_clear)

static int
app_send_run(AppWorldFile *file, const AppSendOptions *options, const char *path)
{
    g_auto(GStrv) recipients = g_strsplit(options->to, ",", -1);
    g_autofree char *password = app_world_password(file, options->from);
    GError *error = NULL;
    g_autoptr(AppRun) run = app_run_new_client(file, app_dialogue_print, NULL, &error);
    g_autoptr(GBytes) message = NULL;

    if (run == NULL)
        return app_complain_error(error);
    message = path != NULL ? app_message_load(path, NULL, &error)
                           : app_message_default(options->from, options->to);
    if (message == NULL)
        return app_complain_error(error);
    if (!app_agent_send(run,
                        &(AppSend){ .sender = options->from,
                                    .recipients = (const char *const *)recipients,
                                    .via = options->via,
                                    .submit = options->port != NULL
                                                  ? g_str_equal(options->port, "submission")
                                                  : password != NULL,
                                    .message = message },
                        &error))
        return app_complain_error(error);
    net_run(run->parts.net, TRUE);
    return run->agents_failed == 0 ? APP_OK : APP_FAILED;
}

int
app_cmd_send(int argc, char **argv)
{
    g_auto(AppSendOptions) options = { 0 };
    GOptionEntry entries[] = {
        { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "the sender", "ADDRESS" },
        { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "recipients, comma between", "ADDRESS" },
        { "via", 0, 0, G_OPTION_ARG_STRING, &options.via, "host to hand it to", "HOST" },
        { "port", 0, 0, G_OPTION_ARG_STRING, &options.port,
          "smtp or submission (default: submission for accounts of the world file)", "NAME" },
        G_OPTION_ENTRY_NULL
    };
    GError *error = NULL;
    AppWorldFile *file;

    if (!app_read_options("send", entries, NULL, &argc, &argv, 1, 2))
        return APP_USAGE;
    if (options.from == NULL || options.to == NULL)
        return app_complain(APP_USAGE, "send: --from and --to are needed");
    if (options.port != NULL && !g_str_equal(options.port, "smtp") &&
        !g_str_equal(options.port, "submission"))
        return app_complain(APP_USAGE, "send: --port %s is neither smtp nor submission",
                            options.port);
    file = app_world_load(argv[1], NULL, &error);
    if (file == NULL)
        return app_complain_error(error);
    return app_send_run(file, &options, argc > 2 ? argv[2] : NULL);
}
