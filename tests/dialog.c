/* tests/dialog.c - plays a conversation written in the RFCs' own notation (see tests/dialog.h). */
#include "tests/dialog.h"

#include <string.h>

#define DIALOG_FOLDER "tests/dialogs"

typedef struct Dialog {
    char *path;
    guint line; /* of the file, for messages */
    const DialogEngine *engine;
    void *data;
    gsize portion;
    void *session; /* NULL until the first C: or S: */
    char *with;
    gboolean closed;   /* the session has closed */
    GString *replies;  /* said by the server, not yet expected */
    gboolean listened; /* the last line was the server's */
} Dialog;

static void
dialog_fail(const Dialog *dialog, const char *expected, const char *found)
{
    g_error("%s:%u:\n  expected: %s\n  found:    %s", dialog->path, dialog->line, expected, found);
}

static void
dialog_open(Dialog *dialog)
{
    if (dialog->session != NULL)
        return;
    dialog->session = dialog->engine->open(dialog->data, dialog->with, dialog->replies);
    g_assert_nonnull(dialog->session);
}

/* ---- the client speaks ---- */

static void
dialog_send(Dialog *dialog, const char *octets, gsize length)
{
    gsize portion = dialog->portion == 0 ? length : dialog->portion;

    dialog_open(dialog);
    if (dialog->listened && dialog->replies->len > 0)
        dialog_fail(dialog, "(nothing more)", dialog->replies->str);
    dialog->listened = FALSE;
    for (gsize at = 0; at < length && !dialog->closed; at += portion)
        dialog->closed = !dialog->engine->input(dialog->session, octets + at,
                                                MIN(portion, length - at), dialog->replies);
}

static void
dialog_send_line(Dialog *dialog, const char *text)
{
    g_autofree char *line = g_strconcat(text, "\r\n", NULL);

    dialog_send(dialog, line, strlen(line));
}

/* One escape at @text; returns how many octets of text it was. */
static gsize
dialog_escape(const Dialog *dialog, const char *text, GString *octets)
{
    switch (text[1]) {
    case 'r': g_string_append_c(octets, '\r'); return 2;
    case 'n': g_string_append_c(octets, '\n'); return 2;
    case 't': g_string_append_c(octets, '\t'); return 2;
    case '\\': g_string_append_c(octets, '\\'); return 2;
    case 'x':
        if (!g_ascii_isxdigit(text[2]) || !g_ascii_isxdigit(text[3]))
            dialog_fail(dialog, "\\xNN", text);
        g_string_append_c(
            octets, (char)(g_ascii_xdigit_value(text[2]) * 16 + g_ascii_xdigit_value(text[3])));
        return 4;
    default: dialog_fail(dialog, "an escape: \\r \\n \\t \\\\ \\xNN", text); return 1;
    }
}

static void
dialog_send_octets(Dialog *dialog, const char *text)
{
    g_autoptr(GString) octets = g_string_new(NULL);

    while (*text != '\0') {
        if (*text == '\\')
            text += dialog_escape(dialog, text, octets);
        else
            g_string_append_c(octets, *text++);
    }
    dialog_send(dialog, octets->str, octets->len);
}

/* ---- the server speaks ---- */

static gboolean
dialog_matches(const char *expected, const char *found)
{
    gsize length = strlen(expected);

    if (length > 0 && expected[length - 1] == '*')
        return strncmp(expected, found, length - 1) == 0;
    return strcmp(expected, found) == 0;
}

static void
dialog_expect(Dialog *dialog, const char *expected)
{
    const char *end;

    dialog_open(dialog);
    dialog->listened = TRUE;
    if (strcmp(expected, "(closes)") == 0) {
        if (dialog->replies->len > 0 || !dialog->closed)
            dialog_fail(dialog, expected, dialog->replies->str);
        return;
    }
    end = strstr(dialog->replies->str, "\r\n");
    if (end == NULL)
        dialog_fail(dialog, expected,
                    dialog->replies->len > 0 ? "a line without CRLF" : "(nothing)");
    g_autofree char *found = g_strndup(dialog->replies->str, end - dialog->replies->str);
    if (!dialog_matches(expected, found))
        dialog_fail(dialog, expected, found);
    g_string_erase(dialog->replies, 0, strlen(found) + 2);
}

/* ---- the file ---- */

/* What stands behind the mark and one space. NULL: another mark. */
static const char *
dialog_behind(const char *line, const char *mark)
{
    gsize length = strlen(mark);

    if (strncmp(line, mark, length) != 0)
        return NULL;
    return line[length] == ' ' ? line + length + 1 : line + length;
}

static void
dialog_line(Dialog *dialog, const char *line)
{
    const char *text;

    if (*line == '\0' || *line == '#')
        return;
    if ((text = dialog_behind(line, "C8:")) != NULL) {
        dialog_send_octets(dialog, text);
    } else if ((text = dialog_behind(line, "C:")) != NULL) {
        dialog_send_line(dialog, text);
    } else if ((text = dialog_behind(line, "S:")) != NULL) {
        dialog_expect(dialog, text);
    } else if ((text = dialog_behind(line, "with:")) != NULL) {
        g_free(dialog->with);
        dialog->with = g_strdup(text);
    } else {
        dialog_fail(dialog, "C: C8: S: with: or #", line);
    }
}

void
dialog_play(const char *name, const DialogEngine *engine, void *data, gsize portion)
{
    g_autofree char *path = g_build_filename(DIALOG_FOLDER, name, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    Dialog dialog = { .path = path, .engine = engine, .data = data, .portion = portion };

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    dialog.with = g_strdup("");
    dialog.replies = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        dialog.line = i + 1;
        dialog_line(&dialog, lines[i]);
    }
    if (dialog.replies->len > 0)
        dialog_fail(&dialog, "(nothing more)", dialog.replies->str);
    if (dialog.session != NULL)
        engine->close(dialog.session);
    g_string_free(dialog.replies, TRUE);
    g_free(dialog.with);
}

void
dialog_play_both(const char *name, const DialogEngine *engine, void *data)
{
    dialog_play(name, engine, data, 0);
    dialog_play(name, engine, data, 1);
}

gboolean
dialog_pump(NetBuffer *buffer, const char *octets, gsize length,
            NetNext (*input)(void *session, NetBuffer *input, GString *replies), void *session,
            GString *replies)
{
    NetNext next = NET_GO_ON;
    gboolean progress;

    net_buffer_add(buffer, octets, length);
    do {
        gsize before = net_buffer_length(buffer);
        gboolean worked = next == NET_MORE;

        next = input(session, buffer, replies);
        progress = worked || net_buffer_length(buffer) < before;
    } while (next == NET_MORE || (next == NET_GO_ON && net_buffer_length(buffer) > 0 && progress));
    g_assert_cmpint(next, !=, NET_PENDING);
    return next != NET_CLOSE;
}
