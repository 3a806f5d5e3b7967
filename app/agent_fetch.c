/* app/agent_fetch.c - reads a mailbox, as a mail program does: by POP3 or by IMAP. */
#include "app/agent.h"

#include <string.h>
#include "imap/client.h"
#include "pop3/client.h"

typedef struct AppFetcher {
    AppAgent agent;
    char *address;
    char *folder;
    Pop3Client *pop3; /* one of these two */
    ImapClient *imap;
} AppFetcher;

static void
app_fetcher_clear(AppAgent *agent)
{
    AppFetcher *fetcher = (AppFetcher *)agent;

    g_clear_pointer(&fetcher->pop3, pop3_client_free);
    g_clear_pointer(&fetcher->imap, imap_client_free);
    g_free(fetcher->address);
    g_free(fetcher->folder);
}

/* POP3 downloads: the message is a file on the reader's own machine from now on. */
static void
app_fetcher_save(void *data, guint number, const char *octets, gsize length)
{
    AppFetcher *fetcher = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;

    if (fetcher->folder == NULL)
        return;
    path = g_strdup_printf("%s/%u.eml", fetcher->folder, number);
    if (!g_file_set_contents(path, octets, (gssize)length, &error)) {
        fetcher->agent.run->agents_failed++;
        trace_error(fetcher->agent.trace, STAGE_PICKUP, "could not save: %s", error->message);
    }
}

/* What the person sees in the end. */
static void
app_fetcher_tell(AppFetcher *fetcher)
{
    Trace *trace = fetcher->agent.trace;
    const char *error =
        fetcher->pop3 != NULL ? pop3_client_error(fetcher->pop3) : imap_client_error(fetcher->imap);
    guint count = fetcher->pop3 != NULL ? pop3_client_fetched(fetcher->pop3)
                                        : imap_client_fetched(fetcher->imap);

    app_agent_follow_reply(&fetcher->agent);
    if (error != NULL)
        fetcher->agent.run->agents_failed++;
    trace_put_text(trace, "outcome", error == NULL ? "fetched" : "failed");
    trace_put_number(trace, "count", count);
    if (error != NULL)
        trace_state(trace, STAGE_PICKUP, NULL, "%s could not read the mail: %s", fetcher->address,
                    error);
    else
        trace_state(trace, STAGE_PICKUP, NULL, "%s has read %u message%s by %s", fetcher->address,
                    count, count == 1 ? "" : "s", fetcher->pop3 != NULL ? "POP3" : "IMAP");
}

static void
app_fetcher_input(NetConn *conn, void *owner)
{
    AppFetcher *fetcher = owner;
    g_autoptr(GString) out = g_string_new(NULL);
    NetNext next = fetcher->pop3 != NULL
                       ? pop3_client_input(fetcher->pop3, net_conn_input(conn), out)
                       : imap_client_input(fetcher->imap, net_conn_input(conn), out);

    net_conn_write(conn, out->str, (gssize)out->len);
    net_conn_deadline(conn, 300);
    if (next == NET_CLOSE) {
        app_fetcher_tell(fetcher);
        app_agent_end(&fetcher->agent);
    }
}

static void
app_fetcher_closed(G_GNUC_UNUSED NetConn *conn, void *owner, const GError *why)
{
    AppFetcher *fetcher = owner;
    const char *reason = why != NULL ? why->message : NULL;

    fetcher->agent.conn = NULL;
    if (!app_agent_tell_nobody(&fetcher->agent, why)) {
        if (fetcher->pop3 != NULL)
            pop3_client_cut(fetcher->pop3, reason);
        else
            imap_client_cut(fetcher->imap, reason);
        app_fetcher_tell(fetcher);
    }
    app_agent_end(&fetcher->agent);
}

static void
app_fetcher_opened(NetConn *conn, G_GNUC_UNUSED void *owner)
{
    net_conn_deadline(conn, 300);
}

static const NetHandler app_fetcher_handler = {
    .opened = app_fetcher_opened,
    .input = app_fetcher_input,
    .closed = app_fetcher_closed,
};

static void
app_fetcher_make_client(AppFetcher *fetcher, const AppFetch *fetch, const char *password)
{
    Trace *trace = app_agent_engine_trace(&fetcher->agent);

    if (fetch->imap)
        fetcher->imap = imap_client_new(&(ImapClientWish){ .user = fetch->address,
                                                           .password = password,
                                                           .message = app_fetcher_save,
                                                           .data = fetcher },
                                        trace);
    else
        fetcher->pop3 = pop3_client_new(&(Pop3ClientWish){ .user = fetch->address,
                                                           .password = password,
                                                           .delete = fetch->delete,
                                                           .message = app_fetcher_save,
                                                           .data = fetcher },
                                        trace);
}

gboolean
app_agent_fetch(AppRun *run, const AppFetch *fetch, GError **error)
{
    const char *at = strrchr(fetch->address, '@');
    AppHostFile *file = at != NULL ? app_world_host_of_domain(run->file, at + 1) : NULL;
    g_autofree char *password = app_world_password(run->file, fetch->address);
    AppFetcher *fetcher;

    if (file == NULL || password == NULL) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s is no account of this world file",
                    fetch->address);
        return FALSE;
    }
    fetcher = g_new0(AppFetcher, 1);
    fetcher->agent.run = run;
    fetcher->agent.clear = app_fetcher_clear;
    fetcher->agent.trace = trace_fork(run->trace);
    fetcher->address = g_strdup(fetch->address);
    fetcher->folder = g_strdup(fetch->folder);
    app_fetcher_make_client(fetcher, fetch, password);
    app_agent_dial(&fetcher->agent, file, fetch->imap ? "imap" : "pop3", &app_fetcher_handler);
    return TRUE;
}
