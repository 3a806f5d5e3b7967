/* app/presets.h - messages worth sending, made from whatever world there is.
 *
 * One table: the viewer's menu, `send preset=NAME` and `glasspost send --preset NAME` are made from
 * it. No name of the demo's stands in it: who writes to whom is looked up in the world file.
 */
#ifndef APP_PRESETS_H
#define APP_PRESETS_H

#include "app/compose.h"

typedef struct AppPreset {
    const char *name;  /* "unknown-user"; each begins with another letter */
    const char *shows; /* what there will be to see */
    const char *subject, *text;
    /* Fills in from and to, octets and picture; NULL, or why this world has no such message. */
    const char *(*make)(const AppWorldFile *world, AppCompose *compose);
} AppPreset;

/* The table, ended by a NULL name. */
const AppPreset *app_presets(void);
/* NULL: there is none of that name. */
const AppPreset *app_preset_find(const char *name);
const char *app_preset_make(const AppPreset *preset, const AppWorldFile *world,
                            AppCompose *compose);
/* "plain, attachment, many, ..." */
char *app_preset_names(void);
/* The table as text for --help. */
char *app_presets_help(void);

/* The accounts of the world file, host by host: "alice@north.example" (char *). */
GPtrArray *app_preset_accounts(const AppWorldFile *world);

/* Members of a JSON object, for a menu: what can be sent in @world, by whom, through which hosts.
 *
 *   "presets":[{"name":"plain","shows":"...","from":"...","to":"...","octets":0,"why_not":""}],
 *   "accounts":["alice@north.example"],"hosts":["mx.north.example"] */
char *app_presets_json(const AppWorldFile *world);

#endif
