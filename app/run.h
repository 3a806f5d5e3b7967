/* app/run.h - a world at work: what the world file says, opened and wired together.
 *
 *   clock > net > tracer > journal > gate > control > name server > hosts > script
 */
#ifndef APP_RUN_H
#define APP_RUN_H

#include "app/host.h"
#include "dns/server.h"
#include "trace/control.h"
#include "trace/fault.h"
#include "trace/gate.h"
#include "trace/journal.h"

/* A simulated world always begins at this second: Monday, 5 January 2026, 09:00 UTC. */
#define APP_SIMULATED_START_S G_GINT64_CONSTANT(1767603600)

/* (transfer full): what the @number-th message that is handed in (from 1) shall be, instead of
 * @message. */
typedef GBytes *(*AppAmend)(void *data, guint number, GBytes *message);

typedef struct AppRun {
    AppWorldFile *file;
    AppParts parts;
    NetClock *clock;
    TraceJournal *journal; /* NULL: off */
    TraceGate *gate;
    TraceFaults *faults;
    TraceControl *control; /* NULL: none was asked for */
    Trace *trace;          /* the world's own speaker */
    DnsServer *dns;
    GPtrArray *hosts;    /* AppHost */
    GPtrArray *agents;   /* AppAgent: mail programs of ours at work (app/agent.h) */
    gboolean dialogue;   /* agents tell each line they say and hear */
    guint agents_failed; /* how many did not reach what they were started for */
    guint script_left;   /* lines still to come */
    guint slow_turns;    /* of the loop, in which everybody waited for one (net_set_watchdog) */
    gint64 slowest_us;   /* the longest of them */
    GPtrArray *script;   /* their timers' data (app/script.c) */
    guint sends;         /* messages handed in so far */
    AppAmend amend;      /* of the options */
    void *amend_data;
    int lock;    /* of the state folder */
    int signals; /* a signalfd; -1: none */
    gboolean stopping;
    gboolean dismissed; /* and all clients have been told */
} AppRun;

typedef struct AppRunOptions {
    gboolean hold;    /* stand still at the first event of the script */
    gboolean control; /* listen on control.sock, and obey SIGINT and SIGTERM */
    TracerSink sink;  /* told of each event too, or NULL */
    void *sink_data;
    guint64 segment_octets; /* of the journal; 0: as trace/journal.h says */
    AppAmend amend;         /* or NULL: messages go as they are */
    void *amend_data;
} AppRunOptions;

/* Takes @file. Everything listens when this returns. */
AppRun *app_run_new(AppWorldFile *file, const AppRunOptions *options, GError **error);
/* No hosts, no state: only a loop over sockets, for mail programs that talk to a world elsewhere.
 * Takes @file. */
AppRun *app_run_new_client(AppWorldFile *file, TracerSink sink, void *sink_data, GError **error);
/* Commits what is open, closes the journal. */
void app_run_free(AppRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AppRun, app_run_free)

/* Starts the script, then serves until app_run_stop(), a signal, or (@until_quiet) nothing is left
 * to happen: the script has ended, nothing travels, nobody waits. */
void app_run_loop(AppRun *run, gboolean until_quiet);
void app_run_stop(AppRun *run);

/* The zones of the world's name server (of DnsZone), read from their files. */
GPtrArray *app_run_load_zones(const AppWorldFile *file, GError **error);
/* Reads zone and filter files again; what was cached is forgotten. */
gboolean app_run_reload(AppRun *run, GError **error);
AppHost *app_run_host(AppRun *run, const char *name);

/* ---- commands of scripts and of the control socket (app/command.c) ---- */

/**
 * app_command:
 * @line: "send alice@north.example carol@south.example hello.eml"
 *
 * Tells an input event, then does it; send and fetch go on after this returns.
 * Returns: members of the JSON answer, or NULL with @error
 */
char *app_command(AppRun *run, const char *line, GError **error);
/* The words of a command's line; in those of `send`, quotes hold a value together. (transfer full) */
char **app_command_words(const char *line);
/* The table as text for --help. */
char *app_commands_help(void);

/* Sets a timer for each line of the file's script. */
void app_script_start(AppRun *run);

#endif
