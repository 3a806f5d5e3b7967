/* trace/event.h - one event: a step of the server that a learner can stop at.
 *
 * In the journal it is one JSON object a line, its keys in this order, unset ones left out:
 *
 *   {"seq":41,"time":"2026-01-05T09:00:00.120Z","host":"mx.north.example","stage":"route",
 *    "kind":"decision","journey":"j3","branch":"1","session":"smtp-7","user":"alice",
 *    "text":"south.example is not ours: the message must travel","rfc":"RFC 5321 §3.6",
 *    "at":"smtp/route.c:58:smtp_route_decide","cause":38,"twin":40,
 *    "data":{"domain":"south.example","local":false}}
 *
 * Server and viewer share this file and nothing else of each other.
 */
#ifndef TRACE_EVENT_H
#define TRACE_EVENT_H

#include <glib.h>
#include "trace/stage.h"

typedef enum {
    TRACE_WIRE,     /* a command, a reply or a body went over a connection */
    TRACE_DECISION, /* the server decided something */
    TRACE_SQL,      /* the database was asked or changed */
    TRACE_DNS,      /* a question to a name server, or its answer */
    TRACE_STATE,    /* a state changed: a session, a host, the world */
    TRACE_TIMER,    /* a timer was set or fired */
    TRACE_FAULT,    /* a fault that somebody asked for happened */
    TRACE_INPUT,    /* a control command or a line of the script */
    TRACE_ERROR,    /* the world is wrong: disk, database, network */
    TRACE_KINDS,
} TraceKind;

const char *trace_kind_name(TraceKind kind);
/* TRACE_KINDS where @name is none. */
TraceKind trace_kind_from_name(const char *name);

typedef struct TraceEvent {
    guint64 seq;    /* gapless, from 1 */
    gint64 time_us; /* microseconds since 1970, by the world's clock */
    Stage stage;
    TraceKind kind;
    const char *host;    /* NULL where no host did it */
    const char *journey; /* "j3"; NULL before MAIL */
    const char *branch;  /* "1.2", the recipient; NULL: the whole message */
    const char *session; /* "smtp-7" */
    const char *user;    /* the account, once known */
    const char *text;    /* one sentence, in a teacher's words */
    const char *rfc;     /* "RFC 5321 §3.6" or NULL */
    const char *at;      /* "smtp/route.c:58:smtp_route_decide" */
    guint64 cause;       /* seq of the event this follows from; 0: a root */
    guint64 twin;        /* the same octets seen at their other end (ours too); 0: none */
    const char *data;    /* a JSON object as text, or NULL */

    /* Set by the tracer alone, which makes ready once what many lines share. Unset elsewhere: then all
     * is looked at, and made safe, when it is written. */
    const char *who; /* journey, branch, session and user as they stand in the line; then host, rfc
                      * and at are the program's own words */
    /* Lengths of what may be copied as it stands; 0: it may not. */
    gsize who_octets, text_octets, at_octets, data_octets;
} TraceEvent;

/* Appends the journal line of @event, "\n" included. Text is made safe: see trace/redact.h.
 * (trace/line.c) */
void trace_event_write(const TraceEvent *event, GString *line);
/* Appends the part of the line that says who speaks: ,"journey":"j3","branch":"1",... */
void trace_event_write_who(const TraceEvent *event, GString *line);

/* A copy that owns its strings. */
TraceEvent *trace_event_copy(const TraceEvent *event);
/* For copies and parsed events only. */
void trace_event_free(TraceEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceEvent, trace_event_free)

/**
 * trace_event_parse:
 * @line: one journal line, with or without its "\n"; it need not end in NUL
 *
 * Brackets deeper than 32 are refused before the JSON parser sees them (it recurses).
 * Unknown keys are passed over: they come from a newer version.
 *
 * Returns: (transfer full): the event, or NULL with @error (the line is no event)
 */
TraceEvent *trace_event_parse(const char *line, gsize length, GError **error);
/* Whether a JSON parser may be given @line, of an event or of a header: brackets too deep overflow its
 * stack. */
gboolean trace_event_is_shallow(const char *line, gsize length);

/* The member @key of @event's data as text (a string without its quotes, a number as written, a
 * list or an object as JSON). Newly allocated; NULL where there is none. */
char *trace_event_data(const TraceEvent *event, const char *key);

#define TRACE_TIME_SIZE sizeof "2026-01-05T09:00:00.120Z"

/* "2026-01-05T09:00:00.120Z" of @time_us. */
void trace_time_write(char text[TRACE_TIME_SIZE], gint64 time_us);
char *trace_time_format(gint64 time_us);
/* The reverse; -1 where @text is no such time. */
gint64 trace_time_parse(const char *text);

#endif
