/* trace/viewer/whatif_both.h - what the page of :whatif knows. For whatif_page.c and whatif_walk.c. */
#ifndef TRACE_VIEWER_WHATIF_BOTH_H
#define TRACE_VIEWER_WHATIF_BOTH_H

#include "trace/viewer/whatif_inside.h"
#include "trace/viewer/whatif_page.h"

struct ViewWhatif {
    TraceFleeting *folder;
    char *change;
    char *note; /* or NULL */
    ViewModel *models[2];
    ViewRuns runs;
    char **lines; /* of runs.out */
    int height;   /* of the page, as last known */
    int top;      /* first line that is seen */
    guint stop;   /* the one under the cursor */
    guint side;   /* of it: 0 as it was, 1 what if */
    View *walk;   /* the run that is walked in; NULL: none */
};

#endif
