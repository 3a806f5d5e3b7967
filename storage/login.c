/* storage/login.c - the mechanisms: PLAIN, LOGIN and SCRAM-SHA-256, each a few steps.
 *
 *   PLAIN           (nothing) > NUL user NUL password              RFC 4616: crosses readable
 *   LOGIN           "Username:" > user > "Password:" > password    the same in two lines
 *   SCRAM-SHA-256   first > challenge > final > "v=..." > (empty)  the password stays at home
 *
 * Start reading at sasl_login_take(). Tests: tests/test_storage_login.c
 */
#include "storage/login.h"

#include <string.h>

#include "storage/inside.h"
#include "storage/scram.h"

#define SASL_NONCE_OCTETS 18 /* 24 letters of base64 */

typedef SaslStep (*SaslTake)(SaslLogin *login, const SaslLoginHost *host, const char *text,
                             char **challenge, GError **error);

struct SaslLogin {
    const char *name;
    SaslTake next;     /* who takes the next response */
    const char *asks;  /* the challenge in front of the first response; NULL: client begins */
    gboolean is_plain; /* its response holds NULs: taken as base64 */
    char *user;        /* LOGIN */
    Scram *scram;      /* SCRAM */
    SaslTry *attempt;
};

static SaslStep sasl_plain(SaslLogin *login, const SaslLoginHost *host, const char *text,
                           char **challenge, GError **error);
static SaslStep sasl_login_user(SaslLogin *login, const SaslLoginHost *host, const char *text,
                                char **challenge, GError **error);
static SaslStep sasl_scram_first(SaslLogin *login, const SaslLoginHost *host, const char *text,
                                 char **challenge, GError **error);

static const struct {
    const char *name;
    SaslTake first;
    const char *asks;
    gboolean plaintext; /* the password itself crosses */
} sasl_table[] = {
    { "SCRAM-SHA-256", sasl_scram_first, "", FALSE },
    { "PLAIN", sasl_plain, "", TRUE },
    { "LOGIN", sasl_login_user, "Username:", TRUE },
};

const char *
sasl_mechanisms(gboolean plaintext)
{
    return plaintext ? "SCRAM-SHA-256 PLAIN LOGIN" : "SCRAM-SHA-256";
}

SaslLogin *
sasl_login_new(const char *name, gboolean plaintext)
{
    for (guint i = 0; i < G_N_ELEMENTS(sasl_table); i++) {
        SaslLogin *login;

        if (g_ascii_strcasecmp(name, sasl_table[i].name) != 0)
            continue;
        if (sasl_table[i].plaintext && !plaintext)
            return NULL;
        login = g_new0(SaslLogin, 1);
        login->name = sasl_table[i].name;
        login->next = sasl_table[i].first;
        login->asks = sasl_table[i].asks;
        login->is_plain = sasl_table[i].first == sasl_plain;
        return login;
    }
    return NULL;
}

void
sasl_login_free(SaslLogin *login)
{
    if (login == NULL)
        return;
    g_free(login->user);
    scram_free(login->scram);
    sasl_try_free(login->attempt);
    g_free(login);
}

const char *
sasl_login_name(const SaslLogin *login)
{
    return login->name;
}

const SaslTry *
sasl_login_attempt(const SaslLogin *login)
{
    return login->attempt;
}

static SaslStep
sasl_ask(SaslLogin *login, const char *text, SaslTake next, char **challenge)
{
    login->next = next;
    *challenge = g_base64_encode((const guchar *)text, strlen(text));
    return SASL_ASK;
}

static SaslStep
sasl_check(SaslLogin *login, SaslTry *attempt)
{
    login->attempt = attempt;
    login->next = NULL;
    return SASL_CHECK;
}

/* ---- PLAIN and LOGIN ---- */

/* Here @text is still base64: NULs stand between its parts. */
static SaslStep
sasl_plain(SaslLogin *login, const SaslLoginHost *host G_GNUC_UNUSED, const char *text,
           char **challenge G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    SaslTry *attempt = sasl_try_from_plain(text);

    return attempt == NULL ? SASL_BAD : sasl_check(login, attempt);
}

