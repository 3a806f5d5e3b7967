/* tests/test_smtp_session_trace.c - what a session tells of itself: its events, its snapshot, and no
 * password (smtp/session.c).
 */
#include "tests/smtp_taking.h"

static void
test_journey(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    guint in = 0;

    g_test_summary("a local message: one journey from MAIL to the 250, at most 30 events");
    client_data_to_bob(client);
    client_expect(client, "Subject: x\r\n\r\nbody\r\n.\r\n", "250 2.6.0 *");
    client_say(client, "QUIT\r\n");
    for (guint i = 0; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        if (g_test_verbose())
            g_test_message("%s %s %s %s: %s", event->journey, event->branch,
                           stage_name(event->stage), trace_kind_name(event->kind), event->text);
        in += g_strcmp0(event->journey, "j1") == 0;
        g_assert_true(i == 0 || event->cause != 0);
    }
    g_assert_cmpuint(world->events->len, <=, 30);
    g_assert_cmpuint(in, >=, 12);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_SENDER, "carol"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_SPLIT, "bob"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_ROUTE, "ours"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_RECIPIENT, "account"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_FILTER, "accepted"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_DELIVER, "INBOX"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_STORE, "durable"), ==, 1);
}

static void
test_origin(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    g_test_summary("a message from a host of this process goes on in its journey and branch");
    guint greeting = world->events->len;

    smtp_session_set_origin(client->session, "j7", "2", 1);
    client_data_to_bob(client);
    client_say(client, "Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n");
    for (guint i = greeting; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        if (event->stage == STAGE_NONE)
            continue;
        g_assert_cmpstr(event->journey, ==, "j7");
        g_assert_cmpstr(event->branch, ==, "2");
    }
}

static void
test_secrets(void)
{
    static const char *const secrets[] = { "AGFsaWNlAHdvbmRlcmxhbmQ", "d29uZGVybGFuZA",
                                           "wonderland" };
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);

    g_test_summary("RFC 4954 §9: no password reaches an event, not even behind a refused AUTH");
    client_say(client, "EHLO laptop.north.example\r\n");
    client_say(client, "AUTH FOO\r\nAGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
    client_say(client, "AUTH LOGIN\r\nYWxpY2U=\r\nd29uZGVybGFuZB==\r\n");
    client_say(client, "AUTH LOGIN YWxpY2U=\r\nd29uZGVybGFuZA==\r\n");
    for (guint i = 0; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        for (gsize s = 0; s < G_N_ELEMENTS(secrets); s++) {
            g_assert_null(strstr(event->text, secrets[s]));
            g_assert_true(event->data == NULL || strstr(event->data, secrets[s]) == NULL);
        }
    }
}

static void
expect_transaction(const Client *client, const char *expected)
{
    g_autoptr(GString) json = g_string_new(NULL);

    smtp_session_transaction_json(client->session, json);
    g_assert_cmpstr(json->str, ==, expected);
}

static void
test_json(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    g_autofree char *json = smtp_session_json(client->session);

    g_test_summary("a snapshot of a session names its state and what it waits for");
    g_assert_cmpstr(json, ==,
                    "{\"id\":\"smtp-1\",\"state\":\"START\",\"peer\":\"127.0.0.7\",\"waits\":"
                    "\"client\"}");
    expect_transaction(client, "");
    g_assert_cmpfloat(smtp_session_patience(client->session), ==, 300.0);
    client_data_to_bob(client);
    expect_transaction(client, ",\"sender\":\"carol@south.example\",\"recipients\":["
                               "{\"branch\":\"1\",\"user\":\"bob\",\"domain\":\"north.example\","
                               "\"route\":\"local\",\"account\":\"bob@north.example\"}]");
    g_assert_cmpfloat(smtp_session_patience(client->session), ==, 180.0);
    g_string_truncate(client->replies, 0);
    smtp_session_expired(client->session, client->replies);
    g_assert_true(g_str_has_prefix(client->replies->str, "421 4.4.2 "));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/session/journey", test_journey);
    g_test_add_func("/smtp/session/origin", test_origin);
    g_test_add_func("/smtp/session/secrets", test_secrets);
    g_test_add_func("/smtp/session/json", test_json);
    return g_test_run();
}
