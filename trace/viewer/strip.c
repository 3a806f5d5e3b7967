/* trace/viewer/strip.c - the single lines that say where one is: title, stages, time line.
 *
 *    Glasspost STEP  j3  alice@north.example > carol@south.example      09:00:00.009
 *    SENDER ok > SPLIT ok > ROUTE remote > [DNS ...] > FILTER - > STORE -
 *   -09:00 CO SE SP RO [DN] ............................................. 21/109 -
 *
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/draw.h"

#include <string.h>

/* As far back as is looked for the stages of one visit to a host. */
#define VIEW_LOOK_BACK 4000
/* The same for the message that a commit was for. */
#define VIEW_TITLE_BACK 20

/* ---- the title ---- */

/* A commit belongs to no message; the title keeps the one that has waited for it. */
static const ViewMessage *
view_title_message(const View *view)
{
    const ViewEntry *entry = view_current(view);

    for (guint row = view->cursor; entry != NULL && entry->kind == TRACE_SQL; row--) {
        const ViewEntry *before = view_track_entry(view->track, row);

        if (before->journey != NULL)
            return view_model_message_of(view->model, before->journey);
        if (row == 0 || view->cursor - row > VIEW_TITLE_BACK)
            break;
    }
    return view_message(view);
}

void
view_draw_title(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);
    const ViewMessage *message = view_title_message(view);
    g_autofree char *time = entry == NULL ? NULL : view_date(view, entry->time_us);
    int columns = time == NULL ? 0 : strlen(time);
    int width = screen->width;
    int x = 1;

    view_fill(screen, 0, y, width, VIEW_REVERSE, ' ');
    x += view_put(screen, x, y, width - x, VIEW_REVERSE | VIEW_BOLD, "Glasspost ");
    x += view_put(screen, x, y, width - x, VIEW_REVERSE | VIEW_BOLD,
                  view_mode_name(view_mode(view)));
    if (view->filter != NULL)
        x += view_put(screen, x, y, width - x, VIEW_REVERSE | VIEW_BOLD, " FILTER");
    if (message != NULL)
        view_putf(screen, x + 2, y, width - x - 4 - columns, VIEW_REVERSE, "%s  %s > %s%s",
                  message->journey, message->from == NULL ? "..." : message->from,
                  message->to == NULL ? "..." : message->to,
                  message->recipients > 1 ? " and others" : "");
    if (time != NULL)
        view_put(screen, width - 1 - columns, y, columns, VIEW_REVERSE, time);
}

/* ---- the stages ---- */

static const Stage plan_local[] = { STAGE_SENDER, STAGE_SPLIT, STAGE_ROUTE,   STAGE_RECIPIENT,
                                    STAGE_FILTER, STAGE_STORE, STAGE_DELIVER, STAGE_NONE };
static const Stage plan_remote[] = { STAGE_SENDER, STAGE_SPLIT,  STAGE_ROUTE,
                                     STAGE_DNS,    STAGE_FILTER, STAGE_STORE,
                                     STAGE_QUEUE,  STAGE_RELAY,  STAGE_NONE };
static const Stage plan_open[] = { STAGE_SENDER, STAGE_SPLIT, STAGE_ROUTE, STAGE_NONE };

/* What the stages at the host in focus have come to, up to the cursor. */
typedef struct ViewVisit {
    gboolean seen[STAGES];
    const char *outcome[STAGES];
    Stage now;
    const char *host;
} ViewVisit;

/* The event @back before the cursor's, by events where a filter leaves some out of the ladder;
 * NULL: there is none. */
static const ViewEntry *
view_visit_entry(const View *view, guint back)
{
    guint index = view_track_row(view->track, view->cursor)->entry;

    if (view->filter == NULL)
        return back > view->cursor ? NULL : view_track_entry(view->track, view->cursor - back);
    return back > index ? NULL : view_model_entry(view->model, index - back);
}

static void
view_visit_look(const View *view, ViewVisit *visit)
{
    const ViewRow *here = view_track_row(view->track, view->cursor);
    const char *journey = view_track_entry(view->track, view->cursor)->journey;

    visit->host = here->focus;
    for (guint back = 0; back < VIEW_LOOK_BACK; back++) {
        const ViewEntry *entry = view_visit_entry(view, back);

        if (entry == NULL)
            break;
        if (entry->stage == STAGE_NONE || entry->host != here->focus ||
            view_entry_is_aside(entry) ||
            (journey != NULL && entry->journey != journey && entry->journey != NULL))
            continue;
        if (visit->now == STAGE_NONE)
            visit->now = entry->stage;
        visit->seen[entry->stage] = TRUE;
        if (visit->outcome[entry->stage] == NULL)
            visit->outcome[entry->stage] = entry->outcome;
    }
}

