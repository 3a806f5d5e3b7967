/* judge/ends_main.c - 400 made-up messages: due, verdict and warning of each.
 *
 * Half of them are asked about at a second that matters (the warning's, the end's) or the one
 * before or after it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "net/chance.h"
#include "smtp/schedule.h"

#define MESSAGES 400
#define HOUR     3600

static gint64 waits[] = { 300, 900, 1800, 2 * HOUR };

/* How old the message is, in seconds, when it is asked about. */
static gint64
age_of(NetChance *chance, const SmtpSettings *settings)
{
    const gint64 edges[] = { settings->warn_after_s, settings->give_up_after_s };

    if (net_chance_below(chance, 2) == 0)
        return net_chance_below(chance, (guint32)settings->give_up_after_s + 2 * HOUR);
    return MAX(0, edges[net_chance_below(chance, 2)] + (gint64)net_chance_below(chance, 3) - 1);
}

static void
ask(NetChance *chance)
{
    static const char *const names[] = { "again", "refused", "expired" };
    SmtpSettings settings = { .retry_s = waits, .retries = G_N_ELEMENTS(waits) };
    StoreQueueItem item = { .arrived_s = 1767603600 };
    gboolean permanent = net_chance_below(chance, 4) == 0;
    gint64 age_s;
    SmtpRetryVerdict verdict;

    settings.warn_after_s = (gint64)net_chance_below(chance, 6) * HOUR;
    settings.give_up_after_s = (gint64)(6 + net_chance_below(chance, 100)) * HOUR;
    settings.give_up_tries = net_chance_below(chance, 2) * (3 + net_chance_below(chance, 6));
    item.tries = 1 + net_chance_below(chance, 9);
    item.warned = net_chance_below(chance, 3) == 0;
    age_s = age_of(chance, &settings);
    printf(
        "# retry = 5m;15m;30m;2h, warn-after = %d s, give-up-after = %d s, give-up-tries = %u: try "
        "%u fails %d s after the message came; permanent: %s, warned already: %s\n",
        (int)settings.warn_after_s, (int)settings.give_up_after_s, settings.give_up_tries,
        item.tries, (int)age_s, permanent ? "yes" : "no", item.warned ? "yes" : "no");
    verdict = smtp_schedule_verdict(&settings, &item, permanent, item.arrived_s + age_s);
    printf("verdict: %s\n", verdict <= SMTP_RETRY_EXPIRED ? names[verdict] : "none of the three");
    if (permanent || age_s >= settings.give_up_after_s)
        return;
    printf("next try: %d s after the message came; warn now: %s\n",
           (int)(smtp_schedule_due_s(&settings, &item, item.arrived_s + age_s) - item.arrived_s),
           smtp_schedule_warns(&settings, &item, item.arrived_s + age_s) ? "yes" : "no");
}

int
main(int argc, char **argv)
{
    g_autoptr(NetChance) chance = net_chance_new(strtoull(argv[argc - 1], NULL, 10), TRUE);

    setvbuf(stdout, NULL, _IOLBF, 0); /* so that what came before a crash is seen */

    for (guint i = 0; i < MESSAGES; i++)
        ask(chance);
    return 0;
}
