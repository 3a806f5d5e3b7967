/* smtp/received.c - the Received line:
 *
 *   Received: from client.example ([127.0.0.1])
 *   	by mx.north.example with ESMTPA id k3VqPz8LmW2c
 *   	for <bob@north.example>; Sun, 22 Nov 2026 00:47:47 +0000
 *
 * Read from the bottom up, these lines tell the way a message took: name and address of each
 * client (the name is only what it said, the address is what we saw), and of each server.
 *
 * Tests: tests/test_smtp_received.c
 */
#include "smtp/received.h"

#include <string.h>

#include "trace/text.h"

char *
smtp_received_date(gint64 when_s)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(when_s);
    /* Names of days and months are English in mail whatever the locale (RFC 5322 §3.3). */
    static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

    g_assert(when != NULL);
    return g_strdup_printf(
        "%s, %d %s %04d %02d:%02d:%02d +0000", days[g_date_time_get_day_of_week(when) - 1],
        g_date_time_get_day_of_month(when), months[g_date_time_get_month(when) - 1],
        g_date_time_get_year(when), g_date_time_get_hour(when), g_date_time_get_minute(when),
        g_date_time_get_second(when));
}

void
smtp_received_append(const SmtpReceived *received, GString *head)
{
    const char *six = strchr(received->peer, ':') != NULL ? "IPv6:" : "";
    g_autofree char *date = smtp_received_date(received->when_s);

    trace_text_append_printf(head, "Received: from %s ([%s%s])\r\n\tby %s with %s id %s",
                             received->helo, six, received->peer, received->hostname,
                             received->with, received->id);
    if (received->recipient != NULL)
        trace_text_append_printf(head, "\r\n\tfor <%s>", received->recipient);
    trace_text_append_printf(head, "; %s\r\n", date);
}
