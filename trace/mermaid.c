/* trace/mermaid.c - a journal as a sequence diagram.
 *
 *   event --worth telling?--> an item: from whom to whom, or a note at one
 *   the end                   participants in the order in which they were met, then the items
 *
 * Who is at the other end of a session? "client" and "remote" are roles: where the journal knows
 * the host behind it (the call came from one of ours, a relay names whom it calls, another host
 * greets with its name), that host is the participant, so that a hop is an arrow between two hosts.
 *
 * Start reading at trace_mermaid_event(). Its text is made in trace/mermaid_write.c.
 * Tests: tests/test_trace_mermaid.c
 */
#include "trace/mermaid.h"

#include <string.h>
#include "trace/gate.h"
#include "trace/mermaid_inside.h"
#include "trace/words.h"

#define TRACE_MERMAID_ITEMS 300 /* a browser refuses more than 500 arrows */

/* ------------------------------------------------------------------ who takes part */

static void
trace_mermaid_who_free(gpointer data)
{
    TraceMermaidWho *who = data;

    g_free(who->name);
    g_free(who);
}

static void
trace_mermaid_item_free(gpointer data)
{
    TraceMermaidItem *item = data;

    g_free(item->text);
    g_free(item);
}

TraceMermaid *
trace_mermaid_new(void)
{
    TraceMermaid *diagram = g_new0(TraceMermaid, 1);

    diagram->who = g_ptr_array_new_with_free_func(trace_mermaid_who_free);
    diagram->items = g_ptr_array_new_with_free_func(trace_mermaid_item_free);
    diagram->names = g_string_chunk_new(1024);
    diagram->at = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    diagram->others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    diagram->hosts = g_ptr_array_new();
    return diagram;
}

void
trace_mermaid_free(TraceMermaid *diagram)
{
    if (diagram == NULL)
        return;
    g_ptr_array_unref(diagram->who);
    g_ptr_array_unref(diagram->items);
    g_hash_table_unref(diagram->at);
    g_hash_table_unref(diagram->others);
    g_ptr_array_unref(diagram->hosts);
    g_string_chunk_free(diagram->names);
    g_free(diagram);
}

static guint
trace_mermaid_who(TraceMermaid *diagram, const char *name, gboolean actor)
{
    for (guint i = 0; i < diagram->who->len; i++) {
        const TraceMermaidWho *who = g_ptr_array_index(diagram->who, i);

        if (g_str_equal(who->name, name))
            return i;
    }
    TraceMermaidWho *who = g_new0(TraceMermaidWho, 1);

    who->name = g_strdup(name);
    who->actor = actor;
    g_ptr_array_add(diagram->who, who);
    return diagram->who->len - 1;
}

static char *
trace_mermaid_session(const TraceEvent *event)
{
    return g_strdup_printf("%s %s", event->host == NULL ? "" : event->host,
                           event->session == NULL ? "" : event->session);
}

static void
trace_mermaid_other_is(TraceMermaid *diagram, const TraceEvent *event, const char *name)
{
    g_hash_table_replace(diagram->others, trace_mermaid_session(event),
                         g_string_chunk_insert_const(diagram->names, name));
}

/* "EHLO mx.north.example": the name after the verb, of a host that delivers. */
static void
trace_mermaid_greeted(TraceMermaid *diagram, const TraceEvent *event)
{
    g_autofree char *line = trace_event_data(event, "line");
    const char *name = line == NULL ? NULL : strchr(line, ' ');

    if (name != NULL && name[1] != '\0')
        trace_mermaid_other_is(diagram, event, name + 1);
}

