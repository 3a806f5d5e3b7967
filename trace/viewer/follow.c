/* trace/viewer/follow.c - a viewer's place in words, and a viewer that goes there (see follow.h).
 *
 *   seq=108 stand=109 pane=1 zoom=0 top=0 chosen=0 story=0 right=3 answers=5 asked=0 answer=0 told=0
 *   page=0 (and more of it, see follow_page.c) journey=j1 filter=stage=dns
 *
 * on one line; numbers first, in any order, the filter last, because it has spaces. What is not
 * understood is passed over, so a newer viewer may say more.
 *
 * Start reading at view_follow_turn(). Tests: tests/test_viewer_follow.c, tests/test_follow.py
 */
#include "trace/viewer/follow.h"

#include <string.h>

#include "trace/viewer/ask.h"
#include "trace/viewer/keys.h"
#include "trace/words.h"

/* So often at most those who follow are told where we are. */
#define VIEW_FOLLOW_TELL_US (G_USEC_PER_SEC / 20)
/* Answers of a score that is mirrored. */
#define VIEW_FOLLOW_ANSWERS_MAX 100000

struct ViewFollow *
view_follow_new(void)
{
    struct ViewFollow *follow = g_new0(struct ViewFollow, 1);

    follow->attached = TRUE;
    return follow;
}

void
view_follow_free(struct ViewFollow *follow)
{
    g_free(follow->at);
    g_free(follow->told);
    g_free(follow);
}

gboolean
view_follows(const View *view)
{
    return view->watching->follows;
}

gboolean
view_is_attached(const View *view)
{
    return view->watching->follows && view->watching->attached && view->live;
}

/* ---- the one who is followed ---- */

static char *
view_follow_place(const View *view)
{
    const struct ViewPredict *predict = view->predict;
    const ViewEntry *entry = view_current(view);
    const char *journey = view_track_journey(view->track);
    gboolean question = view_is_asked(view) || view_is_told(view);
    g_autofree char *page = view_follow_page_words(view);

    if (entry == NULL)
        return NULL;
    return g_strdup_printf(
        "seq=%" G_GUINT64_FORMAT " stand=%" G_GUINT64_FORMAT
        " pane=%d zoom=%d top=%d chosen=%u story=%d predict=%d right=%u answers=%u "
        "asked=%" G_GUINT64_FORMAT " told=%d answer=%u %s journey=%s filter=%s",
        entry->seq, view_track_entry(view->track, view->stand)->seq, view->pane, view->zoom,
        view->pane_top, view->chosen, view->story_top, predict->on, predict->right,
        predict->answers->len, question ? predict->question->seq : 0, view_is_told(view),
        predict->chosen, page, journey == NULL ? "" : journey,
        view->filter == NULL ? "" : trace_filter_text(view->filter));
}

char *
view_follow_tell(View *view)
{
    struct ViewFollow *follow = view->watching;
    g_autofree char *place = NULL;

    if (follow->follows || follow->followers == 0 || !view->controls ||
        view->now_us - follow->told_us < VIEW_FOLLOW_TELL_US)
        return NULL;
    place = view_follow_place(view);
    if (place == NULL || g_strcmp0(place, follow->told) == 0)
        return NULL;
    g_free(follow->told);
    follow->told = g_strdup(place);
    follow->told_us = view->now_us;
    return g_steal_pointer(&place);
}

/* ---- those who follow ---- */

char *
view_follow_word(const char *place, const char *key)
{
    g_autofree char *name = g_strdup_printf("%s=", key);
    const char *end = strstr(place, "filter=");
    const char *found = g_str_has_prefix(place, name) ? place : NULL;
    g_autofree char *inner = g_strdup_printf(" %s", name);

    if (found == NULL && (found = strstr(place, inner)) != NULL)
        found++;
    /* What a filter says is no word of ours. */
    if (found == NULL || (end != NULL && found > end))
        return NULL;
    found += strlen(name);
    return g_strndup(found, strcspn(found, " "));
}

guint64
view_follow_number(const char *place, const char *key, guint64 most)
{
    g_autofree char *word = view_follow_word(place, key);
    guint64 number = 0;

    if (word == NULL || !g_ascii_string_to_unsigned(word, 10, 0, most, &number, NULL))
        return 0;
    return number;
}

void
view_follow_take(View *view, gboolean led, const char *at)
{
    struct ViewFollow *follow = view->watching;

    follow->led = led;
    g_free(follow->at);
    follow->at = g_strdup(at);
}

