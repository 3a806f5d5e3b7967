/* trace/viewer/colon.c - the commands that are typed after a colon.
 *
 * Start reading at commands[], at the end: help is made from it.
 * Tests: tests/test_viewer_keep.c
 */
#include "trace/viewer/colon.h"

#include <math.h>
#include <string.h>

#include "trace/viewer/compare.h"
#include "trace/viewer/keep.h"
#include "trace/viewer/moves.h"
#include "trace/viewer/rerun.h"
#include "trace/viewer/send.h"
#include "trace/viewer/sheet.h"
#include "trace/words.h"

/* A hundred years; more is a slip of the finger. */
#define VIEW_TIME_MAX_S (100.0 * 365 * 86400)
#define VIEW_SPEED_MIN  0.001
#define VIEW_SPEED_MAX  100000.0

/* ---- where to ---- */

/* The row that shows event @seq, else the last one before it. */
static void
view_colon_event(View *view, guint64 seq)
{
    guint last = view->live ? view->stand : view_last(view);
    guint row;

    view_leave_map(view);
    if (view_no_rows(view))
        return;
    if (!view_track_find(view->track, seq, &row)) {
        for (row = last; row > 0 && view_track_entry(view->track, row)->seq > seq; row--)
            ;
        view_notice(view, "Event %" G_GUINT64_FORMAT " is not on this ladder; this one is near it.",
                    seq);
    } else if (row > last) {
        view_notice(view, "Event %" G_GUINT64_FORMAT " has not happened yet.", seq);
    }
    view_go(view, row);
}

/* "+30m", "-2 h", "90" (seconds). FALSE: it is no span. */
static gboolean
view_colon_span(const char *text, gint64 *us)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {
        { "ms", 0.001 }, { "s", 1 }, { "", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 }
    };
    char *end = NULL;
    double number = g_ascii_strtod(text, &end);

    if (end == text)
        return FALSE;
    end += strspn(end, " ");
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        double seconds = number * units[i].seconds;

        if (strcmp(end, units[i].unit) != 0)
            continue;
        *us = isfinite(seconds) && fabs(seconds) < VIEW_TIME_MAX_S ? seconds * G_USEC_PER_SEC : 0;
        return *us != 0;
    }
    return FALSE;
}

/* To the last event that had happened by then. */
static void
view_colon_time(View *view, const char *arguments)
{
    guint last = view->live ? view->stand : view_last(view);
    gint64 us;
    gint64 then_us;
    guint row = 0;

    if (!view_colon_span(arguments, &us)) {
        view_notice(view, "time needs a span, as in :time +30m or :time -2 h (ms s m h d)");
        return;
    }
    view_leave_map(view);
    if (view_no_rows(view))
        return;
    then_us = view_current(view)->time_us + us;
    while (row < last && view_track_entry(view->track, row + 1)->time_us <= then_us)
        row++;
    if (row == last && view->live && view_track_entry(view->track, row)->time_us < then_us)
        view_notice(view, "The world has not come so far; t jumps its clock to the next timer.");
    view_go(view, row);
}

/* ---- the world ---- */

static const char *
view_colon_why_not(const View *view)
{
    if (!view->live)
        return _("this is a recording; there is no server");
    return view->controls ? NULL : _("another viewer steers this world");
}

/* The same lines that the menus of m and r make. */
static void
view_colon_ask(View *view, const char *command, const char *arguments, const char *form)
{
    g_autofree char *line = g_strdup_printf("%s %s", command, arguments);
    const char *reason = view_colon_why_not(view);

    if (reason != NULL)
        view_notice(view, "%s does nothing now: %s.", command, reason);
    else if (*arguments == '\0')
        view_notice(view, "%s", form);
    else
        view_send_ask(view, line);
}

static void
view_colon_send(View *view, const char *arguments)
{
    view_colon_ask(
        view, "send", arguments,
        _("send needs what: preset=remote, or FROM TO [subject=\"...\"] (m: the presets)"));
}

static void
view_colon_fetch(View *view, const char *arguments)
{
    view_colon_ask(view, "fetch", arguments,
                   _("fetch needs a mailbox: ADDRESS pop3, pop3 delete or imap (r: the accounts)"));
}

static void
view_colon_fault(View *view, const char *arguments)
{
    const char *reason = view_colon_why_not(view);

    if (reason != NULL)
        view_notice(view, "No fault is armed: %s.", reason);
    else if (*arguments == '\0')
        view_notice(view,
                    "fault needs a point, as in :fault dns-timeout occurrence=first (i: all)");
    else
        view_order(view, TRUE, "fault %s", arguments);
}

