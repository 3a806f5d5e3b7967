/* pop3/maildrop.h - the maildrop: an account's INBOX as it was when the user logged in.
 *
 *   number   uid   octets   deleted?     numbers count from 1 and stand still for the whole
 *      1      4      320                 session (RFC 1939 §4); what arrives meanwhile is seen
 *      2      7     1280       yes       next time
 *
 * While one session holds it, no other POP3 session may: an exclusive-access lock (RFC 1939 §4).
 */
#ifndef POP3_MAILDROP_H
#define POP3_MAILDROP_H

#include "storage/account.h"
#include "storage/message.h"

/* The accounts whose maildrop is in use. One a host, made by app/ (a crash forgets it). */
typedef struct Pop3Locks Pop3Locks;

Pop3Locks *pop3_locks_new(void);
void pop3_locks_free(Pop3Locks *locks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pop3Locks, pop3_locks_free)

typedef struct Pop3Maildrop Pop3Maildrop;

typedef struct Pop3Item {
    guint64 octets; /* as RETR sends them, dots and the final line not counted */
    guint64 stored; /* as the store has them: without the CRLF that RETR may have to add */
    guint32 uid;
    gboolean deleted; /* marked by DELE; goes at QUIT */
} Pop3Item;

/* Locks @account's maildrop. NULL: STORE_ERROR_BUSY where it is in use, others from the store. */
Pop3Maildrop *pop3_maildrop_open(Pop3Locks *locks, Store *store, const StoreAccount *account,
                                 GError **error);
/* Unlocks. */
void pop3_maildrop_free(Pop3Maildrop *maildrop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pop3Maildrop, pop3_maildrop_free)

/* Reads the next page of the list. *@whole: that was all. */
gboolean pop3_maildrop_load(Pop3Maildrop *maildrop, gboolean *whole, GError **error);

/* How many of them a session before this one had read, and all of them are still here (pop3/kept.h). */
guint pop3_maildrop_kept(const Pop3Maildrop *maildrop);

/* How many messages there are, deleted ones too: numbers go from 1 to it. */
guint pop3_maildrop_count(const Pop3Maildrop *maildrop);
/* NULL where there is no such number. */
Pop3Item *pop3_maildrop_item(Pop3Maildrop *maildrop, guint64 number);
/* Messages and octets without the deleted ones. */
void pop3_maildrop_stat(const Pop3Maildrop *maildrop, guint *messages, guint64 *octets);
/* Of the INBOX: while it stands, UIDs mean the same. */
guint32 pop3_maildrop_uidvalidity(const Pop3Maildrop *maildrop);
/* Appends at most @length octets from @offset; fewer at the message's end. */
gboolean pop3_maildrop_read(Pop3Maildrop *maildrop, const Pop3Item *item, guint64 offset,
                            gsize length, GString *out, GError **error);
/* How it came, for the trace; NULL: it is there no more. */
StoreOrigin *pop3_maildrop_origin(Pop3Maildrop *maildrop, const Pop3Item *item);
/* FALSE: another program (IMAP) has removed it meanwhile. */
gboolean pop3_maildrop_exists(Pop3Maildrop *maildrop, const Pop3Item *item);

#define POP3_TOLD_EACH 50 /* messages that QUIT removes: so many are told one by one */

/* Removes the marked ones, a slice at a time, in the store's open group. *@whole: that was all. */
gboolean pop3_maildrop_remove_marked(Pop3Maildrop *maildrop, Trace *trace, gboolean *whole,
                                     GError **error);
/* How many have been removed so far. Each of the first POP3_TOLD_EACH is told in its own journey. */
guint pop3_maildrop_gone(const Pop3Maildrop *maildrop);

#endif
