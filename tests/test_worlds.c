/* tests/test_worlds.c - a search: worlds made by chance, and in each the same promise kept.
 *
 * Messages by chance, faults by chance (tests/random_world.h), then all is well again and time
 * passes. Whatever went wrong, a message that was answered with 250 has then ended exactly once
 * for each of its recipients: it lies in their mailbox and they have read it, or a report about
 * them went back. The exception is RFC 1047's: where the reply to the final dot did not come, or
 * was lost with the host that heard it, it may be there once more. The events tell how often that
 * was (tests/doubts.h); any other duplicate is wrong. What lies on the disks at the end is what
 * counts.
 *
 *     build/tests/test_worlds                a few dozen worlds
 *     SEEDS=1000 build/tests/test_worlds     as many
 *     SEED=17 build/tests/test_worlds        this one, and its state folder is kept for the viewer
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/ports.h"
#include "app/run.h"
#include "doubts.h"
#include "random_world.h"
#include "tests/folder.h"

#define WORLDS 40
#define EVENTS_MAX                                                                                 \
    1000000 /* of one world: far more than any needs, so one that never ends is told */
#define REPORT_FIELD "Final-Recipient:"
/* To the postmaster: in it lies the report that was lost. */
#define REPORT_LOST  "\r\nSubject: A report could not be delivered\r\n"
#define REPORT_WHOLE "\r\nContent-Type: message/rfc822\r\n"

/* What the events of a run tell. */
typedef struct Run {
    AppRun *world;
    GArray *roots;        /* guint of each event: the message it goes back to; 0: none */
    GHashTable *journeys; /* name to message number */
    GHashTable *asked;    /* session to the recipient it was asked for last */
    GHashTable *taken;    /* "3 alice@north.example": a recipient taken by the first host */
    gboolean acknowledged[RANDOM_MESSAGES + 1];
    guint dropped[RANDOM_MESSAGES + 1]; /* reports that ended as nobody could take them */
    Doubts *doubts;                     /* RFC 1047: who sent it can't know that it was taken */
    gboolean died; /* some host, with its conversations, or what it wanted to write down of them */
    guint read;    /* messages, at the end of the world */
} Run;

/* What the disks tell: a mailbox or a reported recipient with a message's number, how often. */
typedef struct Found {
    GHashTable *delivered; /* "3 alice@north.example" to a count */
    GHashTable *reported;  /* likewise */
    guint entries;         /* in INBOXes */
    guint reports;
    GString *wrong; /* complaints, a line each */
} Found;

/* ---- following the events ---- */

/* The number in "...world-message-17..."; 0: none. */
static guint
message_number(const char *text)
{
    const char *found = text != NULL ? strstr(text, RANDOM_SUBJECT) : NULL;

    return found != NULL ? (guint)strtoul(found + strlen(RANDOM_SUBJECT), NULL, 10) : 0;
}

/* By its causes each event goes back to the line of the script that began it. */
static guint
find_root(Run *run, const TraceEvent *event)
{
    guint root = event->kind == TRACE_INPUT ? message_number(event->text) : 0;

    if (root == 0 && event->journey != NULL)
        root = GPOINTER_TO_UINT(g_hash_table_lookup(run->journeys, event->journey));
    if (root == 0 && event->cause > 0)
        root = g_array_index(run->roots, guint, event->cause);
    g_array_set_size(run->roots, MAX(run->roots->len, event->seq + 1));
    g_array_index(run->roots, guint, event->seq) = root;
    if (event->journey != NULL && root != 0)
        g_hash_table_insert(run->journeys, g_strdup(event->journey), GUINT_TO_POINTER(root));
    return root;
}

static gboolean
says(const TraceEvent *event, const char *member)
{
    return event->data != NULL && strstr(event->data, member) != NULL;
}

/* RCPT and its reply, at the host where a user of ours hands the message in. */
static void
follow_recipient(Run *run, const TraceEvent *event, guint root)
{
    const char *path = strstr(event->text, "client to host: RCPT TO:<");
    const char *recipient = g_hash_table_lookup(run->asked, event->session);

    if (path != NULL) {
        path = strchr(path, '<') + 1;
        g_hash_table_insert(run->asked, g_strdup(event->session),
                            g_strndup(path, strcspn(path, ">")));
    } else if (recipient != NULL && strstr(event->text, "host to client: ") != NULL) {
        if (says(event, "\"code\":250"))
            g_hash_table_add(run->taken, g_strdup_printf("%u %s", root, recipient));
        g_hash_table_remove(run->asked, event->session);
    }
}

