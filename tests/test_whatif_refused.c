/* tests/test_whatif_refused.c - what if: what is in a journal that can be repeated, and what is refused:
 * changes that are wrong, journals that are damaged or hostile, worlds without end.
 */
#include "tests/repeated.h"

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

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    /* Hundreds of worlds: nothing of them needs to survive a power failure. */
    if (g_getenv("TMPDIR") == NULL && g_access("/dev/shm", W_OK) == 0)
        g_setenv("TMPDIR", "/dev/shm", TRUE);
    g_test_init(&argc, &argv, NULL);
    add("files", NULL, test_files);
    add("by-hand", NULL, test_by_hand);
    add("large", NULL, test_large);
    add("wrong-changes", NULL, test_wrong_changes);
    add("damaged", NULL, test_damaged);
    add("hostile", NULL, test_hostile);
    add("bounds", NULL, test_bounds);
    return g_test_run();
}
