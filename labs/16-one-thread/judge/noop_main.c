/* judge/noop_main.c - how long does a NOOP take while others guess passwords?
 *
 * A whole host on the simulated network. Forty clients say NOOP four times a second, each at the
 * moments of its own plan; some guessers try wrong passwords meanwhile, and one of them hangs up
 * before its answer comes. When all is over there is one more guess, and the host crashes while its
 * answer is still to come: whatever was started for it must be forgotten with it. A NOOP's time counts from the moment planned: who was kept waiting before
 * it could ask has waited all the same.
 *
 * Where the student's file puts the thread to sleep, the world's clock goes on and nobody is served:
 * the calls that sleep are ours here, so that a lab of minutes takes no time.
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/run.h"

#define CLIENTS  40
#define NOOPS    100
#define EVERY_US (NET_SECOND / 4)
#define GUESSES  5
#define CRASH_US (90 * NET_SECOND) /* when all the others have gone */

static AppRun *run;
static gint64 slept_us;

/* ---- calls that put a thread to sleep ---- */

static void
stand_still(gint64 us)
{
    slept_us += us;
    net_clock_set_virtual(run->clock, net_clock_now_us(run->clock) + us);
}

unsigned int
sleep(unsigned int seconds)
{
    stand_still(seconds * NET_SECOND);
    return 0;
}

int
usleep(useconds_t us)
{
    stand_still(us);
    return 0;
}

void
g_usleep(gulong us)
{
    stand_still((gint64)us);
}

int
nanosleep(const struct timespec *wanted, struct timespec *left)
{
    (void)left;
    stand_still(wanted->tv_sec * NET_SECOND + wanted->tv_nsec / 1000);
    return 0;
}

/* ---- who calls ---- */

typedef struct Client {
    NetConn *conn;
    gint64 planned_us; /* of the NOOP whose answer is awaited, or that is next */
    guint left;        /* NOOPs */
    gboolean greeted;
} Client;

typedef struct Guesser {
    guint number;
    NetConn *conn;
    gboolean impatient; /* hangs up half a second after its guess */
    guint heard;        /* replies */
    gint64 asked_us;
} Guesser;

static Client clients[CLIENTS];
static Guesser guessers[GUESSES + 1]; /* the last one guesses when the host is about to crash */
static GArray *times_us;
static GString *guesses; /* what came of them, in the order in which they ended; told last */

static void
noop(void *data)
{
    Client *client = data;

    if (client->conn != NULL)
        net_conn_write(client->conn, "NOOP\r\n", -1);
}

static void
plan_next(Client *client)
{
    gint64 now_us = net_clock_now_us(run->clock);

    client->planned_us += EVERY_US;
    net_timer_start(run->clock, NET_TIMER_SCHEDULE, MAX(client->planned_us - now_us, 0), noop,
                    client);
}

static guint
replies_in(NetConn *conn)
{
    NetBuffer *input = net_conn_input(conn);
    gsize length;
    const char *octets = net_buffer_peek(input, &length);
    guint lines = 0;

    for (gsize i = 0; i < length; i++)
        lines += octets[i] == '\n';
    net_buffer_take(input, length);
    return lines;
}

static void
client_input(NetConn *conn, void *owner)
{
    Client *client = owner;
    gint64 took_us = net_clock_now_us(run->clock) - client->planned_us;

    if (replies_in(conn) == 0)
        return;
    if (client->greeted) {
        g_array_append_val(times_us, took_us);
        client->left--;
    }
    client->greeted = TRUE;
    if (client->left > 0)
        plan_next(client);
    else
        net_conn_close(g_steal_pointer(&client->conn));
}

static void
tell_guess(const Guesser *guesser, const char *what)
{
    double waited_s = (double)(net_clock_now_us(run->clock) - guesser->asked_us) / NET_SECOND;

    g_string_append_printf(guesses, "guess %u: %s after %.1f s\n", guesser->number, what, waited_s);
}

/* Greeting, USER's answer, PASS's answer. */
static void
guesser_input(NetConn *conn, void *owner)
{
    Guesser *guesser = owner;

    guesser->heard += replies_in(conn);
    if (guesser->heard == 1)
        net_conn_write(conn, "USER anna\r\n", -1);
    if (guesser->heard == 2) {
        guesser->asked_us = net_clock_now_us(run->clock);
        net_conn_write(conn, "PASS wrong\r\n", -1);
    }
    if (guesser->heard == 3) {
        tell_guess(guesser, "refused");
        net_conn_close(g_steal_pointer(&guesser->conn));
    }
}

static void
opened(NetConn *conn, void *owner)
{
    (void)conn;
    (void)owner;
}

static void
client_closed(NetConn *conn, void *owner, const GError *why)
{
    (void)conn;
    (void)why;
    ((Client *)owner)->conn = NULL;
    printf("a client is thrown out\n");
}

static void
guesser_closed(NetConn *conn, void *owner, const GError *why)
{
    (void)conn;
    (void)why;
    ((Guesser *)owner)->conn = NULL;
    tell_guess(owner, "thrown out");
}

static const NetHandler client_handler = { .opened = opened,
                                           .input = client_input,
                                           .closed = client_closed };
