/* app/caller.c - one accepted connection, and the questions its session has to wait for.
 *
 *   session --ask--> caller --> DNS          answered when the look-up ends
 *                           --> COMMIT       answered after the group's COMMIT
 *                           --> password     answered some a turn; a wrong one seconds later
 *
 * A session asks one thing at a time. When the connection goes, its questions are forgotten.
 */
#include "app/host.h"

AppCaller *
app_caller_new(AppHost *host, NetServed *served, const char *name, Stage stage,
               AppGiveAnswer answer)
{
    AppCaller *caller = g_new0(AppCaller, 1);

    caller->host = host;
    caller->served = served;
    caller->trace = trace_new(host->parts.tracer, host->file->name, name);
    caller->stage = stage;
    caller->answer = answer;
    return caller;
}

/* The place in a list of waiters becomes empty, not less: somebody may be walking along it. */
static void
app_caller_leave(GPtrArray *waiters, AppCaller *caller)
{
    for (guint i = 0; i < waiters->len; i++)
        if (g_ptr_array_index(waiters, i) == caller)
            waiters->pdata[i] = NULL;
}

void
app_caller_free(AppCaller *caller)
{
    app_caller_leave(caller->host->committing, caller);
    app_caller_leave(caller->host->checking, caller);
    g_clear_pointer(&caller->lookup, dns_mx_cancel);
    g_clear_pointer(&caller->attempt, sasl_try_free);
    net_timer_stop(&caller->delay);
    trace_free(caller->trace);
    g_free(caller);
}

void
app_caller_give(AppCaller *caller, const AppAnswer *answer)
{
    g_autoptr(GString) replies = g_string_new(NULL);
    NetNext next = caller->answer(caller->session, answer, replies);

    net_served_go_on(caller->served, next, replies);
}

/* ---- COMMIT ---- */

void
app_caller_ask_commit(AppCaller *caller)
{
    g_ptr_array_add(caller->host->committing, caller);
}

/* Everybody who waited for this group gets the same answer. */
static void
app_host_tell_committed(AppHost *host, const GError *failed, guint64 event)
{
    g_autoptr(GPtrArray) waiters = g_steal_pointer(&host->committing);
    AppAnswer answer = { .failed = failed, .event = event };

    host->committing = g_ptr_array_new();
    for (guint i = 0; i < waiters->len; i++)
        if (g_ptr_array_index(waiters, i) != NULL)
            app_caller_give(g_ptr_array_index(waiters, i), &answer);
}

/* A crash around COMMIT: whoever waited hears nothing, and cannot know which side of it it was. */
static void
app_host_crash_now(AppHost *host)
{
    g_autoptr(GError) error = NULL;

    host->crashing = FALSE;
    if (!app_host_crash(host, &error))
        trace_error(host->trace, STAGE_NONE, "%s does not come back: %s", host->file->name,
                    error->message);
}

/* A COMMIT follows from what the last of those who wait for it wants kept. */
static void
app_host_follow_waiters(AppHost *host)
{
    for (guint i = host->committing->len; i > 0; i--) {
        const AppCaller *caller = g_ptr_array_index(host->committing, i - 1);

        if (caller != NULL && trace_last(caller->trace) != 0) {
            trace_follow(host->trace, trace_last(caller->trace));
            return;
        }
    }
}

/* Nobody of the group is told "250". Why the database refused, its own event has told. */
static void
app_host_tell_undone(AppHost *host, const GError *failed)
{
    trace_put_number(host->trace, "waiting", host->committing->len);
    trace_put_text(host->trace, "outcome", "undone");
    trace_error(host->trace, STAGE_STORE,
                "COMMIT failed, and nothing of this group is kept: %s. Who waits for it is asked "
                "to come again",
                failed->message);
}

/* COMMIT, then (in the world's turn hook) the journal, then the replies leave. */
gboolean
app_host_commit(AppHost *host, GError **error)
{
    g_autoptr(GError) failed = NULL;
    gboolean durable;

    app_host_follow_waiters(host);
    durable = store_commit(host->store, &failed);
    host->group_opened_us = 0;
    host->committed = TRUE;
    if (host->crashing) {
        app_host_crash_now(host);
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    "%s crashed at the COMMIT: only a look can tell whether it was done",
                    host->file->name);
        return FALSE;
    }
    if (failed != NULL)
        app_host_tell_undone(host, failed);
    app_host_tell_committed(host, failed,
                            durable ? store_commit_event(host->store) : trace_last(host->trace));
    if (durable) {
        smtp_queue_wake(host->queue);
        smtp_upkeep_wake(host->upkeep);
    } else {
        smtp_queue_commit_failed(host->queue);
    }
    if (failed != NULL)
        g_propagate_error(error, g_steal_pointer(&failed));
    return durable;
}

