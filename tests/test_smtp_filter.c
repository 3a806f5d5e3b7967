/* tests/test_smtp_filter.c - judgements: where rules hold, and what comes of it (smtp/filter.c). */
#include "smtp/filter.h"
#include "tests/smtp_taking.h"

#define GTUBE "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

static const char mail[] = "From: <carol@south.example>\r\n"
                           "Subject: You won the LOTTERY\r\n"
                           "X-Note: =?utf-8?B?c2VjcmV0IG9mZmVy?=\r\n"
                           "MIME-Version: 1.0\r\n"
                           "Content-Type: multipart/mixed; boundary=b\r\n"
                           "\r\n"
                           "--b\r\n\r\nhello\r\n"
                           "--b\r\n"
                           "Content-Type: application/octet-stream; name=old.txt\r\n"
                           "Content-Disposition: attachment; filename=\"Setup.EXE\"\r\n"
                           "\r\nMZ\r\n"
                           "--b--\r\n";

/* Judges @octets at @point by @rules; the judgement is the caller's. */
static SmtpJudgement *
judge_octets(World *world, const char *rules, SmtpPoint point, const char *octets)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmtpFilter) filter = smtp_filter_parse("rules", rules, &error);
    g_autoptr(StoreDraft) draft = store_draft_new(world->store);
    SmtpJudgement *judgement = smtp_judgement_new();
    SmtpCase look = { "127.0.0.66",          "localhost", "carol@south.example",
                      "sales@north.example", 2,           draft };

    g_assert_no_error(error);
    g_assert_true(store_draft_append(draft, octets, strlen(octets), &error));
    store_draft_finish(draft);
    smtp_filter_judge(filter, NULL, point, &look, judgement);
    smtp_filter_header(filter, judgement, "mx.north.example", judgement->headers);
    return judgement;
}

static void
expect_at(World *world, const char *rules, SmtpPoint point, SmtpVerdict verdict)
{
    g_autoptr(SmtpJudgement) judgement = judge_octets(world, rules, point, mail);

    g_assert_cmpint(judgement->verdict, ==, verdict);
}

static void
expect(World *world, const char *rules, SmtpVerdict verdict)
{
    expect_at(world, rules, SMTP_AT_DATA, verdict);
}

static void
test_content(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary("each kind of test of the content, where it holds and where it does not");
    expect(world, "if header Subject contains \"lottery\" then junk", SMTP_JUNK);
    expect(world, "if header subject contains \"meeting\" then junk", SMTP_ACCEPT);
    expect(world, "if header Reply-To contains \"\" then junk", SMTP_ACCEPT);
    expect(world, "if header X-Note is \"secret offer\" then hold", SMTP_HOLD);
    expect(world, "if attachment matches \"*.exe\" then refuse", SMTP_REFUSE);
    expect(world, "if attachment is \"old.txt\" then refuse", SMTP_REFUSE);
    expect(world, "if attachment matches \"*.zip\" then refuse", SMTP_ACCEPT);
    expect(world, "if attachment-type is \"application/octet-stream\" then refuse", SMTP_REFUSE);
    expect(world, "if attachment-type matches \"image/*\" then refuse", SMTP_ACCEPT);
    expect(world, "if body contains \"HELLO\" then junk", SMTP_JUNK);
    expect(world, "if body contains \"mz\" then junk", SMTP_ACCEPT);
    expect(world, "if size over 10K then junk", SMTP_ACCEPT);
    expect(world, "if size over 100 then junk", SMTP_JUNK);
    expect(world, "if size under 1M then junk", SMTP_JUNK);
    expect(world, "if gtube then junk", SMTP_ACCEPT);
}

static void
test_points(void)
{
    static const struct {
        const char *rule;
        SmtpPoint point;
    } cases[] = {
        { "if client is \"127.0.0.66\" then refuse", SMTP_AT_CONNECT },
        { "if helo is \"LOCALHOST\" then refuse", SMTP_AT_MAIL },
        { "if sender is \"Carol@South.example\" then refuse", SMTP_AT_MAIL },
        { "if sender matches \"*@south.example\" then refuse", SMTP_AT_MAIL },
        { "if recipient is \"sales@north.example\" then refuse", SMTP_AT_RCPT },
        { "if size over 1 then refuse", SMTP_AT_DATA },
    };
    g_autoptr(World) world = world_new();

    g_test_summary("a rule is tried at the point where what it looks at is known, and only there");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        for (guint point = SMTP_AT_CONNECT; point <= SMTP_AT_DATA; point++)
            expect_at(world, cases[i].rule, (SmtpPoint)point,
                      (SmtpPoint)point == cases[i].point ? SMTP_REFUSE : SMTP_ACCEPT);
}

