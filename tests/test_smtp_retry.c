/* tests/test_smtp_retry.c - when the next try is due, and when to give up (smtp/retry.c). */
#include <locale.h>

#include "smtp/retry.h"

#define MINUTE 60
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define NOON   G_GINT64_CONSTANT(1767614400) /* 2026-01-05T12:00:00Z */

static gint64 waits[] = { 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, 1 * HOUR, 2 * HOUR, 4 * HOUR };

static SmtpSettings
settings_new(void)
{
    return (SmtpSettings){ .retry_s = waits,
                           .retries = G_N_ELEMENTS(waits),
                           .warn_after_s = 4 * HOUR,
                           .give_up_after_s = 5 * DAY };
}

static SmtpRetry
decide(const SmtpSettings *settings, guint tries, gint64 age_s, guint code, const char *enhanced)
{
    StoreQueueItem item = { .arrived_s = NOON, .tries = tries };
    SmtpReply reply = { .code = code, .text = (char *)"words" };

    g_strlcpy(reply.enhanced, enhanced, sizeof reply.enhanced);
    return smtp_retry_decide(settings, NULL, &item, &reply, NOON + age_s);
}

static void
test_waits_grow(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: each wait is the next of the list, the last one repeats");
    SmtpSettings settings = settings_new();

    for (guint tries = 1; tries <= 20; tries++)
        g_assert_cmpint(smtp_schedule_wait_s(&settings, tries), ==, waits[MIN(tries, 6) - 1]);
    g_assert_cmpint(decide(&settings, 1, 0, 451, "4.3.0").due_s, ==, NOON + 5 * MINUTE);
    g_assert_cmpint(decide(&settings, 3, 15 * MINUTE, 451, "").due_s, ==, NOON + 45 * MINUTE);
}

static void
test_whole_life(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: five days down: one warning at 4 h, the last try at 5 d");
    SmtpSettings settings = settings_new();
    StoreQueueItem item = { .arrived_s = NOON };
    SmtpReply reply = { .enhanced = "4.4.1", .text = (char *)"refused" };
    gint64 now_s = NOON;
    guint warnings = 0;
    SmtpRetry retry;

    do {
        item.tries++;
        retry = smtp_retry_decide(&settings, NULL, &item, &reply, now_s);
        if (retry.warn) {
            g_assert_cmpint(now_s, ==, NOON + 4 * HOUR);
            item.warned = TRUE;
            warnings++;
        }
        if (retry.verdict == SMTP_RETRY_AGAIN)
            now_s = retry.due_s;
    } while (retry.verdict == SMTP_RETRY_AGAIN);
    g_assert_cmpint(retry.verdict, ==, SMTP_RETRY_EXPIRED);
    g_assert_cmpint(now_s, ==, NOON + 5 * DAY);
    g_assert_cmpuint(warnings, ==, 1);
    g_assert_cmpuint(item.tries, ==, 36);
    g_assert_cmpstr(retry.status, ==, "4.4.1");
}

static void
test_permanent(void)
{
    g_test_summary("RFC 5321 §4.2.1: 5yz is not tried again, nor is a reason of class 5");
    SmtpSettings settings = settings_new();

    g_assert_cmpint(decide(&settings, 1, 0, 550, "5.1.1").verdict, ==, SMTP_RETRY_REFUSED);
    g_assert_cmpstr(decide(&settings, 1, 0, 550, "5.1.1").status, ==, "5.1.1");
    g_assert_cmpstr(decide(&settings, 1, 0, 554, "").status, ==, "5.0.0");
    g_assert_cmpint(decide(&settings, 1, 0, 0, "5.6.3").verdict, ==, SMTP_RETRY_REFUSED);
    g_assert_cmpint(decide(&settings, 1, 0, 0, "4.4.3").verdict, ==, SMTP_RETRY_AGAIN);
    g_assert_cmpint(decide(&settings, 1, 0, 599, "").verdict, ==, SMTP_RETRY_REFUSED);
}

static void
test_give_up_tries(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: the parameters are configurable: give up by number");
    SmtpSettings settings = settings_new();

    settings.give_up_tries = 3;
    g_assert_cmpint(decide(&settings, 2, 0, 451, "").verdict, ==, SMTP_RETRY_AGAIN);
    g_assert_cmpint(decide(&settings, 3, 0, 451, "").verdict, ==, SMTP_RETRY_EXPIRED);
    g_assert_cmpstr(decide(&settings, 3, 0, 451, "").status, ==, "4.4.7");
    g_assert_cmpstr(decide(&settings, 3, 0, 451, "4.3.2").status, ==, "4.3.2");
}

static void
test_give_up_time(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: give up by age, from both sides");
    SmtpSettings settings = settings_new();

    g_assert_cmpint(decide(&settings, 9, 5 * DAY - 1, 451, "").verdict, ==, SMTP_RETRY_AGAIN);
    g_assert_cmpint(decide(&settings, 9, 5 * DAY - 1, 451, "").due_s, ==, NOON + 5 * DAY);
    g_assert_cmpint(decide(&settings, 9, 5 * DAY, 451, "").verdict, ==, SMTP_RETRY_EXPIRED);
}

static void
test_no_warning(void)
{
    g_test_summary("RFC 3464 §2.3.3: a delay is told once, or never");
    SmtpSettings settings = settings_new();

    g_assert_false(decide(&settings, 5, 4 * HOUR - 1, 451, "").warn);
    g_assert_true(decide(&settings, 5, 4 * HOUR, 451, "").warn);
    settings.warn_after_s = 0;
    g_assert_false(decide(&settings, 5, 4 * HOUR, 451, "").warn);
}

static void
test_duration(void)
{
    g_test_summary("durations for people");
    static const struct {
        gint64 seconds;
        const char *text;
    } cases[] = { { 0, "0 seconds" },   { 1, "1 second" },
                  { 300, "5 minutes" }, { 6300, "1 hour 45 minutes" },
                  { 432000, "5 days" }, { 90061, "1 day 1 hour" } };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = smtp_retry_duration(cases[i].seconds);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/retry/waits-grow", test_waits_grow);
    g_test_add_func("/smtp/retry/whole-life", test_whole_life);
    g_test_add_func("/smtp/retry/permanent", test_permanent);
    g_test_add_func("/smtp/retry/give-up-tries", test_give_up_tries);
    g_test_add_func("/smtp/retry/give-up-time", test_give_up_time);
    g_test_add_func("/smtp/retry/no-warning", test_no_warning);
    g_test_add_func("/smtp/retry/duration", test_duration);
    return g_test_run();
}
