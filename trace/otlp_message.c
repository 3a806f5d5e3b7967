/* trace/otlp_message.c - what a message on the wire tells: its Message-ID, and the hop.
 *
 * Both ends of a hop write down the names that they gave each other and the hash of the content; of
 * that the id is made which joins their traces (trace/otlp.h).
 */
#include <string.h>

#include "trace/otlp_inside.h"

void
trace_otlp_hop_clear(TraceOtlpHop *hop)
{
    g_free(hop->client);
    g_free(hop->server);
    g_free(hop->sha256);
}

/* The Message-ID in a message's first lines, without its brackets (RFC 5322 §3.6.4). */
static char *
trace_otlp_message_id(const char *head)
{
    g_auto(GStrv) lines = g_strsplit(head, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_ascii_strncasecmp(lines[i], "Message-ID:", 11) != 0)
            continue;
        gboolean folded = lines[i + 1] != NULL && g_ascii_isspace(*lines[i + 1]);
        g_autofree char *field = g_strconcat(lines[i] + 11, folded ? lines[i + 1] : "", NULL);
        const char *open = strchr(field, '<');
        const char *close = open == NULL ? NULL : strchr(open, '>');

        return close == NULL ? g_strdup(g_strstrip(field))
                             : g_strndup(open + 1, (gsize)(close - open - 1));
    }
    return NULL;
}

/* Both ends count how often this content went over between these two: a reply may be lost, and the
 * same octets come once more. */
static void
trace_otlp_hop_set(TraceOtlp *otlp, TraceOtlpHop *hop, const TraceOtlpTalk *talk,
                   const char *sha256, char side)
{
    trace_otlp_hop_clear(hop);
    hop->client = g_strdup(talk->client == NULL ? "" : talk->client);
    hop->server = g_strdup(talk->server == NULL ? "" : talk->server);
    hop->sha256 = g_strdup(sha256);
    char *key = g_strdup_printf("%c %s %s %s", side, hop->client, hop->server, sha256);

    hop->number = GPOINTER_TO_UINT(g_hash_table_lookup(otlp->hop_count, key)) + 1;
    g_hash_table_replace(otlp->hop_count, key, GUINT_TO_POINTER(hop->number));
}

/* Only a host that has had the message in its hands puts a Received line into it (RFC 5321 §4.4):
 * of one without any, the sender is a mail program, which writes no journal. */
static gboolean
trace_otlp_has_passed_a_host(const char *head)
{
    return head != NULL &&
           (g_ascii_strncasecmp(head, "Received:", 9) == 0 || strstr(head, "\nReceived:") != NULL);
}

void
trace_otlp_body(TraceOtlp *otlp, TraceOtlpSpan *span, const TraceOtlpTalk *talk,
                const TraceEvent *event)
{
    g_autofree char *head = trace_event_data(event, "head");
    g_autofree char *sha256 = trace_event_data(event, "sha256");
    g_autofree char *from = trace_event_data(event, "from");
    TraceOtlpJourney *journey = span->visit->journey;

    if (head != NULL && journey->message_id == NULL)
        journey->message_id = trace_otlp_message_id(head);
    if (sha256 == NULL || from == NULL || !talk->relayed || !trace_otlp_has_passed_a_host(head))
        return;
    if (span->stage == STAGE_RELAY && g_str_equal(from, "host"))
        trace_otlp_hop_set(otlp, &span->hop, talk, sha256, 's');
    else if (g_str_equal(from, "client"))
        trace_otlp_hop_set(otlp, &span->visit->hop, talk, sha256, 'r');
}

void
trace_otlp_given(TraceOtlpJourney *journey, const TraceEvent *event)
{
    g_autofree char *after = trace_event_data(event, "after");
    const char *token = after == NULL ? NULL : strstr(after, "\"token\":\"");

    if (token != NULL && journey->given == NULL) {
        g_autofree char *word = g_strndup(token + 9, strcspn(token + 9, "\""));

        journey->given = g_strdup_printf("%s@%s", word, event->host);
    }
}
