/* trace/viewer/match.h - whether an event matches a filter, found out as cheaply as it can be.
 *
 * A search may have to ask a million events. Most filters are decided by what an entry holds already,
 * nearly all others by the line as it stands in the journal; only the rest takes a JSON parser.
 */
#ifndef TRACE_VIEWER_MATCH_H
#define TRACE_VIEWER_MATCH_H

#include "trace/filter.h"
#include "trace/viewer/model.h"

/* @filter NULL matches every event; an event that can't be read again matches none. */
gboolean view_matches(const ViewModel *model, guint index, const TraceFilter *filter);

/* Reads a line in the server's plain form into @event, without a parser. The texts of @event then
 * lie in @line, which is changed. FALSE: the line is in another form (it may still be an event). */
gboolean view_line_read(char *line, gsize length, TraceEvent *event);

#endif
