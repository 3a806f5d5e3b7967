/* judge/copies_main.c - circles, targets and copies, each asked alone: no database, no network. */
#include <stdio.h>

#include "net/chance.h"
#include "smtp/recipient_inside.h"

/* ---- circles ---- */

static void
tell_circles(void)
{
    for (guint depth = 0; depth < 8; depth++) {
        SmtpRecipientTask task = { .depth = depth };

        printf("# an alias, %u others before it\n", depth);
        puts(smtp_copies_is_circle(&task) ? "a circle" : "goes on");
    }
}

/* ---- targets ---- */

static void
tell_tasks(SmtpRecipientSearch *search)
{
    SmtpRecipientTask *task;

    while ((task = g_queue_pop_head(&search->tasks)) != NULL) {
        printf("%s, branch %s, depth %u, came by %s, owner %s\n", task->address->full, task->branch,
               task->depth, task->alias != NULL ? task->alias : "nobody",
               task->owner != NULL ? task->owner : "nobody");
        smtp_address_free(task->address);
        g_free(task->branch);
        g_free(task->alias);
        g_free(task->owner);
        g_free(task);
    }
}

/* An alias with @count targets, of which every fourth is no address. */
static void
tell_targets(NetChance *chance, guint count, const char *alias, const char *owner, guint depth)
{
    SmtpRecipientSearch search = { .tasks = G_QUEUE_INIT };
    g_autoptr(SmtpAddress) address = smtp_split_address("team@north.example", NULL);
    SmtpRecipientTask task = { address, "2.1", (char *)alias, "owner-old@north.example", depth };
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) targets = NULL;

    printf("# targets of an alias, %u of them, at depth %u%s%s%s%s\n", count, depth,
           alias != NULL ? " that came by " : "", alias != NULL ? alias : "",
           owner != NULL ? ", a list of " : "", owner != NULL ? owner : "");
    for (guint i = 0; i < count; i++) {
        g_autofree char *name = net_chance_token(chance, 4);
        g_autofree char *target = g_strconcat(name, i % 4 == 3 ? "" : "@south.example", NULL);

        g_strv_builder_add(builder, target);
    }
    targets = g_strv_builder_end(builder);
    smtp_copies_expand(&search, &task, targets, owner);
    tell_tasks(&search);
}

/* ---- copies ---- */

static SmtpRecipient *
recipient(const char *text, gint64 account)
{
    StoreAccount *found = account != 0 ? g_new0(StoreAccount, 1) : NULL;

    if (found != NULL)
        found->id = account;
    return smtp_recipient_new(smtp_split_address(text, NULL), found, "1");
}

static void
tell_same(const GPtrArray *recipients, const char *text, gint64 account)
{
    g_autoptr(SmtpRecipient) wanted = recipient(text, account);
    const SmtpRecipient *same = smtp_copies_same(recipients, wanted);

    printf("# %s, %s: who of %u is the same?\n", text, account != 0 ? "of ours" : "elsewhere",
           recipients->len);
    puts(same != NULL ? same->address->full : "nobody");
}

static void
tell_copies(void)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);

    tell_same(all, "ann@north.example", 1);
    g_ptr_array_add(all, recipient("ann@north.example", 1));
    g_ptr_array_add(all, recipient("bob@north.example", 2));
    g_ptr_array_add(all, recipient("carol@south.example", 0));
    tell_same(all, "ANN+note@north.example", 1);
    tell_same(all, "bob@second.example", 2);
    tell_same(all, "carol@south.example", 0);
    tell_same(all, "carol@west.example", 0);
    tell_same(all, "carol@south.example", 3);
    tell_same(all, "ann@north.example", 0);
    tell_same(all, "dave@north.example", 4);
}

int
main(int argc, char **argv)
{
    g_autoptr(NetChance) chance =
        net_chance_new(g_ascii_strtoull(argc > 1 ? argv[1] : "1", NULL, 10), TRUE);

    setvbuf(stdout, NULL, _IOLBF, 0);
    tell_circles();
    tell_targets(chance, 1, NULL, NULL, 0);
    tell_targets(chance, 2 + net_chance_below(chance, 4), NULL, "owner-team@north.example", 0);
    tell_targets(chance, 8, "all@north.example", NULL, 3);
    tell_copies();
    return 0;
}
