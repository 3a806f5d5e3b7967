/* app/command_line.c - options and errors, the same for all subcommands. */
#include "app/command_line.h"

#include <stdio.h>
#include <string.h>
#include "app/ports.h"
#include "net/line.h"

int
app_complain(int status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "glasspost: %s\n", text);
    return status;
}

int
app_complain_error(GError *error)
{
    int status =
        error->domain == APP_ERROR && error->code == APP_ERROR_USAGE ? APP_USAGE : APP_FAILED;

    app_complain(status, "%s", error->message);
    g_error_free(error);
    return status;
}

static const AppSubcommand *
app_subcommand(const char *name)
{
    const AppSubcommand *command = app_subcommands();

    while (!g_str_equal(command->name, name))
        command++;
    return command;
}

gboolean
app_read_options(const char *name, const GOptionEntry *entries, const char *more, int *argc,
                 char ***argv, int least, int most)
{
    const AppSubcommand *command = app_subcommand(name);
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autofree char *program = g_strdup_printf("glasspost %s", name);
    g_autofree char *summary =
        g_strdup_printf("glasspost %s %s\n%s", name, command->usage, command->summary);
    g_autoptr(GError) error = NULL;

    g_set_prgname(program);
    g_option_context_set_summary(context, summary);
    if (more != NULL)
        g_option_context_set_description(context, more);
    if (entries != NULL)
        g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        app_complain(APP_USAGE, "%s: %s", name, error->message);
        return FALSE;
    }
    if (*argc - 1 < least || *argc - 1 > most) {
        app_complain(APP_USAGE, "usage: glasspost %s %s", name, command->usage);
        return FALSE;
    }
    return TRUE;
}

int
app_ports_asked(int ports, GError **error)
{
    const char *range = g_getenv("GLASSPOST_PORTS");
    guint64 base = (guint64)ports;

    if (ports == 0 && (range == NULL || *range == '\0'))
        return 0;
    if (ports < 0 || (ports == 0 && !net_parse_number(range, -1, G_MAXINT32, &base)) || base == 0 ||
        base > APP_PORTS_BASE_MAX) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "--ports (or GLASSPOST_PORTS): a base is a number from 1 to %d",
                    APP_PORTS_BASE_MAX);
        return -1;
    }
    return (int)base;
}

AppWorldFile *
app_load_world(const char *path, int ports, GError **error)
{
    int base = app_ports_asked(ports, error);
    AppWorldFile *file = base >= 0 ? app_world_load(path, NULL, error) : NULL;

    if (file != NULL && base > 0)
        app_world_set_ports(file, (guint16)base);
    return file;
}

char *
app_data_path(const char *name, GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self != NULL ? g_path_get_dirname(self) : g_strdup(".");
    /* The last: a program that the grader built in labs/mine/NN-name/build. */
    const char *const places[] = { "..", "../share/glasspost", ".", "../../../..", NULL };

    for (guint i = 0; places[i] != NULL; i++) {
        g_autofree char *relative = g_build_filename(places[i], name, NULL);
        char *path = g_canonicalize_filename(relative, folder);

        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return path;
        g_free(path);
    }
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s is missing beside the program", name);
    return NULL;
}
