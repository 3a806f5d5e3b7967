/* tests/test_labs_process.c - what a student's program may do to the grader: nothing for long. */
#include "labs/grader/process.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "app/state.h"

typedef struct Fixture {
    char *folder;
    char *output;
} Fixture;

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->folder = g_dir_make_tmp("glasspost-process-XXXXXX", NULL);
    it->output = g_build_filename(it->folder, "output", NULL);
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    app_state_remove(it->folder);
    g_free(it->folder);
    g_free(it->output);
}

/* How @script ends that is given a second and files of a megabyte. */
static char *
run(const Fixture *it, const char *script)
{
    const char *argv[] = { "/bin/sh", "-c", script, NULL };
    const LabProcess process = { argv, it->folder, it->output, 1, 1 << 20, FALSE };

    return lab_process_run(&process);
}

static void
expect(const Fixture *it, const char *script, const char *end)
{
    g_autofree char *found = run(it, script);

    g_assert_cmpstr(found, ==, end);
}

static void
test_ends(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("how it ended is told as the rest of a sentence");
    expect(it, "exit 0", NULL);
    expect(it, "exit 3", "it ended with status 3");
    expect(it, "kill -SEGV $$", "it crashed: Segmentation fault");
}

static void
test_input(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("there is nothing to read, so nobody waits for a key");
    expect(it, "read answer; test $? = 1", NULL);
}

static void
test_endless(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("it ends when its time is over, whether it works, sleeps or ignores SIGTERM");
    expect(it, "while :; do :; done", "it took longer than 1 s");
    expect(it, "trap '' TERM INT HUP; sleep 60", "it took longer than 1 s");
}

static void
test_large(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("neither a file nor what it prints grows beyond the limit");
    g_autofree char *large = g_build_filename(it->folder, "large", NULL);
    GStatBuf status;

    expect(it, "exec dd if=/dev/zero of=large bs=65536 count=160000",
           "it wrote a file of more than 1 MB");
    g_assert_cmpint(g_stat(large, &status), ==, 0);
    g_assert_cmpint(status.st_size, <=, 1 << 20);
    expect(it, "exec dd if=/dev/zero bs=65536 count=160000", "it wrote a file of more than 1 MB");
    g_assert_cmpint(g_stat(it->output, &status), ==, 0);
    g_assert_cmpint(status.st_size, <=, 1 << 20);
}

static void
test_words(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("of what it printed so much is read, and it controls no terminal");
    g_autofree char *words = NULL, *none = lab_process_words("/nowhere/at/all", 10);

    expect(it, "printf 'a\\033[2Jb\\377\\nand more'", NULL);
    words = lab_process_words(it->output, 8);
    g_assert_null(strchr(words, '\033'));
    g_assert_true(g_utf8_validate(words, -1, NULL));
    g_assert_null(strstr(words, "more"));
    g_assert_cmpstr(none, ==, "");
}

/* Is the process there whose number stands in @name? */
static gboolean
lives(const Fixture *it, const char *name)
{
    g_autofree char *path = g_build_filename(it->folder, name, NULL), *number = NULL;

    g_assert_true(g_file_get_contents(path, &number, NULL, NULL));
    return kill((pid_t)atoi(number), 0) == 0;
}

static void
test_children(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "what it has started ends with it, in time or not, in its group or in one of its own");
    expect(it, "sleep 60 & echo $! > one; exit 0", NULL);
    g_assert_false(lives(it, "one"));
    expect(it, "sleep 60 & echo $! > two; wait", "it took longer than 1 s");
    g_assert_false(lives(it, "two"));
    expect(it,
           "setsid sh -c 'echo $$ > three; trap \"\" TERM; sleep 60; :' & until test -s three; do "
           ":; done",
           NULL);
    g_assert_false(lives(it, "three"));
}

static void
test_many(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a program that starts many others, each of which starts more, leaves none");
    g_autofree char *found = run(
        it,
        "more() { test $1 = 0 || { more $(($1 - 1)) & more $(($1 - 1)) & }; sleep 60; }; more 4");

    g_assert_cmpstr(found, ==, "it took longer than 1 s");
    expect(it, "test $(ps -A -o args= | grep -c '[m]ore $(($1 - 1))') = 0", NULL);
}

static void
test_memory(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("memory has an end, too");
#if defined(__SANITIZE_ADDRESS__)
    g_test_skip("with ASan in this program there is no limit on address space");
    (void)it;
#else
    g_autofree char *found = run(it, "exec dd if=/dev/zero of=/dev/null bs=3G count=1");

    g_assert_cmpstr(found, ==, "it ended with status 1");
#endif
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add("/labs/process/ends", Fixture, NULL, set_up, test_ends, tear_down);
    g_test_add("/labs/process/input", Fixture, NULL, set_up, test_input, tear_down);
    g_test_add("/labs/process/endless", Fixture, NULL, set_up, test_endless, tear_down);
    g_test_add("/labs/process/large", Fixture, NULL, set_up, test_large, tear_down);
    g_test_add("/labs/process/words", Fixture, NULL, set_up, test_words, tear_down);
    g_test_add("/labs/process/children", Fixture, NULL, set_up, test_children, tear_down);
    g_test_add("/labs/process/many", Fixture, NULL, set_up, test_many, tear_down);
    g_test_add("/labs/process/memory", Fixture, NULL, set_up, test_memory, tear_down);
    return g_test_run();
}
