/* app/change.c - the one thing that is changed before a recorded world runs again.
 *
 * One table of what can be changed: --help, the errors and the viewer's :whatif rest on it. Each line
 * works on the world as it was read, before it is opened.
 *
 * Start reading at changes[]. Tests: tests/test_whatif.c
 */
#include "app/change.h"

#include <string.h>
#include "app/compose.h"
#include "app/ini.h"
#include "app/message.h"
#include "smtp/filter.h"

typedef struct AppChange {
    const char *name;
    const char *form;
    const char *help;
    gboolean (*apply)(AppRerun *rerun, const char *words, GError **error);
} AppChange;

static gboolean app_change_fault(AppRerun *rerun, const char *words, GError **error);
static gboolean app_change_filter(AppRerun *rerun, const char *words, GError **error);
static gboolean app_change_set(AppRerun *rerun, const char *words, GError **error);
static gboolean app_change_message(AppRerun *rerun, const char *words, GError **error);
static gboolean app_change_input(AppRerun *rerun, const char *words, GError **error);
static gboolean app_change_without(AppRerun *rerun, const char *words, GError **error);

/* clang-format off */
static const AppChange changes[] = {
    { "fault",   "fault POINT [host=H] [stage=S] [occurrence=O] [value=V]", "something goes wrong, from the start on (as ctl fault)", app_change_fault },
    { "dns",     "dns [+]NAME TYPE VALUE | dns -NAME TYPE",  "NAME's records of that TYPE are this one; +: this one too; -: gone", app_change_dns },
    { "filter",  "filter HOST: RULE",                        "a rule before the others: if header Subject contains \"x\" then junk", app_change_filter },
    { "set",     "set HOST|world|dns KEY = VALUE",           "another value in the world file",                     app_change_set },
    { "message", "message N FILE | message N FIELD: TEXT",   "the N-th message is another, or says so in its header", app_change_message },
    { "input",   "input N COMMAND",                          "the N-th input is another command, at the same time", app_change_input },
    { "without", "without N",                                "the N-th input never comes",                          app_change_without },
    { NULL, NULL, NULL, NULL },
};
/* clang-format on */

gboolean
app_change_wrong(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "change: %s", text);
    return FALSE;
}

char *
app_whatif_help(void)
{
    GString *text = g_string_new(NULL);

    for (const AppChange *change = changes; change->name != NULL; change++)
        g_string_append_printf(text, "  %s\n      %s\n", change->form, change->help);
    return g_string_free(text, FALSE);
}

/* The first word of *@words, which then begins at the next one. (transfer full) */
static char *
app_change_word(const char **words)
{
    gsize length = strcspn(*words, " \t");
    char *word = g_strndup(*words, length);

    *words += length;
    *words += strspn(*words, " \t");
    return word;
}

static gboolean
app_change_no_host(const AppRerun *rerun, const char *name, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < rerun->file->hosts->len; i++) {
        const AppHostFile *host = g_ptr_array_index(rerun->file->hosts, i);

        g_string_append_printf(names, "%s%s", i == 0 ? "" : ", ", host->name);
    }
    return app_change_wrong(error, "there is no host '%s'; there are %s", name, names->str);
}

/* ---- fault ---- */

/* Whoever asks may sit before a recording, where nothing else lists them: so all are named. */
static gboolean
app_change_is_point(const char *name, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (const TraceFaultPoint *point = trace_fault_points(); point->name != NULL; point++) {
        if (strcmp(point->name, name) == 0)
            return TRUE;
        g_string_append_printf(names, "%s%s", names->len == 0 ? "" : ", ", point->name);
    }
    return app_change_wrong(error, "there is no fault point '%s'; there are %s", name, names->str);
}

static gboolean
app_change_fault(AppRerun *rerun, const char *words, GError **error)
{
    g_autoptr(TraceFaults) trial = trace_faults_new(NULL, NULL);
    g_autofree char *command = g_strconcat("fault ", words, NULL);
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);
    g_autoptr(GError) wrong = NULL;

    if (!app_change_is_point(parts[0] != NULL ? parts[0] : "", error))
        return FALSE;
    if (!trace_faults_arm(trial, words, &wrong))
        return app_change_wrong(error, "%s", wrong->message);
    for (char **part = parts; *part != NULL; part++)
        if (g_str_has_prefix(*part, "host=") &&
            app_world_host(rerun->file, *part + strlen("host=")) == NULL)
            return app_change_no_host(rerun, *part + strlen("host="), error);
    app_world_begin_with(rerun->file, command);
    return TRUE;
}

