/* trace/viewer/tables.c - messages, sessions and hosts, kept as the events come (see tables.h).
 *
 * Start reading at view_tables_take().
 * Tests: tests/test_viewer_model.c
 */
#include "trace/viewer/tables.h"

#include <string.h>

struct ViewTables {
    GPtrArray *messages;    /* ViewMessage, by first event */
    GHashTable *by_journey; /* the journey's text: its ViewMessage */
    GHashTable *older;      /* the same, of messages without an event of the journal yet */
    GArray *sessions;       /* ViewSession, by first event */
    GHashTable *by_name;    /* the session's word: its number, counted from 1 */
    GPtrArray *hosts;       /* const char *, by first event */
    GHashTable *known;      /* the same, as a set */
    const char *host;       /* of the event before: it is mostly the same */
};

/* ---- indices ---- */

/* Room grows by a quarter: half of what doubling takes lies idle, and there are many lists. */
static void
view_indices_add(ViewIndices *indices, guint index)
{
    if (indices->count == indices->room) {
        indices->room += indices->room / 4 + 4;
        indices->at = g_renew(guint, indices->at, indices->room);
    }
    indices->at[indices->count++] = index;
}

guint
view_indices_upto(const ViewIndices *indices, guint index)
{
    guint low = 0;
    guint high = indices->count;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (indices->at[middle] <= index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- the tables ---- */

static void
view_message_free(gpointer data)
{
    ViewMessage *message = data;

    g_free(message->from);
    g_free(message->to);
    g_array_unref(message->entries);
    g_free(message->sessions.at);
    g_free(message);
}

static void
view_session_clear(gpointer data)
{
    g_free(((ViewSession *)data)->entries.at);
}

ViewTables *
view_tables_new(void)
{
    ViewTables *tables = g_new0(ViewTables, 1);

    tables->messages = g_ptr_array_new_with_free_func(view_message_free);
    tables->by_journey = g_hash_table_new(g_str_hash, g_str_equal);
    tables->older = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, view_message_free);
    tables->sessions = g_array_new(FALSE, FALSE, sizeof(ViewSession));
    g_array_set_clear_func(tables->sessions, view_session_clear);
    tables->by_name = g_hash_table_new(g_direct_hash, g_direct_equal);
    tables->hosts = g_ptr_array_new();
    tables->known = g_hash_table_new(g_direct_hash, g_direct_equal);
    return tables;
}

void
view_tables_free(ViewTables *tables)
{
    if (tables == NULL)
        return;
    g_hash_table_unref(tables->known);
    g_ptr_array_unref(tables->hosts);
    g_hash_table_unref(tables->by_name);
    g_array_unref(tables->sessions);
    g_hash_table_unref(tables->older);
    g_hash_table_unref(tables->by_journey);
    g_ptr_array_unref(tables->messages);
    g_free(tables);
}

/* ---- messages ---- */

static ViewMessage *
view_message_new(void)
{
    ViewMessage *message = g_new0(ViewMessage, 1);

    message->entries = g_array_new(FALSE, FALSE, sizeof(guint));
    return message;
}

void
view_tables_know(ViewTables *tables, const ViewKnown *known)
{
    ViewMessage *message;

    /* The first host that has it tells most: the others list their part of its recipients. */
    if (g_hash_table_contains(tables->older, known->journey))
        return;
    message = view_message_new();
    message->from = g_strdup(known->from);
    message->to = g_strdup(known->to);
    message->recipients = known->recipients;
    g_hash_table_insert(tables->older, g_strdup(known->journey), message);
}

/* What is known of the message already, or a new one. */
static ViewMessage *
view_tables_recall(ViewTables *tables, const char *journey)
{
    gpointer key = NULL, message = NULL;

    if (!g_hash_table_steal_extended(tables->older, journey, &key, &message))
        return view_message_new();
    g_free(key);
    return message;
}

static ViewMessage *
view_tables_begin_message(ViewTables *tables, const char *journey)
{
    ViewMessage *message = g_hash_table_lookup(tables->by_journey, journey);

    if (message != NULL)
        return message;
    message = view_tables_recall(tables, journey);
    message->journey = journey;
    g_ptr_array_add(tables->messages, message);
    g_hash_table_insert(tables->by_journey, (gpointer)journey, message);
    return message;
}

/* The address between < and > of "MAIL FROM:<...>" and "RCPT TO:<...>". */
static char *
view_message_path(const char *line)
{
    const char *open = line == NULL ? NULL : strchr(line, '<');
    const char *close = open == NULL ? NULL : strchr(open, '>');

    if (close == NULL)
        return NULL;
    return close == open + 1 ? g_strdup("<>") : g_strndup(open + 1, close - open - 1);
}

/* A report was not handed in: its journey begins with the decision to write it. */
static void
view_message_reports(ViewMessage *message)
{
    if (message->from == NULL)
        message->from = g_strdup("<>");
}

/* The envelope is read off the wire: the first host's MAIL and RCPT. */
static void
view_message_take(ViewMessage *message, const ViewEntry *entry, const ViewFields *fields)
{
    const char *label = fields->text[VIEW_FIELD_LABEL];

    if (entry->stage == STAGE_BOUNCE && fields->text[VIEW_FIELD_REPORTS_ON] != NULL)
        view_message_reports(message);
    else if (entry->stage == STAGE_RECIPIENT && message->to == NULL)
        message->to = g_strdup(fields->text[VIEW_FIELD_ACCOUNT]);
    if (entry->kind != TRACE_WIRE || label == NULL)
        return;
    if (strcmp(label, "MAIL") == 0 && message->from == NULL) {
        message->from = view_message_path(fields->text[VIEW_FIELD_LINE]);
        message->origin = entry->session;
    } else if (strcmp(label, "RCPT") == 0 && message->origin == entry->session) {
        message->recipients++;
        if (message->to == NULL)
            message->to = view_message_path(fields->text[VIEW_FIELD_LINE]);
    }
}

/* ---- sessions ---- */

static guint
view_tables_begin_session(ViewTables *tables, const ViewEntry *entry)
{
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(tables->by_name, entry->session));
    ViewSession session = { .name = entry->session,
                            .host = entry->host,
                            .first_call = VIEW_NO_ENTRY };

    if (place > 0)
        return place - 1;
    g_array_append_val(tables->sessions, session);
    place = tables->sessions->len;
    g_hash_table_insert(tables->by_name, (gpointer)entry->session, GUINT_TO_POINTER(place));
    return place - 1;
}

