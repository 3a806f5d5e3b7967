/* judge/write_main.c - 500 messages, as they go over the wire. */
#include "smtp/dot.h"
#include "streams.h"

int
main(int argc, char **argv)
{
    g_autoptr(NetChance) chance = net_chance_new(strtoull(argv[argc - 1], NULL, 10), TRUE);

    setvbuf(stdout, NULL, _IOLBF, 0); /* so that what came before a crash is seen */

    for (guint i = 0; i < STREAMS; i++) {
        g_autoptr(GString) message = stream_new(chance, i % 4 == 3);
        g_autoptr(GString) wire = g_string_new(NULL);
        SmtpDotState state = SMTP_DOT_LINE_START;

        stream_print("# the message ", message);
        smtp_dot_write(&state, message->str, message->len, wire);
        smtp_dot_finish(state, wire);
        stream_print("on the wire ", wire);
    }
    return 0;
}
