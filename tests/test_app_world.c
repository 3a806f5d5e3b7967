/* tests/test_app_world.c - world files: what is read, what is refused and how it is said. */
#include <locale.h>
#include <string.h>
#include <glib/gstdio.h>

#include "app/world.h"

#define HOST "[host mx.north.example]\naddress = 127.0.0.2\n"

/* Loads @text as a file "world.ini" in a folder of its own. */
static AppWorldFile *
load(const char *text, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "world.ini", NULL);
    AppWorldFile *world;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    world = app_world_load(path, NULL, error);
    g_unlink(path);
    g_rmdir(folder);
    return world;
}

static void
expect_refusal(const char *text, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AppWorldFile) world = load(text, &error);

    g_assert_null(world);
    g_assert_error(error, APP_ERROR, APP_ERROR_USAGE);
    g_assert_cmpstr(error->message, ==, message);
}

static void
test_defaults(void)
{
    g_test_summary("every key but a host's address has a default");
    g_autoptr(GError) error = NULL;
    g_autoptr(AppWorldFile) world = load(HOST, &error);
    AppHostFile *host;

    g_assert_no_error(error);
    g_assert_cmpuint(world->smtp_port, ==, 10025);
    g_assert_true(world->journal);
    g_assert_cmpuint(world->journal_octets, ==, 256 * 1024 * 1024);
    g_assert_true(g_str_has_suffix(world->state, "/state"));
    g_assert_true(g_path_is_absolute(world->state));
    host = app_world_host(world, "MX.north.example");
    g_assert_nonnull(host);
    g_assert_cmpuint(host->retry->len, ==, 6);
    g_assert_cmpint(g_array_index(host->retry, gint64, 1), ==, 600);
    g_assert_cmpint(host->give_up_after_s, ==, 5 * 86400);
    g_assert_cmpuint(host->max_message_octets, ==, 25 * 1024 * 1024);
    g_assert_true(host->verify_domain);
    g_assert_false(host->greylist);
    g_assert_cmpint(host->archive_keep_s, ==, 0);
}

static void
test_values(void)
{
    g_test_summary("each kind of value is read into its field");
    g_autoptr(GError) error = NULL;
    g_autoptr(AppWorldFile) world =
        load("[world]\nsmtp-port = 2525\nnetwork = simulated\nseed = 7\nclock = warp\n"
             "# a comment\n[dns]\nzones = a.zone; b.zone\n" HOST
             "domains = north.example; north2.example\nretry = 1m;2h\nsmtp-port = 26\n"
             "accounts = alice:wonderland;bob:bui:lder\ngive-up-tries = 3\nverify-domain = off\n"
             "greylist = on\ngreylist-delay = 2m\narchive-keep = 30d\nblock-list = bad.list\n"
             "[script]\n10m = host mx.north.example up\n0s = send a b\n0s = send c d\n",
             &error);
    AppHostFile *host = app_world_host_of_domain(world, "North2.Example");
    g_autofree char *password = app_world_password(world, "bob@north.example");
    const AppScriptLine *line;

    g_assert_no_error(error);
    g_assert_cmpuint(world->network, ==, APP_NETWORK_SIMULATED);
    g_assert_cmpuint(world->clock, ==, APP_CLOCK_WARP);
    g_assert_true(world->has_dns);
    g_assert_cmpuint(g_strv_length(world->zones), ==, 2);
    g_assert_true(g_path_is_absolute(world->zones[1]));
    g_assert_cmpuint(app_world_port(world, host, "smtp"), ==, 26);
    g_assert_cmpuint(app_world_port(world, host, "imap"), ==, 10143);
    g_assert_cmpuint(host->give_up_tries, ==, 3);
    g_assert_false(host->verify_domain);
    g_assert_true(host->greylist);
    g_assert_cmpint(host->greylist_delay_s, ==, 120);
    g_assert_cmpint(host->archive_keep_s, ==, 30 * 86400);
    g_assert_true(g_path_is_absolute(host->block_list));
    g_assert_cmpstr(password, ==, "bui:lder");
    g_assert_cmpuint(world->script->len, ==, 3);
    line = g_ptr_array_index(world->script, 1);
    g_assert_cmpstr(line->command, ==, "send c d");
    line = g_ptr_array_index(world->script, 2);
    g_assert_cmpint(line->at_us, ==, 600 * NET_SECOND);
}

