/* app/state.h - the state folder of a world: databases, journal, control socket, and a lock. */
#ifndef APP_STATE_H
#define APP_STATE_H

#include <glib.h>

/* Makes the folder where it is missing, and takes its lock: no two processes work on the same
 * databases. Returns a descriptor that holds the lock until it is closed; -1 with @error. */
int app_state_lock(const char *folder, GError **error);

/* A simulated world is the same at each run, so it starts from nothing. FALSE: @error names what
 * lies there. */
gboolean app_state_is_empty(const char *folder, GError **error);

/* Removes @folder and all that lies in it; a symbolic link is removed, not followed. */
void app_state_remove(const char *folder);

#endif
