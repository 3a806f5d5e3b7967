/* app/message.h - the messages that scripts and commands hand in. */
#ifndef APP_MESSAGE_H
#define APP_MESSAGE_H

#include "app/attach.h"

/* The file @path (relative to @folder, NULL: the current one), its lines ended by CRLF: files are
 * written by people, messages travel with CRLF (RFC 5321 §2.3.8). Unless @written: then <CRLF>, <CR>
 * and <LF> stand for themselves in it, and nothing else ends a line. So one can try what a server
 * makes of lines that end otherwise. */
GBytes *app_message_load(const char *path, const char *folder, gboolean written, GError **error);

/* Its octets as they are, to be attached. */
GBytes *app_message_load_octets(const char *path, const char *folder, GError **error);
/* Of such octets, the message that app_message_load() makes. */
GBytes *app_message_lines(GBytes *octets, gboolean written);

/**
 * app_message_write:
 * @from: "alice@north.example"; "" the null sender
 * @to: the recipients, ended by NULL
 * @subject, @text: in any language; NULL: a short greeting. Lines of @text end in a newline
 * @attachment: put it beside the text, or NULL
 *
 * Date and Message-ID are missing: the submission server adds them (RFC 6409 §8.2, §8.3).
 */
GBytes *app_message_write(const char *from, const char *const *to, const char *subject,
                          const char *text, const AppAttachment *attachment);

/* A picture: one red point. */
extern const AppAttachment app_message_point;

/* Appends at most @most octets of lines that mean nothing, of the @left that are still wanted: so a
 * message of any size needs no memory. Returns how many. */
gsize app_message_fill(GString *out, guint64 left, gsize most);

#endif
