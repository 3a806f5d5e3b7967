/* smtp/filter.c - should we take this? Each rule tried is told, in order.
 *
 *   connect   MAIL           RCPT        end of data
 *   client    helo, sender   recipient   header, body, attachment, size, gtube
 *
 * A rule is tried at the first point where all it looks at is known: refusing early costs both
 * sides least, and nobody writes a bounce for it later. Each rule tried is a decision of its own,
 * so that a student sees why the third one, and not the fifth, filed the message as junk.
 *
 * smtp/filter_rules.c reads the file; smtp/policy.c asks, from the session's four points. Start
 * reading at smtp_filter_judge(). Tests: tests/test_smtp_filter.c
 */
#include <string.h>

#include "smtp/filter_rules.h"
#include "smtp/filter_text.h"
#include "trace/text.h"

#define SMTP_FILTER_NAMED_MAX 100 /* rules that are named in the header field; others are counted */
#define SMTP_FILTER_FOLD      72  /* columns of one of its lines */

typedef enum { SMTP_NOT_TRIED, SMTP_NO_MATCH, SMTP_MATCH } SmtpTried;

/* ---- what came of it ---- */

SmtpJudgement *
smtp_judgement_new(void)
{
    SmtpJudgement *judgement = g_new0(SmtpJudgement, 1);

    judgement->verdict = SMTP_ACCEPT;
    judgement->headers = g_string_new(NULL);
    judgement->tried = g_byte_array_new();
    return judgement;
}

void
smtp_judgement_free(SmtpJudgement *judgement)
{
    if (judgement == NULL)
        return;
    g_free(judgement->reply);
    g_string_free(judgement->headers, TRUE);
    g_free(judgement->archive_why);
    g_byte_array_unref(judgement->tried);
    g_free(judgement);
}

/* A rule that looks at recipients is tried more than once: that it matched once is what counts. */
static void
smtp_judgement_note(SmtpJudgement *judgement, guint rule, SmtpTried tried)
{
    guint before = judgement->tried->len;

    if (before <= rule) {
        g_byte_array_set_size(judgement->tried, rule + 1);
        memset(judgement->tried->data + before, SMTP_NOT_TRIED, rule + 1 - before);
    }
    judgement->tried->data[rule] = MAX(judgement->tried->data[rule], (guint8)tried);
}

static void
smtp_judgement_archive(SmtpJudgement *judgement, const char *why)
{
    judgement->archive = TRUE;
    g_free(judgement->archive_why);
    judgement->archive_why = g_strdup(why);
}

void
smtp_judgement_add(SmtpJudgement *judgement, const SmtpJudgement *from)
{
    judgement->verdict = MAX(judgement->verdict, from->verdict);
    g_string_append(judgement->headers, from->headers->str);
    if (from->archive)
        smtp_judgement_archive(judgement, from->archive_why);
    for (guint i = 0; i < from->tried->len; i++)
        smtp_judgement_note(judgement, i, (SmtpTried)from->tried->data[i]);
}

/* ---- comparing ---- */

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
    if (rule->op == SMTP_OP_IN)
        return smtp_list_find(rule->list, text) != NULL;
    lower = g_ascii_strdown(text, -1);
    if (rule->op == SMTP_OP_CONTAINS)
        return strstr(lower, rule->value) != NULL;
    if (rule->op == SMTP_OP_IS)
        return strcmp(lower, rule->value) == 0;
    return smtp_filter_matches(rule->value, lower);
}

/* ---- what rules look at ---- */

/* One point of one message; the text is decoded when the first rule asks for it. */
typedef struct SmtpLook {
    const SmtpCase *mail;
    const StoreIndex *index; /* at the end of data; else NULL */
    char *text;
} SmtpLook;

/* As it came, and as its reader sees it: "=?utf-8?B?TG90dGVyeQ==?=" is a lottery, too. */
static gboolean
smtp_filter_value_holds(const SmtpRule *rule, const char *value)
{
    g_autofree char *decoded = NULL;

    if (smtp_filter_compare(rule, value))
        return TRUE;
    decoded = smtp_filter_decode(value);
    return smtp_filter_compare(rule, decoded);
}

/* A field that may stand there once stands there twice where somebody hopes that we look at the one
 * and the reader sees the other. So any of them may match. */
static gboolean
smtp_filter_header_holds(const SmtpRule *rule, const StoreIndex *index)
{
    char *value;

    for (guint nth = 0; (value = store_index_header_nth(index, rule->header, nth)) != NULL; nth++) {
        gboolean holds = smtp_filter_value_holds(rule, value);

        g_free(value);
        if (holds)
            return TRUE;
    }
    return FALSE;
}

/* A name as it came, and as it is saved where dots and spaces at its end are dropped: "x.exe. " is a
 * program, too. */