/* Looks whether @event says who is at the other end of its session. */
static void
trace_mermaid_learn(TraceMermaid *diagram, const TraceEvent *event)
{
    gint64 *seq = g_new(gint64, 1);

    *seq = (gint64)event->seq;
    g_hash_table_replace(
        diagram->at, seq,
        event->host == NULL ? NULL : g_string_chunk_insert_const(diagram->names, event->host));
    if (event->session == NULL || event->host == NULL)
        return;
    g_autofree char *session = trace_mermaid_session(event);
    g_autofree char *label = trace_event_data(event, "label");
    g_autofree char *port = trace_event_data(event, "port");
    g_autofree char *peer = trace_event_data(event, "peer");
    const char *other = g_hash_table_lookup(diagram->others, session);
    gint64 cause = (gint64)event->cause;
    const char *caller = g_hash_table_lookup(diagram->at, &cause);

    if (g_strcmp0(label, "connect") == 0 && peer != NULL)
        trace_mermaid_other_is(diagram, event, peer);
    else if (event->stage == STAGE_CONNECT && other == NULL && caller != NULL &&
             !g_str_equal(caller, event->host))
        trace_mermaid_other_is(diagram, event, caller);
    else if (event->stage == STAGE_CONNECT && other == NULL && g_strcmp0(port, "relay") == 0)
        trace_mermaid_other_is(diagram, event, N_("another host"));
    else if (g_strcmp0(other, "another host") == 0 &&
             (g_strcmp0(label, "EHLO") == 0 || g_strcmp0(label, "HELO") == 0))
        trace_mermaid_greeted(diagram, event);
}

/* The participant behind @role ("host", "client", "remote", "dns", "reader") of @event. */
static guint
trace_mermaid_role(TraceMermaid *diagram, const TraceEvent *event, const char *role)
{
    g_autofree char *session = trace_mermaid_session(event);
    const char *other = g_hash_table_lookup(diagram->others, session);

    if (g_str_equal(role, "dns"))
        return trace_mermaid_who(diagram, "DNS", FALSE);
    if (g_str_equal(role, "host") || g_str_equal(role, "store"))
        return trace_mermaid_who(diagram, event->host == NULL ? "Glasspost" : event->host, FALSE);
    if (g_str_equal(role, "remote"))
        return trace_mermaid_who(diagram, other == NULL ? N_("next host") : other, FALSE);
    if (g_str_equal(role, "client") && other != NULL)
        return trace_mermaid_who(diagram, other, FALSE);
    return trace_mermaid_who(diagram, g_str_equal(role, "reader") ? N_("reader") : N_("client"),
                             TRUE);
}

/* ------------------------------------------------------------------ items */

static void
trace_mermaid_add(TraceMermaid *diagram, TraceMermaidForm form, guint from, guint to,
                  const char *host, const char *text)
{
    TraceMermaidItem *item = g_new0(TraceMermaidItem, 1);

    item->form = form;
    item->from = from;
    item->to = to;
    item->host = host == NULL ? NULL : g_string_chunk_insert_const(diagram->names, host);
    item->text = g_strdup(text);
    g_ptr_array_add(diagram->items, item);
}

static gboolean
trace_mermaid_is_host(const TraceMermaid *diagram, const char *name)
{
    for (guint i = 0; i < diagram->hosts->len; i++)
        if (g_str_equal(g_ptr_array_index(diagram->hosts, i), name))
            return TRUE;
    return FALSE;
}

/* The first event of a host: the message has moved on. */
static void
trace_mermaid_arrive(TraceMermaid *diagram, const char *host)
{
    if (trace_mermaid_is_host(diagram, host))
        return;
    g_ptr_array_add(diagram->hosts, g_string_chunk_insert_const(diagram->names, host));
    if (diagram->hosts->len == 1)
        return;
    g_autofree char *text = g_strdup_printf(_("on to %s"), host);

    trace_mermaid_add(diagram, TRACE_MERMAID_WIDE, 0, 0, NULL, text);
}

