/* trace/viewer/state.h - where the learner stands: the whole state of the viewer but the journal.
 *
 *   rows of the track   0 ........ cursor ........ stand      (what comes after has not happened)
 *                                  what we look at   where the server stands
 *
 * In a recording `stand` is as far as the learner has stepped. Keys change this state (keys.h),
 * drawing only reads it (draw.h). What the server is to be told is put into `orders`; the program
 * (view.c) sends them.
 */
#ifndef TRACE_VIEWER_STATE_H
#define TRACE_VIEWER_STATE_H

#include "trace/filter.h"
#include "trace/viewer/code.h"
#include "trace/viewer/track.h"

typedef enum {
    VIEW_LIVE,   /* the world runs, the view follows */
    VIEW_STEP,   /* the world is held */
    VIEW_PAST,   /* the view has gone back; the server has not */
    VIEW_REPLAY, /* a recording, no server */
} ViewMode;

typedef enum {
    VIEW_WHY,
    VIEW_WIRE,
    VIEW_CHANGED,
    VIEW_CODE,
    VIEW_RFC,
    VIEW_HEADERS,
    VIEW_PANES,
} ViewPane;

/* What lies over the ladder. */
typedef enum {
    VIEW_NO_PAGE,
    VIEW_MAP,
    VIEW_HELP,
    VIEW_MESSAGES,
    VIEW_SESSIONS,
    VIEW_FAULTS,
    VIEW_SHEET, /* a page of text: an explanation, a comparison */
    VIEW_SEND,
    VIEW_BY_HAND,
    VIEW_FETCH,
    VIEW_WHATIF, /* both runs of :whatif */
    VIEW_LAST_PAGE = VIEW_WHATIF,
} ViewPage;

/* What is shown: one's own recording or world, or a run of :whatif that is walked in. */
typedef enum {
    VIEW_RUN_OWN,
    VIEW_RUN_BEFORE, /* as it was */
    VIEW_RUN_AFTER,  /* with the change */
} ViewRun;

/* What the last line asks for. */
typedef enum {
    VIEW_NO_PROMPT,
    VIEW_ASK_BREAK,
    VIEW_ASK_SEARCH,
    VIEW_ASK_FILTER,
    VIEW_ASK_COMMAND,
    VIEW_ASK_SAVE,
    VIEW_ASK_HELP, /* a word sought in the help */
    VIEW_ASK_LEAVE,
} ViewPrompt;

/* What a longer run looks for; the world is stepped until it is there. */
typedef enum {
    VIEW_SEEK_NOTHING,
    VIEW_SEEK_ROW,     /* any new row: the two ends of the same octets count once */
    VIEW_SEEK_WORTH,   /* the next thing worth telling */
    VIEW_SEEK_STAGE,   /* another stage than at the start */
    VIEW_SEEK_HOP,     /* another host comes into focus */
    VIEW_SEEK_PROBLEM, /* an error, a fault, a refusal */
    VIEW_SEEK_TIMER,   /* a timer, or the clock has jumped */
} ViewSeek;

typedef struct ViewOrder {
    gboolean steer; /* served while the world is held; else it waits until the world goes on */
    char *command;
} ViewOrder;

/* What is done in slices (hunt.h). */
typedef struct ViewHunt ViewHunt;

