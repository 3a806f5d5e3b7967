/* judge/order_main.c - 40 lists of MX records, and what comes of each. Hosts of equal preference may come in
 * any order: they are told by name. */
#include "labs/06-mx/judge/lists.h"

static int
by_name_where_equal(const void *a, const void *b)
{
    const DnsMxHost *first = *(DnsMxHost *const *)a, *second = *(DnsMxHost *const *)b;

    return strcmp(first->name, second->name);
}

/* Sorts each run of equal preferences, and nothing else. */
static void
settle(GPtrArray *hosts)
{
    for (guint start = 0, end; start < hosts->len; start = end) {
        const DnsMxHost *first = g_ptr_array_index(hosts, start);

        for (end = start + 1; end < hosts->len; end++)
            if (((DnsMxHost *)g_ptr_array_index(hosts, end))->preference != first->preference)
                break;
        qsort(hosts->pdata + start, end - start, sizeof(gpointer), by_name_where_equal);
    }
}

/* Each list is ordered with a chance of its own, so that how much of it is used makes no difference. */
static void
tell(const GPtrArray *records)
{
    g_autoptr(NetChance) chance = net_chance_new(1, TRUE);
    g_autoptr(GPtrArray) hosts = NULL;

    printf("# MX:");
    for (guint i = 0; i < records->len; i++) {
        const DnsRecord *record = g_ptr_array_index(records, i);

        printf(" %u %s%s", record->preference, record->text, i + 1 < records->len ? "," : "");
    }
    puts(records->len == 0 ? " none" : "");
    hosts = lists_order(records, chance);
    if (hosts == NULL) {
        puts("takes no mail");
        return;
    }
    settle(hosts);
    for (guint i = 0; i < hosts->len; i++) {
        const DnsMxHost *host = g_ptr_array_index(hosts, i);

        printf("%u %s%s%s", host->preference, host->name, host->implicit ? " (implicit)" : "",
               i + 1 < hosts->len ? ", " : "");
    }
    puts(hosts->len == 0 ? "nobody" : "");
}

/* @count hosts; preferences below @below, so that some are equal. */
static void
tell_drawn(NetChance *chance, guint count, guint below)
{
    g_autoptr(GPtrArray) records = lists_records();

    for (guint i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("%c.far.example", 'a' + (int)i);

        lists_add(records, net_chance_below(chance, below), name);
    }
    tell(records);
}

/* "." alone, "." beside a host, nothing, and numbers at both ends. */
static void
tell_special(void)
{
    g_autoptr(GPtrArray) records = lists_records();

    tell(records);
    lists_add(records, 0, ".");
    tell(records);
    lists_add(records, 10, "a.far.example");
    tell(records);
    lists_add(records, 65535, "b.far.example");
    lists_add(records, 0, "c.far.example");
    lists_add(records, 9, "d.far.example");
    tell(records);
}

int
main(int argc, char **argv)
{
    g_autoptr(NetChance) chance =
        net_chance_new(g_ascii_strtoull(argc > 1 ? argv[1] : "1", NULL, 10), TRUE);
    g_autoptr(GPtrArray) many = lists_records();

    setvbuf(stdout, NULL, _IOLBF, 0);
    tell_special();
    for (guint i = 0; i < 35; i++)
        tell_drawn(chance, 1 + net_chance_below(chance, 6), i % 2 == 0 ? 200 : 4);
    for (guint i = 0; i < 14; i++) {
        g_autofree char *name = g_strdup_printf("%c.far.example", 'a' + (int)i);

        lists_add(many, (i * 5) % 14, name);
    }
    tell(many);
    return 0;
}
