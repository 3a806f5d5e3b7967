/* judge/ties_main.c - equal preferences share the load: over 200 seeds, which orders come up? */
#include "labs/06-mx/judge/lists.h"

#define SEEDS 200
#define SELDOM                                                                                     \
    10 /* of 200; a fair order of three comes 33 times, and less than this once in a life */

/* "a b c" of the hosts' first letters. */
static char *
letters(const GPtrArray *hosts)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; hosts != NULL && i < hosts->len; i++)
        g_string_append_printf(text, "%s%c", i > 0 ? " " : "",
                               ((DnsMxHost *)g_ptr_array_index(hosts, i))->name[0]);
    return g_string_free(text, FALSE);
}

/* How often @order came up. Takes it out of @seen. */
static guint
take_out(GPtrArray *seen, const char *order)
{
    guint times = 0;

    for (guint i = seen->len; i > 0; i--) {
        if (strcmp(g_ptr_array_index(seen, i - 1), order) != 0)
            continue;
        g_ptr_array_remove_index_fast(seen, i - 1);
        times++;
    }
    return times;
}

/* The next of all orders of the @count letters of @text, as a dictionary has them; FALSE: that was the
 * last one. */
static gboolean
next_order(char *text, guint count)
{
    guint turn = count - 1, other = count - 1;

    while (turn > 0 && text[turn - 1] >= text[turn])
        turn--;
    if (turn == 0)
        return FALSE;
    while (text[other] <= text[turn - 1])
        other--;
    char held = text[other];
    text[other] = text[turn - 1];
    text[turn - 1] = held;
    for (guint a = turn, b = count - 1; a < b; a++, b--) {
        held = text[a];
        text[a] = text[b];
        text[b] = held;
    }
    return TRUE;
}

static void
tell_orders(GPtrArray *seen, guint count)
{
    g_autofree char *text = g_strndup("abcdef", count);

    do {
        g_autoptr(GString) order = g_string_new(NULL);

        for (guint i = 0; i < count; i++)
            g_string_append_printf(order, "%s%c", i > 0 ? " " : "", text[i]);
        guint times = take_out(seen, order->str);
        printf("%s %s\n", order->str,
               times == 0       ? "never comes up"
               : times < SELDOM ? "comes up much too seldom"
                                : "comes up");
    } while (next_order(text, count));
    if (seen->len > 0)
        printf("a list without some of the hosts: \"%s\"\n", (char *)g_ptr_array_index(seen, 0));
}

/* "10a 10b 5c": preference and letter of each host. */
static void
tell(const char *list, guint64 first_seed)
{
    g_autoptr(GPtrArray) records = lists_records();
    g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) words = g_strsplit(list, " ", -1);

    printf("# %s\n", list);
    for (char **word = words; *word != NULL; word++) {
        char *letter;
        guint preference = (guint)g_ascii_strtoull(*word, &letter, 10);
        g_autofree char *name = g_strconcat(letter, ".far.example", NULL);

        lists_add(records, preference, name);
    }
    for (guint64 i = 0; i < SEEDS; i++) {
        g_autoptr(NetChance) chance = net_chance_new(first_seed + i, TRUE);
        g_autoptr(GPtrArray) hosts = lists_order(records, chance);

        g_ptr_array_add(seen, letters(hosts));
    }
    tell_orders(seen, g_strv_length(words));
}

int
main(int argc, char **argv)
{
    guint64 seed = g_ascii_strtoull(argc > 1 ? argv[1] : "1", NULL, 10);

    setvbuf(stdout, NULL, _IOLBF, 0);
    tell("10a 20b", seed);
    tell("10a 10b", seed);
    tell("10a 5b 10c", seed);
    tell("7a 7b 7c", seed);
    tell("20a 10b 20c 10d", seed);
    return 0;
}
