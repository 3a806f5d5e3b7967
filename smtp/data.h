/* smtp/data.h - the octets of a message, up to CRLF . CRLF (RFC 5321 §4.1.1.4, §4.5.2).
 *
 * A machine of octets: it may be fed in any portions. After something wrong it goes on looking for
 * the end, because only there the client listens for a reply.
 */
#ifndef SMTP_DATA_H
#define SMTP_DATA_H

#include "smtp/reply.h"

typedef struct SmtpData SmtpData;

/* @eightbit: 8-bit octets may come. @octets_max: the largest message taken. */
SmtpData *smtp_data_new(gboolean eightbit, guint64 octets_max);
void smtp_data_free(SmtpData *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpData, smtp_data_free)

/**
 * smtp_data_feed:
 * @taken: (out): how many of the octets belong to the message and its end
 * @out: the message's octets are appended, dots removed; nothing more once something is wrong
 *
 * Returns: TRUE when the end has come; what follows in @octets is the next command
 */
gboolean smtp_data_feed(SmtpData *data, const char *octets, gsize length, gsize *taken,
                        GString *out);
/* Did 8-bit octets come? */
gboolean smtp_data_is_eightbit(const SmtpData *data);
/* What the client did wrong first, or NULL. */
const SmtpRefusal *smtp_data_wrong(const SmtpData *data);
/* Octets of the message so far, dots removed, wrong or not. */
guint64 smtp_data_octets(const SmtpData *data);

#endif
