/* judge/route_main.c - 40 domains, and where mail for them goes: with and without a smart host. */
#include <stdio.h>

#include "net/chance.h"
#include "smtp/route.h"

static void
tell(const SmtpSettings *settings, const char *domain)
{
    SmtpAddress address = { .local = "jo", .domain = (char *)domain, .literal = *domain == '[' };
    g_auto(SmtpRoute) route = { 0 };

    printf("# %s\n", *domain != '\0' ? domain : "<postmaster>, without a domain");
    smtp_route_decide(settings, NULL, &address, &route);
    if (route.kind == SMTP_ROUTE_HOST)
        printf("to the host %s, port %u\n", route.host != NULL ? route.host : "(none)", route.port);
    else
        puts(route.kind == SMTP_ROUTE_LOCAL ? "stays here" : "to whom DNS names");
    if (smtp_route_is_ours(settings, domain) != (route.kind == SMTP_ROUTE_LOCAL))
        puts("smtp_route_is_ours() and smtp_route_decide() do not agree");
}

/* Takes @domain. What a client wrote in large letters is small when it comes here (smtp/split.h). */
static void
tell_made(const SmtpSettings *settings, char *domain)
{
    g_autofree char *small = g_ascii_strdown(domain, -1);

    tell(settings, small);
    g_free(domain);
}

static void
tell_all(const SmtpSettings *settings, const char *word)
{
    static const char *const domains[] = {
        "", "[127.0.0.2]", "[127.0.0.3]", "[IPv6:::1]", "[IPv6:::ffff:127.0.0.2]",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(domains); i++)
        tell(settings, domains[i]);
    for (char **ours = settings->domains; *ours != NULL; ours++) {
        tell_made(settings, g_strdup(*ours));
        tell_made(settings, g_strdup_printf("sub.%s", *ours));
        tell_made(settings, g_strdup_printf("%s%s", word, *ours));
        tell_made(settings, g_strdup_printf("%s.net", *ours));
    }
    tell_made(settings, g_strdup_printf("slow-%s.example", word));
    tell_made(settings, g_strdup_printf("x.slow-%s.example", word));
    tell_made(settings, g_strdup_printf("%s.example", word));
}

int
main(int argc, char **argv)
{
    g_autoptr(NetChance) chance =
        net_chance_new(g_ascii_strtoull(argc > 1 ? argv[1] : "1", NULL, 10), TRUE);
    g_autofree char *token = net_chance_token(chance, 6);
    g_autofree char *word = g_ascii_strdown(token, -1);
    g_autofree char *first = g_strdup_printf("A%s.example", word);
    g_autofree char *second = g_strdup_printf("b%s.example", word);
    g_autofree char *row = g_strdup_printf("slow-%s.example: 127.0.0.9:2500", word);
    char *domains[] = { first, second, NULL }, *routes[] = { row, NULL };
    SmtpSettings settings = { .hostname = "mx.north.example",
                              .address = "127.0.0.2",
                              .domains = domains,
                              .routes = routes,
                              .relay_port = 10025 };

    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("# without a smart host");
    tell_all(&settings, word);
    settings.relay_via = "";
    tell(&settings, "empty.example");
    puts("# with a smart host");
    settings.relay_via = "mx.hub.example:2525";
    tell_all(&settings, word);
    return 0;
}
