/* labs/grader/lab_check.c - reads one [check NAME]: its rule, and the values that go with it.
 *
 *   rules[]    what a rule is called, which keys it needs, and which it may have
 *   values[]   where the value of a key goes, and what such a value looks like
 *
 * Start reading at lab_check_read(). Tests: tests/test_labs_lab.c
 */
#include "labs/grader/lab_inside.h"

#include <stddef.h>
#include <string.h>
#include "app/world.h"
#include "net/line.h"
#include "trace/filter.h"

/* Words are separated by one space. */
typedef struct LabRuleForm {
    LabRule rule;
    const char *name; /* the key that makes a check one of this rule */
    const char *needs, *may;
} LabRuleForm;

/* An answer may be compared with a row, so it stands before it. */
/* clang-format off */
static const LabRuleForm rules[] = {
    { LAB_COUNT,     "count",     "",        "is at-least at-most run" },
    { LAB_NEVER,     "never",     "",        "run" },
    { LAB_ALWAYS,    "always",    "has",     "run" },
    { LAB_BEFORE,    "before",    "then",    "run" },
    { LAB_WITHIN,    "within",    "from to", "at-least run" },
    { LAB_ANSWER,    "answer",    "",        "is event field row host accept run" },
    { LAB_ROW,       "row",       "host is", "run" },
    { LAB_SAME,      "same",      "",        "" },
    { LAB_FILE,      "file",      "",        "at-most-lines matches" },
    { LAB_PREDICTED, "predicted", "",        "right run" },
};

typedef enum { LAB_TEXT, LAB_FILTER, LAB_NUMBER, LAB_DURATION, LAB_REGEX, LAB_PATH } LabValue;

#define C(field) offsetof(LabCheck, field)

static const struct {
    const char *key;
    gsize offset;
    LabValue value;
} values[] = {
    { "text",          C(text),          LAB_TEXT },
    { "count",         C(first),         LAB_FILTER },
    { "never",         C(first),         LAB_FILTER },
    { "always",        C(first),         LAB_FILTER },
    { "before",        C(first),         LAB_FILTER },
    { "within",        C(first),         LAB_DURATION },
    { "answer",        C(first),         LAB_TEXT },
    { "same",          C(first),         LAB_TEXT },
    { "file",          C(first),         LAB_PATH },
    { "predicted",     C(first),         LAB_NUMBER },
    { "right",         C(second),        LAB_NUMBER },
    { "row",           C(sql),           LAB_TEXT },
    { "has",           C(second),        LAB_FILTER },
    { "then",          C(second),        LAB_FILTER },
    { "to",            C(second),        LAB_FILTER },
    { "from",          C(third),         LAB_FILTER },
    { "event",         C(event),         LAB_FILTER },
    { "field",         C(field),         LAB_TEXT },
    { "host",          C(host),          LAB_TEXT },
    { "is",            C(is),            LAB_TEXT },
    { "at-least",      C(at_least),      LAB_NUMBER },
    { "at-most",       C(at_most),       LAB_NUMBER },
    { "at-most-lines", C(at_most_lines), LAB_NUMBER },
    { "matches",       C(matches),       LAB_REGEX },
};
/* clang-format on */

void
lab_check_free(LabCheck *check)
{
    if (check == NULL)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        g_clear_pointer((char **)((char *)check + values[i].offset), g_free);
    g_strfreev(check->accept);
    g_free(check->name);
    g_free(check);
}

LabCheck *
lab_check_for(const LabCheck *check, const LabIdentity *identity, GError **error)
{
    g_autoptr(LabCheck) mine = g_new0(LabCheck, 1);
    guint accepted = check->accept != NULL ? g_strv_length(check->accept) : 0;

    mine->name = g_strdup(check->name);
    mine->points = check->points;
    mine->rule = check->rule;
    mine->run = check->run;
    mine->harness = check->harness;
    mine->line = check->line;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        const char *text = *(char *const *)((const char *)check + values[i].offset);
        char **field = (char **)((char *)mine + values[i].offset);

        /* Several keys may share a field. */
        if (text != NULL && *field == NULL &&
            (*field = lab_identity_expand(identity, text, error)) == NULL)
            return NULL;
    }
    mine->accept = g_new0(char *, accepted + 1);
    for (guint i = 0; i < accepted; i++)
        if ((mine->accept[i] = lab_identity_expand(identity, check->accept[i], error)) == NULL)
            return NULL;
    return g_steal_pointer(&mine);
}

/* ---- which rule ---- */

/* Is @word one of @words? */
static gboolean
lab_check_word(const char *words, const char *word)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);

    return g_strv_contains((const char *const *)list, word);
}

