/* smtp/circle.h - does this message run in a circle? (RFC 5321 §6.3)
 *
 * Asked when the message is whole and nothing is written down yet: who refuses it then leaves it with the
 * host that sent it, and that host tells the sender.
 */
#ifndef SMTP_CIRCLE_H
#define SMTP_CIRCLE_H

#include "smtp/recipient.h"
#include "storage/index.h"

/**
 * smtp_circle_find:
 * @index: of the message as it came
 * @recipients: (element-type SmtpRecipient): where it would go from here
 *
 * Returns: why it is not taken, and that is told; NULL: it may go on
 */
const SmtpRefusal *smtp_circle_find(Trace *trace, const StoreIndex *index,
                                    const GPtrArray *recipients);

/**
 * smtp_circle_mark:
 * @accepted: how many recipients the client named; @recipients are what they came to
 * @head: the header line by which we know the message again is appended, where one is needed
 */
void smtp_circle_mark(const GPtrArray *recipients, guint accepted, GString *head);

#endif
