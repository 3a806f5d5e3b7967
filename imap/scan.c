/* imap/scan.c - a text is looked for in a message's octets, block by block.
 *
 *   stored       =?utf-8?q?caf=C3=A9?=   or   Y2Fmw6k=         in the charset of the part
 *   decoded      caf + the octets of an e with an acute accent
 *   folded       the same in small letters, in UTF-8: that is compared (RFC 9051 §6.4.4)
 *
 * Headers are looked at field by field, bodies block by block through all of these steps, so that a
 * part of 100 MB is searched to its end and nobody else has to wait for it. Between two blocks the end
 * of the first is kept: what is looked for may go across.
 *
 * Start reading at imap_scan_step(). Tests: tests/test_imap_search.c
 */
#define _GNU_SOURCE /* memmem() */
#include "imap/search.h"

#include <string.h>

#include "imap/header.h"
#include "storage/encoded_word.h"

#define IMAP_SCAN_BLOCK (16 * 1024) /* octets looked at in one step */
#define IMAP_FIELD_MAX  (64 * 1024) /* octets of a header field that are looked at */

void
imap_scan_clear(ImapScan *scan)
{
    GString *const kept[] = { scan->header, scan->raw, scan->text, scan->folded };

    for (guint i = 0; i < G_N_ELEMENTS(kept); i++)
        if (kept[i] != NULL)
            g_string_free(kept[i], TRUE);
    if (scan->convert != NULL)
        g_iconv_close(scan->convert);
    *scan = (ImapScan){ 0 };
}

const StoreIndex *
imap_candidate_index(ImapCandidate *candidate)
{
    if (candidate->index == NULL)
        candidate->index =
            store_entry_index(candidate->store, candidate->mailbox, candidate->entry, NULL);
    return candidate->index;
}

/* ---- text ---- */

static gboolean
imap_scan_is_ascii(const char *text, gsize length)
{
    guchar all = 0;

    for (gsize i = 0; i < length; i++)
        all |= (guchar)text[i];
    return all < 0x80;
}

