/* imap/header.c - a message's own header, read up to its empty line without asking where it ends.
 *
 * Where it ends stands in the message's index, too; but to read that for each of 100,000 messages costs
 * more than to look for an empty line. Tests: tests/test_imap_fetch.c
 */
#include "imap/header.h"

#include <string.h>

#define IMAP_HEADER_BLOCK (8 * 1024) /* octets read at a time; most headers are in the first */

/* One past the empty line, looked for from @from on; 0: it has not come yet. */
static gsize
imap_header_end(const GString *text, gsize from)
{
    gsize at = from;

    for (;;) {
        gsize left = text->len - at;
        const char *lf;

        if (left >= 1 && text->str[at] == '\n')
            return at + 1;
        if (left >= 2 && text->str[at] == '\r' && text->str[at + 1] == '\n')
            return at + 2;
        lf = memchr(text->str + at, '\n', left);
        if (lf == NULL)
            return 0;
        at = (gsize)(lf + 1 - text->str);
    }
}

/* Where the last line that has begun begins. */
static gsize
imap_header_line(const GString *text)
{
    gsize at = text->len;

    while (at > 0 && text->str[at - 1] != '\n')
        at--;
    return at;
}

gboolean
imap_header_read(Store *store, gint64 mailbox, const StoreEntry *entry, GString *out,
                 GError **error)
{
    gsize line = 0, end = 0;

    g_string_truncate(out, 0);
    while (end == 0 && out->len < MIN(entry->octets, IMAP_HEADER_MAX)) {
        gsize before = out->len;

        if (!store_entry_read(store, mailbox, entry->uid, before, MAX(before, IMAP_HEADER_BLOCK),
                              out, error))
            return FALSE;
        if (out->len == before)
            break;
        end = imap_header_end(out, line);
        line = imap_header_line(out);
    }
    if (end > 0)
        g_string_truncate(out, end);
    return TRUE;
}
