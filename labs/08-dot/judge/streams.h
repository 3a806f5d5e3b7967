/* judge/streams.h - made-up octets in which dots, CRs and LFs are no rare thing. */
#ifndef LAB_STREAMS_H
#define LAB_STREAMS_H

#include <stdio.h>
#include <stdlib.h>

#include "net/chance.h"

#define STREAMS 500

/* @pieces of them: whole ends of lines are likelier than halves of them. */
static GString *
stream_new(NetChance *chance, gboolean odd)
{
    static const char *const sound[] = { ".", "..", "a", "bc", "\r\n", "\r\n", "\r\n." };
    static const char *const others[] = { "\r", "\n", "\r\r\n", "\n.\r\n", "\r\n.\n", "\n\r" };
    guint pieces = net_chance_below(chance, 12);
    GString *stream = g_string_new(NULL);

    for (guint i = 0; i < pieces; i++) {
        if (odd && net_chance_below(chance, 3) == 0)
            g_string_append(stream, others[net_chance_below(chance, G_N_ELEMENTS(others))]);
        else
            g_string_append(stream, sound[net_chance_below(chance, G_N_ELEMENTS(sound))]);
    }
    return stream;
}

/* One line: CR and LF as C writes them. */
static void
stream_print(const char *before, const GString *stream)
{
    printf("%s\"", before);
    for (gsize i = 0; i < stream->len; i++) {
        if (stream->str[i] == '\r' || stream->str[i] == '\n')
            printf("%s", stream->str[i] == '\r' ? "\\r" : "\\n");
        else
            putchar(stream->str[i]);
    }
    printf("\"\n");
}

#endif
