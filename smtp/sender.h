/* smtp/sender.h - who sends this message, and may they? (RFC 6409 §4.3, RFC 4954)
 *
 *   logged in?       the address must be the user's own               else 550 5.7.1
 *   submission port  log in first                                     else 530 5.7.0
 *   one of ours?     it must exist, and our users log in to send      else 550 5.1.0, 530 5.7.0
 *   a stranger       another host delivers to us: accepted; where to is route's question
 */
#ifndef SMTP_SENDER_H
#define SMTP_SENDER_H

#include "smtp/connect.h"
#include "smtp/reply.h"
#include "smtp/split.h"

/* @sender: the reverse-path. NULL: accepted. */
const SmtpRefusal *smtp_sender_decide(const SmtpHost *host, Trace *trace, const SmtpCaller *caller,
                                      const SmtpAddress *sender);

#endif
