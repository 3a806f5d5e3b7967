/* trace/viewer/colon.h - the commands that are typed after a colon. */
#ifndef TRACE_VIEWER_COLON_H
#define TRACE_VIEWER_COLON_H

#include "trace/viewer/state.h"

/* One line without the colon: "108", "time +30m", "mark why here?". It says what came of it. */
void view_colon(View *view, const char *line);

typedef struct ViewCommand {
    const char *name;
    const char *form; /* as it is typed: "time +30m" */
    const char *help; /* one sentence */
    void (*run)(View *view, const char *arguments);
} ViewCommand;

/* The table that help shows, ended by a NULL name. A number alone is a command too. */
const ViewCommand *view_commands(void);

#endif
