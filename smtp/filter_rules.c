/* smtp/filter_rules.c - reads a file of filter rules.
 *
 *   line   = "if" test "then" action
 *   test   = place op STRING             place: client, helo, sender, recipient, header NAME, body,
 *                                               attachment (its name), attachment-type
 *          | "size" ("over" | "under") NUMBER ["K" | "M" | "G"]
 *          | "gtube"                     the standard test string for spam is in the text
 *   op     = "contains" | "is" | "matches"              matches: * and ? as in file names
 *          | "in"                                       STRING: a list's file (smtp/filter_list.h)
 *   action = "accept" | "junk" | "hold" | "refuse" [STRING]      these decide, and end it
 *          | "tag" STRING | "archive"                            these go on
 *
 * Upper and lower case are the same in all comparisons. Text behind # is a comment. A mistake is
 * named with file, line and column, and the word that may have been meant.
 *
 * Start reading at smtp_filter_parse(). Tests: tests/test_smtp_filter_rules.c
 */
#include "smtp/filter_rules.h"

#include <string.h>

#include "smtp/filter_words.h"

#define SMTP_FILTER_FILE_MAX  (1024 * 1024)
#define SMTP_FILTER_RULES_MAX 1000

/* The words of the language, in the order of the values in filter_rules.h. */
/* clang-format off */
static const struct {
    const char *word;
    SmtpPoint point; /* what it looks at is known from here on */
    const char *ops; /* how it can be compared */
} smtp_filter_places[] = {
    { "client",          SMTP_AT_CONNECT, "contains is matches in" },
    { "helo",            SMTP_AT_MAIL,    "contains is matches in" },
    { "sender",          SMTP_AT_MAIL,    "contains is matches in" },
    { "recipient",       SMTP_AT_RCPT,    "contains is matches in" },
    { "header",          SMTP_AT_DATA,    "contains is matches" },
    { "body",            SMTP_AT_DATA,    "contains" },
    { "attachment",      SMTP_AT_DATA,    "contains is matches" },
    { "attachment-type", SMTP_AT_DATA,    "contains is matches" },
    { "size",            SMTP_AT_DATA,    "over under" },
    { "gtube",           SMTP_AT_DATA,    "" },
};
/* clang-format on */
static const char *const smtp_filter_ops[] = { "contains", "is",    "matches", "in",
                                               "over",     "under", NULL };
static const char *const smtp_filter_actions[] = { "accept", "junk",    "hold", "refuse",
                                                   "tag",    "archive", NULL };

const char *
smtp_filter_action_name(SmtpAction action)
{
    return smtp_filter_actions[action];
}

SmtpPoint
smtp_filter_point(SmtpTest test)
{
    return smtp_filter_places[test].point;
}

static void
smtp_filter_rule_free(SmtpRule *rule)
{
    if (rule == NULL)
        return;
    g_free(rule->where);
    g_free(rule->label);
    g_free(rule->text);
    g_free(rule->header);
    g_free(rule->value);
    smtp_list_free(rule->list);
    g_free(rule->argument);
    g_free(rule);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpRule, smtp_filter_rule_free)

void
smtp_filter_free(SmtpFilter *filter)
{
    if (filter == NULL)
        return;
    g_ptr_array_unref(filter->rules);
    g_free(filter->name);
    g_free(filter);
}

/* Texts that end up in a reply or a header line must not end that line. */
static gboolean
smtp_filter_is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < 32 || *text > 126)
            return FALSE;
    return TRUE;
}

/* "Name: value", as a header field is written (RFC 5322 §2.2). */
static gboolean
smtp_filter_is_field(const char *text)
{
    const char *colon = strchr(text, ':');

    if (colon == NULL || colon == text || !smtp_filter_is_plain(text))
        return FALSE;
    for (const char *octet = text; octet < colon; octet++)
        if (*octet == ' ')
            return FALSE;
    return TRUE;
}

/* ---- a rule ---- */

