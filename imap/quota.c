/* imap/quota.c - how much may a user keep? (RFC 9208)
 *
 *   C: a1 GETQUOTAROOT INBOX
 *   S: * QUOTAROOT "INBOX" "carol@south.example"       all mailboxes of a user share one root
 *   S: * QUOTA "carol@south.example" (STORAGE 3 1024)  3 of 1,024 KB
 *
 * The limit is the host's (key `quota`), the same that mail from outside meets at RCPT; where there
 * is none there is no root. It isn't the client's to change: QUOTASET is not offered.
 *
 * Tests: tests/test_imap_quota.c
 */
#include "imap/commands.h"

#include "imap/write.h"
#include "storage/account.h"

#define IMAP_QUOTA_UNIT 1024 /* octets (RFC 9208 §5.1) */

static gboolean
imap_quota_usage(ImapSession *session, guint64 *octets, GError **error)
{
    const StoreAccount account = { .id = session->account,
                                   .user = session->address,
                                   .address = session->address };

    return store_account_usage(session->host->store, session->trace, STAGE_PICKUP, &account, octets,
                               error);
}

/* What is used is rounded up, and what may be used down: so full is never shown as room. */
static gboolean
imap_quota_write(ImapSession *session, GString *replies, GError **error)
{
    g_autoptr(GString) line = g_string_new("QUOTA ");
    guint64 octets;

    if (!imap_quota_usage(session, &octets, error))
        return FALSE;
    imap_write_string(line, session->address);
    imap_untagged(session, replies, "%s (STORAGE %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT ")",
                  line->str, (octets + IMAP_QUOTA_UNIT - 1) / IMAP_QUOTA_UNIT,
                  session->host->quota_octets / IMAP_QUOTA_UNIT);
    return TRUE;
}

NetNext
imap_quota_get(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autofree char *root = imap_parse_char(arguments, ' ') ? imap_parse_astring(arguments) : NULL;
    g_autoptr(GError) error = NULL;

    if (root == NULL || !imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 9208 §4.1.1", "GETQUOTA needs a quota root");
    if (session->host->quota_octets == 0 || !g_str_equal(root, session->address))
        return imap_end(session, replies, "NO", "[NONEXISTENT] GETQUOTAROOT tells the quota roots");
    if (!imap_quota_write(session, replies, &error))
        return imap_trouble(session, replies, error);
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, session->current->section,
                   "how much may %s keep? What lies there is weighed as it comes and goes",
                   session->address);
    return imap_end(session, replies, "OK", "GETQUOTA completed");
}

/* The mailbox need not be there: it would be under the same root. */
NetNext
imap_quota_get_root(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autofree char *name = imap_parse_char(arguments, ' ') ? imap_parse_mailbox(arguments) : NULL;
    g_autoptr(GString) line = g_string_new("QUOTAROOT ");
    g_autoptr(GError) error = NULL;

    if (name == NULL || !imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 9208 §4.1.2", "A mailbox name is needed here");
    imap_enable_write_name(session, line, name);
    if (session->host->quota_octets > 0) {
        g_string_append_c(line, ' ');
        imap_write_string(line, session->address);
    }
    imap_untagged(session, replies, "%s", line->str);
    if (session->host->quota_octets > 0 && !imap_quota_write(session, replies, &error))
        return imap_trouble(session, replies, error);
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, session->current->section,
                   "how much may %s keep? What lies there is weighed as it comes and goes",
                   session->address);
    return imap_end(session, replies, "OK", "GETQUOTAROOT completed");
}

/* Not offered, but clients of RFC 2087, where it came with QUOTA, may try. */
NetNext
imap_quota_set(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autofree char *root = imap_parse_char(arguments, ' ') ? imap_parse_astring(arguments) : NULL;

    if (root == NULL || !imap_parse_char(arguments, ' ') || !imap_parse_is_at(arguments, '('))
        return imap_mistake(session, replies, "RFC 9208 §4.1.3",
                            "SETQUOTA needs a quota root and a list of limits");
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 9208 §4.1.3",
                   "how much a user may keep is the host's to say, not the user's");
    return imap_end(session, replies, "NO", "[NOPERM] The quota is not yours to change");
}

/* ---- for those that put messages in ---- */

gboolean
imap_quota_has_room(ImapSession *session, guint64 octets)
{
    guint64 quota = session->host->quota_octets, used;

    if (quota == 0 || !imap_quota_usage(session, &used, NULL))
        return TRUE; /* a store in trouble will say so itself, when it is written to */
    if (used <= quota && octets <= quota - used)
        return TRUE;
    trace_put_number(session->trace, "octets", (gint64)used);
    trace_put_number(session->trace, "quota", (gint64)quota);
    trace_put_text(session->trace, "outcome", "full");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 9208 §4.3.1",
                   "%" G_GUINT64_FORMAT " octets more would be beyond what %s may keep", octets,
                   session->address);
    return FALSE;
}

NetNext
imap_quota_refuse(ImapSession *session, GString *replies)
{
    return imap_end(session, replies, "NO", "[OVERQUOTA] There is no room for this");
}
