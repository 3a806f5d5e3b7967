/* trace/viewer/whatif_inside.h - the two runs while their page is written. For whatif*.c only. */
#ifndef TRACE_VIEWER_WHATIF_INSIDE_H
#define TRACE_VIEWER_WHATIF_INSIDE_H

#include "trace/viewer/draw.h"
#include "trace/viewer/whatif.h"

/* Of a page that is printed. */
#define VIEW_WHATIF_COLUMNS 78
/* Columns left of each side: what marks a row, and what parts the sides. */
#define VIEW_WHATIF_MARGIN 3

/* A place of the page at which events stand, one of each run or of one only. */
typedef struct ViewWhatifStop {
    int line, lines;  /* the first, from 0 on, and how many */
    gboolean across;  /* over the whole width; else each side has half of it */
    guint entries[2]; /* VIEW_NO_ENTRY: none of that run */
} ViewWhatifStop;

typedef struct ViewRuns {
    View *views[2]; /* as it was, what if; owned */
    ViewParting parting;
    gboolean parted;
    int columns; /* of the page */
    GString *out;
    GArray *stops; /* ViewWhatifStop, downwards */
    int line;      /* whole lines of out, up to... */
    gsize counted; /* ...this octet */
} ViewRuns;

/* Reads both runs to their end, and finds where they part. The models stay the caller's. */
void view_runs_open(ViewRuns *runs, ViewModel *before, ViewModel *after);
/* Writes the page anew into out and stops. */
void view_runs_write(ViewRuns *runs, int columns, const char *change, const char *note);
void view_runs_close(ViewRuns *runs);

/* The columns of one side. */
int view_runs_cell(const ViewRuns *runs);
/* How many lines have been written. */
int view_runs_line(ViewRuns *runs);
/* What was written since @line is a stop. */
void view_runs_stop(ViewRuns *runs, int line, gboolean across, guint before, guint after);

/* Whether both tell the same: host, stage, kind, text. */
gboolean view_whatif_alike(const ViewModel *before, guint one, const ViewModel *after, guint two);
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
