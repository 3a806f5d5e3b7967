/* tests/test_whatif.c - what if: recorded worlds again, with one thing changed.
 *
 * Each demo scenario is played once and recorded; then it runs again with each fault there is, and the
 * page that compares both must make sense. Each kind of change has its own test, and so have journals
 * that can't be repeated, and changes that are wrong.
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "app/inputs.h"
#include "app/state.h"
#include "app/whatif.h"
#include "trace/viewer/model.h"
#include "trace/viewer/whatif.h"

/* A crowd shows in a dozen what it shows in hundreds. */
#define CROWD "12"

typedef struct Fixture {
    char *folder;
    AppRecorded *recorded;
    char *before; /* the repetition, unchanged */
    guint runs;
} Fixture;

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->folder = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    g_assert_nonnull(it->folder);
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_clear_pointer(&it->recorded, app_recorded_free);
    app_state_remove(it->folder);
    g_free(it->folder);
    g_free(it->before);
}

static void
write_file(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* Plays a world on the simulated network, as `glasspost play` does. */
static void
play(Fixture *it, const char *world, const char *overlay)
{
    g_autoptr(GError) error = NULL;
    AppWorldFile *file = app_world_load(world, overlay, &error);
    AppRunOptions options = { 0 };
    g_autoptr(AppRun) run = NULL;

    g_assert_no_error(error);
    file->network = APP_NETWORK_SIMULATED;
    g_free(file->state);
    file->state = g_build_filename(it->folder, "recording", NULL);
    run = app_run_new(file, &options, &error);
    g_assert_no_error(error);
    app_run_loop(run, TRUE);
}

/* Reads the recording, and repeats it unchanged. */
static void
repeat(Fixture *it)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *journal = g_build_filename(it->folder, "recording", NULL);
    AppWhatifEnd end = { 0 };
    gboolean goes_on;

    it->recorded = app_recorded_read(journal, &error);
    g_assert_no_error(error);
    it->before = g_build_filename(it->folder, "before", NULL);
    g_assert_true(app_whatif_run(it->recorded, NULL, it->before, &end, &error));
    g_assert_no_error(error);
    g_assert_null(end.stopped);
    g_assert_cmpuint(app_recorded_differs(it->recorded, it->before, &goes_on), ==, 0);
    g_assert_false(goes_on);
}

static void
record(Fixture *it, const char *scenario)
{
    g_autofree char *overlay = g_strdup_printf("labs/demo/scenarios/%s.ini", scenario);
    g_autofree char *text = NULL;
    g_autoptr(GString) story = NULL;

    g_assert_true(g_file_get_contents(overlay, &text, NULL, NULL));
    story = g_string_new(text);
    g_string_replace(story, "crowd 1000", "crowd " CROWD, 0);
    write_file(it->folder, "story.ini", story->str);
    g_free(overlay);
    overlay = g_build_filename(it->folder, "story.ini", NULL);
    play(it, "labs/demo/world.ini", overlay);
    repeat(it);
}

/* The page of @change. */
static char *
what_if(Fixture *it, const char *change)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *after = g_strdup_printf("%s/after-%u", it->folder, ++it->runs);
    AppWhatifEnd end = { 0 };
    g_autoptr(ViewModel) one = NULL, two = NULL;
    char *page;

    if (!app_whatif_run(it->recorded, change, after, &end, &error))
        g_error("%s: %s", change, error->message);
    one = view_model_open(it->before, &error);
    two = view_model_open(after, &error);
    g_assert_no_error(error);
    page = view_whatif_text(one, two, change, end.stopped);
    app_state_remove(after);
    return page;
}

static void
expect(const char *page, const char *words)
{
    if (strstr(page, words) == NULL)
        g_error("'%s' is not in:\n%s", words, page);
}

/* ---- every scenario with every fault ---- */

/* Either it says that nothing changes, or where they part, why, and what became of it; each message
 * has an end in both; no line is too wide. */
static void
expect_sane(const char *scenario, const char *change, const char *page)
{
    gboolean same = strstr(page, "Nothing changes: the fault was never reached.") != NULL;
    const char *ends = strstr(page, "What became of each message\n");
    g_auto(GStrv) lines = g_strsplit(page, "\n", -1);

    g_test_message("%s, %s: %s", scenario, change, same ? "never reached" : "parts");
    if (!same) {
        expect(page, ">> There they part:\n   as it was: ");
        expect(page, "\n   what if: ");
        expect(page, "\n   Why: here the fault happens.\n");
        expect(page, "Side by side");
    }
    g_assert_true(ends != NULL || strstr(page, "No message came to a server") != NULL);
    for (char **line = lines; *line != NULL; line++) {
        g_assert_true(g_utf8_validate(*line, -1, NULL));
        g_assert_cmpint(g_utf8_strlen(*line, -1), <=, 78);
        if (ends == NULL || !g_regex_match_simple("^ j[0-9]+: ", *line, 0, 0))
            continue;
        g_assert_nonnull(line[1]);
        g_assert_true(g_str_has_prefix(line[1], "   as it was  ") ||
                      g_str_has_prefix(line[1], "   in both  "));
        g_assert_cmpuint(strlen(g_strchomp(line[1])), >, strlen("   as it was"));
    }
}

