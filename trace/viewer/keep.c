/* trace/viewer/keep.c - what the learner keeps: marks with notes, copies, saved text (see keep.h).
 *
 * Tests: tests/test_viewer_keep.c
 */
#include "trace/viewer/keep.h"

#include <string.h>

#include "trace/export.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"
#include "trace/words.h"

#define VIEW_MARKS_MAX        10000
#define VIEW_MARKS_OCTETS_MAX (1024 * 1024)
#define VIEW_NOTE_MAX         400
/* A pane is copied as if the screen had this size. */
#define VIEW_COPY_COLUMNS 100
#define VIEW_COPY_ROWS    200

static char *
view_keep_path(const View *view, const char *name)
{
    return g_file_test(view->beside, G_FILE_TEST_IS_DIR)
               ? g_build_filename(view->beside, name, NULL)
               : g_strdup_printf("%s.%s", view->beside, name);
}

/* FALSE: it has said why. */
static gboolean
view_keep_write(View *view, const char *path, const GString *text)
{
    g_autoptr(GError) error = NULL;

    if (g_file_set_contents(path, text->str, text->len, &error))
        return TRUE;
    view_notice(view, "Not written: %s", error->message);
    return FALSE;
}

/* ---- marks ---- */

static ViewMark *
view_mark_of(const View *view, guint64 seq)
{
    for (guint i = 0; i < view->marks->len; i++) {
        ViewMark *mark = g_ptr_array_index(view->marks, i);

        if (mark->seq == seq)
            return mark;
    }
    return NULL;
}

const char *
view_mark_note(const View *view, guint64 seq)
{
    const ViewMark *mark = view_mark_of(view, seq);

    return mark == NULL ? NULL : mark->note;
}

static void
view_mark_add(View *view, guint64 seq, const char *note)
{
    ViewMark *mark = view_mark_of(view, seq);
    g_autofree char *valid = g_utf8_make_valid(note, MIN(strlen(note), VIEW_NOTE_MAX));

    if (mark == NULL && view->marks->len >= VIEW_MARKS_MAX)
        return;
    if (mark == NULL) {
        mark = g_new0(ViewMark, 1);
        mark->seq = seq;
        g_ptr_array_add(view->marks, mark);
    }
    g_free(mark->note);
    mark->note = g_steal_pointer(&valid);
}

/* A file that somebody else wrote is only text: what is no mark is passed over. */
void
view_keep_open(View *view, const char *path)
{
    g_autofree char *marks = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    gsize octets = 0;

    g_free(view->beside);
    view->beside = g_strdup(path);
    marks = view_keep_path(view, "marks.txt");
    if (!g_file_get_contents(marks, &text, &octets, NULL) || octets > VIEW_MARKS_OCTETS_MAX)
        return;
    lines = g_strsplit(text, "\n", VIEW_MARKS_MAX);
    for (char **line = lines; *line != NULL; line++) {
        gsize digits = strspn(*line, "0123456789");
        g_autofree char *number = g_strndup(*line, digits);
        guint64 seq;

        if (g_ascii_string_to_unsigned(number, 10, 1, G_MAXINT64, &seq, NULL) &&
            ((*line)[digits] == ' ' || (*line)[digits] == '\0'))
            view_mark_add(view, seq, g_strstrip(*line + digits));
    }
}

static int
view_mark_compare(gconstpointer a, gconstpointer b)
{
    const ViewMark *one = *(const ViewMark *const *)a;
    const ViewMark *other = *(const ViewMark *const *)b;

    return one->seq < other->seq ? -1 : one->seq > other->seq;
}

static gboolean
view_marks_write(View *view)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *path = NULL;

    if (view->beside == NULL)
        return TRUE;
    path = view_keep_path(view, "marks.txt");
    g_ptr_array_sort(view->marks, view_mark_compare);
    for (guint i = 0; i < view->marks->len; i++) {
        const ViewMark *mark = g_ptr_array_index(view->marks, i);

        g_string_append_printf(text, "%" G_GUINT64_FORMAT " %s\n", mark->seq, mark->note);
    }
    return view_keep_write(view, path, text);
}