/* The list stands beside the file that names it. */
static gboolean
smtp_filter_read_list(SmtpFilterReader *reader, SmtpRule *rule, GError **error)
{
    SmtpFilterReader before = *reader;
    g_autofree char *file = smtp_filter_string(reader, error);
    g_autofree char *folder = g_path_get_dirname(reader->name);
    g_autofree char *path = file == NULL               ? NULL
                            : g_path_is_absolute(file) ? g_strdup(file)
                                                       : g_build_filename(folder, file, NULL);
    g_autoptr(GError) wrong = NULL;

    if (path == NULL)
        return FALSE;
    rule->list = smtp_list_load(path, &wrong);
    smtp_filter_skip(&before);
    return rule->list != NULL || smtp_filter_wrong(&before, error, wrong->message);
}

static gboolean
smtp_filter_read_op(SmtpFilterReader *reader, SmtpRule *rule, GError **error)
{
    g_auto(GStrv) fitting = g_strsplit(smtp_filter_places[rule->test].ops, " ", -1);
    guint choice;

    if (fitting[0] == NULL || *fitting[0] == '\0')
        return TRUE;
    if (!smtp_filter_choice(reader, (const char *const *)fitting, "a comparison", &choice, error))
        return FALSE;
    for (guint i = 0; smtp_filter_ops[i] != NULL; i++)
        if (g_str_equal(fitting[choice], smtp_filter_ops[i]))
            rule->op = (SmtpOp)i;
    if (rule->test == SMTP_TEST_SIZE)
        return smtp_filter_size(reader, &rule->octets, error);
    if (rule->op == SMTP_OP_IN)
        return smtp_filter_read_list(reader, rule, error);
    g_autofree char *value = smtp_filter_string(reader, error);
    rule->value = value == NULL ? NULL : g_ascii_strdown(value, -1);
    return value != NULL;
}

/* A colon is easily written with it, and no field has such a name (RFC 5322 §2.2). */
static gboolean
smtp_filter_read_header(SmtpFilterReader *reader, SmtpRule *rule, GError **error)
{
    smtp_filter_skip(reader);
    SmtpFilterReader before = *reader;

    rule->header = smtp_filter_word(reader);
    if (*rule->header == '\0')
        return smtp_filter_wrong(reader, error, "the name of a header field expected");
    if (strchr(rule->header, ':') != NULL)
        return smtp_filter_wrong(&before, error,
                                 "the name of a header field expected, without its colon");
    return TRUE;
}

static gboolean
smtp_filter_read_test(SmtpFilterReader *reader, SmtpRule *rule, GError **error)
{
    const char *words[G_N_ELEMENTS(smtp_filter_places) + 1] = { NULL };
    guint choice;

    for (gsize i = 0; i < G_N_ELEMENTS(smtp_filter_places); i++)
        words[i] = smtp_filter_places[i].word;
    if (!smtp_filter_keyword(reader, "if", error) ||
        !smtp_filter_choice(reader, words, "a test", &choice, error))
        return FALSE;
    rule->test = (SmtpTest)choice;
    if (rule->test == SMTP_TEST_HEADER && !smtp_filter_read_header(reader, rule, error))
        return FALSE;
    return smtp_filter_read_op(reader, rule, error);
}

static gboolean
smtp_filter_read_action(SmtpFilterReader *reader, SmtpRule *rule, GError **error)
{
    guint choice;

    if (!smtp_filter_keyword(reader, "then", error) ||
        !smtp_filter_choice(reader, smtp_filter_actions, "an action", &choice, error))
        return FALSE;
    rule->action = choice;
    smtp_filter_skip(reader);
    SmtpFilterReader before = *reader;
    if (rule->action == SMTP_ACTION_TAG ||
        (rule->action == SMTP_ACTION_REFUSE && *reader->next == '"')) {
        rule->argument = smtp_filter_string(reader, error);
        if (rule->argument == NULL)
            return FALSE;
    }
    if (rule->action == SMTP_ACTION_TAG && !smtp_filter_is_field(rule->argument))
        return smtp_filter_wrong(&before, error, "a tag is a header field: \"X-Name: value\"");
    if (rule->argument != NULL && !smtp_filter_is_plain(rule->argument))
        return smtp_filter_wrong(&before, error, "only ASCII travels in a reply");
    smtp_filter_skip(reader);
    if (*reader->next != '\0' && *reader->next != '#')
        return smtp_filter_wrong(reader, error, "something stands behind the rule");
    return TRUE;
}

