/* app/remote.h - one command to a running world over its control socket, for other processes. */
#ifndef APP_REMOTE_H
#define APP_REMOTE_H

#include <glib.h>

/* The answer, one JSON line without its end. NULL with @error where nobody answers. Waits. */
char *app_remote_ask(const char *state_folder, const char *line, GError **error);
/* Does a world answer there? */
gboolean app_remote_is_alive(const char *state_folder);
/* The member @name of @answer when it says ok; NULL with the @error it names when it does not. */
char *app_remote_member(const char *answer, const char *name, GError **error);

#endif
