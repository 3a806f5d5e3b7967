/* trace/mermaid.h - a journal as a sequence diagram, for documents that draw Mermaid.
 *
 *   sequenceDiagram
 *     actor p1 as client
 *     participant p2 as mx.north.example
 *     p1->>p2: RCPT TO...                 a command          p2-->>p1: 250 ...     a reply
 *     p2--xp1: 550 ...                    a refusal
 *     Note over p2: user carol, domain... a decision, the database, a timer
 *     rect ... end                        what one host did before another one went on
 *
 * What is worth telling is drawn (trace/gate.h), the stops of Space. A diagram that a browser still
 * draws has an end: what does not fit is counted in a last note.
 */
#ifndef TRACE_MERMAID_H
#define TRACE_MERMAID_H

#include "trace/event.h"

typedef struct TraceMermaid TraceMermaid;

TraceMermaid *trace_mermaid_new(void);
void trace_mermaid_free(TraceMermaid *diagram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceMermaid, trace_mermaid_free)

/* The events in their order; each is looked at once. */
void trace_mermaid_event(TraceMermaid *diagram, const TraceEvent *event);

/* Appends the diagram of all that was given. */
void trace_mermaid_write(const TraceMermaid *diagram, GString *out);

#endif
