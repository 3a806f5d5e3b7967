/* trace/pages/tell.h - what a page tells: the parts of its block of JSON.
 *
 *   tell.c       one event: its row, its panes
 *   choose.c     which of them, where they are too many
 *   ladders.c    which rows are drawn in which lanes: of all events, and of each message
 *   asks.c       the questions of PREDICT
 *   setting.c    what surrounds them: title, hosts, stages, words of the page itself
 *
 * Within trace/pages/ only.
 */
#ifndef TRACE_PAGES_TELL_H
#define TRACE_PAGES_TELL_H

#include "trace/pages/page.h"
#include "trace/pages/texts.h"
#include "trace/viewer/state.h"

typedef struct Page {
    const PageOptions *options;
    ViewModel *model;
    View *view;
    PageTexts *texts;
    GArray *rows;         /* guint: the entry of the model that each row of the page tells */
    GHashTable *numbers;  /* the way back: entry -> 1 + row of the page */
    GPtrArray *hosts;     /* const char *: those in focus, in the order they first were */
    GPtrArray *results;   /* of each message: GString, the changes of what became of it */
    GPtrArray *last_word; /* char *: what was told last of each */
    guint left_out;       /* rows that were too many */
    guint told;           /* the first messages told whole, and nothing else; 0: all rows */
} Page;

/* Of a journal that is too long, the entries that are told, those of whole messages. NULL: the first rows
 * are told, as many as there may be. */
GHashTable *page_choose(Page *page);
/* Goes through the rows of the view and appends "rows":[...]. */
void page_tell_rows(Page *page, GString *out);
/* Appends "ladders":[...]: the first of all rows told, then one for each of the first messages. */
void page_tell_ladders(Page *page, GString *out);
/* Appends "messages":[...]. */
void page_tell_messages(Page *page, GString *out);
/* Appends "asks":[...], the questions of PREDICT. */
void page_tell_asks(Page *page, GString *out);
/* Appends title, sentences, hosts, stages, panes and words. */
void page_tell_setting(Page *page, GString *out);
/* What the header of the journal says of the scenario: "title", "watch", "ending"; NULL: nothing. */
char *page_scenario(const Page *page, const char *key);

#endif
