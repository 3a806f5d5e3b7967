/* app/cmd_dns.c - `glasspost dns NAME [TYPE]`: one look-up, step by step. */
#include "app/command_line.h"

#include <stdio.h>
#include <string.h>
#include "app/dialogue.h"
#include "dns/mx.h"
#include "trace/words.h"

typedef struct AppDns {
    Net *net;
    int status;
} AppDns;

static void
app_dns_print_mx(const DnsMxAnswer *answer, void *data)
{
    AppDns *dns = data;

    g_autofree char *why = words_sentence(answer->why);

    printf("\n%s\n", why);
    for (guint i = 0; answer->hosts != NULL && i < answer->hosts->len; i++) {
        const DnsMxHost *host = g_ptr_array_index(answer->hosts, i);
        g_autofree char *addresses = g_strjoinv(", ", host->addresses);

        printf(_("%u. %s (preference %u%s) at %s\n"), i + 1, host->name, host->preference,
               host->implicit ? _(", implicit") : "", addresses);
    }
    dns->status = answer->outcome == DNS_MX_HOSTS ? APP_OK : APP_FAILED;
    net_quit(dns->net);
}

static void
app_dns_print(const DnsAnswer *answer, void *data)
{
    AppDns *dns = data;

    printf("\n%s\n", _(dns_outcome_name(answer->outcome)));
    for (guint i = 0; answer->records != NULL && i < answer->records->len; i++) {
        const DnsRecord *record = g_ptr_array_index(answer->records, i);

        if (record->type == DNS_MX)
            printf("%s  %u s  %u %s\n", record->name, record->ttl_s, record->preference,
                   record->text);
        else
            printf("%s  %u s  %s\n", record->name, record->ttl_s, record->text);
    }
    dns->status = answer->outcome == DNS_FOUND ? APP_OK : APP_FAILED;
    net_quit(dns->net);
}

static const struct {
    const char *name;
    DnsType type;
} app_dns_types[] = {
    { "A", DNS_A },     { "NS", DNS_NS }, { "CNAME", DNS_CNAME }, { "SOA", DNS_SOA },
    { "PTR", DNS_PTR }, { "MX", DNS_MX }, { "TXT", DNS_TXT },     { "AAAA", DNS_AAAA },
};

/* 0: no such type. */
static DnsType
app_dns_type(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(app_dns_types); i++)
        if (g_ascii_strcasecmp(app_dns_types[i].name, name) == 0)
            return app_dns_types[i].type;
    return 0;
}

static gint64
app_dns_now_us(void *clock)
{
    return net_clock_now_us(clock);
}

/* MX asks as mail does, to the addresses; any other type is the one question. */
static int
app_dns_ask(const char *name, DnsType type, const DnsSettings *settings)
{
    g_autoptr(NetClock) clock = net_clock_new_real();
    g_autoptr(NetChance) chance = net_chance_new(1, FALSE);
    g_autoptr(Tracer) tracer = tracer_new(app_dns_now_us, clock);
    g_autoptr(Net) net = NULL;
    g_autoptr(DnsResolver) resolver = NULL;
    g_autoptr(Trace) trace = NULL;
    AppDns dns = { .status = APP_FAILED };
    GError *error = NULL;

    net = net_new_sockets(clock, &error);
    if (net == NULL)
        return app_complain_error(error);
    dns.net = net;
    tracer_add_sink(tracer, app_dialogue_print, NULL);
    tracer_switch(tracer, TRUE);
    trace = trace_new(tracer, NULL, NULL);
    resolver = dns_resolver_new(net, chance, settings);
    if (type == DNS_MX)
        dns_mx_lookup(resolver, trace, name, app_dns_print_mx, &dns);
    else
        dns_resolver_ask(resolver, trace, name, type, app_dns_print, &dns);
    net_run(net, FALSE);
    return dns.status;
}

int
app_cmd_dns(int argc, char **argv)
{
    g_autofree char *server = NULL;
    GOptionEntry entries[] = { { "server", 0, 0, G_OPTION_ARG_STRING, &server,
                                 "name server to ask (default: 127.0.0.53:10053, the lab's)",
                                 "ADDR:PORT" },
                               G_OPTION_ENTRY_NULL };
    DnsSettings settings = { .timeout_s = 5, .tries = 2 };
    DnsType type = DNS_MX;
    int status;

    if (!app_read_options("dns", entries, NULL, &argc, &argv, 1, 2))
        return APP_USAGE;
    if (argc > 2 && (type = app_dns_type(argv[2])) == 0)
        return app_complain(APP_USAGE,
                            "dns: type %s is not known; there are A AAAA MX NS CNAME "
                            "SOA PTR TXT",
                            argv[2]);
    if (!dns_settings_add(&settings, server != NULL ? server : "127.0.0.53:10053"))
        return app_complain(APP_USAGE, "dns: --server %s is not ADDRESS:PORT", server);
    status = app_dns_ask(argv[1], type, &settings);
    g_free((char *)settings.servers[0].address);
    return status;
}
