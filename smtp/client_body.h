/* smtp/client_body.h - a message as it goes over the wire: dots doubled, ended by a lone dot
 * (RFC 5321 §4.5.2).
 *
 *     Dear Carol,               Dear Carol,
 *     .hidden           >       ..hidden
 *     (end)                     .
 */
#ifndef SMTP_CLIENT_BODY_H
#define SMTP_CLIENT_BODY_H

#include "trace/trace.h"

typedef struct SmtpBody SmtpBody;

SmtpBody *smtp_body_new(void);
void smtp_body_free(SmtpBody *body);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpBody, smtp_body_free)
/* Appends to @out what goes over the wire for the next @length octets of the message. A portion
 * may end anywhere, in the middle of a CRLF too. */
void smtp_body_write(SmtpBody *body, const char *octets, gsize length, GString *out);
/* That was all: appends the line with the dot, after a CRLF where the message had none at its end. */
void smtp_body_finish(SmtpBody *body, GString *out);
/* Puts octets, sha256, head and start of the next event. After finish. */
void smtp_body_put(const SmtpBody *body, Trace *trace);
guint64 smtp_body_octets(const SmtpBody *body);

#endif
