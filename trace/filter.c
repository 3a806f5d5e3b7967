/* trace/filter.c - the one language that chooses events.
 *
 *   filter = [ term *( SP term ) ]          all must hold
 *   term   = field op value / value         a value alone: text~value
 *   op     = "=" / "!=" / "~" / ">" / ">=" / "<" / "<="
 *   value  = word / DQUOTE *( any / "\" any ) DQUOTE
 *
 * Start reading at trace_filter_term() (what is written) and trace_filter_holds() (what is meant).
 * Tests: tests/test_trace_filter.c
 */
#include "trace/filter.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "trace/words.h"

#define TRACE_FILTER_OCTETS_MAX 1024
#define TRACE_FILTER_TERMS_MAX  32

typedef enum {
    FILTER_IS,
    FILTER_IS_NOT,
    FILTER_CONTAINS,
    FILTER_MORE,
    FILTER_AT_LEAST,
    FILTER_LESS,
    FILTER_AT_MOST,
} FilterOp;

/* The longer sign stands before the shorter one that begins it. */
static const struct {
    const char *sign;
    FilterOp op;
} filter_ops[] = {
    { "!=", FILTER_IS_NOT }, { ">=", FILTER_AT_LEAST }, { "<=", FILTER_AT_MOST },
    { "=", FILTER_IS },      { "~", FILTER_CONTAINS },  { ">", FILTER_MORE },
    { "<", FILTER_LESS },
};

/* TRACE_FIELD_DATA is no name of a field: it stands for all others. */
static const char *const own_fields[TRACE_FIELD_DATA] = {
    [TRACE_FIELD_STAGE] = "stage",   [TRACE_FIELD_KIND] = "kind",
    [TRACE_FIELD_HOST] = "host",     [TRACE_FIELD_JOURNEY] = "journey",
    [TRACE_FIELD_BRANCH] = "branch", [TRACE_FIELD_SESSION] = "session",
    [TRACE_FIELD_USER] = "user",     [TRACE_FIELD_TEXT] = "text",
    [TRACE_FIELD_RFC] = "rfc",       [TRACE_FIELD_AT] = "at",
    [TRACE_FIELD_SEQ] = "seq",       [TRACE_FIELD_CAUSE] = "cause",
};

typedef struct FilterTerm {
    char *name;
    TraceField field; /* which that is */
    FilterOp op;
    char *value;
    double number; /* of value, for the four that compare numbers */
} FilterTerm;

struct TraceFilter {
    char *text;
    GPtrArray *terms; /* FilterTerm */
};

static void
trace_filter_term_free(gpointer data)
{
    FilterTerm *term = data;

    g_free(term->name);
    g_free(term->value);
    g_free(term);
}

void
trace_filter_free(TraceFilter *filter)
{
    if (filter == NULL)
        return;
    g_free(filter->text);
    g_ptr_array_unref(filter->terms);
    g_free(filter);
}

const char *
trace_filter_text(const TraceFilter *filter)
{
    return filter == NULL ? "" : filter->text;
}

/* ---- reading ---- */

static gboolean
trace_filter_number(const char *text, double *number)
{
    char *end = NULL;

    *number = g_ascii_strtod(text, &end);
    return *text != '\0' && *end == '\0' && isfinite(*number);
}

/* A word, or what stands in double quotes; *@at is moved behind it. NULL: no closing quote. */
static char *
trace_filter_value(const char **at)
{
    GString *value = g_string_new(NULL);
    const char *p = *at;

    if (*p != '"') {
        gsize length = strcspn(p, " ");
        g_string_append_len(value, p, (gssize)length);
        *at = p + length;
        return g_string_free(value, FALSE);
    }
    for (p++; *p != '\0' && *p != '"'; p++) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        g_string_append_c(value, *p);
    }
    *at = *p == '"' ? p + 1 : p;
    if (*p == '"' && (p[1] == ' ' || p[1] == '\0'))
        return g_string_free(value, FALSE);
    g_string_free(value, TRUE);
    return NULL;
}

/* The operator at @at, or NULL; @op is set. Returns behind it. */
static const char *
trace_filter_op(const char *at, FilterOp *op)
{
    for (guint i = 0; i < G_N_ELEMENTS(filter_ops); i++) {
        if (g_str_has_prefix(at, filter_ops[i].sign)) {
            *op = filter_ops[i].op;
            return at + strlen(filter_ops[i].sign);
        }
    }
    return NULL;
}

