/* tests/test_smtp_bounce_text.c - the text of a report (smtp/bounce_text.c, bounce_lines.c). */
#include <locale.h>

#include "smtp/bounce_text.h"
#include "tests/smtp_world.h"

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

/* A report about carol, whose facts a test may change. */
typedef struct Report {
    SmtpBounceOne one;
    GString *message;
    SmtpBounceText text;
} Report;

static void
report_init(Report *report, const GPtrArray *attempts)
{
    report->one = (SmtpBounceOne){ .recipient = "carol@south.example",
                                   .action = SMTP_BOUNCE_FAILED,
                                   .status = "5.1.1",
                                   .diagnostic = "550 5.1.1 no such user",
                                   .remote = "mx.south.example",
                                   .attempts = attempts };
    report->message = g_string_new("Subject: hello\r\nX-A: b\r\n");
    report->text = (SmtpBounceText){ .hostname = "mx.north.example",
                                     .sender = "alice@north.example",
                                     .token = "abcdefghij",
                                     .journey = "j3",
                                     .message = report->message,
                                     .now_s = WORLD_START_S + 600,
                                     .arrived_s = WORLD_START_S,
                                     .retry_until_s = WORLD_START_S + 5 * 86400,
                                     .ones = &report->one,
                                     .count = 1 };
}

static void
report_clear(Report *report)
{
    g_string_free(report->message, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Report, report_clear)

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
    g_auto(Report) report = { 0 };
    report_init(&report, attempts);
    g_autoptr(GString) text = smtp_bounce_text(&report.text);
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
    g_auto(Report) report = { 0 };
    report_init(&report, attempts);
    g_autoptr(GString) text = smtp_bounce_text(&report.text);

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
    g_auto(Report) report = { 0 };
    g_autoptr(GString) text = NULL;

    report_init(&report, attempts);
    report.one.action = SMTP_BOUNCE_DELAYED;
    report.one.remote = NULL;
    report.one.diagnostic = "no connection";
    text = smtp_bounce_text(&report.text);
    assert_has(text, "\r\nAction: delayed\r\n");
    assert_has(text, "\r\nWill-Retry-Until: Sat, 10 Jan 2026 09:00:00 +0000\r\n");
    assert_has(text, "\r\nDiagnostic-Code: x-glasspost; no connection\r\n");
    g_assert_null(strstr(text->str, "Remote-MTA"));
}

static void
test_remote_without_name(void)
{
    g_test_summary("RFC 3461 §9.3: a host that has an address and no name is an address literal");
    g_autoptr(GPtrArray) attempts = attempts_new(1);
    g_auto(Report) report = { 0 };
    g_autoptr(GString) four = NULL, six = NULL;

    report_init(&report, attempts);
    report.one.remote = "127.0.0.3";
    four = smtp_bounce_text(&report.text);
    report.one.remote = "::1";
    six = smtp_bounce_text(&report.text);
    assert_has(four, "\r\nRemote-MTA: dns; [127.0.0.3]\r\n");
    assert_has(six, "\r\nRemote-MTA: dns; [IPv6:::1]\r\n");
}

static void
test_hostile_words(void)
{
    g_test_summary("RFC 3464 §2.3.6: a peer's words stay in their field, in ASCII, in bounds");
    g_autoptr(GPtrArray) attempts = attempts_new(200);
    g_auto(Report) report = { 0 };
    g_autofree char *endless = g_strnfill(50000, 'x');
    g_autofree char *diagnostic =
        g_strdup_printf("550 a\r\n\r\n--=_abcdefghij\r\nX: y\x1b[2J \xc3\xbc %s", endless);
    g_autoptr(GString) text = NULL;

    report_init(&report, attempts);
    report.one.diagnostic = diagnostic;
    g_string_assign(report.message, "Subject: \xff\xfe\x1b\r\nno end of line");
    text = smtp_bounce_text(&report.text);
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
    g_auto(Report) report = { 0 };
    report_init(&report, attempts);
    g_autoptr(GString) text = smtp_bounce_text(&report.text);
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

static void
test_several(void)
{
    g_test_summary("RFC 3464 §2.3: a block a recipient; the most serious names the report");
    g_autoptr(GPtrArray) attempts = attempts_new(1);
    g_auto(Report) report = { 0 };
    SmtpBounceOne ones[2];
    g_autoptr(GString) text = NULL;

    report_init(&report, attempts);
    ones[0] = report.one;
    ones[0].original = "rfc822;Carol@south.example";
    ones[1] = (SmtpBounceOne){ .recipient = "dave@south.example",
                               .action = SMTP_BOUNCE_RELAYED,
                               .status = "2.0.0",
                               .diagnostic = "250 ok",
                               .remote = "mx.south.example",
                               .attempts = attempts };
    report.text.ones = ones;
    report.text.count = 2;
    report.text.envelope = "QQ 1";
    text = smtp_bounce_text(&report.text);
    assert_has(text, "\r\nSubject: Your message could not be delivered\r\n");
    assert_has(text, "\r\n\r\nOriginal-Envelope-Id: QQ 1\r\nReporting-MTA: ");
    assert_has(text, "\r\n\r\nOriginal-Recipient: rfc822;Carol@south.example\r\n"
                     "Final-Recipient: rfc822; carol@south.example\r\nAction: failed\r\n");
    assert_has(text, "\r\n\r\nFinal-Recipient: rfc822; dave@south.example\r\nAction: relayed\r\n"
                     "Status: 2.0.0\r\nRemote-MTA: dns; mx.south.example\r\n"
                     "Diagnostic-Code: smtp; 250 ok\r\n");
    assert_has(text, "Attempts for <carol@south.example>: 1");
    assert_line_lengths(text);
}

static void
test_whole(void)
{
    g_test_summary("RFC 3461 §4.3: RET=FULL brings the message back, octet for octet");
    g_autoptr(GPtrArray) attempts = attempts_new(1);
    g_auto(Report) report = { 0 };
    g_autoptr(GString) text = NULL, plain = NULL;

    report_init(&report, attempts);
    report.text.whole = TRUE;
    g_string_assign(report.message, "Subject: a\r\n\r\n--=_other\r\n\tb\r\n");
    plain = smtp_bounce_text(&report.text);
    assert_has(plain, "Content-Type: message/rfc822\r\nContent-Description: Undelivered message\r\n"
                      "\r\nSubject: a\r\n\r\n--=_other\r\n\tb\r\n\r\n--=_abcdefghij--\r\n");
    g_assert_null(strstr(plain->str, "8bit"));
    g_string_append(report.message, "\xc3\xbc\r\n");
    text = smtp_bounce_text(&report.text);
    g_assert_nonnull(strstr(strstr(text->str, "8bit") + 1, "8bit")); /* outside and inside */
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/bounce-text/three-parts", test_three_parts);
    g_test_add_func("/smtp/bounce-text/fields", test_fields);
    g_test_add_func("/smtp/bounce-text/delayed", test_delayed);
    g_test_add_func("/smtp/bounce-text/remote-without-name", test_remote_without_name);
    g_test_add_func("/smtp/bounce-text/hostile-words", test_hostile_words);
    g_test_add_func("/smtp/bounce-text/second-opinion", test_second_opinion);
    g_test_add_func("/smtp/bounce-text/several", test_several);
    g_test_add_func("/smtp/bounce-text/whole", test_whole);
    return g_test_run();
}