/* Live, the world's clock; in a recording, how fast it is played. */
static void
view_colon_speed(View *view, const char *arguments)
{
    char *end = NULL;
    double speed = g_ascii_strtod(arguments, &end);
    char word[G_ASCII_DTOSTR_BUF_SIZE];

    if (*arguments == '\0' || *end != '\0' || !(speed >= VIEW_SPEED_MIN) ||
        !(speed <= VIEW_SPEED_MAX)) {
        view_notice(view, "speed needs a factor from %g to %g: 1 is real time", VIEW_SPEED_MIN,
                    VIEW_SPEED_MAX);
        return;
    }
    if (view->live && !view->controls) {
        view_notice(view, "No other speed: another viewer steers this world.");
        return;
    }
    g_ascii_formatd(word, sizeof word, "%g", speed);
    view_notice(view,
                view->live ? "The world's clock now runs %s times as fast as ours."
                           : "a plays the recording %s times as fast.",
                word);
    if (view->live)
        view_order(view, TRUE, "speed %s", word);
    else
        view->pace = speed;
}

/* ---- the screen ---- */

/* "on", "off", or nothing: the other one. FALSE: it is something else, and it has been told. */
static gboolean
view_colon_switch(View *view, const char *name, const char *arguments, gboolean *value)
{
    gboolean on = strcmp(arguments, "on") == 0;
    gboolean off = strcmp(arguments, "off") == 0;

    if (!on && !off && *arguments != '\0') {
        view_notice(view, "%s is on or off", name);
        return FALSE;
    }
    *value = on || (!off && !*value);
    return TRUE;
}

static void
view_colon_mouse(View *view, const char *arguments)
{
    if (view_colon_switch(view, "mouse", arguments, &view->mouse))
        view_notice(view, view->mouse
                              ? "The wheel and a click move the cursor; select text with Shift."
                              : "The mouse selects text again.");
}

static void
view_colon_projector(View *view, const char *arguments)
{
    if (!view_colon_switch(view, "projector", arguments, &view->projector))
        return;
    view_leave_map(view);
    view->zoom = FALSE;
    view_notice(view, view->projector ? "Projector: ladder and Why, all in bold. :projector off"
                                      : "All panes again.");
}

/* clang-format off */
static const ViewCommand commands[] = {
    { "time",      "time +30m",           N_("go to where things stood that much later (or -: before)"), view_colon_time },
    { "mark",      "mark [NOTE]",         N_("mark this event; once more, without a note: no mark"),     view_mark_set },
    { "fault",     "fault POINT ...",     N_("something shall go wrong: dns-timeout host=H (see i)"),     view_colon_fault },
    { "send",      "send preset=NAME",    N_("hand a message in; or FROM TO [FILE] [subject=\"...\"] (see m)"), view_colon_send },
    { "fetch",     "fetch ADDRESS pop3",  N_("read a mailbox: pop3, pop3 delete, imap (see r)"),          view_colon_fetch },
    { "speed",     "speed N",             N_("live, how fast the clock runs; else, how fast a plays"),    view_colon_speed },
    { "mouse",     "mouse on|off",        N_("the wheel and a click move the cursor"),                   view_colon_mouse },
    { "projector", "projector",    N_("for a room: ladder and Why only, all in bold"),            view_colon_projector },
    { "explain",   "explain CODE ...",    N_("what a reply code, a stage or a file of a message means (see x)"), view_explain_command },
    { "whatif",    "whatif CHANGE",       N_("the same inputs with one thing changed: fault POINT ..., dns NAME TYPE VALUE, ..."), view_whatif_command },
    { "compare",   "compare J1 J2",       N_("two messages side by side, and where they first differ"),  view_compare_command },
    { NULL, NULL, NULL, NULL },
};
/* clang-format on */

const ViewCommand *
view_commands(void)
{
    return commands;
}

static void
view_colon_unknown(View *view, const char *name)
{
    view_notice(view, "'%.20s' is no command. ? lists them, behind the keys.", name);
}

void
view_colon(View *view, const char *line)
{
    g_autofree char *name = g_strndup(line, strcspn(line, " "));
    const char *arguments = line + strlen(name) + strspn(line + strlen(name), " ");
    guint64 seq;

    if (g_ascii_string_to_unsigned(name, 10, 1, G_MAXINT64, &seq, NULL)) {
        view_colon_event(view, seq);
        return;
    }
    for (const ViewCommand *command = commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            command->run(view, arguments);
            return;
        }
    }
    view_colon_unknown(view, name);
}