static gboolean
smtp_filter_saved_as(const SmtpRule *rule, const char *name)
{
    gsize length = strlen(name);
    g_autofree char *saved = NULL;

    while (length > 0 && strchr(". ", name[length - 1]) != NULL)
        length--;
    saved = g_strndup(name, length);
    return smtp_filter_compare(rule, name) || smtp_filter_compare(rule, saved);
}

/* @parameters: name, value, name, value... Each of that @name is looked at: which of two a program
 * takes, nobody knows. */
static gboolean
smtp_filter_parameter_holds(const SmtpRule *rule, const GPtrArray *parameters, const char *name)
{
    for (guint i = 0; parameters != NULL && i + 1 < parameters->len; i += 2)
        if (g_ascii_strcasecmp(g_ptr_array_index(parameters, i), name) == 0 &&
            smtp_filter_saved_as(rule, g_ptr_array_index(parameters, i + 1)))
            return TRUE;
    return FALSE;
}

/* The name a part is to be saved under: of Content-Disposition, or the older one of Content-Type
 * (RFC 2183 §2.3); both were decoded when the message came in (RFC 2231 §4). */
static gboolean
smtp_filter_name_holds(const SmtpRule *rule, const StorePart *part)
{
    return smtp_filter_parameter_holds(rule, part->disposition_parameters, "filename") ||
           smtp_filter_parameter_holds(rule, part->parameters, "name");
}

static gboolean
smtp_filter_type_holds(const SmtpRule *rule, const StorePart *part)
{
    g_autofree char *type = g_strdup_printf("%s/%s", part->type, part->subtype);

    return smtp_filter_compare(rule, type);
}

/* Any of the parts may match. */
static gboolean
smtp_filter_part_holds(const SmtpRule *rule, const StoreIndex *index)
{
    for (guint i = 0; i < store_index_count(index); i++) {
        const StorePart *part = store_index_part(index, i);

        if (rule->test == SMTP_TEST_ATTACHMENT ? smtp_filter_name_holds(rule, part)
                                               : smtp_filter_type_holds(rule, part))
            return TRUE;
    }
    return FALSE;
}

static const char *
smtp_filter_look_text(SmtpLook *look)
{
    if (look->text == NULL)
        look->text = smtp_filter_text(look->mail->draft);
    return look->text;
}

static gboolean
smtp_filter_holds(const SmtpRule *rule, SmtpLook *look)
{
    guint64 octets;

    switch (rule->test) {
    case SMTP_TEST_CLIENT: return smtp_filter_compare(rule, look->mail->client);
    case SMTP_TEST_HELO: return smtp_filter_compare(rule, look->mail->helo);
    case SMTP_TEST_SENDER: return smtp_filter_compare(rule, look->mail->sender);
    case SMTP_TEST_RECIPIENT: return smtp_filter_compare(rule, look->mail->recipient);
    case SMTP_TEST_HEADER: return smtp_filter_header_holds(rule, look->index);
    case SMTP_TEST_BODY: return smtp_filter_compare(rule, smtp_filter_look_text(look));
    case SMTP_TEST_GTUBE: return strstr(smtp_filter_look_text(look), SMTP_FILTER_GTUBE) != NULL;
    case SMTP_TEST_ATTACHMENT:
    case SMTP_TEST_ATTACHMENT_TYPE: return smtp_filter_part_holds(rule, look->index);
    case SMTP_TEST_SIZE:
        octets = store_draft_octets(look->mail->draft);
        return rule->op == SMTP_OP_OVER ? octets > rule->octets : octets < rule->octets;
    }
    g_assert_not_reached();
}

/* ---- judging ---- */

/* A rule matched. TRUE: it decided. */
static gboolean
smtp_filter_act(const SmtpRule *rule, SmtpPoint point, SmtpJudgement *judgement)
{
    switch (rule->action) {
    case SMTP_ACTION_ACCEPT: judgement->exempt = point != SMTP_AT_DATA; return TRUE;
    case SMTP_ACTION_JUNK: judgement->verdict = MAX(judgement->verdict, SMTP_JUNK); return TRUE;
    case SMTP_ACTION_HOLD: judgement->verdict = MAX(judgement->verdict, SMTP_HOLD); return TRUE;
    case SMTP_ACTION_REFUSE:
        judgement->verdict = SMTP_REFUSE;
        g_free(judgement->reply);
        judgement->reply = g_strdup(rule->argument != NULL  ? rule->argument
                                    : point == SMTP_AT_DATA ? "we do not take this message"
                                                            : "our policy does not allow this");
        return TRUE;
    case SMTP_ACTION_TAG:
        g_string_append_printf(judgement->headers, "%s\r\n", rule->argument);
        return FALSE;
    case SMTP_ACTION_ARCHIVE: smtp_judgement_archive(judgement, rule->text); return FALSE;
    }
    g_assert_not_reached();
}

