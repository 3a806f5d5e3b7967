/* tests/test_smtp_filter.c - rules and judgements (smtp/filter.c, smtp/filter_rules.c). */
#include <locale.h>
#include <string.h>

#include "smtp/filter.h"

static const char mail[] = "From: <carol@south.example>\r\n"
                           "Subject: You won the LOTTERY\r\n"
                           "MIME-Version: 1.0\r\n"
                           "Content-Type: multipart/mixed; boundary=b\r\n"
                           "\r\n"
                           "--b\r\n\r\nhello\r\n"
                           "--b\r\n"
                           "Content-Type: application/octet-stream; name=old.txt\r\n"
                           "Content-Disposition: attachment; filename=\"Setup.EXE\"\r\n"
                           "\r\nMZ\r\n"
                           "--b--\r\n";

static SmtpJudgement *
judge(const char *rules)
{
    static const char *const recipients[] = { "bob@north.example", "sales@north.example", NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(SmtpFilter) filter = smtp_filter_parse("rules", rules, &error);
    g_autoptr(StoreIndex) index = store_index_new();

    g_assert_no_error(error);
    store_index_feed(index, mail, strlen(mail));
    store_index_finish(index);
    return smtp_filter_judge(filter, NULL, "carol@south.example", recipients, index, strlen(mail));
}

static void
expect(const char *rules, SmtpVerdict verdict)
{
    g_autoptr(SmtpJudgement) judgement = judge(rules);

    g_assert_cmpint(judgement->verdict, ==, verdict);
}

static void
test_tests(void)
{
    g_test_summary("each kind of test, where it holds and where it does not");
    expect("if header Subject contains \"lottery\" then junk", SMTP_JUNK);
    expect("if header subject contains \"meeting\" then junk", SMTP_ACCEPT);
    expect("if header Reply-To contains \"\" then junk", SMTP_ACCEPT);
    expect("if sender is \"Carol@South.example\" then refuse", SMTP_REFUSE);
    expect("if sender is \"carol@south\" then refuse", SMTP_ACCEPT);
    expect("if sender matches \"*@south.example\" then refuse", SMTP_REFUSE);
    expect("if recipient is \"sales@north.example\" then junk", SMTP_JUNK);
    expect("if recipient is \"alice@north.example\" then junk", SMTP_ACCEPT);
    expect("if attachment matches \"*.exe\" then refuse", SMTP_REFUSE);
    expect("if attachment is \"old.txt\" then refuse", SMTP_REFUSE);
    expect("if attachment matches \"*.zip\" then refuse", SMTP_ACCEPT);
    expect("if size over 10K then junk", SMTP_ACCEPT);
    expect("if size over 100 then junk", SMTP_JUNK);
    expect("if size under 1M then junk", SMTP_JUNK);
}

/* How the first part's attachment is named is the sender's choice: any octets. */
static void
expect_name(const char *name, const char *pattern, SmtpVerdict verdict)
{
    static const char *const recipients[] = { "bob@north.example", NULL };
    g_autofree char *rule = g_strdup_printf("if attachment matches \"%s\" then junk", pattern);
    g_autofree char *text =
        g_strdup_printf("Content-Type: application/pdf; name=\"%s\"\r\n\r\nx\r\n", name);
    g_autoptr(SmtpFilter) filter = smtp_filter_parse("rules", rule, NULL);
    g_autoptr(StoreIndex) index = store_index_new();

    g_assert_nonnull(filter);
    store_index_feed(index, text, strlen(text));
    store_index_finish(index);
    g_autoptr(SmtpJudgement) judgement =
        smtp_filter_judge(filter, NULL, "carol@south.example", recipients, index, strlen(text));
    g_assert_cmpint(judgement->verdict, ==, verdict);
}

static void
test_patterns(void)
{
    g_autofree char *many = g_strnfill(500, 'a');
    g_autofree char *crowded = g_strdup_printf("%sb", many);

    g_test_summary("patterns: any octets, and never slow");
    expect_name("invoice.pdf", "*", SMTP_JUNK);
    expect_name("invoice.pdf", "inv*e.p?f", SMTP_JUNK);
    expect_name("invoice.pdf", "*i*.*f*", SMTP_JUNK);
    expect_name("invoice.pdf", "invoice.pdf?", SMTP_ACCEPT);
    expect_name("invoice.pdf", "invoice", SMTP_ACCEPT);
    expect_name("invoice.pdf", "*.pdf.exe", SMTP_ACCEPT);
    expect_name("invoice", "*o*\xd6", SMTP_ACCEPT); /* no UTF-8: it matches nothing */
    expect_name("invoice\xd6", "*a*b", SMTP_ACCEPT);
    expect_name(many, "*a*a*a*a*a*a*a*a*a*a*a*a*b", SMTP_ACCEPT);
    expect_name(crowded, "*a*a*a*a*a*a*a*a*a*a*a*a*b", SMTP_JUNK);
}

static void
test_order(void)
{
    g_test_summary("the first rule that decides ends it");
    expect("if size over 1 then accept\nif size over 1 then junk", SMTP_ACCEPT);
    expect("if size over 1 then junk\nif size over 1 then refuse", SMTP_JUNK);
    expect("if size over 1 then tag \"X-A: b\"\nif size over 1 then refuse", SMTP_REFUSE);
    expect("", SMTP_ACCEPT);
    expect("# only a comment\n\n   \r\n", SMTP_ACCEPT);
}

static void
test_effects(void)
{
    g_autoptr(SmtpJudgement) judgement =
        judge("if size over 1 then tag \"X-Sales: yes\" # goes on\n"
              "if size over 1 then archive\n"
              "if size over 1 then refuse \"no, thank you\"\n");
    g_autoptr(SmtpJudgement) junk = judge("\n\nif size over 1 then junk");

    g_test_summary("tags, the wish for a copy, and the words of a refusal");
    g_assert_cmpstr(judgement->headers->str, ==, "X-Sales: yes\r\n");
    g_assert_true(judgement->archive);
    g_assert_cmpstr(judgement->archive_why, ==, "if size over 1 then archive");
    g_assert_cmpstr(judgement->reply, ==, "no, thank you");
    g_assert_cmpstr(junk->headers->str, ==, "X-Glasspost-Verdict: junk (rule in line 3)\r\n");
}

static void
test_mistakes(void)
{
    static const struct {
        const char *rules, *where;
    } cases[] = {
        { "when size over 1 then junk", "rules:1:1:" },
        { "\nif colour is \"blue\" then junk", "rules:2:4:" },
        { "if size is \"10\" then junk", "rules:1:9:" },
        { "if sender over 10 then junk", "rules:1:11:" },
        { "if size over 10X then junk", "rules:1:14:" },
        { "if size over then junk", "rules:1:14:" },
        { "if size over 99999999999 then junk", "rules:1:14:" },
        { "if sender is carol then junk", "rules:1:14:" },
        { "if sender is \"carol then junk", "rules:1:14:" },
        { "if sender is \"carol\" junk", "rules:1:22:" },
        { "if sender is \"carol\" then explode", "rules:1:27:" },
        { "if sender is \"carol\" then junk now", "rules:1:32:" },
        { "if sender is \"carol\" then tag \"no colon\"", "rules:1:31:" },
        { "if sender is \"carol\" then tag", "rules:1:30:" },
        { "if sender is \"carol\" then refuse \"h\303\266\"", "rules:1:34:" },
        { "if header", "rules:1:10:" },
        { "if", "rules:1:3:" },
    };

    g_test_summary("a mistake is named with file, line and column");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SmtpFilter) filter = smtp_filter_parse("rules", cases[i].rules, &error);

        g_assert_null(filter);
        g_assert_nonnull(error);
        if (!g_str_has_prefix(error->message, cases[i].where))
            g_error("%s: expected %s, found %s", cases[i].rules, cases[i].where, error->message);
    }
}

