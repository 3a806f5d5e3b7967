/* tests/test_app_presets.c - messages made from a world: presets, and what `send` takes by hand. */
#include <locale.h>
#include <string.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "app/compose.h"
#include "app/message.h"
#include "app/presets.h"

#define NORTH                                                                                      \
    "[host mx.north.example]\naddress = 127.0.0.2\ndomains = north.example\n"                      \
    "accounts = alice:wonderland;bob:builder\nmax-message-size = 64K\n"
#define EMPTY "[host mx.hub.example]\naddress = 127.0.0.4\ndomains = hub.example\n"
#define SOUTH                                                                                      \
    "[host mx.south.example]\naddress = 127.0.0.3\ndomains = south.example\n"                      \
    "accounts = carol:lewis\n"
#define ALONE                                                                                      \
    "[host mx.north.example]\naddress = 127.0.0.2\ndomains = north.example\naccounts = a:b\n"

/* Loads @text as a file "world.ini" in a folder of its own. */
static AppWorldFile *
load(const char *text)
{
    g_autofree char *folder = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "world.ini", NULL);
    g_autoptr(GError) error = NULL;
    AppWorldFile *world;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    world = app_world_load(path, NULL, &error);
    g_assert_no_error(error);
    g_unlink(path);
    g_rmdir(folder);
    return world;
}

static void
expect_preset(const char *text, const char *name, const char *from, const char *to)
{
    g_autoptr(AppWorldFile) world = load(text);
    g_auto(AppCompose) compose = { .preset = g_strdup(name) };
    g_autoptr(GError) error = NULL;

    app_compose_complete(&compose, world, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(compose.from, ==, from);
    g_assert_cmpstr(compose.to, ==, to);
}

static void
expect_why_not(const char *text, const char *name, const char *why_not)
{
    g_autoptr(AppWorldFile) world = load(text);
    g_auto(AppCompose) compose = { .preset = g_strdup(name) };
    g_autoptr(GError) error = NULL;

    g_assert_false(app_compose_complete(&compose, world, &error));
    g_assert_error(error, APP_ERROR, APP_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, why_not));
}

static void
test_world(void)
{
    g_test_summary("presets are addressed from the world in use, whatever its names");
    const char *world = EMPTY NORTH SOUTH;

    expect_preset(world, "plain", "alice@north.example", "bob@north.example");
    expect_preset(world, "attachment", "alice@north.example", "carol@south.example");
    expect_preset(world, "remote", "alice@north.example", "carol@south.example");
    expect_preset(world, "many", "alice@north.example", "bob@north.example,carol@south.example");
    expect_preset(world, "unknown-user", "alice@north.example", "nobody@north.example");
    expect_preset(world, "huge", "alice@north.example", "bob@north.example");
}

static void
test_small_world(void)
{
    g_test_summary("where the world has no such message, the preset says why");
    expect_preset(ALONE, "plain", "a@north.example", "a@north.example");
    expect_preset(ALONE, "attachment", "a@north.example", "a@north.example");
    expect_why_not(ALONE, "remote", "only one host");
    expect_why_not(ALONE, "many", "fewer than three accounts");
    expect_why_not(ALONE "catch-all = a\n", "unknown-user", "catch-all");
    expect_why_not(EMPTY, "plain", "no account");
    expect_why_not(EMPTY, "attachment", "no account");
    expect_why_not(EMPTY, "huge", "no account");
    expect_why_not(EMPTY, "unknown-user", "no account");
    expect_why_not(ALONE, "nothing", "there are plain, attachment, many,");
    expect_why_not(ALONE "max-message-size = 4G\n", "huge", "beyond");
}

static void
test_unknown(void)
{
    g_test_summary(
        "the unknown user is neither account nor alias, and at a host without catch-all");
    expect_preset(ALONE "aliases = Nobody: a;nobody-else: a\n", "unknown-user", "a@north.example",
                  "nobody-else-else@north.example");
    expect_preset(ALONE "catch-all = a\n" SOUTH, "unknown-user", "carol@south.example",
                  "nobody@south.example");
}

static void
test_huge(void)
{
    g_test_summary("RFC 1870 §6.1: huge is one octet more than the sender's host takes");
    g_autoptr(AppWorldFile) world = load(NORTH);
    g_auto(AppCompose) compose = { .preset = g_strdup("huge") };

    g_assert_true(app_compose_complete(&compose, world, NULL));
    g_assert_cmpuint(compose.octets, ==, 64 * 1024 + 1);
}

