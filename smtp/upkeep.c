/* smtp/upkeep.c - one timer a host for what changes because time passes.
 *
 * The timer is one of the world's own (NET_TIMER_SCHEDULE): a clock that warps jumps to it, so that
 * in a lab neither a greylisting delay nor a month of keeping must be sat through.
 *
 * Start reading at smtp_upkeep_wake(). Tests: tests/test_smtp_greylist.c
 */
#include "smtp/upkeep.h"

#include "smtp/greylist.h"
#include "storage/greylist.h"

#define SMTP_UPKEEP_COPIES  500 /* archive rows removed in one turn; the rest waits for the next */
#define SMTP_UPKEEP_AGAIN_S 60  /* until we look again after the database refused */

struct SmtpUpkeep {
    const SmtpHost *host;
    Trace *trace;    /* no journey of its own */
    NetTimer *timer; /* for what is due next; or NULL */
    gint64 timer_s;  /* when it fires */
    gint64 done_s;   /* what was due up to then has been done */
};

SmtpUpkeep *
smtp_upkeep_new(const SmtpHost *host)
{
    SmtpUpkeep *upkeep = g_new0(SmtpUpkeep, 1);

    upkeep->host = host;
    upkeep->trace = trace_new(host->tracer, host->settings->hostname, NULL);
    upkeep->done_s = net_clock_now_s(net_clock(host->net));
    return upkeep;
}

void
smtp_upkeep_free(SmtpUpkeep *upkeep)
{
    if (upkeep == NULL)
        return;
    net_timer_stop(&upkeep->timer);
    trace_free(upkeep->trace);
    g_free(upkeep);
}

/* ---- what is due next? ---- */

static gint64
smtp_upkeep_greylist_next(const SmtpUpkeep *upkeep, GError **error)
{
    const SmtpSettings *settings = upkeep->host->settings;
    gint64 first_s;

    if (!settings->greylist)
        return 0;
    first_s = store_greylist_next(upkeep->host->store, upkeep->done_s - settings->greylist_delay_s,
                                  error);
    return first_s == 0 ? 0 : first_s + settings->greylist_delay_s;
}

static gint64
smtp_upkeep_archive_next(const SmtpUpkeep *upkeep, GError **error)
{
    gint64 keep_s = upkeep->host->settings->archive_keep_s, oldest_s;

    if (keep_s == 0)
        return 0;
    oldest_s = store_archive_oldest(upkeep->host->store, error);
    return oldest_s == 0 ? 0 : oldest_s + keep_s;
}

static void
smtp_upkeep_fired(void *data)
{
    SmtpUpkeep *upkeep = data;

    upkeep->timer = NULL;
    smtp_upkeep_wake(upkeep);
}

/* @due_s 0: nothing will be due. */
static void
smtp_upkeep_set_timer(SmtpUpkeep *upkeep, gint64 due_s)
{
    NetClock *clock = net_clock(upkeep->host->net);

    if (upkeep->timer != NULL && upkeep->timer_s == due_s)
        return;
    net_timer_stop(&upkeep->timer);
    upkeep->timer_s = due_s;
    if (due_s != 0)
        upkeep->timer = net_timer_start(clock, NET_TIMER_SCHEDULE,
                                        MAX(due_s * NET_SECOND - net_clock_now_us(clock), 0),
                                        smtp_upkeep_fired, upkeep);
}

/* ---- doing it ---- */

static gboolean
smtp_upkeep_greylist(SmtpUpkeep *upkeep, gint64 now_s, GError **error)
{
    const SmtpHost *host = upkeep->host;

    return smtp_greylist_ripen(host, upkeep->trace, upkeep->done_s, now_s, error) &&
           store_greylist_forget(host->store, upkeep->trace,
                                 now_s - host->settings->greylist_lifetime_s,
                                 now_s - host->settings->greylist_window_s, error);
}

/* Messages that nothing else names go with their last copy (storage/message.c). */
static gboolean
smtp_upkeep_archive(SmtpUpkeep *upkeep, gint64 now_s, GError **error)
{
    const SmtpHost *host = upkeep->host;
    g_autoptr(GPtrArray) gone =
        store_archive_expire(host->store, upkeep->trace, now_s - host->settings->archive_keep_s,
                             SMTP_UPKEEP_COPIES, error);

    for (guint i = 0; gone != NULL && i < gone->len; i++) {
        const StoreArchived *copy = g_ptr_array_index(gone, i);
        g_autoptr(Trace) fork = trace_fork(upkeep->trace);

        trace_set_journey(fork, copy->journey);
        trace_put_number(fork, "archive", copy->id);
        trace_put_text(fork, "outcome", "expired");
        trace_timer(fork, STAGE_ARCHIVE, NULL,
                    "copies are kept for so long and no longer (key archive-keep): that of <%s> to "
                    "%s is removed",
                    copy->sender, copy->recipients);
    }
    return gone != NULL;
}

static gboolean
smtp_upkeep_do(SmtpUpkeep *upkeep, gint64 now_s, gint64 *next_s, GError **error)
{
    GError *failed = NULL;
    gint64 greylist_s = smtp_upkeep_greylist_next(upkeep, &failed);
    gint64 archive_s = failed == NULL ? smtp_upkeep_archive_next(upkeep, &failed) : 0;

    if (failed == NULL && greylist_s != 0 && greylist_s <= now_s)
        smtp_upkeep_greylist(upkeep, now_s, &failed);
    if (failed == NULL && archive_s != 0 && archive_s <= now_s)
        smtp_upkeep_archive(upkeep, now_s, &failed);
    if (failed == NULL) {
        upkeep->done_s = now_s;
        greylist_s = smtp_upkeep_greylist_next(upkeep, &failed);
    }
    if (failed == NULL)
        archive_s = smtp_upkeep_archive_next(upkeep, &failed);
    *next_s =
        greylist_s == 0 || (archive_s != 0 && archive_s < greylist_s) ? archive_s : greylist_s;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

void
smtp_upkeep_wake(SmtpUpkeep *upkeep)
{
    const SmtpSettings *settings = upkeep->host->settings;
    gint64 now_s = net_clock_now_s(net_clock(upkeep->host->net)), next_s = 0;
    g_autoptr(GError) error = NULL;

    if (!settings->greylist && settings->archive_keep_s == 0)
        return;
    if (!smtp_upkeep_do(upkeep, now_s, &next_s, &error)) {
        trace_error(upkeep->trace, STAGE_ARCHIVE, "Upkeep: %s; we look again in %d s",
                    error->message, SMTP_UPKEEP_AGAIN_S);
        next_s = now_s + SMTP_UPKEEP_AGAIN_S;
    }
    smtp_upkeep_set_timer(upkeep, next_s);
}
