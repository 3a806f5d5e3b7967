/* judge/ask_main.c - 300 messages in a row: who stops which, and which gets what mark? */
#include <stdio.h>
#include <stdlib.h>

#include "net/chance.h"
#include "smtp/circle.h"

#define MESSAGES 300

static const char *const names[] = { "anna@north.example", "office@north.example",
                                     "orders@north.example", "anna@south.example" };

static const char *
name(NetChance *chance)
{
    return names[net_chance_below(chance, G_N_ELEMENTS(names))];
}

/* A header with Received and Delivered-To lines; what it has is told. */
static StoreIndex *
header_new(NetChance *chance)
{
    static const guint hops[] = { 0, 1, 2, 30, 99, 100, 101, 150 };
    guint received = hops[net_chance_below(chance, G_N_ELEMENTS(hops))];
    guint marks = net_chance_below(chance, 3);
    StoreIndex *index = store_index_new();
    g_autoptr(GString) text = g_string_new("Subject: x\r\n");

    printf("# a message with %u Received lines", received);
    for (guint i = 0; i < received; i++)
        g_string_append(text, "Received: from a.example by b.example; Mon, 5 Jan 2026 09:00:00 "
                              "+0000\r\n");
    for (guint i = 0; i < marks; i++) {
        const char *mark = name(chance);

        printf("%s %s", i == 0 ? ", Delivered-To:" : " and", mark);
        g_string_append_printf(text, "Delivered-To: %s\r\n", mark);
    }
    g_string_append(text, "\r\n");
    store_index_feed(index, text->str, text->len);
    store_index_finish(index);
    return index;
}

/* Where it would go: mailboxes here and addresses elsewhere, each with the alias it was reached by. */
static GPtrArray *
recipients_new(NetChance *chance, guint count)
{
    GPtrArray *recipients = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);

    for (guint i = 0; i < count; i++) {
        gboolean here = net_chance_below(chance, 2) == 0;
        SmtpAddress *address =
            smtp_split_address(here ? "greta@north.example" : "anna@south.example", NULL);
        SmtpRecipient *one =
            smtp_recipient_new(address, here ? g_new0(StoreAccount, 1) : NULL, "1");

        if (!here || net_chance_below(chance, 2) == 0)
            one->alias = g_strdup(name(chance));
        printf("%s %s%s%s", i == 0 ? "; for" : " and",
               here ? "a mailbox here" : "an address elsewhere",
               one->alias != NULL ? " by the alias " : "", one->alias != NULL ? one->alias : "");
        g_ptr_array_add(recipients, one);
    }
    return recipients;
}

static void
ask(NetChance *chance)
{
    g_autoptr(StoreIndex) index = header_new(chance);
    guint count = 1 + net_chance_below(chance, 3);
    g_autoptr(GPtrArray) recipients = recipients_new(chance, count);
    guint accepted = 1 + net_chance_below(chance, count);
    g_autoptr(GString) head = g_string_new(NULL);
    const SmtpRefusal *refusal;

    printf("; named by the client: %u\n", accepted);
    refusal = smtp_circle_find(NULL, index, recipients);
    printf("%s\n", refusal != NULL ? refusal->code : "goes on");
    smtp_circle_mark(recipients, accepted, head);
    printf("mark: %s", head->len > 0 ? head->str : "none\n");
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
