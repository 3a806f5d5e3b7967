/* labs/grader/process.c - fork, limits, exec, and a wait that ends (see process.h).
 *
 * Tests: tests/test_labs_process.c
 */
#include "labs/grader/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "trace/redact.h"

#define LAB_MEMORY_OCTETS G_GUINT64_CONSTANT(2147483648)
#define LAB_SWEEPS        1000

/* ---- in the child ---- */

static void
lab_process_limit(int resource, guint64 most)
{
    const struct rlimit limit = { most, most };

    setrlimit(resource, &limit);
}

/* Is this program itself built with ASan (SANITIZE=1)? Then those that it starts are, too. */
#if defined(__SANITIZE_ADDRESS__)
#define LAB_ALL_SANITIZED TRUE
#else
#define LAB_ALL_SANITIZED FALSE
#endif

static void
lab_process_become(const LabProcess *process)
{
    int nothing = open("/dev/null", O_RDONLY);
    int output = open(process->output, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    lab_process_limit(RLIMIT_CORE, 0);
    lab_process_limit(RLIMIT_CPU, process->seconds + 1);
    lab_process_limit(RLIMIT_FSIZE, process->octets);
    if (!LAB_ALL_SANITIZED && !process->sanitized)
        lab_process_limit(RLIMIT_AS, LAB_MEMORY_OCTETS);
    if (nothing < 0 || output < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0 ||
        (process->folder != NULL && chdir(process->folder) != 0))
        _exit(127);
    close(nothing);
    close(output);
    /* The same words and the same bytes, whatever the student's own settings are. */
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("ASAN_OPTIONS", "detect_leaks=0:hard_rss_limit_mb=2048", 1);
    execvp(process->argv[0], (char *const *)process->argv);
    _exit(127);
}

/* ---- in the grader ---- */

/* FALSE: the time is over. */
static gboolean
lab_process_wait(pid_t child, guint seconds)
{
    struct pollfd end = { .fd = pidfd_open(child, 0), .events = POLLIN };
    gint64 until_us = g_get_monotonic_time() + seconds * G_USEC_PER_SEC, left_us;
    gboolean ended = end.fd < 0;

    while (!ended && (left_us = until_us - g_get_monotonic_time()) > 0)
        ended = poll(&end, 1, (int)(left_us / 1000) + 1) > 0;
    if (end.fd >= 0)
        close(end.fd);
    return ended;
}

static char *
lab_process_end(const LabProcess *process, int status, gboolean in_time)
{
    if (!in_time || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
        return g_strdup_printf("it took longer than %u s", process->seconds);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ)
        return g_strdup_printf("it wrote a file of more than %" G_GUINT64_FORMAT " MB",
                               process->octets >> 20);
    if (WIFSIGNALED(status))
        return g_strdup_printf("it crashed: %s", strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) == 127)
        return g_strdup_printf("%s could not be started", process->argv[0]);
    if (WEXITSTATUS(status) != 0)
        return g_strdup_printf("it ended with status %d", WEXITSTATUS(status));
    return NULL;
}

/* A child that has left the group comes to the grader when its parent ends; and its own children
 * when it ends. So there are rounds, and an end to them. */
static void
lab_process_sweep(void)
{
    for (guint round = 0; round < LAB_SWEEPS; round++) {
        g_autofree char *pids = NULL;
        g_auto(GStrv) words = NULL;

        if (!g_file_get_contents("/proc/thread-self/children", &pids, NULL, NULL) || *pids == '\0')
            return;
        words = g_strsplit(g_strstrip(pids), " ", -1);
        for (guint i = 0; words[i] != NULL; i++)
            kill((pid_t)atoi(words[i]), SIGKILL);
        for (guint i = 0; words[i] != NULL; i++)
            waitpid((pid_t)atoi(words[i]), NULL, 0);
    }
}

char *
lab_process_run(const LabProcess *process)
{
    pid_t child;
    gboolean in_time;
    int status = 0;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    child = fork();
    if (child < 0)
        return g_strdup_printf("no process could be made: %s", g_strerror(errno));
    if (child == 0)
        lab_process_become(process);
    in_time = lab_process_wait(child, process->seconds);
    /* Whatever it started goes with it, in time or not. */
    if (kill(-child, SIGKILL) != 0 && !in_time)
        kill(child, SIGKILL);
    waitpid(child, &status, 0);
    lab_process_sweep();
    return lab_process_end(process, status, in_time);
}

char *
lab_process_words(const char *output, gsize octets)
{
    g_autofree char *buffer = g_malloc(octets);
    g_autoptr(GString) words = g_string_new(NULL);
    int file = open(output, O_RDONLY | O_CLOEXEC);
    gsize length = 0;
    ssize_t got = 0;

    while (file >= 0 && length < octets && (got = read(file, buffer + length, octets - length)) > 0)
        length += (gsize)got;
    if (file >= 0)
        close(file);
    trace_safe_append(words, buffer, (gssize)length, octets, TRUE);
    return g_string_free(g_steal_pointer(&words), FALSE);
}
