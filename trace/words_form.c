/* trace/words_form.c - one message, two messages: which form a language takes for a number.
 *
 * A catalogue says it in its header as an expression of C over n, from English's "n != 1" to
 * Polish's "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2". It is worked out as
 * it is read, the operators by their strength. The text is our own (msgfmt has checked it, and it
 * is compiled in); what does not fit ends the reading and counts as 0, the first form.
 *
 * Tests: tests/test_trace_words.c
 */
#include "trace/words_inside.h"

#include <string.h>

#define WORDS_FORMS 6 /* no language has more */

typedef struct WordsRule {
    const char *at; /* what is still to be read */
    guint64 n;
} WordsRule;

/* clang-format off */
static const struct WordsOperator {
    const char *sign;
    int strength; /* a stronger one is done first */
} operators[] = {
    { "||", 1 }, { "&&", 2 }, { "==", 3 }, { "!=", 3 }, { "<=", 4 }, { ">=", 4 }, { "<", 4 }, { ">", 4 },
    { "+", 5 },  { "-", 5 },  { "*", 6 },  { "/", 6 },  { "%", 6 },
};
/* clang-format on */

static guint64 words_form_choice(WordsRule *rule);

static gboolean
words_form_take(WordsRule *rule, const char *sign)
{
    while (*rule->at == ' ')
        rule->at++;
    if (!g_str_has_prefix(rule->at, sign))
        return FALSE;
    rule->at += strlen(sign);
    return TRUE;
}

/* n, a number, (a choice), !value */
static guint64
words_form_value(WordsRule *rule)
{
    guint64 value;
    char *end;

    if (words_form_take(rule, "!"))
        return !words_form_value(rule);
    if (words_form_take(rule, "n"))
        return rule->n;
    if (words_form_take(rule, "(")) {
        value = words_form_choice(rule);
        words_form_take(rule, ")");
        return value;
    }
    value = g_ascii_strtoull(rule->at, &end, 10);
    rule->at = end;
    return value;
}

static guint64
words_form_apply(const char *sign, guint64 a, guint64 b)
{
    switch (sign[0]) {
    case '|': return a || b;
    case '&': return a && b;
    case '=': return a == b;
    case '!': return a != b;
    case '<': return sign[1] == '=' ? a <= b : a < b;
    case '>': return sign[1] == '=' ? a >= b : a > b;
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return b == 0 ? 0 : a / b;
    default: return b == 0 ? 0 : a % b;
    }
}

/* A value, and what follows it as long as the operators are at least as strong as @strength. */
static guint64
words_form_row(WordsRule *rule, int strength)
{
    guint64 value = words_form_value(rule);

    for (guint i = 0; i < G_N_ELEMENTS(operators);) {
        if (operators[i].strength >= strength && words_form_take(rule, operators[i].sign)) {
            guint64 right = words_form_row(rule, operators[i].strength + 1);

            value = words_form_apply(operators[i].sign, value, right);
            i = 0;
        } else {
            i++;
        }
    }
    return value;
}

static guint64
words_form_choice(WordsRule *rule)
{
    guint64 value = words_form_row(rule, 1);
    guint64 yes;
    guint64 no;

    if (!words_form_take(rule, "?"))
        return value;
    yes = words_form_choice(rule);
    words_form_take(rule, ":");
    no = words_form_choice(rule);
    return value ? yes : no;
}

guint
words_form(const char *rule, guint64 n)
{
    WordsRule reading = { .at = rule, .n = n };
    guint64 form = words_form_choice(&reading);

    return form < WORDS_FORMS ? (guint)form : 0;
}