/* ---- filter ---- */

static gboolean
app_change_filter(AppRerun *rerun, const char *words, GError **error)
{
    const char *colon = strchr(words, ':');
    g_autofree char *name = colon != NULL ? g_strndup(words, (gsize)(colon - words)) : NULL;
    AppHostFile *host = name != NULL ? app_world_host(rerun->file, g_strstrip(name)) : NULL;
    g_autofree char *rules = NULL, *all = NULL;
    g_autoptr(SmtpFilter) trial = NULL;
    g_autoptr(GError) wrong = NULL;

    if (colon == NULL)
        return app_change_wrong(error, "filter needs a host and a rule: filter HOST: if ...");
    if (host == NULL)
        return app_change_no_host(rerun, name, error);
    if (host->filter != NULL && !g_file_get_contents(host->filter, &rules, NULL, error))
        return FALSE;
    if (host->filter == NULL)
        host->filter = g_build_filename(rerun->folder, "whatif.filter", NULL);
    all = g_strdup_printf("%s\n%s", colon + 1 + strspn(colon + 1, " "), rules != NULL ? rules : "");
    if (!g_file_set_contents(host->filter, all, -1, error))
        return FALSE;
    SmtpFilterFiles files = { NULL, NULL, host->filter };
    trial = smtp_filter_load(&files, &wrong);
    return wrong == NULL || app_change_wrong(error, "%s", wrong->message);
}

/* ---- set ---- */

/* What the run itself decides, and what would name a file of this machine. */
static gboolean
app_change_may_set(const AppKey *key)
{
    static const char *const ours[] = {
        "state", "network", "clock", "journal", "journal-size", NULL
    };

    return key->type != APP_KEY_PATH && key->type != APP_KEY_PATHS &&
           !g_strv_contains(ours, key->name);
}

static gboolean
app_change_key(AppRerun *rerun, const char *where, const char *name, const char *value,
               GError **error)
{
    AppHostFile *host = app_world_host(rerun->file, where);
    gboolean of_world = g_str_equal(where, "world") || g_str_equal(where, "dns");
    const char *section = of_world ? where : "host";
    const AppKey *key = app_key_find(section, name);
    const char *meant = app_key_suggest(section, name);
    g_autoptr(GError) wrong = NULL;

    if (!of_world && host == NULL)
        return app_change_no_host(rerun, where, error);
    if (key == NULL)
        return app_change_wrong(error, "there is no key '%s' in [%s]%s%s%s", name, section,
                                meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "",
                                meant != NULL ? "?" : "");
    if (!app_change_may_set(key))
        return app_change_wrong(error, "%s can't be set here%s", name,
                                g_str_equal(name, "filter") ? ": filter HOST: RULE adds a rule"
                                                            : "");
    if (!app_key_read(key, value, rerun->folder, of_world ? (void *)rerun->file : host, &wrong))
        return app_change_wrong(error, "%s", wrong->message);
    return TRUE;
}

static gboolean
app_change_set(AppRerun *rerun, const char *words, GError **error)
{
    g_autofree char *where = app_change_word(&words);
    const char *equals = strchr(words, '=');
    g_autofree char *name = equals != NULL ? g_strndup(words, (gsize)(equals - words)) : NULL;
    g_autofree char *value = equals != NULL ? g_strstrip(g_strdup(equals + 1)) : NULL;

    if (equals == NULL)
        return app_change_wrong(error, "set needs where, what and a value: set HOST KEY = VALUE");
    return app_change_key(rerun, where, g_strstrip(name), value, error);
}

/* ---- message ---- */

static gboolean
app_change_number(const char *word, guint many, const char *what, guint *number, GError **error)
{
    guint64 value;

    if (!net_parse_number(word, -1, G_MAXINT32, &value) || value == 0)
        return app_change_wrong(error, "'%s' must be a number from 1", word);
    if (value > many)
        return app_change_wrong(error, "there is no %s %s; this journal has %u of them", what, word,
                                many);
    *number = (guint)value;
    return TRUE;
}

static guint
app_change_messages(const AppRerun *rerun)
{
    guint count = 0;

    for (guint i = 0; i < rerun->file->script->len; i++) {
        const AppScriptLine *line = g_ptr_array_index(rerun->file->script, i);

        count += g_str_has_prefix(line->command, "send ") ? 1 : 0;
    }
    return count;
}

/* "Subject: Lottery", but not the name of a file (RFC 5322 §2.2: a field's name, then a colon). */
static gboolean
app_change_is_field(const char *words)
{
    gsize length = strcspn(words, ": /.");

    return length > 0 && words[length] == ':';
}

