/* tests/test_storage_sasl.c - passwords: verifiers, what clients send, logins remembered. */
#include "storage/sasl.h"

#include "tests/test_storage_world.h"

#include <time.h>

static const char *const domains[] = { "hub.example", "north.example", NULL };

static void
expect_check(Store *store, const char *authzid, const char *user, const char *password,
             const char *expected)
{
    g_autoptr(SaslTry) attempt = sasl_try_new(authzid, user, password);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAccount) account =
        store_sasl_check(store, NULL, STAGE_SENDER, attempt, domains, &error);

    g_assert_cmpstr(account != NULL ? account->address : NULL, ==, expected);
    if (expected == NULL)
        g_assert_error(error, STORE_ERROR, STORE_ERROR_NO);
}

static void
test_check(void)
{
    g_test_summary("RFC 4616 §2: user and password, and an authorization identity of one's own");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);

    store_mailbox_free(add_alice(store));
    expect_check(store, "", "alice", "wonderland", "alice@north.example");
    expect_check(store, "", "alice", "wonderland", "alice@north.example");
    expect_check(store, "", "Alice@north.example", "wonderland", "alice@north.example");
    expect_check(store, "alice", "alice", "wonderland", "alice@north.example");
    expect_check(store, "bob", "alice", "wonderland", NULL);
    expect_check(store, "", "alice", "Wonderland", NULL);
    expect_check(store, "", "alice", "", NULL);
    expect_check(store, "", "mallory", "wonderland", NULL);
    expect_check(store, "", "alice@south.example", "wonderland", NULL);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_remembered(void)
{
    g_test_summary("A verified login is remembered for five minutes, until the password changes");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    clock_t begun, first, often; /* of the processor: others may keep the machine busy */

    store_mailbox_free(add_alice(store));
    begun = clock();
    expect_check(store, "", "alice", "wonderland", "alice@north.example");
    first = clock() - begun;
    begun = clock();
    for (guint i = 0; i < 10; i++)
        expect_check(store, "", "alice", "wonderland", "alice@north.example");
    often = clock() - begun;
    g_test_message("first %d us, ten more %d us", (int)first, (int)often);
    g_assert_cmpint(often, <, 10 * first);
    store_account_set_password(store, "alice", "north.example", "mirror", NULL);
    commit(store);
    expect_check(store, "", "alice", "wonderland", NULL);
    expect_check(store, "", "alice", "mirror", "alice@north.example");
    world_now_s += 301;
    expect_check(store, "", "alice", "mirror", "alice@north.example");
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

/* A verifier of "pencil" with one round, quick to check; @number makes it unlike any other, in the
 * ServerKey, which a check does not look at. */
static void
set_quick_verifier(Store *store, guint number)
{
    g_autofree char *verifier = g_strdup_printf(
        "SCRAM-SHA-256$1:c2FsdA==$Otk5kdnAo/6UDUcm0KaO+uESed84FVLF7Qg4N9v1MRA=:%043u=", number);
    g_autoptr(sqlite3_stmt) update = store_prepare(store, "UPDATE accounts SET verifier = ?", NULL);

    sqlite3_bind_text(update, 1, verifier, -1, SQLITE_STATIC);
    g_assert_true(store_run(store, update, NULL));
}

static void
test_many_remembered(void)
{
    g_test_summary("What is remembered is bounded: the oldest go, and are checked anew");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);

    store_mailbox_free(add_alice(store));
    for (guint i = 0; i < 2500; i++) {
        set_quick_verifier(store, i);
        expect_check(store, "", "alice", "pencil", "alice@north.example");
    }
    set_quick_verifier(store, 1);
    expect_check(store, "", "alice", "pencil", "alice@north.example");
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_verifier(void)
{
    g_test_summary(
        "RFC 5803 §1: a verifier has rounds, salt and two keys; the password is not in it");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autofree char *one = sasl_verifier_new(store, "pencil");
    g_autofree char *other = sasl_verifier_new(store, "pencil");
    /* made with another program, Python's hashlib and hmac */
    static const char known[] = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
                                "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                                ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

    g_assert_true(g_str_has_prefix(one, "SCRAM-SHA-256$4096:"));
    g_assert_cmpstr(one, !=, other); /* each has a salt of its own */
    g_assert_true(sasl_verifier_check(one, "pencil"));
    g_assert_false(sasl_verifier_check(one, "pencils"));
    g_assert_true(sasl_verifier_check(known, "pencil"));
    g_assert_false(sasl_verifier_check("", "pencil"));
    g_assert_false(sasl_verifier_check("SCRAM-SHA-256$4096:c2FsdA==$AAAA:AAAA", "pencil"));
    g_assert_false(sasl_verifier_check("SCRAM-SHA-256$99999999999:c2FsdA==$AAAA:AAAA", "pencil"));
    g_assert_false(sasl_verifier_check("SCRAM-SHA-256$-1:c2FsdA==$AAAA:AAAA", "pencil"));
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_unknown_user(void)
{
    g_test_summary("An unknown user takes as long as a wrong password");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    clock_t begun = clock(), wrong, unknown; /* of the processor, as above */

    store_mailbox_free(add_alice(store));
    for (guint i = 0; i < 20; i++)
        expect_check(store, "", "alice", "wrong", NULL);
    wrong = clock() - begun;
    begun = clock();
    for (guint i = 0; i < 20; i++)
        expect_check(store, "", "mallory", "wrong", NULL);
    unknown = clock() - begun;
    g_test_message("wrong password %d us, unknown user %d us", (int)wrong / 20, (int)unknown / 20);
    g_assert_cmpint(unknown, >, wrong / 4); /* without derivation it were a hundredth */
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
expect_plain(const char *octets, gsize length, const char *authzid, const char *user,
             const char *password)
{
    g_autofree char *base64 = g_base64_encode((const guchar *)octets, length);
    g_autoptr(SaslTry) attempt = sasl_try_from_plain(base64);

    g_assert_cmpstr(attempt != NULL ? attempt->authzid : NULL, ==, authzid);
    g_assert_cmpstr(attempt != NULL ? attempt->user : NULL, ==, user);
    g_assert_cmpstr(attempt != NULL ? attempt->password : NULL, ==, password);
}

static void
test_plain(void)
{
    g_test_summary("RFC 4616 §2: [authzid] NUL authcid NUL passwd, nothing less and nothing more");
    g_autofree char *long_text = g_strnfill(12292, 'A');

    expect_plain("\0alice\0wonderland", 17, "", "alice", "wonderland");
    expect_plain("bob\0alice\0wonderland", 20, "bob", "alice", "wonderland");
    expect_plain("\0alice\0", 7, NULL, NULL, NULL);
    expect_plain("\0\0wonderland", 12, NULL, NULL, NULL);
    expect_plain("alice\0wonderland", 16, NULL, NULL, NULL);
    expect_plain("\0alice\0wonder\0land", 18, NULL, NULL, NULL);
    expect_plain("", 0, NULL, NULL, NULL);
    for (const char *const *bad =
             (const char *const[]){ "=", "AGFs", "A", "AA=A", "AAA-",
                                    "AA==AA==", "AGE AYg==", "====", long_text, NULL };
         *bad != NULL; bad++)
        g_assert_null(sasl_try_from_plain(*bad));
}

static void
test_login(void)
{
    g_test_summary("AUTH LOGIN's two answers are base64 of text without NUL");
    g_autofree char *user = sasl_decode_text("YWxpY2U=");
    g_autofree char *empty = sasl_decode_text("");

    g_assert_cmpstr(user, ==, "alice");
    g_assert_cmpstr(empty, ==, "");
    g_assert_null(sasl_decode_text("AGFs"));
    g_assert_null(sasl_decode_text("YWxpY2U"));
    g_assert_null(sasl_decode_text("*"));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/sasl/check", test_check);
    g_test_add_func("/storage/sasl/remembered", test_remembered);
    g_test_add_func("/storage/sasl/many-remembered", test_many_remembered);
    g_test_add_func("/storage/sasl/verifier", test_verifier);
    g_test_add_func("/storage/sasl/unknown-user", test_unknown_user);
    g_test_add_func("/storage/sasl/plain", test_plain);
    g_test_add_func("/storage/sasl/login", test_login);
    return g_test_run();
}
