/* judge/table_main.c - 64 callers, and what each may do. */
#include <stdio.h>

#include "smtp/permit.h"

static const char *
yes(gboolean answer)
{
    return answer ? "yes" : "no";
}

/* Each bit of @nth is one thing that is so or not. */
static void
ask(guint nth)
{
    StoreAccount account = { .address = (char *)"${user}@${home}.example" };
    SmtpSettings settings = { .local_sender_needs_auth = (nth & 1) != 0 };
    SmtpCaller caller = { .port = (nth & 2) != 0 ? SMTP_PORT_SUBMIT : SMTP_PORT_RELAY,
                          .account = (nth & 4) != 0 ? &account : NULL,
                          .trusted = (nth & 8) != 0,
                          .loopback = (nth & 16) != 0,
                          .secured = (char *)((nth & 32) != 0 ? "TLS1.3" : NULL),
                          .peer = (char *)((nth & 16) != 0 ? "127.0.0.9" : "192.0.2.9") };

    printf("# %s port, %s, %s network, calls from %s, %s; local-sender-needs-auth = %s\n",
           caller.port == SMTP_PORT_SUBMIT ? "submission" : "smtp",
           caller.account != NULL ? "logged in" : "not logged in",
           caller.trusted ? "trusted" : "unknown", caller.peer,
           caller.secured != NULL ? "with TLS" : "without TLS",
           settings.local_sender_needs_auth ? "on" : "off");
    printf("port takes its mail: %s\n", yes(smtp_permit_port(&caller)));
    printf("may send under an address of ours: %s\n", yes(smtp_permit_sender(&settings, &caller)));
    printf("may relay: %s\n", yes(smtp_permit_relay(&caller)));
}

int
main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that what came before a crash is seen */
    for (guint nth = 0; nth < 64; nth++)
        ask(nth);
    return 0;
}
