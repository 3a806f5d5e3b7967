/* trace/viewer/predict_on.c - what is asked where a message travels on, comes back or is read: the
 * stages queue to pickup.
 *
 * One function a stage, in the order of the journey, as in predict_take.c.
 * Tests: tests/test_viewer_predict.c
 */
#include "trace/viewer/predict_inside.h"

#include <string.h>

#include "trace/words.h"

/* The later tries go like the first ones: they are not asked for again. */
#define VIEW_PREDICT_TRIES 3

/* "30 minutes", for the waits that are lists of minutes and hours. */
static char *
view_predict_duration(gint64 seconds)
{
    if (seconds <= 0)
        return g_strdup(_("at once"));
    if (seconds % 3600 == 0)
        return g_strdup_printf(ngettext("in %u hour", "in %u hours", seconds / 3600),
                               (guint)(seconds / 3600));
    if (seconds % 60 == 0)
        return g_strdup_printf(ngettext("in %u minute", "in %u minutes", seconds / 60),
                               (guint)(seconds / 60));
    return g_strdup_printf(ngettext("in %u second", "in %u seconds", seconds), (guint)seconds);
}

/* ---- queue ---- */

gboolean
view_predict_queue(ViewAsk *ask)
{
    g_autofree char *domain = view_predict_word(ask, "destination");
    gboolean queued = strcmp(ask->outcome, "queued") == 0;
    gint64 wait_us = view_entry_due_us(ask->entry) - ask->entry->time_us;

    if (*domain == '\0' || (!queued && strcmp(ask->outcome, "held") != 0))
        return FALSE;
    ask->hidden = ask->index; /* that it has to travel was told before */
    view_predict_that(ask, _("It joins the queue for %s. When is the first try?"), domain);
    view_predict_choice(ask, queued && wait_us < G_USEC_PER_SEC, _("At once: it is due now"));
    view_predict_choice(ask, queued && wait_us >= G_USEC_PER_SEC,
                        _("After the first wait of the list of retries"));
    view_predict_choice(ask, !queued, _("Not before somebody releases it: a rule holds it"));
    return TRUE;
}

/* ---- relay: the call ---- */

static gboolean
view_predict_is_call(const ViewEntry *entry)
{
    return entry->kind == TRACE_STATE && entry->stage == STAGE_RELAY && entry->to == VIEW_REMOTE;
}

/* From the first sign of the other host on: it may be one of ours, and tell of the call itself. */
static void
view_predict_hide_answer(ViewAsk *ask, guint call)
{
    guint64 seq = view_model_entry(ask->model, call)->seq;

    ask->hidden = ask->index;
    for (guint i = call + 1; i < ask->hidden; i++)
        if (view_model_entry(ask->model, i)->cause == seq)
            ask->hidden = i;
}

gboolean
view_predict_call(ViewAsk *ask)
{
    g_autoptr(ViewEvent) called = NULL;
    g_autofree char *label = view_predict_word(ask, "label");
    g_autofree char *peer = NULL, *address = NULL, *port = NULL;
    gboolean failed = strcmp(ask->outcome, "failed") == 0;
    gboolean refused = failed && strcmp(label, "refused") == 0;
    guint call;

    /* Only what follows from the call itself: whether it stands. */
    if (view_predict_is_call(ask->entry) || (*ask->outcome != '\0' && !failed) ||
        !view_predict_cause(ask->model, ask->index, &call) ||
        !view_predict_is_call(view_model_entry(ask->model, call)) ||
        view_model_entry(ask->model, call)->tries > VIEW_PREDICT_TRIES)
        return FALSE;
    called = view_model_load(ask->model, call);
    peer = view_predict_word_of(called, "peer");
    address = view_predict_word_of(called, "address");
    port = view_predict_word_of(called, "port");
    view_predict_hide_answer(ask, call);
    view_predict_that(ask, _("We call %s at %s, port %s. What comes of it?"), peer, address, port);
    view_predict_choice(ask, !failed,
                        _("The connection stands: the other server speaks first, 220"));
    view_predict_choice(ask, refused, _("Refused: nobody listens there now"));
    view_predict_choice(ask, failed && !refused,
                        _("No answer: we wait until the time for it is over"));
    return TRUE;
}

/* ---- relay and retry: what the answer means ---- */

