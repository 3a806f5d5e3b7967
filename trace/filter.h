/* trace/filter.h - the one language that chooses events.
 *
 *     stage=dns host=mx.south.example user=alice text~"SERVFAIL" code>=400
 *
 * Terms separated by spaces must all hold. A term is FIELD OP VALUE; OP is = != ~ (contains,
 * without regard to case) > >= < <=. Fields: the event's keys (seq stage kind host journey branch
 * session user text rfc at cause) and any key of its data (code, label, outcome...). A bare
 * word means text~word. Values with spaces stand in double quotes.
 */
#ifndef TRACE_FILTER_H
#define TRACE_FILTER_H

#include "trace/event.h"

typedef struct TraceFilter TraceFilter;

/* NULL and @error (with the column) where @text is no filter. The empty text matches all. */
TraceFilter *trace_filter_parse(const char *text, GError **error);
void trace_filter_free(TraceFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceFilter, trace_filter_free)
gboolean trace_filter_matches(const TraceFilter *filter, const TraceEvent *event);
const char *trace_filter_text(const TraceFilter *filter);

/* --- when only a part of the event is at hand --- */

typedef enum {
    TRACE_FILTER_NO,     /* a term does not hold */
    TRACE_FILTER_YES,    /* all terms hold */
    TRACE_FILTER_UNSURE, /* a term asks for what is not at hand */
} TraceFilterAnswer;

/* The fields that an event has of its own. */
typedef enum {
    TRACE_FIELD_STAGE,
    TRACE_FIELD_KIND,
    TRACE_FIELD_HOST,
    TRACE_FIELD_JOURNEY,
    TRACE_FIELD_BRANCH,
    TRACE_FIELD_SESSION,
    TRACE_FIELD_USER,
    TRACE_FIELD_TEXT,
    TRACE_FIELD_RFC,
    TRACE_FIELD_AT,
    TRACE_FIELD_SEQ,
    TRACE_FIELD_CAUSE,
    TRACE_FIELD_DATA, /* any other: a key of its data */
} TraceField;

/* A bit 1 << TRACE_FIELD_HOST and so on for each field that @event is to be asked for. */
TraceFilterAnswer trace_filter_ask(const TraceFilter *filter, const TraceEvent *event,
                                   guint fields);

/* --- where nothing matches: what came nearest --- */

/* Bit i is set where the i-th term holds; a filter has at most 32. */
guint32 trace_filter_held(const TraceFilter *filter, const TraceEvent *event);

/* What the other terms miss in words: "its code is 250, not 503". Newly allocated; empty where all
 * hold. */
char *trace_filter_missed(const TraceFilter *filter, const TraceEvent *event);

/* What @event says as @field, one of those named above; NULL where it has none. Newly allocated. */
char *trace_filter_field_of(const TraceEvent *event, const char *field);

#endif
