/* trace/viewer/story.c - the story of one message in short: what became of it, why, who said so, when.
 *
 *   j1: alice@north.example > carol@south.example
 *   It came back: it could not be delivered, and its sender was told.
 *   Why: no connection to mx.south.example: 127.0.0.3 port 10025: connection refused
 *   Said by: mx.north.example; mx.south.example gave no answer.
 *        09:00:01  mx.north: the message is durable: from the 250 on we are responsible for it
 *        09:00:01  try 1 of mx.north at mx.south.example: no connection to mx.south.example: ...
 *        09:05:01  try 2: the same
 *
 * All is told as it was known at the cursor. Of a journal of any size only the message's own events
 * are looked at, and of those at most VIEW_STORY_MAX are told.
 *
 * Start reading at view_story_add(). Tests: tests/test_viewer_story.c
 */
#include "trace/viewer/story.h"

#include "trace/words.h"

#include <string.h>

/* More lines of one story are not told; the last ones are. */
#define VIEW_STORY_MAX 200
/* So many messages after this one are asked whether they report on it. */
#define VIEW_REPORTS_LOOK 2000

/* ---- the tries ---- */

/* What the database keeps of one try. NULL members: not said. */
typedef struct ViewTry {
    gboolean known;
    char *host, *words;
    gint64 code; /* 0: no answer came */
} ViewTry;

static void
view_try_clear(ViewTry *try)
{
    g_free(try->host);
    g_free(try->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ViewTry, view_try_clear)

static JsonObject *
view_try_row(const ViewEvent *event)
{
    JsonNode *node = json_object_get_member(event->data, "after");
    JsonArray *rows =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    JsonNode *first =
        rows != NULL && json_array_get_length(rows) > 0 ? json_array_get_element(rows, 0) : NULL;

    return first != NULL && JSON_NODE_HOLDS_OBJECT(first) ? json_node_get_object(first) : NULL;
}

static ViewTry
view_try_read(const ViewEvent *event)
{
    const char *label = view_event_text(event, "label");
    JsonObject *row =
        event->event->kind == TRACE_SQL && label != NULL && g_str_has_prefix(label, "attempt ")
            ? view_try_row(event)
            : NULL;
    ViewTry try = { 0 };
    g_autofree char *words = NULL;
    JsonNode *code;

    if (row == NULL || !json_object_has_member(row, "host") ||
        !json_object_has_member(row, "words"))
        return try;
    try.known = TRUE;
    try.host = view_value_words(json_object_get_member(row, "host"));
    words = view_value_words(json_object_get_member(row, "words"));
    try.words = words_sentence(words);
    code = json_object_get_member(row, "code");
    if (code != NULL && JSON_NODE_HOLDS_VALUE(code) &&
        json_node_get_value_type(code) == G_TYPE_INT64)
        try.code = json_node_get_int(code);
    return try;
}

/* ---- which events are told ---- */

/* Decisions of other stages that are told: what the filter made of the message, and how the hosts
 * spoke to each other. */
static const char *const view_story_outcomes[] = { "junk",     "tag",        "greylisted",
                                                   "hold",     "held",       "released",
                                                   "sealed",   "distrusted", "fallback",
                                                   "together", NULL };

/* Without its words, as every entry of a message is asked. */
static gboolean
view_story_may_tell(const View *view, const ViewEntry *entry)
{
    const char *outcome = view_model_outcome(view->model, entry);

    if (entry->twin_back != 0)
        return FALSE;
    switch (entry->kind) {
    case TRACE_FAULT:
    case TRACE_ERROR: return TRUE;
    case TRACE_WIRE: return entry->code >= 400;
    case TRACE_SQL: return entry->stage == STAGE_RELAY || entry->stage == STAGE_BOUNCE;
    case TRACE_DECISION:
        return entry->stage == STAGE_STORE || entry->stage == STAGE_BOUNCE ||
               entry->stage == STAGE_DELIVER || entry->stage == STAGE_ARCHIVE ||
               entry->stage == STAGE_PICKUP ||
               (outcome != NULL && g_strv_contains(view_story_outcomes, outcome));
    default: return FALSE;
    }
}

/* The reports on @message: each is a message of its own that begins with a bounce decision. */
static void
view_story_reports(const View *view, const ViewMessage *message, guint upto, GArray *told)
{
    guint count = view_model_messages(view->model);
    guint number = 0;

    while (number < count && view_model_message(view->model, number) != message)
        number++;
    for (guint i = number + 1; i < count && i <= number + VIEW_REPORTS_LOOK; i++) {
        const ViewMessage *other = view_model_message(view->model, i);
        guint first = g_array_index(other->entries, guint, 0);
        const ViewEntry *entry = view_model_entry(view->model, first);
        g_autoptr(ViewEvent) event = NULL;

        if (first > upto || entry->stage != STAGE_BOUNCE || entry->kind != TRACE_DECISION)
            continue;
        event = view_model_load(view->model, first);
        if (event != NULL && g_strcmp0(view_event_text(event, "reports_on"), message->journey) == 0)
            g_array_append_val(told, first);
    }
}

static int
view_story_compare(gconstpointer a, gconstpointer b)
{
    guint one = *(const guint *)a;
    guint other = *(const guint *)b;

    return one < other ? -1 : one > other;
}

/* guint: entries, in the order they happened. */
static GArray *
view_story_entries(const View *view, const ViewMessage *message, guint upto)
{
    GArray *told = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);

        if (index > upto)
            break;
        if (view_story_may_tell(view, view_model_entry(view->model, index)))
            g_array_append_val(told, index);
    }
    view_story_reports(view, message, upto, told);
    g_array_sort(told, view_story_compare);
    return told;
}