static SaslStep
sasl_login_password(SaslLogin *login, const SaslLoginHost *host G_GNUC_UNUSED, const char *text,
                    char **challenge G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    return sasl_check(login, sasl_try_new("", login->user, text));
}

static SaslStep
sasl_login_user(SaslLogin *login, const SaslLoginHost *host G_GNUC_UNUSED, const char *text,
                char **challenge, GError **error G_GNUC_UNUSED)
{
    login->user = g_strdup(text);
    return sasl_ask(login, "Password:", sasl_login_password, challenge);
}

/* ---- SCRAM-SHA-256 ---- */

/* A user that does not exist gets a salt, too, always the same for the same name: nobody learns
 * from it who is here. */
static gboolean
sasl_scram_verifier(SaslLogin *login, const SaslLoginHost *host, SaslVerifier *verifier,
                    GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) wrong = NULL;

    text = store_sasl_verifier_of(host->store, host->trace, host->stage, scram_user(login->scram),
                                  host->domains, &wrong);
    if (text != NULL)
        return sasl_verifier_parse(text, verifier);
    if (!g_error_matches(wrong, STORE_ERROR, STORE_ERROR_NO)) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return FALSE;
    }
    store_sasl_nobody(host->store, scram_user(login->scram), verifier);
    return TRUE;
}

/* Its answer to "v=..." is empty; whatever it is, the proof was given before. */
static SaslStep
sasl_scram_end(SaslLogin *login, const SaslLoginHost *host G_GNUC_UNUSED, const char *text,
               char **challenge G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    SaslTry *attempt;

    if (*text != '\0')
        return SASL_BAD;
    attempt = sasl_try_new(scram_authzid(login->scram), scram_user(login->scram), "");
    attempt->proof = SASL_PROVEN;
    return sasl_check(login, attempt);
}

static SaslStep
sasl_scram_final(SaslLogin *login, const SaslLoginHost *host G_GNUC_UNUSED, const char *text,
                 char **challenge, GError **error G_GNUC_UNUSED)
{
    g_autofree char *signature = scram_finish(login->scram, text);
    SaslTry *attempt;

    if (signature != NULL)
        return sasl_ask(login, signature, sasl_scram_end, challenge);
    attempt = sasl_try_new(scram_authzid(login->scram), scram_user(login->scram), "");
    attempt->proof = SASL_DISPROVEN;
    return sasl_check(login, attempt);
}

static SaslStep
sasl_scram_first(SaslLogin *login, const SaslLoginHost *host, const char *text, char **challenge,
                 GError **error)
{
    guint8 chance[SASL_NONCE_OCTETS];
    g_autofree char *nonce = NULL, *reply = NULL;
    SaslVerifier verifier;

    login->scram = scram_new(text);
    if (login->scram == NULL)
        return SASL_BAD;
    if (!sasl_scram_verifier(login, host, &verifier, error))
        return SASL_BROKEN;
    host->store->world.secret(host->store->world.data, chance, sizeof chance);
    nonce = g_base64_encode(chance, sizeof chance);
    reply = scram_challenge(login->scram, &verifier, nonce);
    explicit_bzero(&verifier, sizeof verifier);
    return sasl_ask(login, reply, sasl_scram_final, challenge);
}

/* ---- any of them ---- */

SaslStep
sasl_login_take(SaslLogin *login, const SaslLoginHost *host, const char *response, char **challenge,
                GError **error)
{
    SaslTake next = login->next;
    char *text;
    SaslStep step;

    *challenge = NULL;
    g_return_val_if_fail(next != NULL, SASL_BAD);
    if (response == NULL)
        return sasl_ask(login, login->asks, next, challenge);
    if (login->is_plain)
        return next(login, host, response, challenge, error);
    text = sasl_decode_text(response);
    if (text == NULL)
        return SASL_BAD;
    step = next(login, host, text, challenge, error);
    explicit_bzero(text, strlen(text));
    g_free(text);
    return step;
}
