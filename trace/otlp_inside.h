/* trace/otlp_inside.h - what trace/otlp*.c share: journeys, a host's part in them, stages. */
#ifndef TRACE_OTLP_INSIDE_H
#define TRACE_OTLP_INSIDE_H

#include "trace/otlp.h"

typedef struct TraceOtlpVisit TraceOtlpVisit;

/* A message on the wire between two hosts, as both ends see it. */
typedef struct TraceOtlpHop {
    char *client, *server; /* the names they gave each other */
    char *sha256;          /* of the content */
    guint number;          /* the same was sent before? from 1; 0: no message went over */
} TraceOtlpHop;

/* What one session did in one stage for one message. */
typedef struct TraceOtlpSpan {
    TraceOtlpVisit *visit;
    Stage stage; /* STAGE_NONE: the visit's own */
    char *session;
    gint64 start_us, end_us;
    GString *events; /* JSON objects, separated by commas */
    guint taken, dropped;
    char *refused;    /* why its status is an error; NULL: it isn't */
    TraceOtlpHop hop; /* of a relay span */
} TraceOtlpSpan;

/* What one host did for one message, from taking it on. */
struct TraceOtlpVisit {
    struct TraceOtlpJourney *journey;
    guint number; /* among those of the journey, from 0 */
    char *host;
    gboolean called;            /* another host or a client brought it: not made here */
    TraceOtlpSpan own;          /* the whole time, and events of no stage */
    GPtrArray *spans;           /* TraceOtlpSpan, in the order in which they began */
    TraceOtlpHop hop;           /* how it came, as this end saw it */
    const TraceOtlpSpan *after; /* the relay span that called us, where this journal has it */
    char *reports_on;           /* it is a report about this journey */
};

typedef struct TraceOtlpJourney {
    char *id;         /* "j3" */
    char *message_id; /* without its brackets; NULL: not known (yet) */
    char *given;      /* the one that this host gives a message that has none */
    GPtrArray *visits;
} TraceOtlpJourney;

/* A session, whatever messages it takes or sends. */
typedef struct TraceOtlpTalk {
    char *client, *server; /* EHLO's name, and the greeting's */
    gboolean relayed;      /* taking: another host calls; calling: always */
    GPtrArray *before;     /* TraceEvent */
} TraceOtlpTalk;

struct TraceOtlp {
    GPtrArray *journeys;   /* TraceOtlpJourney, in their order */
    GPtrArray *hosts;      /* char *, in the order in which they were met */
    GHashTable *by_id;     /* "j3" -> TraceOtlpJourney */
    GHashTable *by_work;   /* "j3 host session" -> TraceOtlpVisit */
    GHashTable *by_stage;  /* "j3 host session stage" -> TraceOtlpSpan */
    GHashTable *by_seq;    /* -> TraceOtlpSpan */
    GHashTable *talks;     /* "host session" -> TraceOtlpTalk */
    GHashTable *hop_count; /* how often each was sent ("s ...") and taken ("r ...") */
};

/* trace/otlp_message.c. A whole message went over a connection: its Message-ID, and the hop that
 * both ends know. */
void trace_otlp_body(TraceOtlp *otlp, TraceOtlpSpan *span, const TraceOtlpTalk *talk,
                     const TraceEvent *event);
/* The id that a submission server gives a message without one: its token at its own name. */
void trace_otlp_given(TraceOtlpJourney *journey, const TraceEvent *event);
void trace_otlp_hop_clear(TraceOtlpHop *hop);

/* trace/otlp_event.c: the JSON of one span event, appended to the span's. */
void trace_otlp_span_tell(TraceOtlpSpan *span, const TraceEvent *event);
/* {"key":"rfc","value":{"stringValue":"..."}}, with a comma before it but for the list's first. */
void trace_otlp_text(GString *out, const char *key, const char *value);
void trace_otlp_number(GString *out, const char *key, gint64 value);

#endif
