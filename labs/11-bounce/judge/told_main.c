/* judge/told_main.c - each wish, each thing that can become of a message, each kind of sender: is anybody
 * told? */
#include <stdio.h>

#include "smtp/bounce_state.h"

static const struct {
    guint notify;
    const char *words;
} wishes[] = {
    { 0, "no NOTIFY" },
    { STORE_NOTIFY_NEVER, "NOTIFY=NEVER" },
    { STORE_NOTIFY_FAILURE, "NOTIFY=FAILURE" },
    { STORE_NOTIFY_DELAY, "NOTIFY=DELAY" },
    { STORE_NOTIFY_SUCCESS, "NOTIFY=SUCCESS" },
    { STORE_NOTIFY_FAILURE | STORE_NOTIFY_DELAY, "NOTIFY=FAILURE,DELAY" },
    { STORE_NOTIFY_SUCCESS | STORE_NOTIFY_FAILURE, "NOTIFY=SUCCESS,FAILURE" },
};

static void
ask(guint wish, SmtpBounceAction action, const char *sender)
{
    StoreQueueItem item = { .sender = (char *)sender,
                            .recipient = (char *)"carol@south.example",
                            .notify = wishes[wish].notify };

    printf("# from <%s>, %s: %s\n", sender, wishes[wish].words, smtp_bounce_action_name(action));
    printf("wanted: %s\n", smtp_bounce_is_wanted(item.notify, action) ? "yes" : "no");
    printf("told: %s\n", smtp_bounce_is_due(NULL, &item, action) ? "yes" : "no");
}

int
main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that what came before a crash is seen */
    for (guint wish = 0; wish < G_N_ELEMENTS(wishes); wish++)
        for (guint action = SMTP_BOUNCE_FAILED; action <= SMTP_BOUNCE_DELIVERED; action++) {
            ask(wish, action, "alice@north.example");
            ask(wish, action, "");
        }
    return 0;
}
