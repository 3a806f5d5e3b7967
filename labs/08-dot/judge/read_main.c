/* judge/read_main.c - 500 streams: what each octet means to the reader. */
#include "smtp/dot.h"
#include "streams.h"

int
main(int argc, char **argv)
{
    static const char *const names[] = { "keep", "drop", "END", "bare-LF", "bare-CR" };
    g_autoptr(NetChance) chance = net_chance_new(strtoull(argv[argc - 1], NULL, 10), TRUE);

    setvbuf(stdout, NULL, _IOLBF, 0); /* so that what came before a crash is seen */

    for (guint i = 0; i < STREAMS; i++) {
        g_autoptr(GString) stream = stream_new(chance, i % 2 == 1);
        SmtpDotState state = SMTP_DOT_LINE_START;
        SmtpDotMeaning meaning = SMTP_DOT_KEEP;

        g_string_append(stream, "\r\n.\r\n");
        stream_print("# the octets ", stream);
        for (gsize at = 0; at < stream->len && meaning != SMTP_DOT_END; at++) {
            meaning = smtp_dot_read(&state, stream->str[at]);
            printf("%s%s", at > 0 ? " " : "",
                   meaning <= SMTP_DOT_BARE_CR ? names[meaning] : "none of the five");
        }
        printf("\n");
    }
    return 0;
}