static const LabRuleForm *
lab_check_rule(const LabFile *file, const char *section, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        gboolean is = g_key_file_has_key(file->keys, section, rules[i].name, NULL);

        /* "At the earliest" needs no "at the latest". */
        if (rules[i].rule == LAB_WITHIN)
            is |= g_key_file_has_key(file->keys, section, "from", NULL);
        if (is)
            return &rules[i];
    }
    lab_file_wrong(file, section, "", error,
                   "[%s] has no rule: count, never, always, before, within, row, answer, same, "
                   "file or predicted",
                   section);
    return NULL;
}

static gboolean
lab_check_key_fits(const LabFile *file, const char *section, const LabRuleForm *form,
                   const char *key, GError **error)
{
    const char *known[G_N_ELEMENTS(values) + 4] = { "points", "run", "accept" };
    const char *hint;

    if (g_str_equal(key, form->name) || lab_check_word("text points", key) ||
        lab_check_word(form->needs, key) || lab_check_word(form->may, key))
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        known[3 + i] = values[i].key;
    if (g_strv_contains(known, key))
        return lab_file_wrong(file, section, key, error, "%s does not go with %s", key, form->name);
    hint = app_ini_suggest(known, key);
    return lab_file_wrong(file, section, key, error, "unknown key %s in [%s]%s%s%s", key, section,
                          hint != NULL ? "; did you mean " : "", hint != NULL ? hint : "",
                          hint != NULL ? "?" : "");
}

static gboolean
lab_check_keys(const LabFile *file, const char *section, const LabRuleForm *form, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file->keys, section, NULL, NULL);
    g_auto(GStrv) needs = g_strsplit(form->needs, " ", -1);

    for (char **key = keys; *key != NULL; key++)
        if (!lab_check_key_fits(file, section, form, *key, error))
            return FALSE;
    for (char **need = needs; *need != NULL; need++)
        if (**need != '\0' && !g_key_file_has_key(file->keys, section, *need, NULL))
            return lab_file_wrong(file, section, "", error, "[%s]: %s needs %s", section,
                                  form->name, *need);
    return g_key_file_has_key(file->keys, section, "text", NULL) ||
           lab_file_wrong(file, section, "", error, "[%s] needs text, what must hold", section);
}

/* ---- what values look like ---- */

/* What differs between students is looked at when it is judged. */
static gboolean
lab_check_value(LabValue value, const char *text, GError **error)
{
    gint64 seconds;
    guint64 number;

    if (strstr(text, "${") != NULL)
        return TRUE;
    switch (value) {
    case LAB_FILTER: {
        g_autoptr(TraceFilter) filter = trace_filter_parse(text, error);
        return filter != NULL;
    }
    case LAB_REGEX: {
        g_autoptr(GRegex) regex = g_regex_new(text, 0, 0, error);
        return regex != NULL;
    }
    case LAB_NUMBER:
        if (net_parse_number(text, -1, G_MAXINT32, &number))
            return TRUE;
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "'%s' is no number", text);
        return FALSE;
    case LAB_DURATION:
        if (app_read_duration(text, &seconds))
            return TRUE;
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "'%s' is no time, which is a number and s, m, h or d", text);
        return FALSE;
    case LAB_PATH:
        if (!g_path_is_absolute(text) && strstr(text, "..") == NULL)
            return TRUE;
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "'%s' is no file of the work folder", text);
        return FALSE;
    case LAB_TEXT: break;
    }
    return TRUE;
}

/* A few words mean a number here, and a time or a text there. */
static LabValue
lab_check_value_of(LabRule rule, guint i)
{
    if (rule == LAB_COUNT && g_str_equal(values[i].key, "is"))
        return LAB_NUMBER;
    if (rule == LAB_WITHIN && g_str_equal(values[i].key, "at-least"))
        return LAB_DURATION;
    return values[i].value;
}

static gboolean
lab_check_values(const LabFile *file, const char *section, LabCheck *check, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *text = lab_file_value(file, section, values[i].key);
        g_autoptr(GError) wrong = NULL;

        if (text == NULL)
            continue;
        /* "Nothing" is what a query may have to give. */
        if (*text == '\0' && !(check->rule == LAB_ROW && g_str_equal(values[i].key, "is")))
            return lab_file_wrong(file, section, values[i].key, error, "%s has no value",
                                  values[i].key);
        if (!lab_check_value(lab_check_value_of(check->rule, i), text, &wrong))
            return lab_file_wrong(file, section, values[i].key, error, "%s: %s", values[i].key,
                                  wrong->message);
        if (!lab_file_names_known(file, section, values[i].key, text, error))
            return FALSE;
        *(char **)((char *)check + values[i].offset) = g_steal_pointer(&text);
    }
    return TRUE;
}