/* ---- what became of it ---- */

static const struct {
    const char *result, *sentence;
} view_story_ends[] = {
    { "refused", N_("Refused: the sending side was told at once, and keeps the message.") },
    { "bounced", N_("It came back: it could not be delivered, and its sender was told.") },
    { "given up", N_("No other try is made: the sender will be told.") },
    { "waits", N_("It waits in the queue: it could not be passed on yet.") },
    { "greylisted", N_("Put off: a server that has not met this sender takes no first try "
                       "(greylisting). Who comes back is let in.") },
    { "held", N_("Held back: a rule of the filter wants somebody to look at it first "
                 "(glasspost queue release).") },
    { "delivered", N_("Delivered: it lies in the mailbox, nobody has read it yet.") },
    { "read", N_("Delivered, and read.") },
};

static const char *
view_story_sentence(const char *result)
{
    for (guint i = 0; i < G_N_ELEMENTS(view_story_ends); i++)
        if (strcmp(view_story_ends[i].result, result) == 0)
            return _(view_story_ends[i].sentence);
    return _("It is on its way.");
}

/* The mailbox that all copies have come into, if it is another than INBOX, where nobody looks first;
 * else NULL. */
static char *
view_story_mailbox(const View *view, const GArray *told)
{
    g_autofree char *mailbox = NULL;

    for (guint i = 0; i < told->len; i++) {
        guint index = g_array_index(told, guint, i);
        g_autoptr(ViewEvent) event = view_model_entry(view->model, index)->stage == STAGE_DELIVER
                                         ? view_model_load(view->model, index)
                                         : NULL;
        const char *name = event == NULL ? NULL : view_event_text(event, "mailbox");

        if (name == NULL)
            continue;
        if (g_ascii_strcasecmp(name, "INBOX") == 0 ||
            (mailbox != NULL && strcmp(mailbox, name) != 0))
            return NULL;
        g_free(mailbox);
        mailbox = g_strdup(name);
    }
    return g_steal_pointer(&mailbox);
}

/* What became of it, in a sentence, as @look. */
static void
view_story_ended(const View *view, ViewLines *lines, guint look, int indent, const char *result,
                 const GArray *told)
{
    g_autofree char *mailbox = view_story_mailbox(view, told);

    if (mailbox != NULL && strcmp(result, "delivered") == 0)
        view_lines_add(lines, look, indent,
                       N_("Delivered into %s: it does not lie in INBOX, and nobody has read it "
                          "yet."),
                       mailbox);
    else if (mailbox != NULL && strcmp(result, "read") == 0)
        view_lines_add(lines, look, indent, N_("Delivered into %s, and read."), mailbox);
    else
        view_lines_add(lines, look, indent, "%s", view_story_sentence(result));
}

static gboolean
view_story_has_why(const char *result)
{
    static const char *const results[] = { "refused",  "bounced",    "waits",
                                           "given up", "greylisted", NULL };

    return g_strv_contains(results, result);
}

/* The last no that was said to @message, in a try or in a reply. */
static void
view_story_why(const View *view, ViewLines *lines, const GArray *told)
{
    for (guint i = told->len; i > 0; i--) {
        guint index = g_array_index(told, guint, i - 1);
        g_autoptr(ViewEvent) event = view_model_load(view->model, index);
        g_auto(ViewTry) try = { 0 };
        const char *line = event == NULL ? NULL : view_event_text(event, "lines");

        if (event == NULL)
            continue;
        try = view_try_read(event);
        if (!try.known && (line == NULL || view_model_entry(view->model, index)->code < 400))
            continue;
        if (try.known && try.code >= 200 && try.code < 300)
            continue; /* what went well on the way to the host that said no */
        view_lines_add(lines, VIEW_PLAIN, 5, "Why: %s", try.known ? try.words : line);
        if (!try.known)
            view_lines_add(lines, VIEW_PLAIN, 5, "Said by: %s, to whoever called it.",
                           event->event->host);
        else if (try.code > 0)
            view_lines_add(lines, VIEW_PLAIN, 5, "Said by: %s, to %s, which called it.", try.host,
                           event->event->host);
        else
            view_lines_add(lines, VIEW_PLAIN, 5,
                           "Said by: %s itself: its call of %s came to nothing.",
                           event->event->host, try.host);
        return;
    }
}

