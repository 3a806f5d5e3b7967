/* app/cmd_explain.c - `glasspost explain CODE | STAGE | FILE.eml`: a page about one thing. */
#include "app/command_line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/explain.h"
#include "trace/redact.h"
#include "trace/stage.h"

#define APP_EXPLAIN_MORE                                                                           \
    "CODE is a reply code (550) or an enhanced status code (5.1.1); both may be given at once.\n"  \
    "FILE.eml is a message saved with all its headers, from any server; - reads standard input."

/* The start of the file, as much of it as headers may fill. NULL: errno says why. */
static GString *
app_explain_read(const char *path)
{
    gboolean standard = g_str_equal(path, "-");
    FILE *file = standard ? stdin : fopen(path, "re");
    g_autoptr(GString) octets = g_string_new(NULL);
    char piece[4096];
    gsize got;
    int failure;

    if (file == NULL)
        return NULL;
    while (octets->len < APP_EXPLAIN_HEADERS_MAX && (got = fread(piece, 1, sizeof piece, file)) > 0)
        g_string_append_len(octets, piece, (gssize)got);
    failure = ferror(file) ? errno : 0;
    if (!standard)
        fclose(file);
    errno = failure;
    return failure != 0 ? NULL : g_steal_pointer(&octets);
}

static int
app_explain_nothing(const char *word)
{
    g_autofree char *safe = trace_safe(word, -1);
    g_autoptr(GString) stages = g_string_new(NULL);

    for (Stage stage = STAGE_NONE + 1; stage < STAGES; stage++)
        g_string_append_printf(stages, " %s", stage_name(stage));
    return app_complain(APP_USAGE,
                        "explain: '%s' is no code (550, 5.1.1), no stage and no file; stages:%s",
                        safe, stages->str);
}

static int
app_explain_file(const char *path, GString *page)
{
    g_autoptr(GString) octets = app_explain_read(path);
    int failure = errno;

    if (octets == NULL && failure == ENOENT)
        return app_explain_nothing(path);
    if (octets == NULL)
        return app_complain(APP_FAILED, "explain: %s: %s", path, g_strerror(failure));
    if (!app_explain_message(octets->str, octets->len, page))
        return app_complain(APP_FAILED, "explain: %s: no header field in it, so it is no message",
                            path);
    return APP_OK;
}

int
app_cmd_explain(int argc, char **argv)
{
    g_autoptr(GString) page = g_string_new(NULL);
    int status = APP_OK;

    if (!app_read_options("explain", NULL, APP_EXPLAIN_MORE, &argc, &argv, 1, 2))
        return APP_USAGE;
    for (int i = 1; i < argc && status == APP_OK; i++) {
        if (i > 1)
            g_string_append_c(page, '\n');
        if (!app_explain_code(argv[i], page) && !app_explain_stage(argv[i], page))
            status = app_explain_file(argv[i], page);
    }
    fputs(page->str, stdout);
    return status;
}
