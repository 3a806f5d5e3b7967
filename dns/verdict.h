/* dns/verdict.h - how a look-up ended, told as an event.
 *
 *   found      the records                      final
 *   no data    the name exists, the type not    final
 *   NXDOMAIN   the name does not exist          final
 *   SERVFAIL   the server could not say         try again later
 *   timeout    nobody answered                  try again later
 *   bad        nothing that can be believed     try again later
 */
#ifndef DNS_VERDICT_H
#define DNS_VERDICT_H

#include "dns/resolver.h"

/* @name and @type were asked for, @ttl_s is for how long the answer holds. */
void dns_verdict_tell(Trace *trace, const char *name, DnsType type, const DnsAnswer *answer,
                      guint32 ttl_s);

#endif
