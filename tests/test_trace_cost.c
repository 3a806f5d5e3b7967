/* tests/test_trace_cost.c - what an event may cost: no system call, and nothing made ready twice. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/seccomp.h>
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/journal.h"
#include "trace/segment.h"

#define COST_EVENTS 400 /* told in one turn; all of them fit into the journal's buffer */
#define COST_SKIP   77  /* the child's exit status where this kernel knows no seccomp */

static gint64
cost_now(G_GNUC_UNUSED void *clock)
{
    return G_GINT64_CONSTANT(1767603600120000);
}

static Tracer *
cost_open(const char *folder, TraceJournal **journal)
{
    static const TraceJournalHead head = { .build = "test", .world = "" };
    Tracer *tracer = tracer_new(cost_now, NULL);
    g_autoptr(GError) error = NULL;

    *journal = trace_journal_open(folder, 1 << 20, tracer, &head, &error);
    g_assert_no_error(error);
    return tracer;
}

static void
cost_close(const char *folder, TraceJournal *journal, Tracer *tracer)
{
    g_autofree char *path = trace_segment_path(folder, 1);

    trace_journal_close(journal);
    tracer_free(tracer);
    g_unlink(path);
    g_rmdir(folder);
}

/* Events of each kind that a message makes: a line, a reply, a decision with all sorts of data. */
static void
cost_tell(Trace *trace)
{
    for (guint i = 0; i < COST_EVENTS; i += 4) {
        trace_begin_journey(trace);
        trace_wire_command(trace, STAGE_SENDER, "RFC 5321 §4.1.1.2", "client", "host", "MAIL",
                           "MAIL FROM:<alice@north.example>\r\n", FALSE);
        trace_wire_reply(trace, STAGE_SENDER, "RFC 5321 §4.2", "host", "client", "250",
                         "250-2.1.0 said \"ok\"\r\n250 §\x1b\r\n");
        trace_put_number(trace, "code", i);
        trace_put_flag(trace, "local", TRUE);
        trace_put_time(trace, "due", 1767603600);
        trace_put_json(trace, "rows", "[{\"id\":1}]");
        trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6", "%s is ours: %u", "south.example", i);
        trace_state(trace, STAGE_STORE, NULL, "%04u", i);
    }
}

/* The child may read, write and exit from here on; anything else kills it. */
static void
cost_child(const char *folder)
{
    TraceJournal *journal;
    Tracer *tracer = cost_open(folder, &journal);
    Trace *trace = trace_new(tracer, "mx.north.example", "smtp");

    /* A first turn, in which the buffers grow to their size. */
    cost_tell(trace);
    trace_journal_flush(journal);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
        _exit(COST_SKIP);
    cost_tell(trace);
    syscall(SYS_exit, 0);
}

static guint
cost_lines(const char *folder)
{
    g_autofree char *path = trace_segment_path(folder, 1);
    g_autofree char *text = NULL;
    guint lines = 0;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    return lines;
}

static void
test_no_system_call(void)
{
    g_test_summary("no event makes a system call of its own: neither a write nor any other");
    g_autofree char *folder = g_dir_make_tmp("glasspost-cost-XXXXXX", NULL);
    g_autofree char *path = trace_segment_path(folder, 1);
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        cost_child(folder);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == COST_SKIP) {
        g_test_skip("this kernel knows no seccomp");
    } else {
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, 0);
        /* The second turn was not written: there are the header and the first turn's events. */
        g_assert_cmpuint(cost_lines(folder), ==, 1 + COST_EVENTS);
    }
    g_unlink(path);
    g_rmdir(folder);
}

typedef struct Twice {
    GString *ready, *again;
} Twice;

/* Writes the event as the tracer gave it, and a copy of it, of which nothing is ready. */
static void
twice_take(const TraceEvent *event, void *data)
{
    Twice *twice = data;
    g_autoptr(TraceEvent) copy = trace_event_copy(event);

    copy->data_octets = 0;
    trace_event_write(event, twice->ready);
    trace_event_write(copy, twice->again);
    g_assert_cmpstr(twice->ready->str, ==, twice->again->str);
}

static void
test_ready(void)
{
    g_test_summary("what the tracer made ready is what would be made at the line");
    g_autoptr(Tracer) tracer = tracer_new(cost_now, NULL);
    Twice twice = { g_string_new(NULL), g_string_new(NULL) };
    g_autoptr(Trace) trace = trace_new(tracer, "mx.north.example", "smtp");

    tracer_add_sink(tracer, twice_take, &twice);
    tracer_switch(tracer, TRUE);
    trace_state(trace, STAGE_CONNECT, NULL, "before a journey");
    trace_set_branch(trace, "1.2");
    trace_set_user(trace, "al\"ice\x1b\u202e");
    cost_tell(trace);
    trace_set_user(trace, NULL);
    cost_tell(trace);
    g_autoptr(Trace) fork = trace_fork(trace);
    trace_set_journey(fork, "j1");
    cost_tell(fork);
    g_assert_nonnull(strstr(twice.ready->str, "\"user\":\"al\\\"ice^[\\\\u202e\""));
    g_string_free(twice.ready, TRUE);
    g_string_free(twice.again, TRUE);
}

static void
test_nested(void)
{
    g_test_summary("two speakers that put their data in turn do not mix it up");
    g_autoptr(Tracer) tracer = tracer_new(cost_now, NULL);
    Twice twice = { g_string_new(NULL), g_string_new(NULL) };
    g_autoptr(Trace) smtp = trace_new(tracer, "mx.north.example", "smtp");
    g_autoptr(Trace) dns = trace_new(tracer, "mx.north.example", "dns");

    tracer_add_sink(tracer, twice_take, &twice);
    tracer_switch(tracer, TRUE);
    trace_put_text(smtp, "who", "smtp");
    trace_put_text(dns, "who", "dns");
    trace_state(smtp, STAGE_CONNECT, NULL, "one");
    g_assert_true(g_str_has_suffix(twice.ready->str, "\"data\":{\"who\":\"smtp\"}}\n"));
    trace_state(dns, STAGE_CONNECT, NULL, "two");
    g_assert_true(g_str_has_suffix(twice.ready->str, "\"data\":{\"who\":\"dns\"}}\n"));
    g_string_free(twice.ready, TRUE);
    g_string_free(twice.again, TRUE);
}

static void
test_off(void)
{
    g_test_summary("a journal writes no event that nobody tells, and no line for it");
    g_autofree char *folder = g_dir_make_tmp("glasspost-cost-XXXXXX", NULL);
    TraceJournal *journal;
    Tracer *tracer = cost_open(folder, &journal);
    g_autoptr(Trace) trace = trace_new(tracer, "mx.north.example", "smtp");

    tracer_switch(tracer, FALSE);
    cost_tell(trace);
    trace_journal_flush(journal);
    g_assert_cmpuint(tracer_last_seq(tracer), ==, 0);
    g_assert_cmpuint(cost_lines(folder), ==, 1);
    cost_close(folder, journal, tracer);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/cost/no-system-call", test_no_system_call);
    g_test_add_func("/trace/cost/ready", test_ready);
    g_test_add_func("/trace/cost/nested", test_nested);
    g_test_add_func("/trace/cost/off", test_off);
    return g_test_run();
}
