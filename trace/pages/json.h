/* trace/pages/json.h - JSON that may stand inside an HTML page.
 *
 * A browser looks for "</script>" in the text of a page before anybody reads the JSON in it. So no
 * character that HTML knows is written as itself: < > & become \u003c \u003e \u0026, which a JSON
 * parser reads as the same text. U+2028 and U+2029 end a line in some of JavaScript: they too are
 * written by number.
 */
#ifndef TRACE_PAGES_JSON_H
#define TRACE_PAGES_JSON_H

#include <glib.h>

/* Longer texts are cut, and end in "...". */
#define PAGE_TEXT_MAX 2000

/* Appends @text (NULL is taken for "") as a JSON string, quotes included. It may be a stranger's:
 * control characters and what is no UTF-8 are made visible first, as everywhere (trace/redact.h). */
void page_json_text(GString *out, const char *text);
/* `"name":`, after a comma where @out does not end in an opening bracket. */
void page_json_name(GString *out, const char *name);
/* The comma alone, before an element of a list. */
void page_json_next(GString *out);
void page_json_number(GString *out, const char *name, gint64 number);
/* Nothing is appended for NULL. */
void page_json_string(GString *out, const char *name, const char *text);

#endif
