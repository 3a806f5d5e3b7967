/* storage/scram.c - the server's side of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677 §3).
 *
 * Three messages go into the signature as they were sent:
 *
 *   AuthMessage = client-first-bare "," server-first "," client-final-without-proof
 *
 * So nobody in between can change one without the proof becoming wrong.
 *
 * Start reading at scram_finish(). Tests: tests/test_storage_login.c
 */
#include "storage/scram.h"

#include <gnutls/crypto.h>
#include <string.h>

#define SCRAM_TEXT_MAX 4096 /* octets of a client's message: names and nonces are short */

struct Scram {
    char *header; /* the GS2 header: "n,," or "n,a=alice," */
    char *bare;   /* the client's first message behind it */
    char *authzid, *user;
    char *nonce;     /* the client's; then both */
    char *challenge; /* the server's first message */
    SaslVerifier verifier;
};

void
scram_free(Scram *scram)
{
    if (scram == NULL)
        return;
    g_free(scram->header);
    g_free(scram->bare);
    g_free(scram->authzid);
    g_free(scram->user);
    g_free(scram->nonce);
    g_free(scram->challenge);
    explicit_bzero(&scram->verifier, sizeof scram->verifier);
    g_free(scram);
}

/* ---- the client's first message ---- */

/* saslname: "," is sent as =2C and "=" as =3D; any other "=" is an error (RFC 5802 §5.1). */
static char *
scram_unquote(const char *text, gsize length)
{
    GString *name = g_string_sized_new(length);

    for (gsize i = 0; i < length; i++) {
        if (text[i] != '=') {
            g_string_append_c(name, text[i]);
        } else if (i + 2 < length && memcmp(text + i, "=2C", 3) == 0) {
            g_string_append_c(name, ',');
            i += 2;
        } else if (i + 2 < length && memcmp(text + i, "=3D", 3) == 0) {
            g_string_append_c(name, '=');
            i += 2;
        } else {
            g_string_free(name, TRUE);
            return NULL;
        }
    }
    if (name->len == 0) {
        g_string_free(name, TRUE);
        return NULL;
    }
    return g_string_free(name, FALSE);
}

/* gs2-header = ("n" / "y") "," ["a=" saslname] ","       "y": the client could bind the channel,
 * and thinks that we can't. It is right. Returns what comes behind, or NULL. */
static const char *
scram_take_header(Scram *scram, const char *first)
{
    const char *name = first + 2, *end;

    if ((first[0] != 'n' && first[0] != 'y') || first[1] != ',')
        return NULL;
    end = strchr(name, ',');
    if (end == NULL)
        return NULL;
    if (end == name)
        scram->authzid = g_strdup("");
    else if (g_str_has_prefix(name, "a="))
        scram->authzid = scram_unquote(name + 2, (gsize)(end - name - 2));
    if (scram->authzid == NULL)
        return NULL;
    scram->header = g_strndup(first, (gsize)(end + 1 - first));
    return end + 1;
}

static gboolean
scram_is_nonce(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        if (*p < 0x21 || *p > 0x7e || *p == ',')
            return FALSE;
    return *text != '\0';
}

/* "n=" saslname ",r=" nonce ["," extensions]; "m=" in front would be an extension that must be
 * understood, and none is. */
static gboolean
scram_take_bare(Scram *scram, const char *bare)
{
    g_auto(GStrv) parts = g_strsplit(bare, ",", 3);

    if (g_strv_length(parts) < 2 || !g_str_has_prefix(parts[0], "n=") ||
        !g_str_has_prefix(parts[1], "r=") || !scram_is_nonce(parts[1] + 2))
        return FALSE;
    scram->user = scram_unquote(parts[0] + 2, strlen(parts[0] + 2));
    scram->nonce = g_strdup(parts[1] + 2);
    scram->bare = g_strdup(bare);
    return scram->user != NULL;
}

Scram *
scram_new(const char *first)
{
    g_autoptr(Scram) scram = g_new0(Scram, 1);
    const char *bare;

    if (strnlen(first, SCRAM_TEXT_MAX + 1) > SCRAM_TEXT_MAX || !g_utf8_validate(first, -1, NULL))
        return NULL;
    bare = scram_take_header(scram, first);
    if (bare == NULL || !scram_take_bare(scram, bare))
        return NULL;
    return g_steal_pointer(&scram);
}

