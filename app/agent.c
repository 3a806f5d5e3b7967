/* app/agent.c - what all mail programs of ours share: dialling, and hanging up. */
#include "app/agent.h"

/* The address our programs call from: none of the hosts'. */
#define APP_AGENT_ADDRESS "127.0.0.1"

void
app_agent_dial(AppAgent *agent, const AppHostFile *host, const char *service,
               const NetHandler *handler)
{
    AppRun *run = agent->run;
    guint16 port = app_world_port(run->file, host, service);

    agent->conn =
        net_connect(run->parts.net, APP_AGENT_ADDRESS, host->address, port, handler, agent);
    net_conn_set_origin(agent->conn, NULL, NULL, trace_last(agent->trace));
    net_conn_deadline(agent->conn, 300);
    g_ptr_array_add(run->agents, agent);
}

Trace *
app_agent_engine_trace(const AppAgent *agent)
{
    return agent->run->dialogue ? agent->trace : NULL;
}

void
app_agent_follow_reply(AppAgent *agent)
{
    guint64 reply = agent->conn != NULL ? net_buffer_twin(net_conn_input(agent->conn)) : 0;

    if (reply != 0)
        trace_follow(agent->trace, reply);
}

gboolean
app_agent_tell_nobody(AppAgent *agent, const GError *why)
{
    if (!agent->run->dialogue || !g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        return FALSE;
    agent->run->agents_failed++;
    trace_put_text(agent->trace, "outcome", "failed");
    trace_state(agent->trace, STAGE_NONE, NULL,
                "nobody listens there: %s. Does the world run? glasspost serve %s starts it",
                why->message, agent->run->file->path);
    return TRUE;
}

void
app_agent_end(AppAgent *agent)
{
    g_ptr_array_remove(agent->run->agents, agent);
    if (agent->conn != NULL)
        net_conn_close(agent->conn);
    agent->clear(agent);
    trace_free(agent->trace);
    g_free(agent);
}