static void
test_all_faults(Fixture *it, gconstpointer scenario)
{
    g_test_summary("each fault, in a recorded scenario: a comparison that makes sense");
    guint parted = 0;

    record(it, scenario);
    for (const TraceFaultPoint *point = trace_fault_points(); point->name != NULL; point++) {
        g_autofree char *change = g_strdup_printf("fault %s", point->name);
        g_autofree char *page = what_if(it, change);

        expect_sane(scenario, change, page);
        parted += strstr(page, "There they part") != NULL ? 1 : 0;
    }
    g_assert_cmpuint(parted, >, 3); /* at least a command fails in each of them */
}

/* ---- each kind of change ---- */

static void
test_fault(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a fault: where it happens the stories part, and what came of it is told");
    g_autofree char *page = NULL, *never = NULL;

    record(it, "remote");
    page = what_if(it, "fault connect-refused occurrence=always");
    expect(page, "relay: fault connect-refused:\n     the next host does not listen");
    expect(page, "   as it was  Delivered, and read.\n   what if    It came back:");
    expect(page, " j2: <> > alice@north.example\n   as it was  there is no such message\n");
    never = what_if(it, "fault connect-refused host=mx.south.example");
    expect(never, "Nothing changes: the fault was never reached.");
    expect(never, "   in both    Delivered, and read.");
}

/* As a viewer that holds the world has it: the journal so far, a COMMIT told later than by itself. */
static void
hold(Fixture *it)
{
    g_autofree char *path = g_build_filename(it->folder, "recording", "journal-0001.ndjson", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GString) held = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;
    guint commit = 1;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    while (strstr(lines[commit], "COMMIT: the changes are on the disk now") == NULL)
        commit++;
    for (guint i = 0; i < commit; i++)
        g_string_append_printf(held, "%s\n", lines[i]);
    g_string_append_printf(held, "%s\n%s\n", lines[commit + 1], lines[commit]);
    g_assert_true(g_file_set_contents(path, held->str, -1, NULL));
}

static void
test_held(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AppRecorded) held = NULL;
    g_autofree char *journal = g_build_filename(it->folder, "recording", NULL);
    gboolean goes_on;

    g_test_summary("a world that is held tells a COMMIT later: it is the same run, and goes on");
    record(it, "remote");
    hold(it);
    held = app_recorded_read(journal, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(app_recorded_differs(held, it->before, &goes_on), ==, 0);
    g_assert_true(goes_on);
}

static void
test_dns(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a DNS record: another one, one more, one fewer");
    g_autofree char *other = NULL, *more = NULL, *fewer = NULL, *null_mx = NULL;

    record(it, "remote");
    other = what_if(it, "dns south.example MX 10 mx.hub.example");
    expect(other, "   as it was: event 24, 09:00:00 mx.north.example dns: ");
    expect(other, "mx.hub.example");
    more = what_if(it, "dns +south.example MX 5 mx.hub.example");
    expect(more, "type MX: 10\n     mx.south.example and 1 more");
    expect(more, "Calling mx.hub.example");
    fewer = what_if(it, "dns -mx.south.example A");
    expect(fewer, "   what if    Refused: ");
    null_mx = what_if(it, "dns south.example. mx 0 .");
    expect(null_mx, "556 5.1.10");
}

static void
test_filter(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a filter rule: before those there are, or the first of a host");
    g_autofree char *before = NULL, *first = NULL;

    record(it, "remote");
    before = what_if(it, "filter mx.south.example: if header Subject contains \"e\" then refuse");
    expect(before, "what if    It came back: ");
    first = what_if(it, "filter mx.north.example: if size over 1 then junk");
    expect(first, "filter: rule whatif.filter:1\n     matches: if size over 1 then junk");
}

static void
test_set(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a key of the world file, of a host or of the world");
    g_autofree char *host = NULL, *same = NULL;

    record(it, "retry");
    host = what_if(it, "set mx.north.example retry = 1h");
    expect(host, "try 2 in 1 hour");
    same = what_if(it, "set world seed = 1");
    expect(same, "Nothing changes: no event of this run rests on what was changed.");
}