static void
follow_fault(Run *run, const TraceEvent *event)
{
    g_autofree char *point = trace_event_data(event, "point");

    run->died |= g_str_has_prefix(point, "crash");
}

static void
follow(const TraceEvent *event, void *data)
{
    Run *run = data;
    guint root = find_root(run, event);

    g_assert_cmpuint(root, <=, RANDOM_MESSAGES);
    doubts_follow(run->doubts, event, root);
    if (event->kind == TRACE_WIRE && event->user != NULL)
        follow_recipient(run, event, root);
    if (event->kind == TRACE_FAULT)
        follow_fault(run, event);
    if (event->kind == TRACE_INPUT && g_str_has_prefix(event->text, "host "))
        run->died |= !g_str_has_suffix(event->text, " up");
    run->died |= event->stage == STAGE_QUEUE && event->kind == TRACE_ERROR;
    if (event->stage == STAGE_NONE && says(event, "\"outcome\":\"sent\""))
        run->acknowledged[root] = TRUE;
    if (event->stage == STAGE_BOUNCE && says(event, "\"outcome\":\"none\""))
        run->dropped[root]++;
    if (event->stage == STAGE_PICKUP && strstr(event->text, " has read ") != NULL)
        run->read += (guint)strtoul(strstr(event->text, " has read ") + 10, NULL, 10);
    if (event->seq == EVENTS_MAX)
        app_run_stop(run->world);
}

/* ---- reading the disks ---- */

static void
count_one(GHashTable *counts, guint number, const char *address)
{
    char *key = g_strdup_printf("%u %s", number, address);
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, key));

    g_hash_table_insert(counts, key, GUINT_TO_POINTER(count + 1));
}

static guint
counted(GHashTable *counts, guint number, const char *address)
{
    g_autofree char *key = g_strdup_printf("%u %s", number, address);

    return GPOINTER_TO_UINT(g_hash_table_lookup(counts, key));
}

/* A report names each recipient, and then what became of them (RFC 3464 §2.3). Of one that tells of a
 * lost report, what that one said counts. */
static void
read_report(Found *found, const char *content)
{
    const char *inner = strstr(content, REPORT_LOST) != NULL ? strstr(content, REPORT_WHOLE) : NULL;
    g_auto(GStrv) lines = g_strsplit(inner != NULL ? inner : content, "\r\n", -1);
    guint number = message_number(content);
    const char *recipient = NULL;

    found->reports++;
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, REPORT_FIELD) && strchr(*line, ';') != NULL)
            recipient = strchr(*line, ';') + 1 + strspn(strchr(*line, ';') + 1, " ");
        else if (recipient != NULL && g_str_equal(*line, "Action: failed"))
            count_one(found->reported, number, recipient);
    }
}

static void
read_entries(sqlite3 *database, Found *found)
{
    static const char sql[] =
        "SELECT a.user || '@' || a.domain, b.name, m.sender, m.header_subject, m.content "
        "FROM entries e JOIN mailboxes b ON b.id = e.mailbox JOIN accounts a ON a.id = b.account "
        "JOIN messages m ON m.id = e.message";
    sqlite3_stmt *row;

    g_assert_cmpint(sqlite3_prepare_v2(database, sql, -1, &row, NULL), ==, SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW) {
        const char *subject = (const char *)sqlite3_column_text(row, 3);

        if (g_str_equal(sqlite3_column_text(row, 1), "INBOX"))
            found->entries++;
        if (*(const char *)sqlite3_column_text(row, 2) == '\0')
            read_report(found, (const char *)sqlite3_column_text(row, 4));
        else
            count_one(found->delivered, message_number(subject),
                      (const char *)sqlite3_column_text(row, 0));
    }
    sqlite3_finalize(row);
}

