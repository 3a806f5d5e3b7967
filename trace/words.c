/* trace/words.c - looks up what is shown in the catalogue of the reader's language.
 *
 * The catalogues are made with gettext's tools, and read here, not by the C library: its gettext()
 * translates only where the system has the locale installed, and the machines of a class room
 * mostly have not. A catalogue is a .mo file, as the manual of GNU gettext draws it; all numbers
 * are 32 bits, in the order of the machine that it was made on, which is this one:
 *
 *     0  0x950412de                 8  how many texts: N         12  where the English table is
 *                                                                16  where the other table is
 *     a table: N times (length, where the text is); the English one is in order, so that a text
 *     is found by halving. The empty text's translation is the header, with the plural's rule.
 *
 * Tests: tests/test_trace_words.c
 */
#include "trace/words.h"

#include <string.h>

#include "trace/words_inside.h"

#define WORDS_MAGIC 0x950412de

/* Of the program, as the locale is: words are needed where nothing is handed in. */
static const WordsLanguage *spoken;
static const char *rule; /* of the plural */

static guint32
words_number(const guint8 *catalogue, guint32 at)
{
    guint32 number;

    memcpy(&number, catalogue + at, sizeof number);
    return number;
}

guint
words_size(const guint8 *catalogue)
{
    if (catalogue == NULL || words_number(catalogue, 0) != WORDS_MAGIC)
        return 0;
    return words_number(catalogue, 8);
}

static const char *
words_text(const guint8 *catalogue, guint32 table, guint number)
{
    return (const char *)catalogue +
           words_number(catalogue, words_number(catalogue, table) + 8 * number + 4);
}

const char *
words_english(const guint8 *catalogue, guint number)
{
    return words_text(catalogue, 12, number);
}

const char *
words_translation(const guint8 *catalogue, guint number)
{
    return words_text(catalogue, 16, number);
}

const char *
words_english_many(const guint8 *catalogue, guint number)
{
    const char *one = words_english(catalogue, number);
    guint32 length = words_number(catalogue, words_number(catalogue, 12) + 8 * number);

    return strlen(one) < length ? one + strlen(one) + 1 : NULL;
}

const char *
words_find(const guint8 *catalogue, const char *english)
{
    guint low = 0;
    guint high = words_size(catalogue);

    while (low < high) {
        guint middle = low + (high - low) / 2;
        int order = strcmp(english, words_english(catalogue, middle));

        if (order == 0)
            return words_translation(catalogue, middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* "Plural-Forms: nplurals=2; plural=(n != 1);" is a line of the catalogue's header. */
static const char *
words_rule(const guint8 *catalogue)
{
    const char *header = words_find(catalogue, "");
    const char *found = header == NULL ? NULL : strstr(header, "plural=");

    return found == NULL ? "n != 1" : found + strlen("plural=");
}

void
words_choose(const char *language)
{
    spoken = NULL;
    for (const WordsLanguage *it = words_languages; it->name != NULL; it++)
        if (g_strcmp0(it->name, language) == 0)
            spoken = it;
    rule = spoken == NULL ? NULL : words_rule(spoken->all);
    words_sentence_init(spoken == NULL ? NULL : spoken->events);
}

/* "de_AT.UTF-8" is spoken as "de_AT" or, if there is none, as "de". */
static gboolean
words_try(const char *locale)
{
    g_autofree char *name = g_strndup(locale, strcspn(locale, ".@"));

    words_choose(name);
    if (spoken == NULL) {
        name[strcspn(name, "_")] = '\0';
        words_choose(name);
    }
    return spoken != NULL || g_str_equal(name, "en");
}

/* The first of them that is set and not empty decides; LANGUAGE is a list of wishes, for which the
 * plain locale "C" leaves no room: a script that sets LC_ALL=C wants what it has always read. */
void
words_init(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *locale = NULL;
    const char *wishes = g_getenv("LANGUAGE");

    for (guint i = 0; i < G_N_ELEMENTS(variables) && (locale == NULL || *locale == '\0'); i++)
        locale = g_getenv(variables[i]);
    if (locale == NULL || *locale == '\0' || g_str_equal(locale, "C") ||
        g_str_equal(locale, "POSIX")) {
        words_choose(NULL);
        return;
    }
    g_auto(GStrv) list = g_strsplit(wishes != NULL && *wishes != '\0' ? wishes : locale, ":", 16);
    for (guint i = 0; list[i] != NULL; i++)
        if (words_try(list[i]))
            return;
}

const char *
words_language(void)
{
    return spoken == NULL ? "en" : spoken->name;
}

const char *
words_of(const char *english)
{
    const char *found = NULL;

    /* The empty text is the catalogue's header, and nothing to show. */
    if (spoken != NULL && *english != '\0')
        found = words_find(spoken->all, english);
    return found == NULL ? english : found;
}

const char *
words_within(const char *both, const char *english)
{
    const char *found = spoken == NULL ? NULL : words_find(spoken->all, both);

    return found == NULL ? english : found;
}

const char *
words_form_of(const char *forms, guint64 count)
{
    for (guint form = words_form(rule, count); form > 0; form--)
        forms += strlen(forms) + 1;
    return forms;
}

const char *
words_count(const char *one, const char *many, guint64 count)
{
    const char *found = spoken == NULL ? NULL : words_find(spoken->all, one);

    if (found == NULL)
        return count == 1 ? one : many;
    return words_form_of(found, count);
}
