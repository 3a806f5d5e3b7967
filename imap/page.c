/* imap/page.c - long work over messages reads their entries by the page: one query for many.
 *
 *   FETCH 1:* FLAGS       1, 1, 2, 4 ... 200 entries a query: the work uses them all
 *   FETCH 1:* BODY[]      one or two: a message fills a turn of the loop, the rest would be for nothing
 *   FETCH 5,900,30000     one: what lies between is not asked for
 *
 * Tests: tests/test_imap_fetch.c
 */
#include "imap/page.h"

void
imap_page_clear(ImapPage *page)
{
    g_clear_pointer(&page->entries, g_ptr_array_unref);
    page->next = 0;
}

void
imap_page_turn(ImapPage *page)
{
    imap_page_clear(page);
    page->expected = page->taken;
    page->taken = 0;
}

/* How many entries to read next: what is left of the number expected; beyond it a few at a time, because
 * the turn may end with each. In the first turn as many as have been used so far. */
static guint
imap_page_size(const ImapPage *page)
{
    if (page->taken < page->expected)
        return MIN(page->expected - page->taken, IMAP_PAGE);
    return CLAMP(page->expected == 0 ? page->taken : page->expected / 8, 1, IMAP_PAGE);
}

static gboolean
imap_page_read(ImapSession *session, ImapPage *page, guint32 uid, GError **error)
{
    Store *store = session->host->store;
    guint limit = imap_page_size(page);

    imap_page_clear(page);
    page->entries =
        store_entry_page_of(store, page->columns, session->mailbox, uid - 1, limit, error);
    return page->entries != NULL;
}

StoreEntry *
imap_page_take(ImapSession *session, ImapPage *page, guint32 uid, GError **error)
{
    gboolean fresh = FALSE;

    for (;;) {
        guint length = page->entries == NULL ? 0 : page->entries->len;
        StoreEntry *entry = NULL;

        while (page->next < length) {
            entry = g_ptr_array_index(page->entries, page->next);
            if (entry->uid >= uid)
                break;
            page->next++;
            page->expected = page->taken = 0; /* read for nothing: those wanted lie far apart */
        }
        if (page->next < length) {
            if (entry->uid > uid)
                return NULL;
            page->taken++;
            g_ptr_array_index(page->entries, page->next++) = NULL;
            return entry;
        }
        if (fresh || !imap_page_read(session, page, uid, error))
            return NULL;
        fresh = TRUE;
    }
}

guint
imap_page_skip(ImapSession *session, const ImapSet *set, gboolean by_uid, guint index)
{
    gboolean found;
    guint32 next;

    if (index >= imap_view_count(session))
        return imap_view_count(session);
    if (!by_uid) {
        next = imap_set_next(set, index + 1);
        return next == 0 ? imap_view_count(session) : MIN(next - 1, imap_view_count(session));
    }
    /* A UID that is named need not be there; then the search goes on behind it. */
    while (index < imap_view_count(session)) {
        next = imap_set_next(set, imap_view_uid(session, index));
        if (next == 0)
            return imap_view_count(session);
        index = imap_view_find(session, next, &found);
        if (found)
            return index;
    }
    return imap_view_count(session);
}
