/* dns/asking.h - how a question to a name server is told: in the words of what it is asked for. */
#ifndef DNS_ASKING_H
#define DNS_ASKING_H

#include "dns/message.h"
#include "trace/trace.h"

/* @server: whose turn it is. @try counts from 1, up to @tries. */
void dns_asking_tell(Trace *trace, const DnsQuestion *question, const char *server, guint try,
                     guint tries);

#endif
