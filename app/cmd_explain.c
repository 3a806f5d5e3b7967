/* app/cmd_explain.c - `glasspost explain CODE | STAGE | FILE.eml`: a page about one thing. */
#include "app/command_line.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "app/explain.h"

#define APP_EXPLAIN_MORE                                                                           \
    "CODE is a reply code (550), an enhanced status code (5.1.1), or what begins a reply of "      \
    "POP3\n"                                                                                       \
    "or IMAP (NO, IN-USE, OVERQUOTA; +OK; -- -ERR); two may be given at once.\n"                   \
    "FILE.eml is a message saved with all its headers, from any server; - reads standard "         \
    "input.\n"                                                                                     \
    "In the viewer, x explains the reply under the cursor, and :explain what stands behind it."

static AppExplained
app_explain_standard_input(GString *page, char **problem)
{
    g_autoptr(GString) octets = app_explain_read(STDIN_FILENO);

    if (octets != NULL)
        return app_explain_octets("standard input", octets, page, problem) ? APP_EXPLAINED
                                                                           : APP_EXPLAIN_FAILED;
    *problem = g_strdup_printf("standard input: %s", g_strerror(errno));
    return APP_EXPLAIN_FAILED;
}

int
app_cmd_explain(int argc, char **argv)
{
    g_autoptr(GString) page = g_string_new(NULL);
    g_autofree char *problem = NULL;
    AppExplained result = APP_EXPLAINED;

    if (!app_read_options("explain", NULL, APP_EXPLAIN_MORE, &argc, &argv, 1, 2))
        return APP_USAGE;
    for (int i = 1; i < argc && result == APP_EXPLAINED; i++) {
        if (i > 1)
            g_string_append_c(page, '\n');
        result = g_str_equal(argv[i], "-") ? app_explain_standard_input(page, &problem)
                                           : app_explain_word(argv[i], page, &problem);
    }
    fputs(page->str, stdout);
    if (result == APP_EXPLAINED)
        return APP_OK;
    return app_complain(result == APP_EXPLAIN_UNKNOWN ? APP_USAGE : APP_FAILED, "explain: %s",
                        problem);
}
