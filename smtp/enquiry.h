/* smtp/enquiry.h - where would a message to this address go? Asked, and nothing sent.
 *
 *   the address > a session without a client: split > route > recipient or dns    the server's reply
 *                 each place that it leads to: a mailbox, or the relay's list of hosts
 *
 * Nothing decides here: the session and the relay do, as they would for a message. The enquirer is a
 * sender who may use this host (a user who logged in, a trusted network).
 */
#ifndef SMTP_ENQUIRY_H
#define SMTP_ENQUIRY_H

#include "smtp/recipient.h"
#include "smtp/relay_hosts.h"

#define SMTP_ENQUIRY_MAX 500 /* octets of an address, so that its RCPT fits a command line */

/* One place that the message would go to. */
typedef struct SmtpPlace {
    const SmtpRecipient *recipient; /* with an account: its mailbox; without: it travels */
    GPtrArray *hosts;               /* (element-type SmtpNextHost): where to, in order; or NULL */
    char *why_not;                  /* "5.1.2 ...": why there are none; the message would bounce */
    gboolean permanent;             /* would it fail tomorrow, too? */
} SmtpPlace;

typedef struct SmtpEnquiry SmtpEnquiry;
typedef void (*SmtpEnquiryDone)(SmtpEnquiry *enquiry, void *data);

/**
 * smtp_enquiry_new:
 * @host: its store, resolver and net are asked, and not changed
 * @trace: hears each decision
 * @path: "bob@north.example", or a whole path in angle brackets, parameters behind it
 * @done: called once, never before this returns
 *
 * Returns: NULL with @error where @path could never be written on a command line
 */
SmtpEnquiry *smtp_enquiry_new(const SmtpHost *host, Trace *trace, const char *path,
                              SmtpEnquiryDone done, void *data, GError **error);
void smtp_enquiry_free(SmtpEnquiry *enquiry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpEnquiry, smtp_enquiry_free)

/* ---- once it is done ---- */

/* What the server says to RCPT: "550 5.1.1 <zoe@north.example>: no such user here". */
const char *smtp_enquiry_reply(const SmtpEnquiry *enquiry);
/* (element-type SmtpPlace): empty where the recipient was refused. */
const GPtrArray *smtp_enquiry_places(const SmtpEnquiry *enquiry);
/* Would it reach every place? Nobody can say what the next host will answer. */
gboolean smtp_enquiry_is_deliverable(const SmtpEnquiry *enquiry);

#endif
