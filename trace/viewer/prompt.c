/* trace/viewer/prompt.c - the last line but one as a place to type: break, search, filter, a command.
 *
 * Tests: tests/test_viewer_keys.c
 */
#include "trace/viewer/keys.h"

#include <string.h>

#include "trace/viewer/colon.h"
#include "trace/viewer/keep.h"
#include "trace/viewer/lists.h"
#include "trace/viewer/moves.h"
#include "trace/words.h"

/* A command line of the control socket is not longer. */
#define VIEW_TYPED_MAX 400

typedef struct ViewQuestion {
    const char *label;
    const char *keys; /* what the footer says meanwhile */
    void (*done)(View *view, const char *typed);
    gboolean empty; /* nothing typed is an answer too */
} ViewQuestion;

/* The line begins with "stage=": who typed a whole term behind it meant that one. */
static const char *
view_break_meant(const char *typed)
{
    const char *value = g_str_has_prefix(typed, "stage=") ? typed + strlen("stage=") : typed;

    return strcspn(value, "=~<>!") < strcspn(value, " ") ? value : typed;
}

static void
view_done_break(View *view, const char *whole)
{
    g_autoptr(GError) error = NULL;
    const char *typed = view_break_meant(whole);
    TraceFilter *filter = trace_filter_parse(typed, &error);

    if (filter == NULL) {
        g_autofree char *why = words_sentence(error->message);

        view_notice(view, "No breakpoint: %s", why);
        return;
    }
    view_notice(view, "Breakpoint: %s. c runs to it.", typed);
    if (view->live) {
        view_order(view, TRUE, "break %s", typed);
        trace_filter_free(filter);
        return;
    }
    g_ptr_array_add(view->breaks, filter);
}

static void
view_done_search(View *view, const char *typed)
{
    g_autoptr(GError) error = NULL;
    TraceFilter *filter = trace_filter_parse(typed, &error);

    if (filter == NULL) {
        g_autofree char *why = words_sentence(error->message);

        view_notice(view, "Cannot search: %s", why);
        return;
    }
    trace_filter_free(view->search);
    view->search = filter;
    view_press(view, 'n');
}

/* Nothing typed: everything is shown again. */
static void
view_done_filter(View *view, const char *typed)
{
    g_autoptr(GError) error = NULL;
    TraceFilter *filter = *typed == '\0' ? NULL : trace_filter_parse(typed, &error);

    if (error != NULL) {
        g_autofree char *why = words_sentence(error->message);

        view_notice(view, "No change: %s", why);
        return;
    }
    view_leave_map(view);
    view_choose_filter(view, filter);
}

static void
view_done_leave(View *view, const char *typed)
{
    view->quit = g_ascii_tolower(*typed) == 'y';
}

static const ViewQuestion questions[] = {
    [VIEW_NO_PROMPT] = { "", "", NULL, FALSE },
    [VIEW_ASK_BREAK] = { N_("Break at: "),
                         N_("Enter: set   Ctrl-U: empty   Esc: don't   such as: dns, relay "
                            "code>=400"),
                         view_done_break, FALSE },
    [VIEW_ASK_SEARCH] = { N_("Search: "),
                          N_("Enter: find   Esc: don't   such as: carol   stage=dns"),
                          view_done_search, FALSE },
    [VIEW_ASK_FILTER] = { N_("Show only: "),
                          N_("Enter: show   empty: all   Esc: don't   such as: stage=dns   "
                             "code>=400"),
                          view_done_filter, TRUE },
    [VIEW_ASK_COMMAND] = { ":",
                           N_("Enter: do   Esc: don't   108  time +30m  mark NOTE  fault ...  "
                              "speed N  ? lists all"),
                           view_colon, FALSE },
    [VIEW_ASK_SAVE] = { N_("Save the ladder as: "), N_("Enter: save   Ctrl-U: empty   Esc: don't"),
                        view_save_as, FALSE },
    [VIEW_ASK_HELP] = { N_("Search the help: "), N_("Enter: find   Esc: don't"), view_help_search,
                        FALSE },
    [VIEW_ASK_LEAVE] = { N_("The world is held; whoever waits for it waits no longer. Leave? "),
                         N_("y: leave   n or Esc: stay"), view_done_leave, FALSE },
};

const char *
view_prompt_label(ViewPrompt prompt)
{
    return _(questions[prompt].label);
}

const char *
view_prompt_keys(ViewPrompt prompt)
{
    return _(questions[prompt].keys);
}

void
view_prompt_open(View *view, ViewPrompt prompt, const char *text)
{
    view->prompt = prompt;
    g_string_assign(view->typed, text);
}

static void
view_prompt_finish(View *view)
{
    const ViewQuestion *question = &questions[view->prompt];
    g_autofree char *typed = g_strstrip(g_strdup(view->typed->str));

    view->prompt = VIEW_NO_PROMPT;
    if (*typed != '\0' || question->empty)
        question->done(view, typed);
}

static void
view_prompt_erase(View *view)
{
    const char *last = g_utf8_find_prev_char(view->typed->str, view->typed->str + view->typed->len);

    if (last != NULL)
        g_string_truncate(view->typed, last - view->typed->str);
}

void
view_prompt_press(View *view, guint key)
{
    if (key == VIEW_KEY_ESCAPE || key == 'C' - '@')
        view->prompt = VIEW_NO_PROMPT;
    else if (key == VIEW_KEY_ENTER)
        view_prompt_finish(view);
    else if (key == VIEW_KEY_BACKSPACE)
        view_prompt_erase(view);
    else if (key == 'U' - '@')
        g_string_truncate(view->typed, 0);
    else if (key < VIEW_KEY_UP && g_unichar_isprint(key) && view->typed->len < VIEW_TYPED_MAX)
        g_string_append_unichar(view->typed, key);
    /* One letter answers this one. */
    if (view->prompt == VIEW_ASK_LEAVE && view->typed->len > 0)
        view_prompt_finish(view);
}
