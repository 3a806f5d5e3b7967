/* trace/viewer/keys.h - what the keys do: one table of actions.
 *
 * Help, footer and --help are made from it. An action changes the state (state.h) and perhaps
 * leaves an order for the server; it never touches terminal or socket.
 */
#ifndef TRACE_VIEWER_KEYS_H
#define TRACE_VIEWER_KEYS_H

#include "trace/viewer/state.h"

/* Keys that are no characters. */
enum {
    VIEW_KEY_UP = 0x110000, /* beyond all characters */
    VIEW_KEY_DOWN,
    VIEW_KEY_LEFT,
    VIEW_KEY_RIGHT,
    VIEW_KEY_HOME,
    VIEW_KEY_END,
    VIEW_KEY_PAGE_UP,
    VIEW_KEY_PAGE_DOWN,
    VIEW_KEY_BACKSPACE,
    VIEW_KEY_BACK_TAB,
    VIEW_KEY_ENTER = '\n',
    VIEW_KEY_ESCAPE = 27,
};

/* A click of the mouse is a key that carries its place. */
#define VIEW_KEY_CLICK          0x40000000u
#define VIEW_KEY_CLICK_AT(x, y) (VIEW_KEY_CLICK | (guint)(y) << 12 | (guint)(x))
#define VIEW_CLICK_X(key)       ((int)((key)&0xfff))
#define VIEW_CLICK_Y(key)       ((int)((key) >> 12 & 0xfff))

typedef struct ViewAction {
    guint keys[4];      /* 0 fills up */
    const char *name;   /* "Space, PgDn" */
    const char *footer; /* a word for the footer, or NULL */
    const char *help;   /* one sentence */
    void (*act)(View *view);
    const char *(*why_not)(const View *view); /* NULL, or why it does nothing now */
} ViewAction;

/* The table, ended by a NULL name. */
const ViewAction *view_actions(void);

/* One key was pressed: a character, or one of the above. */
void view_press(View *view, guint key);

/* --- the last line as a place to type (prompt.c) --- */

void view_prompt_open(View *view, ViewPrompt prompt, const char *text);
/* The question, "Send FROM TO [FILE]: ". */
const char *view_prompt_label(ViewPrompt prompt);
/* Which keys answer it. */
const char *view_prompt_keys(ViewPrompt prompt);
/* One key while a prompt is open. */
void view_prompt_press(View *view, guint key);

#endif
