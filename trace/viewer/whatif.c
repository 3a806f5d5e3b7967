/* trace/viewer/whatif.c - where two runs of the same inputs part, and why, as a page (see whatif.h).
 *
 * Up to the change both runs are the same, event by event: a simulated world leaves nothing to chance.
 * So the first event that differs is found by going through both at once, and what differs after it
 * may be its consequence.
 *
 * Start reading at view_runs_write(), at the end. Tests: tests/test_whatif.c
 */
#include "trace/viewer/whatif_inside.h"

#include <string.h>
#include "trace/words.h"

/* ---- going through both ---- */

typedef struct ViewTold {
    const ViewModel *model;
    guint entry;
    GString *line;
} ViewTold;

/* The text's place in the line, its quotes not included. The server writes its lines in one form, so a
 * parser need not be asked for each of them. */
static const char *
view_told_text(const GString *line, gsize *length)
{
    static const char key[] = ",\"text\":\"";
    const char *from = strstr(line->str, key), *to;

    *length = 0;
    if (from == NULL)
        return "";
    from += strlen(key);
    for (to = from; *to != '\0' && *to != '"'; to++)
        if (*to == '\\' && to[1] != '\0')
            to++;
    *length = (gsize)(to - from);
    return from;
}

/* Goes to the next event from @told's entry on that counts. FALSE: there is none. */
static gboolean
view_told_find(ViewTold *told)
{
    while (told->entry < view_model_count(told->model) &&
           view_model_entry(told->model, told->entry)->kind == TRACE_INPUT)
        told->entry++;
    if (told->entry >= view_model_count(told->model))
        return FALSE;
    g_string_truncate(told->line, 0);
    view_model_line(told->model, told->entry, told->line);
    return TRUE;
}

static gboolean
view_told_are_alike(const ViewTold *one, const ViewTold *two)
{
    const ViewEntry *a = view_model_entry(one->model, one->entry);
    const ViewEntry *b = view_model_entry(two->model, two->entry);
    gsize length, other_length;
    const char *text, *other;

    if (a->stage != b->stage || a->kind != b->kind || g_strcmp0(a->host, b->host) != 0)
        return FALSE;
    text = view_told_text(one->line, &length);
    other = view_told_text(two->line, &other_length);
    return length == other_length && memcmp(text, other, length) == 0;
}

gboolean
view_whatif_parting(const ViewModel *before, const ViewModel *after, ViewParting *parting)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GString) other = g_string_new(NULL);
    ViewTold one = { before, 0, line }, two = { after, 0, other };
    gboolean first, second;

    parting->shared[0] = parting->shared[1] = VIEW_NO_ENTRY;
    while ((first = view_told_find(&one)) & (second = view_told_find(&two)) &&
           view_told_are_alike(&one, &two)) {
        parting->shared[0] = one.entry++;
        parting->shared[1] = two.entry++;
    }
    parting->first[0] = first ? one.entry : VIEW_NO_ENTRY;
    parting->first[1] = second ? two.entry : VIEW_NO_ENTRY;
    return first || second;
}

gboolean
view_whatif_alike(const ViewModel *before, guint one, const ViewModel *after, guint two)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GString) other = g_string_new(NULL);
    ViewTold told = { before, one, line }, as = { after, two, other };

    view_model_line(before, one, line);
    view_model_line(after, two, other);
    return view_told_are_alike(&told, &as);
}

char *
view_whatif_raw(const ViewModel *model, guint entry)
{
    g_autoptr(GString) line = g_string_new(NULL);
    const char *text;
    gsize length;

    view_model_line(model, entry, line);
    text = view_told_text(line, &length);
    return g_strndup(text, length);
}

/* ---- words ---- */

char *
view_whatif_time(const View *view, gint64 time_us)
{
    g_autofree char *date = view_date(view, time_us);
    gsize length = strlen(date);

    return g_strndup(date, length > 4 ? length - 4 : length); /* without the milliseconds */
}

