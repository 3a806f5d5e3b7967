/* tests/test_app_explain_hops.c - `glasspost explain`: dates, Received lines, and the way of a message,
 * even of a hostile one (app/explain_received.c, app/explain_hops.c, app/explain_date.c).
 */
#include <time.h>

#include "app/explain_hops.h"
#include "tests/explained.h"

/* ---- dates ---- */

static void
expect_date(const char *text, const char *iso)
{
    g_autoptr(GDateTime) expected = g_date_time_new_from_iso8601(iso, NULL);
    gint64 when_s;

    g_assert_true(app_explain_date(text, &when_s));
    g_assert_cmpint(when_s, ==, g_date_time_to_unix(expected));
}

static void
test_dates(void)
{
    g_test_summary("RFC 5322 §3.3: date and time; RFC 5322 §4.3: old zones, years, comments");
    expect_date("Mon, 5 Jan 2026 09:00:00 +0000", "2026-01-05T09:00:00Z");
    expect_date("5 jan 2026 09:00 +0130", "2026-01-05T07:30:00Z");
    expect_date("Mon,05 Jan 2026 01:00:00 -0800 (PST)", "2026-01-05T09:00:00Z");
    expect_date("Mon, 05 Jan 2026 04:00:00 EST", "2026-01-05T09:00:00Z");
    expect_date("Mon (day (one \\)) ), 5 Jan 2026 09:00:00 GMT", "2026-01-05T09:00:00Z");
    expect_date("5 Jan 49 00:00:00 Z", "2049-01-05T00:00:00Z");
    expect_date("5 Jan 50 00:00:00 CEST", "1950-01-05T00:00:00Z");
    expect_date("5 Jan 126 00:00:00 UT", "2026-01-05T00:00:00Z");
    expect_date("31 Dec 2016 23:59:60 -0000", "2016-12-31T23:59:59Z");
}

static void
test_no_dates(void)
{
    g_test_summary("RFC 5322 §3.3: what is no date is not taken for one");
    static const char *const wrong[] = {
        "",
        "yesterday",
        "Mon, 5 Jan 2026 09:00:00",
        "32 Jan 2026 09:00:00 +0000",
        "30 Feb 2026 09:00:00 +0000",
        "5 Jan 2026 24:00:00 +0000",
        "5 Jan 2026 09:60:00 +0000",
        "5 Jan 2026 09:00:61 +0000",
        "5 Jan 2026 9 +0000",
        "5 Jan 2026 09:00:00:00 +0000",
        "5 Jan 2026 09:00:00 +00000",
        "5 Jan 2026 09:00:00 +0060",
        "5 Jan 2026 09:00:00 +0000 more",
        "5 Jan 99999999999999999999 09:00:00 +0000",
        "5 Jan 1899 09:00:00 +0000",
        "5 Jan 9999 09:00:00 -9959",
        "5 Jan 2026 09:00:00 (+0000",
        "-5 Jan 2026 09:00:00 +0000",
        "5 Jan 2026 09:00:00 \xff\xfe",
    };
    gint64 when_s;

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(app_explain_date(wrong[i], &when_s));
}

/* ---- a Received line ---- */

/* @clauses: from, by, via, with, id, for, notes, date; NULL where there is none. */
static void
expect_hop(const char *line, const char *const clauses[8])
{
    AppExplainHop *hop = app_explain_hop_parse(line);

    for (guint i = 0; i < APP_EXPLAIN_CLAUSES; i++)
        g_assert_cmpstr(hop->clauses[i] != NULL ? hop->clauses[i]->str : NULL, ==, clauses[i]);
    g_assert_cmpstr(hop->notes->str, ==, clauses[6]);
    g_assert_cmpstr(hop->date, ==, clauses[7]);
    app_explain_hop_free(hop);
}