static const Stage *
view_visit_plan(const ViewVisit *visit)
{
    const char *route = visit->outcome[STAGE_ROUTE];

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
    GString *line = g_string_new(NULL);

    for (Stage stage = STAGE_CONNECT; stage < STAGE_SENDER; stage++)
        if (visit->seen[stage])
            view_stage_word(line, visit, stage, begin, end);
    if (visit->now != STAGE_PICKUP)
        for (const Stage *p = plan; *p != STAGE_NONE; p++)
            view_stage_word(line, visit, *p, begin, end);
    for (Stage stage = STAGE_SENDER; stage < STAGES; stage++)
        if (visit->seen[stage] && (visit->now == STAGE_PICKUP || !view_plan_has(plan, stage)))
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
    line = view_stage_line(&visit, &begin, &end);
    problems = view_tally_problems(view_track_tally(view->track), view->cursor);
    width -= problems > 0 ? 13 : 0;
    if (visit.host != NULL)
        x += view_putf(screen, x, y, 16, VIEW_BOLD, "%.*s: ", view_host_short(visit.host),
                       visit.host);
    /* The stage we are in is seen, and one more if there is room. */
    if (end + 12 > width - x)
        skip = MAX(0, MIN(begin, end + 12 - (width - x)));
    /* Whole words only: it then begins with "> SPLIT ok". */
    while (skip > 0 && skip < begin && line[skip] != '>')
        skip++;
    view_put(screen, x, y, width - x - 1, VIEW_PLAIN, line + skip);
    view_paint(screen, x + begin - skip, y, end - begin, VIEW_BOLD);
    if (problems > 0)
        view_putf(screen, screen->width - 12, y, 12, VIEW_RED, " %u problem%s", problems,
                  problems == 1 ? "" : "s");
}

/* ---- the time line ---- */

typedef struct ViewStop {
    Stage stage;
    guint row; /* where it begins */
    gboolean hop;
} ViewStop;

static GArray *
view_time_stops(const View *view)
{
    GArray *stops = g_array_new(FALSE, FALSE, sizeof(ViewStop));
    g_autoptr(GHashTable) known = g_hash_table_new(g_direct_hash, g_direct_equal);
    Stage last = STAGE_NONE;

    /* Only some stops around the cursor are drawn, so only what is near is looked at. */
    guint first = view->cursor > VIEW_LOOK_BACK ? view->cursor - VIEW_LOOK_BACK : 0;
    guint end = MIN(view->stand, view->cursor + VIEW_LOOK_BACK);

    for (guint row = first; row < view_track_count(view->track) && row <= end; row++) {
        Stage stage = view_track_stage(view->track, row);
        ViewStop stop = { stage, row, view_track_row(view->track, row)->before != NULL };

        const char *session = view_track_entry(view->track, row)->session;

        if (stage == STAGE_NONE || (stage == last && !stop.hop))
            continue;
        /* A session that says QUIT does not begin again. */
        if (!g_hash_table_add(known, (gpointer)session) && stage == STAGE_CONNECT && !stop.hop)
            continue;
        last = stage;
        g_array_append_val(stops, stop);
    }
    return stops;
}

/* The next try that is planned, as the cursor's message knew it. */
static gint64
view_time_planned(const View *view)
{
    const ViewEntry *entry = view_current(view);
    const ViewMessage *message =
        entry == NULL ? NULL : view_model_message_of(view->model, entry->journey);
    gint64 due = 0;

    for (guint i = 0; message != NULL && i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);
        const ViewEntry *it = view_model_entry(view->model, index);

        if (index > view_track_row(view->track, view->cursor)->entry)
            break;
        if (it->due_s > 0)
            due = view_entry_due_us(it);
    }
    return entry != NULL && due > entry->time_us ? due : 0;
}

/* As many stops as fit, the one we are in among them. */
static int
view_draw_stops(const View *view, ViewScreen *screen, int x, int y, int width)
{
    g_autoptr(GArray) stops = view_time_stops(view);
    int here = 0;
    int fits = MAX(1, width / 4);
    int first;

    for (guint i = 0; i < stops->len; i++)
        if (g_array_index(stops, ViewStop, i).row <= view->cursor)
            here = i;
    first = MAX(0, MIN(here - fits / 2, (int)stops->len - fits));
    for (int i = first; i < (int)stops->len && i < first + fits; i++) {
        const ViewStop *stop = &g_array_index(stops, ViewStop, i);
        const char *form = i == here ? "[%s]" : stop->hop ? "|%s " : " %s ";
        g_autofree char *text = g_strdup_printf(form, stage_info(stop->stage)->brief);

        x += view_put(screen, x, y, 4, i == here ? VIEW_BOLD : VIEW_PLAIN, text);
    }
    return x;
}

void
view_draw_time_line(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);
    g_autofree char *start = NULL;
    g_autofree char *count = NULL;
    gint64 planned = view_time_planned(view);
    int right = screen->width - 1;
    int x;

    view_line_across(screen, 0, y, screen->width, VIEW_BLUE);
    if (entry == NULL)
        return;
    count = g_strdup_printf(" %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " ", entry->seq,
                            view_track_entry(view->track, view->stand)->seq);
    right -= strlen(count);
    view_put(screen, right, y, strlen(count), VIEW_PLAIN, count);
    if (planned > 0) {
        g_autofree char *when = view_clock(planned);
        g_autofree char *words = g_strdup_printf(" planned %.5s ", when);

        right -= 15;
        view_put(screen, right, y, 15, VIEW_YELLOW, words);
    }
    start = view_clock(view_track_entry(view->track, 0)->time_us);
    x = 1 + view_putf(screen, 1, y, 6, VIEW_PLAIN, "%.5s ", start);
    view_draw_stops(view, screen, x, y, right - x - 1);
}
