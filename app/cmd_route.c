/* app/cmd_route.c - `glasspost route WORLD.ini ADDRESS`: where would it go? Nothing is sent.
 *
 *    1. split      user carol, domain south.example (RFC 5321 §4.1.2)
 *    2. route      south.example is not ours: the message must travel (RFC 5321 §3.6)
 *    3. dns        ...
 *       mx.north.example says: 250 2.1.5 <carol@south.example> recipient ok
 *    9. dns        ... asked again when the message is relayed, mostly from the cache
 *
 *   1  carol@south.example travels; hosts in the order they are tried (RFC 5321 §5.1):
 *        1. mx.south.example at 127.0.0.3 port 10025, preference 10
 *
 * The steps are the events of smtp/enquiry, which are those of the server. While the world runs, its
 * name server is asked, and its database read; while it does not, the zones are answered from here,
 * over a network in memory.
 *
 * Start reading at app_cmd_route(). Tests: tests/test_route.py
 */
#include "app/command_line.h"

#include <stdio.h>
#include "app/remote.h"
#include "app/run.h"
#include "smtp/enquiry.h"
#include "trace/words.h"

typedef struct AppRoute {
    AppWorldFile *file;
    NetClock *clock;
    AppParts parts;
    DnsServer *dns; /* where the zones are answered from here */
    AppHost *host;
    Trace *trace;
    SmtpEnquiry *enquiry;
    guint steps;      /* printed so far */
    gboolean replied; /* and the reply */
    int status;
} AppRoute;

/* ---- what is printed ---- */

/* The reply, in its place: what comes behind it happens when the message is relayed. */
static void
app_route_print_reply(AppRoute *route)
{
    const char *reply = smtp_enquiry_reply(route->enquiry);

    if (reply != NULL && !route->replied)
        printf(_("     %s says: %s\n"), route->host->file->name, reply);
    route->replied = reply != NULL;
}

/* A sink: decisions of the host that is asked, and what it asks of DNS. */
static void
app_route_print_step(const TraceEvent *event, void *data)
{
    AppRoute *route = data;

    if (g_strcmp0(event->host, route->host->file->name) != 0 ||
        (event->kind != TRACE_DECISION && event->kind != TRACE_DNS && event->kind != TRACE_ERROR))
        return;
    app_route_print_reply(route);
    g_autofree char *said = words_sentence(event->text);
    printf("%3u. %-10s %s", ++route->steps, stage_name(event->stage), said);
    if (event->rfc != NULL)
        printf(" (%s)", event->rfc);
    putchar('\n');
}

static void
app_route_print_hosts(const SmtpPlace *place)
{
    for (guint i = 0; i < place->hosts->len; i++) {
        const SmtpNextHost *next = g_ptr_array_index(place->hosts, i);

        printf("     %u. %s", i + 1, next->name);
        if (!g_str_equal(next->name, next->address))
            printf(_(" at %s"), next->address);
        printf(_(" port %u, preference %u\n"), next->port, next->preference);
    }
}

static void
app_route_print_place(const SmtpPlace *place)
{
    const SmtpRecipient *recipient = place->recipient;

    printf("%-4s %s ", recipient->branch, recipient->address->full);
    if (recipient->account != NULL) {
        printf(_("stays here: into the INBOX of %s, unless the filter says otherwise\n"),
               recipient->account->address);
    } else if (place->hosts == NULL) {
        g_autofree char *why = words_sentence(place->why_not);

        printf(_("travels, but %s: %s\n"),
               place->permanent ? _("nobody takes it, and it comes back as a bounce")
                                : _("not now: it waits in the queue"),
               why);
    } else {
        puts(_("travels; hosts in the order they are tried (RFC 5321 §5.1):"));
        app_route_print_hosts(place);
    }
}

static void
app_route_done(SmtpEnquiry *enquiry, void *data)
{
    AppRoute *route = data;
    const GPtrArray *places = smtp_enquiry_places(enquiry);

    app_route_print_reply(route);
    putchar('\n');
    for (guint i = 0; i < places->len; i++)
        app_route_print_place(g_ptr_array_index(places, i));
    route->status = smtp_enquiry_is_deliverable(enquiry) ? APP_OK : APP_FAILED;
    puts(route->status == APP_OK ? _("Deliverable, as far as this host can know.")
                                 : _("Not deliverable."));
    net_quit(route->parts.net);
}

/* ---- the host that is asked, and nothing else of its world ---- */

static gint64
app_route_now_us(void *clock)
{
    return net_clock_now_us(clock);
}

