/* trace/viewer/plain.h - the viewer as lines: for screen readers, pipes and tickets.
 *
 * A line typed is a key pressed: its letter, or its name as the help writes it (Bksp, Down, Enter);
 * an empty line is Space. What a key would ask for on the screen may follow: "f stage=dns",
 * "/ carol", ":108". In answer come events, one numbered line each, and whatever the key shows as
 * text. Nothing is ever written over, and no escape sequence is sent.
 *
 *   octets typed --> view_plain_type --> lines --> view_press (keys.c) --> View
 *                                                                           |
 *                                  text <-- view_plain_turn <---------------+
 *
 * Nothing here reads or writes: view.c does.
 */
#ifndef TRACE_VIEWER_PLAIN_H
#define TRACE_VIEWER_PLAIN_H

#include "trace/viewer/state.h"

typedef struct ViewPlain ViewPlain;

/* @patient: a line waits for what the one before it asked of the server, as a script wants it; a
 * person at a terminal sees what comes and types when it suits. */
ViewPlain *view_plain_new(View *view, gboolean patient);
void view_plain_free(ViewPlain *plain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewPlain, view_plain_free)

/* Takes in octets as they come; NULL: no more will. */
void view_plain_type(ViewPlain *plain, const char *octets, gsize length);
/* FALSE: lines wait, and more shall not be read yet. */
gboolean view_plain_has_room(const ViewPlain *plain);

/* A line waits for something that comes, or does not, in a moment. */
gboolean view_plain_waits(const ViewPlain *plain);

/* After each look at the journal and the server: obeys a line if it is time to, and appends all
 * there is to tell. @more: the journal has not been read to its end. Returns whether another turn
 * would do more at once. */
gboolean view_plain_turn(ViewPlain *plain, gboolean more, GString *out);

/* The key that a word stands for: a character, a name or a word of the footer in the table of
 * actions; 0: none. */
guint view_plain_key(const char *word);

#endif
