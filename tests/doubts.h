/* tests/doubts.h - which transfers between hosts are in doubt (RFC 1047), read from the events.
 *
 *   MAIL, RCPT ... dot --> SENT --250--> TAKEN --row--> WRITTEN --COMMIT--> no doubt at all
 *                           |  \--4yz, 5yz--> no doubt: the next host does not have it
 *                           |
 *                           +-- the connection breaks, or time runs out: in doubt
 *      SENT, TAKEN, WRITTEN +-- the sending host dies: in doubt
 *
 * A message may be there once more for each of its transfers that ended in doubt, and never for
 * another reason. What is counted is one recipient of one message (or of a report about it).
 * Used by tests/test_worlds.c.
 */
#ifndef TESTS_DOUBTS_H
#define TESTS_DOUBTS_H

#include <string.h>

#include "trace/event.h"

typedef struct Doubt {
    char *host;    /* that sends */
    char *session; /* its conversation; NULL once the next host has said 250 */
    char *what;    /* "3 carol@south.example", "report 3 alice@north.example" */
    char *recipient;
    guint number;
    gboolean written;
} Doubt;

/* A conversation with a next host. */
typedef struct DoubtTalk {
    GQueue said;           /* commands that have no reply yet; of RCPT, the recipient */
    GPtrArray *recipients; /* of this transaction, without those that were refused */
    gboolean report;       /* MAIL FROM:<> */
} DoubtTalk;

typedef struct Doubts {
    GHashTable *talks;  /* "mx.north.example relay-2" to DoubtTalk */
    GPtrArray *open;    /* Doubt */
    GHashTable *counts; /* what to how often it ended in doubt */
} Doubts;

static void
doubt_free(void *data)
{
    Doubt *doubt = data;

    g_free(doubt->host);
    g_free(doubt->session);
    g_free(doubt->what);
    g_free(doubt->recipient);
    g_free(doubt);
}

static void
doubt_talk_free(void *data)
{
    DoubtTalk *talk = data;

    g_queue_clear_full(&talk->said, g_free);
    g_ptr_array_unref(talk->recipients);
    g_free(talk);
}

static Doubts *
doubts_new(void)
{
    Doubts *doubts = g_new0(Doubts, 1);

    doubts->talks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, doubt_talk_free);
    doubts->open = g_ptr_array_new_with_free_func(doubt_free);
    doubts->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return doubts;
}

static void
doubts_free(Doubts *doubts)
{
    g_hash_table_unref(doubts->talks);
    g_ptr_array_unref(doubts->open);
    g_hash_table_unref(doubts->counts);
    g_free(doubts);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Doubts, doubts_free)

static char *
doubt_name(gboolean report, guint number, const char *recipient)
{
    g_autofree char *small = g_ascii_strdown(recipient, -1);

    return g_strdup_printf("%s%u %s", report ? "report " : "", number, small);
}

/* How often did a transfer of message @number to @recipient end in doubt? */
static guint
doubts_of(const Doubts *doubts, guint number, const char *recipient)
{
    g_autofree char *what = doubt_name(FALSE, number, recipient);

    return GPOINTER_TO_UINT(g_hash_table_lookup(doubts->counts, what));
}

/* ...and of reports about it, to whomever? */
static guint
doubts_of_reports(const Doubts *doubts, guint number)
{
    g_autofree char *front = doubt_name(TRUE, number, "");
    GHashTableIter iter;
    gpointer what, count;
    guint sum = 0;

    g_hash_table_iter_init(&iter, doubts->counts);
    while (g_hash_table_iter_next(&iter, &what, &count))
        if (g_str_has_prefix(what, front))
            sum += GPOINTER_TO_UINT(count);
    return sum;
}

/* ---- how a transfer ends ---- */

/* Those of @host, or of @session where it is not NULL. @lost: nobody will ever know. */
static void
doubts_end(Doubts *doubts, const char *host, const char *session, gboolean lost)
{
    for (guint i = doubts->open->len; i > 0; i--) {
        const Doubt *doubt = g_ptr_array_index(doubts->open, i - 1);

        if (!g_str_equal(doubt->host, host) ||
            (session != NULL && g_strcmp0(doubt->session, session) != 0))
            continue;
        if (lost) {
            guint count = GPOINTER_TO_UINT(g_hash_table_lookup(doubts->counts, doubt->what));

            g_hash_table_insert(doubts->counts, g_strdup(doubt->what), GUINT_TO_POINTER(count + 1));
        }
        g_ptr_array_remove_index(doubts->open, i - 1);
    }
}

/* COMMIT went through: what was written is certain now. Or it failed: it is written no more. */
static void
doubts_commit(Doubts *doubts, const char *host, gboolean done)
{
    for (guint i = doubts->open->len; i > 0; i--) {
        Doubt *doubt = g_ptr_array_index(doubts->open, i - 1);

        if (!doubt->written || !g_str_equal(doubt->host, host))
            continue;
        doubt->written = FALSE;
        if (done)
            g_ptr_array_remove_index(doubts->open, i - 1);
    }
}

