/* tests/plain_told.h - the viewer of lines over a recorded journal: lines typed, and what it tells. */
#ifndef TESTS_PLAIN_TOLD_H
#define TESTS_PLAIN_TOLD_H

#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/colon.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/plain.h"

#define SAMPLE "tests/journals/remote.ndjson"

typedef struct Fixture {
    ViewModel *model;
    View *view;
    ViewPlain *plain;
} Fixture;

static inline void
open_journal(Fixture *it, const char *journal)
{
    it->model = view_model_open(journal, NULL);
    g_assert_nonnull(it->model);
    it->view = view_new(it->model);
    while (view_model_read(it->model, 1 << 20))
        ;
    view_update(it->view);
    it->plain = view_plain_new(it->view, TRUE);
}

static inline void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    open_journal(it, SAMPLE);
}

static inline void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    view_plain_free(it->plain);
    view_free(it->view);
    view_model_free(it->model);
}

/* What is told until nothing more happens at once. */
static inline char *
turns(Fixture *it)
{
    GString *out = g_string_new(NULL);

    while (view_plain_turn(it->plain, FALSE, out))
        ;
    return g_string_free(out, FALSE);
}

static inline char *
answer(Fixture *it, const char *typed)
{
    view_plain_type(it->plain, typed, strlen(typed));
    return turns(it);
}

static inline void
expect_in(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_error("'%s' is missing in:\n%s", part, text);
}

static inline void
expect(Fixture *it, const char *typed, const char *part)
{
    g_autofree char *told = answer(it, typed);

    expect_in(told, part);
}

/* How many events @told tells: their lines begin with a number, right-aligned. */
static inline guint
events(const char *told)
{
    g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
    guint count = 0;

    for (guint i = 0; lines[i] != NULL; i++) {
        const char *number = lines[i] + strspn(lines[i], " ");
        gsize digits = strspn(number, "0123456789");

        count += digits > 0 && g_str_has_prefix(number + digits, "  ") &&
                 strchr(number + digits, '+') != NULL;
    }
    return count;
}

#endif
