/* smtp/deliver.h - into which mailbox of which user, with which UID? (RFC 5321 §4.4) */
#ifndef SMTP_DELIVER_H
#define SMTP_DELIVER_H

#include "smtp/smtp.h"

/**
 * smtp_deliver:
 * @sender: the reverse-path, "" for the null one: becomes the Return-Path line
 * @folder: "INBOX", or "Junk" where the filter says so
 *
 * Works inside the open group. Returns: the new UID, 0 with @error
 */
guint32 smtp_deliver(const SmtpHost *host, Trace *trace, const StoreAccount *account,
                     gint64 message, const char *sender, const char *folder, GError **error);

#endif
