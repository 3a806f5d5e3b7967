/* tests/fuzz/fuzz_storage_scram.c - SCRAM-SHA-256, one step below base64 (RFC 5802 §7): two
 * messages of a client, a line each. */
#include "tests/fuzz/fuzz.h"

#include "storage/scram.h"

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    g_autofree char *text = fuzz_text(octets, length);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 2);
    g_autoptr(Scram) scram = *lines != NULL ? scram_new(lines[0]) : NULL;
    SaslVerifier verifier = { .rounds = 4096 };

    if (scram == NULL || lines[1] == NULL)
        return 0;
    g_autofree char *challenge = scram_challenge(scram, &verifier, "NONCE");
    g_assert_true(challenge == NULL || g_str_has_prefix(challenge, "r="));
    if (challenge != NULL) {
        g_autofree char *final = scram_finish(scram, lines[1]);

        g_assert_null(final);
    }
    return 0;
}