static gboolean
smtp_filter_read_line(SmtpFilter *filter, SmtpFilterReader *reader, GError **error)
{
    g_autoptr(SmtpRule) rule = g_new0(SmtpRule, 1);
    g_autofree char *file = g_path_get_basename(reader->name);

    smtp_filter_skip(reader);
    if (*reader->next == '\0' || *reader->next == '#')
        return TRUE;
    if (filter->rules->len >= SMTP_FILTER_RULES_MAX)
        return smtp_filter_wrong(reader, error, "more than 1000 rules");
    rule->line = reader->line;
    rule->where = g_strdup_printf("%s:%u", file, reader->line);
    rule->label = g_strdup_printf("line %u", reader->line);
    rule->text = g_strstrip(g_strdup(reader->start));
    if (!smtp_filter_read_test(reader, rule, error) ||
        !smtp_filter_read_action(reader, rule, error))
        return FALSE;
    g_ptr_array_add(filter->rules, g_steal_pointer(&rule));
    return TRUE;
}

/* ---- files ---- */

static SmtpFilter *
smtp_filter_new(const char *name)
{
    SmtpFilter *filter = g_new0(SmtpFilter, 1);

    filter->name = g_strdup(name);
    filter->rules = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_filter_rule_free);
    return filter;
}

static gboolean
smtp_filter_read(SmtpFilter *filter, const char *name, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        SmtpFilterReader reader = { name, i + 1, lines[i], lines[i] };

        if (!smtp_filter_read_line(filter, &reader, error))
            return FALSE;
    }
    return TRUE;
}

SmtpFilter *
smtp_filter_parse(const char *name, const char *text, GError **error)
{
    g_autoptr(SmtpFilter) filter = smtp_filter_new(name);

    return smtp_filter_read(filter, name, text, error) ? g_steal_pointer(&filter) : NULL;
}

static gboolean
smtp_filter_read_file(SmtpFilter *filter, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, error))
        return FALSE;
    if (length > SMTP_FILTER_FILE_MAX) {
        g_set_error(error, smtp_filter_error_quark(), 0, "%s: a rule file has at most 1 MB", path);
        return FALSE;
    }
    return smtp_filter_read(filter, path, text, error);
}

/* A list that the world file names stands for two rules, on top of the file's own. */
static gboolean
smtp_filter_add_list(SmtpFilter *filter, const char *key, const char *path, SmtpAction action,
                     GError **error)
{
    static const SmtpTest tests[] = { SMTP_TEST_CLIENT, SMTP_TEST_SENDER };
    g_autofree char *file = g_path_get_basename(path);

    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        const char *place = smtp_filter_places[tests[i]].word;
        SmtpRule *rule = g_new0(SmtpRule, 1);

        g_ptr_array_add(filter->rules, rule);
        rule->where = g_strdup(key);
        rule->label = g_strdup_printf("%s %s", key, place);
        rule->text = g_strdup_printf("if %s in \"%s\" then %s", place, file,
                                     smtp_filter_action_name(action));
        rule->test = tests[i];
        rule->op = SMTP_OP_IN;
        rule->action = action;
        rule->list = smtp_list_load(path, error);
        if (rule->list == NULL)
            return FALSE;
    }
    return TRUE;
}

SmtpFilter *
smtp_filter_load(const SmtpFilterFiles *files, GError **error)
{
    g_autoptr(SmtpFilter) filter = smtp_filter_new(files->rules != NULL ? files->rules : "lists");

    if (files->allow == NULL && files->block == NULL && files->rules == NULL)
        return NULL;
    if (files->allow != NULL &&
        !smtp_filter_add_list(filter, "allow-list", files->allow, SMTP_ACTION_ACCEPT, error))
        return NULL;
    if (files->block != NULL &&
        !smtp_filter_add_list(filter, "block-list", files->block, SMTP_ACTION_REFUSE, error))
        return NULL;
    if (files->rules != NULL && !smtp_filter_read_file(filter, files->rules, error))
        return NULL;
    return g_steal_pointer(&filter);
}