static void
view_session_take(ViewSession *session, guint index, const ViewEntry *entry)
{
    view_indices_add(&session->entries, index);
    if (entry->to == VIEW_REMOTE && session->first_call == VIEW_NO_ENTRY)
        session->first_call = index;
}

/* ---- all three ---- */

static void
view_tables_take_host(ViewTables *tables, const char *host)
{
    if (host == NULL || host == tables->host)
        return;
    tables->host = host;
    if (g_hash_table_add(tables->known, (gpointer)host))
        g_ptr_array_add(tables->hosts, (gpointer)host);
}

void
view_tables_take(ViewTables *tables, guint index, const ViewEntry *entry, const ViewFields *fields)
{
    ViewMessage *message = NULL;
    ViewSession *session = NULL;
    guint number = 0;

    view_tables_take_host(tables, entry->host);
    if (entry->session != NULL) {
        number = view_tables_begin_session(tables, entry);
        session = &g_array_index(tables->sessions, ViewSession, number);
        view_session_take(session, index, entry);
    }
    if (entry->journey == NULL)
        return;
    message = view_tables_begin_message(tables, entry->journey);
    g_array_append_val(message->entries, index);
    view_message_take(message, entry, fields);
    /* Whether the message knows this session is not looked up each time: only when the session
     * comes to another message. */
    if (session != NULL && session->journey != entry->journey) {
        session->journey = entry->journey;
        view_indices_add(&message->sessions, number);
    }
}

guint
view_tables_messages(const ViewTables *tables)
{
    return tables->messages->len;
}

const ViewMessage *
view_tables_message(const ViewTables *tables, guint number)
{
    return g_ptr_array_index(tables->messages, number);
}

const ViewMessage *
view_tables_message_of(const ViewTables *tables, const char *journey)
{
    return journey == NULL ? NULL : g_hash_table_lookup(tables->by_journey, journey);
}

const GPtrArray *
view_tables_hosts(const ViewTables *tables)
{
    return tables->hosts;
}

guint
view_tables_sessions(const ViewTables *tables)
{
    return tables->sessions->len;
}

const ViewSession *
view_tables_session(const ViewTables *tables, guint number)
{
    return &g_array_index(tables->sessions, ViewSession, number);
}
