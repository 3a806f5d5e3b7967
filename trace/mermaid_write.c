/* trace/mermaid_write.c - the text of a sequence diagram.
 *
 * Every character that means something to Mermaid is written as its number ("#59;"): the text of an
 * event may be a stranger's. Each host's items stand in a rectangle of their own.
 */
#include <string.h>

#include "trace/mermaid_inside.h"
#include "trace/redact.h"
#include "trace/words.h"

#define TRACE_MERMAID_OCTETS  45000 /* a browser refuses more than 50,000 characters */
#define TRACE_MERMAID_TEXT    240   /* so much of an event's sentence */
#define TRACE_MERMAID_COLUMNS 44    /* a line of a note */

/* Appends @text on lines of readable length, all that Mermaid or a browser could take for something
 * else as numbers. */
static void
trace_mermaid_text(GString *out, const char *text)
{
    g_autoptr(GString) safe = g_string_new(NULL);
    guint column = 0;

    trace_safe_append(safe, text, -1, TRACE_MERMAID_TEXT, FALSE);
    for (const char *c = safe->str; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);

        column++;
        if (letter == ' ' && column > TRACE_MERMAID_COLUMNS) {
            g_string_append(out, "<br/>");
            column = 0;
        } else if (letter < 0x80 && !g_ascii_isalnum((char)letter) &&
                   strchr(" .,:-+=?!()[]/'@_*", (int)letter) == NULL) {
            g_string_append_printf(out, "#%u;", letter);
        } else {
            g_string_append_unichar(out, letter);
        }
    }
    if (safe->len == 0)
        g_string_append_c(out, '-');
}

static void
trace_mermaid_item(const TraceMermaid *diagram, const TraceMermaidItem *item, GString *out)
{
    static const char *const arrows[] = {
        [TRACE_MERMAID_SAYS] = "->>",
        [TRACE_MERMAID_ANSWERS] = "-->>",
        [TRACE_MERMAID_REFUSES] = "--x",
    };

    if (item->form == TRACE_MERMAID_WIDE && diagram->who->len > 1)
        g_string_append_printf(out, "    Note over p1,p%u: ", diagram->who->len);
    else if (item->form == TRACE_MERMAID_WIDE || item->form == TRACE_MERMAID_NOTE)
        g_string_append_printf(out, "    Note over p%u: ", item->from + 1);
    else
        g_string_append_printf(out, "    p%u%sp%u: ", item->from + 1, arrows[item->form],
                               item->to + 1);
    trace_mermaid_text(out, item->text);
    g_string_append_c(out, '\n');
}

static void
trace_mermaid_participants(const TraceMermaid *diagram, GString *out)
{
    for (guint i = 0; i < diagram->who->len; i++) {
        const TraceMermaidWho *who = g_ptr_array_index(diagram->who, i);

        g_string_append_printf(out, "    %s p%u as ", who->actor ? "actor" : "participant", i + 1);
        trace_mermaid_text(out, _(who->name));
        g_string_append_c(out, '\n');
    }
    if (diagram->who->len == 0)
        g_string_append(out, "    participant p1 as Glasspost\n");
}

void
trace_mermaid_write(const TraceMermaid *diagram, GString *out)
{
    const char *host = NULL;
    guint left_out = diagram->left_out;

    g_string_append(out, "sequenceDiagram\n");
    trace_mermaid_participants(diagram, out);
    for (guint i = 0; i < diagram->items->len; i++) {
        const TraceMermaidItem *item = g_ptr_array_index(diagram->items, i);

        if (out->len > TRACE_MERMAID_OCTETS) {
            left_out += diagram->items->len - i;
            break;
        }
        if (item->host != host && host != NULL)
            g_string_append(out, "    end\n");
        if (item->host != host && item->host != NULL)
            g_string_append(out, "    rect rgba(128, 128, 128, 0.12)\n");
        host = item->host;
        trace_mermaid_item(diagram, item, out);
    }
    if (host != NULL)
        g_string_append(out, "    end\n");
    if (left_out > 0)
        g_string_append_printf(out, "    Note over p1: and %u more (--journey chooses a message)\n",
                               left_out);
}
