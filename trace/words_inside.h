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
/* The translation of @english; NULL: there is none. A text with a plural has its forms one behind
 * the other, each with its NUL. */
const char *words_find(const guint8 *catalogue, const char *english);

/* What the rule of a language ("(n != 1)", in C's own words) says for @n: which form to take. */
guint words_form(const char *rule, guint64 n);

/* Makes the templates of words_sentence() ready; NULL: sentences stay as they are. */
void words_sentence_init(const guint8 *events);

#endif
