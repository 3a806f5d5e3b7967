/* trace/viewer/words.c - times and hosts in words, for all parts of the screen.
 *
 * Tests: tests/test_viewer_screen.c (view_span), tests/test_viewer_panes.c
 */
#include "trace/viewer/draw.h"

#include "trace/words.h"

#include <string.h>

/* As far back as is looked for what a host has decided. */
#define VIEW_LOOK_BACK 20000

char *
view_span(gint64 us)
{
    gint64 seconds = us / G_USEC_PER_SEC;

    if (us < 0)
        return g_strdup("0 ms");
    if (us < G_USEC_PER_SEC)
        return g_strdup_printf(us < 100000 ? "%d ms" : "%dms", (int)(us / 1000));
    if (seconds < 10)
        return g_strdup_printf("%d.%d s", (int)seconds, (int)(us / 100000 % 10));
    if (seconds < 120)
        return g_strdup_printf("%d s", (int)seconds);
    if (seconds < 2 * 3600)
        return g_strdup_printf("%d m", (int)(seconds / 60));
    if (seconds < 2 * 86400)
        return g_strdup_printf("%d h", (int)(seconds / 3600));
    return g_strdup_printf("%d d", (int)MIN(seconds / 86400, 999));
}

char *
view_clock(gint64 time_us)
{
    g_autofree char *time = trace_time_format(time_us);

    return g_strndup(time == NULL || strlen(time) < 23 ? "??:??:??.???" : time + 11, 12);
}

char *
view_date(const View *view, gint64 time_us)
{
    gint64 day_us = (gint64)24 * 3600 * G_USEC_PER_SEC;
    gint64 first =
        view_model_count(view->model) == 0 ? time_us : view_model_entry(view->model, 0)->time_us;
    gint64 days = time_us / day_us - first / day_us;
    g_autofree char *clock = view_clock(time_us);

    return days < 1 ? g_steal_pointer(&clock)
                    : g_strdup_printf(_("day %" G_GINT64_FORMAT " %s"), days + 1, clock);
}

gboolean
view_session_reads(const char *session)
{
    return session != NULL &&
           (g_str_has_prefix(session, "pop3-") || g_str_has_prefix(session, "imap-"));
}

gboolean
view_session_relays(const char *session)
{
    return session != NULL && g_str_has_prefix(session, "relay-");
}

/* The first host on the ladder takes the message from a user. What route decides elsewhere tells
 * whether that host is the goal or passes it on. */
const char *
view_host_part(const View *view, const char *host)
{
    const ViewTally *tally = view_track_tally(view->track);

    if (view_tally_hosts(tally, view->stand) == 0 || view_track_count(view->track) == 0)
        return _("the next server");
    if (host == view_tally_host(tally, 0))
        return _("outgoing server");
    for (guint back = 0; back <= view->stand && back < VIEW_LOOK_BACK; back++) {
        const ViewEntry *entry = view_track_entry(view->track, view->stand - back);

        if (entry->host == host && entry->stage == STAGE_ROUTE && entry->outcome != VIEW_NO_OUTCOME)
            return entry->outcome == VIEW_LOCAL ? _("incoming server") : _("relay");
    }
    return _("the next server");
}