static gboolean
app_change_message(AppRerun *rerun, const char *words, GError **error)
{
    g_autofree char *number = app_change_word(&words);
    g_autoptr(GBytes) octets = NULL;
    g_autoptr(GError) wrong = NULL;

    if (!app_change_number(number, app_change_messages(rerun), "message", &rerun->message, error))
        return FALSE;
    if (*words == '\0')
        return app_change_wrong(error, "message %s becomes what? A FILE, or FIELD: TEXT", number);
    if (app_change_is_field(words)) {
        rerun->field = g_strndup(words, strcspn(words, ":"));
        rerun->value = g_strstrip(g_strdup(strchr(words, ':') + 1));
        return TRUE;
    }
    octets = app_message_load_octets(words, NULL, &wrong);
    if (octets == NULL)
        return app_change_wrong(error, "%s", wrong->message);
    rerun->instead = app_message_lines(octets, FALSE);
    return TRUE;
}

/* Where the next line of @text begins. */
static const char *
app_change_next_line(const char *text, const char *end)
{
    const char *newline = memchr(text, '\n', (gsize)(end - text));

    return newline != NULL ? newline + 1 : end;
}

/* The message with @field said anew, in the first place where it stood, else at the top. Lines that
 * begin with a blank belong to the one before (RFC 5322 §2.2.3). */
static GBytes *
app_change_field(const AppRerun *rerun, GBytes *message)
{
    gsize length, name = strlen(rerun->field);
    const char *text = g_bytes_get_data(message, &length), *end = text + length, *from = text;
    GString *out = g_string_sized_new(length + 200);

    while (from < end && *from != '\r' && *from != '\n') {
        if ((gsize)(end - from) > name && from[name] == ':' &&
            g_ascii_strncasecmp(from, rerun->field, name) == 0)
            break;
        from = app_change_next_line(from, end);
    }
    if (from == end || *from == '\r' || *from == '\n')
        from = text;
    const char *to = from;

    if (from < end && g_ascii_strncasecmp(from, rerun->field, name) == 0 && from[name] == ':')
        do
            to = app_change_next_line(to, end);
        while (to < end && (*to == ' ' || *to == '\t'));
    g_string_append_len(out, text, from - text);
    g_string_append_printf(out, "%s: %s\r\n", rerun->field, rerun->value);
    g_string_append_len(out, to, end - to);
    return g_string_free_to_bytes(out);
}

GBytes *
app_change_amend(void *data, guint number, GBytes *message)
{
    const AppRerun *rerun = data;

    if (number != rerun->message)
        return g_bytes_ref(message);
    return rerun->instead != NULL ? g_bytes_ref(rerun->instead) : app_change_field(rerun, message);
}

/* ---- inputs ---- */

static gboolean
app_change_input(AppRerun *rerun, const char *words, GError **error)
{
    g_autofree char *word = app_change_word(&words);
    guint number;
    AppScriptLine *line;

    if (!app_change_number(word, rerun->file->script->len, "input", &number, error))
        return FALSE;
    if (*words == '\0')
        return app_change_wrong(error, "input %s becomes which command? without %s drops it", word,
                                word);
    line = g_ptr_array_index(rerun->file->script, number - 1);
    g_free(line->command);
    line->command = g_strdup(words);
    return TRUE;
}

static gboolean
app_change_without(AppRerun *rerun, const char *words, GError **error)
{
    guint number;

    if (!app_change_number(words, rerun->file->script->len, "input", &number, error))
        return FALSE;
    g_ptr_array_remove_index(rerun->file->script, number - 1);
    return TRUE;
}

/* ---- one line ---- */

gboolean
app_change_apply(AppRerun *rerun, const char *text, GError **error)
{
    g_autofree char *line = g_strstrip(g_strdup(text));
    const char *words = line;
    g_autofree char *name = app_change_word(&words);
    g_autoptr(GString) known = g_string_new(NULL);

    if (line[strcspn(line, "\r\n")] != '\0')
        return app_change_wrong(error, "it is one line");
    for (const AppChange *change = changes; change->name != NULL; change++) {
        if (!g_str_equal(change->name, name)) {
            g_string_append_printf(known, " %s", change->name);
            continue;
        }
        if (*words == '\0')
            return app_change_wrong(error, "usage: %s", change->form);
        return change->apply(rerun, words, error);
    }
    return app_change_wrong(error, "'%s' is nothing that can be changed; there are%s", name,
                            known->str);
}
