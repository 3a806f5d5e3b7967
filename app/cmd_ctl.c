/* app/cmd_ctl.c - `glasspost ctl STATE_FOLDER COMMAND...`: one command, one JSON answer. */
#include "app/command_line.h"

#include <stdio.h>
#include <string.h>
#include "app/remote.h"
#include "app/run.h"

int
app_cmd_ctl(int argc, char **argv)
{
    g_autofree char *commands = app_commands_help();
    g_autofree char *help = g_strdup_printf(
        "Commands:\n\n"
        "  status | pause | continue | step [FILTER] | next\n"
        "      where the world stands (slow_turns: how often all clients waited 50 ms and more for "
        "one);\n"
        "      hold it, let it go, one event, one thing worth telling\n"
        "  break FILTER | clear [NUMBER]\n"
        "      stop at events such as: stage=dns host=mx.north.example code>=400\n"
        "  speed NUMBER | faults | presets\n"
        "      the clock's pace; the table of faults and the armed ones; what can be sent\n%s",
        commands);
    g_autofree char *line = NULL, *answer = NULL;
    GError *error = NULL;

    if (!app_read_options("ctl", NULL, help, &argc, &argv, 2, 100))
        return APP_USAGE;
    line = g_strjoinv(" ", argv + 2);
    answer = app_remote_ask(argv[1], line, &error);
    if (answer == NULL)
        return app_complain_error(error);
    puts(answer);
    return strstr(answer, "\"ok\":true") != NULL ? APP_OK : APP_FAILED;
}