/* What the other host said last, or why it said nothing. */
static char *
view_predict_said(const ViewAsk *ask)
{
    guint index = ask->index;

    for (guint i = 0; i < 8 && view_predict_cause(ask->model, index, &index); i++) {
        const ViewEntry *entry = view_model_entry(ask->model, index);
        g_autoptr(ViewEvent) event = NULL;
        gboolean reply = entry->kind == TRACE_WIRE && entry->code > 0;

        if (!reply && (entry->kind != TRACE_STATE || entry->outcome == VIEW_NO_OUTCOME))
            continue;
        event = view_model_load(ask->model, index);
        if (event != NULL && reply)
            return view_predict_word_of(event, "lines");
        if (event != NULL && event->event->text != NULL)
            return words_sentence(event->event->text);
    }
    return g_strdup("");
}

static gboolean
view_predict_is_try(const ViewEntry *entry)
{
    return entry->tries > 0;
}

gboolean
view_predict_verdict(ViewAsk *ask)
{
    g_autofree char *said = view_predict_said(ask);
    guint index;
    gboolean done = ask->entry->stage == STAGE_RELAY;
    gboolean later = strcmp(ask->outcome, "later") == 0;
    gboolean refused = strcmp(ask->outcome, "refused") == 0;
    gboolean expired = strcmp(ask->outcome, "expired") == 0;
    int tries = view_predict_before(ask, view_predict_is_try, &index)
                    ? view_model_entry(ask->model, index)->tries
                    : 1;

    /* Of a relay's decisions the last: what the end of the call came to. */
    if (*said == '\0' ||
        (done && (strcmp(ask->outcome, "ok") != 0 || view_predict_has(ask, "peer"))) ||
        (!done && !later && !refused && !expired) || (later && tries > VIEW_PREDICT_TRIES))
        return FALSE;
    /* What it came to is known; what it means is asked. */
    ask->hidden = ask->index;
    view_predict_that(ask, _("Try %d: what does this mean for the message? %s"), tries, said);
    view_predict_choice(ask, done, _("Done: the other host is responsible now, our copy may go"));
    view_predict_choice(ask, later, _("Not yet: it stays in the queue, and is tried again"));
    view_predict_choice(ask, refused, _("Never: no other try is made, and the sender is told"));
    view_predict_choice(ask, expired,
                        _("Given up: it was tried long enough, and the sender is told"));
    return TRUE;
}

/* ---- retry: when ---- */

gboolean
view_predict_when(ViewAsk *ask)
{
    static const gint64 waits[] = { 300, 600, 1800, 3600, 7200, 14400 };
    gint64 wait_s = view_predict_number(ask->event, "wait_s");
    gint64 tries = view_predict_number(ask->event, "tries");
    g_autofree char *right = view_predict_duration(wait_s);

    if (wait_s <= 0 || tries <= 0 || tries > VIEW_PREDICT_TRIES)
        return FALSE;
    ask->hidden = ask->index; /* that there is a next one was told before */
    view_predict_that(ask, _("Try %d failed, for now. When is the next one?"), (int)tries);
    view_predict_choice(ask, TRUE, "%s", right);
    for (guint i = 0; i < G_N_ELEMENTS(waits); i++) {
        g_autofree char *words = view_predict_duration(waits[i]);

        if (waits[i] != wait_s)
            view_predict_choice(ask, FALSE, "%s", words);
    }
    return TRUE;
}

/* ---- bounce ---- */

static void
view_predict_delayed(ViewAsk *ask, const char *sender, const char *recipient)
{
    view_predict_that(ask, _("%s is not reached, and we still try. What does %s hear of it?"),
                      recipient, sender);
    view_predict_choice(ask, TRUE, _("A notice: not yet, nothing has to be done"));
    view_predict_choice(ask, FALSE, _("Nothing, until it arrives or we give up"));
    view_predict_choice(ask, FALSE, _("A bounce: it could not be delivered"));
}

static void
view_predict_arrived(ViewAsk *ask, const char *sender, const char *recipient)
{
    view_predict_that(ask, _("%s has it, or a host that tells no more. What does %s hear of it?"),
                      recipient, sender);
    view_predict_choice(ask, TRUE, _("A report of success: it was asked for (NOTIFY=SUCCESS)"));
    view_predict_choice(ask, FALSE, _("Nothing: success is silent"));
}

/* Who sent the message that the report is on; "" for nobody: it was a report itself. */
static const char *
view_predict_sender_of(const ViewAsk *ask)
{
    const char *journey = view_event_text(ask->event, "reports_on");
    const ViewMessage *message =
        view_model_message_of(ask->model, journey == NULL ? ask->entry->journey : journey);

    return message == NULL || message->from == NULL ? "" : message->from;
}