static void
test_message(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a message: a field of its header, or another file");
    g_autofree char *change = NULL, *path = NULL, *field = NULL, *file = NULL;

    record(it, "remote");
    field = what_if(it, "message 1 Subject: You won the lottery");
    expect(field, "filter");
    expect(field, "junk");
    write_file(it->folder, "other.eml", "From: a@north.example\nSubject: a lottery\n\nHi\n");
    path = g_build_filename(it->folder, "other.eml", NULL);
    change = g_strdup_printf("message 1 %s", path);
    file = what_if(it, change);
    expect(file, "junk");
}

static void
test_inputs(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("an input: another one, or none");
    g_autofree char *without = NULL, *other = NULL, *list = NULL;

    record(it, "remote");
    without = what_if(it, "without 2");
    expect(without, "   what if: nothing more happens");
    expect(without, "what if    Delivered: it lies in the mailbox");
    other = what_if(it, "input 1 send alice@north.example nobody@south.example mail/hello.eml");
    expect(other, "j1: alice@north.example > nobody@south.example");
    list = app_whatif_inputs(it->recorded);
    g_assert_cmpstr(
        list, ==,
        "   1     0.000 s  send alice@north.example carol@south.example mail/hello.eml  "
        "(message 1)\n"
        "   2    60.000 s  fetch carol@south.example pop3\n");
}

/* ---- what is in a journal ---- */

#define HOST                                                                                       \
    "[host mx.north.example]\naddress = 127.0.0.2\ndomains = north.example\n"                      \
    "accounts = alice:wonderland;bob:builder\n"

/* A world of one host, with @more in its file. */
static void
play_text(Fixture *it, const char *more)
{
    g_autofree char *text = g_strconcat(HOST, more, NULL);
    g_autofree char *world = g_build_filename(it->folder, "world.ini", NULL);

    write_file(it->folder, "world.ini", text);
    play(it, world, NULL);
}

static void
test_files(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("all files that a world and its script name are in its journal, octet by octet");
    static const char odd[] = "Subject: a<CRLF><CRLF>\001bare <LF>\xff<CRLF>";
    const AppRecordedFile *file;
    const char *octets;
    gsize length;

    write_file(it->folder, "odd.txt", odd);
    write_file(it->folder, "rules", "if client in \"friends.list\" then accept\n");
    write_file(it->folder, "friends.list", "127.0.0.1\n");
    play_text(it, "filter = rules\n[script]\n"
                  "0s = send alice@north.example bob@north.example odd.txt ends=written\n"
                  "2s = send alice@north.example bob@north.example text=\"one\" attach=rules\n");
    repeat(it);
    file = app_recorded_file(it->recorded, "command", "odd.txt");
    g_assert_nonnull(file);
    octets = g_bytes_get_data(file->octets, &length);
    g_assert_cmpmem(octets, length, odd, strlen(odd));
    g_assert_nonnull(app_recorded_file(it->recorded, "host mx.north.example list", "friends.list"));
}

static void
test_by_hand(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what was asked for while the world ran is an input, too, and its file with it");
    g_autoptr(GError) error = NULL;
    g_autofree char *world = g_build_filename(it->folder, "world.ini", NULL);
    AppWorldFile *file;
    AppRunOptions options = { 0 };
    AppRun *run;

    write_file(it->folder, "world.ini", HOST);
    write_file(it->folder, "note.eml", "Subject: by hand\n\nHello\n");
    file = app_world_load(world, NULL, &error);
    file->network = APP_NETWORK_SIMULATED;
    g_free(file->state);
    file->state = g_build_filename(it->folder, "recording", NULL);
    run = app_run_new(file, &options, &error);
    g_assert_no_error(error);
    g_free(app_command(run, "send alice@north.example bob@north.example note.eml", &error));
    g_free(app_command(run, "send preset=plain subject=\"Two words\" text=\"a\\nb\"", &error));
    g_assert_no_error(error);
    app_run_loop(run, TRUE);
    app_run_free(run);
    repeat(it);
    g_assert_cmpuint(it->recorded->commands->len, ==, 2);
    g_assert_nonnull(app_recorded_file(it->recorded, "command", "note.eml"));
}

