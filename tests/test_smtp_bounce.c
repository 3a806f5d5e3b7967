/* tests/test_smtp_bounce.c - reports about mail that could not be delivered (smtp/bounce.c). */
#include <locale.h>

#include "smtp/bounce_text.h"
#include "tests/smtp_world.h"

/* ---- the text alone ---- */

static GPtrArray *
attempts_new(guint count)
{
    GPtrArray *attempts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < count; i++) {
        StoreAttempt *attempt = g_new0(StoreAttempt, 1);

        attempt->when_s = WORLD_START_S + i * 300;
        attempt->host = (char *)"mx.south.example";
        attempt->address = (char *)"127.0.0.3";
        attempt->words = (char *)"451 4.3.0 not now";
        g_ptr_array_add(attempts, attempt);
    }
    return attempts;
}

static SmtpBounceText
report_new(const GPtrArray *attempts)
{
    return (SmtpBounceText){ .hostname = "mx.north.example",
                             .sender = "alice@north.example",
                             .recipient = "carol@south.example",
                             .action = SMTP_BOUNCE_FAILED,
                             .status = "5.1.1",
                             .diagnostic = "550 5.1.1 no such user",
                             .remote = "mx.south.example",
                             .token = "abcdefghij",
                             .journey = "j3",
                             .header = "Subject: hello\r\nX-A: b\r\n",
                             .now_s = WORLD_START_S + 600,
                             .arrived_s = WORLD_START_S,
                             .retry_until_s = WORLD_START_S + 5 * 86400,
                             .attempts = attempts };
}

static void
assert_line_lengths(const GString *text)
{
    g_auto(GStrv) lines = g_strsplit(text->str, "\r\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_assert_cmpuint(strlen(lines[i]), <=, 998);
        g_assert_null(strpbrk(lines[i], "\r\n"));
        for (const char *octet = lines[i]; *octet != '\0'; octet++)
            g_assert_true(*octet >= ' ' && *octet <= '~');
    }
}

static void
assert_has(const GString *text, const char *part)
{
    if (strstr(text->str, part) == NULL)
        g_error("no '%s' in:\n%s", part, text->str);
}

static void
test_three_parts(void)
{
    g_test_summary("RFC 3464 §2: multipart/report with text, delivery-status and the header");
    static const char *const types[] = { "multipart/report", "text/plain",
                                         "message/delivery-status", "text/rfc822-headers" };
    g_autoptr(GPtrArray) attempts = attempts_new(2);
    SmtpBounceText report = report_new(attempts);
    g_autoptr(GString) text = smtp_bounce_text(&report);
    g_autoptr(StoreIndex) index = store_index_new();
    g_autofree char *subject = NULL;

    store_index_feed(index, text->str, text->len);
    store_index_finish(index);
    g_assert_cmpuint(store_index_count(index), ==, G_N_ELEMENTS(types));
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        const StorePart *part = store_index_part(index, i);
        g_autofree char *type = g_strconcat(part->type, "/", part->subtype, NULL);
        g_assert_cmpstr(type, ==, types[i]);
    }
    subject = store_index_header(index, "Subject");
    g_assert_cmpstr(subject, ==, "Your message could not be delivered");
    assert_line_lengths(text);
}

static void
test_fields(void)
{
    g_test_summary("RFC 3464 §2.2, §2.3: the fields for programs");
    g_autoptr(GPtrArray) attempts = attempts_new(2);
    SmtpBounceText report = report_new(attempts);
    g_autoptr(GString) text = smtp_bounce_text(&report);

    assert_has(text, "\r\n\r\nReporting-MTA: dns; mx.north.example\r\n"
                     "Arrival-Date: Mon, 5 Jan 2026 09:00:00 +0000\r\n\r\n"
                     "Final-Recipient: rfc822; carol@south.example\r\n"
                     "Action: failed\r\n"
                     "Status: 5.1.1\r\n"
                     "Remote-MTA: dns; mx.south.example\r\n"
                     "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
                     "Last-Attempt-Date: Mon, 5 Jan 2026 09:05:00 +0000\r\n\r\n");
    assert_has(text, "\r\nAuto-Submitted: auto-replied\r\n");
    assert_has(text, "\r\nTo: <alice@north.example>\r\n");
    assert_has(text, "\r\n\r\nSubject: hello\r\nX-A: b\r\n\r\n--=_abcdefghij--\r\n");
    g_assert_null(strstr(text->str, "Will-Retry-Until"));
}

static void
test_delayed(void)
{
    g_test_summary("RFC 3464 §2.3.9: a delay notice says until when we try");
    g_autoptr(GPtrArray) attempts = attempts_new(1);
    SmtpBounceText report = report_new(attempts);
    g_autoptr(GString) text = NULL;

    report.action = SMTP_BOUNCE_DELAYED;
    report.remote = NULL;
    report.diagnostic = "no connection";
    text = smtp_bounce_text(&report);
    assert_has(text, "\r\nAction: delayed\r\n");
    assert_has(text, "\r\nWill-Retry-Until: Sat, 10 Jan 2026 09:00:00 +0000\r\n");
    assert_has(text, "\r\nDiagnostic-Code: x-glasspost; no connection\r\n");
    g_assert_null(strstr(text->str, "Remote-MTA"));
}

