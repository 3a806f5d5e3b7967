/* imap/match.c - does this message match? The little program of SEARCH, run for one message.
 *
 * What costs little (flags, dates, sizes) is in the entry; the header is read once it is asked for;
 * bodies are read part by part, decoded, and forgotten. Matching is without regard to case, in
 * Unicode, encoded words decoded (RFC 3501 §6.4.4).
 *
 * Tests: tests/test_imap_search.c
 */
#include "imap/search.h"

#include <gmime/gmime.h>
#include <string.h>

#define IMAP_HEADER_MAX (1024 * 1024) /* octets of a header that are searched */
#define IMAP_PART_MAX   (1024 * 1024) /* octets of a text part that are searched */

void
imap_candidate_clear(ImapCandidate *candidate)
{
    g_clear_pointer(&candidate->index, store_index_free);
    if (candidate->header != NULL)
        g_string_free(candidate->header, TRUE);
    candidate->header = NULL;
}

static const StoreIndex *
imap_candidate_index(ImapCandidate *candidate)
{
    if (candidate->index == NULL)
        candidate->index =
            store_entry_index(candidate->store, candidate->mailbox, candidate->entry, NULL);
    return candidate->index;
}

static const GString *
imap_candidate_header(ImapCandidate *candidate)
{
    const StoreIndex *index = imap_candidate_index(candidate);

    if (candidate->header != NULL)
        return candidate->header;
    candidate->header = g_string_new(NULL);
    if (index != NULL)
        store_entry_read(candidate->store, candidate->mailbox, candidate->entry, 0,
                         (gsize)MIN(store_index_part(index, 0)->body, IMAP_HEADER_MAX),
                         candidate->header, NULL);
    return candidate->header;
}

/* ---- text ---- */

/* GMime counts its users: the first sets its tables up. */
static void
imap_match_ready(void)
{
    static gsize ready = 0;

    if (g_once_init_enter(&ready)) {
        g_mime_init();
        g_once_init_leave(&ready, 1);
    }
}

/* Is casefolded @needle in @text, which may be anything? */
static gboolean
imap_match_text(const char *text, gsize length, const char *needle)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
    g_autofree char *folded = g_utf8_casefold(valid, -1);

    return strstr(folded, needle) != NULL;
}

/* A header field's value, or all of a header: unfolded, encoded words decoded. */
static gboolean
imap_match_header_text(const char *text, gsize length, const char *needle)
{
    g_autoptr(GString) unfolded = g_string_sized_new(length);
    g_autofree char *decoded = NULL;

    for (gsize i = 0; i < length; i++)
        if (text[i] != '\r' && text[i] != '\n' && text[i] != '\0')
            g_string_append_c(unfolded, text[i]);
    decoded = g_mime_utils_header_decode_text(NULL, unfolded->str);
    return imap_match_text(decoded, strlen(decoded), needle) ||
           imap_match_text(unfolded->str, unfolded->len, needle);
}

/* The end of the field that begins at @at: where the next line does not begin with a space. */
static gsize
imap_match_field_end(const GString *header, gsize at)
{
    do {
        const char *lf = memchr(header->str + at, '\n', header->len - at);

        at = lf == NULL ? header->len : (gsize)(lf + 1 - header->str);
    } while (at < header->len && (header->str[at] == ' ' || header->str[at] == '\t'));
    return at;
}

/* Is there a field of that name that contains the text? An empty text is in every one. */
static gboolean
imap_match_field(const GString *header, const char *name, const char *needle)
{
    gsize length = strlen(name);

    for (gsize at = 0, end; at < header->len; at = end) {
        const char *field = header->str + at;

        end = imap_match_field_end(header, at);
        if (end - at <= length || g_ascii_strncasecmp(field, name, length) != 0)
            continue;
        gsize colon = length;
        while (at + colon < end && (field[colon] == ' ' || field[colon] == '\t'))
            colon++;
        if (at + colon < end && field[colon] == ':' &&
            imap_match_header_text(field + colon + 1, end - at - colon - 1, needle))
            return TRUE;
    }
    return FALSE;
}

/* ---- bodies ---- */

/* Takes the transfer encoding off. */
static char *
imap_match_decode(const StorePart *part, const GString *raw, gsize *length)
{
    GMimeEncoding state;
    GMimeContentEncoding encoding = g_mime_content_encoding_from_string(part->encoding);
    char *out;

    g_mime_encoding_init_decode(&state, encoding);
    out = g_malloc0(g_mime_encoding_outlen(&state, raw->len) + 1);
    *length = g_mime_encoding_flush(&state, raw->str, raw->len, out);
    return out;
}

static const char *
imap_match_charset(const StorePart *part)
{
    for (guint i = 0; part->parameters != NULL && i + 1 < part->parameters->len; i += 2)
        if (g_ascii_strcasecmp(g_ptr_array_index(part->parameters, i), "charset") == 0)
            return g_ptr_array_index(part->parameters, i + 1);
    return "utf-8";
}

