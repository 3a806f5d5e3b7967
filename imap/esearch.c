/* imap/esearch.c - what SEARCH is to answer, and the answer (RFC 9051 §6.4.4, RFC 4731).
 *
 *   C: a1 SEARCH UNSEEN                         S: * SEARCH 2 3 4 9
 *   C: a2 SEARCH RETURN (MIN COUNT) UNSEEN      S: * ESEARCH (TAG "a2") MIN 2 COUNT 4
 *   C: a3 SEARCH RETURN () UNSEEN               S: * ESEARCH (TAG "a3") ALL 2:4,9
 *   C: a4 SEARCH RETURN (SAVE) UNSEEN           nothing: "$" stands for them now (imap/saved.c)
 *
 * To a client that has enabled IMAP4rev2 the first one is like the third.
 *
 * Tests: tests/test_imap_esearch.c, tests/dialogs/imap-esearch.txt
 */
#include "imap/search.h"

#include "imap/saved.h"
#include "imap/write.h"

/* clang-format off */
static const struct {
    const char *name;
    ImapReturn option;
} imap_returns[] = {
    { "MIN",   IMAP_RETURN_MIN   },
    { "MAX",   IMAP_RETURN_MAX   },
    { "ALL",   IMAP_RETURN_ALL   },
    { "COUNT", IMAP_RETURN_COUNT },
    { "SAVE",  IMAP_RETURN_SAVE  }, /* RFC 5182 §2.1 */
};
/* clang-format on */

/* ---- what is asked for ---- */

static gboolean
imap_esearch_option(ImapParse *arguments, ImapFound *found)
{
    g_autofree char *name = imap_parse_atom(arguments);

    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(imap_returns); i++) {
        if (g_ascii_strcasecmp(imap_returns[i].name, name) != 0)
            continue;
        found->options |= imap_returns[i].option;
        return TRUE;
    }
    return FALSE;
}

const char *
imap_esearch_parse(ImapSession *session, ImapParse *arguments, ImapFound *found)
{
    found->options = IMAP_RETURN_ALL;
    found->extended = (session->enabled & IMAP_ENABLED_REV2) != 0;
    if (!imap_parse_word(arguments, "RETURN "))
        return NULL;
    if (!imap_parse_char(arguments, '('))
        return "RETURN needs a list in brackets";
    found->extended = TRUE;
    if (!imap_parse_is_at(arguments, ')')) {
        found->options = 0;
        do {
            if (!imap_esearch_option(arguments, found))
                return "RETURN knows MIN, MAX, ALL, COUNT and SAVE";
        } while (imap_parse_char(arguments, ' '));
    }
    if (!imap_parse_char(arguments, ')') || !imap_parse_char(arguments, ' '))
        return "Behind RETURN (...) search keys are needed";
    return NULL;
}

gboolean
imap_esearch_is_first_enough(const ImapFound *found)
{
    return (found->options & ~(guint)IMAP_RETURN_SAVE) == IMAP_RETURN_MIN;
}

/* ---- what was found ---- */

void
imap_esearch_add(ImapFound *found, guint32 number, guint32 uid, const StoreEntry *entry)
{
    if (entry != NULL) {
        if (found->numbers->len == 0)
            found->first_modseq = entry->modseq;
        found->last_modseq = entry->modseq;
        found->highest_modseq = MAX(found->highest_modseq, entry->modseq);
    }
    g_array_append_val(found->numbers, number);
    if ((found->options & IMAP_RETURN_SAVE) != 0)
        g_array_append_val(found->uids, uid);
}

/* Are only the first, only the last, or only these two asked for? Then what is remembered, and whose
 * MODSEQ is answered, goes by them (RFC 4731 §3.2, RFC 5182 §2.4). */
static guint
imap_esearch_ends(const ImapFound *found)
{
    guint wanted = found->options & ~(guint)IMAP_RETURN_SAVE;

    return (wanted & ~(guint)(IMAP_RETURN_MIN | IMAP_RETURN_MAX)) == 0 ? wanted : 0;
}

