/* trace/viewer/plain.c - lines typed are keys pressed (see plain.h).
 *
 * There is no second list of commands here: what a word means is asked of the table in keys.c, so
 * that what the help says holds in both. What is told in answer is in plain_tell.c.
 *
 * Start reading at view_plain_turn().
 * Tests: tests/test_viewer_plain.c, tests/test_viewer_plain_input.c
 */
#include "trace/viewer/plain.h"

#include <string.h>

#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/moves.h"
#include "trace/viewer/plain_tell.h"
#include "trace/viewer/rerun.h"
#include "trace/viewer/send.h"
#include "trace/words.h"

/* A longer line is no command. */
#define VIEW_PLAIN_LINE_MAX 4096
/* Lines that are typed ahead. */
#define VIEW_PLAIN_AHEAD_MAX 100
/* The server is taken to have done what it was asked for when it has been quiet for so long; and
 * after so long at the latest the next line is obeyed. */
#define VIEW_PLAIN_QUIET_US (G_USEC_PER_SEC / 2)
#define VIEW_PLAIN_LATE_US  (5 * G_USEC_PER_SEC)

struct ViewPlain {
    View *view;
    ViewPlainTold *told;
    gboolean patient;
    GString *typed;    /* of a line whose end has not come */
    gboolean too_long; /* that line is: its rest is passed over */
    GQueue lines;      /* char *, to be obeyed */
    gboolean ended;    /* no more will be typed */
    gboolean begun;    /* the first look at journal and server has been taken */
    gboolean asked;    /* the server was asked for something by the last line */
    gint64 asked_us;   /* when */
};

ViewPlain *
view_plain_new(View *view, gboolean patient)
{
    ViewPlain *plain = g_new0(ViewPlain, 1);

    plain->view = view;
    plain->patient = patient;
    plain->typed = g_string_new(NULL);
    plain->told = view_plain_told_new();
    g_queue_init(&plain->lines);
    /* The map that the screen begins with is asked for with v. */
    view->page = VIEW_NO_PAGE;
    view->welcome = FALSE;
    return plain;
}

void
view_plain_free(ViewPlain *plain)
{
    if (plain == NULL)
        return;
    g_queue_clear_full(&plain->lines, g_free);
    g_string_free(plain->typed, TRUE);
    view_plain_told_free(plain->told);
    g_free(plain);
}

/* ---- from octets to lines ---- */

static void
view_plain_line(ViewPlain *plain)
{
    if (plain->typed->len > 0 && plain->typed->str[plain->typed->len - 1] == '\r')
        g_string_truncate(plain->typed, plain->typed->len - 1);
    /* Something that is no text is no command either: the line says so when it is obeyed. */
    if (plain->too_long || strlen(plain->typed->str) != plain->typed->len ||
        !g_utf8_validate(plain->typed->str, -1, NULL))
        g_string_assign(plain->typed, _("(no text)"));
    g_queue_push_tail(&plain->lines, g_strdup(plain->typed->str));
    g_string_truncate(plain->typed, 0);
    plain->too_long = FALSE;
}

void
view_plain_type(ViewPlain *plain, const char *octets, gsize length)
{
    if (octets == NULL && !plain->ended) {
        plain->ended = TRUE;
        if (plain->typed->len > 0)
            view_plain_line(plain);
    }
    for (gsize i = 0; octets != NULL && i < length; i++) {
        if (octets[i] == '\n')
            view_plain_line(plain);
        else if (plain->typed->len < VIEW_PLAIN_LINE_MAX)
            g_string_append_c(plain->typed, octets[i]);
        else
            plain->too_long = TRUE;
    }
}

gboolean
view_plain_has_room(const ViewPlain *plain)
{
    return !plain->ended && plain->lines.length < VIEW_PLAIN_AHEAD_MAX;
}

gboolean
view_plain_waits(const ViewPlain *plain)
{
    return plain->ended || plain->lines.length > 0;
}

/* ---- from a line to keys ---- */

/* Names and keys of an action stand in the same order. */
static guint
view_plain_named(const ViewAction *action, const char *word)
{
    g_auto(GStrv) names = g_strsplit(action->name, ", ", -1);

    for (guint i = 0; i < G_N_ELEMENTS(action->keys) && names[i] != NULL; i++)
        if (g_ascii_strcasecmp(names[i], word) == 0)
            return action->keys[i];
    if (action->footer != NULL && g_ascii_strcasecmp(action->footer, word) == 0)
        return action->keys[0];
    return 0;
}

guint
view_plain_key(const char *word)
{
    if (*word != '\0' && *g_utf8_next_char(word) == '\0')
        return g_utf8_get_char(word);
    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        guint key = view_plain_named(action, word);

        if (key != 0)
            return key;
    }
    return 0;
}

/* Answers the question that is open; nothing typed takes what it proposes. */
static void
view_plain_answer(View *view, const char *text)
{
    /* Of a filter, nothing is an answer of its own: it shows all. */
    if (*text != '\0' || view->prompt == VIEW_ASK_FILTER)
        view_press(view, 'U' - '@');
    /* Some questions are answered by their first letter. */
    for (; *text != '\0' && view->prompt != VIEW_NO_PROMPT; text = g_utf8_next_char(text))
        view_press(view, g_utf8_get_char(text));
    if (view->prompt != VIEW_NO_PROMPT)
        view_press(view, VIEW_KEY_ENTER);
}

