/* trace/viewer/draw.h - from the state to the screen: a pure function.
 *
 *   view_draw   the layout: who gets which rows and columns
 *   ladder.c    the lanes and arrows             strip.c  title, time line
 *   stages.c    the line of the stages           pages.c  list of messages, story.c under it
 *   panes.c     Why, Wire, Changed, Code, ...    help.c   keys and words
 *   map.c       the fork of stages               foot.c   the last two lines
 *
 *   80x24                                 from 110x30 on
 *   +--------- title ----------+          +--------- title -------------------+
 *   |          stages          |          |          stages                   |
 *   |          ladder          |          |          ladder         |   Why   |
 *   |        one pane          |          |                         | Changed |
 *   |   time line, last lines  |          |   messages  |  a pane   |  Code   |
 *   +--------------------------+          |   time line, last lines           |
 */
#ifndef TRACE_VIEWER_DRAW_H
#define TRACE_VIEWER_DRAW_H

#include "trace/viewer/screen.h"
#include "trace/viewer/state.h"

/* The ladder's width with all six lanes. */
#define VIEW_LADDER_COLUMNS 80

/* A part of the screen. */
typedef struct ViewBox {
    int x, y, width, height;
} ViewBox;

/* Where the parts lie; those that are not seen have no width. */
typedef struct ViewLayout {
    ViewBox page; /* over everything */
    ViewBox ladder, tabs, pane;
    ViewBox list, side; /* on a large screen: messages; Why, Changed and Code */
} ViewLayout;

ViewLayout view_layout(const View *view, int width, int height);

/* Draws all of @view on @screen, whatever its size. */
void view_draw(const View *view, ViewScreen *screen);
/* Takes back what was scrolled beyond the end, for a screen of that size. After keys, before
 * drawing. */
void view_settle(View *view, int width, int height);

/* A click on the screen last settled: the cursor goes to that row of the ladder. */
void view_click(View *view, int x, int y);

void view_draw_ladder(const View *view, ViewScreen *screen, ViewBox box);
/* Which row of the ladder in @box is drawn at @y; FALSE: none. */
gboolean view_ladder_row_at(const View *view, ViewBox box, int y, guint *row);

/* The words of a note on the ladder: "SENDER ok: alice is registered here". */
char *view_ladder_note(const ViewEntry *entry, const ViewEvent *event);
/* Those of the rule across it before @row, where another host comes into focus:
 * " mx.north.example > mx.south.example (incoming server) ". */
char *view_ladder_rule(const View *view, guint row);

void view_draw_title(const View *view, ViewScreen *screen, int y);
void view_draw_stages(const View *view, ViewScreen *screen, int y);
void view_draw_time_line(const View *view, ViewScreen *screen, int y);
/* The last two lines: what the server does, which keys there are. */
void view_draw_status(const View *view, ViewScreen *screen, int y);
void view_draw_footer(const View *view, ViewScreen *screen, int y);

/* What became of the first message that the ladder shows, "Delivered"; NULL: nothing yet. */
const char *view_end_word(const View *view);

/* The line with the names of the panes, the chosen one in brackets. */
void view_draw_tabs(const View *view, ViewScreen *screen, ViewBox box);
/* @top: lines scrolled from where the pane begins by itself. Returns whether it has more below. */
gboolean view_draw_pane(const View *view, ViewScreen *screen, ViewPane pane, ViewBox box, int top);
/* @top, brought back to what the pane in @box has. */
int view_pane_settle(const View *view, ViewPane pane, ViewBox box, int top);
/* The highest first line of the help in so many columns and rows. */
int view_help_highest(const View *view, int width, int height);
/* The same of the story under the list of messages; 0 while that is not open. */
int view_story_highest(const View *view, int width, int height);
const char *view_pane_name(ViewPane pane);

/* What part @host has in it, as far as is known where the server stands: "incoming server". */
const char *view_host_part(const View *view, const char *host);

void view_draw_map(const View *view, ViewScreen *screen, ViewBox box);
void view_draw_page(const View *view, ViewScreen *screen, ViewBox box);
void view_draw_messages(const View *view, ViewScreen *screen, ViewBox box, gboolean choose);

/* Whether a POP3 or IMAP client has called, or whether our server calls the next one. Before anything
 * is said, only a session's name tells it: pop3-4, relay-2. NULL is neither. */
gboolean view_session_reads(const char *session);
gboolean view_session_relays(const char *session);

/* "3 ms", "12 s", "5 m", "4 d": how much later @us is; at most 5 columns. */
char *view_span(gint64 us);

/* "09:00:00.009" of a time of the world's clock. */
char *view_clock(gint64 time_us);
/* The same, from the second day of the journal on with the day before it: "day 6 09:00:00.009". */
char *view_date(const View *view, gint64 time_us);

/* Lines of a text box, put together first and then drawn from a given line on. */
typedef struct ViewLines ViewLines;

ViewLines *view_lines_new(int width);
void view_lines_free(ViewLines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewLines, view_lines_free)
/* Adds @text, broken into lines of the width at spaces (at newlines too); the lines after the
 * first begin with @indent spaces. */
void view_lines_add(ViewLines *lines, guint look, int indent, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* The same, but at most @most lines; the last then ends in ~. */
void view_lines_add_most(ViewLines *lines, guint look, int indent, int most, const char *format,
                         ...) G_GNUC_PRINTF(5, 6);
/* One line as it is; it is cut, not broken. */
void view_lines_add_raw(ViewLines *lines, guint look, const char *text);
int view_lines_count(const ViewLines *lines);
int view_lines_width(const ViewLines *lines);
/* One of them, from 0 on, and how it looks. What was added raw is made safe only by view_put(). */
const char *view_lines_text(const ViewLines *lines, int number);
guint view_lines_look(const ViewLines *lines, int number);
void view_lines_draw(const ViewLines *lines, ViewScreen *screen, ViewBox box, int top);

#endif
