/* storage/asked.h - what a reader's command asks the database, told as events.
 *
 *     GPtrArray *asked = NULL;
 *     GPtrArray **before = store_listen(store, &asked);
 *     ... calls that read: store_entry_page(), store_message_read() ...
 *     store_listen(store, before);
 *     store_asked_tell(&asked, trace, STAGE_PICKUP);     one sql event a question
 *
 * A long command puts the same question page after page: that is one event, which says how often and
 * how many rows there were. So a FETCH of 100,000 messages is told in three lines. SQLite itself says
 * what it is asked: the statement with its values, as the sqlite3 shell would take it.
 * Who writes messages tells so himself (storage/tell.c); here SELECTs are heard, and what is done to
 * mailboxes and their names.
 */
#ifndef STORAGE_ASKED_H
#define STORAGE_ASKED_H

#include "storage/store.h"

/* From now on questions are gathered in *@asked (NULL: none so far); a NULL @asked hears nothing.
 * Returns who listened before. */
GPtrArray **store_listen(Store *store, GPtrArray **asked);
/* Tells what has been gathered, in the order it was asked first, and forgets it. */
void store_asked_tell(GPtrArray **asked, Trace *trace, Stage stage);
void store_asked_free(GPtrArray *asked);

#endif
