/* app/attach.h - an attachment: any octets at all, as a part of a message that is made of lines of text.
 *
 *     --=_picture                                           the boundary says: a part begins
 *     Content-Type: image/png                               what it is
 *     Content-Transfer-Encoding: base64                     how it was made text
 *     Content-Disposition: attachment; filename="red.png"   what to call it when it is saved
 *
 *     iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB...                   at most 76 signs a line
 *
 *     --=_picture--                                         and the boundary says: that was the last
 */
#ifndef APP_ATTACH_H
#define APP_ATTACH_H

#include <glib.h>

typedef struct AppAttachment {
    const char *name; /* of the file, UTF-8 */
    const char *type; /* image/png */
    const guint8 *octets;
    gsize length;
} AppAttachment;

/* Appends the part, from the boundary line before it to the one that closes the message. @out ends
 * with a whole line; lines end with "\n" here, and get their CRLF with the rest of the message. */
void app_attach(GString *out, const char *boundary, const AppAttachment *attachment);

/* "image/png" for "red.png", by the last letters; application/octet-stream where they say nothing. */
const char *app_attach_type(const char *name);

#endif