/* Does the world ask its own name server, and is that not there to be asked? */
static gboolean
app_route_answers_itself(const AppWorldFile *file)
{
    g_autofree char *own = g_strdup_printf("%s:%u", file->dns_address, file->dns_port);

    return file->has_dns && g_strcmp0(file->resolver, own) == 0 &&
           (file->network == APP_NETWORK_SIMULATED || !app_remote_is_alive(file->state));
}

static gboolean
app_route_open_dns(AppRoute *route, GError **error)
{
    GPtrArray *zones = app_run_load_zones(route->file, error);

    if (zones != NULL)
        route->dns = dns_server_new(route->parts.net, route->parts.tracer, NULL,
                                    route->file->dns_address, route->file->dns_port, zones, error);
    return route->dns != NULL;
}

static gboolean
app_route_open(AppRoute *route, const AppHostFile *host, GError **error)
{
    gboolean alone = app_route_answers_itself(route->file);

    route->clock =
        alone ? net_clock_new_virtual(APP_SIMULATED_START_S * NET_SECOND) : net_clock_new_real();
    route->parts.file = route->file;
    route->parts.chance = net_chance_new(route->file->seed, FALSE);
    route->parts.tracer = tracer_new(app_route_now_us, route->clock);
    route->parts.net =
        alone ? net_new_simulated(route->clock) : net_new_sockets(route->clock, error);
    if (route->parts.net == NULL || (alone && !app_route_open_dns(route, error)))
        return FALSE;
    if (alone)
        puts(_("The world does not run: its zone files are read, its name server is not asked."));
    route->host = app_host_open_to_ask(&route->parts, host, error);
    return route->host != NULL;
}

static void
app_route_close(AppRoute *route)
{
    g_clear_pointer(&route->enquiry, smtp_enquiry_free);
    g_clear_pointer(&route->trace, trace_free);
    g_clear_pointer(&route->host, app_host_free);
    g_clear_pointer(&route->dns, dns_server_free);
    g_clear_pointer(&route->parts.net, net_free);
    g_clear_pointer(&route->parts.tracer, tracer_free);
    g_clear_pointer(&route->parts.chance, net_chance_free);
    g_clear_pointer(&route->clock, net_clock_free);
}

static gboolean
app_route_ask(AppRoute *route, const AppHostFile *host, const char *address, GError **error)
{
    g_autoptr(GError) bad = NULL;

    if (!app_route_open(route, host, error))
        return FALSE;
    tracer_add_sink(route->parts.tracer, app_route_print_step, route);
    tracer_switch(route->parts.tracer, TRUE);
    route->trace = trace_new(route->parts.tracer, host->name, NULL);
    route->enquiry =
        smtp_enquiry_new(&route->host->smtp, route->trace, address, app_route_done, route, &bad);
    if (route->enquiry == NULL) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "route: %s", bad->message);
        return FALSE;
    }
    printf(_("Where would %s go? Asked: %s, by a sender who may use it. Nothing is sent.\n"),
           address, host->name);
    net_run(route->parts.net, FALSE);
    return TRUE;
}

static const char app_route_help[] =
    "A sender who may use the host is a user who logged in, or a client of a trusted\n"
    "network; from anybody else it takes only what stays here.\n"
    "ADDRESS may be a whole path of RCPT: '<carol@south.example> NOTIFY=NEVER'.\n"
    "Exit status: 0 deliverable; 1 not, or not now; 2 usage.";

int
app_cmd_route(int argc, char **argv)
{
    g_autofree char *name = NULL;
    int ports = 0;
    GOptionEntry entries[] = { { "host", 0, 0, G_OPTION_ARG_STRING, &name,
                                 "which host is asked (default: the first of the file)", "HOST" },
                               APP_PORTS_OPTION(&ports),
                               G_OPTION_ENTRY_NULL };
    g_autoptr(AppWorldFile) file = NULL;
    AppRoute route = { .status = APP_FAILED };
    const AppHostFile *host;
    GError *error = NULL;
    gboolean asked;

    if (!app_read_options("route", entries, app_route_help, &argc, &argv, 2, 2))
        return APP_USAGE;
    file = app_load_world(argv[1], ports, &error);
    if (file == NULL)
        return app_complain_error(error);
    host = name != NULL ? app_world_host(file, name) : g_ptr_array_index(file->hosts, 0);
    if (host == NULL)
        return app_complain(APP_USAGE, "route: there is no host %s in %s", name, argv[1]);
    route.file = file;
    asked = app_route_ask(&route, host, argv[2], &error);
    app_route_close(&route);
    return asked ? route.status : app_complain_error(error);
}
