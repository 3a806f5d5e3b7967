/* judge/waits_main.c - lists of one to six waits, each asked for more tries than it has entries.
 *
 * A list is in memory of its own, so that a look beyond its end is seen.
 */
#include <stdio.h>
#include <stdlib.h>

#include "net/chance.h"
#include "smtp/schedule.h"

static void
ask_for_list(NetChance *chance, guint retries)
{
    SmtpSettings settings = { .retries = retries };

    settings.retry_s = g_new(gint64, retries);
    printf("# retry =");
    for (guint i = 0; i < retries; i++) {
        settings.retry_s[i] = 60 * (1 + (gint64)net_chance_below(chance, 600));
        printf("%s%dm", i > 0 ? ";" : " ", (int)(settings.retry_s[i] / 60));
    }
    printf("\n");
    for (guint tries = 1; tries <= retries + 3; tries++)
        printf("after try %u wait %d s\n", tries, (int)smtp_schedule_wait_s(&settings, tries));
    g_free(settings.retry_s);
}

int
main(int argc, char **argv)
{
    g_autoptr(NetChance) chance = net_chance_new(strtoull(argv[argc - 1], NULL, 10), TRUE);

    setvbuf(stdout, NULL, _IOLBF, 0); /* so that what came before a crash is seen */

    for (guint retries = 1; retries <= 6; retries++)
        ask_for_list(chance, retries);
    return 0;
}
