/* tests/viewed.h - a viewer of a recorded journal, and keys pressed in it. */
#ifndef TESTS_VIEWED_H
#define TESTS_VIEWED_H

#include <locale.h>
#include <string.h>

#include "trace/viewer/keys.h"

typedef struct Fixture {
    ViewModel *model;
    View *view;
} Fixture;

static inline void
viewed_open(Fixture *it, gconstpointer journal)
{
    it->model = view_model_open(journal, NULL);
    g_assert_nonnull(it->model);
    while (view_model_read(it->model, 1 << 20))
        ;
    it->view = view_new(it->model);
    view_update(it->view);
}

static inline void
viewed_close(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    view_free(it->view);
    view_model_free(it->model);
}

/* Keys that are one octet each. */
static inline void
press(Fixture *it, const char *keys)
{
    for (; *keys != '\0'; keys++)
        view_press(it->view, (guchar)*keys);
}

#endif
