/* imap/fetch_binary.c - BINARY[...]: a part without its transfer encoding (RFC 3516, RFC 9051 §6.4.5).
 *
 *   stored     VGhlIHdhbHJ1cw==          base64, as it came by SMTP
 *   BODY[2]    {16}CRLF VGhlIHdhbHJ1cw==
 *   BINARY[2]  {10}CRLF The walrus
 *
 * A literal's length is said first, but only decoding tells it: so the part is decoded twice, block by
 * block, once to count and once to send. It is never in memory as a whole.
 *
 * Start reading at imap_fetch_binary_begin(). Tests: tests/test_imap_binary.c
 */
#include "imap/fetch.h"

#include <string.h>

gboolean
imap_fetch_binary_can(ImapSession *session, ImapFetch *work)
{
    for (guint i = 0; i < work->items->len; i++) {
        const ImapItem *item = g_ptr_array_index(work->items, i);
        const StorePart *part;

        if (item->kind != IMAP_ITEM_BINARY && item->kind != IMAP_ITEM_BINARY_SIZE)
            continue;
        part = imap_item_leaf(item, work->parts, imap_fetch_is_rev2(session));
        if (part == NULL || imap_decoder_knows(part->encoding))
            continue;
        trace_put_text(session->each, "outcome", "refused");
        trace_decision(session->each, STAGE_PICKUP, "RFC 3516 §4.3",
                       "%s of message %u cannot be decoded: nobody here knows the encoding %s",
                       item->label, work->index + 1, part->encoding);
        return FALSE;
    }
    return TRUE;
}

/* From the part's first octet, for the first or the second time. */
static void
imap_fetch_binary_rewind(ImapBinary *binary, ImapBinaryStep step)
{
    binary->step = step;
    binary->at = binary->start;
    binary->octets = 0;
    binary->cr = FALSE;
    imap_decoder_start(&binary->decoder, binary->part == NULL ? "BINARY" : binary->part->encoding);
}

void
imap_fetch_binary_begin(ImapSession *session, ImapFetch *work, const ImapItem *item,
                        GString *replies)
{
    ImapBinary *binary = &work->binary;
    gboolean rev2 = imap_fetch_is_rev2(session);

    *binary = (ImapBinary){ 0 };
    if (!imap_item_find(item, work->parts, rev2, &binary->start, &binary->end)) {
        imap_fetch_say(session, replies, item->label);
        imap_fetch_say(session, replies, item->kind == IMAP_ITEM_BINARY ? " NIL" : " 0");
        work->item++;
        return;
    }
    binary->part = imap_item_leaf(item, work->parts, rev2);
    binary->from = item->partial ? item->offset : 0;
    binary->to = item->partial ? item->offset + item->length : G_MAXUINT64;
    imap_fetch_binary_rewind(binary, IMAP_BINARY_MEASURING);
}

/* ---- the first pass ---- */

/* Are there NULs among decoded octets, and lines that end with LF alone? */
static void
imap_fetch_binary_count(ImapBinary *binary, const char *octets, gsize length)
{
    for (const char *at = octets; (at = memchr(at, '\0', length - (gsize)(at - octets))) != NULL;
         at++) {
        guint64 place = binary->octets + (guint64)(at - octets);

        binary->nul = TRUE;
        binary->nul_wanted |= place >= binary->from && place < binary->to;
        if (binary->nul_wanted)
            break;
    }
    for (const char *at = octets; (at = memchr(at, '\n', length - (gsize)(at - octets))) != NULL;
         at++)
        binary->bare += at == octets ? !binary->cr : at[-1] != '\r';
    if (length > 0)
        binary->cr = octets[length - 1] == '\r';
    binary->octets += length;
}

static void
imap_fetch_binary_tell(ImapSession *session, ImapFetch *work, const ImapItem *item)
{
    const ImapBinary *binary = &work->binary;

    if (binary->part == NULL || binary->decoder.plain)
        return;
    trace_put_number(session->each, "encoded", (gint64)(binary->end - binary->start));
    trace_put_number(session->each, "octets", (gint64)binary->octets);
    trace_decision(
        session->each, STAGE_PICKUP, "RFC 3516 §4.2",
        "%s of message %u travelled as %s: decoded here, so that the reader gets %" G_GUINT64_FORMAT
        " octets instead of %" G_GUINT64_FORMAT,
        item->label, work->index + 1, binary->part->encoding, binary->octets,
        binary->end - binary->start);
}

