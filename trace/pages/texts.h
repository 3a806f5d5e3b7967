/* trace/pages/texts.h - the lines of all panes of all events, each kept once.
 *
 * Most of what the panes show repeats: the conversation of a session grows by a line at each event,
 * a row of the database stays as it was, two events come from the same line of the source. So a page
 * has one table of lines and one of sheets, and a pane of an event is so many lines of a sheet:
 *
 *   texts   [" C: EHLO client.example", " S: 250 mx.north.example", ...]
 *   sheets  [[0, 1, 2, 3], [4, 9, 10], ...]         numbers of texts
 *   a pane  [0, 2]                                  the first two lines of sheet 0
 *
 * The first character of a text says how it looks: '*' bold, '.' dim, '+' green, '!' red, '#' cyan,
 * ' ' plain.
 */
#ifndef TRACE_PAGES_TEXTS_H
#define TRACE_PAGES_TEXTS_H

#include <glib.h>

typedef struct PageTexts PageTexts;

PageTexts *page_texts_new(void);
void page_texts_free(PageTexts *texts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageTexts, page_texts_free)

/* The number of a line with the look of trace/viewer/screen.h. */
guint page_texts_line(PageTexts *texts, guint look, const char *text);
/* The number of a sheet that begins with @lines (guint); one that has the first of them may grow. */
guint page_texts_sheet(PageTexts *texts, const GArray *lines);
/* Octets of all lines so far. */
gsize page_texts_octets(const PageTexts *texts);
/* Appends the two tables: "texts":[...],"sheets":[...] */
void page_texts_json(const PageTexts *texts, GString *out);

#endif
