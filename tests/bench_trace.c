/* tests/bench_trace.c - what telling costs, for `make bench`: never a test.
 *
 * Tells the events of a message that a host takes in and delivers, as many as the server tells,
 * into a journal that is written every few messages, as the server does once a turn. Beside that: a
 * call whose tracer is off.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "storage/inside.h"
#include "tests/folder.h"
#include "trace/journal.h"
#include "trace/trace.h"

#define BENCH_MESSAGES  40000
#define BENCH_TURN      8 /* messages a write */
#define BENCH_OFF_CALLS 100000000
#define BENCH_BODY      512 /* octets of a message that are shown */

static char body[BENCH_BODY + 1];

static gint64
bench_now_us(G_GNUC_UNUSED void *clock)
{
    return g_get_real_time();
}

static void
bench_command(Trace *trace, const char *verb, const char *line)
{
    trace_wire_command(trace, STAGE_SENDER, "RFC 5321 §4.1.1", "client", "host", verb, line, FALSE);
}

static void
bench_reply(Trace *trace, const char *code, const char *lines)
{
    trace_wire_reply(trace, STAGE_SENDER, "RFC 5321 §4.2", "host", "client", code, lines);
}

static void
bench_decision(Trace *trace, Stage stage, const char *outcome)
{
    trace_put_text(trace, "address", "carol@south.example");
    trace_put_flag(trace, "matched", FALSE);
    trace_put_text(trace, "outcome", outcome);
    trace_decision(trace, stage, "RFC 5321 §3.6", "%s is ours, and so is user %s: %s",
                   "south.example", "carol", outcome);
}

static void
bench_statement(Trace *trace, const char *sql, gint64 id)
{
    store_tell(trace, sql, "message %" G_GINT64_FORMAT, id);
    store_tell_params(trace, "iist", id, (gint64)1, "carol", g_get_real_time() / G_USEC_PER_SEC);
    store_tell_row(trace, "after", "id:i octets:i user:s", id, (gint64)4096, "carol");
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_STORE, "Message %" G_GINT64_FORMAT " is written, not yet on the disk",
              id);
}

/* Twenty-one events: eight lines and a body on the wire, eight decisions, four statements. */
static void
bench_message(Trace *trace, gint64 id)
{
    static const char *const outcomes[] = { "ok",       "ok",       "local",  "ok",
                                            "no match", "no match", "accept", "ok" };

    trace_begin_journey(trace);
    bench_command(trace, "MAIL", "MAIL FROM:<load@far.example>");
    bench_reply(trace, "250", "250 2.1.0 <load@far.example> sender ok");
    bench_command(trace, "RCPT", "RCPT TO:<carol@south.example>");
    trace_set_branch(trace, "1");
    for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++)
        bench_decision(trace, STAGE_ROUTE, outcomes[i]);
    bench_reply(trace, "250", "250 2.1.5 <carol@south.example> recipient ok");
    bench_command(trace, "DATA", "DATA");
    bench_reply(trace, "354", "354 send the message; end it with <CRLF>.<CRLF>");
    trace_put_arrow(trace, "client", "host", "message");
    trace_put_number(trace, "octets", 4096);
    trace_put_text(trace, "start", body);
    trace_wire(trace, STAGE_STORE, "RFC 5321 §4.5.2", "a message of %u octets", 4096);
    bench_statement(trace, "SELECT id, user FROM accounts WHERE domain = ? AND user = ?", id);
    bench_statement(trace,
                    "INSERT INTO messages (arrived, octets, journey, event, sender, token) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    id);
    bench_statement(trace,
                    "INSERT INTO entries (mailbox, uid, message, flags) "
                    "VALUES (?, ?, ?, ?)",
                    id);
    bench_statement(trace, "COMMIT", id);
    bench_command(trace, "MAIL", "the client says no more");
    bench_reply(trace, "250", "250 2.6.0 message accepted, id ufKrGopPOJ13");
}

/* The number behind "syscw:": how many writes this process has asked for. 0: not known here. */
static guint64
bench_writes(void)
{
    g_autofree char *text = NULL;
    const char *found;

    if (!g_file_get_contents("/proc/self/io", &text, NULL, NULL))
        return 0;
    found = strstr(text, "syscw: ");
    return found == NULL ? 0 : g_ascii_strtoull(found + strlen("syscw: "), NULL, 10);
}

static void
bench_on(const char *folder)
{
    static const TraceJournalHead head = { .build = "bench", .world = "" };
    g_autoptr(Tracer) tracer = tracer_new(bench_now_us, NULL);
    g_autoptr(GError) error = NULL;
    TraceJournal *journal = trace_journal_open(folder, 64 * 1024 * 1024, tracer, &head, &error);
    g_autoptr(Trace) trace = trace_new(tracer, "mx.south.example", "smtp");

    if (journal == NULL)
        g_error("%s", error->message);
    guint64 writes = bench_writes();
    gint64 telling_us = 0, begin_us = g_get_monotonic_time();
    for (guint i = 1; i <= BENCH_MESSAGES; i++) {
        gint64 start_us = g_get_monotonic_time();

        bench_message(trace, i);
        telling_us += g_get_monotonic_time() - start_us;
        if (i % BENCH_TURN == 0)
            trace_journal_flush(journal);
    }
    double all_us = (double)(g_get_monotonic_time() - begin_us);
    double events = (double)tracer_last_seq(tracer);

    printf("%.0f events of %d messages told into a journal:\n", events, BENCH_MESSAGES);
    printf("  an event     %6.0f ns, and %.0f ns for its part of the write\n",
           (double)telling_us * 1000 / events, (all_us - (double)telling_us) * 1000 / events);
    printf("  a message    %6.1f us\n", all_us / BENCH_MESSAGES);
    printf("  writes       %6.4f an event\n", (double)(bench_writes() - writes) / events);
    trace_journal_close(journal);
}

static void
bench_off(void)
{
    g_autoptr(Tracer) tracer = tracer_new(bench_now_us, NULL);
    g_autoptr(Trace) trace = trace_new(tracer, "mx.south.example", "smtp");
    gint64 begin_us = g_get_monotonic_time();

    for (guint i = 0; i < BENCH_OFF_CALLS; i++)
        trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6", "message %u is ours", i);
    printf("  off, a call  %6.1f ns\n",
           (double)(g_get_monotonic_time() - begin_us) * 1000 / BENCH_OFF_CALLS);
}

int
main(void)
{
    g_autofree char *folder = NULL;

    setlocale(LC_ALL, "C.UTF-8");
    folder = g_dir_make_tmp("glasspost-bench-XXXXXX", NULL);
    if (folder == NULL)
        return 1;
    memset(body, 'x', BENCH_BODY);
    for (guint i = 72; i < BENCH_BODY; i += 73)
        body[i] = '\n';
    bench_on(folder);
    bench_off();
    folder_remove(folder);
    return 0;
}
