/* trace/viewer/compare.h - two messages side by side, server by server and stage by stage.
 *
 *                    j1                              j4
 *    server 2        mx.south.example                mx.south.example
 *      split         ok               1 ms           ok               1 ms
 *   >> recipient     ok               1 ms           refused 550      2 ms
 *    * filter        ok               1 ms           -
 *
 * ">>" is the first place where they differ: there it was decided. What took longer is no
 * difference; it is only told.
 */
#ifndef TRACE_VIEWER_COMPARE_H
#define TRACE_VIEWER_COMPARE_H

#include "trace/viewer/state.h"

/* What one of the messages did at one stage of one server. */
typedef struct ViewCompareSide {
    guint events;        /* 0: it was not there */
    const char *host;    /* NULL: it came to no such server */
    const char *outcome; /* the last that was told; NULL: none was */
    guint code;          /* of the refusal after that; 0: none */
    int tries;           /* the highest number that was told; 0: none */
    gint64 spent_us;     /* until something else went on here; at pickup, until it was read */
} ViewCompareSide;

typedef struct ViewCompareRow {
    guint server; /* from 1, in the order in which the message came to them */
    Stage stage;  /* STAGE_NONE: the server itself */
    gboolean differs;
    ViewCompareSide sides[2];
} ViewCompareRow;

typedef struct ViewCompare {
    const ViewMessage *messages[2];
    GArray *rows; /* ViewCompareRow */
    int first;    /* the row of the first difference; -1: none */
} ViewCompare;

/* What had become of @one and @other when the model's entry @upto had happened. */
ViewCompare *view_compare_new(const ViewModel *model, const ViewMessage *one,
                              const ViewMessage *other, guint upto);
void view_compare_free(ViewCompare *compare);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewCompare, view_compare_free)

/* A page of at most 78 columns. (transfer full) */
char *view_compare_text(const ViewCompare *compare);

/* ":compare j1 j4", ":compare j4" (with the message under the cursor): opens that page. */
void view_compare_command(View *view, const char *arguments);

#endif
