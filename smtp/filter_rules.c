/* smtp/filter_rules.c - reads a file of filter rules.
 *
 *   line   = "if" test "then" action
 *   test   = "header" NAME op STRING | "sender" op STRING | "recipient" op STRING
 *          | "attachment" op STRING  | "size" ("over" | "under") NUMBER ["K" | "M" | "G"]
 *   op     = "contains" | "is" | "matches"              matches: * and ? as in file names
 *   action = "accept" | "junk" | "refuse" [STRING]      these decide, and end it
 *          | "tag" STRING | "archive"                   these go on
 *
 * Upper and lower case are the same in all comparisons. Text behind # is a comment. A mistake is
 * named with file, line and column.
 *
 * Start reading at smtp_filter_parse(). Tests: tests/test_smtp_filter.c
 */
#include "smtp/filter_rules.h"

#include <string.h>

#define SMTP_FILTER_FILE_MAX  (1024 * 1024)
#define SMTP_FILTER_RULES_MAX 1000
#define SMTP_FILTER_WORD_MAX  400 /* a reply's or a header's text must fit its line */

/* The words of the language, in the order of the values above. */
static const char *const smtp_filter_tests[] = { "header",     "sender", "recipient",
                                                 "attachment", "size",   NULL };
static const char *const smtp_filter_ops[] = { "contains", "is", "matches", "over", "under", NULL };
static const char *const smtp_filter_actions[] = { "accept", "junk",    "refuse",
                                                   "tag",    "archive", NULL };

const char *
smtp_filter_action_name(SmtpAction action)
{
    return smtp_filter_actions[action];
}

/* A line being read. */
typedef struct SmtpFilterReader {
    const char *name;
    guint line;
    const char *start; /* of the line */
    const char *next;  /* what is not read yet */
} SmtpFilterReader;