static void
test_hostile_words(void)
{
    g_test_summary("RFC 3464 §2.3.6: a peer's words stay in their field, in ASCII, in bounds");
    g_autoptr(GPtrArray) attempts = attempts_new(200);
    SmtpBounceText report = report_new(attempts);
    g_autofree char *endless = g_strnfill(50000, 'x');
    g_autofree char *diagnostic =
        g_strdup_printf("550 a\r\n\r\n--=_abcdefghij\r\nX: y\x1b[2J \xc3\xbc %s", endless);
    g_autoptr(GString) text = NULL;

    report.diagnostic = diagnostic;
    report.header = "Subject: \xff\xfe\x1b\r\nno end of line";
    text = smtp_bounce_text(&report);
    assert_line_lengths(text);
    g_assert_cmpuint(text->len, <, 16000);
    g_assert_null(strstr(text->str, "\r\nX: y"));
    assert_has(text, "Attempts: 200, of which the last:");
}

/* Python's email package is a second opinion that knows nothing of us. */
static void
test_second_opinion(void)
{
    g_test_summary("RFC 6522 §3: another program reads the same parts out of it");
    static const char program[] =
        "import sys, email\n"
        "m = email.message_from_binary_file(open(sys.argv[1], 'rb'))\n"
        "p = m.get_payload()\n"
        "s = p[1].get_payload()\n"
        "print(m.get_content_type(), m.get_param('report-type'), len(p), len(m.defects),\n"
        "      p[0].get_content_type(), p[1].get_content_type(), p[2].get_content_type(),\n"
        "      len(s), s[0]['Reporting-MTA'], s[1]['Action'], s[1]['Status'], sep='|')\n";
    g_autofree char *python = g_find_program_in_path("python3");
    g_autoptr(GPtrArray) attempts = attempts_new(3);
    SmtpBounceText report = report_new(attempts);
    g_autoptr(GString) text = smtp_bounce_text(&report);
    g_autofree char *path = NULL;
    g_autofree char *out = NULL;
    int file;

    if (python == NULL) {
        g_test_skip("python3 is not installed");
        return;
    }
    file = g_file_open_tmp("glasspost-XXXXXX", &path, NULL);
    g_assert_true(g_close(file, NULL));
    g_assert_true(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
    char *argv[] = { python, (char *)"-c", (char *)program, path, NULL };
    g_assert_true(
        g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, NULL, NULL));
    g_unlink(path);
    g_assert_cmpstr(out, ==,
                    "multipart/report|delivery-status|3|0|text/plain|message/delivery-status|"
                    "text/rfc822-headers|2|dns; mx.north.example|failed|5.1.1\n");
}

/* ---- where it goes ---- */

/* Bounces a message from @sender that has just joined the queue. */
static void
bounce(World *world, const char *sender)
{
    static const char *const carol[] = { "carol@south.example", NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", NULL);
    g_autoptr(GPtrArray) rows = NULL;

    world_queue(world, sender, WORLD_MESSAGE, FALSE, carol);
    rows = world_rows(world);
    g_assert_true(smtp_bounce(&world->host, trace, g_ptr_array_index(rows, rows->len - 1),
                              SMTP_BOUNCE_FAILED, "5.1.1", "550 5.1.1 no such user",
                              "mx.south.example", &error));
    g_assert_no_error(error);
    g_assert_true(store_commit(world->store, &error));
}

static void
test_to_account(void)
{
    g_test_summary("RFC 5321 §6.1: the report lies in the sender's mailbox, its own sender is <>");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) inbox = NULL;

    bounce(world, "alice@north.example");
    inbox = world_inbox(world);
    g_assert_cmpuint(inbox->len, ==, 1);
    g_assert_true(g_str_has_prefix(g_ptr_array_index(inbox, 0), "Return-Path: <>\r\n"));
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 0), "550 5.1.1 no such user"));
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 0), "\r\nSubject: hello\r\n"));
    g_assert_cmpuint(world_told(world, "\"reports_on\":\"j1\""), ==, 1);
}

static void
test_to_another_domain(void)
{
    g_test_summary("RFC 5321 §6.1: a sender elsewhere gets it by the queue, with the null sender");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL;
    const StoreQueueItem *item;

    bounce(world, "erin@west.example");
    rows = world_rows(world);
    g_assert_cmpuint(rows->len, ==, 2);
    item = g_ptr_array_index(rows, 1);
    g_assert_cmpstr(item->sender, ==, "");
    g_assert_cmpstr(item->recipient, ==, "erin@west.example");
    g_assert_cmpstr(item->journey, ==, "j2");
}

static void
test_nobody(void)
{
    g_test_summary("RFC 5321 §6.1: no report for a report, none for a sender who is nobody");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) inbox = NULL;

    bounce(world, "");
    g_assert_cmpuint(world_told(world, "a report is not answered by a report"), ==, 1);
    bounce(world, "nobody@north.example");
    g_assert_cmpuint(world_told(world, "the report is dropped"), ==, 1);
    inbox = world_inbox(world);
    g_assert_cmpuint(inbox->len, ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/bounce/three-parts", test_three_parts);
    g_test_add_func("/smtp/bounce/fields", test_fields);
    g_test_add_func("/smtp/bounce/delayed", test_delayed);
    g_test_add_func("/smtp/bounce/hostile-words", test_hostile_words);
    g_test_add_func("/smtp/bounce/second-opinion", test_second_opinion);
    g_test_add_func("/smtp/bounce/to-account", test_to_account);
    g_test_add_func("/smtp/bounce/to-another-domain", test_to_another_domain);
    g_test_add_func("/smtp/bounce/nobody", test_nobody);
    return g_test_run();
}
