/* tests/test_storage_login.c - logins step by step: PLAIN, LOGIN, and SCRAM-SHA-256's proof. */
#include "storage/login.h"

#include "storage/scram.h"
#include "tests/test_storage_world.h"

#include <gnutls/crypto.h>

/* The example of RFC 7677 §3: user "user", password "pencil". */
#define FIRST     "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
#define NONCE     "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define CHALLENGE "r=rOprNGfwEbeRWgbNEkqO" NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define UNPROVED  "c=biws,r=rOprNGfwEbeRWgbNEkqO" NONCE
#define FINAL     UNPROVED ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define SIGNATURE "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static const char *const domains[] = { "hub.example", "north.example", NULL };

/* ---- what a client computes ---- */

typedef struct Client {
    guint8 client_key[32], stored[32], server[32];
} Client;

static void
hmac(const guint8 *key, const char *text, guint8 *digest)
{
    gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, 32, text, strlen(text), digest);
}

static void
client_derive(Client *client, const char *password, const guint8 *salt, gsize octets, guint rounds)
{
    guint8 salted[32];
    gnutls_datum_t secret = { (unsigned char *)password, (unsigned)strlen(password) };
    gnutls_datum_t grains = { (unsigned char *)salt, (unsigned)octets };

    gnutls_pbkdf2(GNUTLS_MAC_SHA256, &secret, &grains, rounds, salted, sizeof salted);
    hmac(salted, "Client Key", client->client_key);
    gnutls_hash_fast(GNUTLS_DIG_SHA256, client->client_key, 32, client->stored);
    hmac(salted, "Server Key", client->server);
}

/* The proof of "@unproved", all signed. */
static char *
client_final(const Client *client, const char *signed_text, const char *unproved)
{
    guint8 signature[32], proof[32];
    g_autofree char *text = NULL;

    hmac(client->stored, signed_text, signature);
    for (guint i = 0; i < 32; i++)
        proof[i] = client->client_key[i] ^ signature[i];
    text = g_base64_encode(proof, sizeof proof);
    return g_strdup_printf("%s,p=%s", unproved, text);
}

static void
pencil(SaslVerifier *verifier)
{
    g_autofree guchar *salt = NULL;
    Client client;

    memset(verifier, 0, sizeof *verifier);
    salt = g_base64_decode("W22ZaJ0SNY7soEsUEjb6gQ==", &verifier->salt_octets);
    memcpy(verifier->salt, salt, verifier->salt_octets);
    verifier->rounds = 4096;
    client_derive(&client, "pencil", salt, verifier->salt_octets, 4096);
    memcpy(verifier->stored, client.stored, 32);
    memcpy(verifier->server, client.server, 32);
}

static void
test_example(void)
{
    SaslVerifier verifier;
    g_autoptr(Scram) scram = scram_new(FIRST);
    g_autofree char *challenge = NULL, *signature = NULL;

    g_test_summary("RFC 7677 §3: the example, message by message");
    pencil(&verifier);
    g_assert_cmpstr(scram_user(scram), ==, "user");
    g_assert_cmpstr(scram_authzid(scram), ==, "");
    challenge = scram_challenge(scram, &verifier, NONCE);
    g_assert_cmpstr(challenge, ==, CHALLENGE);
    signature = scram_finish(scram, FINAL);
    g_assert_cmpstr(signature, ==, SIGNATURE);
}

static void
test_final_cut(void)
{
    SaslVerifier verifier;

    g_test_summary("A final message that is cut, or changed, at any octet proves nothing");
    pencil(&verifier);
    for (gsize i = 0; i < strlen(FINAL); i++) {
        g_autoptr(Scram) scram = scram_new(FIRST), other = scram_new(FIRST);
        g_autofree char *challenge = scram_challenge(scram, &verifier, NONCE);
        g_autofree char *again = scram_challenge(other, &verifier, NONCE);
        g_autofree char *cut = g_strndup(FINAL, i), *changed = g_strdup(FINAL);

        g_assert_null(scram_finish(scram, cut));
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        g_assert_null(scram_finish(other, changed));
    }
    g_autoptr(Scram) early = scram_new(FIRST);
    g_assert_null(scram_finish(early, FINAL)); /* no challenge yet */
}

