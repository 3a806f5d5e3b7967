/* app/compose.h - what one of our mail programs shall send, as a person says it.
 *
 *   preset=remote                                 one of app/presets.c, made from the world
 *   alice@north.example carol@south.example       from, to, the short greeting
 *   alice@north.example carol@south.example hello.eml via=mx.hub.example
 *   alice@north.example carol@south.example subject="Well?" text="One line.\nAnother." size=3M
 *   alice@north.example carol@south.example text="Look." attach=picture.png
 *
 *   mallory@elsewhere.example carol@south.example odd.txt ends=written
 *   alice@north.example carol@south.example notify=SUCCESS ret=HDRS envid=QQ314159
 *
 * Scripts, the control socket, the viewer's menu and `glasspost send` all come through here.
 */
#ifndef APP_COMPOSE_H
#define APP_COMPOSE_H

#include "app/run.h"

/* A message may be filled up to so many octets. */
#define APP_COMPOSE_OCTETS_MAX (G_GUINT64_CONSTANT(4) * 1024 * 1024 * 1024)

typedef struct AppCompose {
    char *preset;
    char *from; /* "<>": the null sender */
    char *to;   /* comma between several */
    char *file; /* the message; else subject and text make one */
    char *ends; /* "written": the file says <CRLF>, <CR>, <LF> where lines end; NULL: as usual */
    char *subject, *text;
    char *via;  /* host that takes it; NULL: the sender's own, else the first recipient's */
    char *port; /* "smtp" or "submission"; NULL: submission for accounts of the world file */
    char *size; /* "3M": the message is filled up to it */
    char *notify, *ret,
        *envid; /* "SUCCESS,FAILURE", "FULL", "QQ314159" (RFC 3461 §4); NULL: none */
    guint64 octets;
    char *attach;     /* a file that travels beside the text, or NULL */
    gboolean picture; /* put one beside the text */
} AppCompose;

void app_compose_clear(AppCompose *compose);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppCompose, app_compose_clear)

/* Takes the words after `send` into @compose. */
gboolean app_compose_read(AppCompose *compose, char **words, GError **error);
/* What is not said comes from the preset, which makes it from @world; checks what was said. */
gboolean app_compose_complete(AppCompose *compose, const AppWorldFile *world, GError **error);
/* Starts the mail program. A file's name is relative to @folder; NULL: to the current one. */
gboolean app_compose_send(const AppCompose *compose, AppRun *run, const char *folder,
                          GError **error);

#endif