/* FALSE: the ladder is another one, and the right one may take its time. */
static gboolean
view_follow_ladder(View *view, const char *at)
{
    g_autofree char *journey = view_follow_word(at, "journey");
    const char *filter = strstr(at, "filter=");
    const char *shown = view_track_journey(view->track);
    const char *wanted = filter == NULL ? "" : filter + strlen("filter=");
    g_autofree char *filtered =
        g_strdup(view->filter == NULL ? "" : trace_filter_text(view->filter));

    if (view->hunt != NULL)
        return FALSE;
    if (g_strcmp0(journey == NULL ? "" : journey, shown == NULL ? "" : shown) != 0) {
        view_choose(view, journey == NULL || *journey == '\0' ? NULL : journey);
        return view->hunt == NULL;
    }
    if (strcmp(wanted, filtered) != 0) {
        TraceFilter *parsed = *wanted == '\0' ? NULL : trace_filter_parse(wanted, NULL);

        if (parsed != NULL || *wanted == '\0')
            view_choose_filter(view, parsed);
    }
    return view->hunt == NULL;
}

/* FALSE: the journal has not been read so far. */
static gboolean
view_follow_rows(View *view, const char *at)
{
    guint64 seq = view_follow_number(at, "seq", G_MAXINT64);
    guint64 stand = view_follow_number(at, "stand", G_MAXINT64);
    guint row, last;

    if (!view_track_find(view->track, seq, &row) || !view_track_find(view->track, stand, &last))
        return FALSE;
    if (view->cursor != row)
        view->pane_top = 0;
    view->cursor = row;
    view->stand = MAX(row, last);
    view->follow = FALSE;
    return TRUE;
}

static void
view_follow_look(View *view, const char *at)
{
    view->pane = (ViewPane)view_follow_number(at, "pane", VIEW_PANES - 1);
    view->zoom = view_follow_number(at, "zoom", 1) == 1;
    view->pane_top = (int)view_follow_number(at, "top", 1000000);
    view->chosen = (guint)view_follow_number(at, "chosen", view_model_messages(view->model));
    view->story_top = (int)view_follow_number(at, "story", 1000000);
    view_follow_page_take(view, at);
}

/* The question that the other is asked, or what it was told of its answer. */
static void
view_follow_question(View *view, const char *at)
{
    struct ViewPredict *predict = view->predict;
    guint64 seq = view_follow_number(at, "asked", G_MAXINT64);
    guint index;

    predict->on = view_follow_number(at, "predict", 1) == 1;
    predict->right = (guint)view_follow_number(at, "right", VIEW_FOLLOW_ANSWERS_MAX);
    g_array_set_size(predict->answers,
                     (guint)view_follow_number(at, "answers", VIEW_FOLLOW_ANSWERS_MAX));
    if (seq == 0 || (predict->question != NULL && predict->question->seq != seq))
        view_ask_forget(view);
    if (seq != 0 && predict->question == NULL && view_model_find(view->model, seq, &index))
        predict->question = view_predict(view->model, index);
    if (predict->question == NULL)
        return;
    predict->told = view_follow_number(at, "told", 1) == 1;
    predict->chosen = (guint)view_follow_number(at, "answer", predict->question->count - 1);
}

void
view_follow_turn(View *view)
{
    struct ViewFollow *follow = view->watching;

    if (!view_is_attached(view))
        return;
    if (follow->was_led && !follow->led)
        view_notice(view, _("The viewer that was followed has gone. F: look for yourself."));
    follow->was_led = follow->led;
    if (!follow->led || follow->at == NULL || !view_follow_ladder(view, follow->at) ||
        !view_follow_rows(view, follow->at))
        return;
    view_follow_look(view, follow->at);
    view_follow_question(view, follow->at);
}

void
view_follow_end(View *view)
{
    if (!view->watching->follows)
        return;
    view_ask_forget(view);
    view->predict->on = FALSE;
    view->predict->right = 0;
    g_array_set_size(view->predict->answers, 0);
}

/* ---- keys ---- */

const char *
view_why_not_followed(const View *view)
{
    return view_follows(view) && view->live ? NULL : _("this viewer was not begun with --follow");
}

void
view_act_follow(View *view)
{
    struct ViewFollow *follow = view->watching;

    follow->attached = !follow->attached;
    view_ask_forget(view);
    view->predict->on = FALSE;
    view_notice(view, "%s",
                follow->attached ? _("You follow the viewer that controls.")
                                 : _("You look for yourself. F: follow again."));
}

/* Keys that leave the place as it is. */
void
view_follow_press(View *view, guint key)
{
    static const guint keys[] = { 'F', 'q', 'y', 'w', 'L' - '@', 'C' - '@' };

    if (!view_is_attached(view))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i] == key)
            return;
    view_act_follow(view);
}

char *
view_follow_title(const View *view)
{
    const struct ViewFollow *follow = view->watching;

    if (follow->follows && view->live)
        return g_strdup(!follow->attached ? _(" LOOK (F: follow)")
                        : follow->led     ? _(" FOLLOW")
                                          : _(" FOLLOW (nobody)"));
    return follow->followers > 0 ? g_strdup_printf(_(" (%u follow)"), follow->followers)
                                 : g_strdup("");
}
