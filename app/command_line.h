/* app/command_line.h - what the subcommands share: options, errors, exit statuses.
 *
 * Exit status 0 success, 1 the operation failed, 2 usage or configuration error. Errors go to
 * standard error, one line, naming what and where.
 */
#ifndef APP_COMMAND_LINE_H
#define APP_COMMAND_LINE_H

#include "app/world.h"

enum { APP_OK = 0, APP_FAILED = 1, APP_USAGE = 2 };

typedef struct AppSubcommand {
    const char *name;
    const char *usage;   /* "WORLD.ini --from A --to B [FILE.eml]" */
    const char *summary; /* one line */
    int (*run)(int argc, char **argv);
} AppSubcommand;

/* app/main.c: all of them, ended by a NULL name. */
const AppSubcommand *app_subcommands(void);

/* Prints "glasspost: ..." on standard error; returns @status. */
int app_complain(int status, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same for @error, which it frees: status 2 for APP_ERROR_USAGE, else 1. */
int app_complain_error(GError *error);

/**
 * app_read_options:
 * @name: the subcommand, whose usage and summary make --help
 * @more: further text for --help, or NULL
 * @least, @most: how many words may be left besides the options
 *
 * Removes the options from @argv. FALSE: it has complained; exit with 2.
 */
gboolean app_read_options(const char *name, const GOptionEntry *entries, const char *more,
                          int *argc, char ***argv, int least, int most);

/* For the entries of a command that reaches a world by its ports. @ports: an int. */
#define APP_PORTS_OPTION(ports)                                                                    \
    {                                                                                              \
        "ports", 0, 0, G_OPTION_ARG_INT, (ports),                                                  \
            "25, 110... are added to BASE, instead of the world's own (default: GLASSPOST_PORTS)", \
            "BASE"                                                                                 \
    }
/* What was asked for with --ports (0: nothing), else the environment's GLASSPOST_PORTS: so that on a
 * shared machine each student has a range. 0: neither; -1: @error says what a base is. */
int app_ports_asked(int ports, GError **error);
/* The world file with those ports. */
AppWorldFile *app_load_world(const char *path, int ports, GError **error);

/* app/cmd_demo.c: shows a world as the demo shows a scenario. @overlay: or NULL. @keep: the folder where
 * databases and journal stay, or NULL. */
int app_demo_world_file(const char *world, const char *overlay, gboolean plain, const char *keep);

/* A file or folder of the data that comes with the program ("labs/demo/world.ini"), beside the
 * build folder or installed. NULL with @error where it is nowhere. */
char *app_data_path(const char *name, GError **error);

int app_cmd_demo(int argc, char **argv);
int app_cmd_serve(int argc, char **argv);
int app_cmd_play(int argc, char **argv);
int app_cmd_whatif(int argc, char **argv);
int app_cmd_view(int argc, char **argv);
int app_cmd_ctl(int argc, char **argv);
int app_cmd_send(int argc, char **argv);
int app_cmd_fetch(int argc, char **argv);
int app_cmd_talk(int argc, char **argv);
int app_cmd_route(int argc, char **argv);
int app_cmd_user(int argc, char **argv);
int app_cmd_queue(int argc, char **argv);
int app_cmd_archive(int argc, char **argv);
int app_cmd_dns(int argc, char **argv);
int app_cmd_lab(int argc, char **argv);
int app_cmd_export(int argc, char **argv);
int app_cmd_explain(int argc, char **argv);

#endif
