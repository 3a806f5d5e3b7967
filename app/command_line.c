/* app/command_line.c - options and errors, the same for all subcommands. */
#include "app/command_line.h"

#include <stdio.h>
#include <string.h>

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

char *
app_data_path(const char *name, GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self != NULL ? g_path_get_dirname(self) : g_strdup(".");
    const char *const places[] = { "..", "../share/glasspost", ".", NULL };

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
