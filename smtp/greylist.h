/* smtp/greylist.h - a stranger's first try is put off: whoever comes back in time is a mail server
 * (RFC 6647).
 *
 *   first try ......... delay ................ window ......... lifetime, from the last message on
 *   451 4.7.1   451 too early   |  passes: the client is known  |  a first try again
 */
#ifndef SMTP_GREYLIST_H
#define SMTP_GREYLIST_H

#include "smtp/connect.h"
#include "smtp/reply.h"

/**
 * smtp_greylist_decide:
 * @sender: the reverse-path
 * @recipient: one that this host would take
 *
 * Asked only where the key greylist is on. Users who logged in, the submission port and trusted
 * networks are never put off (RFC 6647 §5). Writes the triplet in the open group.
 *
 * Returns: NULL: it passes; or 451 4.7.1
 */
const SmtpRefusal *smtp_greylist_decide(const SmtpHost *host, Trace *trace,
                                        const SmtpCaller *caller, const char *sender,
                                        const char *recipient);

/* Those whose delay is over since @since_s are told, each in its journey; @until_s is now. */
gboolean smtp_greylist_ripen(const SmtpHost *host, Trace *trace, gint64 since_s, gint64 until_s,
                             GError **error);

#endif
