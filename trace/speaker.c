/* trace/speaker.c - who speaks: the host, session, journey, branch and user of the events to come.
 *
 * Speakers keep no buffers of their own, apart from the few octets that each of their lines
 * shares: thousands of sessions are idle at a time.
 * Tests: tests/test_trace_trace.c, tests/test_trace_cost.c
 */
#include "trace/speaker.h"

#include "trace/text.h"

Trace *
trace_new(Tracer *tracer, const char *host, const char *session)
{
    if (tracer == NULL)
        return NULL;
    Trace *trace = g_new0(Trace, 1);

    trace->tracer = tracer;
    trace->who = g_string_new(NULL);
    trace->host = g_strdup(host);
    if (session != NULL)
        trace->session = g_strdup_printf("%s-%" G_GUINT64_FORMAT, session, ++tracer->sessions);
    return trace;
}

Trace *
trace_fork(const Trace *parent)
{
    if (parent == NULL)
        return NULL;
    Trace *trace = g_new0(Trace, 1);

    trace->tracer = parent->tracer;
    trace->who = g_string_new(NULL);
    trace->host = g_strdup(parent->host);
    trace->session = g_strdup(parent->session);
    trace->journey = g_strdup(parent->journey);
    trace->branch = g_strdup(parent->branch);
    trace->user = g_strdup(parent->user);
    trace->last = parent->last;
    trace->cause = parent->cause;
    return trace;
}

void
trace_free(Trace *trace)
{
    if (trace == NULL)
        return;
    g_free(trace->host);
    g_free(trace->session);
    g_free(trace->journey);
    g_free(trace->branch);
    g_free(trace->user);
    g_string_free(trace->who, TRUE);
    if (trace->data != NULL)
        g_string_free(trace->data, TRUE);
    g_free(trace);
}

const char *
trace_begin_journey(Trace *trace)
{
    if (!trace_is_on(trace))
        return NULL;
    GString *id = tracer_lend(trace->tracer);

    g_string_append_c(id, 'j');
    trace_text_append_unsigned(id, ++trace->tracer->journeys);
    trace_set_journey(trace, id->str);
    tracer_give_back(trace->tracer, id);
    trace_set_branch(trace, NULL);
    return trace->journey;
}

/* @value may be what *@field holds already. */
static void
trace_set(Trace *trace, char **field, const char *value)
{
    if (g_strcmp0(*field, value) == 0)
        return;
    char *copy = g_strdup(value);

    g_free(*field);
    *field = copy;
    g_string_truncate(trace->who, 0);
}

void
trace_set_journey(Trace *trace, const char *journey)
{
    if (trace != NULL)
        trace_set(trace, &trace->journey, journey);
}

void
trace_set_branch(Trace *trace, const char *branch)
{
    if (trace != NULL)
        trace_set(trace, &trace->branch, branch);
}

void
trace_set_user(Trace *trace, const char *user)
{
    if (trace != NULL)
        trace_set(trace, &trace->user, user);
}

const char *
trace_journey(const Trace *trace)
{
    return trace == NULL ? NULL : trace->journey;
}

const char *
trace_branch(const Trace *trace)
{
    return trace == NULL ? NULL : trace->branch;
}

const char *
trace_session(const Trace *trace)
{
    return trace == NULL ? NULL : trace->session;
}

const char *
trace_user(const Trace *trace)
{
    return trace == NULL ? NULL : trace->user;
}

const char *
trace_host(const Trace *trace)
{
    return trace == NULL ? NULL : trace->host;
}

Tracer *
trace_tracer(const Trace *trace)
{
    return trace == NULL ? NULL : trace->tracer;
}

gboolean
trace_is_on(const Trace *trace)
{
    return trace != NULL && trace->tracer->on;
}

guint64
trace_last(const Trace *trace)
{
    return trace == NULL ? 0 : trace->last;
}

void
trace_follow(Trace *trace, guint64 seq)
{
    if (trace != NULL)
        trace->cause = seq;
}

void
trace_twin(Trace *trace, guint64 seq)
{
    /* 0: the other end is a program of somebody else. The chain of causes stays as it is. */
    if (trace == NULL || seq == 0)
        return;
    trace->twin = seq;
    trace->cause = seq;
}
