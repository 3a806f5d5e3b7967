/* trace/viewer/sheet.h - a page of text that lies over the ladder: an explanation, a comparison.
 *
 * It scrolls as the help does. Whatever made the text, it is made safe where it is drawn.
 */
#ifndef TRACE_VIEWER_SHEET_H
#define TRACE_VIEWER_SHEET_H

#include "trace/viewer/draw.h"

/* Lays @text (taken over) over the ladder. */
void view_sheet_open(View *view, char *text);
void view_draw_sheet(const View *view, ViewScreen *screen, ViewBox box);
gboolean view_press_sheet(View *view, guint key);
/* The highest first line in so many columns and rows. */
int view_sheet_highest(const View *view, int width, int height);

/* explain.c: the reply under the cursor, else its stage; ":explain 550", ":explain dns". */
void view_act_explain(View *view);
void view_explain_command(View *view, const char *words);

#endif
