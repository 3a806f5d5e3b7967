/* imap/page.c - long work over messages reads their entries by the page: one query for many.
 *
 *   FETCH 1:* FLAGS       1, 2, 4 ... 200 entries a query: the work uses them all
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
    page->limit = CLAMP(page->taken, 1, IMAP_PAGE);
    page->taken = 0;
}

static gboolean
imap_page_read(ImapSession *session, ImapPage *page, guint32 uid, GError **error)
{
    imap_page_clear(page);
    page->entries = store_entry_page(session->host->store, session->mailbox, uid - 1,
                                     MAX(page->limit, 1), error);
    page->limit = MIN(2 * MAX(page->limit, 1), IMAP_PAGE);
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
            page->limit = 1; /* read for nothing: the messages wanted lie far apart */
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

    if (index >= session->view->len)
        return session->view->len;
    if (!by_uid) {
        next = imap_set_next(set, index + 1);
        return next == 0 ? session->view->len : MIN(next - 1, session->view->len);
    }
    /* A UID that is named need not be there; then the search goes on behind it. */
    while (index < session->view->len) {
        next = imap_set_next(set, imap_view_at(session, index)->uid);
        if (next == 0)
            return session->view->len;
        index = imap_view_find(session, next, &found);
        if (found)
            return index;
    }
    return session->view->len;
}
