/* imap/status.c - how much is in a mailbox, without opening it: STATUS (RFC 9051 §6.3.11).
 *
 *   C: a1 STATUS Work (MESSAGES UNSEEN UIDNEXT)
 *   S: * STATUS "Work" (MESSAGES 231 UIDNEXT 44292 UNSEEN 7)
 *
 * The database counts along with each change, so the answer is one look, whatever the mailbox's
 * size; only what is \Recent has to be counted, and only where something is. LIST asks for the
 * same of many mailboxes at once (RFC 5819 §2).
 *
 * Tests: tests/test_imap_status.c, tests/dialogs/imap-status.txt
 */
#include "imap/commands.h"

/* Bits, in the order in which they are answered. */
typedef enum {
    IMAP_STATUS_MESSAGES = 1,
    IMAP_STATUS_RECENT = 2,
    IMAP_STATUS_UIDNEXT = 4,
    IMAP_STATUS_UIDVALIDITY = 8,
    IMAP_STATUS_UNSEEN = 16,
    IMAP_STATUS_DELETED = 32,
    IMAP_STATUS_SIZE = 64,
    IMAP_STATUS_DELETED_STORAGE = 128,
    IMAP_STATUS_HIGHESTMODSEQ = 256,
    IMAP_STATUS_APPENDLIMIT = 512,
} ImapStatusItem;

/* clang-format off */
static const struct {
    const char *name;
    guint item;
} imap_status_items[] = {
    { "MESSAGES",        IMAP_STATUS_MESSAGES        },
    { "RECENT",          IMAP_STATUS_RECENT          }, /* RFC 3501 §6.3.10; gone with IMAP4rev2 */
    { "UIDNEXT",         IMAP_STATUS_UIDNEXT         },
    { "UIDVALIDITY",     IMAP_STATUS_UIDVALIDITY     },
    { "UNSEEN",          IMAP_STATUS_UNSEEN          },
    { "DELETED",         IMAP_STATUS_DELETED         },
    { "SIZE",            IMAP_STATUS_SIZE            }, /* RFC 8438 §3 */
    { "DELETED-STORAGE", IMAP_STATUS_DELETED_STORAGE }, /* RFC 9208 §4.1.4 */
    { "HIGHESTMODSEQ",   IMAP_STATUS_HIGHESTMODSEQ   }, /* RFC 7162 §3.1.7 */
    { "APPENDLIMIT",     IMAP_STATUS_APPENDLIMIT     }, /* RFC 7889 §3.1 */
};
/* clang-format on */

static guint
imap_status_take_item(ImapSession *session, ImapParse *arguments)
{
    g_autofree char *name = imap_parse_atom(arguments);
    gboolean rev2 = (session->enabled & IMAP_ENABLED_REV2) != 0;

    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(imap_status_items); i++)
        if (g_ascii_strcasecmp(imap_status_items[i].name, name) == 0)
            return rev2 && imap_status_items[i].item == IMAP_STATUS_RECENT
                       ? 0
                       : imap_status_items[i].item;
    return 0;
}

gboolean
imap_status_take_items(ImapSession *session, ImapParse *arguments, guint *items)
{
    if (!imap_parse_char(arguments, ' ') || !imap_parse_char(arguments, '('))
        return FALSE;
    do {
        guint item = imap_status_take_item(session, arguments);

        if (item == 0)
            return FALSE;
        *items |= item;
    } while (imap_parse_char(arguments, ' '));
    return imap_parse_char(arguments, ')');
}

/* Who asks for HIGHESTMODSEQ says that it understands MODSEQ (RFC 7162 §3.1). */
void
imap_status_prepare(ImapSession *session, guint items, GString *replies)
{
    if ((items & IMAP_STATUS_HIGHESTMODSEQ) != 0)
        imap_enable_condstore(session, replies);
}

