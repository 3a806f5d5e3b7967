/* dns/mx_order.c - who takes mail for the domain, and who is tried first? (RFC 5321 §5.1)
 *
 *   MX 20 mx2   MX 10 mx1   MX 20 mx3     mx1, then mx2 and mx3 in either order
 *   MX 0 .                                nobody: it says so (null MX, RFC 7505)
 *   no MX                                 the domain's own address (implicit MX)
 *
 * Start reading at dns_mx_order_choose(). Tests: tests/test_dns_mx.c
 */
#include "dns/mx_inside.h"

#include <string.h>

/* A lone "." says that no mail is wanted; beside others it means nothing (RFC 7505 §3), and like any
 * name we could never connect to it is left out. */
gboolean
dns_mx_order_choose(const char *domain, const GPtrArray *records, GPtrArray *hosts)
{
    for (guint i = 0; i < records->len; i++) {
        const DnsRecord *record = g_ptr_array_index(records, i);

        if (strcmp(record->text, ".") != 0)
            g_ptr_array_add(hosts, dns_mx_host_new(record->text, record->preference, FALSE));
    }
    if (records->len == 0)
        g_ptr_array_add(hosts, dns_mx_host_new(domain, 0, TRUE));
    return hosts->len > 0;
}

static int
dns_mx_order_compare(const void *a, const void *b)
{
    const DnsMxHost *first = *(DnsMxHost *const *)a;
    const DnsMxHost *second = *(DnsMxHost *const *)b;

    return (int)first->preference - (int)second->preference;
}

/* Equal preferences mean: share the load. Returns how many hosts stood in ties. */
static guint
dns_mx_order_shuffle(GPtrArray *hosts, NetChance *chance)
{
    guint tied = 0;

    for (guint start = 0, end; start < hosts->len; start = end) {
        const DnsMxHost *first = g_ptr_array_index(hosts, start);

        for (end = start + 1; end < hosts->len; end++)
            if (((DnsMxHost *)g_ptr_array_index(hosts, end))->preference != first->preference)
                break;
        if (end - start < 2)
            continue;
        net_chance_shuffle(chance, hosts->pdata + start, end - start);
        tied += end - start;
    }
    return tied;
}

/* Lowest preference first, ties in random order, and no more than DNS_MX_HOSTS_MAX. */
void
dns_mx_order(Trace *trace, const char *domain, GPtrArray *hosts, NetChance *chance)
{
    guint count = hosts->len, tied;

    trace_put_text(trace, "domain", domain);
    dns_mx_put_hosts(trace, "before", hosts, FALSE);
    g_ptr_array_sort(hosts, dns_mx_order_compare);
    tied = dns_mx_order_shuffle(hosts, chance);
    if (count > DNS_MX_HOSTS_MAX)
        g_ptr_array_set_size(hosts, DNS_MX_HOSTS_MAX);
    dns_mx_put_hosts(trace, "after", hosts, FALSE);
    trace_put_number(trace, "ties", tied);
    if (count > 1) /* one alone has no order */
        trace_put_text(trace, "outcome", "sorted");
    trace_decision(trace, STAGE_DNS, "RFC 5321 §5.1",
                   "Hosts that take mail for %s: %u; the lowest preference is tried first%s",
                   domain, count,
                   tied > 0 ? "; equal preferences in random order, to share the load" : "");
}
