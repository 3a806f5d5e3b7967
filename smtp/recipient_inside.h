/* smtp/recipient_inside.h - what the files that look for a recipient share: the search, and its tasks.
 *
 *   recipient.c         the search: one task after the other, until none is left
 *   recipient_kinds.c   what an address may turn out to be: account, sub-address, postmaster, catch-all
 *   alias.c             or an alias, or a list
 *   copies.c            how many copies come of it
 */
#ifndef SMTP_RECIPIENT_INSIDE_H
#define SMTP_RECIPIENT_INSIDE_H

#include "smtp/recipient.h"

/* An address that is still to be looked up. */
typedef struct SmtpRecipientTask {
    SmtpAddress *address;
    char *branch;
    char *alias; /* the first alias passed, or NULL */
    char *owner; /* of the last list passed, or NULL */
    guint depth; /* aliases passed so far */
} SmtpRecipientTask;

/* One resolution under way. */
typedef struct SmtpRecipientSearch {
    const SmtpHost *host;
    Trace *trace;
    GQueue tasks;
    GPtrArray *found;
    gboolean circle; /* an alias went deeper than allowed */
    gboolean full;   /* an account has no room */
    GError *error;   /* the database could not say */
} SmtpRecipientSearch;

/* ---- recipient.c ---- */

/* @address is to be looked up next but for those that wait already. Takes @address. The task belongs
 * to the search; @branch is copied. */
SmtpRecipientTask *smtp_recipient_push(SmtpRecipientSearch *search, SmtpAddress *address,
                                       const char *branch, guint depth);
/* One end of the search. Takes @account (NULL: the address is remote), and the task's address. */
void smtp_recipient_found(SmtpRecipientSearch *search, SmtpRecipientTask *task,
                          StoreAccount *account);

/* ---- kinds, in the order they are tried; each returns TRUE where @task is of that kind ---- */

gboolean smtp_recipient_account(SmtpRecipientSearch *search, SmtpRecipientTask *task,
                                const char *domain);
gboolean smtp_alias_try(SmtpRecipientSearch *search, SmtpRecipientTask *task, const char *domain);
gboolean smtp_recipient_subaddress(SmtpRecipientSearch *search, SmtpRecipientTask *task,
                                   const char *domain);
gboolean smtp_recipient_postmaster(SmtpRecipientSearch *search, SmtpRecipientTask *task);
gboolean smtp_recipient_catch_all(SmtpRecipientSearch *search, SmtpRecipientTask *task,
                                  const char *domain);

/* ---- copies.c ---- */

/* Have so many aliases been passed that this one must lead back to itself? */
gboolean smtp_copies_is_circle(const SmtpRecipientTask *task);

/**
 * smtp_copies_expand:
 * @task: an alias
 * @targets: the addresses that stand behind it
 * @owner: who hears of failures, where @task is a list; or NULL: as before
 *
 * Each target becomes a task of its own, with a branch of its own: of "1" they are "1.1", "1.2"...
 */
void smtp_copies_expand(SmtpRecipientSearch *search, const SmtpRecipientTask *task, char **targets,
                        const char *owner);

#endif
