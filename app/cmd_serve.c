/* app/cmd_serve.c - `glasspost serve WORLD.ini`: a world in the foreground. */
#include "app/command_line.h"

#include <stdio.h>
#include "app/run.h"

static char *
app_serve_help(void)
{
    g_autofree char *keys = app_keys_help(), *commands = app_commands_help();

    return g_strdup_printf("Keys of a world file (name, meaning, [default]):\n\n%s\n"
                           "Commands of [script] and of glasspost ctl:\n\n%s",
                           keys, commands);
}

int
app_cmd_serve(int argc, char **argv)
{
    gboolean step = FALSE;
    int ports = 0;
    GOptionEntry entries[] = { { "step", 0, 0, G_OPTION_ARG_NONE, &step,
                                 "stand still at the first event", NULL },
                               APP_PORTS_OPTION(&ports),
                               G_OPTION_ENTRY_NULL };
    g_autofree char *help = app_serve_help();
    AppRunOptions options = { .control = TRUE };
    g_autoptr(AppRun) run = NULL;
    AppWorldFile *file;
    GError *error = NULL;

    if (!app_read_options("serve", entries, help, &argc, &argv, 1, 1))
        return APP_USAGE;
    file = app_load_world(argv[1], ports, &error);
    if (file == NULL)
        return app_complain_error(error);
    options.hold = step;
    run = app_run_new(file, &options, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        g_prefix_error(&error, "another world has these ports (end it, or take others: --ports "
                               "BASE): ");
    if (run == NULL)
        return app_complain_error(error);
    puts("ready");
    fflush(stdout);
    app_run_loop(run, FALSE);
    return APP_OK;
}
