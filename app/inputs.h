/* app/inputs.h - what a simulated world's run can be repeated from, as its journal holds it.
 *
 * Such a world starts from an empty state: the world file, the files that it and its script name, and
 * the commands are all that goes in. The header of the journal (trace/journal.h) has the world's text
 * and this; each command is an `input` event.
 *
 *   "inputs":{"network":"simulated","overlay_after":52,
 *             "keys":[["world","smtp-port","10025"],["dns","port","10053"]],
 *             "files":[{"for":"dns zones","name":"north.zone","text":"$ORIGIN ..."},
 *                      {"for":"host mx.south.example filter","name":"south.filter","text":"..."},
 *                      {"for":"command","name":"mail/hello.eml","text":"..."},
 *                      {"for":"command","name":"film.avi","left_out":"90000000 octets; ..."}]}
 *
 * Octets that a journal's text cannot hold as they are stand in "base64". What --ports changed is in
 * the keys. A certificate's key is never in there.
 */
#ifndef APP_INPUTS_H
#define APP_INPUTS_H

#include "app/run.h"

#define APP_INPUTS_FILE_MAX (128 * 1024) /* octets of one file */
#define APP_INPUTS_ALL_MAX  (256 * 1024) /* of all that stands in a header */

/* (transfer full): the object; NULL: the world is not simulated, nobody can repeat its clients. */
char *app_inputs_json(const AppWorldFile *file);

/* Before the input event of a command of those @words: puts the files that it names and the header
 * does not have, and its time where an event's milliseconds would not do. */
void app_inputs_put(AppRun *run, char **words);

#endif
