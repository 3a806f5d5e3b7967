/* dns/resolver.h - asks a name server without waiting for it.
 *
 * libresolv builds the question and parses the answer; the loop does the waiting: a UDP socket of
 * our own a question (fresh port), a second try, TCP when the answer was cut (TC).
 */
#ifndef DNS_RESOLVER_H
#define DNS_RESOLVER_H

#include "dns/name.h"
#include "dns/record.h"
#include "net/net.h"
#include "trace/trace.h"

/* How a look-up ended. "No" is final; "no answer" is not. */
typedef enum {
    DNS_FOUND,    /* records of the type asked for */
    DNS_NO_DATA,  /* the name exists, the type does not */
    DNS_NO_NAME,  /* NXDOMAIN: the name does not exist */
    DNS_SERVFAIL, /* the server could not say */
    DNS_TIMEOUT,  /* nobody answered */
    DNS_BAD,      /* what came was no answer to our question, or nonsense */
} DnsOutcome;

const char *dns_outcome_name(DnsOutcome outcome); /* "found", "no data", "NXDOMAIN", ... */

typedef struct DnsAnswer {
    DnsOutcome outcome;
    GPtrArray
        *records;    /* DnsRecord of the type asked for, CNAMEs followed, in the order they came */
    char *canonical; /* the name at the end of the CNAME chain */
    gboolean cached;
    guint64 event; /* the trace event that told the answer, to follow from */
} DnsAnswer;

typedef struct DnsResolver DnsResolver;
typedef struct DnsLookup DnsLookup;

#define DNS_SERVERS_MAX 3 /* name servers to ask, as the system's own file may name */
#define DNS_TIMEOUT_S   5 /* until a server must have answered a try */
#define DNS_TRIES       2 /* of each server; then there is no answer */

typedef struct DnsServerAt {
    const char *address; /* NULL: ends the list */
    guint16 port;
} DnsServerAt;

typedef struct DnsSettings {
    DnsServerAt servers[DNS_SERVERS_MAX + 1]; /* each is asked in turn until one answers */
    const char *local;                        /* address to ask from; NULL: any */
    double timeout_s;                         /* a try; 0: DNS_TIMEOUT_S */
    guint tries;                              /* of each server; 0: DNS_TRIES */
    guint first;                              /* the resolver's own: who is asked first */
} DnsSettings;

/* Adds "ADDRESS:PORT"; the address is copied, and the caller's to free. FALSE: it is none, or the
 * list is full. */
gboolean dns_settings_add(DnsSettings *settings, const char *text);
guint dns_settings_servers(const DnsSettings *settings);
/* The lines "nameserver ADDRESS" of @text, the system's own file (resolv.conf(5)), each at port 53; of
 * more than three the rest is passed over, and so is what is no address. Nobody is named: this machine. */
void dns_settings_system(DnsSettings *settings, const char *text);

DnsResolver *dns_resolver_new(Net *net, NetChance *chance, const DnsSettings *settings);
/* The world's chance that it was given. */
NetChance *dns_resolver_chance(const DnsResolver *resolver);
/* Forgets its open look-ups. MX look-ups (dns/mx.h) are to be cancelled before. */
void dns_resolver_free(DnsResolver *resolver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsResolver, dns_resolver_free)

/* Called once. @answer belongs to dns/: copy what you keep. */
typedef void (*DnsAnswered)(const DnsAnswer *answer, void *data);

/* Asks for @name and @type; @answered is called once, never before this returns (a cached answer
 * comes in the next turn). Events go to a fork of @trace, stage dns. */
DnsLookup *dns_resolver_ask(DnsResolver *resolver, Trace *trace, const char *name, DnsType type,
                            DnsAnswered answered, void *data);
/* Forgets the question: @answered will not be called. Not to be called once it was. */
void dns_lookup_cancel(DnsLookup *lookup);
/* Forgets what was cached. */
void dns_resolver_flush(DnsResolver *resolver);

#endif
