/* judge/limits_main.c - how long may each half be? Both limits from both sides. Then 1500 addresses of
 * noise: they are read under sanitizers, so a step beyond the end of the text does not go unseen. */
#include "labs/03-split/judge/tell.h"

/* A user of @length letters; in quotes each can have a backslash before it, which is not counted. */
static void
tell_user(Draw *draw, guint length, gboolean quoted, gboolean escaped)
{
    g_autoptr(GString) text = g_string_new(quoted ? "\"" : "");

    for (guint i = 0; i < length; i++) {
        if (escaped)
            g_string_append_c(text, '\\');
        g_string_append_c(text, draw_one_of(draw, "abcdefgh"));
    }
    g_string_append(text, quoted ? "\"@north.example" : "@north.example");
    g_autofree char *about =
        g_strdup_printf("a user of %u letters%s%s", length, quoted ? ", in quotes" : "",
                        escaped ? ", each with a backslash before it" : "");
    tell(text->str, about);
}

static void
tell_domain(Draw *draw, guint length)
{
    g_autoptr(GString) text = g_string_new("jo@");

    for (guint i = 1; i <= length; i++)
        g_string_append_c(text, i % 10 == 0 && i < length ? '.' : draw_one_of(draw, "abcdefgh"));
    g_autofree char *about = g_strdup_printf("a domain of %u letters and dots", length);
    tell(text->str, about);
}

/* A good address in which one or two octets have been replaced. */
static void
tell_noise(Draw *draw)
{
    static const char *const good[] = { "jo.ann@north.example", "\"jo@ann\"@north.example",
                                        "\"j\\\"o\"@b.c" };
    g_autoptr(GString) text = g_string_new(good[net_chance_below(draw->chance, 3)]);

    for (guint i = net_chance_below(draw->chance, 2); i < 2; i++)
        text->str[net_chance_below(draw->chance, (guint32)text->len)] =
            draw_one_of(draw, "a.@\"\\[-: <\t\001\377");
    g_string_truncate(text, MIN(text->len, 1 + net_chance_below(draw->chance, 60)));
    tell(text->str, NULL);
}

int
main(int argc, char **argv)
{
    static const guint users[] = { 2, 63, 64, 65, 200 };
    static const guint domains[] = { 2, 254, 255, 256, 300 };
    Draw draw = draw_new(argc > 1 ? argv[1] : "1");

    for (gsize i = 0; i < G_N_ELEMENTS(users); i++) {
        tell_user(&draw, users[i], FALSE, FALSE);
        tell_user(&draw, users[i], TRUE, FALSE);
        tell_user(&draw, users[i], TRUE, TRUE);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(domains); i++)
        tell_domain(&draw, domains[i]);
    for (guint i = 0; i < 1500; i++)
        tell_noise(&draw);
    draw_free(&draw);
    return 0;
}
