/* tests/test_smtp_received.c - the Received line (smtp/received.c). */
#include <locale.h>

#include "smtp/received.h"

static void
expect(const SmtpReceived *received, const char *line)
{
    g_autoptr(GString) head = g_string_new(NULL);

    smtp_received_append(received, head);
    g_assert_cmpstr(head->str, ==, line);
}

static void
test_line(void)
{
    SmtpReceived received = { .helo = "client.example",
                              .peer = "127.0.0.1",
                              .hostname = "mx.north.example",
                              .with = "ESMTPA",
                              .id = "k3V",
                              .recipient = "bob@north.example",
                              .when_s = 1767603600 };

    g_test_summary("RFC 5321 §4.4: from whom, by whom, with what, for whom, when");
    expect(&received, "Received: from client.example ([127.0.0.1])\r\n"
                      "\tby mx.north.example with ESMTPA id k3V\r\n"
                      "\tfor <bob@north.example>; Mon, 5 Jan 2026 09:00:00 +0000\r\n");
    received.recipient = NULL;
    received.peer = "::1";
    expect(&received,
           "Received: from client.example ([IPv6:::1])\r\n"
           "\tby mx.north.example with ESMTPA id k3V; Mon, 5 Jan 2026 09:00:00 +0000\r\n");
}

static void
test_date(void)
{
    g_autofree char *epoch = smtp_received_date(0);
    g_autofree char *leap = smtp_received_date(1709164799);

    g_test_summary("RFC 5322 §3.3: English names, four digits of a year, a numeric zone");
    g_assert_cmpstr(epoch, ==, "Thu, 1 Jan 1970 00:00:00 +0000");
    g_assert_cmpstr(leap, ==, "Wed, 28 Feb 2024 23:59:59 +0000");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/received/line", test_line);
    g_test_add_func("/smtp/received/date", test_date);
    return g_test_run();
}
