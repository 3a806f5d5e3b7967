/* smtp/head.h - the lines that we write on top of a message that we take (RFC 5321 §4.4, RFC 6409
 * §8).
 */
#ifndef SMTP_HEAD_H
#define SMTP_HEAD_H

#include "smtp/session.h"
#include "storage/index.h"

/**
 * smtp_head_make:
 * @session: with a whole transaction
 * @index: of the message as it came
 * @more: header lines of the filter, CRLF each; may be empty
 *
 * Returns: (transfer full): whole lines, CRLF each
 */
char *smtp_head_make(SmtpSession *session, const StoreIndex *index, const char *more);

#endif
