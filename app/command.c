/* app/command.c - what can be asked of a world at work: by its script, by the control socket, by the
 * viewer's keys. One table. Each becomes an input event, the root of what follows from it.
 */
#include "app/agent.h"
#include "app/admin.h"
#include "app/compose.h"
#include "app/inputs.h"

#include <string.h>
#include <json-glib/json-glib.h>

typedef struct AppCommand {
    const char *name;
    const char *usage;
    const char *help;
    guint least, most; /* how many words after the name */
    char *(*run)(AppRun *run, char **words, GError **error);
} AppCommand;

static char *app_command_send(AppRun *run, char **words, GError **error);
static char *app_command_fetch(AppRun *run, char **words, GError **error);
static char *app_command_crowd(AppRun *run, char **words, GError **error);
static char *app_command_host(AppRun *run, char **words, GError **error);
static char *app_command_fault(AppRun *run, char **words, GError **error);
static char *app_command_warp(AppRun *run, char **words, GError **error);
static char *app_command_reload(AppRun *run, char **words, GError **error);
static char *app_command_user(AppRun *run, char **words, GError **error);
static char *app_command_queue(AppRun *run, char **words, GError **error);
static char *app_command_archive(AppRun *run, char **words, GError **error);

/* clang-format off */
static const AppCommand commands[] = {
    { "send",   "send preset=NAME | FROM TO[,TO] [FILE [ends=written]] [subject=\"WORDS\"] [text=\"LINES\"] [attach=FILE] [size=3M] [via=HOST] [port=smtp|submission] [notify=SUCCESS,FAILURE,DELAY|NEVER] [ret=FULL|HDRS] [envid=WORD]", "hand a message in, as FROM's mail program; presets lists the presets", 1, 14, app_command_send },
    { "fetch",  "fetch ADDRESS [pop3|imap] [delete]",   "read ADDRESS's mailbox",                          1, 3,  app_command_fetch },
    { "crowd",  "crowd COUNT HOST ADDRESS",             "COUNT mail programs at once",                     3, 3,  app_command_crowd },
    { "host",   "host HOST up|down|crash",              "nobody reaches it; it comes back; it crashes",    2, 2,  app_command_host },
    { "fault",  "fault POINT [host=H] [stage=S] [occurrence=O] [value=V] | fault clear", "let something go wrong",   1, 5,  app_command_fault },
    { "warp",   "warp",                                 "jump the clock to the next timer",                0, 0,  app_command_warp },
    { "reload", "reload",                               "read zone and filter files again",                0, 0,  app_command_reload },
    { "user",   "user list | add ADDRESS PASSWORD | passwd ADDRESS PASSWORD | del ADDRESS", "the accounts", 1, 3, app_command_user },
    { "queue",  "queue list | history | show|retry|hold|release|delete ID", "mail that has to travel",      1, 2,  app_command_queue },
    { "archive", "archive list | search TEXT | show ID", "copies that were kept",                           1, 4,  app_command_archive },
    { NULL, NULL, NULL, 0, 0, NULL },
};
/* clang-format on */

char *
app_commands_help(void)
{
    GString *text = g_string_new(NULL);

    for (const AppCommand *command = commands; command->name != NULL; command++)
        g_string_append_printf(text, "  %s\n      %s\n", command->usage, command->help);
    return g_string_free(text, FALSE);
}

static char *app_command_failed(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static char *
app_command_failed(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED, text);
    return NULL;
}

/* ---- send, fetch, crowd ---- */

static char *
app_command_send(AppRun *run, char **words, GError **error)
{
    g_auto(AppCompose) compose = { 0 };

    if (!app_compose_read(&compose, words, error) ||
        !app_compose_complete(&compose, run->file, error) ||
        !app_compose_send(&compose, run, run->file->folder, error))
        return NULL;
    return g_strdup("\"sending\":true");
}

