/* smtp/filter.c - should we take this content?
 *
 * Rules are tried in the order of their file (smtp/filter_rules.c reads it). The first that decides
 * ends it; tag and archive go on. Each rule tried is a decision of its own, so that a student sees
 * why the third one, and not the fifth, filed the message as junk.
 *
 * Start reading at smtp_filter_judge(). Tests: tests/test_smtp_filter.c
 */
#include <string.h>

#include "smtp/filter_rules.h"

void
smtp_judgement_free(SmtpJudgement *judgement)
{
    if (judgement == NULL)
        return;
    g_free(judgement->reply);
    g_string_free(judgement->headers, TRUE);
    g_free(judgement->archive_why);
    g_free(judgement);
}

/* What the rules look at. */
typedef struct SmtpFilterCase {
    const char *sender;
    const char *const *recipients;
    const StoreIndex *index;
    guint64 octets;
} SmtpFilterCase;

/* '*' stands for any octets, '?' for one: not for characters, since a header may hold anything.
 * Only to the last '*' is it worth going back, so nobody's text makes this slow. */
static gboolean
smtp_filter_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *from = NULL; /* behind the last '*', and what it has not taken yet */

    while (*text != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            from = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++from;
        } else {
            return FALSE;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

static gboolean
smtp_filter_compare(const SmtpRule *rule, const char *text)
{
    g_autofree char *lower = NULL;

    if (text == NULL)
        return FALSE;
    lower = g_ascii_strdown(text, -1);
    if (rule->op == SMTP_OP_CONTAINS)
        return strstr(lower, rule->value) != NULL;
    if (rule->op == SMTP_OP_IS)
        return strcmp(lower, rule->value) == 0;
    return smtp_filter_matches(rule->value, lower);
}

/* The value after @name in a list name, value, name, value..., or NULL. */
static const char *
smtp_filter_parameter(const GPtrArray *parameters, const char *name)
{
    for (guint i = 0; parameters != NULL && i + 1 < parameters->len; i += 2)
        if (g_ascii_strcasecmp(g_ptr_array_index(parameters, i), name) == 0)
            return g_ptr_array_index(parameters, i + 1);
    return NULL;
}

/* The name a part is to be saved under: of Content-Disposition, or the older one of Content-Type
 * (RFC 2183 §2.3). Any of the parts may match. */
static gboolean
smtp_filter_attachment(const SmtpRule *rule, const StoreIndex *index)
{
    for (guint i = 0; i < store_index_count(index); i++) {
        const StorePart *part = store_index_part(index, i);

        if (smtp_filter_compare(rule,
                                smtp_filter_parameter(part->disposition_parameters, "filename")) ||
            smtp_filter_compare(rule, smtp_filter_parameter(part->parameters, "name")))
            return TRUE;
    }
    return FALSE;
}

static gboolean
smtp_filter_recipient(const SmtpRule *rule, const char *const *recipients)
{
    for (; *recipients != NULL; recipients++)
        if (smtp_filter_compare(rule, *recipients))
            return TRUE;
    return FALSE;
}

static gboolean
smtp_filter_holds(const SmtpRule *rule, const SmtpFilterCase *mail)
{
    g_autofree char *header = NULL;

    switch (rule->test) {
    case SMTP_TEST_HEADER:
        header = store_index_header(mail->index, rule->header);
        return smtp_filter_compare(rule, header);
    case SMTP_TEST_SENDER: return smtp_filter_compare(rule, mail->sender);
    case SMTP_TEST_RECIPIENT: return smtp_filter_recipient(rule, mail->recipients);
    case SMTP_TEST_ATTACHMENT: return smtp_filter_attachment(rule, mail->index);
    case SMTP_TEST_SIZE:
        return rule->op == SMTP_OP_OVER ? mail->octets > rule->octets : mail->octets < rule->octets;
    }
    g_assert_not_reached();
}

/* A rule matched. TRUE: it decided. */
static gboolean
smtp_filter_act(const SmtpRule *rule, SmtpJudgement *judgement)
{
    switch (rule->action) {
    case SMTP_ACTION_ACCEPT: return TRUE;
    case SMTP_ACTION_JUNK:
        judgement->verdict = SMTP_JUNK;
        g_string_append_printf(judgement->headers,
                               "X-Glasspost-Verdict: junk (rule in line %u)\r\n", rule->line);
        return TRUE;
    case SMTP_ACTION_REFUSE:
        judgement->verdict = SMTP_REFUSE;
        judgement->reply =
            g_strdup(rule->argument != NULL ? rule->argument : "we do not take this message");
        return TRUE;
    case SMTP_ACTION_TAG:
        g_string_append_printf(judgement->headers, "%s\r\n", rule->argument);
        return FALSE;
    case SMTP_ACTION_ARCHIVE:
        judgement->archive = TRUE;
        g_free(judgement->archive_why);
        judgement->archive_why = g_strdup(rule->text);
        return FALSE;
    }
    g_assert_not_reached();
}

static void
smtp_filter_tell(Trace *trace, const SmtpFilter *filter, const SmtpRule *rule, gboolean holds)
{
    g_autofree char *file = g_path_get_basename(filter->name);

    trace_put_text(trace, "rule", rule->text);
    trace_put_number(trace, "line", rule->line);
    trace_put_flag(trace, "matched", holds);
    trace_put_text(trace, "outcome", holds ? smtp_filter_action_name(rule->action) : "no match");
    trace_decision(trace, STAGE_FILTER, "RFC 5321 §7.9", "rule %s:%u %s: %s", file, rule->line,
                   holds ? "matches" : "does not match", rule->text);
}

SmtpJudgement *
smtp_filter_judge(const SmtpFilter *filter, Trace *trace, const char *sender,
                  const char *const *recipients, const StoreIndex *index, guint64 octets)
{
    SmtpJudgement *judgement = g_new0(SmtpJudgement, 1);
    SmtpFilterCase mail = { sender, recipients, index, octets };

    judgement->verdict = SMTP_ACCEPT;
    judgement->headers = g_string_new(NULL);
    for (guint i = 0; filter != NULL && i < filter->rules->len; i++) {
        const SmtpRule *rule = g_ptr_array_index(filter->rules, i);
        gboolean holds = smtp_filter_holds(rule, &mail);

        smtp_filter_tell(trace, filter, rule, holds);
        if (holds && smtp_filter_act(rule, judgement))
            return judgement;
    }
    trace_put_text(trace, "outcome", "accept");
    trace_decision(trace, STAGE_FILTER, "RFC 5321 §7.9", "%s: the content is accepted",
                   filter == NULL ? "this host has no filter" : "no rule decides otherwise");
    return judgement;
}
