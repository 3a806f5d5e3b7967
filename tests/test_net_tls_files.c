/* tests/test_net_tls_files.c - the files of keys and certificates: whose they are, kept, torn, made again. */
#include "net/tls.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

#include "tests/folder.h"

#define THERE "127.0.0.3"
#define HOST  "mx.south.example"

typedef struct Folder {
    char *path;
} Folder;

static void
set_up(Folder *it, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(NetClock) clock = net_clock_new_real();
    g_autoptr(GError) error = NULL;

    it->path = folder_new();
    g_assert_true(net_tls_make(it->path, HOST, THERE, net_clock_now_s(clock), &error));
    g_assert_no_error(error);
}

static void
tear_down(Folder *it, G_GNUC_UNUSED gconstpointer data)
{
    folder_remove(it->path);
    g_free(it->path);
}

static char *
in_folder(const Folder *it, const char *name)
{
    return g_build_filename(it->path, name, NULL);
}

static void
test_files(Folder *it, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *key = in_folder(it, "authority-key.pem");
    g_autofree char *pem = in_folder(it, HOST ".pem");
    g_autofree char *before = NULL, *after = NULL;
    g_autoptr(GError) error = NULL;
    struct stat found;

    g_test_summary("keys are for their owner alone, stay as they are, and errors name the file");
    g_assert_cmpint(stat(key, &found), ==, 0);
    g_assert_cmpint(found.st_mode & 0777, ==, 0600);
    g_assert_cmpint(stat(pem, &found), ==, 0);
    g_assert_cmpint(found.st_mode & 0777, ==, 0600);
    g_file_get_contents(pem, &before, NULL, NULL);
    g_assert_true(net_tls_make(it->path, HOST, THERE, 0, NULL));
    g_file_get_contents(pem, &after, NULL, NULL);
    g_assert_cmpstr(before, ==, after);
    g_assert_null(net_tls_new("no-such.pem", "no-such.pem", NULL, &error));
    g_assert_nonnull(strstr(error->message, "no-such.pem"));
}

static void
test_torn(Folder *it, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *pem = in_folder(it, HOST ".pem");
    g_autofree char *whole = NULL;
    gsize length;

    g_test_summary("a host's file that a power cut left torn, at whatever octet, is made again");
    g_assert_true(g_file_get_contents(pem, &whole, &length, NULL));
    for (gsize cut = 0; cut < length; cut += length / 16) {
        g_autofree char *authority = in_folder(it, NET_TLS_AUTHORITY);

        g_assert_true(g_file_set_contents(pem, whole, (gssize)cut, NULL));
        g_assert_true(net_tls_make(it->path, HOST, THERE, 0, NULL));
        NetTls *tls = net_tls_new(pem, pem, authority, NULL);
        g_assert_nonnull(tls);
        net_tls_free(tls);
    }
}

/* A new authority signs anew: here the clock is turned back for the host's file, as if it were of yesterday. */
static void
test_torn_authority(Folder *it, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const files[] = { NET_TLS_AUTHORITY, "authority-key.pem" };
    g_autofree char *pem = in_folder(it, HOST ".pem");
    g_autofree char *authority = in_folder(it, NET_TLS_AUTHORITY);
    struct utimbuf yesterday = { 1, 1 };

    g_test_summary(
        "an authority that a power cut left torn is made again, and what it had signed, too");
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *torn = in_folder(it, files[i]), *before = NULL, *after = NULL;

        g_assert_true(g_file_get_contents(pem, &before, NULL, NULL));
        g_assert_true(g_file_set_contents(torn, "-----BEGIN", -1, NULL));
        g_assert_cmpint(g_utime(pem, &yesterday), ==, 0);
        g_assert_true(net_tls_make(it->path, HOST, THERE, 0, NULL));
        g_assert_true(g_file_get_contents(pem, &after, NULL, NULL));
        g_assert_cmpstr(before, !=, after);
        g_autoptr(NetTls) tls = net_tls_new(pem, pem, authority, NULL);
        g_assert_nonnull(tls);
    }
}

#define ADD(name, test) g_test_add("/net/tls-files/" name, Folder, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("files", test_files);
    ADD("torn", test_torn);
    ADD("torn-authority", test_torn_authority);
    return g_test_run();
}
