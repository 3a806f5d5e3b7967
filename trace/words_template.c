/* trace/words_template.c - which trace call's text was a sentence made from?
 *
 *     %s is not ours: the message must travel%s
 *     south.example is not ours: the message must travel, as the administrator wants
 *     ^^^^^^^^^^^^^                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ filled in
 *
 * There are about a thousand templates, and a screen shows some dozen events. So a template is kept
 * by two octets that a sentence of it must have: the first two of its own text or, where it begins
 * with something filled in, its last two. A sentence is laid only beside those kept by its own first
 * two and last two octets, and beside the few that both begin and end with something filled in.
 *
 * Tests: tests/test_trace_words.c
 */
#include "trace/words_inside.h"

#include <string.h>

#define WORDS_LETTERS 5 /* "%s is %s" has fewer: it fits only with something that we know */

/* By which octets a template is kept. */
typedef enum { WORDS_BY_START, WORDS_BY_END, WORDS_BY_NOTHING } WordsKey;

static const guint8 *catalogue;
static GHashTable *templates; /* words_template_key() -> GPtrArray, most letters first */

const char *
words_directive(const char *at, guint *next, WordsDirective *directive)
{
    gsize digits = strspn(at, "0123456789");

    directive->silent = FALSE;
    directive->number = *next;
    if (digits > 0 && at[digits] == '$') {
        directive->number = (guint)g_ascii_strtoull(at, NULL, 10) - 1;
        at += digits + 1;
    } else {
        (*next)++;
    }
    at += strspn(at, "-+ #0123456789");
    if (*at == '.') {
        digits = strspn(at + 1, "0123456789");
        directive->silent = digits == 1 && at[1] == '0';
        at += digits + 1;
    }
    at += strspn(at, "hlqjzt");
    directive->type = *at;
    return *at == '\0' ? at : at + 1;
}

static void
words_template_free(void *data)
{
    WordsTemplate *template = data;

    for (guint i = 0; i <= WORDS_ARGUMENTS; i++)
        g_free(template->pieces[i].text);
    g_free(template);
}

static void
words_template_end_piece(WordsTemplate *template, GString *text, char type)
{
    WordsPiece *piece = &template->pieces[template->arguments];

    piece->text = g_strndup(text->str, text->len);
    piece->length = text->len;
    piece->type = type;
    for (gsize i = 0; i < text->len; i++)
        template->letters += g_ascii_isalpha(text->str[i]) ? 1 : 0;
    g_string_truncate(text, 0);
}

/* NULL: a text without arguments, or nothing but arguments. */
static WordsTemplate *
words_template_new(const char *english, const char *translation)
{
    WordsTemplate *template = g_new0(WordsTemplate, 1);
    g_autoptr(GString) text = g_string_new(NULL);
    guint next = 0;

    template->english = english;
    template->translation = translation;
    for (const char *at = english; *at != '\0' && template->arguments < WORDS_ARGUMENTS;) {
        WordsDirective directive;

        if (at[0] != '%' || at[1] == '%') {
            g_string_append_c(text, *at);
            at += at[0] == '%' ? 2 : 1;
            continue;
        }
        at = words_directive(at + 1, &next, &directive);
        words_template_end_piece(template, text, directive.type);
        template->arguments++;
    }
    words_template_end_piece(template, text, '\0');
    if (template->arguments > 0 && template->letters > 0)
        return template;
    words_template_free(template);
    return NULL;
}

static gint
words_template_order(gconstpointer a, gconstpointer b)
{
    const WordsTemplate *one = *(const WordsTemplate *const *)a;
    const WordsTemplate *other = *(const WordsTemplate *const *)b;

    if (one->letters != other->letters)
        return one->letters > other->letters ? -1 : 1;
    /* "%u message, ..." says more than "%u message%s, ...". */
    if (one->arguments != other->arguments)
        return one->arguments < other->arguments ? -1 : 1;
    return strcmp(one->english, other->english);
}

static gpointer
words_template_key(WordsKey by, const char *two)
{
    if (by == WORDS_BY_NOTHING)
        return GUINT_TO_POINTER(by);
    return GUINT_TO_POINTER((guint)by | (guint)(guint8)two[0] << 8 | (guint)(guint8)two[1] << 16);
}

static void
words_template_keep(const char *english, const char *translation, gboolean plural)
{
    WordsTemplate *template = words_template_new(english, translation);
    const WordsPiece *first, *last;
    gpointer key = words_template_key(WORDS_BY_NOTHING, NULL);
    GPtrArray *list;

    if (template == NULL)
        return;
    template->plural = plural;
    first = &template->pieces[0];
    last = &template->pieces[template->arguments];
    if (first->length >= 2)
        key = words_template_key(WORDS_BY_START, first->text);
    else if (last->length >= 2)
        key = words_template_key(WORDS_BY_END, last->text + last->length - 2);
    list = g_hash_table_lookup(templates, key);
    if (list == NULL) {
        list = g_ptr_array_new_with_free_func(words_template_free);
        g_hash_table_insert(templates, key, list);
    }
    g_ptr_array_add(list, template);
}