typedef struct View {
    ViewModel *model; /* not owned */
    ViewTrack *track;
    const ViewSource *sources; /* not owned; may be NULL */
    char *sentence;            /* first screen: what one is about to see */

    guint cursor, stand; /* rows; 0 where there are none yet */
    guint reached;       /* the entry furthest on that has been seen, filtered out or not */
    TraceFilter *filter; /* only events that match are on the ladder; NULL: all */
    gboolean follow;     /* live: the cursor goes with the newest */
    GArray *trail;       /* guint: rows that `u` came from */
    GPtrArray *folds;    /* what the pane Changed goes on from (fold.h) */
    ViewHunt *hunt;      /* what is under way in slices; NULL: nothing */
    ViewSeek seek;
    guint seek_from;   /* the row it began at */
    guint seek_seen;   /* rows up to here have been looked at */
    guint64 seek_told; /* where the world was held when it was last told to go on */

    gboolean live; /* a server is there */
    gboolean held;
    gboolean controls;     /* we steer; else another viewer does */
    guint64 held_at;       /* seq */
    gint64 waits_since_us; /* real time, monotonic: when something was said last */
    gint64 now_us;         /* the same clock, now */
    gint64 grown_us;       /* the same clock, when the last event came */
    GPtrArray *breaks;     /* TraceFilter: breakpoints (the server's; in a recording ours) */
    GArray *break_numbers; /* guint: their numbers */

    ViewPane pane;
    gboolean zoom; /* the pane has the whole screen */
    int pane_top;  /* first line of the pane that is seen */
    ViewPage page;
    gboolean welcome; /* the map is the first screen */
    int columns;      /* of the screen, as last known */
    int rows;         /* the same */
    int help_top;
    int help_found;    /* the line found last; -1: none yet */
    char *help_search; /* or NULL */
    char *sheet;       /* the text of VIEW_SHEET, or NULL */
    char *sheet_from;  /* how it was asked for: x, or a command as after a colon; NULL: otherwise */
    int sheet_top;
    char *whatif;         /* a change that shall be tried, and is not yet (rerun.h); NULL: none */
    gboolean whatif_runs; /* it is under way */
    gboolean whatif_page; /* VIEW_SHEET shows what came of it */
    ViewRun run;
    struct ViewWhatif *both; /* both runs of :whatif, as in whatif_page.h; NULL: none */
    /* Adds what a code, a stage or a file means to @page; FALSE: @problem is why not. NULL: nobody
     * here knows such things. */
    gboolean (*explain)(const char *what, GString *page, char **problem);
    int story_top; /* first line of the story that is seen */
    guint chosen;  /* in the list of messages: 0 is "all", then the messages */
    guint session; /* in the list of sessions */

    GPtrArray *fault_points;     /* the server's, as in faults.c */
    GPtrArray *armed;            /* char *: a line each */
    guint fault_column;          /* of the menu: point, host, how often */
    guint fault_chosen[3];       /* in each of them */
    struct ViewSend *send;       /* what m and r know and were told, as in send.h */
    struct ViewPredict *predict; /* PREDICT, as in ask.h */
    struct ViewFollow *watching; /* view --follow, as in follow.h */

    char *beside;        /* the journal's path: marks and copies lie there; NULL: nowhere */
    gboolean fleeting;   /* and it is removed in the end */
    GPtrArray *marks;    /* ViewMark (keep.h) */
    char *copied;        /* what y copied last, or NULL */
    gboolean copied_now; /* the terminal is to be given it */
    gboolean mouse;      /* the wheel and a click move the cursor */
    gboolean projector;  /* ladder and Why only, in bold */
    gboolean autoplay;   /* goes on by itself */
    gint64 play_us;      /* real time, monotonic: when it goes on next */
    double pace;         /* how fast; 0 is taken for 1 */

    ViewPrompt prompt;
    GString *typed;
    TraceFilter *search; /* or NULL */
    char *notice;        /* one line in answer to the last key, or NULL */
    gboolean ascii;
    gboolean quit;
    gboolean redraw; /* paint everything again */
    GQueue orders;   /* ViewOrder */
} View;

View *view_new(ViewModel *model);
void view_free(View *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(View, view_free)

ViewMode view_mode(const View *view);
const char *view_mode_name(ViewMode mode);

/* Takes in what the model has read since; goes on seeking. */
void view_update(View *view);
/* Shows the ladder of one message, or (NULL) of all. With a filter, it may come later (hunt.h). */
void view_choose(View *view, const char *journey);
/* Shows only the events that match @filter (taken over), or (NULL) all. */
void view_choose_filter(View *view, TraceFilter *filter);

/* Shows @track (taken over), at the place of the one before. */
void view_show(View *view, ViewTrack *track);

/* The entry under the cursor; NULL while there is none. */
const ViewEntry *view_current(const View *view);
/* The row furthest on that may be looked at: in a recording the last. */
guint view_last(const View *view);
/* Whether nothing will come any more, as far as can be told, and the cursor is there. */
gboolean view_is_at_end(const View *view);
/* The message that the cursor is in; NULL where it is in none. */
const ViewMessage *view_message(const View *view);

/* Live: lets the world go on until @seek is there. */
void view_seek(View *view, ViewSeek seek);
/* Puts the cursor on @row; in a recording this may be ahead of stand, which then moves. */
void view_go(View *view, guint row);
void view_notice(View *view, const char *format, ...) G_GNUC_PRINTF(2, 3);
void view_order(View *view, gboolean steer, const char *format, ...) G_GNUC_PRINTF(3, 4);
void view_order_free(ViewOrder *order);

/* Whether the model's entry @index is a QUIT or its reply. They are said in the stage where their
 * session began, but nothing begins there again. */
gboolean view_is_farewell(const View *view, guint index);
/* Whether @row is what is being sought, if the search began at @from. */
gboolean view_row_is(const View *view, ViewSeek seek, guint from, guint row);

#endif