/* Mistakes that would make a filter match nothing for ever are told when it is read. */
static gboolean
trace_filter_check(FilterTerm *term, guint column, GError **error)
{
    if (term->op >= FILTER_MORE && !trace_filter_number(term->value, &term->number)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "column %u: '%s' is compared with a number, '%s' is none", column, term->name,
                    term->value);
        return FALSE;
    }
    if (term->op > FILTER_IS_NOT)
        return TRUE;
    if (term->field == TRACE_FIELD_STAGE && *term->value != '\0' &&
        stage_from_name(term->value) == STAGE_NONE) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "column %u: there is no stage '%s'", column, term->value);
        return FALSE;
    }
    if (term->field == TRACE_FIELD_KIND && trace_kind_from_name(term->value) == TRACE_KINDS) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "column %u: there is no kind '%s'", column, term->value);
        return FALSE;
    }
    return TRUE;
}

static TraceField
trace_filter_field(const char *name)
{
    TraceField field = 0;

    while (field < TRACE_FIELD_DATA && strcmp(own_fields[field], name) != 0)
        field++;
    return field;
}

/* One term at *@at, which is moved behind it. */
static FilterTerm *
trace_filter_term(const char *start, const char **at, GError **error)
{
    guint column = (guint)(*at - start) + 1;
    gsize name = strspn(*at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    FilterOp op = FILTER_CONTAINS;
    const char *value = trace_filter_op(*at + name, &op);
    FilterTerm *term = g_new0(FilterTerm, 1);

    if (value != NULL && name > 0) {
        term->name = g_strndup(*at, name);
        *at = value;
    } else {
        term->name = g_strdup("text");
    }
    term->field = trace_filter_field(term->name);
    term->op = op;
    if (value == NULL || name > 0)
        term->value = trace_filter_value(at);
    if (term->value == NULL)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    value != NULL && name == 0 ? "column %u: a field's name is missing"
                                               : "column %u: the closing quote is missing",
                    column);
    if (term->value == NULL || !trace_filter_check(term, column, error)) {
        trace_filter_term_free(term);
        return NULL;
    }
    return term;
}

TraceFilter *
trace_filter_parse(const char *text, GError **error)
{
    g_autoptr(TraceFilter) filter = g_new0(TraceFilter, 1);
    const char *at = text;

    filter->text = g_strdup(text);
    filter->terms = g_ptr_array_new_with_free_func(trace_filter_term_free);
    if (strlen(text) > TRACE_FILTER_OCTETS_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "a filter has at most %d octets", TRACE_FILTER_OCTETS_MAX);
        return NULL;
    }
    for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
        FilterTerm *term = trace_filter_term(text, &at, error);

        if (term == NULL)
            return NULL;
        g_ptr_array_add(filter->terms, term);
        if (filter->terms->len > TRACE_FILTER_TERMS_MAX) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "a filter has at most %d terms", TRACE_FILTER_TERMS_MAX);
            return NULL;
        }
    }
    return g_steal_pointer(&filter);
}

/* ---- matching ---- */

/* What @field holds (@name: of which key, in the data), NULL where @event has none. @owned: what the caller frees. */
static const char *
trace_filter_value_of(const TraceEvent *event, TraceField field, const char *name, char **owned)
{
    switch (field) {
    case TRACE_FIELD_STAGE: return stage_name(event->stage);
    case TRACE_FIELD_KIND: return trace_kind_name(event->kind);
    case TRACE_FIELD_HOST: return event->host;
    case TRACE_FIELD_JOURNEY: return event->journey;
    case TRACE_FIELD_BRANCH: return event->branch;
    case TRACE_FIELD_SESSION: return event->session;
    case TRACE_FIELD_USER: return event->user;
    case TRACE_FIELD_TEXT: return event->text;
    case TRACE_FIELD_RFC: return event->rfc;
    case TRACE_FIELD_AT: return event->at;
    case TRACE_FIELD_SEQ: return *owned = g_strdup_printf("%" G_GUINT64_FORMAT, event->seq);
    case TRACE_FIELD_CAUSE: return *owned = g_strdup_printf("%" G_GUINT64_FORMAT, event->cause);
    case TRACE_FIELD_DATA: return *owned = trace_event_data(event, name);
    }
    return NULL;
}