/* How the first part's attachment is named is the sender's choice: any octets. */
static void
expect_name(World *world, const char *parameter, const char *pattern, SmtpVerdict verdict)
{
    g_autofree char *rule = g_strdup_printf("if attachment matches \"%s\" then junk", pattern);
    g_autofree char *text =
        g_strdup_printf("Content-Type: application/pdf; name%s\r\n\r\nx\r\n", parameter);
    g_autoptr(SmtpJudgement) judgement = judge_octets(world, rule, SMTP_AT_DATA, text);

    g_assert_cmpint(judgement->verdict, ==, verdict);
}

static void
test_patterns(void)
{
    g_autoptr(World) world = world_new();
    g_autofree char *many = g_strnfill(500, 'a');
    g_autofree char *none = g_strdup_printf("=\"%s\"", many);
    g_autofree char *crowded = g_strdup_printf("=\"%sb\"", many);

    g_test_summary("patterns: any octets, and never slow");
    expect_name(world, "=\"invoice.pdf\"", "*", SMTP_JUNK);
    expect_name(world, "=\"invoice.pdf\"", "inv*e.p?f", SMTP_JUNK);
    expect_name(world, "=\"invoice.pdf\"", "*i*.*f*", SMTP_JUNK);
    expect_name(world, "=\"invoice.pdf\"", "invoice.pdf?", SMTP_ACCEPT);
    expect_name(world, "=\"invoice.pdf\"", "invoice", SMTP_ACCEPT);
    expect_name(world, "=\"invoice.pdf\"", "*.pdf.exe", SMTP_ACCEPT);
    expect_name(world, "=\"invoice\"", "*o*\xd6", SMTP_ACCEPT); /* no UTF-8: it matches nothing */
    expect_name(world, "=\"invoice\xd6\"", "*a*b", SMTP_ACCEPT);
    expect_name(world, none, "*a*a*a*a*a*a*a*a*a*a*a*a*b", SMTP_ACCEPT);
    expect_name(world, crowded, "*a*a*a*a*a*a*a*a*a*a*a*a*b", SMTP_JUNK);
}

static void
test_encoded_names(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary("RFC 2231 §3, §4: a name that is encoded or in pieces is decoded first");
    expect_name(world, "*=utf-8''r%C3%A9sum%C3%A9%2Eexe", "*.exe", SMTP_JUNK);
    expect_name(world, "*0=\"invoice.p\"; name*1=\"df.exe\"", "*.pdf.exe", SMTP_JUNK);
    expect_name(world, "*0*=utf-8''a%2E; name*1=\"exe\"", "a.exe", SMTP_JUNK);
    expect_name(world, "=\"=?utf-8?B?YS5leGU=?=\"", "a.exe", SMTP_JUNK);
}

static void
expect_text(World *world, const char *octets, const char *rule, SmtpVerdict verdict)
{
    g_autoptr(SmtpJudgement) judgement = judge_octets(world, rule, SMTP_AT_DATA, octets);

    g_assert_cmpint(judgement->verdict, ==, verdict);
}

static void
test_twice(void)
{
    static const char subjects[] = "Subject: hello\r\nSUBJECT: =?utf-8?Q?lott=65ry?=\r\n"
                                   "X-Note: a\r\nX-Note: b\r\n\r\nx\r\n";
    g_autoptr(World) world = world_new();

    g_test_summary("what stands there twice is looked at twice: the reader may see the other one");
    expect_text(world, subjects, "if header Subject contains \"lottery\" then junk", SMTP_JUNK);
    expect_text(world, subjects, "if header Subject is \"hello\" then junk", SMTP_JUNK);
    expect_text(world, subjects, "if header X-Note is \"b\" then junk", SMTP_JUNK);
    expect_text(world, subjects, "if header X-Note is \"c\" then junk", SMTP_ACCEPT);
    expect_name(world, "=a.txt; name=a.exe", "*.exe", SMTP_JUNK);
    expect_name(world, "=a.exe; name=a.txt", "*.exe", SMTP_JUNK);
    expect_name(world, "=\"a.txt\"; name*=utf-8''a.exe", "*.exe", SMTP_JUNK);
    expect_name(world,
                "=a.txt\r\nContent-Disposition: attachment; filename=b.txt"
                "\r\nContent-Disposition: attachment; filename=a.exe",
                "*.exe", SMTP_JUNK);
    expect_name(world, "=a.txt\r\nContent-Type: text/plain; name=a.exe", "*.exe", SMTP_JUNK);
    expect_name(world, "=a.txt\r\nContent-Type: program; name=a.exe", "*.exe", SMTP_JUNK);
}