static void
smtp_filter_rule_free(SmtpRule *rule)
{
    if (rule == NULL)
        return;
    g_free(rule->text);
    g_free(rule->header);
    g_free(rule->value);
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

G_DEFINE_QUARK(smtp - filter - error, smtp_filter_error)

static gboolean
smtp_filter_wrong(const SmtpFilterReader *reader, GError **error, const char *what)
{
    g_set_error(error, smtp_filter_error_quark(), 0, "%s:%u:%u: %s", reader->name, reader->line,
                (guint)(reader->next - reader->start) + 1, what);
    return FALSE;
}

static void
smtp_filter_skip(SmtpFilterReader *reader)
{
    reader->next += strspn(reader->next, " \t\r");
}

/* The next word of letters, or a number with its letter. */
static char *
smtp_filter_word(SmtpFilterReader *reader)
{
    gsize length;
    char *word;

    smtp_filter_skip(reader);
    length = strcspn(reader->next, " \t\r\"#");
    word = g_strndup(reader->next, length);
    reader->next += length;
    return word;
}

/* Reads one of @words and writes its place; @what names them for people. */
static gboolean
smtp_filter_choice(SmtpFilterReader *reader, const char *const *words, const char *what,
                   guint *choice, GError **error)
{
    SmtpFilterReader before = *reader;
    g_autofree char *word = smtp_filter_word(reader);

    for (guint i = 0; words[i] != NULL; i++)
        if (g_ascii_strcasecmp(word, words[i]) == 0) {
            *choice = i;
            return TRUE;
        }
    smtp_filter_skip(&before);
    g_autofree char *list = g_strjoinv(", ", (char **)words);
    g_autofree char *text = g_strdup_printf("%s expected, one of: %s", what, list);
    return smtp_filter_wrong(&before, error, text);
}

/* "if" and "then" are there for the reader. */
static gboolean
smtp_filter_keyword(SmtpFilterReader *reader, const char *keyword, GError **error)
{
    const char *const words[] = { keyword, NULL };
    guint choice;

    return smtp_filter_choice(reader, words, "a keyword", &choice, error);
}

/* "..." in one line, printable, without escapes. NULL: @error. */
static char *
smtp_filter_string(SmtpFilterReader *reader, GError **error)
{
    const char *end;
    char *text;

    smtp_filter_skip(reader);
    if (*reader->next != '"') {
        smtp_filter_wrong(reader, error, "a text in double quotes expected");
        return NULL;
    }
    end = strchr(reader->next + 1, '"');
    if (end == NULL || end - reader->next > SMTP_FILTER_WORD_MAX) {
        smtp_filter_wrong(reader, error,
                          end == NULL ? "the quote is not closed"
                                      : "the text is longer than 400 octets");
        return NULL;
    }
    text = g_strndup(reader->next + 1, end - reader->next - 1);
    reader->next = end + 1;
    return text;
}

/* "10M" in octets. */
static gboolean
smtp_filter_size(SmtpFilterReader *reader, guint64 *octets, GError **error)
{
    SmtpFilterReader before = *reader;
    g_autofree char *word = smtp_filter_word(reader);
    gsize digits = strspn(word, "0123456789");
    static const char units[] = "KMG";
    const char *unit = word[digits] == '\0' ? NULL : strchr(units, g_ascii_toupper(word[digits]));
    guint shift = unit == NULL ? 0 : 10 * (guint)(unit - units + 1);

    smtp_filter_skip(&before);
    if ((word[digits] != '\0' && (unit == NULL || word[digits + 1] != '\0')) ||
        !net_parse_number(word, (gssize)digits, G_MAXUINT32, octets))
        return smtp_filter_wrong(&before, error, "a size such as 500K or 10M expected");
    *octets <<= shift;
    return TRUE;
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

static gboolean
smtp_filter_read_test(SmtpFilterReader *reader, SmtpRule *rule, GError **error)
{
    guint choice;

    if (!smtp_filter_keyword(reader, "if", error) ||
        !smtp_filter_choice(reader, smtp_filter_tests, "a test", &choice, error))
        return FALSE;
    rule->test = choice;
    if (rule->test == SMTP_TEST_HEADER) {
        rule->header = smtp_filter_word(reader);
        if (*rule->header == '\0')
            return smtp_filter_wrong(reader, error, "the name of a header field expected");
    }
    SmtpFilterReader before = *reader;
    if (!smtp_filter_choice(reader, smtp_filter_ops, "a comparison", &choice, error))
        return FALSE;
    rule->op = choice;
    if ((rule->test == SMTP_TEST_SIZE) != (rule->op >= SMTP_OP_OVER)) {
        smtp_filter_skip(&before);
        return smtp_filter_wrong(&before, error,
                                 "sizes are over or under; texts contain, are or match");
    }
    if (rule->test == SMTP_TEST_SIZE)
        return smtp_filter_size(reader, &rule->octets, error);
    g_autofree char *value = smtp_filter_string(reader, error);
    rule->value = value == NULL ? NULL : g_ascii_strdown(value, -1);
    return value != NULL;
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

    smtp_filter_skip(reader);
    if (*reader->next == '\0' || *reader->next == '#')
        return TRUE;
    if (filter->rules->len >= SMTP_FILTER_RULES_MAX)
        return smtp_filter_wrong(reader, error, "more than 1000 rules");
    rule->line = reader->line;
    rule->text = g_strstrip(g_strdup(reader->start));
    if (!smtp_filter_read_test(reader, rule, error) ||
        !smtp_filter_read_action(reader, rule, error))
        return FALSE;
    g_ptr_array_add(filter->rules, g_steal_pointer(&rule));
    return TRUE;
}

SmtpFilter *
smtp_filter_parse(const char *name, const char *text, GError **error)
{
    g_autoptr(SmtpFilter) filter = g_new0(SmtpFilter, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    filter->name = g_strdup(name);
    filter->rules = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_filter_rule_free);
    for (guint i = 0; lines[i] != NULL; i++) {
        SmtpFilterReader reader = { name, i + 1, lines[i], lines[i] };

        if (!smtp_filter_read_line(filter, &reader, error))
            return NULL;
    }
    return g_steal_pointer(&filter);
}

SmtpFilter *
smtp_filter_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    if (length > SMTP_FILTER_FILE_MAX) {
        g_set_error(error, smtp_filter_error_quark(), 0, "%s: a rule file has at most 1 MB", path);
        return NULL;
    }
    return smtp_filter_parse(path, text, error);
}
