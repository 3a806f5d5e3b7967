/* app/recorded_inside.h - the lines of a journal, for recorded.c and recorded_again.c alone. */
#ifndef APP_RECORDED_INSIDE_H
#define APP_RECORDED_INSIDE_H

#include "app/recorded.h"

/* The text of all segments, one after the other. */
GString *app_recorded_load(const char *journal, GError **error);

/* The next whole line of @all from @at on, its end made a NUL; NULL: there is none. */
char *app_recorded_next(GString *all, gsize *at, gsize *length);

#endif