static void
test_careless_names(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary(
        "a name without the semicolon before it, or without what it belongs to, is a name");
    expect_text(world, "Content-Type: application/pdf name=a.exe\r\n\r\nx\r\n",
                "if attachment matches \"*.exe\" then junk", SMTP_JUNK);
    expect_name(world, "=a\r\nContent-Disposition: attachment filename=a.exe", "*.exe", SMTP_JUNK);
    expect_name(world, "=a\r\nContent-Disposition: attachment (b) filename*=utf-8''a%2Eexe",
                "*.exe", SMTP_JUNK);
    expect_name(world, "=a\r\nContent-Disposition: filename=\"a.exe\"", "*.exe", SMTP_JUNK);
    expect_name(world, "=a\r\nContent-Disposition: ; filename=a.exe", "*.exe", SMTP_JUNK);
    expect_name(world, "=a\r\nContent-Disposition: attachment filename", "*.exe", SMTP_ACCEPT);
}

static void
test_saved_as(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary("dots and spaces at the end of a name hide nothing: a saved file has none");
    expect_name(world, "=\"a.exe.\"", "*.exe", SMTP_JUNK);
    expect_name(world, "=\"a.exe . \"", "*.exe", SMTP_JUNK);
    expect_name(world, "=\"a.\"", "a.", SMTP_JUNK);
    expect_name(world, "=\"a.exe.txt\"", "*.exe", SMTP_ACCEPT);
    expect_name(world, "=\"...\"", "*.exe", SMTP_ACCEPT);
}