static void
smtp_filter_tell(Trace *trace, const SmtpRule *rule, gboolean holds)
{
    trace_put_text(trace, "rule", rule->text);
    trace_put_number(trace, "line", rule->line);
    trace_put_flag(trace, "matched", holds);
    trace_put_text(trace, "outcome", holds ? smtp_filter_action_name(rule->action) : "no match");
    trace_decision(trace, STAGE_FILTER, "RFC 5321 §7.9", "rule %s %s: %s", rule->where,
                   holds ? "matches" : "does not match", rule->text);
}

/* TRUE: a rule decided. */
static gboolean
smtp_filter_try(const SmtpFilter *filter, Trace *trace, SmtpPoint point, SmtpLook *look,
                SmtpJudgement *judgement)
{
    for (guint i = 0; filter != NULL && i < filter->rules->len; i++) {
        const SmtpRule *rule = g_ptr_array_index(filter->rules, i);
        gboolean holds;

        if (smtp_filter_point(rule->test) != point)
            continue;
        holds = smtp_filter_holds(rule, look);
        smtp_judgement_note(judgement, i, holds ? SMTP_MATCH : SMTP_NO_MATCH);
        smtp_filter_tell(trace, rule, holds);
        if (holds && smtp_filter_act(rule, point, judgement))
            return TRUE;
    }
    return FALSE;
}

static gboolean
smtp_filter_is_exempt(Trace *trace, const SmtpCase *mail, const SmtpJudgement *judgement)
{
    gboolean all = mail->recipients > 0 && judgement->exempt_recipients >= mail->recipients;

    if (!judgement->exempt && !all)
        return FALSE;
    trace_put_text(trace, "outcome", "accept");
    trace_decision(trace, STAGE_FILTER, "RFC 5321 §7.9",
                   "the content is not looked at: a rule accepted %s before",
                   judgement->exempt ? "the client or the sender" : "each of the recipients");
    return TRUE;
}

SmtpVerdict
smtp_filter_judge(const SmtpFilter *filter, Trace *trace, SmtpPoint point, const SmtpCase *mail,
                  SmtpJudgement *judgement)
{
    SmtpLook look = { .mail = mail };
    gboolean decided;

    if (point != SMTP_AT_DATA)
        return judgement->exempt || !smtp_filter_try(filter, trace, point, &look, judgement)
                   ? SMTP_ACCEPT
                   : judgement->verdict;
    if (smtp_filter_is_exempt(trace, mail, judgement))
        return judgement->verdict;
    look.index = store_draft_finish(mail->draft);
    decided = smtp_filter_try(filter, trace, point, &look, judgement);
    g_free(look.text);
    if (decided)
        return judgement->verdict;
    trace_put_text(trace, "outcome", "accept");
    trace_decision(trace, STAGE_FILTER, "RFC 5321 §7.9", "%s: the content is accepted",
                   filter == NULL ? "this host has no filter" : "no rule decides otherwise");
    return judgement->verdict;
}

/* ---- the header field ---- */

static const char *
smtp_filter_verdict_name(SmtpVerdict verdict)
{
    static const char *const names[] = { "accept", "junk", "hold", "refuse" };

    return names[verdict];
}

/* Appends ", @item", on a new line where this one is full (RFC 5322 §2.2.3). */
static void
smtp_filter_fold(GString *head, gsize *line, const char *item)
{
    gsize length = strlen(item);

    if (*line == 0 || *line + length + 2 > SMTP_FILTER_FOLD) {
        g_string_append(head, *line == 0 ? "\r\n\t" : ",\r\n\t");
        *line = 0;
    } else {
        g_string_append(head, ", ");
        *line += 2;
    }
    g_string_append(head, item);
    *line += length;
}

void
smtp_filter_header(const SmtpFilter *filter, const SmtpJudgement *judgement, const char *hostname,
                   GString *head)
{
    guint named = 0, left_out = 0;
    gsize line = 0;

    if (filter == NULL)
        return;
    trace_text_append_printf(head, "X-Glasspost-Filter: %s (%s)",
                             smtp_filter_verdict_name(judgement->verdict), hostname);
    /* The file may have been read again since: then there are other rules. */
    for (guint i = 0; i < MIN(judgement->tried->len, filter->rules->len); i++) {
        const SmtpRule *rule = g_ptr_array_index(filter->rules, i);
        gboolean holds = judgement->tried->data[i] == SMTP_MATCH;
        g_autofree char *item = g_strconcat(
            rule->label, " ", holds ? smtp_filter_action_name(rule->action) : "no match", NULL);

        if (judgement->tried->data[i] == SMTP_NOT_TRIED)
            continue;
        if (named++ < SMTP_FILTER_NAMED_MAX)
            smtp_filter_fold(head, &line, item);
        else
            left_out++;
    }
    if (left_out > 0) {
        g_autofree char *rest = g_strdup_printf("and %u more", left_out);

        smtp_filter_fold(head, &line, rest);
    }
    g_string_append(head, "\r\n");
}
