/* tests/fuzz/fuzz_storage_login.c - SASL: the responses of a client, a line each; the first line
 * names the mechanism. Each challenge is base64, and nobody gets in. */
#include "tests/fuzz/fuzz.h"

#include "tests/smtp_taking.h"

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    static const char *const domains[] = { "north.example", NULL };
    static World *world;
    g_autofree char *text = fuzz_text(octets, length);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 10);

    if (world == NULL)
        world = world_new();
    SaslLoginHost host = { world->store, domains, NULL, STAGE_SENDER };
    g_autoptr(SaslLogin) login = *lines != NULL ? sasl_login_new(*lines, TRUE) : NULL;

    for (char **line = lines; login != NULL && *++line != NULL;) {
        g_autofree char *challenge = NULL;
        g_autoptr(GError) error = NULL;
        SaslStep step = sasl_login_take(login, &host, *line, &challenge, &error);

        if (step == SASL_CHECK)
            g_assert_cmpint(sasl_login_attempt(login)->proof, !=, SASL_PROVEN);
        if (step != SASL_ASK)
            break;
        g_assert_cmpuint(strspn(challenge, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                           "0123456789+/="),
                         ==, strlen(challenge));
    }
    return 0;
}
