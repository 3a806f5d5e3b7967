/* app/main.c - the program's door: which subcommand?
 *
 * One file a subcommand: app/cmd_demo.c, app/cmd_serve.c, ...
 */
#include "app/command_line.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "trace/words.h"

/* clang-format off */
static const AppSubcommand subcommands[] = {
    { "demo",    "[--plain | --step] [--scenario NAME] [--list] [--keep FOLDER] [--ports BASE]", "three mail hosts, one message, its journey", app_cmd_demo },
    { "serve",   "WORLD.ini [--step] [--ports BASE]",                      "run a world in the foreground",               app_cmd_serve },
    { "view",    "[--plain] [STATE_FOLDER | JOURNAL]",        "watch a running world, or replay a journal",  app_cmd_view },
    { "ctl",     "STATE_FOLDER COMMAND...",                   "one control command, one JSON answer",        app_cmd_ctl },
    { "play",    "WORLD.ini [--overlay FILE.ini] [--state FOLDER] [--seed N] [--plain]", "a world's script to its end, on a simulated network", app_cmd_play },
    { "whatif",  "JOURNAL --change \"...\" [--plain] [--state FOLDER]", "the same inputs again with one thing changed: where the story parts", app_cmd_whatif },
    { "send",    "WORLD.ini --preset NAME | --from A --to B [FILE.eml]", "hand a message in, showing the dialogue",     app_cmd_send },
    { "fetch",   "WORLD.ini --user A [--imap|--pop3]",        "pick mail up, showing the dialogue",          app_cmd_fetch },
    { "talk",    "WORLD.ini HOST smtp|submission|pop3|imap",  "type a protocol by hand",                     app_cmd_talk },
    { "route",   "WORLD.ini [--host HOST] ADDRESS",           "where would it go? The decisions, nothing sent", app_cmd_route },
    { "user",    "WORLD.ini list | add ADDRESS PASSWORD | passwd ADDRESS PASSWORD | del ADDRESS",    "the accounts of a world",   app_cmd_user },
    { "queue",   "WORLD.ini list | history | show|retry|hold|release|delete ID", "mail that has to travel", app_cmd_queue },
    { "archive", "WORLD.ini list | search TEXT | show ID",       "copies that were kept",                       app_cmd_archive },
    { "dns",     "NAME [TYPE] [--server ADDR:PORT]",          "one look-up, step by step",                   app_cmd_dns },
    { "explain", "CODE | STAGE | FILE.eml",                   "what a reply code, a stage, or the hops of a message mean", app_cmd_explain },
    { "lab",     "list | start N | check N | hint N | why N | reset N | collect FOLDER --csv", "learn by doing: seventeen labs, and their grader", app_cmd_lab },
    { "export",  "JOURNAL --format NAME [--redact]",          "a journal in another form: text, a page, a diagram, a trace", app_cmd_export },
    { NULL, NULL, NULL, NULL },
};
/* clang-format on */

const AppSubcommand *
app_subcommands(void)
{
    return subcommands;
}

static int
app_main_help(void)
{
    puts("usage: glasspost COMMAND ...      (glasspost COMMAND --help tells more)\n");
    for (const AppSubcommand *command = subcommands; command->name != NULL; command++)
        printf("  %-8s %s\n", command->name, command->summary);
    return APP_OK;
}

/* First contact: what to do next, in five lines. */
static int
app_main_hint(void)
{
    puts("Glasspost: a mail server you can see through.\n"
         "  glasspost demo                      a message travels; step along with Space\n"
         "  glasspost demo --scenario bounce    a message that can't be delivered; --list names "
         "more\n"
         "  glasspost lab start 1               learn by doing: the first of the labs\n"
         "  glasspost --help                    all commands");
    return APP_OK;
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    words_init();
    if (argc < 2)
        return app_main_hint();
    if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h") ||
        g_str_equal(argv[1], "help"))
        return app_main_help();
    if (g_str_equal(argv[1], "--version")) {
        puts("glasspost 0.1");
        return APP_OK;
    }
    for (const AppSubcommand *command = subcommands; command->name != NULL; command++)
        if (g_str_equal(argv[1], command->name))
            return command->run(argc - 1, argv + 1);
    return app_complain(APP_USAGE, "unknown command '%s'; glasspost --help lists them", argv[1]);
}