/* All is counted: the answer, or the head of its literal. Lines of text end with CRLF on the way to a
 * client, however they ended inside the encoding (RFC 3516 §6); with a NUL in it, it is no text. */
static void
imap_fetch_binary_measured(ImapSession *session, ImapFetch *work, GString *replies)
{
    ImapBinary *binary = &work->binary;
    const ImapItem *item = g_ptr_array_index(work->items, work->item);

    binary->lines = binary->part != NULL && g_str_equal(binary->part->type, "text") &&
                    binary->bare > 0 && !binary->nul;
    if (binary->lines)
        binary->octets += binary->bare;
    imap_fetch_binary_tell(session, work, item);
    if (item->kind == IMAP_ITEM_BINARY_SIZE) {
        g_autofree char *size =
            g_strdup_printf("%s %" G_GUINT64_FORMAT, item->label, binary->octets);

        imap_fetch_say(session, replies, size);
        binary->step = IMAP_BINARY_NOT;
        work->item++;
        return;
    }
    binary->to = MIN(binary->to, binary->octets);
    binary->from = MIN(binary->from, binary->to);
    imap_fetch_body_open(session, work, binary->to - binary->from, binary->nul_wanted, replies);
    imap_fetch_binary_rewind(binary, IMAP_BINARY_SENDING);
}

/* ---- the second pass ---- */

/* LF alone becomes CRLF. */
static void
imap_fetch_binary_lines(ImapBinary *binary, GString *decoded)
{
    g_autoptr(GString) lines = g_string_sized_new(decoded->len + decoded->len / 16);

    for (gsize i = 0; i < decoded->len; i++) {
        if (decoded->str[i] == '\n' && !binary->cr)
            g_string_append_c(lines, '\r');
        g_string_append_c(lines, decoded->str[i]);
        binary->cr = decoded->str[i] == '\r';
    }
    g_string_assign(decoded, "");
    g_string_append_len(decoded, lines->str, (gssize)lines->len);
}

/* Sends what of the decoded octets is wanted. */
static void
imap_fetch_binary_send(ImapSession *session, ImapFetch *work, GString *decoded, GString *replies)
{
    ImapBinary *binary = &work->binary;
    guint64 first = binary->octets, last, from, to;

    if (binary->lines)
        imap_fetch_binary_lines(binary, decoded);
    last = first + decoded->len;
    from = CLAMP(binary->from, first, last);
    to = CLAMP(binary->to, first, last);
    if (to > from)
        imap_fetch_body_put(session, work, decoded->str + (from - first), (gsize)(to - from),
                            replies);
    binary->octets = last;
}

gboolean
imap_fetch_binary_block(ImapSession *session, ImapFetch *work, GString *replies)
{
    ImapBinary *binary = &work->binary;
    g_autoptr(GString) raw = g_string_new(NULL), decoded = g_string_new(NULL);
    gsize want = (gsize)MIN(binary->end - binary->at, IMAP_BLOCK);

    if (!imap_fetch_body_read(session, work, binary->at, want, raw))
        return FALSE;
    binary->at += want;
    work->spent += want;
    imap_decoder_feed(&binary->decoder, raw->str, raw->len, decoded);
    if (binary->at >= binary->end)
        imap_decoder_finish(&binary->decoder, decoded);
    if (binary->step == IMAP_BINARY_MEASURING) {
        imap_fetch_binary_count(binary, decoded->str, decoded->len);
        if (binary->at >= binary->end)
            imap_fetch_binary_measured(session, work, replies);
        return TRUE;
    }
    imap_fetch_binary_send(session, work, decoded, replies);
    if (binary->at >= binary->end || binary->octets >= binary->to) {
        binary->step = IMAP_BINARY_NOT;
        imap_fetch_body_close(session, work);
    }
    return TRUE;
}
