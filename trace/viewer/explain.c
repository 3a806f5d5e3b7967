/* trace/viewer/explain.c - what a code, a stage or a message of one's own means, on a page.
 *
 * The words are not the viewer's: whoever starts it gives it a function that has them
 * (TraceViewOptions, view.h), so that `glasspost explain` and this page say the same.
 *
 * Start reading at view_act_explain().
 * Tests: tests/test_viewer_sheet.c
 */
#include "trace/viewer/sheet.h"

#include "trace/words.h"

#include <string.h>

/* A page that explains each of @words, parted by an empty line. NULL: @problem says why not. */
static char *
view_explain_words(const View *view, const char *words, char **problem)
{
    g_autoptr(GString) page = g_string_new(NULL);
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);
    gboolean known = TRUE;

    for (guint i = 0; parts[i] != NULL && known; i++) {
        if (i > 0)
            g_string_append_c(page, '\n');
        known = view->explain(parts[i], page, problem);
    }
    /* A file's name may have spaces in it: then all of it is one thing. */
    if (!known && strchr(words, ' ') != NULL) {
        g_clear_pointer(problem, g_free);
        g_string_truncate(page, 0);
        known = view->explain(words, page, problem);
    }
    return known ? g_strchomp(g_string_free(g_steal_pointer(&page), FALSE)) : NULL;
}

/* @above: what stands at the top of the page, where the key x asked for it; else NULL. */
static void
view_explain_show(View *view, const char *words, const char *above)
{
    g_autofree char *page = NULL;
    g_autofree char *problem = NULL;

    if (view->explain == NULL) {
        view_notice(view, "This viewer was started without explanations.");
        return;
    }
    page = view_explain_words(view, words, &problem);
    if (page == NULL)
        view_notice(view, "%s", problem);
    else if (above != NULL)
        view_sheet_open_from(view, g_strconcat(above, page, NULL), "x");
    else
        view_sheet_open_from(view, g_steal_pointer(&page), "explain %s", words);
}

void
view_explain_command(View *view, const char *words)
{
    if (*words == '\0')
        view_notice(view,
                    "explain needs a code, a stage or a file: 550 5.1.1, or dns, or FILE.eml");
    else
        view_explain_show(view, words, NULL);
}

/* "550 5.1.1". Whoever wrote the journal must not choose a file to be read: only digits and dots. */
static char *
view_reply_codes(const ViewEvent *event, guint code)
{
    const char *enhanced = event == NULL ? NULL : view_event_text(event, "enhanced");

    if (enhanced == NULL || enhanced[strspn(enhanced, "0123456789.")] != '\0')
        return g_strdup_printf("%u", code);
    return g_strdup_printf("%u %s", code, enhanced);
}

/* "[IN-USE]", the response code of a reply of POP3 or IMAP (RFC 2449 §8, RFC 9051 §7.1), in its last
 * line if there are many; NULL: it has none. In brackets, and of such letters, it names no file. */
static char *
view_reply_word(const ViewEvent *event)
{
    const char *lines = event == NULL ? NULL : view_event_text(event, "lines");
    const char *start = lines == NULL ? NULL : strrchr(lines, '[');
    gsize length;

    if (start == NULL || event->event->stage != STAGE_PICKUP)
        return NULL;
    length = strspn(start + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-/");
    return length == 0 || strchr("] ", start[1 + length]) == NULL
               ? NULL
               : g_strdup_printf("[%.*s]", (int)length, start + 1);
}

void
view_act_explain(View *view)
{
    const ViewEntry *entry = view_current(view);
    g_autoptr(ViewEvent) event = NULL;
    g_autofree char *words = NULL;
    g_autofree char *above = NULL;

    if (entry == NULL || (entry->code == 0 && entry->stage == STAGE_NONE)) {
        view_notice(view,
                    "Nothing to explain here: no reply, and no stage. :explain 550 asks for one.");
        return;
    }
    event = view_model_load(view->model, view_track_row(view->track, view->cursor)->entry);
    above = g_strdup_printf(_("Event %" G_GUINT64_FORMAT ": %s\n\n"), entry->seq,
                            event == NULL ? "" : event->event->text);
    words = entry->code == 0 ? view_reply_word(event) : view_reply_codes(event, entry->code);
    if (words == NULL)
        words = g_strdup(stage_name(entry->stage));
    view_explain_show(view, words, above);
}