/* clang-format off */
static void
test_forms(void)
{
    g_test_summary("RFC 5321 §4.4: Received, in the forms that servers give it");
    expect_hop("from client.example ([127.0.0.1]) by mx.north.example with ESMTPA id k3V for <bob@north.example>; NOW",
               (const char *const[]){ "client.example ([127.0.0.1])", "mx.north.example", NULL, "ESMTPA", "k3V",
                                      "<bob@north.example>", "", "NOW" });
    expect_hop("from a.example (unknown [127.0.0.9]) (using TLSv1.3 with cipher X (256/256 bits)) "
               "(No client certificate requested) by b.example (Postfix) with ESMTPS id 4Ab for <c@d.example>; NOW",
               (const char *const[]){ "a.example (unknown [127.0.0.9])", "b.example", NULL, "ESMTPS", "4Ab",
                                      "<c@d.example>",
                                      "(using TLSv1.3 with cipher X (256/256 bits)) (No client certificate "
                                      "requested) (Postfix)", "NOW" });
    expect_hop("from A.example (127.0.0.9) by B.example (2001:db8::1) with Microsoft SMTP Server (version=TLS1_2, "
               "cipher=X) id 15.20.1 via Frontend Transport; NOW",
               (const char *const[]){ "A.example (127.0.0.9)", "B.example (2001:db8::1)", "Frontend Transport",
                                      "Microsoft SMTP Server", "15.20.1", NULL, "(version=TLS1_2, cipher=X)", "NOW" });
    expect_hop("by 2001:db8::1 with SMTP id x1csp12; NOW",
               (const char *const[]){ NULL, "2001:db8::1", NULL, "SMTP", "x1csp12", NULL, "", "NOW" });
    expect_hop("(qmail 123 invoked by uid 500); NOW",
               (const char *const[]){ NULL, NULL, NULL, NULL, NULL, NULL, "(qmail 123 invoked by uid 500)", "NOW" });
    expect_hop("FROM by BY with WITH SMTP",
               (const char *const[]){ "by", "with", NULL, "SMTP", NULL, NULL, "", "" });
    expect_hop("from \"a;b\" by c (d;e) ; NOW; THEN",
               (const char *const[]){ "\"a;b\"", "c", NULL, NULL, NULL, NULL, "(d;e)", "NOW; THEN" });
    expect_hop("from a (never closed by b; NOW",
               (const char *const[]){ "a (never closed by b; NOW", NULL, NULL, NULL, NULL, NULL, "", "NOW" });
    expect_hop("", (const char *const[]){ NULL, NULL, NULL, NULL, NULL, NULL, "", "" });
}
/* clang-format on */

/* ---- a message ---- */

