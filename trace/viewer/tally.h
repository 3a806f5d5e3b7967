/* trace/viewer/tally.h - what drawing asks of all rows up to one of them, counted as the rows come.
 *
 * A ladder may have a million rows, and a frame has sixteen milliseconds: nothing that is drawn may
 * walk all of them. All answers hold for the rows up to and including @row.
 */
#ifndef TRACE_VIEWER_TALLY_H
#define TRACE_VIEWER_TALLY_H

#include "trace/viewer/model.h"

struct ViewRow;

typedef struct ViewTally ViewTally;

ViewTally *view_tally_new(void);
void view_tally_free(ViewTally *tally);
/* Begins anew. */
void view_tally_clear(ViewTally *tally);
/* The next row, number @number; @focus is the host in focus there. */
void view_tally_add(ViewTally *tally, guint number, const struct ViewRow *row, const char *focus,
                    const ViewEntry *entry);

/* How many rows show a problem. */
guint view_tally_problems(const ViewTally *tally, guint row);
/* The lanes that were used: a bit 1 << VIEW_CLIENT, 1 << VIEW_HOST... each. */
guint view_tally_lanes(const ViewTally *tally, guint row);
/* How many hosts have been in focus, and the @n-th of them, in the order they were first seen. */
guint view_tally_hosts(const ViewTally *tally, guint row);
const char *view_tally_host(const ViewTally *tally, guint n);
/* The first message's journey; NULL: none yet. */
const char *view_tally_journey(const ViewTally *tally, guint row);
/* Whether something was refused. */
gboolean view_tally_is_refused(const ViewTally *tally, guint row);
/* How many hosts had to do with a message, in all rows. */
guint view_tally_servers(const ViewTally *tally);

/* Whether @entry shows a problem: an error, a fault, a refusal. */
gboolean view_entry_is_problem(const ViewEntry *entry);

#endif