void
view_mark_set(View *view, const char *note)
{
    const ViewEntry *entry = view_current(view);
    ViewMark *mark = entry == NULL ? NULL : view_mark_of(view, entry->seq);
    gboolean removes = mark != NULL && *note == '\0';

    if (entry == NULL) {
        view_notice(view, "There is no event to mark yet.");
        return;
    }
    if (removes)
        g_ptr_array_remove(view->marks, mark);
    else
        view_mark_add(view, entry->seq, note);
    if (!view_marks_write(view))
        return;
    if (view->fleeting && !removes)
        view_notice(view, "Marked, until this demo ends. With demo --keep FOLDER it stays.");
    else
        view_notice(view, "Event %" G_GUINT64_FORMAT " is %s. M goes to the next mark.", entry->seq,
                    removes ? _("no longer marked") : _("marked"));
}

/* The nearest mark below the cursor; from the last on to the first. */
void
view_act_mark_next(View *view)
{
    guint last = view->live ? view->stand : view_last(view);
    guint best = G_MAXUINT;     /* a row; none yet */
    guint distance = G_MAXUINT; /* rows to go to it */

    for (guint i = 0; i < view->marks->len; i++) {
        const ViewMark *mark = g_ptr_array_index(view->marks, i);
        guint row;

        if (!view_track_find(view->track, mark->seq, &row) || row > last)
            continue;
        /* Rows up to the cursor come after all those below it. */
        if (row - view->cursor - 1 <= distance) {
            distance = row - view->cursor - 1;
            best = row;
        }
    }
    if (best == G_MAXUINT) {
        view_notice(view, "No mark is on this ladder. :mark NOTE sets one here.");
        return;
    }
    view->page = VIEW_NO_PAGE;
    view->welcome = FALSE;
    view_go(view, best);
}

/* ---- copy and save ---- */

/* The event's line, then the pane as it would be on a large screen. */
static char *
view_copy_text(const View *view)
{
    g_autoptr(ViewEvent) event =
        view_model_load(view->model, view_track_row(view->track, view->cursor)->entry);
    g_autoptr(ViewScreen) screen = view_screen_new(VIEW_COPY_COLUMNS, VIEW_COPY_ROWS, view->ascii);
    ViewBox box = { 0, 0, VIEW_COPY_COLUMNS, VIEW_COPY_ROWS };
    GString *text = g_string_new(NULL);
    TraceExport export = { 0 };
    g_autofree char *pane = NULL;

    if (event != NULL)
        trace_export_text(&export, event->event, text);
    view_draw_pane(view, screen, view->pane, box, 0);
    pane = g_strchomp(view_screen_text(screen));
    g_string_append_printf(text, "\n%s:\n%s\n", view_pane_name(view->pane), pane);
    return g_string_free(text, FALSE);
}

void
view_act_copy(View *view)
{
    g_autofree char *path = NULL;
    g_autoptr(GString) text = NULL;

    if (view_current(view) == NULL)
        return;
    g_free(view->copied);
    view->copied = view_copy_text(view);
    view->copied_now = TRUE;
    view_notice(view, "Copied to the clipboard, where the terminal allows it.");
    if (view->beside == NULL)
        return;
    path = view_keep_path(view, "copied.txt");
    text = g_string_new(view->copied);
    if (view_keep_write(view, path, text))
        view_notice(view, "Copied: event and pane. Clipboard, and %s", path);
}

void
view_act_save(View *view)
{
    view->page = VIEW_NO_PAGE;
    view->welcome = FALSE;
    view_prompt_open(view, VIEW_ASK_SAVE, "journey.txt");
}

void
view_save_as(View *view, const char *path)
{
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        view_notice(view, "Not saved: %s is there already; take another name.", path);
    else
        view_hunt_save(view, path);
}