static char *
message(const char *octets, gsize length)
{
    g_autoptr(GString) out = g_string_new(NULL);

    g_assert_true(app_explain_message(octets, length, out));
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
test_way(void)
{
    g_test_summary("RFC 5321 §4.4: lines are put on top, so the oldest hop is the lowest line");
    g_autofree char *page = message(two_hops, strlen(two_hops));

    g_assert_cmpstr(
        page, ==,
        "Return-Path: <alice@north.example>\n"
        "Authentication-Results: mx.south.example; spf=pass smtp.mailfrom=north.example\n"
        "Message-ID: <1@client.example>\n"
        "\n"
        "The way:  2 hops, oldest first; 10 s in all; longest wait: 10 s, before hop 2\n"
        "\n"
        " 0 Date   Mon, 5 Jan 2026 09:00:00 +0000 = 2026-01-05 09:00:00 UTC\n"
        "   v      2 s\n"
        " 1 from   client.example ([127.0.0.1])\n"
        "   by     mx.north.example\n"
        "   with   ESMTPA: the sender has logged in, not encrypted\n"
        "   id     1\n"
        "   at     Mon, 5 Jan 2026 10:00:02 +0100 = 2026-01-05 09:00:02 UTC\n"
        "   v      10 s\n"
        " 2 from   mx.north.example ([127.0.0.2])\n"
        "   by     mx.south.example\n"
        "   with   ESMTP: extended SMTP (EHLO), not encrypted\n"
        "   id     2\n"
        "   at     Mon, 5 Jan 2026 09:00:12 +0000 = 2026-01-05 09:00:12 UTC\n"
        "\n"
        "Trust     Behind \"from\" stands the name that the client gave itself, then, in\n"
        "          brackets, what the server saw. Each server adds its line on top and\n"
        "          changes none below. So the lines of servers you trust are sure;\n"
        "          whoever sent the message could have written the ones below.\n"
        "Rule      RFC 5321 §4.4\n");
}

static void
test_line_ends(void)
{
    g_test_summary("RFC 5322 §2.2.3: folded lines; a file may end its lines by LF, and be an mbox");
    g_autoptr(GString) plain = g_string_new("From alice@north.example Mon Jan  5 2026\n");
    g_autofree char *expected = message(two_hops, strlen(two_hops));

    g_string_append(plain, two_hops);
    g_string_replace(plain, "\r\n", "\n", 0);
    g_autofree char *page = message(plain->str, plain->len);
    g_assert_cmpstr(page, ==, expected);
}

static void
test_clocks(void)
{
    g_test_summary("a message that arrives before it was sent: the clocks differ");
    static const char text[] = "Received: by c; Mon, 5 Jan 2026 11:30:00 +0000\n"
                               "Received: by b; tomorrow\n"
                               "Received: by a\n"
                               "Received: by z; Mon, 5 Jan 2026 08:00:00 +0000\n"
                               "Received: by y; Mon, 5 Jan 2026 09:01:30 +0000\n";
    g_autofree char *page = message(text, strlen(text));

    expect_in(page, "-1 h 1 min: clock difference");
    expect_in(page, "tomorrow (can't be read as a date)");
    expect_in(page, "(no date)");
    expect_in(page, "delay unknown");
}

static void
test_no_message(void)
{
    g_test_summary("what has no header field is no message; no Received line is no way");
    static const char *const wrong[] = { "",      "\n",    "\r\nSubject: x\r\n",
                                         "hello", ": x\n", "a b: x\n" };
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(app_explain_message(wrong[i], strlen(wrong[i]), out));
    g_assert_cmpstr(out->str, ==, "");
    g_autofree char *page = message("Subject: x\n", 11);
    expect_in(page, "No Received line");
}

/* ---- hostile ---- */

static void
test_cut(void)
{
    g_test_summary("a message cut at each octet is read as far as it goes");
    for (gsize length = 0; length <= strlen(two_hops); length++) {
        g_autoptr(GString) out = g_string_new(NULL);
        g_autofree char *part =
            g_memdup2(two_hops, length); /* so that ASan sees one octet too far */

        app_explain_message(length > 0 ? part : "", length, out);
        g_assert_true(g_utf8_validate(out->str, -1, NULL));
    }
}

static void
test_escapes(void)
{
    g_test_summary("no control character of a message reaches the terminal");
    static const char text[] =
        "Received: from \x1b[31mred\x07 (\x9b\x31m \xe2\x80\xae) by a\0b; \x1b]0;title\x07\n"
        "Return-Path: \x1b[2J\x7f\n\x1b[1m: no field\nDate: \x1b"
        "c\nMessage-ID: \xff\xfe\r\r\n";
    g_autofree char *page = message(text, sizeof text - 1);

    g_assert_true(g_utf8_validate(page, -1, NULL));
    for (const char *at = page; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        g_assert_true(c == '\n' || (!g_unichar_iscntrl(c) && c != 0x202e));
    }
    expect_in(page, "^[[31mred");
}

/* @count times @piece, as one message; it must be explained at once and in bounds. */
static void
expect_bounded(const char *head, const char *piece, gsize count, const char *tail)
{
    g_autoptr(GString) text = g_string_new(head);
    clock_t start = clock(); /* of the processor: others may keep the machine busy */

    for (gsize i = 0; i < count; i++)
        g_string_append(text, piece);
    g_string_append(text, tail);
    g_autofree char *page = message(text->str, text->len);
    g_assert_cmpuint(strlen(page), <, 100000);
    g_assert_cmpint(clock() - start, <, CLOCKS_PER_SEC);
}

static void
test_bounds(void)
{
    g_test_summary("RFC 5321 §6.3: a hundred hops are shown; cost and page stay in bounds");
    expect_bounded("", "Received: by a; Mon, 5 Jan 2026 09:00:00 +0000\n", 20000, "");
    expect_bounded("Received: from x ", "(", 900000, "\n");
    expect_bounded("Received: from x ", "(1) ", 250000, "\n");
    expect_bounded("Received: by ", "x", 900000, "(a) (b); now\n");
    expect_bounded("Received: ", "\"\\", 400000, "\n");
    expect_bounded("Received: ", "from by ", 100000, "\n");
    expect_bounded("Received: by a; ", "(", 900000, "\n");
    expect_bounded("Return-Path: a", "\r\n ", 300000, "\n");
    expect_bounded("", "Message-ID: x\n", 70000, "");
    g_autoptr(GString) many = g_string_new(NULL);

    for (guint i = 0; i < APP_EXPLAIN_HOPS_MAX + 7; i++)
        g_string_append(many, "Received: by a\n");
    g_autofree char *page = message(many->str, many->len);
    expect_in(page, "7 older ones are left out");
    expect_in(page, "\n100 by");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/app/explain/dates", test_dates);
    g_test_add_func("/app/explain/no-dates", test_no_dates);
    g_test_add_func("/app/explain/forms", test_forms);
    g_test_add_func("/app/explain/way", test_way);
    g_test_add_func("/app/explain/line-ends", test_line_ends);
    g_test_add_func("/app/explain/clocks", test_clocks);
    g_test_add_func("/app/explain/no-message", test_no_message);
    g_test_add_func("/app/explain/cut", test_cut);
    g_test_add_func("/app/explain/escapes", test_escapes);
    g_test_add_func("/app/explain/bounds", test_bounds);
    return g_test_run();
}
