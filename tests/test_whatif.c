/* tests/test_whatif.c - what if: recorded worlds again, with one thing changed.
 *
 * Each demo scenario is played once and recorded; then it runs again with each fault there is, and the
 * page that compares both must make sense. Each kind of change has its own test. Journals that can't be
 * repeated, and changes that are wrong: test_whatif_refused.c.
 */
#include "tests/repeated.h"

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
    g_autofree char *before = NULL, *first = NULL, *junk = NULL;

    record(it, "remote");
    before = what_if(it, "filter mx.south.example: if header Subject contains \"e\" then refuse");
    expect(before, "what if    It came back: ");
    first = what_if(it, "filter mx.north.example: if size over 1 then junk");
    expect(first, "filter: rule whatif.filter:1\n     matches: if size over 1 then junk");
    junk = what_if(it, "filter mx.south.example: if size over 1 then junk");
    expect(junk, "what if    Delivered into Junk: it does not lie in INBOX");
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
    add_scenarios(names);
    return g_test_run();
}