/* Appends @text, which should be UTF-8, in small letters. */
static void
imap_scan_fold(GString *out, const char *text, gsize length)
{
    gsize before = out->len;

    if (imap_scan_is_ascii(text, length)) {
        g_string_append_len(out, text, (gssize)length);
        for (gsize i = before; i < out->len;
             i++) /* simple enough for a compiler to do 16 at once */
            out->str[i] = (char)(out->str[i] + ((guchar)(out->str[i] - 'A') < 26 ? 'a' - 'A' : 0));
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
    g_autofree char *folded = g_utf8_casefold(valid, -1);
    g_string_append(out, folded);
}

static gboolean
imap_scan_has(const char *text, gsize length, const char *needle)
{
    return memmem(text, length, needle, strlen(needle)) != NULL;
}

/* ---- header fields ---- */

/* Is the text in @line, or would it be if tabs were blanks? Many mailers put a tab where they fold a
 * field at a blank, and unfolding leaves it there (RFC 5322 §2.2.3). */
static gboolean
imap_scan_line(const char *line, gsize length, const char *needle)
{
    g_autoptr(GString) folded = g_string_sized_new(length);

    imap_scan_fold(folded, line, length);
    if (imap_scan_has(folded->str, folded->len, needle))
        return TRUE;
    if (memchr(folded->str, '\t', folded->len) == NULL)
        return FALSE;
    g_strdelimit(folded->str, "\t", ' ');
    return imap_scan_has(folded->str, folded->len, needle);
}

/* Is the text in a field's value, or in a whole field: unfolded, encoded words decoded? */
static gboolean
imap_scan_value(const char *text, gsize length, const char *needle)
{
    g_autoptr(GString) plain = g_string_sized_new(length);
    g_autofree char *decoded = NULL;
    gboolean words;

    for (gsize i = 0; i < length; i++)
        if (text[i] != '\r' && text[i] != '\n' && text[i] != '\0')
            g_string_append_c(plain, text[i]);
    words = strstr(plain->str, "=?") != NULL;
    if (!words && imap_scan_line(plain->str, plain->len, needle))
        return TRUE;
    if (!words && imap_scan_is_ascii(plain->str, plain->len))
        return FALSE;
    decoded = store_encoded_words(plain->str);
    return imap_scan_line(decoded, strlen(decoded), needle);
}

/* The end of the field that begins at @at: where the next line does not begin with a space. */
static gsize
imap_scan_field_end(const GString *header, gsize at)
{
    do {
        const char *lf = memchr(header->str + at, '\n', header->len - at);

        at = lf == NULL ? header->len : (gsize)(lf + 1 - header->str);
    } while (at < header->len && (header->str[at] == ' ' || header->str[at] == '\t'));
    return at;
}

/* Is the field one of that name (NULL: of any), with the text in it? An empty text is in every one. */
static gboolean
imap_scan_field(const char *field, gsize length, const char *name, const char *needle)
{
    gsize colon = name == NULL ? 0 : strlen(name);

    if (name == NULL)
        return imap_scan_value(field, MIN(length, IMAP_FIELD_MAX), needle);
    if (length <= colon || g_ascii_strncasecmp(field, name, colon) != 0)
        return FALSE;
    while (colon < length && (field[colon] == ' ' || field[colon] == '\t'))
        colon++;
    return colon < length && field[colon] == ':' &&
           imap_scan_value(field + colon + 1, MIN(length - colon - 1, IMAP_FIELD_MAX), needle);
}

/* Some fields of the header at hand. NO: there are no more. */
static ImapMatch
imap_scan_fields(ImapCandidate *candidate, const GString *header, const char *name,
                 const char *needle)
{
    ImapScan *scan = &candidate->scan;
    gsize stop = MIN(header->len, scan->field + IMAP_SCAN_BLOCK);

    while (scan->field < stop) {
        gsize end = imap_scan_field_end(header, scan->field);
        gsize length = end - scan->field;

        if (imap_scan_field(header->str + scan->field, length, name, needle))
            return IMAP_MATCH_YES;
        candidate->spent += length;
        scan->field = end;
    }
    return scan->field < header->len ? IMAP_MATCH_MORE : IMAP_MATCH_NO;
}

static ImapMatch
imap_scan_header_key(ImapCandidate *candidate, const ImapKey *key)
{
    if (candidate->header == NULL) {
        candidate->header = g_string_new(NULL);
        imap_header_read(candidate->store, candidate->mailbox, candidate->entry, candidate->header,
                         NULL);
        candidate->spent += candidate->header->len;
    }
    return imap_scan_fields(candidate, candidate->header, key->field, key->text);
}

/* ---- bodies ---- */

static const char *
imap_scan_charset(const StorePart *part)
{
    for (guint i = 0; i + 1 < part->parameters->len; i += 2)
        if (g_ascii_strcasecmp(g_ptr_array_index(part->parameters, i), "charset") == 0)
            return g_ptr_array_index(part->parameters, i + 1);
    return "utf-8";
}

static void
imap_scan_open_body(ImapScan *scan, const StorePart *part)
{
    const char *charset = imap_scan_charset(part);

    scan->step = IMAP_SCAN_BODY;
    scan->at = part->body;
    scan->end = part->end;
    imap_decoder_start(&scan->decoder, part->encoding);
    scan->raw = g_string_new(NULL);
    scan->text = g_string_new(NULL);
    scan->folded = g_string_new(NULL);
    if (g_ascii_strcasecmp(charset, "utf-8") != 0 && g_ascii_strcasecmp(charset, "us-ascii") != 0)
        scan->convert = g_iconv_open("UTF-8", g_mime_charset_iconv_name(charset));
    if (scan->convert == (GIConv)-1) /* unknown: as it is */
        scan->convert = NULL;
}

/* What has been decoded becomes UTF-8, as far as it is whole. Octets that mean nothing in the charset
 * are passed over. */
static void
imap_scan_convert(ImapScan *scan)
{
    char *from = scan->raw->str;
    gsize left = scan->raw->len;

    if (scan->convert == NULL) {
        g_string_append_len(scan->text, scan->raw->str, (gssize)scan->raw->len);
        g_string_truncate(scan->raw, 0);
        return;
    }
    while (left > 0) {
        char some[4096], *to = some;
        gsize room = sizeof some, before = left;
        gsize result = g_iconv(scan->convert, &from, &left, &to, &room);

        g_string_append_len(scan->text, some, to - some);
        if (result != (gsize)-1 || left == before) {
            if (left < 16) /* the beginning of a character: its other octets come */
                break;
            from++;
            left--;
        }
    }
    g_string_erase(scan->raw, 0, (gssize)(scan->raw->len - left));
}

/* Octets at the end of @text that begin a character and do not end it. */
static gsize
imap_scan_cut(const GString *text)
{
    for (gsize back = 1; back <= 3 && back <= text->len; back++) {
        const char *at = text->str + text->len - back;

        if (((guchar)*at & 0xc0) == 0xc0)
            return g_utf8_get_char_validated(at, (gssize)back) == (gunichar)-2 ? back : 0;
    }
    return 0;
}

/* One block of the body at hand. NO: it has ended. */
static ImapMatch
imap_scan_block(ImapCandidate *candidate, const char *needle)
{
    ImapScan *scan = &candidate->scan;
    g_autoptr(GString) block = g_string_new(NULL);
    gsize want = (gsize)MIN(scan->end - scan->at, IMAP_SCAN_BLOCK), cut, keep = strlen(needle);

    if (!store_entry_read(candidate->store, candidate->mailbox, candidate->entry->uid, scan->at,
                          want, block, NULL))
        return IMAP_MATCH_NO;
    candidate->spent += want;
    scan->at += want;
    imap_decoder_feed(&scan->decoder, block->str, block->len, scan->raw);
    if (scan->at >= scan->end)
        imap_decoder_finish(&scan->decoder, scan->raw);
    imap_scan_convert(scan);
    cut = scan->at < scan->end ? imap_scan_cut(scan->text) : 0;
    imap_scan_fold(scan->folded, scan->text->str, scan->text->len - cut);
    g_string_erase(scan->text, 0, (gssize)(scan->text->len - cut));
    if (imap_scan_has(scan->folded->str, scan->folded->len, needle))
        return IMAP_MATCH_YES;
    if (scan->folded->len > keep)
        g_string_erase(scan->folded, 0, (gssize)(scan->folded->len - keep));
    return scan->at < scan->end ? IMAP_MATCH_MORE : IMAP_MATCH_NO;
}

/* ---- part after part ---- */

/* TEXT looks into the header of each part, those of MIME included (RFC 9051 §6.4.4). */
static void
imap_scan_open_header(ImapCandidate *candidate, const StorePart *part)
{
    ImapScan *scan = &candidate->scan;

    scan->step = IMAP_SCAN_HEADER;
    scan->header = g_string_new(NULL);
    store_entry_read(candidate->store, candidate->mailbox, candidate->entry->uid, part->start,
                     (gsize)MIN(part->body - part->start, IMAP_HEADER_MAX), scan->header, NULL);
}

/* Is the part's body searched? Text is, and a message that is no more than its octets here, such as
 * message/delivery-status; RFC 9051 §6.4.4 lets us leave out all others. What is in a message/rfc822 are
 * parts of their own. */
static gboolean
imap_scan_takes(const StoreIndex *index, guint number)
{
    const char *type = store_index_part(index, number)->type;

    return g_str_equal(type, "text") ||
           (g_str_equal(type, "message") && store_index_child(index, number, 0) < 0);
}

/* The next thing to look at in the message, or the next piece of it. */
static ImapMatch
imap_scan_parts(ImapCandidate *candidate, const ImapKey *key)
{
    ImapScan *scan = &candidate->scan;
    const StoreIndex *index = imap_candidate_index(candidate);
    const StorePart *part;
    guint number = scan->part;
    ImapMatch match = IMAP_MATCH_NO;

    if (index == NULL || number >= store_index_count(index))
        return IMAP_MATCH_NO;
    part = store_index_part(index, number);
    if (scan->step == IMAP_SCAN_BEGIN && key->kind == IMAP_KEY_TEXT)
        imap_scan_open_header(candidate, part);
    if (scan->step == IMAP_SCAN_HEADER)
        match = imap_scan_fields(candidate, scan->header, NULL, key->text);
    else if (scan->step == IMAP_SCAN_BEGIN && imap_scan_takes(index, number))
        imap_scan_open_body(scan, part);
    if (scan->step == IMAP_SCAN_BODY)
        match = imap_scan_block(candidate, key->text);
    if (match != IMAP_MATCH_NO)
        return match;
    if (scan->step == IMAP_SCAN_HEADER && imap_scan_takes(index, number)) {
        imap_scan_clear(scan);
        imap_scan_open_body(scan, part);
        scan->part = number;
        return IMAP_MATCH_MORE;
    }
    imap_scan_clear(scan);
    scan->part = number + 1;
    candidate->spent += 64; /* there may be 10,000 of them */
    return scan->part < store_index_count(index) ? IMAP_MATCH_MORE : IMAP_MATCH_NO;
}

ImapMatch
imap_scan_step(ImapCandidate *candidate, const ImapKey *key)
{
    static gsize ready = 0;

    /* GMime counts its users: the first sets its tables up. */
    if (g_once_init_enter(&ready)) {
        g_mime_init();
        g_once_init_leave(&ready, 1);
    }
    return key->kind == IMAP_KEY_HEADER ? imap_scan_header_key(candidate, key)
                                        : imap_scan_parts(candidate, key);
}