static char *
app_command_fetch(AppRun *run, char **words, GError **error)
{
    AppFetch fetch = { .address = words[0] };

    for (char **word = words + 1; *word != NULL; word++) {
        if (g_str_equal(*word, "imap"))
            fetch.imap = TRUE;
        else if (g_str_equal(*word, "delete"))
            fetch.delete = TRUE;
        else if (!g_str_equal(*word, "pop3"))
            return app_command_failed(error, "fetch: %s is neither pop3, imap nor delete", *word);
    }
    return app_agent_fetch(run, &fetch, error) ? g_strdup("\"fetching\":true") : NULL;
}

static char *
app_command_crowd(AppRun *run, char **words, GError **error)
{
    guint64 count;

    if (!net_parse_number(words[0], -1, 5000, &count) || count < 3)
        return app_command_failed(error, "crowd: %s must be a number from 3 to 5000", words[0]);
    return app_agent_crowd(run, words[1], words[2], (guint)count, error)
               ? g_strdup_printf("\"clients\":%u", (guint)count)
               : NULL;
}

/* ---- host, fault, warp, reload ---- */

static char *
app_command_host(AppRun *run, char **words, GError **error)
{
    AppHost *host = app_run_host(run, words[0]);

    if (host == NULL)
        return app_command_failed(error, "there is no host %s", words[0]);
    trace_follow(host->trace, trace_last(run->trace));
    if (g_str_equal(words[1], "crash"))
        return app_host_crash(host, error) ? g_strdup("\"crashed\":true") : NULL;
    /* One that crashed and could not come back is started by hand. */
    if (g_str_equal(words[1], "up") && host->store == NULL && !app_host_crash(host, error))
        return NULL;
    if (!g_str_equal(words[1], "up") && !g_str_equal(words[1], "down"))
        return app_command_failed(error, "host: %s is neither up, down nor crash", words[1]);
    app_host_set_down(host, g_str_equal(words[1], "down"));
    return g_strdup_printf("\"down\":%s", host->down ? "true" : "false");
}

static char *
app_command_fault(AppRun *run, char **words, GError **error)
{
    g_autofree char *line = g_strjoinv(" ", words);

    if (g_str_equal(line, "clear"))
        trace_faults_clear(run->faults);
    else if (!trace_faults_arm(run->faults, line, error))
        return NULL;
    g_autofree char *armed = trace_faults_json(run->faults);

    return g_strdup_printf("\"faults\":%s", armed);
}

static char *
app_command_warp(AppRun *run, G_GNUC_UNUSED char **words, GError **error)
{
    if (net_in_flight(run->parts.net))
        return app_command_failed(error, "not now: a conversation is under way; c lets it end");
    if (!net_clock_warp(run->clock))
        return app_command_failed(error, "no timer of ours is waiting");
    return g_strdup("\"warped\":true");
}

static char *
app_command_reload(AppRun *run, G_GNUC_UNUSED char **words, GError **error)
{
    return app_run_reload(run, error) ? g_strdup("\"reloaded\":true") : NULL;
}

/* ---- user, queue, archive ---- */

/* A JSON string, quotes included. */
static char *
app_json_string(const char *text)
{
    g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), text);

    return json_to_string(node, FALSE);
}

/* "done" is a promise like any other: first the COMMIT, with all that the open group holds. */
static gboolean
app_command_commit(AppRun *run, GPtrArray *hosts, GError **error)
{
    for (guint i = 0; i < hosts->len; i++) {
        const AppAdminHost *open = g_ptr_array_index(hosts, i);
        AppHost *host = app_run_host(run, open->file->name);

        if (!open->changed)
            continue;
        smtp_queue_forget_down(host->queue); /* who asks for a try by hand wants a call */
        if (!app_host_commit(host, error))
            return FALSE;
    }
    return TRUE;
}