static void
test_first(void)
{
    static const char *const good[][3] = {
        { "y,,n=user,r=abc", "user", "" },
        { "n,a=other,n=user,r=abc", "user", "other" },
        { "n,a=o=2Cp=3Dq,n=us=3Der=2C,r=abc", "us=er,", "o,p=q" },
        { "n,,n=user,r=abc,x=later", "user", "" }, /* an extension may be ignored */
    };
    static const char *const bad[] = {
        "p=tls-unique,,n=user,r=abc", /* channel binding is not offered */
        "n,,m=must,n=user,r=abc",     /* an extension that must be understood */
        "n,,n=,r=abc",
        "n,,n=us=er,r=abc",
        "n,a=,n=user,r=abc",
        "n,b=x,n=user,r=abc",
        "n,,n=user,r=",
        "n,,n=user,r=a\x7f",
        "n,,r=abc,n=user",
        "x,,n=user,r=abc",
        "n,,n=\xff,r=abc",
        "",
    };
    g_autofree char *name = g_strnfill(5000, 'n'), *big = g_strdup_printf("n,,n=%s,r=abc", name);

    g_test_summary("RFC 5802 §7: the client's first message, and what is none");
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(Scram) scram = scram_new(good[i][0]);

        g_assert_nonnull(scram);
        g_assert_cmpstr(scram_user(scram), ==, good[i][1]);
        g_assert_cmpstr(scram_authzid(scram), ==, good[i][2]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_null(scram_new(bad[i]));
    g_assert_null(scram_new(big));
    for (gsize i = 0; i < strlen("n,,n=user,r="); i++) {
        g_autofree char *cut = g_strndup("n,,n=user,r=a", i);

        g_assert_null(scram_new(cut));
    }
}

/* ---- whole logins over a store ---- */

static char *
base64(const char *text)
{
    return g_base64_encode((const guchar *)text, strlen(text));
}

static char *
plain_text(const char *encoded)
{
    gsize length;
    g_autofree guchar *octets = g_base64_decode(encoded, &length);

    return g_strndup((const char *)octets, length);
}

static SaslStep
take(SaslLogin *login, const SaslLoginHost *host, const char *text, char **challenge)
{
    g_autofree char *encoded = text == NULL ? NULL : base64(text), *reply = NULL;
    g_autoptr(GError) error = NULL;
    SaslStep step = sasl_login_take(login, host, encoded, &reply, &error);

    g_assert_no_error(error);
    g_free(*challenge);
    *challenge = reply != NULL ? plain_text(reply) : NULL;
    return step;
}

/* As a client with @password: who are we then? NULL: nobody. */
static char *
scram_login(Store *store, const char *user, const char *password)
{
    const SaslLoginHost host = { store, domains, NULL, STAGE_SENDER };
    g_autoptr(SaslLogin) login = sasl_login_new("scram-sha-256", FALSE);
    g_autofree char *bare = g_strdup_printf("n=%s,r=abc", user);
    g_autofree char *first = g_strconcat("n,,", bare, NULL);
    g_autofree char *challenge = NULL, *unproved = NULL, *all = NULL, *final = NULL;
    g_autofree guchar *salt = NULL;
    g_auto(GStrv) parts = NULL;
    Client client;
    gsize octets;

    g_assert_cmpint(take(login, &host, first, &challenge), ==, SASL_ASK);
    parts = g_strsplit(challenge, ",", 3);
    g_assert_true(g_str_has_prefix(parts[0], "r=abc"));
    g_assert_cmpstr(parts[2], ==, "i=4096");
    salt = g_base64_decode(parts[1] + 2, &octets);
    client_derive(&client, password, salt, octets, 4096);
    unproved = g_strconcat("c=biws,", parts[0], NULL);
    all = g_strjoin(",", bare, challenge, unproved, NULL);
    final = client_final(&client, all, unproved);
    if (take(login, &host, final, &challenge) == SASL_ASK) {
        guint8 signature[32];
        g_autofree char *expected = NULL;

        hmac(client.server, all, signature);
        expected = g_base64_encode(signature, sizeof signature);
        g_assert_cmpstr(challenge + 2, ==, expected); /* the server knows the verifier, too */
        g_assert_cmpint(take(login, &host, "", &challenge), ==, SASL_CHECK);
    }
    g_autoptr(StoreAccount) account =
        store_sasl_check(store, NULL, STAGE_SENDER, sasl_login_attempt(login), domains, NULL);
    return account != NULL ? g_strdup(account->address) : NULL;
}

static void
expect_scram(Store *store, const char *user, const char *password, const char *expected)
{
    g_autofree char *found = scram_login(store, user, password);

    g_assert_cmpstr(found, ==, expected);
}

static void
test_scram(void)
{
    g_test_summary(
        "RFC 5802 §5: a whole exchange; a wrong password and an unknown user fail alike");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);

    store_mailbox_free(add_alice(store));
    expect_scram(store, "alice", "wonderland", "alice@north.example");
    expect_scram(store, "alice@north.example", "wonderland", "alice@north.example");
    expect_scram(store, "alice", "Wonderland", NULL);
    expect_scram(store, "mallory", "wonderland", NULL);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_nobody(void)
{
    g_test_summary("A user that does not exist has a salt, and the same one each time");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    const SaslLoginHost host = { store, domains, NULL, STAGE_SENDER };
    g_auto(GStrv) salts = g_new0(char *, 4);
    static const char *const users[] = { "mallory", "mallory", "nobody" };

    for (guint i = 0; i < 3; i++) {
        g_autoptr(SaslLogin) login = sasl_login_new("SCRAM-SHA-256", FALSE);
        g_autofree char *first = g_strdup_printf("n,,n=%s,r=abc", users[i]), *challenge = NULL;

        g_assert_cmpint(take(login, &host, first, &challenge), ==, SASL_ASK);
        salts[i] = g_strdup(strstr(challenge, ",s="));
    }
    g_assert_cmpstr(salts[0], ==, salts[1]);
    g_assert_cmpstr(salts[0], !=, salts[2]);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_plain_and_login(void)
{
    const SaslLoginHost host = { NULL, domains, NULL, STAGE_SENDER };
    g_autoptr(SaslLogin) plain = sasl_login_new("plain", TRUE);
    g_autoptr(SaslLogin) login = sasl_login_new("LOGIN", TRUE);
    g_autofree char *challenge = NULL;

    g_test_summary("PLAIN in one answer, LOGIN in two; neither where a password may not cross");
    g_assert_null(sasl_login_new("PLAIN", FALSE));
    g_assert_null(sasl_login_new("LOGIN", FALSE));
    g_assert_null(sasl_login_new("CRAM-MD5", TRUE));
    g_assert_cmpint(take(plain, &host, NULL, &challenge), ==, SASL_ASK);
    g_assert_cmpstr(challenge, ==, "");
    g_clear_pointer(&challenge, g_free);
    g_assert_cmpint(sasl_login_take(plain, &host, "AGFsaWNlAHdvbmRlcmxhbmQ=", &challenge, NULL), ==,
                    SASL_CHECK);
    g_assert_cmpstr(sasl_login_attempt(plain)->user, ==, "alice");
    g_assert_cmpint(take(login, &host, NULL, &challenge), ==, SASL_ASK);
    g_assert_cmpstr(challenge, ==, "Username:");
    g_assert_cmpint(take(login, &host, "alice", &challenge), ==, SASL_ASK);
    g_assert_cmpstr(challenge, ==, "Password:");
    g_assert_cmpint(take(login, &host, "wonderland", &challenge), ==, SASL_CHECK);
    g_assert_cmpstr(sasl_login_attempt(login)->password, ==, "wonderland");
}

static void
test_bad_answers(void)
{
    static const char *const mechanisms[] = { "PLAIN", "LOGIN", "SCRAM-SHA-256" };
    const SaslLoginHost host = { NULL, domains, NULL, STAGE_SENDER };

    g_test_summary("What is no base64 ends the login, whatever the mechanism");
    for (guint i = 0; i < G_N_ELEMENTS(mechanisms); i++) {
        g_autoptr(SaslLogin) login = sasl_login_new(mechanisms[i], TRUE);
        g_autofree char *challenge = NULL;

        g_assert_cmpint(sasl_login_take(login, &host, "!!!!", &challenge, NULL), ==, SASL_BAD);
        g_assert_null(challenge);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/login/example", test_example);
    g_test_add_func("/storage/login/final-cut", test_final_cut);
    g_test_add_func("/storage/login/first", test_first);
    g_test_add_func("/storage/login/scram", test_scram);
    g_test_add_func("/storage/login/nobody", test_nobody);
    g_test_add_func("/storage/login/plain-and-login", test_plain_and_login);
    g_test_add_func("/storage/login/bad", test_bad_answers);
    return g_test_run();
}