void
view_whatif_put(GString *out, const ViewLines *lines)
{
    for (int i = 0; i < view_lines_count(lines); i++)
        g_string_append_printf(out, "%s\n", view_lines_text(lines, i));
}

int
view_runs_cell(const ViewRuns *runs)
{
    return runs->columns / 2 - VIEW_WHATIF_MARGIN;
}

int
view_runs_line(ViewRuns *runs)
{
    for (; runs->counted < runs->out->len; runs->counted++)
        runs->line += runs->out->str[runs->counted] == '\n' ? 1 : 0;
    return runs->line;
}

void
view_runs_stop(ViewRuns *runs, int line, gboolean across, guint before, guint after)
{
    ViewWhatifStop stop = { line, view_runs_line(runs) - line, across, { before, after } };

    g_array_append_val(runs->stops, stop);
}

/* "58, 09:00:00 mx.north.example relay: no connection to ..." */
static char *
view_whatif_event(const View *view, guint entry)
{
    const ViewEntry *it = view_model_entry(view->model, entry);
    g_autoptr(ViewEvent) event = view_model_load(view->model, entry);
    g_autofree char *time = view_whatif_time(view, it->time_us);
    g_autoptr(GString) words = g_string_new(NULL);

    g_string_printf(words, "%" G_GUINT64_FORMAT ", %s", it->seq, time);
    if (it->host != NULL)
        g_string_append_printf(words, " %s", it->host);
    if (it->stage != STAGE_NONE)
        g_string_append_printf(words, " %s", stage_name(it->stage));
    g_string_append_printf(words, ": %s",
                           event == NULL || event->event->text == NULL ? "" : event->event->text);
    return g_string_free(g_steal_pointer(&words), FALSE);
}

static void
view_whatif_side(ViewRuns *runs, guint side)
{
    g_autoptr(ViewLines) lines = view_lines_new(runs->columns);
    guint entry = runs->parting.first[side];
    int line = view_runs_line(runs);
    g_autofree char *words =
        entry != VIEW_NO_ENTRY ? view_whatif_event(runs->views[side], entry) : NULL;

    if (words == NULL)
        view_lines_add(lines, VIEW_PLAIN, 5,
                       side == 0 ? N_("   as it was: nothing more happens")
                                 : N_("   what if: nothing more happens"));
    else
        view_lines_add_most(lines, VIEW_PLAIN, 5, 6,
                            side == 0 ? N_("   as it was: event %s") : N_("   what if: event %s"),
                            words);
    view_whatif_put(runs->out, lines);
    if (entry != VIEW_NO_ENTRY)
        view_runs_stop(runs, line, TRUE, side == 0 ? entry : VIEW_NO_ENTRY,
                       side == 1 ? entry : VIEW_NO_ENTRY);
}

/* Why the second run goes another way here: the fault itself, or what it follows from. */
static void
view_whatif_cause(const ViewRuns *runs, ViewLines *lines)
{
    guint side = runs->parting.first[1] != VIEW_NO_ENTRY ? 1 : 0;
    const View *view = runs->views[side];
    const ViewEntry *entry = view_model_entry(view->model, runs->parting.first[side]);
    g_autofree char *words = NULL;
    guint cause;

    if (side == 1 && entry->kind == TRACE_FAULT) {
        view_lines_add(lines, VIEW_PLAIN, 3, N_("   Why: here the fault happens."));
        return;
    }
    if (!view_model_find(view->model, entry->cause, &cause)) {
        view_lines_add(lines, VIEW_PLAIN, 3,
                       N_("   Why: this is the first place that the change touches."));
        return;
    }
    words = view_whatif_event(view, cause);
    view_lines_add_most(
        lines, VIEW_PLAIN, 5, 6,
        N_("   Why: here the change is felt for the first time. It follows from event "
           "%s"),
        words);
}