static void
test_large(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "a file that is too large for a journal or not there is left out, and that is said");
    g_autofree char *large = g_strnfill(APP_INPUTS_FILE_MAX + 1, 'x');
    g_autofree char *journal = g_build_filename(it->folder, "recording", NULL);
    const AppRecordedFile *file;

    write_file(it->folder, "large.eml", large);
    play_text(it, "[script]\n0s = send alice@north.example bob@north.example large.eml\n"
                  "1s = send alice@north.example bob@north.example missing.eml\n");
    it->recorded = app_recorded_read(journal, NULL);
    file = app_recorded_file(it->recorded, "command", "large.eml");
    g_assert_null(file->octets);
    g_assert_cmpstr(file->left_out, ==,
                    "131073 octets; a journal keeps 128 KB of a file, and 256 KB of all");
    file = app_recorded_file(it->recorded, "command", "missing.eml");
    g_assert_null(file->octets);
    g_assert_cmpstr(file->left_out, ==, "it can't be read");
}

/* ---- what is refused ---- */

static void
test_wrong_changes(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a change that is wrong is told in one line: what, and what there is");
    static const char *const wrong[][2] = {
        { "", "change: '' is nothing that can be changed; there are fault dns" },
        { "fire", "change: 'fire' is nothing that can be changed; there are fault dns" },
        { "fault", "change: usage: fault POINT" },
        { "fault dns-timeout\nfault dns-lie", "change: it is one line" },
        { "fault dns-tomorrow", "change: there is no fault point 'dns-tomorrow'" },
        { "fault dns-timeout host=mx.east.example", "change: there is no host 'mx.east.example'" },
        { "dns south.example", "change: dns takes NAME TYPE VALUE" },
        { "dns -south.example MX 10 x", "change: dns takes NAME TYPE VALUE" },
        { "dns south.example SOA x", "change: dns: SOA is no type that can be changed" },
        { "dns south.test MX 10 x", "change: no zone of this world has south.test in it" },
        { "dns -south.example AAAA", "change: south.example has no record of type AAAA" },
        { "dns south.example A not-an-address", "change: dns: " },
        { "filter mx.south.example", "change: filter needs a host and a rule" },
        { "filter mx.east.example: if gtube then junk", "change: there is no host" },
        { "filter mx.south.example: if gtube then fly", "change: " },
        { "set mx.south.example retry", "change: set needs where, what and a value" },
        { "set mx.east.example retry = 1m",
          "change: there is no host 'mx.east.example'; there are" },
        { "set mx.south.example rety = 1m",
          "change: there is no key 'rety' in [host]; did you mean" },
        { "set mx.south.example retry = soon", "change: retry = soon: " },
        { "set world network = loopback", "change: network can't be set here" },
        { "set mx.south.example filter = /etc/passwd", "change: filter can't be set here: filter" },
        { "message 0 Subject: x", "change: '0' must be a number from 1" },
        { "message 9 Subject: x", "change: there is no message 9; this journal has 1" },
        { "message 1", "change: message 1 becomes what?" },
        { "message 1 no/such/file.eml", "change: " },
        { "input 7 fetch x", "change: there is no input 7; this journal has 2" },
        { "without -1", "change: '-1' must be a number from 1" },
    };

    record(it, "remote");
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *after = g_strdup_printf("%s/wrong-%u", it->folder, i);
        AppWhatifEnd end = { 0 };

        g_assert_false(app_whatif_run(it->recorded, wrong[i][0], after, &end, &error));
        g_assert_error(error, APP_ERROR, APP_ERROR_USAGE);
        if (!g_str_has_prefix(error->message, wrong[i][1]))
            g_error("%s: %s", wrong[i][0], error->message);
        g_assert_null(strchr(error->message, '\n'));
    }
}

/* Reading @text as a journal fails, and says @words. */
static void
expect_unreadable(Fixture *it, const char *text, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(it->folder, "journal-0001.ndjson", NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_null(app_recorded_read(path, &error));
    g_assert_error(error, APP_ERROR, APP_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, words));
}

static void
test_damaged(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a journal that can't be repeated says why");
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autofree char *nested = g_strconcat("{\"journal\":1,\"world\":", deep, "\n", NULL);
    g_autoptr(GError) error = NULL;

    expect_unreadable(it, "", "there is no journal in it");
    expect_unreadable(it, "hello\n", "its beginning is missing");
    expect_unreadable(it, "{\"journal\":1\n", "its header is damaged");
    expect_unreadable(it, nested, "its header is damaged");
    expect_unreadable(it, "{\"journal\":1,\"world\":\"x\",\"first\":1}\n",
                      "this world did not run on the simulated network");
    g_assert_null(app_recorded_read("no/such/journal", &error));
    g_assert_nonnull(error);
}