/* ---- when ---- */

/* "     09:05:01", or "day 2 09:05:01" from the second day on. */
static char *
view_story_time(const View *view, gint64 time_us)
{
    g_autofree char *date = view_date(view, time_us);
    gsize length = strlen(date);

    /* Without the milliseconds. */
    return g_strdup_printf("%14.*s", (int)(length > 4 ? length - 4 : length), date);
}

/* Which try of its recipient. Journals of before tell the row's number only. */
static char *
view_story_try_number(const ViewEvent *event)
{
    const char *label = view_event_text(event, "label");
    char *number = view_event_value(event, "tries");

    if (number != NULL || label == NULL || !g_str_has_prefix(label, "attempt "))
        return number;
    return g_strdup(label + strlen("attempt "));
}

/* @same: the words of the try before, which need not be said again. */
static void
view_story_line(const View *view, ViewLines *lines, const ViewEvent *event, char **same)
{
    g_auto(ViewTry) try = view_try_read(event);
    g_autofree char *time = view_story_time(view, event->event->time_us);
    g_autofree char *number = view_story_try_number(event);
    const char *host = event->event->host == NULL ? "" : event->event->host;
    const char *reply = view_event_text(event, "lines");

    if (event->event->kind == TRACE_WIRE && reply != NULL) {
        view_lines_add(lines, VIEW_PLAIN, 16, "%s  %s says no: %s", time, host, reply);
    } else if (!try.known) {
        if (event->event->kind == TRACE_SQL && event->event->stage != STAGE_BOUNCE)
            return;
        view_lines_add(lines, VIEW_PLAIN, 16, "%s  %s%s%s", time, host, *host == '\0' ? "" : ": ",
                       event->event->text == NULL ? "" : event->event->text);
    } else if (g_strcmp0(*same, try.words) == 0) {
        view_lines_add(lines, VIEW_PLAIN, 16, "%s  try %s: the same", time, number);
    } else {
        view_lines_add(lines, VIEW_PLAIN, 16, "%s  try %s, %s calls %s: %s", time, number, host,
                       try.host, try.words);
        g_free(*same);
        *same = g_steal_pointer(&try.words);
    }
}

/* When the next try is planned, if one is. */
static void
view_story_planned(const View *view, ViewLines *lines, const ViewMessage *message, guint upto)
{
    gint64 due_us = 0;
    g_autofree char *time = NULL;

    for (guint i = 0; i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);
        gint64 due = view_entry_due_us(view_model_entry(view->model, index));

        if (index > upto)
            break;
        due_us = due > 0 ? due : due_us;
    }
    if (due_us <= view_model_entry(view->model, upto)->time_us)
        return;
    time = view_story_time(view, due_us);
    view_lines_add(lines, VIEW_YELLOW, 16, "%s  planned: the next try", time);
}

void
view_story_add(const View *view, ViewLines *lines, const ViewMessage *message)
{
    guint upto = view_pane_entry(view);
    g_autoptr(GArray) told = view_story_entries(view, message, upto);
    guint first = told->len > VIEW_STORY_MAX ? told->len - VIEW_STORY_MAX : 0;
    const char *result = view_message_result(view, message, upto);
    gboolean report = g_strcmp0(message->from, "<>") == 0;
    g_autofree char *same = NULL;

    view_lines_add(lines, VIEW_BOLD, 2, "%s: %s > %s", message->journey,
                   message->from == NULL ? "?" : message->from,
                   message->to == NULL ? "?" : message->to);
    if (report)
        view_lines_add(lines, VIEW_PLAIN, 2,
                       "A report by a server: it has no sender (<>), so that it can't bounce too.");
    view_story_ended(view, lines, VIEW_BOLD, 2, result, told);
    if (view_story_has_why(result))
        view_story_why(view, lines, told);
    if (first > 0)
        view_lines_add(lines, VIEW_DIM, 16, "%14s  (%u earlier lines)", "...", first);
    for (guint i = first; i < told->len; i++) {
        g_autoptr(ViewEvent) event = view_model_load(view->model, g_array_index(told, guint, i));

        if (event != NULL)
            view_story_line(view, lines, event, &same);
    }
    view_story_planned(view, lines, message, upto);
}

void
view_story_end(const View *view, ViewLines *lines, const ViewMessage *message)
{
    guint upto = view_model_count(view->model) - 1;
    g_autoptr(GArray) told = view_story_entries(view, message, upto);
    const char *result = view_message_result(view, message, upto);

    if (strcmp(result, "on its way") == 0)
        view_lines_add(lines, VIEW_PLAIN, 0,
                       "Cut off on its way: nobody goes on with it any more.");
    else
        view_story_ended(view, lines, VIEW_PLAIN, 0, result, told);
    if (view_story_has_why(result))
        view_story_why(view, lines, told);
}
