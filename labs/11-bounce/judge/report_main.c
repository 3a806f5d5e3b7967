/* judge/report_main.c - 40 reports, each printed as it would be sent. */
#include <stdio.h>
#include <stdlib.h>

#include "net/chance.h"
#include "smtp/bounce_text.h"

#define REPORTS    40
#define RECIPIENTS 3
#define START_S    1767603600

static gboolean
maybe(NetChance *chance)
{
    return net_chance_below(chance, 2) == 0;
}

static GPtrArray *
attempts_new(NetChance *chance)
{
    GPtrArray *attempts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = net_chance_below(chance, 3); i > 0; i--) {
        StoreAttempt *attempt = g_new0(StoreAttempt, 1);

        attempt->when_s = START_S + 1800 * (gint64)(3 - i);
        attempt->host = (char *)"mx.south.example";
        attempt->address = (char *)"127.0.0.3";
        attempt->words = (char *)"451 4.3.0 not now";
        g_ptr_array_add(attempts, attempt);
    }
    return attempts;
}

/* What became of one recipient: what another host said, what we found ourselves, or no words at all. */
static void
one_init(NetChance *chance, SmtpBounceOne *one, SmtpBounceAction action)
{
    static const char *const who[] = { "carol@south.example", "dave@west.example",
                                       "\"jo ann\"@south.example" };
    static const char *const status[] = { "5.1.1", "5.1.2", "4.4.1", "5.2.2", "4.2.2", "5.4.6" };
    static const char *const remote[] = { "mx.south.example", "127.0.0.3", "::1" };
    gboolean by_remote = maybe(chance) || action == SMTP_BOUNCE_RELAYED;

    *one = (SmtpBounceOne){ .recipient = who[net_chance_below(chance, G_N_ELEMENTS(who))],
                            .original = maybe(chance) ? "rfc822;sales@south.example" : NULL,
                            .action = action,
                            .status = status[net_chance_below(chance, G_N_ELEMENTS(status))],
                            .diagnostic = by_remote       ? "550 5.1.1 no such user"
                                          : maybe(chance) ? "nobody answers"
                                                          : NULL,
                            .attempts = attempts_new(chance) };
    if (by_remote)
        one->remote = remote[net_chance_below(chance, G_N_ELEMENTS(remote))];
}

static void
print(const GString *text)
{
    g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *visible = g_strescape(*line, "\"\\");

        printf("%s\n", visible);
    }
}

static void
ask(NetChance *chance, guint nth)
{
    SmtpBounceOne ones[RECIPIENTS];
    guint count = 1 + net_chance_below(chance, RECIPIENTS);
    SmtpBounceAction action = net_chance_below(chance, SMTP_BOUNCE_DELIVERED + 1);
    g_autofree char *token = net_chance_token(chance, 20);
    g_autoptr(GString) message = g_string_new("Subject: hello\r\nFrom: <alice@north.example>\r\n");
    SmtpBounceText report = { .hostname = "mx.north.example",
                              .sender = "alice@north.example",
                              .envelope = maybe(chance) ? "QQ314159" : NULL,
                              .token = token,
                              .journey = "j3",
                              .message = message,
                              .whole = maybe(chance),
                              .now_s = START_S + 7200,
                              .arrived_s = START_S,
                              .retry_until_s = START_S + 86400,
                              .ones = ones,
                              .count = count };

    if (report.whole)
        g_string_append(message, maybe(chance) ? "\r\nHello.\r\n" : "\r\ncaf\303\251\r\n");
    for (guint i = 0; i < count; i++)
        one_init(chance, &ones[i], action);
    printf("# report %u: %u recipients, %s, %s%s\n", nth, count, smtp_bounce_action_name(action),
           report.whole ? "with the whole message" : "with the message's header",
           report.envelope != NULL ? ", envelope id QQ314159" : "");
    g_autoptr(GString) text = smtp_bounce_text(&report);
    print(text);
    for (guint i = 0; i < count; i++)
        g_ptr_array_unref((GPtrArray *)ones[i].attempts);
}

int
main(int argc, char **argv)
{
    g_autoptr(NetChance) chance = net_chance_new(strtoull(argv[argc - 1], NULL, 10), TRUE);

    setvbuf(stdout, NULL, _IOLBF, 0); /* so that what came before a crash is seen */
    for (guint nth = 1; nth <= REPORTS; nth++)
        ask(chance, nth);
    return 0;
}