static TraceMermaidForm
trace_mermaid_form(const TraceEvent *event, const char *from, const char *to)
{
    g_autofree char *code = trace_event_data(event, "code");
    gboolean reply = g_str_equal(to, "client") || g_str_equal(to, "reader") ||
                     g_str_equal(from, "remote") || g_str_equal(from, "dns");

    if (reply && code != NULL && (*code == '4' || *code == '5'))
        return TRACE_MERMAID_REFUSES;
    return reply ? TRACE_MERMAID_ANSWERS : TRACE_MERMAID_SAYS;
}

/* A diagram lives on its arrows. So MAIL, RCPT and the message itself are drawn, though what
 * follows from them is told anyway: once, by the host that takes them where the journal has it. */
static gboolean
trace_mermaid_is_drawn(const TraceMermaid *diagram, const TraceEvent *event)
{
    if (event->kind != TRACE_WIRE || event->host == NULL)
        return FALSE;
    g_autofree char *label = trace_event_data(event, "label");
    g_autofree char *from = trace_event_data(event, "from");

    if (g_strcmp0(label, "MAIL") != 0 && g_strcmp0(label, "RCPT") != 0 &&
        g_strcmp0(label, "message") != 0)
        return FALSE;
    if (g_strcmp0(from, "client") == 0)
        return TRUE;
    g_autofree char *session = trace_mermaid_session(event);
    const char *other = g_hash_table_lookup(diagram->others, session);

    return g_strcmp0(from, "host") == 0 && event->stage == STAGE_RELAY &&
           (other == NULL || !trace_mermaid_is_host(diagram, other));
}

/* Who calls is an arrow, too, though no octet of the caller's has come yet. */
static void
trace_mermaid_call(TraceMermaid *diagram, const TraceEvent *event)
{
    gboolean mail = event->session != NULL && g_str_has_prefix(event->session, "smtp-");
    guint from = trace_mermaid_role(diagram, event, mail ? "client" : "reader");
    guint to = trace_mermaid_role(diagram, event, "host");
    g_autofree char *said = words_sentence(event->text == NULL ? "" : event->text);

    trace_mermaid_add(diagram, TRACE_MERMAID_SAYS, from, to, event->host, said);
}

/* The arrow says who speaks to whom: "client to host: RCPT TO..." loses its head. */
static char *
trace_mermaid_said(const char *text, const char *from, const char *to)
{
    g_autofree char *head = g_strdup_printf("%s to %s: ", from, to);

    g_autofree char *said = words_sentence(text);
    const char *behind = g_str_has_prefix(text, head) ? strstr(said, ": ") : NULL;

    return g_strdup(behind == NULL ? said : behind + strlen(": "));
}

void
trace_mermaid_event(TraceMermaid *diagram, const TraceEvent *event)
{
    trace_mermaid_learn(diagram, event);
    if (!trace_event_is_worth_telling(event, diagram->last) &&
        !trace_mermaid_is_drawn(diagram, event))
        return;
    diagram->last = event->stage;
    if (diagram->items->len >= TRACE_MERMAID_ITEMS) {
        diagram->left_out++;
        return;
    }
    g_autofree char *from = trace_event_data(event, "from");
    g_autofree char *to = trace_event_data(event, "to");
    g_autofree char *text = trace_mermaid_said(event->text == NULL ? "" : event->text,
                                               from == NULL ? "" : from, to == NULL ? "" : to);

    if (event->host == NULL) {
        trace_mermaid_add(diagram, TRACE_MERMAID_WIDE, 0, 0, NULL, text);
        return;
    }
    trace_mermaid_arrive(diagram, event->host);
    if (event->stage == STAGE_CONNECT && event->kind == TRACE_DECISION) {
        trace_mermaid_call(diagram, event);
        return;
    }
    guint a = trace_mermaid_role(diagram, event, from == NULL ? "host" : from);
    guint b = from == NULL || to == NULL ? a : trace_mermaid_role(diagram, event, to);

    if (a == b)
        trace_mermaid_add(diagram, TRACE_MERMAID_NOTE, a, a, event->host, text);
    else
        trace_mermaid_add(diagram, trace_mermaid_form(event, from, to), a, b, event->host, text);
}