static guint64
imap_esearch_modseq(const ImapFound *found)
{
    switch (imap_esearch_ends(found)) {
    case IMAP_RETURN_MIN: return found->first_modseq;
    case IMAP_RETURN_MAX: return found->last_modseq;
    case IMAP_RETURN_MIN | IMAP_RETURN_MAX: return MAX(found->first_modseq, found->last_modseq);
    default: return found->highest_modseq;
    }
}

static void
imap_esearch_save(ImapSession *session, const ImapFound *found)
{
    guint ends = imap_esearch_ends(found), count = found->uids->len;
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(guint32));

    if (ends == 0)
        g_array_append_vals(kept, found->uids->data, count);
    if (count > 0 && (ends & IMAP_RETURN_MIN) != 0)
        g_array_append_vals(kept, &g_array_index(found->uids, guint32, 0), 1);
    if (count > 0 && (ends & IMAP_RETURN_MAX) != 0)
        g_array_append_vals(kept, &g_array_index(found->uids, guint32, count - 1), 1);
    imap_saved_put(session, kept);
    trace_put_number(session->trace, "messages", kept->len);
    trace_state(session->trace, STAGE_PICKUP, "RFC 5182 §2.1",
                "%u of them are remembered: the reader can call them $ in the next commands",
                kept->len);
}

/* ---- the answer ---- */

/* "* SEARCH 2 84 882 (MODSEQ 917162500)" */
static void
imap_esearch_write_old(GString *out, const ImapFound *found)
{
    g_string_append(out, "* SEARCH");
    for (guint i = 0; i < found->numbers->len; i++) {
        g_string_append_c(out, ' ');
        imap_set_write_number(out, g_array_index(found->numbers, guint32, i));
    }
    if (found->by_modseq && found->numbers->len > 0)
        g_string_append_printf(out, " (MODSEQ %" G_GUINT64_FORMAT ")", found->highest_modseq);
    g_string_append(out, "\r\n");
}

/* "* ESEARCH (TAG "a283") UID MIN 2 ALL 2,10:11". What was not found is left out, the response is sent
 * all the same. */
static void
imap_esearch_write(GString *out, const ImapFound *found, const char *tag, gboolean by_uid)
{
    guint count = found->numbers->len;

    g_string_append(out, "* ESEARCH (TAG ");
    imap_write_string(out, tag);
    g_string_append(out, by_uid ? ") UID" : ")");
    if (count > 0 && (found->options & IMAP_RETURN_MIN) != 0)
        g_string_append_printf(out, " MIN %u", g_array_index(found->numbers, guint32, 0));
    if (count > 0 && (found->options & IMAP_RETURN_MAX) != 0)
        g_string_append_printf(out, " MAX %u", g_array_index(found->numbers, guint32, count - 1));
    if ((found->options & IMAP_RETURN_COUNT) != 0)
        g_string_append_printf(out, " COUNT %u", count);
    if (count > 0 && (found->options & IMAP_RETURN_ALL) != 0) {
        g_string_append(out, " ALL ");
        imap_set_write(out, found->numbers);
    }
    if (count > 0 && found->by_modseq)
        g_string_append_printf(out, " MODSEQ %" G_GUINT64_FORMAT, imap_esearch_modseq(found));
    g_string_append(out, "\r\n");
}

void
imap_esearch_answer(ImapSession *session, const ImapFound *found, GString *replies)
{
    g_autoptr(GString) response = g_string_new(NULL);

    if ((found->options & IMAP_RETURN_SAVE) != 0)
        imap_esearch_save(session, found);
    if (found->options == IMAP_RETURN_SAVE)
        return;
    if (found->extended)
        imap_esearch_write(response, found, session->tag, session->current->by_uid);
    else
        imap_esearch_write_old(response, found);
    imap_send(session, replies, response->str, response->len, TRUE);
}
