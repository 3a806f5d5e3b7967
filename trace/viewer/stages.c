/* trace/viewer/stages.c - the second line: which stages the message passes at the host in focus.
 *
 *   mx.north: SENDER ok > SPLIT ok > ROUTE remote > [DNS ...] > FILTER - > STORE -
 *   mx.north: > STORE ok > QUEUE queued > RETRY later > [RELAY: DNS hosts]
 *   mx.north: [BOUNCE report] > RECIPIENT - > STORE - > DELIVER -
 *
 * A plan is the row of stages that lies ahead; what has been passed has its outcome, what is still
 * to come has a dash. The place one is in moves to the right: when the message is passed on and DNS
 * is asked again, that is a part of RELAY and not a way back. At a second try the RETRY that led to it
 * stands before it: behind it, it would look as if yet another were to come.
 *
 * Start reading at view_draw_stages().
 * Tests: tests/test_viewer_strip.c, and the screens in tests/screens/
 */
#include "trace/viewer/draw.h"

#include "trace/words.h"

#include <string.h>

/* As far back as is looked for the stages of one visit to a host. */
#define VIEW_LOOK_BACK 4000
/* "   2 problems" at the right end. */
#define VIEW_PROBLEM_COLUMNS 13
/* So much of what comes next is seen after the place one is in. */
#define VIEW_AHEAD_COLUMNS 12

static const Stage plan_local[] = { STAGE_SENDER, STAGE_SPLIT, STAGE_ROUTE,   STAGE_RECIPIENT,
                                    STAGE_FILTER, STAGE_STORE, STAGE_DELIVER, STAGE_NONE };
static const Stage plan_remote[] = { STAGE_SENDER, STAGE_SPLIT,  STAGE_ROUTE,
                                     STAGE_DNS,    STAGE_FILTER, STAGE_STORE,
                                     STAGE_QUEUE,  STAGE_RELAY,  STAGE_NONE };
static const Stage plan_open[] = { STAGE_SENDER, STAGE_SPLIT, STAGE_ROUTE, STAGE_NONE };
/* A report is written by the server itself: nobody calls, nothing is asked before. */
static const Stage plan_report[] = { STAGE_BOUNCE, STAGE_RECIPIENT, STAGE_STORE, STAGE_DELIVER,
                                     STAGE_NONE };
static const Stage plan_reader[] = { STAGE_PICKUP, STAGE_NONE };
static const Stage plan_report_away[] = { STAGE_BOUNCE, STAGE_STORE, STAGE_QUEUE, STAGE_RELAY,
                                          STAGE_NONE };

/* What the stages at the host in focus have come to, up to the cursor. */
typedef struct ViewVisit {
    gboolean seen[STAGES];
    const char *outcome[STAGES];
    Stage now;
    gboolean asks; /* now is RELAY, and there DNS is asked again */
    const char *answer;
    gboolean reads; /* a reader has called: POP3 or IMAP */
    const char *host;
} ViewVisit;

/* The model's index of the event @back before the cursor's, by events where a filter leaves some out
 * of the ladder. FALSE: there is none. */
static gboolean
view_visit_index(const View *view, guint back, guint *index)
{
    *index = view_track_row(view->track, view->cursor)->entry;
    if (back > (view->filter == NULL ? view->cursor : *index))
        return FALSE;
    *index = view->filter == NULL ? view_track_row(view->track, view->cursor - back)->entry
                                  : *index - back;
    return TRUE;
}

/* Whether @entry is of the same visit as @here. What a session says before MAIL has no journey yet;
 * who reads is told about whatever was there before. */
static gboolean
view_visit_has(const View *view, const ViewEntry *here, const ViewEntry *entry)
{
    const ViewMessage *message = view_model_message_of(view->model, here->journey);

    if (message == NULL)
        return here->stage == STAGE_PICKUP || entry->session == here->session;
    if (entry->journey != NULL)
        return entry->journey == here->journey;
    for (guint i = 0; i < message->sessions.count; i++)
        if (view_model_session(view->model, message->sessions.at[i])->name == entry->session)
            return TRUE;
    return FALSE;
}

/* DNS is asked twice for mail that travels. Looking back, what comes before QUEUE is the second. */
static void
view_visit_pass_queue(ViewVisit *visit)
{
    if (!visit->seen[STAGE_DNS])
        return;
    visit->asks = visit->now == STAGE_DNS;
    visit->answer = visit->outcome[STAGE_DNS];
    visit->now = visit->asks ? STAGE_RELAY : visit->now;
    visit->seen[STAGE_DNS] = FALSE;
    visit->outcome[STAGE_DNS] = NULL;
}

static void
view_visit_add(const View *view, ViewVisit *visit, const ViewEntry *entry)
{
    if (visit->now == STAGE_NONE)
        visit->now = entry->stage;
    if (entry->stage == STAGE_QUEUE && !visit->seen[STAGE_QUEUE])
        view_visit_pass_queue(visit);
    visit->seen[entry->stage] = TRUE;
    if (visit->outcome[entry->stage] == NULL)
        visit->outcome[entry->stage] = view_model_outcome(view->model, entry);
}

