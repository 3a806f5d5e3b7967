/* smtp/recipient.h - does this user exist here? (RFC 5321 §3.3, §3.9)
 *
 *   account      the message goes into its mailbox
 *   alias        the message goes to each target; a target may be remote, or an alias again
 *   list         an alias NAME beside which there is an owner-NAME: whom failures are told
 *   sub-address  alice+shop is alice: what stands behind the + is her own note
 *   postmaster   always exists (RFC 5321 §4.5.1): the first account, where nothing else is said
 *   catch-all    the account that takes what nobody else does
 *   otherwise    550 5.1.1
 *
 * An account whose mailboxes are full is refused for now: 452 4.2.2.
 */
#ifndef SMTP_RECIPIENT_H
#define SMTP_RECIPIENT_H

#include "smtp/reply.h"
#include "smtp/split.h"

#define SMTP_ALIAS_DEPTH         5    /* an alias of an alias of..., so that a circle ends */
#define SMTP_ALIAS_ADDRESSES_MAX 1000 /* that one may lead to, aliases on the way counted */

/* One place that a message goes to: a mailbox of ours, or an address elsewhere. */
typedef struct SmtpRecipient {
    SmtpAddress *address;
    StoreAccount *account; /* local: whose mailbox; NULL: the address is remote */
    char *branch;          /* "1", and "1.2" for the second target of an alias */
    char *alias;           /* the alias of ours that the client named, or NULL */
    char *owner;           /* of the list it came by: its reverse-path from here on; or NULL */
    guint notify;          /* what the sender wants to be told: of StoreNotifyWish */
    char *orcpt;           /* ORCPT as it came, or NULL */
} SmtpRecipient;

SmtpRecipient *smtp_recipient_new(SmtpAddress *address, StoreAccount *account, const char *branch);
void smtp_recipient_free(SmtpRecipient *recipient);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpRecipient, smtp_recipient_free)

/**
 * smtp_recipient_resolve:
 * @address: a local one
 * @branch: the branch of this recipient
 * @found: (element-type SmtpRecipient): where it leads is added here
 *
 * Returns: NULL, or why nobody takes it
 */
const SmtpRefusal *smtp_recipient_resolve(const SmtpHost *host, Trace *trace,
                                          const SmtpAddress *address, const char *branch,
                                          GPtrArray *found);

/* "alice" of alice+shop: who reads it, if nobody has that very name. NULL: there is no note in it. */
char *smtp_recipient_user(const SmtpHost *host, const SmtpAddress *address);

/* That of @recipients who is the same mailbox, or the same address elsewhere, as @wanted; or NULL. A
 * message goes into a mailbox once, however often it is addressed to it. */
SmtpRecipient *smtp_copies_same(const GPtrArray *recipients, const SmtpRecipient *wanted);

#endif