static void
view_whatif_shared(ViewRuns *runs)
{
    g_autoptr(ViewLines) lines = view_lines_new(runs->columns);
    guint shared = runs->parting.shared[0];

    if (shared != VIEW_NO_ENTRY) {
        g_autofree char *words = view_whatif_event(runs->views[0], shared);

        view_lines_add_most(lines, VIEW_PLAIN, 5, 6, N_("Both tell the same up to event %s"),
                            words);
    }
    view_lines_add(lines, VIEW_BOLD, 3, N_(">> There they part:"));
    view_whatif_put(runs->out, lines);
}

static void
view_whatif_parts(ViewRuns *runs)
{
    g_autoptr(ViewLines) why = view_lines_new(runs->columns);

    view_whatif_shared(runs);
    view_whatif_side(runs, 0);
    view_whatif_side(runs, 1);
    view_whatif_cause(runs, why);
    view_lines_add_raw(why, VIEW_PLAIN, "");
    view_whatif_put(runs->out, why);
}

static void
view_whatif_same(ViewRuns *runs, const char *change)
{
    g_autoptr(ViewLines) lines = view_lines_new(runs->columns);

    if (g_str_has_prefix(change, "fault "))
        view_lines_add(
            lines, VIEW_BOLD, 3,
            N_("Nothing changes: the fault was never reached. No event of this run comes to "
               "the place where it would happen, for that host or so many times."));
    else
        view_lines_add(lines, VIEW_BOLD, 3,
                       N_("Nothing changes: no event of this run rests on what was changed."));
    view_lines_add_raw(lines, VIEW_PLAIN, "");
    view_whatif_put(runs->out, lines);
}

/* ---- the page ---- */

/* All of a run, read to its end. */
static View *
view_whatif_view(ViewModel *model)
{
    View *view;

    while (view_model_read(model, 1024 * 1024))
        ;
    view = view_new(model);
    view_update(view);
    return view;
}

void
view_runs_open(ViewRuns *runs, ViewModel *before, ViewModel *after)
{
    runs->views[0] = view_whatif_view(before);
    runs->views[1] = view_whatif_view(after);
    runs->parted = view_whatif_parting(before, after, &runs->parting);
    runs->out = g_string_new(NULL);
    runs->stops = g_array_new(FALSE, FALSE, sizeof(ViewWhatifStop));
}

void
view_runs_close(ViewRuns *runs)
{
    view_free(runs->views[0]);
    view_free(runs->views[1]);
    g_string_free(runs->out, TRUE);
    g_array_unref(runs->stops);
}

static void
view_runs_head(ViewRuns *runs, const char *change, const char *note)
{
    g_autoptr(ViewLines) head = view_lines_new(runs->columns);

    view_lines_add(head, VIEW_BOLD, 9, N_("What if: %s"), change);
    view_lines_add_raw(head, VIEW_PLAIN, "");
    if (note != NULL) {
        view_lines_add(head, VIEW_PLAIN, 0, "%s", note);
        view_lines_add_raw(head, VIEW_PLAIN, "");
    }
    view_whatif_put(runs->out, head);
}

void
view_runs_write(ViewRuns *runs, int columns, const char *change, const char *note)
{
    runs->columns = columns;
    runs->line = 0;
    runs->counted = 0;
    g_string_truncate(runs->out, 0);
    g_array_set_size(runs->stops, 0);
    view_runs_head(runs, change, note);
    if (runs->parted)
        view_whatif_parts(runs);
    else
        view_whatif_same(runs, change);
    view_whatif_ends(runs);
    if (runs->parted)
        view_whatif_rows(runs);
}

char *
view_whatif_text(ViewModel *before, ViewModel *after, const char *change, const char *note)
{
    ViewRuns runs = { 0 };
    char *text;

    view_runs_open(&runs, before, after);
    view_runs_write(&runs, VIEW_WHATIF_COLUMNS, change, note);
    text = g_strchomp(g_strdup(runs.out->str));
    view_runs_close(&runs);
    return text;
}
