/* trace/words_inside.h - a catalogue as msgfmt(1) writes it, and how its texts are found. */
#ifndef TRACE_WORDS_INSIDE_H
#define TRACE_WORDS_INSIDE_H

#include <glib.h>

/* One language that is compiled in; po/embed.sh writes the table, and a row of NULLs ends it. */
typedef struct WordsLanguage {
    const char *name;     /* "de" */
    const guint8 *all;    /* every text of the catalogue: po/de.po in the form of a .mo file */
    const guint8 *events; /* those of them alone that stand in trace calls */
} WordsLanguage;

extern const WordsLanguage words_languages[];

/* How many texts a catalogue has (0 for NULL), and the n-th of them; they are in order. */
guint words_size(const guint8 *catalogue);
const char *words_english(const guint8 *catalogue, guint number);
const char *words_translation(const guint8 *catalogue, guint number);
/* Its English plural; NULL: it has none. */
const char *words_english_many(const guint8 *catalogue, guint number);
/* The translation of @english; NULL: there is none. A text with a plural has its forms one behind
 * the other, each with its NUL. */
const char *words_find(const guint8 *catalogue, const char *english);

/* The one of @forms (each with its NUL) that the language spoken takes for @count. */
const char *words_form_of(const char *forms, guint64 count);
/* What the rule of a language ("(n != 1)", in C's own words) says for @n: which form to take. */
guint words_form(const char *rule, guint64 n);

/* ---- templates: what trace calls were written with (trace/words_template.c) ---- */

#define WORDS_ARGUMENTS 12 /* of one trace call */

/* What stands before an argument, and what the argument is. */
typedef struct WordsPiece {
    char *text; /* "%%" is "%" here */
    gsize length;
    char type; /* 's', 'u' ...; NUL: the text's end */
} WordsPiece;

typedef struct WordsTemplate {
    const char *english;
    const char *translation;
    gboolean plural; /* the translation has forms, one behind the other; the first number chooses */
    guint letters;   /* of its own */
    guint arguments;
    WordsPiece pieces[WORDS_ARGUMENTS + 1];
} WordsTemplate;

/* What an argument was filled with. */
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

/* Makes the templates of a catalogue ready, instead of those before; NULL: none. */
void words_templates_init(const guint8 *events);
/* Reads on behind a '%'. @next: the argument that one without a number means. */
const char *words_directive(const char *at, guint *next, WordsDirective *directive);
/* The template that fits @text with the most letters of its own, and in @parts (WORDS_ARGUMENTS of
 * them) what it was filled with; NULL: none. @fixed: so many octets at the beginning have to be
 * the template's own. */
const WordsTemplate *words_templates_find(const char *text, gsize length, gsize fixed,
                                          WordsPart *parts);

/* Makes words_sentence() ready; NULL: sentences stay as they are. */
void words_sentence_init(const guint8 *events);

#endif