/* Complains unless the one value that @sql gives is @expected. */
static void
check_value(sqlite3 *database, const char *host, const char *sql, const char *expected,
            Found *found)
{
    sqlite3_stmt *row;

    g_assert_cmpint(sqlite3_prepare_v2(database, sql, -1, &row, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(row), ==, SQLITE_ROW);
    if (!g_str_equal(sqlite3_column_text(row, 0), expected))
        g_string_append_printf(found->wrong, "%s: %s says %s\n", host, sql,
                               (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
}

static void
read_host(const char *state, const char *host, Found *found)
{
    g_autofree char *name = g_strconcat(host, ".db", NULL);
    g_autofree char *path = g_build_filename(state, name, NULL);
    sqlite3 *database;

    g_assert_cmpint(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
    read_entries(database, found);
    check_value(database, host, "PRAGMA integrity_check", "ok", found);
    check_value(database, host, "SELECT count(*) FROM waiting", "0", found);
    check_value(database, host,
                "SELECT count(*) FROM messages WHERE id NOT IN (SELECT message FROM entries) "
                "AND id NOT IN (SELECT message FROM archive)",
                "0", found);
    sqlite3_close(database);
}

/* ---- the promise ---- */

/* Of all worlds: so that one sees what was tried. */
static guint worlds, taken_in_all, entries_in_all, reports_in_all, twice_in_all, dead_worlds;

/* What is to be known of one recipient of a message. */
typedef struct Ends {
    guint reported, dropped; /* reports that say "failed"; and reports that nobody could take */
    guint doubts;            /* transfers of the message that ended in doubt */
    guint report_doubts;     /* of reports about it */
    gboolean acknowledged;
} Ends;

/* At least once what was acknowledged; once more for each doubt, and for nothing else. */
static gboolean
is_kept(const Ends *ends, guint delivered)
{
    guint times = delivered + ends->reported;
    guint most = 1 + ends->doubts + (ends->reported > 1 ? ends->report_doubts : 0);

    return (!ends->acknowledged || times + ends->dropped >= 1) && times <= most;
}

static void
check_mailbox(const RandomMessage *message, guint number, const char *mailbox, const Ends *ends,
              guint delivered, Found *found)
{
    twice_in_all += delivered + ends->reported > 1;
    if (!is_kept(ends, delivered))
        g_string_append_printf(found->wrong,
                               "message %u, %s to %s: delivered %u, reported %u, dropped %u; in "
                               "doubt %u, reports in doubt %u%s\n",
                               number, message->sender, mailbox, delivered, ends->reported,
                               ends->dropped, ends->doubts, ends->report_doubts,
                               ends->acknowledged ? "" : ", not acknowledged");
}

static void
check_recipient(const RandomMessage *message, guint number, const char *recipient, const Run *run,
                Found *found)
{
    const char *const *mailboxes = random_address_find(recipient)->mailboxes;
    g_autofree char *key = g_strdup_printf("%u %s", number, recipient);
    Ends ends = { .reported = counted(found->reported, number, recipient),
                  .dropped = run->dropped[number],
                  .doubts = doubts_of(run->doubts, number, recipient),
                  .report_doubts = doubts_of_reports(run->doubts, number) };

    ends.acknowledged = run->acknowledged[number] && g_hash_table_contains(run->taken, key);
    if (mailboxes[0] == NULL)
        check_mailbox(message, number, recipient, &ends, 0, found);
    for (guint i = 0; mailboxes[i] != NULL; i++)
        check_mailbox(message, number, mailboxes[i], &ends,
                      counted(found->delivered, number, mailboxes[i]), found);
}

static void
check_promise(const RandomWorld *world, const Run *run, Found *found)
{
    for (guint number = 1; number <= RANDOM_MESSAGES; number++) {
        const RandomMessage *message = g_ptr_array_index(world->messages, number - 1);

        for (guint i = 0; i < message->recipients->len; i++)
            check_recipient(message, number, g_ptr_array_index(message->recipients, i), run, found);
    }
    if (run->read != found->entries)
        g_string_append_printf(found->wrong, "%u messages lie in INBOXes, %u were read\n",
                               found->entries, run->read);
    if (run->roots->len > EVENTS_MAX)
        g_string_append(found->wrong, "the world did not come to its end\n");
    if (run->acknowledged[0])
        g_string_append(found->wrong, "a message was sent, and its causes lead to no input\n");
}

/* ---- a world ---- */

static void
play(const RandomWorld *random, const char *folder, Run *run)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *overlay = g_build_filename(folder, "random.ini", NULL);
    g_autofree char *text = g_strconcat(random->keys->str, random->script->str, NULL);
    AppRunOptions options = { .sink = follow, .sink_data = run };
    AppWorldFile *file;
    guint16 base;

    g_file_set_contents(overlay, text, -1, &error);
    g_assert_no_error(error);
    file = app_world_load("labs/demo/world.ini", overlay, &error);
    g_assert_no_error(error);
    g_free(file->state);
    file->state = g_build_filename(folder, "state", NULL);
    file->network = APP_NETWORK_SIMULATED;
    g_assert_true(app_ports_choose(file, 0, &base, &error));
    run->world = app_run_new(file, &options, &error);
    g_assert_no_error(error);
    app_run_loop(run->world, TRUE);
    g_clear_pointer(&run->world, app_run_free);
}

static void
add_up(const Run *run, const Found *found)
{
    worlds++;
    taken_in_all += g_hash_table_size(run->taken);
    entries_in_all += found->entries;
    reports_in_all += found->reports;
    dead_worlds += run->died;
}

/* What is wrong at the end of world @seed, "" if nothing is. */
static char *
try_world(guint64 seed, gboolean keep)
{
    g_autofree char *folder = g_dir_make_tmp("glasspost-world-XXXXXX", NULL);
    g_autofree char *state = g_build_filename(folder, "state", NULL);
    g_autoptr(RandomWorld) random = random_world_new(seed);
    g_autoptr(GArray) roots = g_array_new(FALSE, TRUE, sizeof(guint));
    g_autoptr(GHashTable) journeys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) delivered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) reported = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(Doubts) doubts = doubts_new();
    Run run = {
        .roots = roots, .journeys = journeys, .asked = asked, .taken = taken, .doubts = doubts
    };
    Found found = { .delivered = delivered, .reported = reported, .wrong = g_string_new(NULL) };

    play(random, folder, &run);
    for (guint i = 0; i < G_N_ELEMENTS(random_hosts); i++)
        read_host(state, random_hosts[i], &found);
    check_promise(random, &run, &found);
    add_up(&run, &found);
    if (keep)
        g_test_message("the world file lies over labs/demo/world.ini: %s/random.ini; "
                       "look: glasspost view %s",
                       folder, state);
    else
        folder_remove(folder);
    return g_string_free(found.wrong, FALSE);
}

static void
test_search(void)
{
    g_test_summary("RFC 5321 §6.1: what was acknowledged ends exactly once, whatever goes wrong; "
                   "RFC 1047: but for lost replies");
    const char *only = g_getenv("SEED"), *many = g_getenv("SEEDS");
    guint64 first = only != NULL ? g_ascii_strtoull(only, NULL, 10) : 1;
    guint64 count = only != NULL ? 1 : many != NULL ? g_ascii_strtoull(many, NULL, 10) : WORLDS;

    for (guint64 seed = first; seed < first + count; seed++) {
        g_autofree char *wrong = try_world(seed, only != NULL);

        if (*wrong == '\0')
            continue;
        g_test_message("%s", wrong);
        g_test_message("again: SEED=%" G_GUINT64_FORMAT " %s", seed, g_get_prgname());
        g_test_fail();
    }
    g_test_message(
        "%u worlds (in %u some host died, or its disk was full): %u recipients taken, %u "
        "messages in mailboxes, %u of them reports; %u recipients have something twice",
        worlds, dead_worlds, taken_in_all, entries_in_all, reports_in_all, twice_in_all);
    g_assert_cmpuint(taken_in_all, >, worlds);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    /* Thousands of COMMITs, and it is not the disk that is looked at: in memory they take no time. */
    if (g_getenv("TMPDIR") == NULL && g_access("/dev/shm", W_OK) == 0)
        g_setenv("TMPDIR", "/dev/shm", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_set_prgname(argv[0]);
    g_test_add_func("/worlds/search", test_search);
    return g_test_run();
}
