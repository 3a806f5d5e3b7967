/* tests/test_smtp_parameters.c - what stands behind the path in MAIL and RCPT (smtp/parameters.c,
 * smtp/xtext.c). */
#include <locale.h>
#include <string.h>

#include "smtp/parameters.h"
#include "smtp/xtext.h"

/* The code that @rest behind MAIL is refused with; "" where it is taken. */
static const char *
mail_code(const char *rest)
{
    g_auto(SmtpMailParameters) mail = { 0 };
    const SmtpRefusal *refusal = smtp_parameters_of_mail(rest, TRUE, TRUE, 1000, &mail);

    return refusal != NULL ? refusal->code : "";
}

static const char *
rcpt_code(const char *rest)
{
    g_auto(SmtpRcptParameters) rcpt = { 0 };
    const SmtpRefusal *refusal = smtp_parameters_of_rcpt(rest, TRUE, &rcpt);

    return refusal != NULL ? refusal->code : "";
}

static void
test_mail(void)
{
    g_test_summary("RFC 3461 §4.3, §4.4: RET and ENVID, in any case, in any order");
    g_auto(SmtpMailParameters) mail = { 0 };

    g_assert_null(smtp_parameters_of_mail(" envid=QQ+2B1 SIZE=500 ret=full BODY=8BITMIME", TRUE,
                                          FALSE, 1000, &mail));
    g_assert_cmpstr(mail.envid, ==, "QQ+2B1");
    g_assert_cmpint(mail.ret, ==, 'F');
    g_assert_cmpuint(mail.size, ==, 500);
    g_assert_true(mail.eightbit);
    g_assert_cmpstr(mail_code(" RET=HDRS"), ==, "");
    g_assert_cmpstr(mail_code(""), ==, "");
    g_assert_cmpstr(mail_code("   "), ==, "");
}

static void
test_mail_wrong(void)
{
    g_test_summary("RFC 3461 §5.1: what is not valid, or stands there twice, is refused with 501");
    static const char *const wrong[] = {
        " RET=ALL",
        " RET=",
        " RET",
        " RET=FULLX",
        " ENVID=",
        " ENVID=a=b",
        " ENVID=+4",
        " ENVID=+4g",
        " ENVID=+4e",
        " ENVID=a+0Ab",
        " ENVID=a+00",
        " ENVID=\xc3\xbc",
        " ENVID=+C3",
        " RET=FULL RET=FULL",
        " ENVID=a ENVID=a",
        " BODY=7BIT BODY=7BIT",
        " SIZE=1 size=1",
        " SIZE=-1",
        "RET=FULL",
    };

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_cmpstr(mail_code(wrong[i]), ==, "501 5.5.4");
    g_assert_cmpstr(mail_code(" NOTIFY=NEVER"), ==, "555 5.5.4");
    g_assert_cmpstr(mail_code(" SIZE=1001"), ==, "552 5.3.4");
    g_assert_cmpstr(mail_code(" SIZE=99999999999999999999"), ==, "552 5.3.4");
}

static void
test_rcpt(void)
{
    g_test_summary("RFC 3461 §4.1, §4.2: NOTIFY is a list or NEVER; ORCPT is kept as it came");
    static const struct {
        const char *rest;
        guint notify;
    } good[] = {
        { " NOTIFY=NEVER", STORE_NOTIFY_NEVER },
        { " notify=success", STORE_NOTIFY_SUCCESS },
        { " NOTIFY=FAILURE", STORE_NOTIFY_FAILURE },
        { " NOTIFY=Delay,Success", STORE_NOTIFY_DELAY | STORE_NOTIFY_SUCCESS },
        { " NOTIFY=SUCCESS,FAILURE,DELAY", 7 },
        { " NOTIFY=SUCCESS,SUCCESS", STORE_NOTIFY_SUCCESS },
        { "", 0 },
    };
    g_auto(SmtpRcptParameters) rcpt = { 0 };

    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_auto(SmtpRcptParameters) one = { 0 };

        g_assert_null(smtp_parameters_of_rcpt(good[i].rest, TRUE, &one));
        g_assert_cmpuint(one.notify, ==, good[i].notify);
    }
    g_assert_null(
        smtp_parameters_of_rcpt(" ORCPT=rfc822;Carol+2Bx@south.example NOTIFY=DELAY", TRUE, &rcpt));
    g_assert_cmpstr(rcpt.orcpt, ==, "rfc822;Carol+2Bx@south.example");
}