static void
test_json(void)
{
    g_test_summary("a menu is told each preset, all accounts and all hosts, in the file's order");
    g_autoptr(AppWorldFile) world = load(NORTH EMPTY);
    g_autofree char *members = app_presets_json(world);
    g_autofree char *text = g_strdup_printf("{%s}", members);
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    JsonObject *object = json_node_get_object(node);
    JsonArray *presets = json_object_get_array_member(object, "presets");
    g_autoptr(GHashTable) letters = g_hash_table_new(NULL, NULL);

    g_assert_cmpuint(json_array_get_length(presets), ==, 6);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(object, "accounts")), ==,
                     2);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(object, "hosts")), ==, 2);
    g_assert_nonnull(strstr(members, "\"why_not\":\"only one host"));
    g_assert_null(strchr(members, '\n'));
    /* By hand has the letter b. */
    g_hash_table_add(letters, GINT_TO_POINTER('b'));
    for (guint i = 0; i < json_array_get_length(presets); i++) {
        JsonObject *preset = json_array_get_object_element(presets, i);
        const char *name = json_object_get_string_member(preset, "name");

        g_assert_true(g_hash_table_add(letters, GINT_TO_POINTER((int)*name)));
    }
}

/* ---- by hand ---- */

static gboolean
compose(AppCompose *it, const char *line, GError **error)
{
    g_autoptr(AppWorldFile) world = load(NORTH SOUTH);
    g_auto(GStrv) words = g_strsplit(line, "|", -1);

    return app_compose_read(it, words, error) && app_compose_complete(it, world, error);
}

static void
expect_wrong(const char *line, const char *message)
{
    g_auto(AppCompose) it = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_false(compose(&it, line, &error));
    g_assert_error(error, APP_ERROR, APP_ERROR_USAGE);
    g_assert_cmpstr(error->message, ==, message);
}

static void
test_words(void)
{
    g_test_summary("from, to, file and options, in any order");
    g_auto(AppCompose) it = { 0 };
    g_auto(AppCompose) both = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(compose(&it,
                          "size=3K|a@b.example|via=mx.south.example|c@d.example, e@f.example|"
                          "hello.eml|port=smtp|subject=x=y|text=",
                          &error));
    g_assert_cmpstr(it.from, ==, "a@b.example");
    g_assert_cmpstr(it.to, ==, "c@d.example, e@f.example");
    g_assert_cmpstr(it.file, ==, "hello.eml");
    g_assert_cmpstr(it.subject, ==, "x=y");
    g_assert_cmpstr(it.text, ==, "");
    g_assert_cmpuint(it.octets, ==, 3072);
    g_assert_true(compose(&both, "bob@north.example|preset=remote|subject=Mine", &error));
    g_assert_cmpstr(both.from, ==, "bob@north.example");
    g_assert_cmpstr(both.to, ==, "carol@south.example");
    g_assert_cmpstr(both.subject, ==, "Mine");
}

static void
test_wrong_words(void)
{
    g_test_summary("what is missing or wrong is named; a size has a limit on both sides");
    g_auto(AppCompose) most = { 0 };

    expect_wrong("a@b.example", "FROM and TO are needed, or preset=NAME");
    expect_wrong("a@b.example|, ,", "there is no recipient");
    expect_wrong("a@b.example|c@d.example|f|g",
                 "g is one word too many; there are FROM, TO and FILE");
    expect_wrong("preset=plain|via=mx.example", "there is no host mx.example");
    expect_wrong("preset=plain|port=pop3", "port pop3 is neither smtp nor submission");
    expect_wrong("a@b.example|c@d.example|ends=written",
                 "ends=written is all there is, and goes with a FILE");
    expect_wrong("a@b.example|c@d.example|f|ends=lf",
                 "ends=written is all there is, and goes with a FILE");
    expect_wrong("a@b.example|c@d.example|f|attach=g",
                 "attach=g goes with text=, not with a whole message");
    expect_wrong("preset=plain|size=-1", "size -1 is no size such as 300K or 3M, 4G at most");
    expect_wrong("preset=plain|size=5G", "size 5G is no size such as 300K or 3M, 4G at most");
    g_assert_true(compose(&most, "preset=plain|size=4G", NULL));
}

static void
test_cut(void)
{
    g_test_summary("a command cut at any octet is taken or refused, never worse");
    const char *line = "preset=many|alice@north.example|carol@south.example|size=10K|port=smtp";

    for (gsize length = 0; length <= strlen(line); length++) {
        g_auto(AppCompose) it = { 0 };
        g_autoptr(GError) error = NULL;
        g_autofree char *cut = g_strndup(line, length);

        g_assert_true(compose(&it, cut, &error) == (error == NULL));
    }
}

/* ---- the message itself ---- */

static char *
written(const char *from, const char *subject, const char *text, gboolean picture)
{
    const char *const to[] = { "bob@north.example", "carol@south.example", NULL };
    g_autoptr(GBytes) message =
        app_message_write(from, to, subject, text, picture ? &app_message_point : NULL);
    gsize length;
    const char *octets = g_bytes_get_data(message, &length);

    return g_strndup(octets, length);
}