/* A journal of anybody's, whose inputs are @files. */
static void
run_hostile(Fixture *it, const char *world, const char *files, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(it->folder, "journal-0001.ndjson", NULL);
    g_autofree char *state = g_build_filename(it->folder, "state", NULL);
    g_autofree char *line = g_strdup_printf("{\"journal\":1,\"seed\":1,\"world\":\"%s\","
                                            "\"inputs\":{\"network\":\"simulated\",\"keys\":[7],"
                                            "\"files\":[%s]}}\n",
                                            world, files);
    AppWhatifEnd end = { 0 };

    g_clear_pointer(&it->recorded, app_recorded_free);
    g_assert_true(g_file_set_contents(path, line, -1, NULL));
    it->recorded = app_recorded_read(path, &error);
    g_assert_no_error(error);
    g_assert_false(app_whatif_run(it->recorded, NULL, state, &end, &error));
    g_assert_nonnull(strstr(error->message, words));
}

static void
test_hostile(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a journal chooses no file of this machine, to be read or to be written");
#define ESCAPED "[host mx.north.example]\\naddress = 127.0.0.2\\ndomains = north.example\\n"

    run_hostile(it, ESCAPED "filter = /etc/passwd\\n", "", "it does not hold");
    run_hostile(it, ESCAPED "filter = a\\n",
                "{\"for\":\"host mx.north.example filter\",\"name\":\"../../a\",\"text\":\"\"}",
                "is no name that is unpacked");
    run_hostile(it, ESCAPED "filter = a\\n",
                "{\"for\":\"host mx.north.example filter\",\"name\":\"a\",\"text\":\"\"},"
                "{\"for\":\"host mx.north.example list\",\"name\":\"/tmp/a\",\"text\":\"x\"}",
                "is no name that is unpacked");
    run_hostile(
        it, ESCAPED "filter = a\\n",
        "{\"for\":\"host mx.north.example filter\",\"name\":\"a\",\"left_out\":\"too big\"}",
        "it does not hold a: too big");
    run_hostile(it, "no world", "", "neither [section] nor KEY = VALUE");
}

static gboolean
at_once(void)
{
    return TRUE;
}

static void
test_bounds(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a run that never ends is stopped, and one that is not wanted any more");
    AppWhatifEnd few = { .events_max = 40 }, none = { .is_cancelled = at_once };
    g_autofree char *one = g_build_filename(it->folder, "few", NULL);
    g_autofree char *two = g_build_filename(it->folder, "none", NULL);

    record(it, "remote");
    g_assert_true(app_whatif_run(it->recorded, NULL, one, &few, NULL));
    g_assert_cmpstr(few.stopped, ==, "so many events, and no end");
    g_assert_cmpuint(few.events, <, 60);
    g_assert_true(app_whatif_run(it->recorded, NULL, two, &none, NULL));
    g_assert_cmpstr(none.stopped, ==, "it was cancelled");
}

static void
add(const char *name, gconstpointer data, void (*test)(Fixture *it, gconstpointer data))
{
    g_autofree char *path = g_strconcat("/whatif/", name, NULL);

    g_test_add(path, Fixture, data, set_up, test, tear_down);
}

/* Scenarios are found, so that a new one is tried, too. */
static void
add_scenarios(GPtrArray *names)
{
    g_autoptr(GDir) folder = g_dir_open("labs/demo/scenarios", 0, NULL);
    const char *file;

    while (folder != NULL && (file = g_dir_read_name(folder)) != NULL) {
        char *name = g_strndup(file, strlen(file) - strlen(".ini"));
        g_autofree char *path = g_strconcat("faults/", name, NULL);

        g_ptr_array_add(names, name);
        add(path, name, test_all_faults);
    }
    g_assert_cmpuint(names->len, >=, 21);
}

int
main(int argc, char **argv)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    setlocale(LC_ALL, "C.UTF-8");
    /* Hundreds of worlds: nothing of them needs to survive a power failure. */
    if (g_getenv("TMPDIR") == NULL && g_access("/dev/shm", W_OK) == 0)
        g_setenv("TMPDIR", "/dev/shm", TRUE);
    g_test_init(&argc, &argv, NULL);
    add("fault", NULL, test_fault);
    add("held", NULL, test_held);
    add("dns", NULL, test_dns);
    add("filter", NULL, test_filter);
    add("set", NULL, test_set);
    add("message", NULL, test_message);
    add("inputs", NULL, test_inputs);
    add("files", NULL, test_files);
    add("by-hand", NULL, test_by_hand);
    add("large", NULL, test_large);
    add("wrong-changes", NULL, test_wrong_changes);
    add("damaged", NULL, test_damaged);
    add("hostile", NULL, test_hostile);
    add("bounds", NULL, test_bounds);
    add_scenarios(names);
    return g_test_run();
}
