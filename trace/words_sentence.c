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

#define WORDS_SEARCHES 60   /* among all templates, for one sentence */
#define WORDS_LONGEST  4096 /* octets; an event's sentence has at most a quarter of it */
#define WORDS_GAPS     64   /* where two arguments may meet, in one text */

/* Who speaks on the wire to whom (trace/trace.h). */
static const char *const roles[] = {
    N_("client"), N_("host"), N_("dns"), N_("store"), N_("remote"), N_("reader"),
};

static const guint8 *catalogue;

static void words_put(GString *out, const char *text, gsize length, guint *searches);

void
words_sentence_init(const guint8 *events)
{
    catalogue = events;
    words_templates_init(events);
}

/* The translation, in the form for the first number that was filled in. */
static const char *
words_form_for(const WordsTemplate *template, const WordsPart *parts)
{
    guint i = 0;

    while (template->plural && i < template->arguments &&
           strchr("diu", template->pieces[i].type) == NULL)
        i++;
    if (!template->plural || i == template->arguments)
        return template->translation;
    /* Its digits end where what is not a number begins, at the latest with the sentence. */
    return words_form_of(template->translation, g_ascii_strtoull(parts[i].text, NULL, 10));
}

/* The translated template, filled in. */
static void
words_put_filled(GString *out, const WordsTemplate *template, const WordsPart *parts,
                 guint *searches)
{
    guint next = 0;

    for (const char *at = words_form_for(template, parts); *at != '\0';) {
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
    const WordsTemplate *template;
    WordsPart parts[WORDS_ARGUMENTS];

    if (*searches == 0)
        return FALSE;
    (*searches)--;
    template = words_templates_find(text, length, fixed, parts);
    if (template != NULL)
        words_put_filled(out, template, parts, searches);
    return template != NULL;
}

/* What two arguments side by side were filled with: "carol@south.example" " " "has an account here",
 * or ", and all such mail goes through " "mx.hub.example". Taken apart where one is a text that we
 * know. */
static gboolean
words_put_two(GString *out, const char *text, gsize length, guint *searches)
{
    guint gaps = 0;

    for (gsize i = 1; i < length && gaps < WORDS_GAPS; i++) {
        gsize gap = text[i] == ' ' ? 1 : 0;
        g_autoptr(GString) second = NULL;

        if (strchr(" ,;:.(", text[i]) == NULL)
            continue;
        gaps++;
        second = g_string_new(NULL);
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

/* "1 day 4 hours": a number and its unit, twice. */
static gboolean
words_put_span(GString *out, const char *text, gsize length, guint *searches)
{
    const char *end = text + length;
    const char *unit = g_strstr_len(text, (gssize)length, " ");
    const char *gap = unit == NULL ? NULL : g_strstr_len(unit + 1, end - unit - 1, " ");

    if (gap == NULL || !g_ascii_isdigit(text[0]) || gap + 1 == end || !g_ascii_isdigit(gap[1]) ||
        strspn(text, "0123456789") != (gsize)(unit - text) ||
        strspn(unit + 1, "abcdefghijklmnopqrstuvwxyz") != (gsize)(gap - unit - 1))
        return FALSE;
    words_put(out, text, (gsize)(gap - text), searches);
    g_string_append_c(out, ' ');
    words_put(out, gap + 1, (gsize)(end - gap - 1), searches);
    return TRUE;
}

/* "550 no such user": what a host has replied stays as it was said. */
static gboolean
words_is_reply(const char *text, gsize length)
{
    return length > 4 && strchr("245", text[0]) != NULL && g_ascii_isdigit(text[1]) &&
           g_ascii_isdigit(text[2]) && text[3] == ' ';
}

/* Each search that goes on into what was filled in takes one from @searches, so this ends. */
static void
words_put(GString *out, const char *text, gsize length, guint *searches)
{
    if (length == 0)
        return;
    if (words_put_known(out, text, length) || words_put_template(out, text, length, 0, searches))
        return;
    if (words_is_reply(text, length) || *searches == 0 ||
        (!words_put_span(out, text, length, searches) &&
         !words_put_two(out, text, length, searches)))
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
    const char *more = g_strrstr(text, " (and ");
    g_autoptr(GString) rest = g_string_new(NULL);

    if (to == NULL)
        return FALSE;
    if (words_put_template(out, text, length, said, searches))
        return TRUE;
    words_put_known(out, from, strlen(from));
    g_string_append(out, " > ");
    words_put_known(out, to, strlen(to));
    g_string_append(out, ": ");
    /* "250-mx.north.example greets you (and 7 more lines)": the end is ours. */
    if (more == NULL || !words_put_template(rest, more + 1, strlen(more + 1), 0, searches))
        more = text + length;
    g_string_append_len(out, text + said, more - text - (gssize)said);
    if (rest->len > 0)
        g_string_append_printf(out, " %s", rest->str);
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