static gboolean
trace_filter_contains(const char *text, const char *part)
{
    gsize length = strlen(part);
    char first = g_ascii_tolower(*part);

    for (; *text != '\0'; text++)
        if (g_ascii_tolower(*text) == first && g_ascii_strncasecmp(text, part, length) == 0)
            return TRUE;
    return length == 0;
}

static gboolean
trace_filter_holds(const FilterTerm *term, const TraceEvent *event)
{
    g_autofree char *owned = NULL;
    const char *field = trace_filter_value_of(event, term->field, term->name, &owned);
    const char *text = field == NULL ? "" : field;
    double number = 0;

    switch (term->op) {
    case FILTER_IS: return strcmp(text, term->value) == 0;
    case FILTER_IS_NOT: return strcmp(text, term->value) != 0;
    case FILTER_CONTAINS: return trace_filter_contains(text, term->value);
    case FILTER_MORE: return trace_filter_number(text, &number) && number > term->number;
    case FILTER_AT_LEAST: return trace_filter_number(text, &number) && number >= term->number;
    case FILTER_LESS: return trace_filter_number(text, &number) && number < term->number;
    case FILTER_AT_MOST: return trace_filter_number(text, &number) && number <= term->number;
    }
    return FALSE;
}

TraceFilterAnswer
trace_filter_ask(const TraceFilter *filter, const TraceEvent *event, guint fields)
{
    TraceFilterAnswer answer = TRACE_FILTER_YES;

    for (guint i = 0; filter != NULL && i < filter->terms->len; i++) {
        const FilterTerm *term = g_ptr_array_index(filter->terms, i);

        if ((fields & 1u << term->field) == 0)
            answer = TRACE_FILTER_UNSURE;
        else if (!trace_filter_holds(term, event))
            return TRACE_FILTER_NO;
    }
    return answer;
}

gboolean
trace_filter_matches(const TraceFilter *filter, const TraceEvent *event)
{
    return trace_filter_ask(filter, event, ~0u) == TRACE_FILTER_YES;
}

/* ---- what came nearest ---- */

guint32
trace_filter_held(const TraceFilter *filter, const TraceEvent *event)
{
    guint32 held = 0;

    for (guint i = 0; i < filter->terms->len && i < 32; i++)
        if (trace_filter_holds(g_ptr_array_index(filter->terms, i), event))
            held |= (guint32)1 << i;
    return held;
}

/* "its code is 250, not 503" */
static void
trace_filter_say_missed(const FilterTerm *term, const TraceEvent *event, GString *words)
{
    static const char *const wanted[] = {
        [FILTER_IS] = N_("not"),
        [FILTER_MORE] = N_("not more than"),
        [FILTER_AT_LEAST] = N_("not at least"),
        [FILTER_LESS] = N_("not less than"),
        [FILTER_AT_MOST] = N_("not at most"),
    };
    g_autofree char *owned = NULL;
    const char *value = trace_filter_value_of(event, term->field, term->name, &owned);

    if (value == NULL || *value == '\0')
        g_string_append_printf(words, N_("it has no %s"), term->name);
    else if (term->op == FILTER_CONTAINS)
        g_string_append_printf(words, N_("its %s does not contain \"%s\""), term->name,
                               term->value);
    else if (term->op == FILTER_IS_NOT)
        g_string_append_printf(words, N_("its %s is %s"), term->name, value);
    else
        g_string_append_printf(words, N_("its %s is %s, %s %s"), term->name, value,
                               wanted[term->op], term->value);
}

char *
trace_filter_missed(const TraceFilter *filter, const TraceEvent *event)
{
    GString *words = g_string_new(NULL);

    for (guint i = 0; i < filter->terms->len; i++) {
        const FilterTerm *term = g_ptr_array_index(filter->terms, i);

        if (trace_filter_holds(term, event))
            continue;
        if (words->len > 0)
            g_string_append(words, ", and ");
        trace_filter_say_missed(term, event, words);
    }
    return g_string_free(words, FALSE);
}

char *
trace_filter_field_of(const TraceEvent *event, const char *field)
{
    char *owned = NULL;
    const char *value = trace_filter_value_of(event, trace_filter_field(field), field, &owned);

    return owned != NULL ? owned : g_strdup(value);
}
