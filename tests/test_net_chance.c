/* tests/test_net_chance.c - chance that can be repeated, and secrets that can't. */
#include "net/chance.h"

#include <locale.h>
#include <string.h>

static void
test_same_seed(void)
{
    g_test_summary("The same seed gives the same numbers; another seed gives others");
    g_autoptr(NetChance) one = net_chance_new(7, TRUE);
    g_autoptr(NetChance) two = net_chance_new(7, TRUE);
    g_autoptr(NetChance) other = net_chance_new(8, TRUE);
    g_autofree char *token_one = net_chance_token(one, 20);
    g_autofree char *token_two = net_chance_token(two, 20);
    g_autofree char *token_other = net_chance_token(other, 20);

    g_assert_cmpstr(token_one, ==, token_two);
    g_assert_cmpstr(token_one, !=, token_other);
    g_assert_cmpuint(strlen(token_one), ==, 20);
    for (guint i = 0; i < 100; i++)
        g_assert_cmpuint(net_chance_below(one, 1000), ==, net_chance_below(two, 1000));
}

static void
test_ranges(void)
{
    g_test_summary("Numbers keep to their range and reach all of it");
    g_autoptr(NetChance) chance = net_chance_new(1, FALSE);
    guint seen[6] = { 0 };

    for (guint i = 0; i < 6000; i++) {
        double fraction = net_chance_fraction(chance);

        seen[net_chance_below(chance, 6)]++;
        g_assert_true(fraction >= 0 && fraction < 1);
    }
    for (guint i = 0; i < 6; i++)
        g_assert_cmpuint(seen[i], >, 800);
    g_assert_cmpuint(net_chance_below(chance, 1), ==, 0);
}

static void
test_shuffle(void)
{
    g_test_summary("RFC 5321 §5.1: hosts of one preference are tried in random order");
    g_autoptr(NetChance) chance = net_chance_new(3, TRUE);
    guint first[3] = { 0 };

    for (guint i = 0; i < 3000; i++) {
        char *items[] = { "a", "b", "c" };

        net_chance_shuffle(chance, (void **)items, 3);
        g_assert_true(items[0] != items[1] && items[1] != items[2] && items[0] != items[2]);
        first[items[0][0] - 'a']++;
    }
    for (guint i = 0; i < 3; i++)
        g_assert_cmpuint(first[i], >, 850);
    net_chance_shuffle(chance, NULL, 0);
}

static void
test_secrets(void)
{
    g_test_summary("In a real world two runs with one seed have different secrets");
    g_autoptr(NetChance) one = net_chance_new(7, FALSE);
    g_autoptr(NetChance) two = net_chance_new(7, FALSE);
    guint8 a[1000], b[1000];

    net_chance_secret(one, a, sizeof a);
    net_chance_secret(two, b, sizeof b);
    g_assert_cmpint(memcmp(a, b, sizeof a), !=, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/chance/same-seed", test_same_seed);
    g_test_add_func("/net/chance/ranges", test_ranges);
    g_test_add_func("/net/chance/shuffle", test_shuffle);
    g_test_add_func("/net/chance/secrets", test_secrets);
    return g_test_run();
}
