/* smtp/bounce.h - we gave up, or something else is worth telling: who is told, and with which
 * reasons? (RFC 3464, RFC 3461)
 *
 *   multipart/report
 *     1  text/plain               for the human
 *     2  message/delivery-status  for programs: Reporting-MTA, then a block a recipient
 *     3  text/rfc822-headers      what it was about; message/rfc822 where RET=FULL was said
 *
 * What is to be told of several recipients of one message at the same moment becomes one report:
 *
 *     bounce = smtp_bounce_new(host);
 *     smtp_bounce_add(bounce, ...);             one call a recipient; asks whether it is wanted
 *     smtp_bounce_send(bounce, trace, &error);  nothing, if nothing is wanted
 */
#ifndef SMTP_BOUNCE_H
#define SMTP_BOUNCE_H

#include "smtp/smtp.h"

/* The more serious, the further up: the first one names a report about several. */
typedef enum {
    SMTP_BOUNCE_FAILED,    /* we gave up */
    SMTP_BOUNCE_DELAYED,   /* it takes long; we go on trying */
    SMTP_BOUNCE_RELAYED,   /* the next host has it, and that host sends no reports of this kind */
    SMTP_BOUNCE_EXPANDED,  /* the address is an alias for several: it goes on to them */
    SMTP_BOUNCE_DELIVERED, /* it lies in the mailbox */
} SmtpBounceAction;

typedef struct SmtpBounce SmtpBounce;

SmtpBounce *smtp_bounce_new(const SmtpHost *host);
void smtp_bounce_free(SmtpBounce *bounce);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpBounce, smtp_bounce_free)

/* Does @notify, of StoreNotifyWish, ask for a report of @action? */
gboolean smtp_bounce_is_wanted(guint notify, SmtpBounceAction action);

/**
 * smtp_bounce_add:
 * @item: the recipient; all of one report are of the same message
 * @status: "5.1.1" (RFC 3463)
 * @diagnostic: the remote words ("550 5.1.1 no such user"), our own reason, or NULL: none
 * @remote: the host that said it, or NULL
 *
 * Takes notice of what became of one recipient. Not where the sender asked not to be told, nor for
 * the null sender unless it failed, which the postmaster hears: says so, and leaves it out.
 */
void smtp_bounce_add(SmtpBounce *bounce, Trace *trace, const StoreQueueItem *item,
                     SmtpBounceAction action, const char *status, const char *diagnostic,
                     const char *remote);

/* Makes the report, if there is anything to report: a message with the null reverse-path for the
 * sender (or for the postmaster here), delivered here or queued, in the open group; a journey of its
 * own that follows from the last event of the last recipient added. */
gboolean smtp_bounce_send(SmtpBounce *bounce, Trace *trace, GError **error);

#endif