const char *
scram_user(const Scram *scram)
{
    return scram->user;
}

const char *
scram_authzid(const Scram *scram)
{
    return scram->authzid;
}

/* ---- the server's first message ---- */

char *
scram_challenge(Scram *scram, const SaslVerifier *verifier, const char *nonce)
{
    g_autofree char *client = scram->nonce;
    g_autofree char *salt = g_base64_encode(verifier->salt, verifier->salt_octets);

    scram->verifier = *verifier;
    scram->nonce = g_strconcat(client, nonce, NULL);
    g_free(scram->challenge);
    scram->challenge = g_strdup_printf("r=%s,s=%s,i=%u", scram->nonce, salt, verifier->rounds);
    return g_strdup(scram->challenge);
}

/* ---- the client's final message ---- */

static void
scram_hmac(const guint8 *key, const char *text, guint8 *digest)
{
    int code =
        gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, SASL_KEY_OCTETS, text, strlen(text), digest);

    g_assert(code == 0);
}

/* proof XOR signature is the ClientKey; only its hash is known here. */
static gboolean
scram_proof_fits(const Scram *scram, const char *signed_text, const guint8 *proof)
{
    guint8 signature[SASL_KEY_OCTETS], key[SASL_KEY_OCTETS], stored[SASL_KEY_OCTETS];
    gboolean fits;

    scram_hmac(scram->verifier.stored, signed_text, signature);
    for (guint i = 0; i < SASL_KEY_OCTETS; i++)
        key[i] = proof[i] ^ signature[i];
    gnutls_hash_fast(GNUTLS_DIG_SHA256, key, sizeof key, stored);
    fits = sasl_same(stored, scram->verifier.stored, sizeof stored);
    explicit_bzero(key, sizeof key);
    return fits;
}

/* The header comes again, now signed: nobody changed "y" into "n" on the way, nor the authzid. */
static gboolean
scram_same_header(const Scram *scram, const char *binding)
{
    g_autofree char *expected =
        g_base64_encode((const guchar *)scram->header, strlen(scram->header));

    return g_str_has_prefix(binding, "c=") && strcmp(binding + 2, expected) == 0;
}

static guchar *
scram_read_proof(const char *text)
{
    g_autofree guchar *proof = NULL;
    gsize octets;

    proof = g_base64_decode(text, &octets);
    return octets == SASL_KEY_OCTETS ? g_steal_pointer(&proof) : NULL;
}

static char *
scram_sign(const Scram *scram, const char *signed_text)
{
    guint8 signature[SASL_KEY_OCTETS];
    g_autofree char *text = NULL;

    scram_hmac(scram->verifier.server, signed_text, signature);
    text = g_base64_encode(signature, sizeof signature);
    return g_strconcat("v=", text, NULL);
}

/* channel-binding "," nonce ["," extensions] "," proof */
char *
scram_finish(Scram *scram, const char *final)
{
    const char *proof_text =
        strnlen(final, SCRAM_TEXT_MAX + 1) > SCRAM_TEXT_MAX ? NULL : g_strrstr(final, ",p=");
    g_autofree char *unproved = NULL, *signed_text = NULL;
    g_autofree guchar *proof = NULL;
    g_auto(GStrv) parts = NULL;

    if (proof_text == NULL || scram->challenge == NULL)
        return NULL;
    unproved = g_strndup(final, (gsize)(proof_text - final));
    parts = g_strsplit(unproved, ",", 3);
    proof = scram_read_proof(proof_text + 3);
    if (g_strv_length(parts) < 2 || proof == NULL || !scram_same_header(scram, parts[0]) ||
        !g_str_has_prefix(parts[1], "r=") || strcmp(parts[1] + 2, scram->nonce) != 0)
        return NULL;
    signed_text = g_strjoin(",", scram->bare, scram->challenge, unproved, NULL);
    if (!scram_proof_fits(scram, signed_text, proof))
        return NULL;
    return scram_sign(scram, signed_text);
}
