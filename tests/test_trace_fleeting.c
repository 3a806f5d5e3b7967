/* tests/test_trace_fleeting.c - temporary folders: gone with their owner, or with the next one. */
#include "trace/fleeting.h"

#include <locale.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/folder.h"

static char *temporary; /* g_get_tmp_dir() of this program */

static void
write_in(const char *folder, const char *name)
{
    g_autofree char *inside = g_build_filename(folder, "run", NULL);
    g_autofree char *path = g_build_filename(inside, name, NULL);

    g_assert_cmpint(g_mkdir_with_parents(inside, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, "x", 1, NULL));
}

static char *
in_temporary(const char *name)
{
    return g_build_filename(temporary, name, NULL);
}

static void
test_gone(void)
{
    g_test_summary("a folder for its owner alone, which is gone with all that is in it in the end");
    TraceFleeting *folder = trace_fleeting_new(NULL);
    g_autofree char *path = g_strdup(trace_fleeting_path(folder));
    GStatBuf facts;

    g_assert_cmpint(g_stat(path, &facts), ==, 0);
    g_assert_cmpuint(facts.st_mode & 0777, ==, 0700);
    write_in(path, "journal-0001.ndjson");
    trace_fleeting_free(folder);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    trace_fleeting_free(NULL);
}

/* A process that makes a folder and is killed. Returns the folder's path. */
static char *
killed_with_a_folder(void)
{
    int ends[2];
    char path[500] = "";
    pid_t child;

    g_assert_cmpint(pipe(ends), ==, 0);
    child = fork();
    if (child == 0) {
        TraceFleeting *folder = trace_fleeting_new(NULL);

        write_in(trace_fleeting_path(folder), "left");
        if (write(ends[1], trace_fleeting_path(folder), strlen(trace_fleeting_path(folder))) > 0)
            kill(getpid(), SIGKILL);
    }
    close(ends[1]);
    g_assert_cmpint(read(ends[0], path, sizeof path - 1), >, 0);
    close(ends[0]);
    g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
    return g_strdup(path);
}

static void
test_left(void)
{
    g_test_summary("what a killed process left goes when the next one begins; what is used stays");
    g_autoptr(TraceFleeting) used = trace_fleeting_new(NULL);
    g_autofree char *left = killed_with_a_folder();
    g_autoptr(TraceFleeting) next = NULL;

    g_assert_true(g_file_test(left, G_FILE_TEST_IS_DIR));
    next = trace_fleeting_new(NULL);
    g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(trace_fleeting_path(used), G_FILE_TEST_IS_DIR));
    g_assert_true(g_file_test(trace_fleeting_path(next), G_FILE_TEST_IS_DIR));
}

static void
test_others(void)
{
    g_test_summary("other names, files and links are none of ours, and nothing behind a link goes");
    static const char *const folders[] = { "glasspost-runner", "glasspost-whatif-Ab12cd", "else" };
    g_autofree char *file = in_temporary("glasspost-run-file"), *behind = in_temporary("else");
    g_autofree char *link = in_temporary("glasspost-run-link");

    for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = in_temporary(folders[i]);

        write_in(path, "theirs");
    }
    g_assert_true(g_file_set_contents(file, "x", 1, NULL));
    g_assert_cmpint(symlink(behind, link), ==, 0);
    trace_fleeting_free(trace_fleeting_new(NULL));
    for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(temporary, folders[i], "run", "theirs", NULL);

        g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    }
    g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
}

static void
test_no_place(void)
{
    g_test_summary("where no folder can be made, it is said why");
    g_autoptr(GError) error = NULL;

    g_assert_cmpstr(g_get_tmp_dir(), ==, temporary);
    folder_remove(temporary);
    g_assert_null(trace_fleeting_new(&error));
    g_assert_nonnull(strstr(error->message, "glasspost-new-"));
}

int
main(int argc, char **argv)
{
    int status;

    setlocale(LC_ALL, "C.UTF-8");
    /* GLib asks for TMPDIR once: so folder_new() would be too early here. */
    temporary = g_build_filename(g_getenv("TMPDIR") != NULL ? g_getenv("TMPDIR") : "/tmp",
                                 "glasspost-test-XXXXXX", NULL);
    g_assert_nonnull(g_mkdtemp(temporary));
    g_setenv("TMPDIR", temporary, TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/fleeting/gone", test_gone);
    g_test_add_func("/trace/fleeting/left", test_left);
    g_test_add_func("/trace/fleeting/others", test_others);
    g_test_add_func("/trace/fleeting/no-place", test_no_place);
    status = g_test_run();
    folder_remove(temporary);
    g_free(temporary);
    return status;
}
