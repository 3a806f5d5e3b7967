/* trace/otlp.h - a journal as OpenTelemetry traces (OTLP/JSON, one ExportTraceServiceRequest).
 *
 *   trace    a journey                                    trace id: of the Message-ID
 *     span   mx.north.example, one host's part            service.name: the host
 *       span   sender, split, route, dns, store ...       a stage, its events as span events
 *       span   relay                                      the conversation with the next host
 *         span   mx.south.example                         whose parent is that relay span
 *           span   ...
 *
 * Two worlds on two machines never speak of traces, and still their spans join: an id that both
 * must know is made of what both have seen.
 *
 *   trace id   the first 16 octets of SHA-256("trace", Message-ID)
 *   relay span the first 8 octets of SHA-256("hop", trace id, name in the client's EHLO, name in
 *              the server's greeting, SHA-256 of the content on the wire, which time it was sent)
 *
 * Each word is hashed with a NUL after it, ids as hex digits. Each host puts a Received line of its
 * own on top (RFC 5321 §4.4), so that the content of each hop is another. All other span ids are
 * made of the trace id, host, journey, session and stage: the same journal gives the same ids every
 * time.
 *
 * Where both hosts are in one journal, the hop that brought a message follows from the relay by the
 * events' causes; so a hop that was refused at EHLO or RCPT hangs below its relay span, too. In a
 * journal of its own the next host never saw a Message-ID then: there it is a trace by itself. Two
 * messages with one Message-ID are one trace: nothing else of them is seen on every machine.
 */
#ifndef TRACE_OTLP_H
#define TRACE_OTLP_H

#include "trace/event.h"

typedef struct TraceOtlp TraceOtlp;

TraceOtlp *trace_otlp_new(void);
void trace_otlp_free(TraceOtlp *otlp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceOtlp, trace_otlp_free)

/* The events in their order; each is looked at once. */
void trace_otlp_event(TraceOtlp *otlp, const TraceEvent *event);

/* The trace id of a Message-ID, without its brackets: 32 hex digits. Newly allocated. */
char *trace_otlp_trace_id(const char *message_id);
/* In a redacted journal (trace/pseudonym.h) a Message-ID is its trace id and this. */
#define TRACE_OTLP_REDACTED "@trace.example"

/* Appends the request: one JSON object on one line. */
void trace_otlp_write(const TraceOtlp *otlp, GString *out);

#endif
