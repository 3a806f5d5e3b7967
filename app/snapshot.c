/* app/snapshot.c - the world in one JSON object (see snapshot.h).
 *
 * It is made when a segment of the journal is full, some sixteen megabytes apart, between two turns of
 * the loop; so it is bounded, and says how much it leaves out.
 *
 * Start reading at app_snapshot().
 * Tests: tests/test_viewer_past.c
 */
#include "app/snapshot.h"

#include <string.h>

#include "storage/snapshot.h"
#include "trace/redact.h"
#include "trace/viewer/code.h"

typedef struct AppSnapshot {
    GString *json;
    const AppHost *host;
    AppService service;
    guint sessions;
    guint64 sessions_left, messages_left, rows_left;
} AppSnapshot;

/* The names under which the world file knows the ports. */
static const char *const protocols[APP_SERVICES] = {
    [APP_SMTP] = "smtp",   [APP_SUBMISSION] = "submission", [APP_SUBMISSIONS] = "submissions",
    [APP_POP3] = "pop3",   [APP_POP3S] = "pop3s",           [APP_IMAP] = "imap",
    [APP_IMAPS] = "imaps",
};

static gboolean
app_snapshot_takes_mail(AppService service)
{
    return service == APP_SMTP || service == APP_SUBMISSION || service == APP_SUBMISSIONS;
}

/* ---- sources ---- */

static void
app_snapshot_sources(AppSnapshot *snapshot)
{
    if (view_own_sources[0].path == NULL)
        return;
    g_string_append(snapshot->json, "\"sources\":{");
    for (const ViewSource *source = view_own_sources; source->path != NULL; source++) {
        g_string_append(snapshot->json, source > view_own_sources ? "," : "");
        trace_safe_append_json(snapshot->json, source->path, -1, APP_SNAPSHOT_OCTETS);
        g_string_append_c(snapshot->json, ':');
        trace_safe_append_json(snapshot->json, source->text, -1, APP_SNAPSHOT_OCTETS);
    }
    g_string_append(snapshot->json, "},");
}

/* ---- hosts ---- */

static void
app_snapshot_hosts(AppSnapshot *snapshot, const GPtrArray *hosts)
{
    g_string_append(snapshot->json, "\"hosts\":[");
    for (guint i = 0; i < hosts->len; i++) {
        g_autofree char *host = app_host_json(g_ptr_array_index(hosts, i));

        g_string_append_printf(snapshot->json, "%s%s", i > 0 ? "," : "", host);
    }
}

/* ---- sessions ---- */

static char *
app_snapshot_session_json(const AppSnapshot *snapshot, const AppCaller *caller)
{
    if (snapshot->service == APP_POP3 || snapshot->service == APP_POP3S)
        return pop3_session_json(caller->session);
    if (snapshot->service == APP_IMAP || snapshot->service == APP_IMAPS)
        return imap_session_json(caller->session);
    return smtp_session_json(caller->session);
}

static void
app_snapshot_member(GString *json, const char *key, const char *text)
{
    if (text == NULL)
        return;
    g_string_append_printf(json, ",\"%s\":", key);
    trace_safe_append_json(json, text, -1, 256);
}

/* {"host":...,"protocol":...,"user":...,"journey":..., then what the session says of itself. */
static void
app_snapshot_session(void *session, void *data)
{
    AppSnapshot *snapshot = data;
    AppCaller *caller = session;
    GString *json = snapshot->json;

    if (caller->session == NULL || ++snapshot->sessions > APP_SNAPSHOT_SESSIONS) {
        snapshot->sessions_left++;
        return;
    }
    g_autofree char *own = app_snapshot_session_json(snapshot, caller);

    g_string_append_printf(json, "%s{\"host\":\"%s\"", snapshot->sessions > 1 ? "," : "",
                           snapshot->host->file->name);
    app_snapshot_member(json, "protocol", protocols[snapshot->service]);
    app_snapshot_member(json, "user", trace_user(caller->trace));
    app_snapshot_member(json, "journey", trace_journey(caller->trace));
    g_string_append_printf(json, ",%.*s", (int)strlen(own) - 2, own + 1);
    if (app_snapshot_takes_mail(snapshot->service))
        smtp_session_transaction_json(caller->session, json);
    g_string_append_c(json, '}');
}

static void
app_snapshot_sessions(AppSnapshot *snapshot, const GPtrArray *hosts)
{
    g_string_append(snapshot->json, "],\"sessions\":[");
    for (guint i = 0; i < hosts->len; i++) {
        snapshot->host = g_ptr_array_index(hosts, i);
        for (snapshot->service = 0; snapshot->service < APP_SERVICES; snapshot->service++)
            if (snapshot->host->services[snapshot->service] != NULL)
                net_service_foreach(snapshot->host->services[snapshot->service],
                                    app_snapshot_session, snapshot);
    }
}

/* ---- messages and rows ---- */

/* A host that crashed and did not come back has no database. What can't be read is left out: the
 * error has been told, and the journal goes on. */
static void
app_snapshot_stored(AppSnapshot *snapshot, const GPtrArray *hosts)
{
    gsize octets = APP_SNAPSHOT_OCTETS / 2 / MAX(hosts->len, 1);
    GString *json = snapshot->json;

    g_string_append(json, "],\"messages\":[");
    for (guint i = 0; i < hosts->len; i++) {
        const AppHost *host = g_ptr_array_index(hosts, i);

        if (host->store != NULL)
            store_snapshot_messages(host->store, octets, json, &snapshot->messages_left, NULL);
    }
    g_string_append(json, "],\"rows\":[");
    for (guint i = 0; i < hosts->len; i++) {
        const AppHost *host = g_ptr_array_index(hosts, i);

        if (host->store != NULL)
            store_snapshot_rows(host->store, octets, json, &snapshot->rows_left, NULL);
    }
}

static void
app_snapshot_commit(const GPtrArray *hosts)
{
    for (guint i = 0; i < hosts->len; i++) {
        AppHost *host = g_ptr_array_index(hosts, i);

        if (host->store != NULL && store_is_open(host->store))
            app_host_commit(host, NULL);
    }
}

char *
app_snapshot(AppRun *run)
{
    AppSnapshot snapshot = { .json = g_string_new("{") };

    app_snapshot_commit(run->hosts);
    app_snapshot_sources(&snapshot);
    app_snapshot_hosts(&snapshot, run->hosts);
    app_snapshot_sessions(&snapshot, run->hosts);
    app_snapshot_stored(&snapshot, run->hosts);
    g_string_append_printf(snapshot.json,
                           "],\"left_out\":{\"sessions\":%" G_GUINT64_FORMAT
                           ",\"messages\":%" G_GUINT64_FORMAT ",\"rows\":%" G_GUINT64_FORMAT "}}",
                           snapshot.sessions_left, snapshot.messages_left, snapshot.rows_left);
    return g_string_free(snapshot.json, FALSE);
}