gboolean
view_predict_bounce(ViewAsk *ask)
{
    const char *from = view_predict_sender_of(ask);
    g_autofree char *sender = g_strndup(*from == '\0' ? "<>" : from, 60);
    g_autofree char *recipient = view_predict_word(ask, "recipient");
    g_autofree char *action = view_predict_word(ask, "action");
    gboolean report = strcmp(ask->outcome, "report") == 0;

    if (!report && strcmp(ask->outcome, "none") != 0 && strcmp(ask->outcome, "postmaster") != 0)
        return FALSE;
    if (report && strcmp(action, "delayed") == 0) {
        view_predict_delayed(ask, sender, recipient);
        return TRUE;
    }
    if (report && strcmp(action, "failed") != 0) {
        view_predict_arrived(ask, sender, recipient);
        return TRUE;
    }
    view_predict_that(ask, _("It is given up, and its sender is %s. Who is told?"), sender);
    view_predict_choice(ask, report, _("The sender, by a report from the null sender <>"));
    view_predict_choice(ask, strcmp(ask->outcome, "postmaster") == 0,
                        _("Our postmaster: there is no sender who could be told"));
    view_predict_choice(ask, strcmp(ask->outcome, "none") == 0,
                        _("Nobody: that is what the sender asked for, or there is none"));
    return TRUE;
}

/* ---- deliver ---- */

gboolean
view_predict_deliver(ViewAsk *ask)
{
    static const char *const folders[] = { "INBOX", "Junk", "Archive", NULL };
    g_autofree char *account = view_predict_word(ask, "account");
    g_autofree char *mailbox = view_predict_word(ask, "mailbox");

    if (*mailbox == '\0' || *account == '\0')
        return FALSE;
    view_predict_that(ask, _("Into which mailbox of %s does it go?"), account);
    view_predict_choice(ask, TRUE, "%s", mailbox);
    for (guint i = 0; folders[i] != NULL; i++)
        if (strcmp(folders[i], mailbox) != 0)
            view_predict_choice(ask, FALSE, "%s", folders[i]);
    return TRUE;
}

/* ---- pickup ---- */

static gboolean
view_predict_read(ViewAsk *ask, const char *line)
{
    gboolean pop3 = strcmp(ask->outcome, "downloaded") == 0;

    view_predict_that(ask, _("%s: the reader gets the message. What becomes of it on the server?"),
                      line);
    view_predict_choice(ask, pop3, _("It stays as it is: this only copies"));
    view_predict_choice(ask, !pop3, _("It stays, and is marked \\Seen for all devices"));
    view_predict_choice(ask, FALSE, _("It is deleted: the reader has it now"));
    return TRUE;
}

static gboolean
view_predict_marked(ViewAsk *ask, const char *line)
{
    view_predict_that(ask, _("%s: is the message gone?"), line);
    view_predict_choice(ask, TRUE, _("Not yet: it is only marked"));
    view_predict_choice(ask, FALSE, _("Yes: it is removed at once"));
    return TRUE;
}

/* After POP3's QUIT: so many go, so many stay. */
static gboolean
view_predict_left(ViewAsk *ask)
{
    guint removed = (guint)view_predict_number(ask->event, "removed");
    guint left = (guint)view_predict_number(ask->event, "left");
    guint all = removed + left;

    if (all == 0)
        return FALSE;
    view_predict_that(ask, _("QUIT, with %u of this mailbox's messages there. What stays?"), all);
    view_predict_choice(ask, removed == 0, _("All: DELE marked none"));
    view_predict_choice(ask, removed == all, _("None: DELE marked all, now they are removed"));
    if (removed > 0 && left > 0)
        view_predict_choice(ask, TRUE, _("%u of them: the others were marked by DELE"), left);
    else
        view_predict_choice(ask, FALSE, _("Those that were not downloaded"));
    return TRUE;
}

gboolean
view_predict_pickup(ViewAsk *ask)
{
    g_autoptr(ViewEvent) command = view_predict_command(ask);
    g_autofree char *line = view_predict_word_of(command, "line");

    if (*line == '\0')
        return FALSE;
    if (strcmp(ask->outcome, "downloaded") == 0 || strcmp(ask->outcome, "read") == 0)
        return !view_predict_is_later(ask) && view_predict_read(ask, line);
    if (strcmp(ask->outcome, "marked") == 0)
        return view_predict_marked(ask, line);
    if (strcmp(ask->outcome, "left") != 0)
        return FALSE;
    if (view_predict_has(ask, "left"))
        return view_predict_left(ask);
    view_predict_that(ask, _("%s: the reader goes. What stays on the server?"), line);
    view_predict_choice(ask, TRUE, _("All mail, with its flags, for every device"));
    view_predict_choice(ask, FALSE, _("Only what was not read"));
    view_predict_choice(ask, FALSE, _("Nothing: the reader's device has it now"));
    return TRUE;
}