static void
view_visit_look(const View *view, ViewVisit *visit)
{
    const ViewEntry *here = NULL;

    visit->host = view_track_focus(view->track, view->cursor);
    for (guint back = 0, index; back < VIEW_LOOK_BACK; back++) {
        const ViewEntry *entry;

        if (!view_visit_index(view, back, &index))
            break;
        entry = view_model_entry(view->model, index);
        if (entry->stage == STAGE_NONE || entry->host != visit->host || view_entry_is_aside(entry))
            continue;
        if (here == NULL && !view_is_farewell(view, index))
            here = entry;
        if (here != NULL && view_visit_has(view, here, entry))
            view_visit_add(view, visit, entry);
    }
    visit->reads = here != NULL && view_session_reads(here->session);
}

static const Stage *
view_visit_plan(const ViewVisit *visit)
{
    const char *route = visit->outcome[STAGE_ROUTE];

    if (visit->reads)
        return plan_reader;
    if (visit->seen[STAGE_BOUNCE] && !visit->seen[STAGE_SENDER] && !visit->seen[STAGE_ROUTE])
        return visit->seen[STAGE_QUEUE] ? plan_report_away : plan_report;
    if (route != NULL && strcmp(route, "local") == 0)
        return plan_local;
    if ((route != NULL && strcmp(route, "remote") == 0) || visit->seen[STAGE_RELAY])
        return plan_remote;
    return plan_open;
}

static gboolean
view_plan_has(const Stage *plan, Stage stage)
{
    for (; *plan != STAGE_NONE; plan++)
        if (*plan == stage)
            return TRUE;
    return FALSE;
}

static void
view_stage_word(GString *line, const ViewVisit *visit, Stage stage, int *begin, int *end)
{
    g_autofree char *name = g_ascii_strup(stage_name(stage), -1);
    const char *outcome = visit->outcome[stage];

    if (line->len > 0)
        g_string_append(line, " > ");
    if (stage == visit->now) {
        *begin = line->len;
        if (visit->asks)
            g_string_append_printf(line, "[%s: DNS %s]", name,
                                   visit->answer == NULL ? "..." : visit->answer);
        else
            g_string_append_printf(line, "[%s %s]", name, outcome == NULL ? "..." : outcome);
        *end = line->len;
    } else if (visit->seen[stage]) {
        g_string_append_printf(line, "%s%s%s", name, outcome == NULL ? "" : " ",
                               outcome == NULL ? "" : outcome);
    } else {
        g_string_append_printf(line, "%s -", name);
    }
}

/* The stages seen that the plan does not know come first or last, by their place in the enum. */
static char *
view_stage_line(const ViewVisit *visit, int *begin, int *end)
{
    const Stage *plan = view_visit_plan(visit);
    gboolean again =
        visit->now == STAGE_RELAY && visit->seen[STAGE_RETRY] && view_plan_has(plan, STAGE_RELAY);
    GString *line = g_string_new(NULL);

    for (Stage stage = STAGE_CONNECT; stage < STAGE_SENDER; stage++)
        if (visit->seen[stage])
            view_stage_word(line, visit, stage, begin, end);
    for (const Stage *p = plan; visit->now != STAGE_PICKUP && *p != STAGE_NONE; p++) {
        if (*p == STAGE_RELAY && again)
            view_stage_word(line, visit, STAGE_RETRY, begin, end);
        view_stage_word(line, visit, *p, begin, end);
    }
    for (Stage stage = STAGE_SENDER; stage < STAGES; stage++)
        if (visit->seen[stage] && (visit->now == STAGE_PICKUP || !view_plan_has(plan, stage)) &&
            !(stage == STAGE_RETRY && again))
            view_stage_word(line, visit, stage, begin, end);
    return g_string_free(line, FALSE);
}

/* How much of a host's name tells it apart: "mx.north" of mx.north.example. */
static int
view_host_short(const char *host)
{
    int first = strcspn(host, ".");

    return host[first] == '\0' ? first : first + 1 + (int)strcspn(host + first + 1, ".");
}

void
view_draw_stages(const View *view, ViewScreen *screen, int y)
{
    ViewVisit visit = { 0 };
    g_autofree char *line = NULL;
    int begin = 0, end = 0, skip = 0, x = 1;
    int width = screen->width;
    guint problems;

    if (view_track_count(view->track) == 0)
        return;
    view_visit_look(view, &visit);
    problems = view_tally_problems(view_track_tally(view->track), view->cursor);
    width -= problems > 0 ? VIEW_PROBLEM_COLUMNS : 0;
    if (visit.now == STAGE_NONE) {
        view_put(screen, x, y, width - x, VIEW_DIM, _("no message is on its way"));
    } else {
        line = view_stage_line(&visit, &begin, &end);
        if (visit.host != NULL)
            x += view_putf(screen, x, y, 16, VIEW_BOLD, "%.*s: ", view_host_short(visit.host),
                           visit.host);
        /* The stage we are in is seen, and one more if there is room. */
        if (end + VIEW_AHEAD_COLUMNS > width - x)
            skip = MAX(0, MIN(begin, end + VIEW_AHEAD_COLUMNS - (width - x)));
        /* Whole words only: it then begins with "> SPLIT ok". */
        while (skip > 0 && skip < begin && line[skip] != '>')
            skip++;
        view_put(screen, x, y, width - x - 1, VIEW_PLAIN, line + skip);
        view_paint(screen, x + begin - skip, y, end - begin, VIEW_BOLD);
    }
    if (problems > 0)
        view_putf(screen, screen->width - VIEW_PROBLEM_COLUMNS + 1, y, VIEW_PROBLEM_COLUMNS - 1,
                  VIEW_RED, ngettext(" %u problem", " %u problems", problems), problems);
}