/* What follows a key that opened a list or a menu: the one that is meant. */
static void
view_plain_choose(View *view, const char *argument)
{
    const ViewMessage *message = view_model_message_of(view->model, argument);
    gboolean all = strcmp(argument, "all") == 0;
    ViewPage page = view->page;
    g_autofree char *line =
        g_strdup_printf("%s %s", page == VIEW_FETCH ? "fetch" : "send", argument);

    view_leave_map(view);
    if (page == VIEW_SEND || page == VIEW_FETCH)
        view_send_ask(view, line);
    else if (page == VIEW_FAULTS)
        view_order(view, TRUE, "fault %s", argument);
    else if (page == VIEW_MESSAGES && (message != NULL || all))
        view_choose(view, all ? NULL : message->journey);
    else if (page == VIEW_MESSAGES)
        view_notice(view, "No message is called %s: l j1, or l all", argument);
    else
        view_notice(view, "That key takes nothing after it.");
}

/* A form takes what is typed, field after field. FALSE: @line is a key by its name. */
static gboolean
view_plain_fill_in(View *view, const char *line)
{
    gboolean named = g_utf8_strlen(line, -1) > 1 && view_plain_key(line) != 0;

    if (view->page != VIEW_BY_HAND || named)
        return FALSE;
    if (*line != '\0')
        view_press(view, 'U' - '@');
    for (; *line != '\0'; line = g_utf8_next_char(line))
        view_press(view, g_utf8_get_char(line));
    view_press(view, view->send->field == BY_HAND_SEND ? VIEW_KEY_ENTER : '\t');
    return TRUE;
}

/* Returns the key that was pressed; 0: the line was no key. */
static guint
view_plain_press(View *view, const char *line)
{
    /* These two need no space after them: ":108", "/carol". */
    gsize length = *line == ':' || *line == '/' ? 1 : strcspn(line, " ");
    g_autofree char *word = g_strndup(line, length);
    const char *argument = line + length + strspn(line + length, " ");
    guint key = *line == '\0' ? ' ' : view_plain_key(word);

    if (key == 0) {
        view_notice(view, "'%s' is no command. ? lists them; an empty line is Space.", word);
        return 0;
    }
    view_press(view, key);
    if (*argument != '\0' && view->prompt != VIEW_NO_PROMPT)
        view_plain_answer(view, argument);
    else if (*argument != '\0')
        view_plain_choose(view, argument);
    return key;
}

/* Returns the key, as above. */
static guint
view_plain_obey_line(View *view, const char *line)
{
    if (view->prompt == VIEW_NO_PROMPT)
        return view_plain_fill_in(view, line) ? 0 : view_plain_press(view, line);
    if (view_plain_key(line) == VIEW_KEY_ESCAPE)
        view_press(view, VIEW_KEY_ESCAPE);
    else
        view_plain_answer(view, line);
    return 0;
}

static void
view_plain_obey(ViewPlain *plain, GString *out)
{
    View *view = plain->view;
    g_autofree char *line = g_queue_pop_head(&plain->lines);
    guint key = view_plain_obey_line(view, g_strstrip(line));

    view_hunt_finish(view);
    plain->asked = !g_queue_is_empty(&view->orders) || view->seek != VIEW_SEEK_NOTHING;
    plain->asked_us = view->now_us;
    view_plain_tell_answer(plain->told, view, key, plain->asked, out);
}

/* ---- when ---- */

/* Whether what the last line asked for has come, as far as can be told. */
static gboolean
view_plain_is_settled(ViewPlain *plain)
{
    const View *view = plain->view;
    gboolean stands = view->held && view->seek == VIEW_SEEK_NOTHING;
    gint64 quiet_us;

    /* At first the server has yet to say whether it holds the world. */
    if (!plain->begun) {
        plain->begun = TRUE;
        plain->asked = view->live;
        plain->asked_us = view->now_us;
    }
    quiet_us = view->now_us - MAX(plain->asked_us, view->grown_us);
    if (!view->live || (stands && view->grown_us >= plain->asked_us) ||
        quiet_us > VIEW_PLAIN_QUIET_US || view->now_us - plain->asked_us > VIEW_PLAIN_LATE_US)
        plain->asked = FALSE;
    return !plain->asked && !view->autoplay && view->hunt == NULL && !view_whatif_is_awaited(view);
}

gboolean
view_plain_turn(ViewPlain *plain, gboolean more, GString *out)
{
    gboolean settled = view_plain_is_settled(plain) && !more;

    if (view_plain_tell_events(plain->told, plain->view, settled, out))
        return TRUE;
    if (plain->patient && !settled)
        return FALSE;
    if (plain->lines.length > 0) {
        view_plain_obey(plain, out);
        return TRUE;
    }
    /* Whoever typed has gone: so does the viewer, once what was asked for has come. */
    if (plain->ended && settled)
        plain->view->quit = TRUE;
    return FALSE;
}
