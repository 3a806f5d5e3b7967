/* smtp/deliver.c - into which mailbox of which user, with which UID?
 *
 * The message's octets are stored once; delivering adds an entry to a mailbox: a UID, a date, and two
 * lines of its own on top: Return-Path, because the message leaves SMTP here (RFC 5321 §4.4), and
 * Delivered-To, because To need not name who really got it.
 *
 * Tests: tests/test_smtp_accept.c
 */
#include "smtp/deliver.h"
#include "storage/entry.h"
#include "storage/mailbox.h"

#include <string.h>

/* The folder, or INBOX where the user has deleted it: the message must lie somewhere. @folder: becomes the
 * name of the one that is returned. */
static gint64
smtp_deliver_mailbox(const SmtpHost *host, const StoreAccount *account, const char **folder,
                     GError **error)
{
    g_autoptr(GError) failed = NULL;
    gint64 mailbox = store_mailbox_id(host->store, account->id, *folder, &failed);

    if (mailbox == 0 && failed == NULL && strcmp(*folder, "INBOX") != 0) {
        *folder = "INBOX";
        mailbox = store_mailbox_id(host->store, account->id, *folder, &failed);
    }
    if (mailbox == 0 && failed == NULL)
        g_set_error(&failed, STORE_ERROR, STORE_ERROR_NONE, "%s has no INBOX", account->address);
    if (failed != NULL)
        g_propagate_error(error, g_steal_pointer(&failed));
    return mailbox;
}

guint32
smtp_deliver(const SmtpHost *host, Trace *trace, const StoreAccount *account, gint64 message,
             const char *sender, const char *folder, GError **error)
{
    gint64 mailbox = smtp_deliver_mailbox(host, account, &folder, error);
    g_autofree char *top =
        g_strdup_printf("Return-Path: <%s>\r\nDelivered-To: %s\r\n", sender, account->address);
    guint32 uid;

    if (mailbox == 0)
        return 0;
    uid = store_entry_add(host->store, trace, STAGE_DELIVER, mailbox, message, top, 0, "",
                          store_now_s(host->store), error);
    if (uid == 0)
        return 0;
    trace_put_text(trace, "account", account->address);
    trace_put_text(trace, "mailbox", folder);
    trace_put_number(trace, "uid", uid);
    trace_put_text(trace, "outcome", "ok");
    trace_decision(trace, STAGE_DELIVER, "RFC 5321 §4.4",
                   "the message lies in %s of %s with UID %u, Return-Path <%s> on top", folder,
                   account->address, uid, sender);
    return uid;
}
