/* app/dialogue.c - prints a conversation from its wire events. */
#include "app/dialogue.h"

#include <stdio.h>
#include "trace/words.h"

void
app_dialogue_print(const TraceEvent *event, G_GNUC_UNUSED void *data)
{
    g_autofree char *from = trace_event_data(event, "from");
    g_autofree char *line = trace_event_data(event, "line");
    g_autofree char *reply = trace_event_data(event, "lines");
    gboolean client = g_strcmp0(from, "client") == 0 || g_strcmp0(from, "reader") == 0;
    g_autofree char *said = words_sentence(event->text);
    g_auto(GStrv) lines = NULL;

    if (event->kind != TRACE_WIRE) {
        printf("%s\n", said);
        return;
    }
    if (line == NULL && reply == NULL) {
        printf("%s (%s)\n", client ? "C:" : "S:", said);
        return;
    }
    lines = g_strsplit(line != NULL ? line : reply, "\n", -1);
    for (char **one = lines; *one != NULL; one++)
        printf("%s %s\n", client ? "C:" : "S:", g_strchomp(*one));
}
