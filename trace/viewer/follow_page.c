/* trace/viewer/follow_page.c - view --follow: what lies over the ladder of the other viewer.
 *
 *   page=6 help=0 sheet=4 session=2 from=compare%20j1%20j4
 *
 * A page that is made from the journal is made here, too: "from" is what was asked for. A menu or a
 * form is made from what the server told the other one only; then the last line says what it is.
 *
 * Start reading at view_follow_page_take(). Tests: tests/test_viewer_follow.c, tests/test_follow.py
 */
#include "trace/viewer/follow.h"

#include <string.h>

#include "trace/viewer/colon.h"
#include "trace/viewer/sheet.h"
#include "trace/words.h"

/* How a page of text is asked for: by the key x, at the cursor, or by these commands. */
#define VIEW_FROM_KEY     "x"
#define VIEW_FROM_COMPARE "compare "
#define VIEW_FROM_EXPLAIN "explain "

char *
view_follow_page_words(const View *view)
{
    const char *from = view->page == VIEW_SHEET && view->sheet_from != NULL ? view->sheet_from : "";
    g_autofree char *escaped = g_uri_escape_string(from, NULL, FALSE);

    return g_strdup_printf("page=%d help=%d sheet=%d session=%u from=%s", view->page,
                           view->help_top, view->sheet_top, view->session, escaped);
}

/* ---- those who follow ---- */

const View *
view_follow_leader(const View *view, View *leader, struct ViewFollow *watching)
{
    if (!view_is_attached(view))
        return view;
    *leader = *view;
    *watching = *view->watching;
    leader->controls = TRUE;
    leader->watching = watching;
    watching->follows = FALSE;
    return leader;
}

/* Codes and stages only: that one may read its own files, but it does not choose ours. */
static gboolean
view_follow_is_known(const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);

    for (char **part = parts; *part != NULL; part++)
        if ((*part)[strspn(*part, "0123456789.")] != '\0' && stage_from_name(*part) == STAGE_NONE)
            return FALSE;
    return TRUE;
}

/* FALSE: such a page can't be made here. */
static gboolean
view_follow_sheet(View *view, const char *from)
{
    if (view->page == VIEW_SHEET && g_strcmp0(view->sheet_from, from) == 0)
        return TRUE;
    view->page = VIEW_NO_PAGE;
    if (strcmp(from, VIEW_FROM_KEY) == 0)
        view_act_explain(view);
    else if (g_str_has_prefix(from, VIEW_FROM_COMPARE) ||
             (g_str_has_prefix(from, VIEW_FROM_EXPLAIN) &&
              view_follow_is_known(from + strlen(VIEW_FROM_EXPLAIN))))
        view_colon(view, from);
    if (view->page == VIEW_SHEET)
        return TRUE;
    g_clear_pointer(&view->notice, g_free); /* the line below says more */
    return FALSE;
}

void
view_follow_page_take(View *view, const char *at)
{
    struct ViewFollow *follow = view->watching;
    guint64 page = view_follow_number(at, "page", VIEW_LAST_PAGE);
    g_autofree char *escaped = view_follow_word(at, "from");
    g_autofree char *from = g_uri_unescape_string(escaped == NULL ? "" : escaped, NULL);
    gboolean shown = page == VIEW_NO_PAGE || page == VIEW_MAP || page == VIEW_HELP ||
                     page == VIEW_MESSAGES || page == VIEW_SESSIONS;

    if (page == VIEW_SHEET)
        shown = from != NULL && view_follow_sheet(view, from);
    else
        view->page = shown ? (ViewPage)page : VIEW_NO_PAGE;
    follow->elsewhere = shown ? VIEW_NO_PAGE : (ViewPage)page;
    view->welcome = FALSE;
    view->help_top = (int)view_follow_number(at, "help", G_MAXINT / 2);
    view->sheet_top = (int)view_follow_number(at, "sheet", G_MAXINT / 2);
    view->session = (guint)view_follow_number(at, "session", view_model_sessions(view->model));
}

const char *
view_follow_status(const View *view)
{
    if (!view_is_attached(view))
        return NULL;
    switch (view->watching->elsewhere) {
    case VIEW_FAULTS: return _("The viewer you follow has the fault menu open.");
    case VIEW_SEND: return _("The viewer you follow chooses a message to send.");
    case VIEW_BY_HAND: return _("The viewer you follow writes a message by hand.");
    case VIEW_FETCH: return _("The viewer you follow chooses a mailbox to read.");
    case VIEW_WHATIF: return _("The viewer you follow looks at both runs of a :whatif.");
    case VIEW_SHEET: return _("The viewer you follow reads a page that only it can show.");
    default: return NULL;
    }
}
