/* trace/viewer/fold_session.c - what a session knows before a table does (see fold.h).
 *
 *   session smtp-7              peer, user
 *   sender of smtp-7            address                         from MAIL to the final dot
 *   recipient 1 of smtp-7       user, domain, route, account    from RCPT to the final dot
 *
 * The transaction is put together from the same decisions that led the server to it. It ends where
 * the server forgets it: with the reply to the final dot, a reset or a new greeting (RFC 5321 §4.1.4).
 *
 * Start reading at view_fold_conversation().
 * Tests: tests/test_viewer_past.c
 */
#include <string.h>

#include "trace/viewer/facts.h"

/* A member of @data that is a text, and the column it becomes. */
typedef struct ViewColumn {
    const char *key, *column;
} ViewColumn;

/* ---- names ---- */

static char *
view_session_name(const ViewFold *fold, const char *what)
{
    return g_strdup_printf("%s of %s", what, fold->session);
}

static char *
view_session_recipient(const ViewFold *fold, const char *branch)
{
    return g_strdup_printf("recipient %s of %s", branch, fold->session);
}

/* Sets the columns that @data has. @name: taken over. */
static void
view_session_set(ViewFold *fold, const char *host, char *name, JsonObject *data,
                 const ViewColumn *columns)
{
    g_autofree char *owned = name;
    const ViewFact *known = view_facts_find(fold->facts, host, name);
    g_autoptr(JsonObject) row = view_facts_merge(known == NULL ? NULL : known->row, NULL);

    for (; columns->key != NULL; columns++) {
        const char *text = view_facts_text(data, columns->key);

        if (text != NULL)
            json_object_set_string_member(row, columns->column, text);
    }
    view_facts_set(fold, host, owned, row);
}

/* ---- the end of a transaction, of a recipient ---- */

/* Forgets what begins with @what. */
static void
view_session_forget(ViewFold *fold, const char *what)
{
    for (guint i = 0; i < fold->facts->len; i++) {
        const ViewFact *fact = g_ptr_array_index(fold->facts, i);

        if (g_str_has_prefix(fact->name, what))
            view_facts_set(fold, fact->host, fact->name, NULL);
    }
}

static void
view_session_end(ViewFold *fold)
{
    view_session_forget(fold, "sender of ");
    view_session_forget(fold, "recipient ");
    fold->ending = FALSE;
}

/* ---- the header ---- */

static const ViewColumn session_columns[] = { { "peer", "peer" }, { "user", "user" }, { 0 } };
static const ViewColumn sender_columns[] = { { "sender", "address" }, { 0 } };
static const ViewColumn recipient_columns[] = { { "user", "user" },
                                                { "domain", "domain" },
                                                { "route", "route" },
                                                { "account", "account" },
                                                { 0 } };

static void
view_session_header_recipients(ViewFold *fold, const char *host, JsonArray *list)
{
    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonNode *element = json_array_get_element(list, i);
        JsonObject *one = JSON_NODE_HOLDS_OBJECT(element) ? json_node_get_object(element) : NULL;
        const char *branch = one == NULL ? NULL : view_facts_text(one, "branch");

        if (branch != NULL)
            view_session_set(fold, host, view_session_recipient(fold, branch), one,
                             recipient_columns);
    }
}

void
view_fold_header_session(ViewFold *fold, JsonObject *told)
{
    const char *host = view_facts_text(told, "host");
    JsonNode *recipients = json_object_get_member(told, "recipients");

    if (host == NULL || fold->session == NULL ||
        g_strcmp0(view_facts_text(told, "id"), fold->session) != 0)
        return;
    view_session_set(fold, host, g_strdup_printf("session %s", fold->session), told,
                     session_columns);
    if (view_facts_text(told, "sender") == NULL ||
        g_strcmp0(view_facts_text(told, "journey"), fold->journey) != 0)
        return;
    view_session_set(fold, host, view_session_name(fold, "sender"), told, sender_columns);
    if (recipients != NULL && JSON_NODE_HOLDS_ARRAY(recipients))
        view_session_header_recipients(fold, host, json_node_get_array(recipients));
    fold->ending = g_strcmp0(view_facts_text(told, "state"), "BODY") == 0;
}

