/* trace/viewer/story.h - the story of one message in short: what became of it, why, who said so, when.
 *
 * It lies under the list of messages (`l`), and at the end of Why where a try failed or a bounce
 * was written. Within trace/viewer/ only.
 */
#ifndef TRACE_VIEWER_STORY_H
#define TRACE_VIEWER_STORY_H

#include "trace/viewer/panes.h"

/* Adds the story of @message as it was known at the cursor, in the order it happened. */
void view_story_add(const View *view, ViewLines *lines, const ViewMessage *message);

/* Adds only what became of @message in the end, and why: of a run that is over (whatif.h). */
void view_story_end(const View *view, ViewLines *lines, const ViewMessage *message);

/* What had become of @message when entry @upto had happened, one word: "on its way", "refused",
 * "given up", "bounced", "waits", "greylisted", "held", "delivered", "read". */
const char *view_message_result(const View *view, const ViewMessage *message, guint upto);

#endif
