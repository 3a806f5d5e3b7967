/* dns/exchange.h - one question to a name server, and what came back.
 *
 *     UDP, try 1 --no answer--> UDP, try 2 --no answer--> timeout      each try, the next server
 *         |                         |
 *         +----- answer, cut (TC) --+--> TCP --> answer
 *
 * It knows sockets, ids and timeouts; what an answer means is the resolver's business.
 */
#ifndef DNS_EXCHANGE_H
#define DNS_EXCHANGE_H

#include "dns/message.h"
#include "dns/resolver.h"

typedef struct DnsExchange DnsExchange;

/* @outcome: DNS_FOUND with the @message that came (whatever it says), DNS_TIMEOUT or DNS_BAD
 * without one. @message belongs to the exchange. The exchange is still to be freed. */
typedef void (*DnsExchanged)(DnsOutcome outcome, const DnsMessage *message, void *data);

/* Asks at once; @done is called once, never before this returns. @settings and @trace must outlive
 * the exchange; @name is clean. */
DnsExchange *dns_exchange_start(Net *net, NetChance *chance, const DnsSettings *settings,
                                Trace *trace, const char *name, DnsType type, DnsExchanged done,
                                void *data);
/* Which of the servers answered, or was asked last: the next exchange begins there. So one that is
 * silent costs its timeout once, and not with every question. */
guint dns_exchange_answered_by(const DnsExchange *exchange);
/* Forgets the question where it is still open. */
void dns_exchange_free(DnsExchange *exchange);

#endif
