/* imap/enable.c - what a client switches on for the rest of its connection (RFC 5161, RFC 9051 §6.3.1).
 *
 *   C: a1 ENABLE IMAP4rev2 CONDSTORE X-UNKNOWN
 *   S: * ENABLED IMAP4rev2 CONDSTORE             what we don't know is passed over
 *
 *   IMAP4rev2   names in UTF-8; no RECENT, no UNSEEN; SELECT answers LIST; SEARCH answers ESEARCH;
 *               what is told unasked of a message names its UID
 *   CONDSTORE   MODSEQ in each FETCH response about flags. Asking for a MODSEQ in any other way
 *               switches it on, too
 *
 * Where the two revisions differ the code asks session->enabled. There is no way back.
 *
 * Tests: tests/test_imap_enable.c, tests/dialogs/imap-enable.txt
 */
#include "imap/commands.h"

#include "imap/write.h"
#include "trace/words.h"

/* clang-format off */
static const struct {
    const char *name;
    ImapEnabled bit;
    const char *words; /* what it means, for the trace */
} imap_enables[] = {
    { "IMAP4rev2", IMAP_ENABLED_REV2, N_("names come in UTF-8, SEARCH answers ESEARCH, and nothing is \\Recent any more") },
    { "CONDSTORE", IMAP_ENABLED_CONDSTORE, N_("each change of flags is told with its number (MODSEQ), so that the client can ask later what is newer") },
};
/* clang-format on */

static void
imap_enable_bit(ImapSession *session, ImapEnabled bit, const char *rfc)
{
    if ((session->enabled & bit) != 0)
        return;
    session->enabled |= bit;
    for (guint i = 0; i < G_N_ELEMENTS(imap_enables); i++)
        if (imap_enables[i].bit == bit)
            trace_state(session->trace, STAGE_PICKUP, rfc, "%s speaks %s from here on: %s",
                        session->address, imap_enables[i].name, imap_enables[i].words);
}

NetNext
imap_enable(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autoptr(GString) enabled = g_string_new(NULL);
    guint named = 0, known = 0;

    while (imap_parse_char(arguments, ' ')) {
        g_autofree char *name = imap_parse_atom(arguments);

        if (name == NULL)
            break;
        for (guint i = 0; i < G_N_ELEMENTS(imap_enables); i++)
            if (g_ascii_strcasecmp(imap_enables[i].name, name) == 0)
                known |= imap_enables[i].bit;
        named++;
    }
    if (named == 0 || !imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 5161 §3.1", "ENABLE needs capability names");
    for (guint i = 0; i < G_N_ELEMENTS(imap_enables); i++)
        if ((known & imap_enables[i].bit) != 0) {
            imap_enable_bit(session, imap_enables[i].bit, "RFC 9051 §6.3.1");
            g_string_append_printf(enabled, " %s", imap_enables[i].name);
        }
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 5161 §3.1",
                   "of %u extension%s asked for, those known here are on for the rest of the "
                   "connection:%s",
                   named, named == 1 ? "" : "s", enabled->len > 0 ? enabled->str : " none");
    imap_untagged(session, replies, "ENABLED%s", enabled->str);
    return imap_end(session, replies, "OK", "ENABLE completed");
}

void
imap_enable_condstore(ImapSession *session, GString *replies)
{
    if ((session->enabled & IMAP_ENABLED_CONDSTORE) != 0)
        return;
    imap_enable_bit(session, IMAP_ENABLED_CONDSTORE, "RFC 7162 §3.1");
    if (session->state == IMAP_SELECTED)
        imap_untagged(session, replies, "OK [HIGHESTMODSEQ %" G_GUINT64_FORMAT "] Changes so far",
                      imap_view_modseq(session));
}

void
imap_enable_write_name(const ImapSession *session, GString *out, const char *name)
{
    if ((session->enabled & IMAP_ENABLED_REV2) != 0)
        imap_write_utf8(out, name);
    else
        imap_write_mailbox(out, name);
}
