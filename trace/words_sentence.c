/* trace/words_sentence.c - an event's finished English sentence, said in the reader's language.
 *
 * A journal holds what a trace call said when it had been put together. The catalogue holds what
 * the call was written with. So the sentence is laid beside each of those templates:
 *
 *     %s is not ours: the message must travel%s          %s gehört nicht zu uns: ...%s
 *     south.example is not ours: the message must travel, as the administrator wants
 *     ^^^^^^^^^^^^^                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ filled in
 *
 * Of those that fit, the one with the most letters of its own is taken. What was filled in goes
 * into the translation; it may be a text of a trace call, too ("as the administrator wants"), and
 * is looked up in turn. A stranger's text is only ever compared and copied: formats are read here
 * by our own few lines, never by printf(), and searches are counted. What went over the wire
 * ("client to host: EHLO ...") stays as it was said.
 *
 * Tests: tests/test_trace_words.c
 */
#include "trace/words.h"

#include <string.h>

#include "trace/words_inside.h"

#define WORDS_ARGUMENTS 12   /* of one trace call */
#define WORDS_SEARCHES  60   /* among all templates, for one sentence */
#define WORDS_LETTERS   5    /* "%s is %s" has fewer: it fits only with something that we know */
#define WORDS_LONGEST   4096 /* octets; an event's sentence has at most a quarter of it */

/* What stands before an argument, and what the argument is. */
typedef struct WordsPiece {
    char *text; /* "%%" is "%" here */
    gsize length;
    char type; /* 's', 'u' ...; NUL: the text's end */
} WordsPiece;

typedef struct WordsTemplate {
    const char *english;
    const char *translation;
    guint letters; /* of its own */
    guint arguments;
    WordsPiece pieces[WORDS_ARGUMENTS + 1];
} WordsTemplate;

typedef struct WordsPart {
    const char *text; /* not ended by a NUL */
    gsize length;
} WordsPart;

/* One "%-3$.20s" of a format. */
typedef struct WordsDirective {
    guint number;    /* which argument: 0 is the first */
    gboolean silent; /* "%2$.0s": the argument has no place in this language */
    char type;
} WordsDirective;

/* Who speaks on the wire to whom (trace/trace.h). */
static const char *const roles[] = {
    N_("client"), N_("host"), N_("dns"), N_("store"), N_("remote"), N_("reader"),
};

static const guint8 *catalogue;
static GPtrArray *templates; /* most letters first */

static void words_put(GString *out, const char *text, gsize length, guint *searches);

/* Reads on behind a '%'. @next: the argument that one without a number means. */
static const char *
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
    return strcmp(one->english, other->english);
}

void
words_sentence_init(const guint8 *events)
{
    g_clear_pointer(&templates, g_ptr_array_unref);
    catalogue = events;
    if (events == NULL)
        return;
    templates = g_ptr_array_new_with_free_func(words_template_free);
    for (guint i = 0; i < words_size(events); i++) {
        WordsTemplate *template =
            words_template_new(words_english(events, i), words_translation(events, i));

        if (template != NULL)
            g_ptr_array_add(templates, template);
    }
    g_ptr_array_sort(templates, words_template_order);
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

        if (found == NULL)
            return FALSE;
        parts[i] = (WordsPart){ at, (gsize)(found - at) };
        if (!words_part_suits(&parts[i], template->pieces[i].type))
            return FALSE;
        at = found + behind->length;
    }
    return template->letters >= WORDS_LETTERS || words_parts_known(parts, template->arguments);
}

/* The translated template, filled in. */
static void
words_put_filled(GString *out, const WordsTemplate *template, const WordsPart *parts,
                 guint *searches)
{
    guint next = 0;

    for (const char *at = template->translation; *at != '\0';) {
        WordsDirective directive;

        if (at[0] != '%' || at[1] == '%') {
            g_string_append_c(out, *at);
            at += at[0] == '%' ? 2 : 1;
            continue;
        }
        at = words_directive(at + 1, &next, &directive);
        if (directive.number >= template->arguments || directive.silent)
            continue;
        const WordsPart *part = &parts[directive.number];
        if (directive.type != 's')
            g_string_append_len(out, part->text, (gssize)part->length);
        else
            words_put(out, part->text, part->length, searches);
    }
}

