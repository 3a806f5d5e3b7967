/* judge/cut_main.c - 200 messages, each written in two portions, cut at each octet. */
#include "smtp/dot.h"
#include "streams.h"

int
main(int argc, char **argv)
{
    g_autoptr(NetChance) chance = net_chance_new(strtoull(argv[argc - 1], NULL, 10), TRUE);

    setvbuf(stdout, NULL, _IOLBF, 0); /* so that what came before a crash is seen */

    for (guint i = 0; i < 200; i++) {
        g_autoptr(GString) message = stream_new(chance, i % 4 == 3);

        for (gsize cut = 0; cut <= message->len; cut++) {
            g_autoptr(GString) wire = g_string_new(NULL);
            SmtpDotState state = SMTP_DOT_LINE_START;
            g_autofree char *second = g_memdup2(message->str + cut, message->len - cut);

            printf("# first %u octets, then the rest, of ", (guint)cut);
            stream_print("", message);
            smtp_dot_write(&state, message->str, cut, wire);
            smtp_dot_write(&state, second, message->len - cut, wire);
            smtp_dot_finish(state, wire);
            stream_print("on the wire ", wire);
        }
    }
    return 0;
}
