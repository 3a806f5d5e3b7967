/* dns/asking.c - "Asking DNS which hosts accept mail for south.example": one sentence a type. */
#include "dns/asking.h"

#include "trace/words.h"

typedef struct DnsAsking {
    DnsType type;
    const char *label; /* on the arrow */
    const char *what;  /* completes "Asking ... for %s" */
    const char *rfc;
} DnsAsking;

/* clang-format off */
static const DnsAsking askings[] = {
    { DNS_MX,    "MX?",    "which hosts accept mail for",  "RFC 5321 §5.1" },
    { DNS_A,     "A?",     "for the IPv4 addresses of",    "RFC 1035 §3.4.1" },
    { DNS_AAAA,  "AAAA?",  "for the IPv6 addresses of",    "RFC 3596 §2.3" },
    { DNS_TXT,   "TXT?",   "for the texts published at",   "RFC 1035 §3.3.14" },
    { DNS_PTR,   "PTR?",   "which name belongs to",        "RFC 1035 §3.3.12" },
    { DNS_CNAME, "CNAME?", "what is meant by the alias",   "RFC 1035 §3.3.1" },
    { DNS_NS,    "NS?",    "for the name servers of",      "RFC 1035 §3.3.11" },
    { DNS_SOA,   "SOA?",   "who is in charge of the zone", "RFC 1035 §3.3.13" },
    { DNS_ANY,   "ANY?",   "for everything about",         "RFC 1035 §3.2.3" },
};
/* clang-format on */

void
dns_asking_tell(Trace *trace, const DnsQuestion *question, const char *server, guint try,
                guint tries)
{
    const DnsAsking *asking = &askings[G_N_ELEMENTS(askings) - 1];
    g_autofree char *again = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(askings); i++)
        if (askings[i].type == question->type)
            asking = &askings[i];
    if (try > 1)
        again = g_strdup_printf(N_(", try %u of %u"), try, tries);
    trace_put_text(trace, "question", question->name);
    trace_put_text(trace, "type", dns_type_name(asking->type));
    trace_put_text(trace, "server", server);
    trace_put_number(trace, "try", try);
    trace_put_number(trace, "tries", tries);
    trace_put_arrow(trace, "host", "dns", asking->label);
    trace_dns(trace, STAGE_DNS, asking->rfc, "Asking DNS %s %s (record type %s)%s", asking->what,
              question->name, dns_type_name(asking->type), again == NULL ? "" : again);
}
