/* trace/viewer/follow.h - `view --follow`: what the viewer that controls looks at is shown here, too.
 *
 *   instructor's viewer --"at seq=108 pane=1 ..."--> control.sock --"at":"..."--> viewers that follow
 *
 * A viewer's place is one line of words that only viewers read. Those who follow show it as soon as
 * they have read the journal so far; they never steer. F looks for oneself, and follows again.
 */
#ifndef TRACE_VIEWER_FOLLOW_H
#define TRACE_VIEWER_FOLLOW_H

#include "trace/viewer/state.h"

struct ViewFollow {
    gboolean follows;   /* begun with --follow */
    gboolean attached;  /* and shows what the other shows; F changes it */
    gboolean led;       /* there is somebody who controls */
    gboolean was_led;   /* there was, when it was looked at last */
    ViewPage elsewhere; /* the page of the other, where it can't be shown here; else VIEW_NO_PAGE */
    char *at;           /* where that one is, as told last; NULL: not told yet */
    guint followers;    /* the other way round: how many follow us */
    char *told;         /* what they were told last */
    gint64 told_us;     /* when */
};

struct ViewFollow *view_follow_new(void);
void view_follow_free(struct ViewFollow *follow);

/* Whether this viewer was begun with --follow, and whether it mirrors the other now. */
gboolean view_follows(const View *view);
gboolean view_is_attached(const View *view);

/* For those who follow us: where we are, if it has changed and it is time to say so; else NULL. */
char *view_follow_tell(View *view);
/* What the server told of the other viewer. @at: NULL where it told nothing. */
void view_follow_take(View *view, gboolean led, const char *at);
/* Shows what the other shows, as far as the journal has been read. After view_update(). */
void view_follow_turn(View *view);

/* The world has ended: what was mirrored is forgotten. */
void view_follow_end(View *view);

/* --- follow_page.c: what lies over the ladder --- */

/* What is said of it in a viewer's place. (transfer full) */
char *view_follow_page_words(const View *view);
/* Opens and scrolls the same here, if it can be. */
void view_follow_page_take(View *view, const char *at);
/* What the other has open that can't be shown here, for the last line but one; NULL: nothing. */
const char *view_follow_status(const View *view);

/* Whom the keys are asked for, so that the help is as long in both: who follows shows that of the other.
 * Only to be read, and only while @view is as it is: fills @leader and @watching, or returns @view. */
const View *view_follow_leader(const View *view, View *leader, struct ViewFollow *watching);

/* Of a place: the value after " @key=", up to the next space, NULL where it is not there; as a number,
 * 0 where it is none or more than @most. */
char *view_follow_word(const char *place, const char *key);
guint64 view_follow_number(const char *place, const char *key, guint64 most);

/* --- follow.c --- */

/* The key F. */
void view_act_follow(View *view);
const char *view_why_not_followed(const View *view);
/* A key was pressed: those that look elsewhere are for looking for oneself. */
void view_follow_press(View *view, guint key);

/* " FOLLOW", " 12 FOLLOW" for the title; "". Newly allocated. */
char *view_follow_title(const View *view);

#endif