static guint64
imap_status_value(ImapSession *session, guint item, const StoreMailbox *mailbox,
                  const StoreMailboxCounts *counts, guint32 recent)
{
    switch ((ImapStatusItem)item) {
    case IMAP_STATUS_MESSAGES: return counts->messages;
    case IMAP_STATUS_RECENT: return recent;
    case IMAP_STATUS_UIDNEXT: return mailbox->uidnext;
    case IMAP_STATUS_UIDVALIDITY: return mailbox->uidvalidity;
    case IMAP_STATUS_UNSEEN: return counts->unseen;
    case IMAP_STATUS_DELETED: return counts->deleted;
    case IMAP_STATUS_SIZE: return counts->octets;
    case IMAP_STATUS_DELETED_STORAGE: return counts->deleted_octets;
    case IMAP_STATUS_HIGHESTMODSEQ: return mailbox->modseq;
    case IMAP_STATUS_APPENDLIMIT: return imap_append_limit(session);
    }
    g_assert_not_reached();
}

gboolean
imap_status_write(ImapSession *session, gint64 id, guint items, GString *replies, GError **error)
{
    g_autoptr(StoreMailbox) mailbox = store_mailbox_get(session->host->store, id, error);
    g_autoptr(GString) line = g_string_new("STATUS ");
    StoreMailboxCounts counts = { 0 };
    guint32 recent = 0;
    const char *gap = " (";

    if (mailbox == NULL || !store_mailbox_counts(session->host->store, id, &counts, error))
        return FALSE;
    if ((items & IMAP_STATUS_RECENT) != 0 &&
        !store_recent_count(session->host->store, mailbox, &recent, error))
        return FALSE;
    store_mailbox_counts_tell(session->trace, mailbox, &counts);
    imap_enable_write_name(session, line, mailbox->name);
    for (guint i = 0; i < G_N_ELEMENTS(imap_status_items); i++) {
        guint item = imap_status_items[i].item;

        if ((items & item) == 0)
            continue;
        g_string_append_printf(line, "%s%s %" G_GUINT64_FORMAT, gap, imap_status_items[i].name,
                               imap_status_value(session, item, mailbox, &counts, recent));
        gap = " ";
    }
    imap_untagged(session, replies, "%s)", line->str);
    return TRUE;
}

/* ---- the command ---- */

typedef struct ImapStatus {
    char *name;
    guint items;
} ImapStatus;

static void
imap_status_free(gpointer data)
{
    ImapStatus *work = data;

    g_free(work->name);
    g_free(work);
}

/* Work: as soon as what is being stored just now is certain. */
static NetNext
imap_status_more(ImapSession *session, GString *replies)
{
    ImapStatus *work = session->work_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) mailbox = NULL;
    gboolean settled;

    if (!imap_may_read(session, &settled))
        return imap_ask_others(session, replies);
    mailbox = store_mailbox_find(session->host->store, session->account, work->name, &error);
    if (mailbox == NULL && error == NULL)
        return imap_end(session, replies, "NO", "[NONEXISTENT] There is no such mailbox");
    if (mailbox == NULL || !imap_status_write(session, mailbox->id, work->items, replies, &error))
        return imap_trouble(session, replies, error);
    trace_decision(session->trace, STAGE_PICKUP, "RFC 9051 §6.3.11",
                   "%s is not opened for this: the database counts along with each change",
                   mailbox->name);
    return imap_end(session, replies, "OK", "STATUS completed");
}

NetNext
imap_status(ImapSession *session, ImapParse *arguments, GString *replies)
{
    ImapStatus *work = g_new0(ImapStatus, 1);

    imap_set_work(session, imap_status_more, work, imap_status_free);
    if (imap_parse_char(arguments, ' '))
        work->name = imap_parse_mailbox(arguments);
    if (work->name == NULL)
        return imap_mistake(session, replies, "RFC 9051 §6.3.11", "A mailbox name is needed here");
    if (!imap_status_take_items(session, arguments, &work->items) || !imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 9051 §6.3.11", "Not a list of STATUS items");
    imap_status_prepare(session, work->items, replies);
    return imap_status_more(session, replies);
}