static void
test_rcpt_wrong(void)
{
    g_test_summary("RFC 3461 §5.1: NEVER beside others, unknown words, addresses that hide a line");
    static const char *const wrong[] = {
        " NOTIFY=",
        " NOTIFY",
        " NOTIFY=NEVER,DELAY",
        " NOTIFY=DELAY,NEVER",
        " NOTIFY=SUCCESS,",
        " NOTIFY=,",
        " NOTIFY=ALWAYS",
        " NOTIFY=SUCCESS;DELAY",
        " ORCPT=",
        " ORCPT=carol@south.example",
        " ORCPT=;carol",
        " ORCPT=rfc822;",
        " ORCPT=rfc822;a+0D+0Ab",
        " ORCPT=rf c;a",
        " ORCPT=r(c)822;a",
        " ORCPT=rfc822;a=b",
        " NOTIFY=DELAY NOTIFY=DELAY",
        " ORCPT=rfc822;a ORCPT=rfc822;a",
    };

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        if (g_strcmp0(rcpt_code(wrong[i]), "501 5.5.4") != 0)
            g_error("%s: %s", wrong[i], rcpt_code(wrong[i]));
    g_assert_cmpstr(rcpt_code(" RET=FULL"), ==, "555 5.5.4");
}

static void
test_limits(void)
{
    g_test_summary("RFC 3461 §5.4: ENVID up to 100 octets, ORCPT up to 500, and not one more");
    g_autofree char *hundred = g_strnfill(SMTP_ENVID_MAX, 'x');
    g_autofree char *envid = g_strconcat(" ENVID=", hundred, NULL);
    g_autofree char *longer = g_strconcat(envid, "x", NULL);
    g_autofree char *many = g_strnfill(SMTP_ORCPT_MAX - strlen("rfc822;"), 'x');
    g_autofree char *orcpt = g_strconcat(" ORCPT=rfc822;", many, NULL);
    g_autofree char *too_long = g_strconcat(orcpt, "x", NULL);

    g_assert_cmpstr(mail_code(envid), ==, "");
    g_assert_cmpstr(mail_code(longer), ==, "501 5.5.4");
    g_assert_cmpstr(rcpt_code(orcpt), ==, "");
    g_assert_cmpstr(rcpt_code(too_long), ==, "501 5.5.4");
}

/* A parser that reads over the end is found by the sanitizer: each cut is a string of its own. */
static void
test_cut(void)
{
    g_test_summary("RFC 5321 §4.1.2: the line cut behind each octet is taken or refused, no more");
    static const char mail[] = " SIZE=50 BODY=8BITMIME RET=FULL ENVID=Q+2B+3D1 AUTH=a+2B";
    static const char rcpt[] = " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;c+2Br+20l@s.example";

    for (gsize i = 0; i <= strlen(mail); i++) {
        g_autofree char *cut = g_strndup(mail, i);

        mail_code(cut);
    }
    for (gsize i = 0; i <= strlen(rcpt); i++) {
        g_autofree char *cut = g_strndup(rcpt, i);

        rcpt_code(cut);
    }
    g_assert_cmpstr(mail_code(mail), ==, "");
    g_assert_cmpstr(rcpt_code(rcpt), ==, "");
}

static void
test_helo(void)
{
    g_test_summary("RFC 5321 §4.1.1.1: without EHLO there are no parameters");
    g_auto(SmtpMailParameters) mail = { 0 };
    g_auto(SmtpRcptParameters) rcpt = { 0 };

    g_assert_cmpstr(smtp_parameters_of_mail(" RET=FULL", FALSE, TRUE, 1, &mail)->code, ==,
                    "555 5.5.4");
    g_assert_cmpstr(smtp_parameters_of_rcpt(" NOTIFY=NEVER", FALSE, &rcpt)->code, ==, "555 5.5.4");
    g_assert_null(smtp_parameters_of_rcpt(" ", FALSE, &rcpt));
    g_assert_cmpstr(smtp_parameters_of_mail(" AUTH=<>", TRUE, FALSE, 1, &mail)->code, ==,
                    "555 5.5.4");
}

static void
test_xtext(void)
{
    g_test_summary(
        "RFC 3461 §4: +XX stands for one octet, in upper case digits; the rest is ASCII");
    static const struct {
        const char *xtext, *text; /* NULL: it is none */
    } cases[] = {
        { "", "" },           { "abc", "abc" },   { "a+20b", "a b" }, { "+2B+3D", "+=" },
        { "+", NULL },        { "a+2", NULL },    { "a+2b", NULL },   { "a=b", NULL },
        { "a b", NULL },      { "a+0A", NULL },   { "+7F", NULL },    { "+FF", NULL },
        { "\xc3\xbc", NULL }, { "+00abc", NULL }, { "+2+B", NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = smtp_xtext_decode(cases[i].xtext);

        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/parameters/mail", test_mail);
    g_test_add_func("/smtp/parameters/mail-wrong", test_mail_wrong);
    g_test_add_func("/smtp/parameters/rcpt", test_rcpt);
    g_test_add_func("/smtp/parameters/rcpt-wrong", test_rcpt_wrong);
    g_test_add_func("/smtp/parameters/limits", test_limits);
    g_test_add_func("/smtp/parameters/cut", test_cut);
    g_test_add_func("/smtp/parameters/helo", test_helo);
    g_test_add_func("/smtp/parameters/xtext", test_xtext);
    return g_test_run();
}
