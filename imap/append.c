/* imap/append.c - APPEND: a client puts a message into a mailbox (RFC 3501 §6.3.11).
 *
 *   C: a1 APPEND Sent (\Seen) {320}       checked before the "+": mailbox, flags, date, size
 *   S: + Ready for the message
 *   C: <320 octets>                       to the store as they come
 *   C:                                    the rest of the line: nothing may follow
 *   S: a1 OK [APPENDUID 38505 3955] APPEND completed
 *
 * "~{320}" is a literal8 (RFC 3516 §4.4): it may hold NUL, and lines that are none. Our mailboxes hold
 * lines of text, so binary content is refused with UNKNOWN-CTE, and anything else is taken.
 *
 * Lines of a message end with CRLF. A client that sends LF or CR alone is helped: each becomes a
 * CRLF, because POP3 and SMTP would otherwise take them for something else.
 *
 * Tests: tests/test_imap_append.c
 */
#include "imap/commands.h"

#include <string.h>

struct ImapAppend {
    gint64 mailbox;
    char *name; /* of the mailbox */
    guint32 uidvalidity;
    guint flags;
    char *keywords;
    gint64 date_s;
    StoreDraft *draft;
    gboolean cr;    /* the last octet was a CR */
    gboolean bare;  /* there was a CR or LF alone */
    gboolean eight; /* it came as a literal8: what is not text is not mended */
    GError *failed; /* the store's; told when all has come */
    gboolean nul;   /* there was a NUL in it */
    char *refused;  /* "NO [TRYCREATE] ...": it comes all the same, and is dropped */
};

void
imap_append_free(ImapAppend *append)
{
    if (append == NULL)
        return;
    store_draft_free(append->draft);
    g_clear_error(&append->failed);
    g_free(append->name);
    g_free(append->refused);
    g_free(append->keywords);
    g_free(append);
}

guint64
imap_append_limit(const ImapSession *session)
{
    guint64 limit = session->host->max_message_octets;

    return limit != 0 ? MIN(limit, G_MAXUINT32) : IMAP_APPEND_MAX;
}

/* What stands between "APPEND " and the literal that has been announced. FALSE: that is not what the
 * line says. *@eight: it is a literal8. */
static gboolean
imap_append_head(const ImapSession *session, ImapParse *parse, gboolean *eight)
{
    const char *start = session->command->str, *open = strrchr(start, '{');
    g_autofree char *tag = NULL;

    if (open == NULL)
        return FALSE;
    *eight = open > start && open[-1] == '~';
    imap_parse_start(parse, start, open - start - *eight);
    parse->utf8_names = (session->enabled & IMAP_ENABLED_REV2) != 0;
    tag = imap_parse_tag(parse);
    return tag != NULL && imap_parse_char(parse, ' ') && imap_command_find(parse) != NULL &&
           imap_parse_char(parse, ' ');
}

/* Is the literal that the line announces the message? (It could be the mailbox's name.) */
gboolean
imap_append_is_message(const ImapSession *session)
{
    ImapParse parse;
    gboolean eight;

    if (session->current == NULL || session->current->handler != imap_append ||
        (session->state & session->current->states) == 0 ||
        !imap_append_head(session, &parse, &eight))
        return FALSE;
    g_autofree char *mailbox = imap_parse_astring(&parse);
    return mailbox != NULL;
}

/* "Sent (\Seen) "1-Feb-1994 21:52:25 -0800" " before the literal. NULL, or what is wrong. */
static const char *
imap_append_parse(ImapSession *session, ImapAppend *append, char **mailbox)
{
    ImapParse parse;

    imap_append_head(session, &parse, &append->eight);
    *mailbox = imap_parse_mailbox(&parse);
    if (*mailbox == NULL || !imap_parse_char(&parse, ' '))
        return "APPEND needs a mailbox name";
    append->date_s = store_now_s(session->host->store);
    if (imap_parse_is_at(&parse, '(') &&
        (!imap_parse_flags(&parse, FALSE, &append->flags, &append->keywords) ||
         !imap_parse_char(&parse, ' ')))
        return "Not a list of flags";
    if (imap_parse_is_at(&parse, '"') &&
        (!imap_parse_date_time(&parse, &append->date_s) || !imap_parse_char(&parse, ' ')))
        return "Not a date and time";
    return imap_parse_is_end(&parse) ? NULL : "Flags, then a date, then the message";
}

/* May the message come? NULL: yes; else how the command will end. */
static char *
imap_append_check(ImapSession *session, ImapAppend *append, guint64 octets)
{
    g_autofree char *name = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) mailbox = NULL;
    const char *wrong = imap_append_parse(session, append, &name);

    if (wrong != NULL)
        return g_strdup_printf("BAD %s", wrong);
    if (octets > imap_append_limit(session))
        return g_strdup("NO [TOOBIG] The message is too big");
    if (octets == 0)
        return g_strdup("NO There is no message in it");
    mailbox = store_mailbox_find(session->host->store, session->account, name, &error);
    if (error != NULL)
        return g_strdup("NO [UNAVAILABLE] Try again later");
    if (mailbox == NULL)
        return g_strdup_printf("NO [%s] There is no such mailbox", imap_copy_try_create(name));
    if (!imap_quota_has_room(session, octets))
        return g_strdup("NO [OVERQUOTA] There is no room for this");
    append->mailbox = mailbox->id;
    append->name = g_steal_pointer(&mailbox->name);
    append->uidvalidity = mailbox->uidvalidity;
    return NULL;
}

/* Ends the command as @ending says, "NO ..." or "BAD ...". */
static NetNext
imap_append_refuse(ImapSession *session, const char *ending, GString *replies)
{
    if (g_str_has_prefix(ending, "BAD "))
        return imap_mistake(session, replies, "RFC 3501 §6.3.11", ending + strlen("BAD "));
    return imap_end(session, replies, "NO", "%s", ending + strlen("NO "));
}

