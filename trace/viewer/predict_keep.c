/* trace/viewer/predict_keep.c - what is asked once a host has the message itself: the stages filter and
 * store, of SMTP sessions.
 *
 * One function a stage, as in predict_take.c.
 * Tests: tests/test_viewer_predict.c
 */
#include "trace/viewer/predict_inside.h"

#include <string.h>

#include "trace/words.h"

/* ---- filter ---- */

/* What a rule can do, by its word in the journal. */
static const struct {
    const char *outcome, *words;
} view_predict_verdicts[] = {
    { "accept", N_("Accepted as it is: on to the database") },
    { "tag", N_("Accepted, with a header line added") },
    { "junk", N_("Accepted, but into the folder Junk") },
    { "refuse", N_("Refused, 550 5.7.1: the sending host tells the sender") },
    { "hold", N_("Accepted, but kept back until somebody releases it") },
    { "archive", N_("Accepted, and a copy goes into the archive") },
};

static void
view_predict_greylist(ViewAsk *ask)
{
    g_autofree char *client = view_predict_word(ask, "client");

    view_predict_that(ask, _("%s is a stranger, and we put strangers off once. What does it get?"),
                      client);
    view_predict_choice(ask, strcmp(ask->outcome, "greylisted") == 0,
                        _("451 4.7.1, try again later: we have not met before"));
    view_predict_choice(ask, strcmp(ask->outcome, "ok") == 0,
                        _("It passes: it came before, and waited long enough"));
    view_predict_choice(ask, FALSE, _("550 5.7.1: refused for ever"));
}

static gboolean
view_predict_is_body(const ViewEntry *entry)
{
    return entry->head && entry->kind == TRACE_WIRE;
}

/* "Subject: You won" of the message that came; "" where none is known. */
static char *
view_predict_subject(const ViewAsk *ask)
{
    guint index;
    g_autoptr(ViewEvent) body = view_predict_before(ask, view_predict_is_body, &index)
                                    ? view_model_load(ask->model, index)
                                    : NULL;
    g_autofree char *head = body == NULL ? NULL : view_event_value(body, "head");
    g_auto(GStrv) lines = g_strsplit(head == NULL ? "" : head, "\n", 400);

    for (guint i = 0; lines[i] != NULL; i++)
        if (g_ascii_strncasecmp(lines[i], "Subject:", strlen("Subject:")) == 0)
            return g_strndup(lines[i], 50);
    return g_strdup("");
}

gboolean
view_predict_filter(ViewAsk *ask)
{
    g_autofree char *subject = view_predict_subject(ask);
    gboolean known = FALSE;

    if (!view_predict_is_received(ask) || view_predict_is_later(ask))
        return FALSE;
    if (view_predict_has(ask, "client")) {
        view_predict_greylist(ask);
        return TRUE;
    }
    /* No rule was tried: there is no filter. */
    if (ask->hidden == ask->index && strcmp(ask->outcome, "accept") == 0)
        return FALSE;
    view_predict_that(ask, _("What do the filter rules of %s say?%s%s"),
                      ask->event->event->host == NULL ? "" : ask->event->event->host,
                      *subject == '\0' ? "" : " ", subject);
    for (guint i = 0; i < G_N_ELEMENTS(view_predict_verdicts); i++) {
        gboolean right = strcmp(ask->outcome, view_predict_verdicts[i].outcome) == 0;

        known = known || right;
        view_predict_choice(ask, right, "%s", _(view_predict_verdicts[i].words));
    }
    return known;
}

/* ---- store ---- */

/* The COMMIT itself gives it away; it belongs to no session. */
static void
view_predict_hide_commit(ViewAsk *ask)
{
    guint64 commit = view_predict_number(ask->event, "commit");
    guint index;

    if (commit > 0 && view_model_find(ask->model, commit, &index))
        ask->hidden = MIN(ask->hidden, index);
}

gboolean
view_predict_store(ViewAsk *ask)
{
    gboolean ok = strcmp(ask->outcome, "ok") == 0;
    const char *text = ask->event->event->text;
    gboolean full = text != NULL && strstr(text, "full") != NULL;

    if (!view_predict_is_received(ask) || (!ok && strcmp(ask->outcome, "later") != 0) ||
        (ok && !view_predict_has(ask, "commit")))
        return FALSE;
    view_predict_hide_commit(ask);
    view_predict_that(ask, _("The message is written into the open transaction. What comes now?"));
    view_predict_choice(ask, ok, _("The disk has it, and 250: from here on we are responsible"));
    view_predict_choice(ask, !ok && !full,
                        _("The database fails, 451 4.3.0: the client tries again later"));
    view_predict_choice(ask, !ok && full,
                        _("The disk is full, 452 4.3.1: the client tries again later"));
    return TRUE;
}
