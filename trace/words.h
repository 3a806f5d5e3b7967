/* trace/words.h - what is shown, in the reader's language.
 *
 * The sources are in English, and so is every journal; a translation is looked up at the moment
 * something is shown. LANGUAGE, LC_ALL, LC_MESSAGES and LANG choose, as they do for gettext(1).
 * The catalogues (po/de.po ...) are compiled into the program: po/README.md says how one is made.
 *
 *     view_put(screen, row, 0, _("Nothing has happened yet."), VIEW_PLAIN);
 *     static const char *const titles[] = { N_("Why"), N_("Wire") };       shown as _(titles[i])
 *     g_strdup_printf(ngettext("%u event", "%u events", count), count);
 *     words_sentence(event->text)                                          what a trace call said
 */
#ifndef TRACE_WORDS_H
#define TRACE_WORDS_H

#include <glib.h>

/* The translation, or the English text itself: a text of the catalogue lives as long as the
 * program. */
#define _(english) words_of(english)
/* Marks a text of a table for the catalogue; it is looked up with _() where it is shown. */
#define N_(english) (english)
/* A word that another language says differently in another place: where it stands, and the word. */
#define C_(context, english) words_within(context "\004" english, (english))
/* The same in a table, which is shown with words_label(). */
#define NC_(context, english) (context "\004" english)
/* One or many: the language's own rule chooses the form by @count. */
#define ngettext(one, many, count) words_count((one), (many), (count))

/* Takes the language from the environment; called once, at the start of main(). Without it
 * everything is English. */
void words_init(void);
/* The same by name ("de"; NULL or an unknown one: English). */
void words_choose(const char *language);
/* The language that is spoken: "en", "de". */
const char *words_language(void);

const char *words_of(const char *english) G_GNUC_FORMAT(1);
const char *words_within(const char *both, const char *english) G_GNUC_FORMAT(2);
const char *words_count(const char *one, const char *many, guint64 count) G_GNUC_FORMAT(1)
    G_GNUC_FORMAT(2);

/**
 * words_sentence:
 * @english: a finished sentence of an event, as it stands in the journal
 *
 * Finds the trace call's text that the sentence was made from, and puts what was filled in there
 * into the translation of it. The sentence may be a stranger's: it is never used as a format, and
 * the work is bounded by its length.
 *
 * Returns: the sentence to show; @english itself where there is no translation. To be freed.
 */
char *words_sentence(const char *english);

/* What stands on an arrow of the ladder ("account alice"), the same way: where it is words, not a
 * command, a reply's code or a name. To be freed; NULL for NULL. */
char *words_label(const char *english);

#endif
