/* app/explain_word.c - what one word is: a code, a stage, or the file of a message; and its page.
 *
 * The only part of the explanations that opens a file. The command and the viewer both ask here.
 * Tests: tests/test_app_explain.c
 */
#include "app/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/redact.h"
#include "trace/stage.h"

GString *
app_explain_read(int descriptor)
{
    g_autoptr(GString) octets = g_string_new(NULL);
    char piece[4096];
    ssize_t got = 1;

    while (octets->len < APP_EXPLAIN_HEADERS_MAX && got != 0) {
        got = read(descriptor, piece, sizeof piece);
        if (got > 0)
            g_string_append_len(octets, piece, got);
        else if (got < 0 && errno != EINTR)
            return NULL;
    }
    return g_steal_pointer(&octets);
}

/* The start of the file. Whoever waits for a pipe waits long, so only a regular file will do.
 * NULL: errno says why. */
static GString *
app_explain_open(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    GString *octets = NULL;
    int failure;

    if (file < 0)
        return NULL;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode))
        octets = app_explain_read(file);
    else
        errno = S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
    failure = errno;
    close(file);
    errno = failure;
    return octets;
}

static char *
app_explain_nothing(const char *word)
{
    g_autofree char *safe = trace_safe(word, -1);
    g_autoptr(GString) stages = g_string_new(NULL);

    for (Stage stage = STAGE_NONE + 1; stage < STAGES; stage++)
        g_string_append_printf(stages, " %s", stage_name(stage));
    return g_strdup_printf("'%s' is no code (550, 5.1.1, IN-USE), no stage and no file; stages:%s",
                           safe, stages->str);
}

gboolean
app_explain_octets(const char *name, const GString *octets, GString *page, char **problem)
{
    g_autofree char *safe = trace_safe(name, -1);

    if (app_explain_message(octets->str, octets->len, page))
        return TRUE;
    *problem = g_strdup_printf("%s: no header field in it, so it is no message", safe);
    return FALSE;
}

AppExplained
app_explain_word(const char *word, GString *page, char **problem)
{
    g_autoptr(GString) octets = NULL;

    if (app_explain_code(word, page) || app_explain_stage(word, page) ||
        app_explain_reading(word, page))
        return APP_EXPLAINED;
    octets = app_explain_open(word);
    if (octets != NULL)
        return app_explain_octets(word, octets, page, problem) ? APP_EXPLAINED : APP_EXPLAIN_FAILED;
    if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) {
        *problem = app_explain_nothing(word);
        return APP_EXPLAIN_UNKNOWN;
    }
    g_autofree char *safe = trace_safe(word, -1);
    *problem = g_strdup_printf("%s: %s", safe, g_strerror(errno));
    return APP_EXPLAIN_FAILED;
}

gboolean
app_explain_in_viewer(const char *what, GString *page, char **problem)
{
    return app_explain_word(what, page, problem) == APP_EXPLAINED;
}
