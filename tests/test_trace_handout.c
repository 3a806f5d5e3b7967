/* tests/test_trace_handout.c - a journal to hand out: what must go, and what must stay. */
#include "trace/handout.h"

#include <locale.h>
#include <string.h>
#include "trace/event.h"
#include "trace/pseudonym.h"

static void
test_names(void)
{
    g_test_summary("people, machines and quoted words get other names; the rest stays");
    static const struct {
        const char *from, *to;
    } texts[] = {
        { "RCPT TO:<bob@north.example> SIZE=3", "RCPT TO:<user2@north.example> SIZE=3" },
        { "user Alice, domain north.example", "user user1, domain north.example" },
        { "alice is in INBOX.", "user1 is in INBOX." },
        { "malice and alice", "malice and user1" },
        { "postmaster@north.example", "postmaster@north.example" },
        { "from=alice@north.example,alice@south.example",
          "from=user1@north.example,user1@south.example" },
        { "\"j. doe\"@x.example wrote", "user3@x.example wrote" },
        { "rule: Subject contains \"my secret\" then junk",
          "rule: Subject contains \"...\" then junk" },
        { "127.0.0.2 calls, 10.1.2.3 too: 10.1.2.3:25",
          "127.0.0.2 calls, 192.0.2.1 too: 192.0.2.1:25" },
        { "[IPv6:2a00::7] and ::1", "[IPv6:2001:db8::2] and ::1" },
        { "at 09:00:00, 2.1.5, smtp-1", "at 09:00:00, 2.1.5, smtp-1" },
        { "south.filter:2 and mail/hello.eml", "south.filter:2 and mail/hello.eml" },
    };
    g_autoptr(TracePseudonyms) names = trace_pseudonyms_new();

    trace_pseudonyms_learn(names, "alice@north.example, Bob <bob@north.example>");
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *told = trace_pseudonyms_text(names, texts[i].from);

        g_assert_cmpstr(told, ==, texts[i].to);
    }
    g_autofree char *one = trace_pseudonyms_text(names, "mail.school.edu");
    g_autofree char *two = trace_pseudonyms_text(names, "MAIL.school.edu");

    g_assert_cmpstr(one, ==, two);
    g_assert_true(g_str_has_prefix(one, "d") && g_str_has_suffix(one, ".example"));
}

/* @line as it is handed out after @before has been seen, too. */
static char *
handed(const char *before, const char *line)
{
    g_autoptr(TraceHandout) handout = trace_handout_new();

    trace_handout_learn(handout, before, strlen(before));
    trace_handout_learn(handout, line, strlen(line));
    return trace_handout_line(handout, line, strlen(line));
}

static void
test_message(void)
{
    g_test_summary("of a message its way stays: no body, no subject, no display name");
    g_autofree char *told = handed(
        "{}", "{\"seq\":1,\"time\":\"2026-01-05T09:00:00.120Z\",\"kind\":\"wire\",\"text\":\"a "
              "message of 3 octets\",\"data\":{\"octets\":3,"
              "\"head\":\"Received: from laptop ([10.0.0.7])\\n\\tby mx.north.example\\n"
              "From: \\\"Ann Smith\\\" <ann@north.example>\\nTo: Ben Miller <ben@x.example>\\n"
              "Subject: the divorce\\n of Ann\\nX-Diary: dear\\nMessage-ID: <secret.7@laptop>\\n\","
              "\"start\":\"Dear Ben\"}}");
    g_autoptr(TraceEvent) event = trace_event_parse(told, strlen(told), NULL);
    g_autofree char *head = trace_event_data(event, "head");
    g_autofree char *octets = trace_event_data(event, "octets");

    g_assert_cmpstr(octets, ==, "3");
    g_assert_nonnull(strstr(head, "From: <user1@north.example>\nTo: <user2@x.example>\n"));
    g_assert_nonnull(strstr(head, "Subject: (left out)\nX-Diary: (left out)\n"));
    g_assert_nonnull(strstr(head, "@trace.example>"));
    for (const char *const *word =
             (const char *const[]){ "Ann", "ann", "Ben", "Smith", "Miller", "divorce", "dear",
                                    "Dear", "secret", "10.0.0.7", NULL };
         *word != NULL; word++)
        g_assert_null(strstr(told, *word));
}

static void
test_unknown(void)
{
    g_test_summary("data that nobody has thought about stays at home, and so does the world file");
    g_autofree char *told =
        handed("{}", "{\"seq\":1,\"text\":\"x\",\"diary\":\"dear\",\"data\":{\"new\":\"dear\","
                     "\"deep\":{\"a\":[\"dear\"]},\"list\":[\"dear\"],\"code\":250}}");
    g_autofree char *header =
        handed("{}", "{\"journal\":1,\"seed\":7,\"world\":\"accounts = ann:dear\","
                     "\"files\":{\"a\":\"dear\"},\"first\":1}");

    g_assert_null(strstr(told, "dear"));
    g_assert_nonnull(strstr(told, "250"));
    g_assert_null(strstr(header, "dear"));
    g_assert_null(strstr(header, "ann"));
    g_assert_nonnull(strstr(header, "\"seed\":7"));
}

static void
test_alone(void)
{
    g_test_summary("a name that stands alone before and after it was seen in an address");
    g_autofree char *told =
        handed("{\"seq\":9,\"text\":\"x\",\"data\":{\"line\":\"VRFY zed\",\"local\":\"carla\"}}",
               "{\"seq\":1,\"user\":\"carla\",\"text\":\"carla asks for zed\",\"data\":{\"line\":"
               "\"a1 UID SEARCH SUBJECT wedding\",\"params\":[1,\"carla\",\"free text\"],"
               "\"after\":[{\"user\":\"carla\",\"header_subject\":\"wedding\",\"id\":1}]}}");

    for (const char *const *word =
             (const char *const[]){ "carla", "zed", "wedding", "free text", NULL };
         *word != NULL; word++)
        g_assert_null(strstr(told, *word));
    g_assert_nonnull(strstr(told, "SEARCH ..."));
    g_assert_nonnull(strstr(told, "\"id\":1"));
}

static void
test_hostile(void)
{
    g_test_summary("cut at each octet, too deep, no object: left out or handed out, never a crash");
    static const char line[] =
        "{\"seq\":1,\"text\":\"\\\"a\\\\\\\"@b.example <@> @ a@ \\u00e9@x.example\",\"data\":{"
        "\"head\":\":\\n x\\n\\nFrom\\n \",\"line\":\"EHLO "
        "\",\"message_id\":\"<<>\",\"user\":\"@\"}}";
    g_autoptr(TraceHandout) handout = trace_handout_new();

    for (gsize length = 0; length <= strlen(line); length++) {
        g_autofree char *cut = g_strndup(line, length);

        trace_handout_learn(handout, cut, length);
        g_autofree char *told = trace_handout_line(handout, cut, length);

        g_assert_true((told != NULL) == (length == strlen(line)));
    }
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autofree char *none = trace_handout_line(handout, deep, 100000);
    g_autofree char *list = trace_handout_line(handout, "[1]", 3);

    g_assert_null(none);
    g_assert_null(list);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/handout/names", test_names);
    g_test_add_func("/trace/handout/message", test_message);
    g_test_add_func("/trace/handout/unknown", test_unknown);
    g_test_add_func("/trace/handout/alone", test_alone);
    g_test_add_func("/trace/handout/hostile", test_hostile);
    return g_test_run();
}