static void
test_text(void)
{
    g_autoptr(World) world = world_new();
    g_autofree char *base64 = g_base64_encode((const guchar *)GTUBE "\r\n", strlen(GTUBE) + 2);
    g_autofree char *hidden = g_strdup_printf(
        "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n", base64);
    g_autofree char *picture = g_strdup_printf(
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n", base64);
    g_autofree char *filler = g_strnfill(300 * 1024, 'x');
    g_autofree char *far_away = g_strdup_printf("\r\n%s\r\n" GTUBE "\r\n", filler);
    g_autofree char *large = g_strdup_printf("\r\n" GTUBE "\r\n%s\r\n", filler);

    g_test_summary("the text is searched as its reader sees it, up to 256 KB of it");
    expect_text(world, "\r\n" GTUBE "\r\n", "if gtube then junk", SMTP_JUNK);
    expect_text(world, hidden, "if gtube then junk", SMTP_JUNK);
    expect_text(world, picture, "if gtube then junk", SMTP_ACCEPT);
    expect_text(world, large, "if gtube then junk", SMTP_JUNK);
    expect_text(world, far_away, "if gtube then junk", SMTP_ACCEPT);
    expect_text(world,
                "Content-Type: text/plain; charset=iso-8859-1\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n\r\nw=E4re es\r\n",
                "if body contains \"w\303\244re\" then junk", SMTP_JUNK);
    expect_text(world, "\r\na =\r\nb\r\n", "if body contains \"a b\" then junk", SMTP_ACCEPT);
    expect_text(world, "", "if body contains \"a\" then junk", SMTP_ACCEPT);
}

static void
test_order(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary("the first rule that decides ends its point");
    expect(world, "if size over 1 then accept\nif size over 1 then junk", SMTP_ACCEPT);
    expect(world, "if size over 1 then junk\nif size over 1 then refuse", SMTP_JUNK);
    expect(world, "if size over 1 then tag \"X-A: b\"\nif size over 1 then refuse", SMTP_REFUSE);
    expect(world, "", SMTP_ACCEPT);
    expect(world, "# only a comment\n\n   \r\n", SMTP_ACCEPT);
}

static void
test_effects(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(SmtpJudgement) judgement =
        judge_octets(world,
                     "if size over 1 then tag \"X-Sales: yes\" # goes on\n"
                     "if size over 1 then archive\n"
                     "if size over 1 then refuse \"no, thank you\"\n",
                     SMTP_AT_DATA, mail);

    g_test_summary("tags, the wish for a copy, and the words of a refusal");
    g_assert_true(g_str_has_prefix(judgement->headers->str, "X-Sales: yes\r\n"));
    g_assert_true(judgement->archive);
    g_assert_cmpstr(judgement->archive_why, ==, "if size over 1 then archive");
    g_assert_cmpstr(judgement->reply, ==, "no, thank you");
}

static void
test_header(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GString) rules = g_string_new(NULL);

    g_test_summary("RFC 5322 §2.2.3: the verdict's field names each rule tried, and is folded");
    g_autoptr(SmtpJudgement) few = judge_octets(world,
                                                "if client is \"10.0.0.1\" then refuse\n"
                                                "if header Subject contains \"ham\" then accept\n"
                                                "if size over 1 then junk\n"
                                                "if size over 1 then refuse\n",
                                                SMTP_AT_DATA, mail);
    g_assert_cmpstr(few->headers->str, ==,
                    "X-Glasspost-Filter: junk (mx.north.example)\r\n"
                    "\tline 2 no match, line 3 junk\r\n");
    for (guint i = 0; i < 1000; i++)
        g_string_append(rules, "if size over 10M then junk\n");
    g_autoptr(SmtpJudgement) many = judge_octets(world, rules->str, SMTP_AT_DATA, mail);
    g_auto(GStrv) lines = g_strsplit(many->headers->str, "\r\n", -1);
    for (char **line = lines; *line != NULL; line++)
        g_assert_cmpuint(strlen(*line), <=, 78);
    g_assert_true(g_str_has_suffix(many->headers->str, "and 900 more\r\n"));
}

static void
test_adding(void)
{
    g_autoptr(SmtpJudgement) message = smtp_judgement_new(), recipient = smtp_judgement_new();

    g_test_summary("of several points the strictest verdict counts");
    message->verdict = SMTP_JUNK;
    recipient->verdict = SMTP_HOLD;
    g_string_append(recipient->headers, "X-A: b\r\n");
    smtp_judgement_add(message, recipient);
    g_assert_cmpint(message->verdict, ==, SMTP_HOLD);
    g_assert_cmpstr(message->headers->str, ==, "X-A: b\r\n");
    recipient->verdict = SMTP_ACCEPT;
    smtp_judgement_add(message, recipient);
    g_assert_cmpint(message->verdict, ==, SMTP_HOLD);
}

static void
test_no_filter(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(StoreDraft) draft = store_draft_new(world->store);
    g_autoptr(SmtpJudgement) judgement = smtp_judgement_new();
    SmtpCase look = { .draft = draft };

    g_test_summary("a host without a filter accepts, and writes no field");
    store_draft_finish(draft);
    g_assert_cmpint(smtp_filter_judge(NULL, NULL, SMTP_AT_DATA, &look, judgement), ==, SMTP_ACCEPT);
    smtp_filter_header(NULL, judgement, "mx.north.example", judgement->headers);
    g_assert_cmpuint(judgement->headers->len, ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/filter/content", test_content);
    g_test_add_func("/smtp/filter/points", test_points);
    g_test_add_func("/smtp/filter/patterns", test_patterns);
    g_test_add_func("/smtp/filter/encoded-names", test_encoded_names);
    g_test_add_func("/smtp/filter/twice", test_twice);
    g_test_add_func("/smtp/filter/careless-names", test_careless_names);
    g_test_add_func("/smtp/filter/saved-as", test_saved_as);
    g_test_add_func("/smtp/filter/text", test_text);
    g_test_add_func("/smtp/filter/order", test_order);
    g_test_add_func("/smtp/filter/effects", test_effects);
    g_test_add_func("/smtp/filter/header", test_header);
    g_test_add_func("/smtp/filter/adding", test_adding);
    g_test_add_func("/smtp/filter/no-filter", test_no_filter);
    return g_test_run();
}