/* ---- decisions ---- */

static void
view_session_user(ViewFold *fold, const TraceEvent *told)
{
    static const ViewColumn column[] = { { "user", "user" }, { 0 } };
    g_autofree char *name = g_strdup_printf("session %s", fold->session);
    g_autoptr(JsonObject) data = NULL;

    if (told->user == NULL || view_facts_find(fold->facts, told->host, name) == NULL)
        return;
    data = json_object_new();
    json_object_set_string_member(data, "user", told->user);
    view_session_set(fold, told->host, g_steal_pointer(&name), data, column);
}

/* An alias is not a recipient, its targets are. */
static void
view_session_target(ViewFold *fold, const TraceEvent *told)
{
    const char *dot = strrchr(told->branch, '.');
    g_autofree char *outer = dot == NULL ? NULL : g_strndup(told->branch, dot - told->branch);
    g_autofree char *name = outer == NULL ? NULL : view_session_recipient(fold, outer);

    if (name != NULL)
        view_facts_set(fold, told->host, name, NULL);
}

static void
view_session_decision(ViewFold *fold, const ViewEvent *event)
{
    static const ViewColumn peer[] = { { "peer", "peer" }, { 0 } };
    static const ViewColumn sender[] = { { "address", "address" }, { 0 } };
    static const ViewColumn split[] = { { "local", "user" }, { "domain", "domain" }, { 0 } };
    static const ViewColumn route[] = { { "outcome", "route" }, { 0 } };
    static const ViewColumn account[] = { { "account", "account" }, { 0 } };
    const TraceEvent *told = event->event;
    const char *outcome = view_event_text(event, "outcome");
    const ViewColumn *columns = told->stage == STAGE_SPLIT       ? split
                                : told->stage == STAGE_ROUTE     ? route
                                : told->stage == STAGE_RECIPIENT ? account
                                                                 : NULL;

    if (told->stage == STAGE_CONNECT) {
        view_session_set(fold, told->host, g_strdup_printf("session %s", fold->session),
                         event->data, peer);
        return;
    }
    if (told->journey == NULL || g_strcmp0(told->journey, fold->journey) != 0 ||
        g_strcmp0(outcome, "refused") == 0)
        return;
    if (told->stage == STAGE_SENDER)
        view_session_set(fold, told->host, view_session_name(fold, "sender"), event->data, sender);
    if (columns == NULL || told->branch == NULL)
        return;
    view_session_target(fold, told);
    view_session_set(fold, told->host, view_session_recipient(fold, told->branch), event->data,
                     columns);
}

/* ---- commands and replies ---- */

static void
view_session_wire(ViewFold *fold, const ViewEvent *event)
{
    static const char *const resets[] = { "RSET", "EHLO", "HELO", "QUIT", NULL };
    const char *label = view_event_text(event, "label");
    JsonNode *node = json_object_get_member(event->data, "code");
    gint64 code = node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;

    if (g_strcmp0(view_event_text(event, "from"), "client") == 0) {
        if (label != NULL && g_strv_contains(resets, label))
            view_session_end(fold);
        fold->ending = fold->ending || json_object_has_member(event->data, "sha256");
        return;
    }
    if (fold->ending) {
        view_session_end(fold);
    } else if (code >= 400 && event->event->branch != NULL) {
        g_autofree char *name = view_session_recipient(fold, event->event->branch);

        view_session_forget(fold, name);
    }
}

void
view_fold_conversation(ViewFold *fold, const ViewEvent *event)
{
    if (event->event->kind == TRACE_DECISION)
        view_session_decision(fold, event);
    else if (event->event->kind == TRACE_WIRE && event->event->journey != NULL &&
             g_strcmp0(event->event->journey, fold->journey) == 0)
        view_session_wire(fold, event);
    view_session_user(fold, event->event);
}