/* ---- what several values say together ---- */

static gboolean
lab_check_points(const LabFile *file, const char *section, LabCheck *check, GError **error)
{
    g_autofree char *text = lab_file_value(file, section, "points");
    guint64 points = 1;

    if (text != NULL && (!net_parse_number(text, -1, LAB_POINTS_MAX, &points) || points == 0))
        return lab_file_wrong(file, section, "points", error,
                              "points = %s: must be a number from 1 to %d", text, LAB_POINTS_MAX);
    check->points = (guint)points;
    return TRUE;
}

static gboolean
lab_check_accept(const LabFile *file, const char *section, LabCheck *check, GError **error)
{
    g_autofree char *text = lab_file_value(file, section, "accept");

    if (text == NULL)
        return TRUE;
    check->accept = lab_file_list(text);
    return lab_file_names_known(file, section, "accept", text, error);
}

static gboolean
lab_check_run(const LabFile *file, const char *section, LabCheck *check, GError **error)
{
    g_autofree char *name = lab_file_value(file, section, "run");
    gboolean needs = check->rule != LAB_SAME && check->rule != LAB_FILE &&
                     !(check->rule == LAB_ANSWER && check->is != NULL);

    for (guint i = 0; i < file->lab->runs->len && check->run == NULL; i++) {
        const LabRun *run = g_ptr_array_index(file->lab->runs, i);

        if (name == NULL ? needs : g_str_equal(run->name, name))
            check->run = run;
    }
    if (name != NULL && check->run == NULL)
        return lab_file_wrong(file, section, "run", error, "there is no [run %s]", name);
    return !needs || check->run != NULL ||
           lab_file_wrong(file, section, "", error,
                          "[%s] looks at a run, and there is no [run NAME]", section);
}

static gboolean
lab_check_harness(const LabFile *file, const char *section, LabCheck *check, GError **error)
{
    for (guint i = 0; i < file->lab->harnesses->len && check->rule == LAB_SAME; i++) {
        const LabHarness *harness = g_ptr_array_index(file->lab->harnesses, i);

        if (g_str_equal(harness->name, check->first))
            check->harness = harness;
    }
    return check->rule != LAB_SAME || check->harness != NULL ||
           lab_file_wrong(file, section, "same", error, "there is no [harness %s]", check->first);
}

static gboolean
lab_check_together(const LabFile *file, const char *section, const LabCheck *check, GError **error)
{
    guint truths = (check->is != NULL) + (check->event != NULL) + (check->sql != NULL);

    if (check->rule == LAB_COUNT && check->is != NULL &&
        (check->at_least != NULL || check->at_most != NULL))
        return lab_file_wrong(file, section, "is", error,
                              "count takes is, or at-least and at-most, not both");
    if (check->rule == LAB_WITHIN && check->first == NULL && check->at_least == NULL)
        return lab_file_wrong(file, section, "from", error,
                              "from and to need within (no later) or at-least (no earlier)");
    if (check->rule == LAB_FILE && check->at_most_lines == NULL && check->matches == NULL)
        return lab_file_wrong(file, section, "file", error, "file needs at-most-lines or matches");
    if (check->rule == LAB_ANSWER && truths != 1)
        return lab_file_wrong(file, section, "answer", error,
                              "answer takes one of: is; event and field; row and host");
    if (check->rule == LAB_ANSWER && ((check->event != NULL) != (check->field != NULL) ||
                                      (check->sql != NULL) != (check->host != NULL)))
        return lab_file_wrong(file, section, "answer", error,
                              "event goes with field, and row with host");
    return TRUE;
}

LabCheck *
lab_check_read(const LabFile *file, const char *section, GError **error)
{
    const LabRuleForm *form = lab_check_rule(file, section, error);
    LabCheck *check;

    if (form == NULL || !lab_check_keys(file, section, form, error))
        return NULL;
    check = g_new0(LabCheck, 1);
    check->rule = form->rule;
    check->name = g_strdup(section + strlen("check "));
    check->line = app_ini_line(&file->ini, section, "");
    if (lab_check_values(file, section, check, error) &&
        lab_check_points(file, section, check, error) &&
        lab_check_accept(file, section, check, error) &&
        lab_check_together(file, section, check, error) &&
        lab_check_run(file, section, check, error) &&
        lab_check_harness(file, section, check, error))
        return check;
    lab_check_free(check);
    return NULL;
}
