/* trace/viewer/whatif_inside.h - the two runs while their page is written. For whatif*.c only. */
#ifndef TRACE_VIEWER_WHATIF_INSIDE_H
#define TRACE_VIEWER_WHATIF_INSIDE_H

#include "trace/viewer/draw.h"
#include "trace/viewer/whatif.h"

#define VIEW_WHATIF_COLUMNS 78

typedef struct ViewRuns {
    View *views[2]; /* as it was, what if */
    ViewParting parting;
    GString *out;
} ViewRuns;

/* An event's text as it stands in the journal, between its quotes; "" where it is gone. */
char *view_whatif_raw(const ViewModel *model, guint entry);
/* "09:00:00", from the second day on "day 2 09:00:00". (transfer full) */
char *view_whatif_time(const View *view, gint64 time_us);
/* Appends all of @lines. */
void view_whatif_put(GString *out, const ViewLines *lines);

/* whatif_rows.c: both from where they part on, side by side. */
void view_whatif_rows(ViewRuns *runs);
/* whatif_ends.c: what became of each message. */
void view_whatif_ends(ViewRuns *runs);

#endif
