/* app/cmd_send.c - `glasspost send`: hands a message to a running world, showing the dialogue. */
#include "app/command_line.h"

#include "app/compose.h"
#include "app/dialogue.h"
#include "app/presets.h"

static int
app_send_run(AppWorldFile *file, AppCompose *compose)
{
    GError *error = NULL;
    g_autoptr(AppRun) run = app_run_new_client(file, app_dialogue_print, NULL, &error);

    if (run == NULL || !app_compose_complete(compose, run->file, &error) ||
        !app_compose_send(compose, run, NULL, &error))
        return app_complain_error(error);
    net_run(run->parts.net, TRUE);
    return run->agents_failed == 0 ? APP_OK : APP_FAILED;
}

int
app_cmd_send(int argc, char **argv)
{
    g_auto(AppCompose) compose = { 0 };
    int ports = 0;
    GOptionEntry entries[] = {
        { "preset", 0, 0, G_OPTION_ARG_STRING, &compose.preset,
          "one of those below; --from and --to may change it", "NAME" },
        { "from", 0, 0, G_OPTION_ARG_STRING, &compose.from, "the sender", "ADDRESS" },
        { "to", 0, 0, G_OPTION_ARG_STRING, &compose.to, "recipients, comma between", "ADDRESS" },
        { "subject", 0, 0, G_OPTION_ARG_STRING, &compose.subject, "where no FILE.eml is named",
          "WORDS" },
        { "text", 0, 0, G_OPTION_ARG_STRING, &compose.text, "where no FILE.eml is named", "WORDS" },
        { "ends", 0, 0, G_OPTION_ARG_STRING, &compose.ends,
          "written: FILE.eml says <CRLF>, <CR> or <LF> where a line ends, to try what a server "
          "makes of it",
          "WORD" },
        { "size", 0, 0, G_OPTION_ARG_STRING, &compose.size,
          "fill the message up to so many octets, such as 300K or 3M", "OCTETS" },
        { "via", 0, 0, G_OPTION_ARG_STRING, &compose.via, "host to hand it to", "HOST" },
        { "port", 0, 0, G_OPTION_ARG_STRING, &compose.port,
          "smtp or submission (default: submission for accounts of the world file)", "NAME" },
        { "notify", 0, 0, G_OPTION_ARG_STRING, &compose.notify,
          "what is to be reported: NEVER, or some of SUCCESS,FAILURE,DELAY", "LIST" },
        { "ret", 0, 0, G_OPTION_ARG_STRING, &compose.ret,
          "what comes back with a failure: FULL or HDRS", "WORD" },
        { "envid", 0, 0, G_OPTION_ARG_STRING, &compose.envid,
          "a name of yours for the message, repeated in reports", "WORD" },
        APP_PORTS_OPTION(&ports),
        G_OPTION_ENTRY_NULL
    };
    g_autofree char *presets = app_presets_help();
    GError *error = NULL;
    AppWorldFile *file;

    if (!app_read_options("send", entries, presets, &argc, &argv, 1, 2))
        return APP_USAGE;
    if (compose.preset == NULL && (compose.from == NULL || compose.to == NULL))
        return app_complain(APP_USAGE, "send: --from and --to are needed, or --preset");
    compose.file = argc > 2 ? g_strdup(argv[2]) : NULL;
    file = app_load_world(argv[1], ports, &error);
    if (file == NULL)
        return app_complain_error(error);
    return app_send_run(file, &compose);
}
