/* trace/viewer/send.h - sending and reading from inside: what `m` and `r` open.
 *
 *   m   send.c     the presets of the server, and "by hand"
 *       by_hand.c  a form: from, to, subject, text, host
 *   r   fetch.c    whose mailbox, and how
 *
 * What is chosen becomes one line for the server, `send ...` or `fetch ...`, the same that a script
 * or `glasspost ctl` would say. While the world is held such a line waits at the server until the
 * world goes on; what waits is shown.
 */
#ifndef TRACE_VIEWER_SEND_H
#define TRACE_VIEWER_SEND_H

#include "trace/viewer/draw.h"

typedef struct ViewPreset {
    char *name;
    char *shows; /* what there will be to see */
    char *from, *to;
    gint64 octets; /* it is filled up to; 0: it is as short as it is */
    char *why_not; /* "": it can be sent in this world */
} ViewPreset;

typedef enum {
    BY_HAND_FROM,
    BY_HAND_TO,
    BY_HAND_SUBJECT,
    BY_HAND_TEXT,
    BY_HAND_HOST,
    BY_HAND_SEND,
    BY_HAND_FIELDS
} ViewByHand;

typedef struct ViewSend {
    GPtrArray *presets;  /* ViewPreset; empty: the server has not answered yet */
    GPtrArray *accounts; /* char *: addresses whose password the server knows */
    GPtrArray *hosts;    /* char * */
    guint chosen;        /* the presets, then "by hand" */
    ViewByHand field;
    GString *typed[BY_HAND_SEND];
    guint account, way; /* of the two columns of r */
    gboolean in_ways;   /* the second column has the arrows */
    GQueue waiting;     /* char *: lines that the server has not answered */
    guint early;        /* a key pressed before it said what there is; 0: none */
} ViewSend;

ViewSend *view_send_new(void);
void view_send_free(ViewSend *send);

void view_act_send(View *view);
void view_draw_send(const View *view, ViewScreen *screen, ViewBox box);
gboolean view_press_send(View *view, guint key);

/* Opens the form, with what is likely filled in. */
void view_by_hand_open(View *view);
void view_draw_by_hand(const View *view, ViewScreen *screen, ViewBox box);
gboolean view_press_by_hand(View *view, guint key);

void view_act_fetch(View *view);
void view_draw_fetch(const View *view, ViewScreen *screen, ViewBox box);
gboolean view_press_fetch(View *view, guint key);
/* Chooses the mailbox of the message that one looks at. */
void view_fetch_choose(View *view);

/* ---- with the server ---- */

/* Takes in what it answers to `presets`. */
void view_send_take(View *view, JsonObject *answer);
/* A menu is open that the server has not filled yet: keeps @key until it has. FALSE: it is one that
 * means the same as everywhere. */
gboolean view_send_keep_key(View *view, guint key);
/* Gives it the line "send ..." or "fetch ...", and closes the menu. */
void view_send_ask(View *view, const char *line);
/* It has answered @command, "send" or "fetch". */
void view_send_answered(View *view, const char *command);
/* The first line that it has not answered, while the world is held; NULL: none waits. */
const char *view_send_waits(const View *view);

/* The account that wrote the message under the cursor (@recipient: that gets it), else the first
 * (the second); NULL: none is known. */
const char *view_send_account(const View *view, gboolean recipient);

#endif
