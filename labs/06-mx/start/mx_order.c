/* mx_order.c - who takes mail for the domain, and who is tried first? (RFC 5321 §5.1)     Your file: it
 * stands in for dns/mx_order.c.
 *
 *   MX 20 mx2   MX 10 mx1   MX 20 mx3     mx1, then mx2 and mx3 in either order
 *   MX 0 .                                nobody: it says so (null MX, RFC 7505)
 *   no MX                                 the domain's own address (implicit MX)
 *
 * Three functions are yours; dns_mx_order() uses two of them, and is told to the viewer.
 */
#include "dns/mx_inside.h"

#include <string.h>

/* Yours; dns/mx_inside.h says what it is to do. Each record becomes a host, so far, whatever its name. */
gboolean
dns_mx_order_choose(G_GNUC_UNUSED const char *domain, const GPtrArray *records, GPtrArray *hosts)
{
    for (guint i = 0; i < records->len; i++) {
        const DnsRecord *record = g_ptr_array_index(records, i);

        g_ptr_array_add(hosts, dns_mx_host_new(record->text, record->preference, FALSE));
    }
    return TRUE;
}

/* Yours. For g_ptr_array_sort(): below 0 where the first host goes before the second, above 0 where it
 * goes behind it. @a and @b point at the array's elements, which are pointers themselves. */
static int
dns_mx_order_compare(const void *a, const void *b)
{
    G_GNUC_UNUSED const DnsMxHost *first = *(DnsMxHost *const *)a;
    G_GNUC_UNUSED const DnsMxHost *second = *(DnsMxHost *const *)b;

    return 0;
}

/* Yours. @hosts are sorted. Equal preferences mean: share the load; net_chance_shuffle() brings items
 * that stand side by side into any order. Returns how many hosts stood in ties. */
static guint
dns_mx_order_shuffle(G_GNUC_UNUSED GPtrArray *hosts, G_GNUC_UNUSED NetChance *chance)
{
    return 0;
}

/* Given. */
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