static void
test_refusals(void)
{
    g_test_summary("what is wrong is named with file and line, and a suggestion");
    expect_refusal("[world]\nsmpt-port = 25\n" HOST,
                   "world.ini:2: unknown key smpt-port in [world]; did you mean smtp-port?");
    expect_refusal(HOST "adress = 1\n",
                   "world.ini:3: unknown key adress in [host mx.north.example]; did you mean "
                   "address?");
    expect_refusal("[wrold]\n" HOST,
                   "world.ini:1: [wrold] is no section; there are [world] [dns] [host NAME] "
                   "[script]");
    expect_refusal(HOST "address = 127.0.0.3\n",
                   "world.ini:3: address stands twice; first in line 2");
    expect_refusal(HOST HOST, "world.ini:3: [host mx.north.example] stands twice; first in line 1");
    expect_refusal("state = x\n" HOST, "world.ini:1: state stands before any [section]");
    expect_refusal(HOST "nonsense\n", "world.ini:3: neither [section] nor KEY = VALUE: nonsense");
    expect_refusal(HOST "tls\001 = off\n", "world.ini:3: a control character stands in this line");
    expect_refusal(HOST "[script]\nsoon = warp\n",
                   "world.ini:4: soon is no time; a script line is TIME = COMMAND, such as 10m = "
                   "...");
    expect_refusal("[world]\nseed = 1\n", "world.ini: no [host NAME] in it");
    expect_refusal("[host a.example]\ndomains = a.example\n",
                   "world.ini: [host a.example] needs address = IP");
    expect_refusal(HOST "max-message-size = 63K\n",
                   "world.ini: [host mx.north.example] max-message-size: 64K at least (RFC 5321 "
                   "§4.5.3.1.7)");
}

static void
test_bad_values(void)
{
    g_test_summary("a value of the wrong form is refused, each limit from both sides");
    static const char *const bad[] = {
        "smtp-port = 0",     "smtp-port = 65536", "smtp-port = -1",
        "smtp-port = 2x",    "journal = yes",     "network = tcp",
        "journal-size = 1T", "journal-size = M",  "seed = 99999999999999999999",
    };
    static const char *const good[] = { "smtp-port = 1",    "smtp-port = 65535",
                                        "journal = off",    "journal-size = 1G",
                                        "journal-size = 0", "seed = 9223372036854775807" };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strdup_printf("[world]\n%s\n" HOST, bad[i]);
        g_autoptr(AppWorldFile) world = load(text, &error);

        g_assert_null(world);
        g_assert_true(g_str_has_prefix(error->message, "world.ini:2: "));
    }
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strdup_printf("[world]\n%s\n" HOST, good[i]);
        g_autoptr(AppWorldFile) world = load(text, &error);

        g_assert_no_error(error);
    }
}

static void
test_cut_anywhere(void)
{
    g_test_summary("a world file cut at any octet is read or refused, never worse");
    const char *text = "[world]\nseed = 4\n[dns]\nzones = a\n" HOST "retry = 5m;10m\n[script]\n"
                       "1h = host mx.north.example down\n";

    for (gsize length = 0; length <= strlen(text); length++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *cut = g_strndup(text, length);
        g_autoptr(AppWorldFile) world = load(cut, &error);

        g_assert_true((world != NULL) != (error != NULL));
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/world/defaults", test_defaults);
    g_test_add_func("/world/values", test_values);
    g_test_add_func("/world/refusals", test_refusals);
    g_test_add_func("/world/bad-values", test_bad_values);
    g_test_add_func("/world/cut-anywhere", test_cut_anywhere);
    return g_test_run();
}