/* Is it time? Company is waited for only while there is something else to do. */
static gboolean
app_host_group_is_due(AppHost *host, gboolean idle)
{
    gint64 now_us = net_clock_now_us(net_clock(host->parts.net));

    if (host->group_opened_us == 0)
        host->group_opened_us = now_us;
    return idle || store_group_messages(host->store) >= APP_GROUP_MESSAGES ||
           store_group_octets(host->store) >= APP_GROUP_OCTETS ||
           now_us - host->group_opened_us >= APP_GROUP_WAIT_US;
}

/* ---- passwords ---- */

void
app_caller_ask_password(AppCaller *caller, const SaslTry *attempt)
{
    caller->attempt = sasl_try_copy(attempt);
    g_ptr_array_add(caller->host->checking, caller);
}

static void
app_caller_check_password(AppCaller *caller)
{
    AppHost *host = caller->host;
    g_autoptr(GError) error = NULL;
    g_autoptr(SaslTry) attempt = g_steal_pointer(&caller->attempt);
    g_autoptr(StoreAccount) account =
        store_sasl_check(host->store, caller->trace, caller->stage, attempt,
                         (const char *const *)host->file->domains, &error);
    AppAnswer answer = { .account = account, .failed = error };

    if (account == NULL && g_error_matches(error, STORE_ERROR, STORE_ERROR_NO)) {
        app_refusal_delay(caller);
        return;
    }
    if (account != NULL)
        net_tally_forget(host->failures, net_conn_remote(net_served_conn(caller->served)));
    app_caller_give(caller, &answer);
}

/* The next one whose address has not had its turn: a guesser with a hundred connections does not
 * keep others waiting. */
static AppCaller *
app_host_next_password(AppHost *host, GPtrArray *addresses)
{
    for (guint i = 0; i < host->checking->len; i++) {
        AppCaller *caller = g_ptr_array_index(host->checking, i);
        const char *address = net_conn_remote(net_served_conn(caller->served));

        if (!g_ptr_array_find_with_equal_func(addresses, address, g_str_equal, NULL)) {
            g_ptr_array_remove_index(host->checking, i);
            g_ptr_array_add(addresses, g_strdup(address));
            return caller;
        }
    }
    return NULL;
}

static void
app_host_check_passwords(AppHost *host)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);

    while (g_ptr_array_remove(host->checking, NULL))
        continue;
    for (guint i = 0; i < APP_PASSWORDS_A_TURN && host->checking->len > 0; i++) {
        AppCaller *caller = app_host_next_password(host, addresses);

        /* All addresses have had one: the round starts again. */
        if (caller == NULL) {
            g_ptr_array_set_size(addresses, 0);
            caller = app_host_next_password(host, addresses);
        }
        app_caller_check_password(caller);
    }
}

/* ---- DNS ---- */

static void
app_caller_hosts_found(const DnsMxAnswer *hosts, void *data)
{
    AppCaller *caller = data;
    AppAnswer answer = { .hosts = hosts, .event = hosts->event };

    caller->lookup = NULL;
    app_caller_give(caller, &answer);
}

void
app_caller_ask_hosts(AppCaller *caller, const char *domain)
{
    caller->lookup = dns_mx_lookup(caller->host->resolver, caller->trace, domain,
                                   app_caller_hosts_found, caller);
}

guint64
app_caller_origin(const AppCaller *caller, const char **journey, const char **branch)
{
    guint64 event = 0;

    *journey = *branch = NULL;
    if (!net_conn_origin(net_served_conn(caller->served), journey, branch, &event))
        return 0;
    return event;
}

/* ---- the end of a turn ---- */

/* Is there a group, or who waits for one, and is it time? */
static gboolean
app_host_group_ends(AppHost *host, gboolean idle)
{
    if (store_is_open(host->store))
        return app_host_group_is_due(host, idle);
    /* Nothing was written after all, or the group was lost: store_commit() knows which. */
    return host->committing->len > 0;
}

/* The log of what was written lately moves into the database: after a COMMIT not before the replies have
 * left, but in a later turn, best in one that has nothing else to do. */
static void
app_host_checkpoint(AppHost *host, gboolean replies_wait, gboolean idle)
{
    gsize most = replies_wait ? APP_WAL_MOST_OCTETS
                 : idle       ? APP_WAL_IDLE_OCTETS
                              : APP_WAL_BUSY_OCTETS;

    if (store_wal_octets(host->store) >= most)
        store_checkpoint(host->store);
}

/* What nobody names any more has time to go: nobody waits for that. */
static void
app_host_tidy(AppHost *host, gboolean idle)
{
    if (idle && store_begin_loose(host->store))
        app_host_commit(host, NULL);
}

gboolean
app_host_turn(AppHost *host, gboolean idle)
{
    gboolean ends;

    if (host->store == NULL)
        return FALSE;
    if (host->checking->len > 0)
        app_host_check_passwords(host);
    store_end_reads(host->store);
    ends = app_host_group_ends(host, idle);
    if (ends)
        app_host_commit(host, NULL);
    else
        app_host_tidy(host, idle);
    if (host->store == NULL)
        return FALSE;
    app_host_checkpoint(host, ends, idle);
    return store_is_open(host->store) || store_has_loose(host->store) || host->checking->len > 0;
}