NetNext
imap_append_begin(ImapSession *session, guint64 octets, gboolean plus, GString *replies)
{
    ImapAppend *append = g_new0(ImapAppend, 1);

    session->append = append;
    append->refused = imap_append_check(session, append, octets);
    if (append->refused != NULL) {
        g_autofree char *ending = g_strdup(append->refused);

        trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.3.11",
                       "this message is refused before it comes: %s", ending);
        if (!plus)
            return imap_append_refuse(session, ending, replies);
        if (octets == G_MAXUINT64)
            return imap_bye(session, replies, "[TOOBIG] This literal is too long");
    } else {
        trace_begin_journey(session->trace);
        session->one_message = TRUE;
        append->draft = store_draft_new(session->host->store);
    }
    session->literal_left = octets;
    session->reading = octets == 0               ? IMAP_READING_LINE
                       : append->refused != NULL ? IMAP_READING_REFUSED
                                                 : IMAP_READING_MESSAGE;
    if (!plus)
        imap_continue(session, replies, "Ready for the message");
    return NET_GO_ON;
}

/* LF or CR alone becomes CRLF. */
static void
imap_append_lines(ImapAppend *append, const char *octets, gsize length, GString *out)
{
    for (gsize i = 0; i < length; i++) {
        char octet = octets[i];

        if (octet == '\0')
            append->nul = TRUE;
        append->bare |= append->cr != (octet == '\n');
        if (append->cr && octet != '\n')
            g_string_append_c(out, '\n');
        else if (!append->cr && octet == '\n')
            g_string_append_c(out, '\r');
        g_string_append_c(out, octet);
        append->cr = octet == '\r';
    }
}

void
imap_append_octets(ImapSession *session, const char *octets, gsize length)
{
    ImapAppend *append = session->append;
    g_autoptr(GString) lines = g_string_sized_new(length + 1);

    if (append->failed != NULL || append->nul)
        return;
    imap_append_lines(append, octets, length, lines);
    store_draft_append(append->draft, lines->str, lines->len, &append->failed);
}

/* Puts the message into the mailbox, in the open group. Returns the UID, 0 with @error. */
static guint32
imap_append_store(ImapSession *session, ImapAppend *append, GError **error)
{
    Store *store = session->host->store;
    gint64 message;
    guint32 uid = 0;

    if (append->cr && !store_draft_append(append->draft, "\n", 1, error))
        return 0;
    store_draft_finish(append->draft);
    if (!store_savepoint(store, error))
        return 0;
    message =
        store_message_add(store, session->trace, append->draft, "", session->address, "", error);
    if (message != 0)
        uid = store_entry_add(store, session->trace, STAGE_PICKUP, append->mailbox, message, "",
                              append->flags, append->keywords == NULL ? "" : append->keywords,
                              append->date_s, error);
    if (uid == 0) {
        store_rollback_to(store);
        return 0;
    }
    return store_release(store, error) ? uid : 0;
}

/* What of the message the trace keeps. */
static void
imap_append_tell(ImapSession *session, ImapAppend *append)
{
    gsize length;
    const char *start = store_draft_start(append->draft, &length);
    g_autofree char *text = g_strndup(start, MIN(length, 2048));

    trace_put_arrow(session->trace, "reader", "host", "message");
    trace_put_number(session->trace, "octets", (gint64)store_draft_octets(append->draft));
    trace_put_text(session->trace, "start", text);
    trace_wire(session->trace, STAGE_PICKUP, "RFC 3501 §6.3.11",
               "reader to host: a message, %" G_GUINT64_FORMAT " octets",
               store_draft_octets(append->draft));
}

NetNext
imap_append_end(ImapSession *session, const char *rest, GString *replies)
{
    g_autoptr(ImapAppend) append = g_steal_pointer(&session->append);
    g_autoptr(GError) error = NULL;
    guint64 octets;
    gboolean plus;
    guint32 uid;

    /* A second message that comes unasked would be taken for commands: the connection must end
     * (RFC 7888 §4). */
    if (imap_parse_announces(rest, &octets, &plus) && plus)
        return imap_bye(session, replies, "One message at a time");
    if (append->refused != NULL)
        return imap_append_refuse(session, append->refused, replies);
    imap_append_tell(session, append);
    if (*rest != '\0')
        return imap_mistake(session, replies, "RFC 3501 §6.3.11", "One message at a time");
    if (append->eight && (append->nul || append->bare || append->cr))
        return imap_append_refuse(session, "NO [UNKNOWN-CTE] Mailboxes hold text, encode it first",
                                  replies);
    if (append->nul)
        return imap_mistake(session, replies, "RFC 3501 §4.3", "No NUL in a message");
    if (append->failed != NULL)
        return imap_trouble(session, replies, append->failed);
    uid = imap_append_store(session, append, &error);
    if (uid == 0)
        return imap_trouble(session, replies, error);
    imap_tell_asked(session);
    trace_put_number(session->trace, "uid", uid);
    trace_put_text(session->trace, "outcome", "kept");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.3.11",
                   "the reader puts a message in: it is kept in %s with UID %u, and is sent to "
                   "nobody",
                   append->name, uid);
    return imap_end_committed(session, replies, "[APPENDUID %u %u] APPEND completed",
                              append->uidvalidity, uid);
}

NetNext
imap_append(ImapSession *session, ImapParse *arguments, GString *replies)
{
    (void)arguments;
    return imap_mistake(session, replies, "RFC 3501 §6.3.11",
                        "APPEND needs a mailbox and a message as a literal");
}
