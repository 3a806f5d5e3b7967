/* trace/viewer/score.c - the score of PREDICT: told, and kept where a lab asks for it.
 *
 * A lab asks with a file predictions.txt in the work folder (labs/README.md), which the journal's
 * folder lies in. Each answer is a line at its end:
 *
 *     labs/mine/01-follow/id                 a work folder has this one, too
 *     labs/mine/01-follow/predictions.txt    18 split right
 *     labs/mine/01-follow/state/             the journal that is viewed
 *
 * Tests: tests/test_viewer_predict.c, tests/test_viewer_predict_live.c
 */
#include "trace/viewer/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "trace/words.h"

#define VIEW_SCORE_FILE "predictions.txt"

char *
view_ask_score(const View *view)
{
    const struct ViewPredict *predict = view->predict;

    if (predict->answers->len == 0 && predict->passed == 0)
        return NULL;
    if (predict->answers->len == 0)
        return g_strdup_printf(_("%u passed over so far."), predict->passed);
    if (predict->passed == 0)
        return g_strdup_printf(_("You predicted %u of %u."), predict->right, predict->answers->len);
    return g_strdup_printf(_("You predicted %u of %u; %u passed over."), predict->right,
                           predict->answers->len, predict->passed);
}

char *
view_ask_title(const View *view)
{
    const struct ViewPredict *predict = view->predict;

    if (!predict->on)
        return g_strdup("");
    return g_strdup_printf(_(" PREDICT %u/%u"), predict->right, predict->answers->len);
}

/* ---- kept for a lab ---- */

/* The folder that the folder of the journal @path lies in. */
static char *
view_score_around(const char *path)
{
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    g_autofree char *folder =
        g_file_test(whole, G_FILE_TEST_IS_DIR) ? g_strdup(whole) : g_path_get_dirname(whole);

    return g_path_get_dirname(folder);
}

void
view_ask_keep(View *view, const char *path)
{
    g_autofree char *work = view_score_around(path);
    g_autofree char *id = g_build_filename(work, "id", NULL);
    g_autofree char *kept = g_build_filename(work, VIEW_SCORE_FILE, NULL);

    g_clear_pointer(&view->predict->kept, g_free);
    if (g_file_test(id, G_FILE_TEST_IS_REGULAR) && g_file_test(kept, G_FILE_TEST_IS_REGULAR) &&
        !g_file_test(kept, G_FILE_TEST_IS_SYMLINK))
        view->predict->kept = g_steal_pointer(&kept);
}

/* At once, so that it is there however the viewer ends. */
static gboolean
view_score_append(const char *path, const char *line)
{
    gssize length = (gssize)strlen(line);
    int fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    gboolean written = fd >= 0 && write(fd, line, (gsize)length) == length;

    if (fd >= 0)
        close(fd);
    return written;
}

void
view_ask_keep_answer(View *view, const char *word)
{
    struct ViewPredict *predict = view->predict;
    g_autofree char *line = NULL;

    if (predict->kept == NULL)
        return;
    line = g_strdup_printf("%" G_GUINT64_FORMAT " %s %s\n", predict->question->seq,
                           stage_name(predict->question->stage), word);
    if (view_score_append(predict->kept, line))
        return;
    view_notice(view, "Your answers are no longer kept: %s", g_strerror(errno));
    g_clear_pointer(&predict->kept, g_free);
}
