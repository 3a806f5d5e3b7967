/* app/explain_page.c - one entry of an explanation: a label, and its text wrapped beside it.
 *
 *   Said by   recipient: there is no such user; route: the sender may not relay; dns:
 *             the domain does not exist
 */
#include "app/explain.h"

#include "trace/words.h"

#include <string.h>

#define APP_EXPLAIN_LABEL   10
#define APP_EXPLAIN_COLUMNS 78

void
app_explain_line(GString *out, const char *label, const char *text)
{
    glong column;

    label = _(label);
    text = _(text);
    column = g_utf8_strlen(label, -1);

    g_string_append_printf(out, "%s%*s", label, (int)MAX(0, APP_EXPLAIN_LABEL - column), "");
    column = MAX(column, APP_EXPLAIN_LABEL);
    while (*text != '\0') {
        gsize word = strcspn(text, " ");
        glong wide = g_utf8_strlen(text, (gssize)word);

        if (column > APP_EXPLAIN_LABEL && column + 1 + wide > APP_EXPLAIN_COLUMNS) {
            g_string_append_printf(out, "\n%*s", APP_EXPLAIN_LABEL, "");
            column = APP_EXPLAIN_LABEL;
        } else if (column > APP_EXPLAIN_LABEL) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append_len(out, text, (gssize)word);
        column += wide;
        text += word;
        text += strspn(text, " ");
    }
    g_string_append_c(out, '\n');
}