static void
words_templates_sort(gpointer key, gpointer list, gpointer data)
{
    (void)key;
    (void)data;
    g_ptr_array_sort(list, words_template_order);
}

void
words_templates_init(const guint8 *events)
{
    g_clear_pointer(&templates, g_hash_table_unref);
    catalogue = events;
    if (events == NULL)
        return;
    templates = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < words_size(events); i++) {
        const char *many = words_english_many(events, i);

        words_template_keep(words_english(events, i), words_translation(events, i), many != NULL);
        if (many != NULL)
            words_template_keep(many, words_translation(events, i), TRUE);
    }
    g_hash_table_foreach(templates, words_templates_sort, NULL);
}

static gboolean
words_part_suits(const WordsPart *part, char type)
{
    if (strchr("di", type) != NULL && part->length > 1 && part->text[0] == '-')
        return strspn(part->text + 1, "0123456789") >= part->length - 1;
    if (strchr("diu", type) != NULL)
        return part->length > 0 && strspn(part->text, "0123456789") >= part->length;
    return TRUE;
}

/* "%u days" has few letters, but it fits with nothing else than a number. */
static gboolean
words_template_counts(const WordsTemplate *template)
{
    for (guint i = 0; i < template->arguments; i++)
        if (strchr("diu", template->pieces[i].type) == NULL)
            return FALSE;
    return TRUE;
}

static gboolean
words_parts_known(const WordsPart *parts, guint count)
{
    for (guint i = 0; i < count; i++) {
        g_autofree char *text = g_strndup(parts[i].text, parts[i].length);

        if (*text != '\0' && words_find(catalogue, text) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* The next place of @piece where what follows may begin an argument of @type; NULL: none. */
static const char *
words_piece_at(const WordsPiece *piece, char type, const char *at, const char *end)
{
    const char *found = g_strstr_len(at, end - at, piece->text);

    while (found != NULL && strchr("diu", type) != NULL && !g_ascii_isdigit(found[piece->length]) &&
           found[piece->length] != '-')
        found = found + 1 < end ? g_strstr_len(found + 1, end - found - 1, piece->text) : NULL;
    return found;
}

/* Does @text fit? Each piece is looked for behind the one before, at the first place; the last one
 * has to stand at the end. With nothing but gaps between them that finds a fit if there is one. */
static gboolean
words_template_fits(const WordsTemplate *template, const char *text, gsize length, WordsPart *parts)
{
    const WordsPiece *first = &template->pieces[0];
    const WordsPiece *last = &template->pieces[template->arguments];
    const char *at = text + first->length;
    const char *end = text + length - last->length;

    if (length < first->length + last->length || memcmp(text, first->text, first->length) != 0 ||
        memcmp(end, last->text, last->length) != 0)
        return FALSE;
    for (guint i = 0; i < template->arguments; i++) {
        const WordsPiece *behind = &template->pieces[i + 1];
        const char *found = behind == last ? end : words_piece_at(behind, behind->type, at, end);

        /* "%u%s": the number ends with its digits. */
        if (behind != last && behind->length == 0 &&
            strchr("diu", template->pieces[i].type) != NULL)
            found = at + MIN(strspn(at, "0123456789"), (gsize)(end - at));
        if (found == NULL)
            return FALSE;
        parts[i] = (WordsPart){ at, (gsize)(found - at) };
        if (!words_part_suits(&parts[i], template->pieces[i].type))
            return FALSE;
        at = found + behind->length;
    }
    return template->letters >= WORDS_LETTERS || words_template_counts(template) ||
           words_parts_known(parts, template->arguments);
}

/* The first of @list that fits, if it is a better one than @best. */
static const WordsTemplate *
words_templates_better(const GPtrArray *list, const WordsTemplate *best, const char *text,
                       gsize length, gsize fixed, WordsPart *parts)
{
    WordsPart tried[WORDS_ARGUMENTS];

    for (guint i = 0; list != NULL && i < list->len; i++) {
        const WordsTemplate *template = g_ptr_array_index(list, i);

        if (best != NULL && words_template_order(&best, &template) < 0)
            return best;
        if (template->pieces[0].length >= fixed &&
            words_template_fits(template, text, length, tried)) {
            memcpy(parts, tried, template->arguments * sizeof tried[0]);
            return template;
        }
    }
    return best;
}

const WordsTemplate *
words_templates_find(const char *text, gsize length, gsize fixed, WordsPart *parts)
{
    const WordsTemplate *best = NULL;
    const gpointer keys[] = {
        words_template_key(WORDS_BY_NOTHING, NULL),
        length < 2 ? NULL : words_template_key(WORDS_BY_START, text),
        length < 2 ? NULL : words_template_key(WORDS_BY_END, text + length - 2),
    };

    for (guint i = G_N_ELEMENTS(keys); i > 0; i--)
        best = words_templates_better(g_hash_table_lookup(templates, keys[i - 1]), best, text,
                                      length, fixed, parts);
    return best;
}
