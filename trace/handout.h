/* trace/handout.h - a journal to hand out: without bodies, subjects and the names of people.
 *
 * Of each line stays what the journey needs: times, stages, kinds, codes, SQL, rules, causes. Names
 * are replaced (trace/pseudonym.h), a message's header is cut to the fields of its way, the body is
 * gone, and so are the world file and everything of a kind that is not known here to be harmless.
 * The viewer opens such a journal as any other; it can't be played again.
 *
 * The journal is read twice: a name may stand alone before it is seen in an address.
 */
#ifndef TRACE_HANDOUT_H
#define TRACE_HANDOUT_H

#include <glib.h>

typedef struct TraceHandout TraceHandout;

TraceHandout *trace_handout_new(void);
void trace_handout_free(TraceHandout *handout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceHandout, trace_handout_free)

/* First for each line of the journal, headers of segments as well: which names are there? */
void trace_handout_learn(TraceHandout *handout, const char *line, gsize length);
/* Then again for each: the line to hand out, with its "\n"; NULL: it was no JSON object. */
char *trace_handout_line(TraceHandout *handout, const char *line, gsize length);

#endif
