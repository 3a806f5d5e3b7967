/* tests/predicting.h - PREDICT over the demo's scenarios: each is run in the simulated network, and its
 * journal walked through with the switch on. Where a question is open nothing on the screen tells its
 * answer: expect_hidden() looks at every size of screen.
 */
#ifndef TESTS_PREDICTING_H
#define TESTS_PREDICTING_H

#include <locale.h>
#include <string.h>

#include "app/run.h"
#include "tests/folder.h"
#include "trace/viewer/ask.h"
#include "trace/viewer/keys.h"

/* clang-format off */
static const char *const scenarios[] = {
    "archive", "attachment", "bounce", "greylist", "imap", "junk", "lecture", "local", "no-such-domain",
    "pop3", "receipt", "refused", "relay", "remote", "retry", "secure", "tls-broken", "two-ways",
    "unknown-user", "unregistered", NULL,
};
static const struct { int width, height; gboolean ascii; } sizes[] = {
    { 80, 24, FALSE }, { 120, 40, FALSE }, { 80, 24, TRUE }, { 120, 40, TRUE }, { 70, 17, FALSE },
};
/* clang-format on */

/* ---- journals ---- */

/* Runs the scenario to its end; returns the folder of its journal. */
static inline char *
run_scenario(const char *name)
{
    g_autofree char *overlay = g_strdup_printf("labs/demo/scenarios/%s.ini", name);
    g_autoptr(GError) error = NULL;
    AppWorldFile *file = app_world_load("labs/demo/world.ini", overlay, &error);
    AppRunOptions options = { 0 };
    char *folder = folder_new();
    AppRun *run;

    g_assert_no_error(error);
    g_free(file->state);
    file->state = g_strdup(folder);
    file->network = APP_NETWORK_SIMULATED;
    run = app_run_new(file, &options, &error);
    g_assert_no_error(error);
    app_run_loop(run, TRUE);
    app_run_free(run);
    return folder;
}

/* Each scenario is run once. */
static const char *
journal_of(const char *scenario)
{
    static GHashTable *journals;
    char *text;

    if (journals == NULL)
        journals = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    text = g_hash_table_lookup(journals, scenario);
    if (text == NULL) {
        g_autofree char *folder = run_scenario(scenario);
        g_autofree char *path = g_build_filename(folder, "journal-0001.ndjson", NULL);

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_hash_table_insert(journals, (gpointer)scenario, text);
        folder_remove(folder);
    }
    return text;
}

typedef struct Shown {
    char *path;
    ViewModel *model;
    View *view;
} Shown;

/* A viewer of a journal that begins with @text. */
static inline Shown
shown_open(const char *text, gssize octets)
{
    Shown it = { 0 };

    g_close(g_file_open_tmp("viewer-XXXXXX", &it.path, NULL), NULL);
    g_assert_true(g_file_set_contents(it.path, text, octets, NULL));
    it.model = view_model_open(it.path, NULL);
    while (view_model_read(it.model, 1 << 20))
        ;
    it.view = view_new(it.model);
    it.view->page = VIEW_NO_PAGE;
    it.view->welcome = FALSE;
    view_update(it.view);
    return it;
}

static inline void
shown_close(Shown *it)
{
    view_free(it->view);
    view_model_free(it->model);
    g_unlink(it->path);
    g_free(it->path);
}

static inline char *
draw(View *view, guint size)
{
    g_autoptr(ViewScreen) screen =
        view_screen_new(sizes[size].width, sizes[size].height, sizes[size].ascii);

    view_settle(view, sizes[size].width, sizes[size].height);
    view_draw(view, screen);
    return view_screen_text(screen);
}

/* ---- nothing shows it before ---- */

/* Whether it is no secret: the question or an answer to choose says it, or an event before it. */
static inline gboolean
is_said_anyway(const Shown *it, const ViewQuestion *question, const char *words)
{
    for (guint i = 0; i < question->count; i++)
        if (strstr(question->choices[i], words) != NULL)
            return TRUE;
    if (strstr(question->asks, words) != NULL)
        return TRUE;
    for (guint i = 0; i < question->hidden; i++) {
        g_autoptr(ViewEvent) event = view_model_load(it->model, i);

        if (event != NULL && event->event->text != NULL &&
            strstr(event->event->text, words) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* No row of the ladder, and no words of an event, from the hidden ones on. */
static inline void
expect_hidden(const Shown *it, const char *screen)
{
    const ViewQuestion *question = it->view->predict->question;
    guint64 hidden = view_model_entry(it->model, question->hidden)->seq;
    g_auto(GStrv) rows = g_strsplit(screen, "\n", -1);

    for (guint i = 3; rows[i] != NULL && strstr(rows[i], "PREDICT") == NULL; i++)
        if (strlen(rows[i]) > 6)
            g_assert_cmpuint(g_ascii_strtoull(rows[i] + 2, NULL, 10), <, hidden);
    for (guint i = question->hidden; i <= question->outcome; i++) {
        g_autoptr(ViewEvent) event = view_model_load(it->model, i);
        g_autofree char *words =
            g_utf8_substring(event->event->text, 0, MIN(24, g_utf8_strlen(event->event->text, -1)));

        if (strstr(screen, words) != NULL && !is_said_anyway(it, question, words))
            g_error("seq %" G_GUINT64_FORMAT " is seen before the answer: %s\n%s",
                    event->event->seq, words, screen);
    }
}

/* Right, wrong and passed over in turn. */
static inline void
answer(Shown *it, guint turn)
{
    const ViewQuestion *question = it->view->predict->question;
    guint64 seq = question->seq;
    guint chosen = turn % 3 == 0 ? question->right : (question->right + 1) % question->count;
    g_autofree char *screen = NULL;

    if (turn % 3 == 2) {
        view_press(it->view, VIEW_KEY_ESCAPE);
        g_assert_cmpuint(view_current(it->view)->seq, ==, seq);
        return;
    }
    view_press(it->view, (turn % 2 == 0 ? '1' : 'a') + chosen);
    g_assert_true(view_is_told(it->view));
    g_assert_cmpuint(view_current(it->view)->seq, ==, seq);
    screen = draw(it->view, turn % G_N_ELEMENTS(sizes));
    g_assert_nonnull(strstr(screen, turn % 3 == 0 ? "Right:" : "Not so."));
}

static inline guint
walk(Shown *it)
{
    guint asked = 0;

    view_press(it->view, 'p');
    for (guint turn = 0; turn < 5000; turn++) {
        if (view_is_asked(it->view)) {
            g_autofree char *screen = draw(it->view, asked % G_N_ELEMENTS(sizes));

            expect_hidden(it, screen);
            answer(it, asked++);
        } else if (view_is_at_end(it->view) && !view_is_told(it->view)) {
            break;
        } else {
            view_press(it->view, turn % 7 == 0 ? 's' : turn % 11 == 0 ? 'o' : ' ');
        }
    }
    return asked;
}

#endif
