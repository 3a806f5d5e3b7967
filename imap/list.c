/* imap/list.c - which mailboxes are there? LIST and LSUB (RFC 3501 §6.3.8, §6.3.9).
 *
 *   LIST "" "%"     Archive, INBOX, Work           % stops at the next level
 *   LIST "" "*"     and Work/2026, Work/2027       * does not
 *
 * A level that has mailboxes below it but is none itself is listed as \Noselect.
 * Tests: tests/test_imap_mailbox.c
 */
#include "imap/commands.h"

#include <string.h>

#include "imap/name.h"
#include "imap/write.h"

/* One name that may be listed. */
typedef struct ImapListed {
    char *name;
    char *special; /* "\\Junk", or NULL */
    gboolean selectable;
} ImapListed;

static void
imap_listed_free(gpointer data)
{
    ImapListed *listed = data;

    g_free(listed->name);
    g_free(listed->special);
    g_free(listed);
}

static void
imap_listed_add(GPtrArray *names, GHashTable *seen, const char *name, const char *special,
                gboolean selectable)
{
    ImapListed *listed;

    if (!g_hash_table_add(seen, g_strdup(name)))
        return;
    listed = g_new0(ImapListed, 1);
    listed->name = g_strdup(name);
    listed->special = g_strdup(special);
    listed->selectable = selectable;
    g_ptr_array_add(names, listed);
}

/* Adds the levels above each name that are no mailboxes themselves. */
static void
imap_listed_add_parents(GPtrArray *names, GHashTable *seen)
{
    guint count = names->len;

    for (guint i = 0; i < count; i++) {
        g_autofree char *name = g_strdup(((ImapListed *)g_ptr_array_index(names, i))->name);

        for (char *slash = strrchr(name, '/'); slash != NULL; slash = strrchr(name, '/')) {
            *slash = '\0';
            imap_listed_add(names, seen, name, NULL, FALSE);
        }
    }
}

static gint
imap_listed_compare(gconstpointer a, gconstpointer b)
{
    const ImapListed *x = *(ImapListed *const *)a, *y = *(ImapListed *const *)b;

    return strcmp(x->name, y->name);
}

/* INBOX is INBOX in any case (RFC 3501 §5.1), so for it the pattern's case doesn't count. */
static gboolean
imap_listed_matches(const ImapListed *listed, const char *pattern)
{
    g_autofree char *upper = NULL;

    if (!g_str_equal(listed->name, "INBOX"))
        return imap_name_matches(pattern, listed->name);
    upper = g_ascii_strup(pattern, -1);
    return imap_name_matches(upper, "INBOX");
}

/* Takes " reference pattern". Returns the whole pattern in UTF-8, NULL: a mistake. */
static char *
imap_list_pattern(ImapParse *arguments, gboolean *empty)
{
    g_autofree char *reference =
        imap_parse_char(arguments, ' ') ? imap_parse_astring(arguments) : NULL;
    g_autofree char *mailbox = reference != NULL && imap_parse_char(arguments, ' ')
                                   ? imap_parse_list_mailbox(arguments)
                                   : NULL;
    g_autofree char *whole = NULL;

    if (mailbox == NULL || !imap_parse_is_end(arguments))
        return NULL;
    *empty = *mailbox == '\0';
    whole = g_strconcat(reference, mailbox, NULL);
    return imap_name_to_utf8(whole);
}

static void
imap_list_write(ImapSession *session, GPtrArray *names, const char *pattern, GString *replies)
{
    g_ptr_array_sort(names, imap_listed_compare);
    for (guint i = 0; i < names->len; i++) {
        const ImapListed *listed = g_ptr_array_index(names, i);
        g_autoptr(GString) wire = g_string_new(NULL);

        if (!imap_listed_matches(listed, pattern))
            continue;
        imap_write_mailbox(wire, listed->name);
        imap_untagged(session, replies, "%s (%s) \"/\" %s",
                      session->current->handler == imap_list ? "LIST" : "LSUB",
                      !listed->selectable       ? "\\Noselect"
                      : listed->special != NULL ? listed->special
                                                : "",
                      wire->str);
    }
}

NetNext
imap_list(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autoptr(GError) error = NULL;
    gboolean empty = FALSE;
    g_autofree char *pattern = imap_list_pattern(arguments, &empty);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(imap_listed_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) mailboxes = NULL;

    if (pattern == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.3.8",
                            "LIST needs a reference and a name");
    if (empty) { /* the question for the hierarchy delimiter */
        imap_untagged(session, replies, "LIST (\\Noselect) \"/\" \"\"");
        return imap_end(session, replies, "OK", "LIST completed");
    }
    mailboxes = store_mailbox_list(session->host->store, session->account, &error);
    if (mailboxes == NULL)
        return imap_trouble(session, replies, error);
    for (guint i = 0; i < mailboxes->len; i++) {
        const StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);

        imap_listed_add(names, seen, mailbox->name, mailbox->special, TRUE);
    }
    imap_listed_add_parents(names, seen);
    imap_list_write(session, names, pattern, replies);
    return imap_end(session, replies, "OK", "LIST completed");
}

NetNext
imap_lsub(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autoptr(GError) error = NULL;
    gboolean empty = FALSE;
    g_autofree char *pattern = imap_list_pattern(arguments, &empty);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(imap_listed_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) subscriptions = NULL;

    if (pattern == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.3.9",
                            "LSUB needs a reference and a name");
    subscriptions = store_mailbox_subscriptions(session->host->store, session->account, &error);
    if (subscriptions == NULL)
        return imap_trouble(session, replies, error);
    for (guint i = 0; i < subscriptions->len; i++)
        imap_listed_add(names, seen, g_ptr_array_index(subscriptions, i), NULL, TRUE);
    /* With %, a level above a subscribed name is told as \Noselect (RFC 3501 §6.3.9). */
    if (strchr(pattern, '%') != NULL)
        imap_listed_add_parents(names, seen);
    imap_list_write(session, names, pattern, replies);
    return imap_end(session, replies, "OK", "LSUB completed");
}
