/* app/agent.h - mail programs of ours: what a person at the keyboard would start.
 *
 * They talk to the hosts over the same network as any stranger's program would. They tell no events
 * of their own but the last, what the person reads on the screen (unless run->dialogue).
 */
#ifndef APP_AGENT_H
#define APP_AGENT_H

#include "app/run.h"

typedef struct AppAgent AppAgent;

typedef struct AppSend {
    const char *sender; /* reverse-path */
    const char *const *recipients;
    const char *via; /* host that takes it; NULL: the sender's own */
    gboolean submit; /* log in on the submission port */
    GBytes *message;
    guint64 octets;    /* lines without meaning follow the message up to this size; 0: none do */
    const char *envid; /* what the sender wants to be told (RFC 3461 §4): xtext, or NULL */
    char ret;          /* 'F', 'H', 0 */
    guint notify;      /* of StoreNotifyWish, for each recipient */
} AppSend;

/* FALSE: nobody to send to (@error). Follows from @run's last event. */
gboolean app_agent_send(AppRun *run, const AppSend *send, GError **error);

typedef struct AppFetch {
    const char *address; /* "carol@south.example" */
    gboolean imap;       /* else POP3 */
    gboolean delete;     /* POP3: delete what was downloaded */
    const char *folder;  /* save messages there, or NULL */
} AppFetch;

gboolean app_agent_fetch(AppRun *run, const AppFetch *fetch, GError **error);

/* @count programs connect to @host at once; each hands in a message for @recipient, but one that
 * types an octet a second and one that says nothing. */
gboolean app_agent_crowd(AppRun *run, const char *host, const char *recipient, guint count,
                         GError **error);

/* ---- for the files of this family ---- */

struct AppAgent {
    AppRun *run;
    NetConn *conn;                  /* NULL: hung up */
    Trace *trace;                   /* goes on from the command; tells the end */
    void (*clear)(AppAgent *agent); /* frees what the bigger struct around it holds */
};

/* Dials @service of @host. The conversation is @handler's; its owner is the agent, the first member
 * of a struct made by g_new0(). */
void app_agent_dial(AppAgent *agent, const AppHostFile *host, const char *service,
                    const NetHandler *handler);
/* The last octets that came were told by an event of the server: what is told next follows from it. */
void app_agent_follow_reply(AppAgent *agent);
/* @why: how the call ended. Did nobody listen at the port, where a world was to run that is not ours? Then
 * says so, and what to do, in the one sentence that is needed; else FALSE. */
gboolean app_agent_tell_nobody(AppAgent *agent, const GError *why);
/* The trace its engine tells to: silent unless the dialogue is wanted. */
Trace *app_agent_engine_trace(const AppAgent *agent);
/* Hangs up, and frees the agent. */
void app_agent_end(AppAgent *agent);

#endif