static gboolean
words_put_known(GString *out, const char *text, gsize length)
{
    g_autofree char *english = g_strndup(text, length);
    const char *found = words_find(catalogue, english);

    if (found != NULL)
        g_string_append(out, found);
    return found != NULL;
}

/* @fixed: so many octets at the beginning have to be the template's own. */
static gboolean
words_put_template(GString *out, const char *text, gsize length, gsize fixed, guint *searches)
{
    WordsPart parts[WORDS_ARGUMENTS];

    if (*searches == 0)
        return FALSE;
    (*searches)--;
    for (guint i = 0; i < templates->len; i++) {
        const WordsTemplate *template = g_ptr_array_index(templates, i);

        if (template->pieces[0].length >= fixed &&
            words_template_fits(template, text, length, parts)) {
            words_put_filled(out, template, parts, searches);
            return TRUE;
        }
    }
    return FALSE;
}

/* What two arguments side by side were filled with: "carol@south.example" " " "has an account here",
 * or ", and all such mail goes through " "mx.hub.example". Taken apart where one is a text that we
 * know. */
static gboolean
words_put_two(GString *out, const char *text, gsize length, guint *searches)
{
    for (gsize i = 1; i < length; i++) {
        gsize gap = text[i] == ' ' ? 1 : 0;
        g_autoptr(GString) second = g_string_new(NULL);

        if (strchr(" ,;:.(", text[i]) == NULL)
            continue;
        if (gap == 1 && words_put_known(out, text, i + 1)) {
            words_put(out, text + i + 1, length - i - 1, searches);
            return TRUE;
        }
        if (words_put_known(second, text + i, length - i))
            gap = 0;
        else if (gap == 0 || !words_put_known(second, text + i + gap, length - i - gap))
            continue;
        words_put(out, text, i, searches);
        g_string_append_len(out, text + i, (gssize)gap);
        g_string_append_len(out, second->str, (gssize)second->len);
        return TRUE;
    }
    return FALSE;
}

/* Each search that goes on into what was filled in takes one from @searches, so this ends. */
static void
words_put(GString *out, const char *text, gsize length, guint *searches)
{
    if (length == 0)
        return;
    if (words_put_known(out, text, length) || words_put_template(out, text, length, 0, searches))
        return;
    if (*searches == 0 || !words_put_two(out, text, length, searches))
        g_string_append_len(out, text, (gssize)length);
}

static const char *
words_role(const char *text, const char *end)
{
    for (guint i = 0; i < G_N_ELEMENTS(roles); i++)
        if (g_str_has_prefix(text, roles[i]) && g_str_has_prefix(text + strlen(roles[i]), end))
            return roles[i];
    return NULL;
}

/* "host to client: 250 Ok": either a sentence of ours about a body, or two roles and what was said. */
static gboolean
words_put_wire(GString *out, const char *text, gsize length, guint *searches)
{
    const char *from = words_role(text, " to ");
    const char *to = from == NULL ? NULL : words_role(text + strlen(from) + 4, ": ");
    gsize said = to == NULL ? 0 : strlen(from) + 4 + strlen(to) + 2;

    if (to == NULL)
        return FALSE;
    if (words_put_template(out, text, length, said, searches))
        return TRUE;
    words_put_known(out, from, strlen(from));
    g_string_append(out, " > ");
    words_put_known(out, to, strlen(to));
    g_string_append(out, ": ");
    g_string_append(out, text + said);
    return TRUE;
}

char *
words_sentence(const char *english)
{
    gsize length = strlen(english);
    GString *out;
    guint searches = WORDS_SEARCHES;

    if (catalogue == NULL || length > WORDS_LONGEST)
        return g_strdup(english);
    out = g_string_sized_new(length + length / 2);
    if (!words_put_wire(out, english, length, &searches))
        words_put(out, english, length, &searches);
    return g_string_free(out, FALSE);
}
