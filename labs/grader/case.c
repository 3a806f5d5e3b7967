/* labs/grader/case.c - the journal of a case (see case.h).
 *
 *     41 dns  Asking DNS...                41 dns  Asking DNS...
 *     42 fault dns-servfail                                                  left out
 *     43 dns  The name server...  <- 42    43 dns  The name server...  <- 41
 *
 * What followed from an event that is left out follows from what that one followed from. Numbers stay.
 *
 * Start reading at lab_case_make(). Tests: tests/test_labs.py (labs/17-case)
 */
#include "labs/grader/case.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <glib/gstdio.h>
#include "app/state.h"
#include "app/world.h"
#include "labs/grader/grade.h"

#define LAB_CASE_JOURNAL "journal-0001.ndjson" /* a case is short: one segment */

char *
lab_case_folder(const LabWork *work)
{
    return g_build_filename(work->folder, "case", NULL);
}

static gboolean
lab_case_hides(const TraceEvent *event)
{
    return event->kind == TRACE_FAULT || event->kind == TRACE_INPUT;
}

/* The events that may be seen, a line each. */
static void
lab_case_write(GPtrArray *events, GString *out)
{
    guint64 last =
        events->len > 0 ? ((const TraceEvent *)g_ptr_array_index(events, events->len - 1))->seq : 0;
    /* For each event: itself, or what stands behind it where it is left out. */
    g_autofree guint64 *seen = g_new0(guint64, last + 1);

    for (guint i = 0; i < events->len; i++) {
        TraceEvent *event = g_ptr_array_index(events, i);

        /* A cause is older: it has been looked at. */
        event->cause = event->cause <= last ? seen[event->cause] : 0;
        seen[event->seq] = lab_case_hides(event) ? event->cause : event->seq;
        if (!lab_case_hides(event))
            trace_event_write(event, out);
    }
}

/* The journal's first line says which world this is: with all that its script does, so that is left
 * out. NULL and @error where it is no JSON object. */
static char *
lab_case_head(const char *journal, GError **error)
{
    g_autofree char *line = g_strndup(journal, strcspn(journal, "\n"));
    g_autoptr(JsonNode) head = json_from_string(line, error);
    JsonObject *object;
    g_autofree char *world = NULL;

    if (head == NULL)
        return NULL;
    if (!JSON_NODE_HOLDS_OBJECT(head)) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "the journal's first line is no object");
        return NULL;
    }
    object = json_node_get_object(head);
    world = g_strdup(json_object_get_string_member_with_default(object, "world", ""));
    if (strstr(world, "[script]") != NULL)
        *strstr(world, "[script]") = '\0';
    json_object_set_string_member(object, "world", world);
    return json_to_string(head, FALSE);
}

static gboolean
lab_case_keep(const LabTake *take, const char *folder, GError **error)
{
    g_autofree char *from = g_build_filename(take->state, LAB_CASE_JOURNAL, NULL);
    g_autofree char *to = g_build_filename(folder, LAB_CASE_JOURNAL, NULL);
    g_autofree char *text = NULL, *head = NULL;
    g_autoptr(GString) out = NULL;

    if (!g_file_get_contents(from, &text, NULL, error) ||
        (head = lab_case_head(text, error)) == NULL)
        return FALSE;
    if (g_mkdir_with_parents(folder, 0755) != 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: %s", folder, g_strerror(errno));
        return FALSE;
    }
    out = g_string_new(head);
    g_string_append_c(out, '\n');
    lab_case_write(take->events, out);
    return g_file_set_contents(to, out->str, (gssize)out->len, error);
}

/* Plays it in @set, which nobody else sees. */
static gboolean
lab_case_play(const LabWork *work, const char *set, GError **error)
{
    const LabRun *run = work->lab->secret;
    g_autofree char *program = g_file_read_link("/proc/self/exe", error);
    g_autofree char *world = g_build_filename(set, run->world, NULL);
    g_autofree char *overlay =
        run->overlay != NULL ? g_build_filename(set, run->overlay, NULL) : NULL;
    g_autofree char *state = g_build_filename(set, "played", NULL);
    g_autofree char *folder = lab_case_folder(work);
    const LabScene scene = { program, world, overlay };

    if (program == NULL || !lab_grade_lay_out(work, run, set, error))
        return FALSE;
    g_autoptr(LabTake) take =
        lab_take_play(&scene, work->identity, g_array_index(run->seeds, guint64, 0), state);
    if (take->failure == NULL)
        return lab_case_keep(take, folder, error);
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "the case cannot be played: %s", take->failure);
    return FALSE;
}

gboolean
lab_case_make(const LabWork *work, GError **error)
{
    g_autofree char *set = NULL;
    gboolean made;

    if (work->lab->secret == NULL)
        return TRUE;
    set = g_dir_make_tmp("glasspost-case-XXXXXX", error);
    if (set == NULL)
        return FALSE;
    made = lab_case_play(work, set, error);
    app_state_remove(set);
    return made;
}
