/* trace/viewer/why.c - pane 1: the event, its cause, the rule, what else could have come.
 *
 *   Hosts that take mail for south.example: 1; the lowest preference is tried first
 *   Question: Which host takes mail for the domain, and where is it?
 *   Because: event 24, dns: An answer that repeats our id and question, so it is ~
 *   Rule: RFC 5321 §5.1.  Code: dns/mx.c:122 dns_mx_order()
 *   Or else: name does not exist (NXDOMAIN): final, 550 5.1.2 | null MX: the ~
 *
 * Under the ladder there are six lines: each part then gets so many that the next is still seen.
 * Zoomed, all is told. Start reading at view_pane_why().
 * Tests: tests/test_viewer_panes.c, and the screens in tests/screens/
 */
#include "trace/viewer/panes.h"

#include <string.h>

#include "trace/viewer/story.h"
#include "trace/viewer/why_words.h"
#include "trace/words.h"

/* From this width on, not zoomed, the pane lies under the ladder. */
#define VIEW_WHY_BRIEF 58

/* Data that other panes show, or that only places the arrow. */
static gboolean
view_why_is_told_elsewhere(const char *key)
{
    static const char *const keys[] = { "from",          "to",      "label",  "line",
                                        "lines",         "sql",     "rows",   "head",
                                        "start",         "sha256",  "code",   "params",
                                        "before",        "outcome", "number", "changed",
                                        "stored_sha256", NULL };

    return g_strv_contains(keys, key);
}

/* What the decision was made from. Rows of the database are for the pane Changed. */
static void
view_why_inputs(ViewLines *lines, const ViewEvent *event)
{
    g_autoptr(GString) words = g_string_new(NULL);
    JsonObjectIter members;
    const char *name;
    JsonNode *node;

    json_object_iter_init_ordered(&members, event->data);
    while (json_object_iter_next_ordered(&members, &name, &node)) {
        g_autofree char *value = NULL;

        if (view_why_is_told_elsewhere(name) ||
            (strcmp(name, "after") == 0 && event->event->stage != STAGE_DNS))
            continue;
        value = view_value_words(node);
        g_string_append_printf(words, "%s%s: %s", words->len > 0 ? "; " : "",
                               view_why_word(event->event->stage, name), value);
    }
    if (words->len > 0)
        view_lines_add(lines, VIEW_PLAIN, 2, "With %s.", words->str);
}

static void
view_why_cause(const View *view, ViewLines *lines, int most, const TraceEvent *event)
{
    guint index, row;
    g_autoptr(ViewEvent) cause = NULL;
    const char *stage;

    if (event->cause == 0) {
        view_lines_add(lines, VIEW_PLAIN, 2,
                       "Because: it begins here; somebody outside wanted it.");
        return;
    }
    /* Of two ends of the same octets, the one on the ladder is named. */
    if (view_track_find(view->track, event->cause, &row))
        cause = view_model_load(view->model, view_track_row(view->track, row)->entry);
    else if (view_model_find(view->model, event->cause, &index))
        cause = view_model_load(view->model, index);
    if (cause == NULL) {
        view_lines_add(
            lines, VIEW_PLAIN, 2,
            event->cause < view_model_entry(view->model, 0)->seq
                ? "Because: event %" G_GUINT64_FORMAT ", in a part of the journal that was dropped."
                : "Because: event %" G_GUINT64_FORMAT ", which the journal does not have.",
            event->cause);
        return;
    }
    stage = stage_name(cause->event->stage);
    view_lines_add_most(lines, VIEW_PLAIN, 2, most, "Because: event %" G_GUINT64_FORMAT ", %s%s%s",
                        cause->event->seq, stage, *stage == '\0' ? "" : ": ",
                        cause->event->text == NULL ? "" : cause->event->text);
}

static void
view_why_rule(ViewLines *lines, const TraceEvent *event)
{
    g_autoptr(ViewPlace) place = view_place_parse(event->at);
    const char *rule = event->rfc == NULL ? _("our own, no RFC asks for it") : event->rfc;

    if (place == NULL)
        view_lines_add(lines, VIEW_PLAIN, 2, "Rule: %s.", rule);
    else
        view_lines_add(lines, VIEW_PLAIN, 2, "Rule: %s.  Code: %s:%u %s()", rule, place->path,
                       place->line, place->function);
}

/* Whether the line @may of the stage's outcomes is what @event came to. */
static gboolean
view_why_is_taken(const ViewEvent *event, const char *may)
{
    const char *outcome = view_event_text(event, "outcome");
    g_autofree char *code = view_event_value(event, "code");

    return (outcome != NULL && g_str_has_prefix(may, outcome)) ||
           (code != NULL && g_str_has_prefix(may, code));
}

static void
view_why_alternatives(ViewLines *lines, gboolean brief, const ViewEvent *event)
{
    const StageInfo *stage = stage_info(event->event->stage);
    g_auto(GStrv) outcomes = g_strsplit(stage->outcomes, "\n", 20);
    g_auto(GStrv) shown = g_strsplit(_(stage->outcomes), "\n", 20);
    g_autoptr(GString) words = g_string_new(NULL);
    gboolean taken = FALSE;

    for (guint i = 0; outcomes[i] != NULL && shown[i] != NULL; i++) {
        if (view_why_is_taken(event, outcomes[i]))
            taken = TRUE;
        else
            g_string_append_printf(words, "%s%s",
                                   words->len == 0 ? ""
                                   : brief         ? " | "
                                                   : "\n  ",
                                   shown[i]);
    }
    /* A line of the conversation that decides nothing (EHLO, QUIT) has no alternatives. */
    if (words->len > 0 && (taken || event->event->kind != TRACE_WIRE))
        view_lines_add(lines, VIEW_PLAIN, brief ? 2 : 4, "%s%s%s",
                       taken ? _("Or else:") : _("What can come of it:"), brief ? " " : "\n  ",
                       words->str);
}

/* Where it is waited or given up, one wants to know what was tried. */
static void
view_why_story(const View *view, ViewLines *lines, const ViewEvent *event)
{
    const char *journey = view_event_text(event, "reports_on");
    const ViewMessage *message =
        view_model_message_of(view->model, journey != NULL ? journey : event->event->journey);

    if (message != NULL &&
        (event->event->stage == STAGE_RETRY || event->event->stage == STAGE_BOUNCE))
        view_story_add(view, lines, message);
}

void
view_pane_why(const View *view, ViewLines *lines, const ViewEvent *event)
{
    const TraceEvent *it = event->event;
    const StageInfo *stage = stage_info(it->stage);
    const char *outcome = view_event_text(event, "outcome");
    g_autofree char *here = outcome == NULL ? NULL : view_why_outcome(outcome);
    gboolean brief = !view->zoom && view_lines_width(lines) >= VIEW_WHY_BRIEF;
    int before = view_lines_count(lines);

    view_lines_add_most(lines, VIEW_BOLD, 0, brief ? 2 : 20, "%s",
                        it->text == NULL ? "" : it->text);
    if (*stage->name != '\0')
        view_lines_add_most(lines, VIEW_PLAIN, 2, brief ? 1 : 20, "Question: %s%s%s%s",
                            _(stage->question), here == NULL ? "" : _(" Here: "),
                            here == NULL ? "" : here, here == NULL ? "" : ".");
    /* A short sentence leaves its second line to the cause. */
    view_why_cause(view, lines, !brief ? 20 : view_lines_count(lines) - before > 2 ? 1 : 2, it);
    view_why_rule(lines, it);
    view_why_alternatives(lines, brief, event);
    view_why_inputs(lines, event);
    view_why_story(view, lines, event);
}
