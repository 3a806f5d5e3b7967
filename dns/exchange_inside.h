/* dns/exchange_inside.h - what the files of an exchange share and nobody else sees.
 *
 *   exchange.c         a try over UDP: asked, waited for, asked again
 *   exchange_tcp.c     the same question over TCP, where the answer was cut
 *   exchange_fault.c   what somebody wants to go wrong with it
 */
#ifndef DNS_EXCHANGE_INSIDE_H
#define DNS_EXCHANGE_INSIDE_H

#include "dns/exchange.h"

struct DnsExchange {
    Net *net;
    NetChance *chance;
    const DnsSettings *settings;
    Trace *trace;         /* the look-up's */
    DnsQuestion question; /* name owned; the id is new with each try */
    guint first;          /* of the servers: asked in the first try */
    guint try;            /* from 1 */
    guint strays;         /* answers that were none of ours */
    NetUdp *udp;          /* of this try; NULL: none open */
    NetConn *tcp;         /* after TC; NULL: none open */
    NetTimer *patience;   /* until this try is given up */
    gint64 late_us;       /* a fault: when this try's answer may be seen, steady time; 0: at once */
    GBytes *late;         /* an answer that came and is held back; NULL: none */
    NetTimer *late_timer; /* until it may be seen */
    NetTimer *settled;    /* runs once the end is known; then @done is called */
    DnsOutcome outcome;
    DnsMessage *message; /* owned; NULL: none came */
    DnsExchanged done;
    void *data;
};

/* exchange.c */
const DnsServerAt *dns_exchange_server(const DnsExchange *exchange); /* of this try */
/* The end is known; @message is taken. */
void dns_exchange_settle(DnsExchange *exchange, DnsOutcome outcome, DnsMessage *message);
/* Octets from the server that was asked: an answer, a stray, or one that was cut. */
void dns_exchange_arrived(DnsExchange *exchange, const guint8 *octets, gsize length);

/* exchange_tcp.c */
void dns_exchange_tcp(DnsExchange *exchange);

/* exchange_fault.c */
/* Before the question is sent. TRUE: it is not to be. */
gboolean dns_exchange_fault(DnsExchange *exchange);
/* Keeps an answer until exchange->late_us, and hands it to dns_exchange_arrived() then. */
void dns_exchange_hold_back(DnsExchange *exchange, const guint8 *octets, gsize length);

#endif
