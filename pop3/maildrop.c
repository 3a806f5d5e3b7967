/* pop3/maildrop.c - the maildrop: an account's INBOX as it was when the user logged in.
 *
 * The list is read once, in pages: number, UID, size. It does not follow the mailbox, for message-
 * numbers must stand still (RFC 1939 §4). A long one is left to the next session (pop3/kept.h). The
 * lock keeps POP3 sessions apart; an IMAP session may remove a message, which RETR then reports.
 *
 * Tests: tests/test_pop3_maildrop.c
 */
#include "pop3/maildrop.h"

#include "pop3/kept.h"
#include "storage/asked.h"
#include "storage/entry.h"
#include "storage/mailbox.h"

#include <string.h>

#define POP3_PAGE    1000 /* entries read in one slice */
#define POP3_REMOVED 200  /* or removed */

struct Pop3Locks {
    GHashTable *accounts; /* of gint64: asked and changed, never walked through */
    Pop3Kept *kept;       /* lists of sessions that have ended */
};

struct Pop3Maildrop {
    Pop3Locks *locks; /* not owned */
    Store *store;     /* not owned */
    gint64 account;
    gint64 mailbox;
    guint32 uidvalidity;
    gboolean settled; /* of what was read so far all was committed */
    gboolean whole;   /* all has been read */
    GArray *items;    /* Pop3Item; message-number n is element n - 1 */
    guint kept;       /* of them were read by a session before this one */
    guint32 loaded;   /* the last UID read */
    guint removed;    /* QUIT: items before this one are done */
    guint gone;       /* messages removed so far */
};

Pop3Locks *
pop3_locks_new(void)
{
    Pop3Locks *locks = g_new0(Pop3Locks, 1);

    locks->accounts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    locks->kept = pop3_kept_new();
    return locks;
}

void
pop3_locks_free(Pop3Locks *locks)
{
    if (locks == NULL)
        return;
    g_hash_table_unref(locks->accounts);
    pop3_kept_free(locks->kept);
    g_free(locks);
}

Pop3Maildrop *
pop3_maildrop_open(Pop3Locks *locks, Store *store, const StoreAccount *account, GError **error)
{
    if (g_hash_table_contains(locks->accounts, &account->id)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY, "the maildrop of %s is in use",
                    account->address);
        return NULL;
    }
    GError *failed = NULL;
    g_autoptr(StoreMailbox) inbox = store_mailbox_find(store, account->id, "INBOX", &failed);

    if (inbox == NULL) {
        if (failed == NULL)
            g_set_error(&failed, STORE_ERROR, STORE_ERROR_NONE, "%s has no INBOX",
                        account->address);
        g_propagate_error(error, failed);
        return NULL;
    }
    Pop3Maildrop *maildrop = g_new0(Pop3Maildrop, 1);

    maildrop->locks = locks;
    maildrop->store = store;
    maildrop->account = account->id;
    maildrop->mailbox = inbox->id;
    maildrop->uidvalidity = inbox->uidvalidity;
    maildrop->settled = !store_is_open(store);
    maildrop->items = pop3_kept_take(locks->kept, inbox->id);
    maildrop->kept = maildrop->items->len;
    if (maildrop->kept > 0)
        maildrop->loaded = g_array_index(maildrop->items, Pop3Item, maildrop->kept - 1).uid;
    g_hash_table_add(locks->accounts, g_memdup2(&account->id, sizeof(account->id)));
    return maildrop;
}

/* The list is left for the next session, without the marks of this one. */
static void
pop3_maildrop_keep(Pop3Maildrop *maildrop)
{
    if (!maildrop->whole || !maildrop->settled || maildrop->gone > 0) {
        g_array_unref(maildrop->items);
        return;
    }
    for (guint i = 0; i < maildrop->items->len; i++)
        g_array_index(maildrop->items, Pop3Item, i).deleted = FALSE;
    pop3_kept_put(maildrop->locks->kept, maildrop->mailbox, maildrop->items);
}

void
pop3_maildrop_free(Pop3Maildrop *maildrop)
{
    if (maildrop == NULL)
        return;
    g_hash_table_remove(maildrop->locks->accounts, &maildrop->account);
    pop3_maildrop_keep(maildrop);
    g_free(maildrop);
}

/* A last line without its end gets one from RETR. */
static gboolean
pop3_maildrop_look(Pop3Maildrop *maildrop, Pop3Item *item, GError **error)
{
    g_autoptr(GString) last = g_string_new(NULL);

    if (item->stored >= 2 && !pop3_maildrop_read(maildrop, item, item->stored - 2, 2, last, error))
        return FALSE;
    if (item->stored > 0 && !g_str_equal(last->str, "\r\n"))
        item->octets += 2;
    return TRUE;
}

/* The size is that of what RETR sends, each line end two octets (RFC 1939 §11); and RETR must end on a
 * line of its own (RFC 1939 §3). What came by SMTP does; what an IMAP client put there need not, and then
 * the CRLF that RETR adds belongs to the size. The store knows which few have to be looked at: to read
 * the end of every message would take most of a login. */
static gboolean
pop3_maildrop_measure(Pop3Maildrop *maildrop, const StoreEntrySize *size, GError **error)
{
    Pop3Item item = { .octets = size->octets, .stored = size->octets, .uid = size->uid };

    if (size->unended && !pop3_maildrop_look(maildrop, &item, error))
        return FALSE;
    g_array_append_val(maildrop->items, item);
    maildrop->loaded = item.uid;
    return TRUE;
}