static char *
app_command_admin(AppRun *run, const char *area, char **words, GError **error)
{
    g_autoptr(GPtrArray) hosts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = NULL, *json = NULL;

    for (guint i = 0; i < run->hosts->len; i++) {
        AppHost *host = g_ptr_array_index(run->hosts, i);
        AppAdminHost *open;

        if (host->store == NULL)
            continue;
        open = g_new0(AppAdminHost, 1);
        open->file = host->file;
        open->store = host->store;
        g_ptr_array_add(hosts, open);
        trace_follow(store_trace(host->store), trace_last(run->trace));
    }
    text = app_admin(hosts, area, words, error);
    if (text == NULL || !app_command_commit(run, hosts, error))
        return NULL;
    json = app_json_string(text);
    return g_strdup_printf("\"text\":%s", json);
}

static char *
app_command_user(AppRun *run, char **words, GError **error)
{
    return app_command_admin(run, "user", words, error);
}

static char *
app_command_queue(AppRun *run, char **words, GError **error)
{
    return app_command_admin(run, "queue", words, error);
}

static char *
app_command_archive(AppRun *run, char **words, GError **error)
{
    return app_command_admin(run, "archive", words, error);
}

/* ---- one line ---- */

static char *
app_command_unknown(const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (const AppCommand *command = commands; command->name != NULL; command++)
        g_string_append_printf(known, " %s", command->name);
    return app_command_failed(error,
                              "unknown command '%s'; there are%s, and pause continue step "
                              "next break clear speed faults presets status watch",
                              name, known->str);
}

/* A word ends at a blank, but (@quotes) for subject="Two words": after an equals sign, quotes hold a
 * value together. In them \n is a new line, and a backslash before another character stands for
 * that. */
static char *
app_command_word(const char **line, gboolean quotes)
{
    g_autoptr(GString) word = g_string_new(NULL);
    gboolean quoted = FALSE;
    char last = '\0';

    for (; **line != '\0' && (quoted || strchr(" \t", **line) == NULL); last = *(*line)++) {
        if (quotes && **line == '"' && (quoted || last == '=')) {
            quoted = !quoted;
        } else if (quoted && **line == '\\' && (*line)[1] != '\0') {
            ++*line;
            g_string_append_c(word, **line == 'n' ? '\n' : **line);
        } else {
            g_string_append_c(word, **line);
        }
    }
    return g_string_free(g_steal_pointer(&word), FALSE);
}

/* Only `send` has words of people's in it; what others take, passwords too, is meant as it is. */
char **
app_command_words(const char *line)
{
    gboolean quotes = g_str_has_prefix(line, "send ");
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();

    for (line += strspn(line, " \t"); *line != '\0'; line += strspn(line, " \t")) {
        g_autofree char *word = app_command_word(&line, quotes);

        g_strv_builder_add(words, word);
    }
    return g_strv_builder_end(words);
}

/* What the journal may say of a command: not the password of `user add` and `user passwd`. */
static char *
app_command_shown(const char *line, char **words)
{
    if (g_str_equal(words[0], "user") && g_strv_length(words) == 4)
        return g_strdup_printf("user %s %s ***", words[1], words[2]);
    return g_strdup(line);
}

char *
app_command(AppRun *run, const char *line, GError **error)
{
    g_autofree char *spaced = g_strstrip(g_strdup(line));
    g_auto(GStrv) words = app_command_words(spaced);
    guint count = g_strv_length(words);

    for (const AppCommand *command = commands; command->name != NULL; command++) {
        if (count == 0 || !g_str_equal(words[0], command->name))
            continue;
        if (count - 1 < command->least || count - 1 > command->most)
            return app_command_failed(error, "usage: %s", command->usage);
        g_autofree char *shown = app_command_shown(spaced, words);

        trace_follow(run->trace, 0);
        trace_put_text(run->trace, "command", shown);
        app_inputs_put(run, words);
        trace_input(run->trace, "%s", shown);
        return command->run(run, words + 1, error);
    }
    return app_command_unknown(count > 0 ? words[0] : "", error);
}