static void
test_too_many(void)
{
    g_autoptr(GString) rules = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    g_test_summary("1000 rules are read, one more is refused");
    for (guint i = 0; i < 1000; i++)
        g_string_append(rules, "if size over 10M then junk\n");
    g_autoptr(SmtpFilter) most = smtp_filter_parse("rules", rules->str, &error);
    g_assert_no_error(error);
    g_assert_nonnull(most);
    g_string_append(rules, "if size over 10M then junk\n");
    g_autoptr(SmtpFilter) over = smtp_filter_parse("rules", rules->str, &error);
    g_assert_null(over);
    g_assert_true(g_str_has_prefix(error->message, "rules:1001:"));
}

static void
test_no_filter(void)
{
    static const char *const nobody[] = { NULL };
    g_autoptr(StoreIndex) index = store_index_new();

    g_test_summary("a host without a filter accepts");
    store_index_finish(index);
    g_autoptr(SmtpJudgement) judgement = smtp_filter_judge(NULL, NULL, "", nobody, index, 0);
    g_assert_cmpint(judgement->verdict, ==, SMTP_ACCEPT);
    g_assert_cmpuint(judgement->headers->len, ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/filter/tests", test_tests);
    g_test_add_func("/smtp/filter/patterns", test_patterns);
    g_test_add_func("/smtp/filter/order", test_order);
    g_test_add_func("/smtp/filter/effects", test_effects);
    g_test_add_func("/smtp/filter/mistakes", test_mistakes);
    g_test_add_func("/smtp/filter/too-many", test_too_many);
    g_test_add_func("/smtp/filter/no-filter", test_no_filter);
    return g_test_run();
}