/* No UID is given twice. So if the INBOX has as many messages as the list, which began with what was
 * kept and went on with all that came later, they are the same ones; else the list is read anew. */
static gboolean
pop3_maildrop_check_kept(Pop3Maildrop *maildrop, GError **error)
{
    StoreMailboxCounts counts;

    if (maildrop->kept == 0)
        return TRUE;
    if (!store_mailbox_counts(maildrop->store, maildrop->mailbox, &counts, error))
        return FALSE;
    if (counts.messages == maildrop->items->len)
        return TRUE;
    g_array_set_size(maildrop->items, 0);
    maildrop->kept = 0;
    maildrop->loaded = 0;
    maildrop->whole = FALSE;
    return TRUE;
}

gboolean
pop3_maildrop_load(Pop3Maildrop *maildrop, gboolean *whole, GError **error)
{
    g_autoptr(GArray) page = g_array_new(FALSE, FALSE, sizeof(StoreEntrySize));

    if (!store_entry_sizes(maildrop->store, maildrop->mailbox, maildrop->loaded, POP3_PAGE, page,
                           error))
        return FALSE;
    for (guint i = 0; i < page->len; i++)
        if (!pop3_maildrop_measure(maildrop, &g_array_index(page, StoreEntrySize, i), error))
            return FALSE;
    maildrop->settled = maildrop->settled && !store_is_open(maildrop->store);
    maildrop->whole = page->len < POP3_PAGE;
    if (maildrop->whole && !pop3_maildrop_check_kept(maildrop, error))
        return FALSE;
    *whole = maildrop->whole;
    return TRUE;
}

guint
pop3_maildrop_kept(const Pop3Maildrop *maildrop)
{
    return maildrop->kept;
}

guint
pop3_maildrop_count(const Pop3Maildrop *maildrop)
{
    return maildrop->items->len;
}

Pop3Item *
pop3_maildrop_item(Pop3Maildrop *maildrop, guint64 number)
{
    if (number < 1 || number > maildrop->items->len)
        return NULL;
    return &g_array_index(maildrop->items, Pop3Item, number - 1);
}

void
pop3_maildrop_stat(const Pop3Maildrop *maildrop, guint *messages, guint64 *octets)
{
    *messages = 0;
    *octets = 0;
    for (guint i = 0; i < maildrop->items->len; i++) {
        const Pop3Item *item = &g_array_index(maildrop->items, Pop3Item, i);

        if (item->deleted)
            continue;
        *messages += 1;
        *octets += item->octets;
    }
}

guint32
pop3_maildrop_uidvalidity(const Pop3Maildrop *maildrop)
{
    return maildrop->uidvalidity;
}

gboolean
pop3_maildrop_read(Pop3Maildrop *maildrop, const Pop3Item *item, guint64 offset, gsize length,
                   GString *out, GError **error)
{
    return store_entry_read(maildrop->store, maildrop->mailbox, item->uid, offset, length, out,
                            error);
}

StoreOrigin *
pop3_maildrop_origin(Pop3Maildrop *maildrop, const Pop3Item *item)
{
    return store_entry_origin(maildrop->store, maildrop->mailbox, item->uid);
}

gboolean
pop3_maildrop_exists(Pop3Maildrop *maildrop, const Pop3Item *item)
{
    g_autoptr(StoreEntry) entry =
        store_entry_get(maildrop->store, maildrop->mailbox, item->uid, NULL);

    return entry != NULL;
}

guint
pop3_maildrop_gone(const Pop3Maildrop *maildrop)
{
    return maildrop->gone;
}

/* Tells the end of one message's stay, in its own journey. */
static void
pop3_maildrop_tell_removed(Pop3Maildrop *maildrop, Trace *trace, guint number, const Pop3Item *item)
{
    g_autoptr(StoreOrigin) origin = pop3_maildrop_origin(maildrop, item);

    trace_set_journey(trace, origin == NULL ? NULL : origin->journey);
    trace_put_number(trace, "number", number);
    trace_put_number(trace, "uid", item->uid);
    trace_put_text(trace, "outcome", "deleted");
    trace_decision(trace, STAGE_PICKUP, "RFC 1939 §6",
                   "QUIT: message %u was marked by DELE, now it is removed (POP3)", number);
}

gboolean
pop3_maildrop_remove_marked(Pop3Maildrop *maildrop, Trace *trace, gboolean *whole, GError **error)
{
    guint done = 0;

    if (!store_savepoint(maildrop->store, error))
        return FALSE;
    for (; maildrop->removed < maildrop->items->len && done < POP3_REMOVED; maildrop->removed++) {
        const Pop3Item *item = &g_array_index(maildrop->items, Pop3Item, maildrop->removed);

        if (!item->deleted || !pop3_maildrop_exists(maildrop, item))
            continue;
        if (maildrop->gone == POP3_TOLD_EACH)
            trace_set_journey(trace, NULL);
        if (maildrop->gone < POP3_TOLD_EACH)
            pop3_maildrop_tell_removed(maildrop, trace, maildrop->removed + 1, item);
        if (!store_entry_remove(maildrop->store, maildrop->gone < POP3_TOLD_EACH ? trace : NULL,
                                maildrop->mailbox, item->uid, error)) {
            store_rollback_to(maildrop->store);
            return FALSE;
        }
        maildrop->gone++;
        done++;
    }
    *whole = maildrop->removed >= maildrop->items->len;
    return store_release(maildrop->store, error);
}
