/* app/message.h - the messages that scripts and commands hand in. */
#ifndef APP_MESSAGE_H
#define APP_MESSAGE_H

#include <glib.h>

/* The file @path (relative to @folder, NULL: the current one), its lines ended by CRLF: files are
 * written by people, messages travel with CRLF (RFC 5321 §2.3.8). */
GBytes *app_message_load(const char *path, const char *folder, GError **error);
/* A short greeting. */
GBytes *app_message_default(const char *sender, const char *recipients);

#endif
