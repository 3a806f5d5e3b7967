/* dns/exchange_fault.c - name servers that lie, fail, are silent or late: because a lab asked for it.
 *
 *   dns-timeout                              nothing is sent
 *   dns-nxdomain  dns-servfail  dns-lie      nothing is sent; an answer is made here
 *   dns-late                                 the answer comes, and is kept back for a while
 *
 * trace/fault.c has the table of faults. Tests: tests/test_faults.c, tests/test_dns_resolver.c
 */
#include "dns/exchange_inside.h"

#include "trace/fault.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>

/* An answer made here, as the fault wants it. @lie: an address, or a host to be sent on to. */
static void
dns_exchange_pretend(DnsExchange *exchange, guint rcode, const char *lie)
{
    DnsMessage *message = g_new0(DnsMessage, 1);
    g_autofree char *host = lie == NULL ? NULL : dns_name_clean(lie);
    guint8 address[NS_INADDRSZ];

    message->rcode = rcode;
    message->answers = dns_records_new();
    if (lie != NULL && inet_pton(AF_INET, lie, address) == 1)
        g_ptr_array_add(message->answers,
                        dns_record_new(exchange->question.name, DNS_A, 0, 0, lie));
    else if (host != NULL)
        g_ptr_array_add(message->answers,
                        dns_record_new(exchange->question.name, DNS_CNAME, 0, 0, host));
    dns_exchange_settle(exchange, DNS_FOUND, message);
}

gboolean
dns_exchange_fault(DnsExchange *exchange)
{
    Trace *trace = exchange->trace;
    const TraceFault *fault;

    if (trace_fault(trace, STAGE_DNS, "dns-timeout") != NULL)
        return TRUE;
    if (trace_fault(trace, STAGE_DNS, "dns-nxdomain") != NULL) {
        dns_exchange_pretend(exchange, ns_r_nxdomain, NULL);
        return TRUE;
    }
    if (trace_fault(trace, STAGE_DNS, "dns-servfail") != NULL) {
        dns_exchange_pretend(exchange, ns_r_servfail, NULL);
        return TRUE;
    }
    if (exchange->question.type == DNS_A &&
        (fault = trace_fault(trace, STAGE_DNS, "dns-lie")) != NULL) {
        dns_exchange_pretend(exchange, ns_r_noerror, fault->parameter);
        return TRUE;
    }
    if ((fault = trace_fault(trace, STAGE_DNS, "dns-late")) != NULL) {
        double delay_s = CLAMP(g_ascii_strtod(fault->parameter, NULL), 0, 3600);

        exchange->late_us =
            net_clock_steady_us(net_clock(exchange->net)) + (gint64)(delay_s * NET_SECOND);
    }
    return FALSE;
}

static void
dns_exchange_arrived_late(void *data)
{
    DnsExchange *exchange = data;
    g_autoptr(GBytes) late = g_steal_pointer(&exchange->late);
    gsize length;
    const guint8 *octets = g_bytes_get_data(late, &length);

    exchange->late_timer = NULL;
    dns_exchange_arrived(exchange, octets, length);
}

/* As if the network took its time with it: by then this try may have been given up. One at a time:
 * an answer that comes behind another late one would find nobody either. */
void
dns_exchange_hold_back(DnsExchange *exchange, const guint8 *octets, gsize length)
{
    NetClock *clock = net_clock(exchange->net);
    gint64 wait_us = exchange->late_us - net_clock_steady_us(clock);

    if (exchange->late != NULL)
        return;
    exchange->late = g_bytes_new(octets, length);
    exchange->late_timer = net_timer_start(clock, NET_TIMER_GUARD, MAX(wait_us, 0),
                                           dns_exchange_arrived_late, exchange);
}