/* "The next host has it: carol@south.example needs nothing more from us". @number 0: one of them. */
static void
doubts_write(Doubts *doubts, const TraceEvent *event, guint number)
{
    const char *recipient = strchr(event->text, ':') + 2;
    gsize length = strcspn(recipient, " ");

    for (guint i = 0; i < doubts->open->len; i++) {
        Doubt *doubt = g_ptr_array_index(doubts->open, i);

        if (doubt->written || doubt->session != NULL || !g_str_equal(doubt->host, event->host) ||
            (number != 0 && doubt->number != number) || strlen(doubt->recipient) != length ||
            strncmp(doubt->recipient, recipient, length) != 0)
            continue;
        doubt->written = TRUE;
        return;
    }
}

/* ---- a conversation ---- */

static DoubtTalk *
doubts_talk(Doubts *doubts, const TraceEvent *event)
{
    char *key = g_strconcat(event->host, " ", event->session, NULL);
    DoubtTalk *talk = g_hash_table_lookup(doubts->talks, key);

    if (talk != NULL) {
        g_free(key);
        return talk;
    }
    talk = g_new0(DoubtTalk, 1);
    talk->recipients = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(doubts->talks, key, talk);
    return talk;
}

static void
doubts_said(Doubts *doubts, DoubtTalk *talk, const TraceEvent *event, guint number)
{
    g_autofree char *label = trace_event_data(event, "label");
    const char *path = strchr(event->text, '<');
    char *said = g_strdup(label != NULL ? label : "");

    if (g_str_equal(said, "MAIL")) {
        talk->report = path != NULL && path[1] == '>';
        g_ptr_array_set_size(talk->recipients, 0);
    } else if (g_str_equal(said, "RCPT") && path != NULL) {
        g_free(said);
        said = g_strndup(path + 1, strcspn(path + 1, ">"));
        g_ptr_array_add(talk->recipients, g_strdup(said));
    }
    g_queue_push_tail(&talk->said, said);
    for (guint i = 0; g_str_equal(said, "message") && i < talk->recipients->len; i++) {
        const char *recipient = g_ptr_array_index(talk->recipients, i);
        Doubt *doubt = g_new0(Doubt, 1);

        doubt->host = g_strdup(event->host);
        doubt->session = g_strdup(event->session);
        doubt->what = doubt_name(talk->report, number, recipient);
        doubt->recipient = g_strdup(recipient);
        doubt->number = number;
        g_ptr_array_add(doubts->open, doubt);
    }
}

static void
doubts_heard(Doubts *doubts, DoubtTalk *talk, const TraceEvent *event, const char *code)
{
    g_autofree char *answered = g_queue_pop_head(&talk->said);
    gboolean good = *code == '2';
    guint at;

    if (answered == NULL) /* the greeting */
        return;
    if (g_str_equal(answered, "message") && !good)
        doubts_end(doubts, event->host, event->session, FALSE);
    for (guint i = 0; g_str_equal(answered, "message") && i < doubts->open->len; i++) {
        Doubt *doubt = g_ptr_array_index(doubts->open, i);

        if (g_str_equal(doubt->host, event->host) && g_strcmp0(doubt->session, event->session) == 0)
            g_clear_pointer(&doubt->session, g_free);
    }
    if (!good && g_ptr_array_find_with_equal_func(talk->recipients, answered, g_str_equal, &at))
        g_ptr_array_remove_index(talk->recipients, at);
}

/* ---- the events ---- */

/* @number: of the message that the event goes back to, 0: none. */
static void
doubts_follow(Doubts *doubts, const TraceEvent *event, guint number)
{
    g_autofree char *outcome = trace_event_data(event, "outcome");
    g_autofree char *code = trace_event_data(event, "code");

    if (event->host == NULL)
        return;
    if (event->stage == STAGE_NONE && strstr(event->text, " crashes: ") != NULL)
        doubts_end(doubts, event->host, NULL, TRUE);
    else if (event->stage == STAGE_STORE && g_str_has_prefix(event->text, "COMMIT"))
        doubts_commit(doubts, event->host, event->kind == TRACE_SQL);
    else if (event->kind == TRACE_SQL && g_str_has_prefix(event->text, "The next host has it: "))
        doubts_write(doubts, event, number);
    else if (event->stage == STAGE_RELAY && event->kind == TRACE_WIRE && code == NULL)
        doubts_said(doubts, doubts_talk(doubts, event), event, number);
    else if (event->stage == STAGE_RELAY && event->kind == TRACE_WIRE)
        doubts_heard(doubts, doubts_talk(doubts, event), event, code);
    else if (event->stage == STAGE_RELAY &&
             (g_strcmp0(outcome, "cut") == 0 || g_strcmp0(outcome, "timeout") == 0))
        doubts_end(doubts, event->host, event->session, TRUE);
}

#endif