static gboolean
imap_match_part(ImapCandidate *candidate, const StorePart *part, const char *needle)
{
    g_autoptr(GString) raw = g_string_new(NULL);
    g_autofree char *decoded = NULL, *text = NULL;
    gsize length, converted = 0;

    if (!store_entry_read(candidate->store, candidate->mailbox, candidate->entry, part->body,
                          (gsize)MIN(part->end - part->body, IMAP_PART_MAX), raw, NULL))
        return FALSE;
    decoded = imap_match_decode(part, raw, &length);
    text = g_convert(decoded, (gssize)length, "UTF-8", imap_match_charset(part), NULL, &converted,
                     NULL);
    /* An unknown charset, or text that is not in it: as it is. */
    if (text == NULL)
        return imap_match_text(decoded, length, needle);
    return imap_match_text(text, converted, needle);
}

/* Parts that are text are searched, others not: RFC 3501 §6.4.4 leaves them out, too. */
static gboolean
imap_match_body(ImapCandidate *candidate, const char *needle)
{
    const StoreIndex *index = imap_candidate_index(candidate);

    for (guint i = 0; index != NULL && i < store_index_count(index); i++) {
        const StorePart *part = store_index_part(index, i);

        if (g_str_equal(part->type, "text") && imap_match_part(candidate, part, needle))
            return TRUE;
    }
    return FALSE;
}

/* ---- the rest ---- */

/* The day of the Date field, whatever its time and zone (RFC 3501 §6.4.4). FALSE: no such day. */
static gboolean
imap_match_sent_day(ImapCandidate *candidate, gint64 *day)
{
    const StoreIndex *index = imap_candidate_index(candidate);
    g_autofree char *value = index == NULL ? NULL : store_index_header(index, "Date");
    GDateTime *date = value == NULL ? NULL : g_mime_utils_header_decode_date(value);
    int year, month, of_month;

    if (date == NULL)
        return FALSE;
    g_date_time_get_ymd(date, &year, &month, &of_month);
    *day = imap_date_to_day(year, month, of_month);
    g_date_time_unref(date);
    return TRUE;
}

static gboolean
imap_match_sent(ImapCandidate *candidate, const ImapKey *key)
{
    gint64 day;

    if (!imap_match_sent_day(candidate, &day))
        return FALSE;
    return key->kind == IMAP_KEY_SENT_BEFORE ? day < key->number
           : key->kind == IMAP_KEY_SENT_ON   ? day == key->number
                                             : day >= key->number;
}

static gint64
imap_match_day(const StoreEntry *entry)
{
    return (entry->date_s - (entry->date_s < 0 ? 86399 : 0)) / 86400;
}

static gboolean
imap_match_keyword(const StoreEntry *entry, const char *word)
{
    g_auto(GStrv) keywords = g_strsplit(entry->keywords, " ", -1);

    for (guint i = 0; keywords[i] != NULL; i++)
        if (g_ascii_strcasecmp(keywords[i], word) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
imap_match_key(ImapCandidate *candidate, const ImapKey *key)
{
    const StoreEntry *entry = candidate->entry;

    switch (key->kind) {
    case IMAP_KEY_CONSTANT: return key->on;
    case IMAP_KEY_FLAG: return ((entry->flags & key->flag) != 0) == key->on;
    case IMAP_KEY_KEYWORD: return imap_match_keyword(entry, key->text) == key->on;
    case IMAP_KEY_HEADER:
        return imap_match_field(imap_candidate_header(candidate), key->field, key->text);
    case IMAP_KEY_BODY: return imap_match_body(candidate, key->text);
    case IMAP_KEY_TEXT: {
        const GString *header = imap_candidate_header(candidate);
        return imap_match_header_text(header->str, header->len, key->text) ||
               imap_match_body(candidate, key->text);
    }
    case IMAP_KEY_BEFORE: return imap_match_day(entry) < key->number;
    case IMAP_KEY_ON: return imap_match_day(entry) == key->number;
    case IMAP_KEY_SINCE: return imap_match_day(entry) >= key->number;
    case IMAP_KEY_SENT_BEFORE:
    case IMAP_KEY_SENT_ON:
    case IMAP_KEY_SENT_SINCE: return imap_match_sent(candidate, key);
    case IMAP_KEY_LARGER: return entry->octets > (guint64)key->number;
    case IMAP_KEY_SMALLER: return entry->octets < (guint64)key->number;
    case IMAP_KEY_UIDS: return imap_set_contains(key->set, entry->uid);
    case IMAP_KEY_NUMBERS: return imap_set_contains(key->set, candidate->number);
    case IMAP_OP_NOT:
    case IMAP_OP_OR:
    case IMAP_OP_AND:
    case IMAP_OP_SKIP: break;
    }
    g_assert_not_reached();
}

gboolean
imap_search_matches(const GPtrArray *program, ImapCandidate *candidate)
{
    gboolean stack[IMAP_STACK_MAX] = { FALSE };
    guint top = 0;

    imap_match_ready();
    for (guint at = 0; at < program->len; at++) {
        const ImapKey *key = g_ptr_array_index(program, at);

        switch (key->kind) {
        case IMAP_OP_NOT: stack[top - 1] = !stack[top - 1]; break;
        case IMAP_OP_OR:
        case IMAP_OP_AND:
            top--;
            stack[top - 1] = key->kind == IMAP_OP_OR ? stack[top - 1] || stack[top]
                                                     : stack[top - 1] && stack[top];
            break;
        case IMAP_OP_SKIP:
            if (!stack[top - 1])
                at = (guint)key->number - 1;
            break;
        default: g_assert(top < IMAP_STACK_MAX); stack[top++] = imap_match_key(candidate, key);
        }
    }
    return stack[0];
}
