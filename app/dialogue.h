/* app/dialogue.h - a conversation on the screen, in the RFCs' own notation.
 *
 *     C: MAIL FROM:<alice@north.example>
 *     S: 250 2.1.0 Sender ok
 */
#ifndef APP_DIALOGUE_H
#define APP_DIALOGUE_H

#include "trace/trace.h"

/* A sink: prints wire events as C: and S: lines, other events as their text. */
void app_dialogue_print(const TraceEvent *event, void *data);

#endif