static const NetHandler guesser_handler = { .opened = opened,
                                            .input = guesser_input,
                                            .closed = guesser_closed };

static void
hang_up(void *data)
{
    Guesser *guesser = data;

    if (guesser->conn == NULL)
        return;
    net_conn_close(g_steal_pointer(&guesser->conn));
    tell_guess(guesser, "hung up");
}

static void
guess(void *data)
{
    Guesser *guesser = data;
    const AppHostFile *host = g_ptr_array_index(run->file->hosts, 0);

    guesser->conn = net_connect(run->parts.net, "127.0.0.1", host->address,
                                app_world_port(run->file, host, "pop3"), &guesser_handler, guesser);
    if (guesser->impatient)
        net_timer_start(run->clock, NET_TIMER_SCHEDULE, NET_SECOND / 2, hang_up, guesser);
}

static void
crash(void *data)
{
    (void)data;
    g_free(app_command(run, "host mx.south.example crash", NULL));
}

static void
guess_before_a_crash(Guesser *last)
{
    last->number = GUESSES + 1;
    net_timer_start(run->clock, NET_TIMER_SCHEDULE, CRASH_US - NET_SECOND / 2, guess, last);
    net_timer_start(run->clock, NET_TIMER_SCHEDULE, CRASH_US, crash, NULL);
}

static void
call(GRand *chance)
{
    const AppHostFile *host = g_ptr_array_index(run->file->hosts, 0);
    guint impatient = (guint)g_rand_int_range(chance, 0, GUESSES);

    for (guint i = 0; i < CLIENTS; i++) {
        clients[i].left = NOOPS;
        clients[i].planned_us =
            net_clock_now_us(run->clock) + g_rand_int_range(chance, 0, (gint32)EVERY_US);
        clients[i].conn =
            net_connect(run->parts.net, "127.0.0.1", host->address,
                        app_world_port(run->file, host, "smtp"), &client_handler, &clients[i]);
    }
    for (guint i = 0; i < GUESSES; i++) {
        guessers[i].number = i + 1;
        guessers[i].impatient = i == impatient;
        net_timer_start(run->clock, NET_TIMER_SCHEDULE,
                        g_rand_int_range(chance, 1, 5000) * (NET_SECOND / 1000), guess,
                        &guessers[i]);
    }
    guess_before_a_crash(&guessers[GUESSES]);
    printf("# %u clients, %u wrong passwords, guess %u hangs up before its answer\n", CLIENTS,
           GUESSES, impatient + 1);
}

/* ---- what came of it ---- */

static int
compare(gconstpointer one, gconstpointer two)
{
    gint64 a = *(const gint64 *)one, b = *(const gint64 *)two;

    return a < b ? -1 : a > b;
}

static void
tell_times(void)
{
    gint64 p99_us;

    g_array_sort(times_us, compare);
    printf("NOOPs answered: %u of %u\n", times_us->len, CLIENTS * NOOPS);
    if (times_us->len == 0)
        return;
    p99_us = g_array_index(times_us, gint64, (times_us->len - 1) * 99 / 100);
    if (p99_us < NET_SECOND / 50)
        printf("p99 of a NOOP: below 20 ms\n");
    else
        printf("p99 of a NOOP: %d ms\n", (int)(p99_us / 1000));
    printf("the thread slept: %d s\n", (int)(slept_us / NET_SECOND));
}

/* A wait that turns in a circle needs no call to sleep: the machine's own time shows it. */
static void
tell_real_time(gint64 began_us)
{
    printf("the thread turned in a circle: %s\n",
           g_get_monotonic_time() - began_us > 10 * NET_SECOND ? "yes" : "no");
}

static AppRun *
open_world(const char *folder, GError **error)
{
    static const char world[] = "[world]\nstate = state\nnetwork = simulated\njournal = off\n"
                                "[dns]\nzones =\n"
                                "[host mx.south.example]\naddress = 127.0.0.2\n"
                                "domains = south.example\naccounts = anna:sunrise\n";
    g_autofree char *path = g_build_filename(folder, "world.ini", NULL);
    AppWorldFile *file;
    AppRunOptions options = { 0 };

    if (!g_file_set_contents(path, world, -1, error))
        return NULL;
    file = app_world_load(path, NULL, error);
    return file != NULL ? app_run_new(file, &options, error) : NULL;
}

int
main(int argc, char **argv)
{
    g_autofree char *folder = g_dir_make_tmp("glasspost-judge-XXXXXX", NULL);
    g_autofree char *tidy = g_strdup_printf("rm -rf '%s'", folder);
    GRand *chance = g_rand_new_with_seed(argc > 1 ? (guint32)atoi(argv[1]) : 1);
    gint64 began_us = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;

    setlocale(LC_ALL, "C.UTF-8");
    times_us = g_array_new(FALSE, FALSE, sizeof(gint64));
    guesses = g_string_new(NULL);
    run = open_world(folder, &error);
    if (run == NULL)
        g_error("the judge's own world: %s", error->message);
    call(chance);
    app_run_loop(run, TRUE);
    tell_times();
    tell_real_time(began_us);
    fputs(guesses->str, stdout);
    app_run_free(run);
    g_string_free(guesses, TRUE);
    g_array_unref(times_us);
    g_rand_free(chance);
    return system(tidy);
}