static void
test_message(void)
{
    g_test_summary("RFC 5322 §2.2, §2.3: header, an empty line, the text; each line ends in CRLF");
    g_autofree char *text = written("alice@north.example", NULL, "One\nTwo", FALSE);

    g_assert_cmpstr(text, ==,
                    "From: <alice@north.example>\r\nTo: <bob@north.example>,\r\n "
                    "<carol@south.example>\r\nSubject: Hello\r\n\r\nOne\r\nTwo\r\n");
}

static void
test_ends_written(void)
{
    g_test_summary(
        "RFC 5321 §2.3.8: lines end in CRLF, but where the file says otherwise in words");
    static const char text[] = "One<CRLF>\nTwo<LF>\r\n.<CR>Three<C\n<CRLF";
    g_autofree char *folder = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "odd.txt", NULL);
    g_autoptr(GBytes) usual = NULL, written = NULL;
    g_autoptr(GBytes) wanted = g_bytes_new_static("One\r\nTwo\n.\rThree<C<CRLF", 23);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    usual = app_message_load("odd.txt", folder, FALSE, NULL);
    written = app_message_load("odd.txt", folder, TRUE, NULL);
    g_assert_true(g_bytes_equal(written, wanted));
    g_assert_cmpuint(g_bytes_get_size(usual), ==, strlen(text) + 4);
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_octets(void)
{
    g_test_summary("what is to be attached is read as it is, line ends and NULs too");
    g_autofree char *folder = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "odd.bin", NULL);
    g_autoptr(GBytes) octets = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, "a\nb\0c\r", 6, NULL));
    octets = app_message_load_octets("odd.bin", folder, NULL);
    g_assert_cmpmem(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets), "a\nb\0c\r", 6);
    g_unlink(path);
    g_assert_null(app_message_load_octets("odd.bin", folder, &error));
    g_assert_nonnull(strstr(error->message, "odd.bin"));
    g_rmdir(folder);
}

static void
test_languages(void)
{
    g_test_summary("RFC 2047 §2, RFC 6152: a header field stays US-ASCII, the text is 8bit");
    g_autofree char *text = written("", "Grüße\r\nBcc: x", "Schöne Grüße", FALSE);
    char *body = strstr(text, "\r\n\r\n");

    for (char *c = text; c < body; c++)
        g_assert_cmpint((guchar)*c, <, 128);
    g_assert_null(strstr(text, "\nBcc"));
    g_assert_nonnull(strstr(text, "From: <nobody@client.example>"));
    g_assert_nonnull(strstr(text, "Content-Transfer-Encoding: 8bit\r\n\r\nSchöne Grüße\r\n"));
}

static void
test_picture(void)
{
    g_test_summary("RFC 2046 §5.1.1: parts stand between boundary lines, the last ends in --");
    g_autofree char *text = written("alice@north.example", "A picture", "Ein Grüßchen", TRUE);

    g_assert_nonnull(strstr(text, "multipart/mixed; boundary=\"=_picture\"\r\n\r\n"));
    g_assert_nonnull(
        strstr(text, "\r\n--=_picture\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    g_assert_nonnull(strstr(text, "\r\n--=_picture\r\nContent-Type: image/png"));
    g_assert_true(g_str_has_suffix(text, "\r\n--=_picture--\r\n"));
}

static void
test_fill(void)
{
    g_test_summary("a message is filled up to the octet, in slices of any size");
    for (guint64 wanted = 0; wanted < 500; wanted++) {
        for (gsize slice = 100; slice < 400; slice += 130) {
            g_autoptr(GString) out = g_string_new(NULL);
            guint64 left = wanted;
            gsize got;

            while ((got = app_message_fill(out, left, slice)) > 0)
                left -= got;
            g_assert_cmpuint(left, ==, wanted == 1 ? 1 : 0);
            g_assert_cmpuint(out->len, ==, wanted - left);
            g_assert_true(out->len == 0 || g_str_has_suffix(out->str, "\r\n"));
        }
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/presets/world", test_world);
    g_test_add_func("/presets/small-world", test_small_world);
    g_test_add_func("/presets/unknown", test_unknown);
    g_test_add_func("/presets/huge", test_huge);
    g_test_add_func("/presets/json", test_json);
    g_test_add_func("/compose/words", test_words);
    g_test_add_func("/compose/wrong-words", test_wrong_words);
    g_test_add_func("/compose/cut", test_cut);
    g_test_add_func("/message/header-and-text", test_message);
    g_test_add_func("/message/ends-written", test_ends_written);
    g_test_add_func("/message/languages", test_languages);
    g_test_add_func("/message/octets", test_octets);
    g_test_add_func("/message/picture", test_picture);
    g_test_add_func("/message/fill", test_fill);
    return g_test_run();
}
