/* trace/viewer/sheet.h - a page of text that lies over the ladder: an explanation, a comparison.
 *
 * It scrolls as the help does. Whatever made the text, it is made safe where it is drawn.
 */
#ifndef TRACE_VIEWER_SHEET_H
#define TRACE_VIEWER_SHEET_H

#include "trace/viewer/draw.h"

/* Lays @text (taken over) over the ladder. */
void view_sheet_open(View *view, char *text);
/* The same for a page that anybody with this journal can make: it was asked for with the key x, or with
 * this command (as after a colon). */
void view_sheet_open_from(View *view, char *text, const char *format, ...) G_GNUC_PRINTF(3, 4);
void view_draw_sheet(const View *view, ViewScreen *screen, ViewBox box);
gboolean view_press_sheet(View *view, guint key);
/* The highest first line in so many columns and rows. */
int view_sheet_highest(const View *view, int width, int height);

/* explain.c: the reply under the cursor, else its stage; ":explain 550", ":explain dns". */
void view_act_explain(View *view);
void view_explain_command(View *view, const char *words);

#endif
