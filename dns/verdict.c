/* dns/verdict.c - how a look-up ended, told as an event.
 *
 * Start reading at verdicts[]. Tests: tests/test_dns_resolver.c
 */
#include "dns/verdict.h"

typedef struct DnsVerdict {
    DnsOutcome outcome;
    const char *name;  /* dns_outcome_name() */
    const char *label; /* on the arrow; NULL: none is drawn, or dns/exchange.c has drawn it */
    const char *rfc;
    const char *before, *between, *after; /* the sentence around name and type */
} DnsVerdict;

/* clang-format off */
static const DnsVerdict verdicts[] = {
    { DNS_FOUND, "found", NULL, "RFC 5452 §9.1", /* the records come last */
      "An answer that repeats our id and question, so it is believed: ", ", type ", ": " },
    { DNS_NO_DATA, "no data", "no data", "RFC 2308 §2.2",
      "The name ", " exists, but it has no ", " record. That is final" },
    { DNS_NO_NAME, "NXDOMAIN", "NXDOMAIN", "RFC 2308 §2.1",
      "There is no such name as ", ", so it has no ", " record either. That is final" },
    { DNS_SERVFAIL, "SERVFAIL", "SERVFAIL", "RFC 1035 §4.1.1",
      "The name server could not say what ", " has as ", ". That does not mean no: try again later" },
    { DNS_TIMEOUT, "timeout", NULL, "RFC 5321 §5.1",
      "Nobody answered for ", ", type ", ". That does not mean no: try again later" },
    { DNS_BAD, "bad answer", NULL, "RFC 5452 §9.1",
      "What came for ", ", type ", ", cannot be believed. That does not mean no: try again later" },
};
/* clang-format on */

static const DnsVerdict *
dns_verdict_of(DnsOutcome outcome)
{
    const DnsVerdict *verdict = verdicts;

    while (verdict->outcome != outcome)
        verdict++;
    return verdict;
}

const char *
dns_outcome_name(DnsOutcome outcome)
{
    return dns_verdict_of(outcome)->name;
}

/* "mx.north.example and 2 more" */
static char *
dns_verdict_records(const GPtrArray *records)
{
    g_autofree char *first = NULL;

    if (records->len == 0)
        return g_strdup("");
    first = dns_record_describe(g_ptr_array_index(records, 0));
    if (records->len == 1)
        return g_steal_pointer(&first);
    return g_strdup_printf("%s and %u more", first, records->len - 1);
}

static void
dns_verdict_put(Trace *trace, const char *name, DnsType type, const DnsAnswer *answer,
                guint32 ttl_s)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < answer->records->len; i++)
        g_ptr_array_add(texts, dns_record_describe(g_ptr_array_index(answer->records, i)));
    g_ptr_array_add(texts, NULL);
    trace_put_text(trace, "question", name);
    trace_put_text(trace, "type", dns_type_name(type));
    trace_put_text(trace, "outcome", dns_outcome_name(answer->outcome));
    trace_put_list(trace, "answers", (const char *const *)texts->pdata);
    trace_put_number(trace, "ttl", ttl_s);
    trace_put_flag(trace, "cache", answer->cached);
    if (!dns_name_equal(answer->canonical, name))
        trace_put_text(trace, "canonical", answer->canonical);
}

static void
dns_verdict_tell_cached(Trace *trace, const char *name, DnsType type, const DnsAnswer *answer,
                        guint32 ttl_s)
{
    trace_dns(trace, STAGE_DNS, "RFC 1034 §5.3.3",
              "%s, type %s, is known from before (%s, for another %u s): nobody has to be asked",
              name, dns_type_name(type), dns_outcome_name(answer->outcome), ttl_s);
}

void
dns_verdict_tell(Trace *trace, const char *name, DnsType type, const DnsAnswer *answer,
                 guint32 ttl_s)
{
    const DnsVerdict *verdict = dns_verdict_of(answer->outcome);
    g_autofree char *count = g_strdup_printf("%u %s", answer->records->len, dns_type_name(type));
    g_autofree char *records = dns_verdict_records(answer->records);

    if (!trace_is_on(trace))
        return;
    dns_verdict_put(trace, name, type, answer, ttl_s);
    if (answer->cached) {
        dns_verdict_tell_cached(trace, name, type, answer, ttl_s);
        return;
    }
    if (answer->outcome == DNS_FOUND)
        trace_put_arrow(trace, "dns", "host", count);
    else if (verdict->label != NULL)
        trace_put_arrow(trace, "dns", "host", verdict->label);
    trace_dns(trace, STAGE_DNS, verdict->rfc, "%s%s%s%s%s%s", verdict->before, answer->canonical,
              verdict->between, dns_type_name(type), verdict->after, records);
}
