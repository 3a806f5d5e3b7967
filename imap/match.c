/* imap/match.c - SEARCH's program, run for one message.
 *
 * What costs little (flags, dates, sizes) is in the entry; texts are looked for step by step
 * (imap/scan.c). So the program can stop at any of its keys, and go on there in the next turn of the
 * loop.
 *
 * Start reading at imap_search_step(). Tests: tests/test_imap_search.c
 */
#include "imap/search.h"

#include <string.h>

void
imap_candidate_clear(ImapCandidate *candidate)
{
    imap_scan_clear(&candidate->scan);
    g_clear_pointer(&candidate->index, store_index_free);
    if (candidate->header != NULL)
        g_string_free(candidate->header, TRUE);
    candidate->header = NULL;
}

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

/* Is a key about the message's entry? Then the answer is at hand. */
static gboolean
imap_match_entry(ImapCandidate *candidate, const ImapKey *key)
{
    const StoreEntry *entry = candidate->entry;

    switch (key->kind) {
    case IMAP_KEY_FLAG: return ((entry->flags & key->flag) != 0) == key->on;
    case IMAP_KEY_KEYWORD: return imap_match_keyword(entry, key->text) == key->on;
    case IMAP_KEY_BEFORE: return imap_match_day(entry) < key->number;
    case IMAP_KEY_ON: return imap_match_day(entry) == key->number;
    case IMAP_KEY_SINCE: return imap_match_day(entry) >= key->number;
    case IMAP_KEY_SENT_BEFORE:
    case IMAP_KEY_SENT_ON:
    case IMAP_KEY_SENT_SINCE: return imap_match_sent(candidate, key);
    case IMAP_KEY_LARGER: return entry->octets > (guint64)key->number;
    case IMAP_KEY_SMALLER: return entry->octets < (guint64)key->number;
    case IMAP_KEY_NEW: return candidate->recent && (entry->flags & STORE_SEEN) == 0;
    case IMAP_KEY_MODSEQ: return entry->modseq >= (guint64)key->number;
    default: g_assert_not_reached();
    }
}

static ImapMatch
imap_match_key(ImapCandidate *candidate, const ImapKey *key)
{
    switch (key->kind) {
    case IMAP_KEY_CONSTANT: return key->on ? IMAP_MATCH_YES : IMAP_MATCH_NO;
    case IMAP_KEY_RECENT: return candidate->recent == key->on ? IMAP_MATCH_YES : IMAP_MATCH_NO;
    case IMAP_KEY_UIDS:
        return imap_set_contains(key->set, candidate->uid) ? IMAP_MATCH_YES : IMAP_MATCH_NO;
    case IMAP_KEY_NUMBERS:
        return imap_set_contains(key->set, candidate->number) ? IMAP_MATCH_YES : IMAP_MATCH_NO;
    case IMAP_KEY_HEADER:
    case IMAP_KEY_BODY:
    case IMAP_KEY_TEXT: return imap_scan_step(candidate, key);
    default: return imap_match_entry(candidate, key) ? IMAP_MATCH_YES : IMAP_MATCH_NO;
    }
}

/* What works on the stack. @next: the key after this one. */
static void
imap_match_operator(ImapCandidate *candidate, const ImapKey *key, guint *next)
{
    gboolean *top = &candidate->stack[candidate->top - 1];

    switch (key->kind) {
    case IMAP_OP_NOT: *top = !*top; break;
    case IMAP_OP_OR: top[-1] = top[-1] || top[0]; break;
    case IMAP_OP_AND: top[-1] = top[-1] && top[0]; break;
    case IMAP_OP_SKIP: *next = *top ? *next : (guint)key->number; break;
    default: g_assert_not_reached();
    }
    if (key->kind == IMAP_OP_OR || key->kind == IMAP_OP_AND)
        candidate->top--;
}

gboolean
imap_search_needs_entry(const GPtrArray *program)
{
    for (guint i = 0; i < program->len; i++) {
        ImapKeyKind kind = ((const ImapKey *)g_ptr_array_index(program, i))->kind;

        if (kind != IMAP_KEY_CONSTANT && kind != IMAP_KEY_RECENT && kind != IMAP_KEY_UIDS &&
            kind != IMAP_KEY_NUMBERS && kind < IMAP_OP_NOT)
            return TRUE;
    }
    return FALSE;
}

ImapMatch
imap_search_step(const GPtrArray *program, ImapCandidate *candidate)
{
    while (candidate->at < program->len) {
        const ImapKey *key = g_ptr_array_index(program, candidate->at);
        guint next = candidate->at + 1;

        if (key->kind >= IMAP_OP_NOT) {
            imap_match_operator(candidate, key, &next);
        } else {
            ImapMatch match = imap_match_key(candidate, key);

            if (match == IMAP_MATCH_MORE)
                return match;
            g_assert(candidate->top < IMAP_STACK_MAX);
            candidate->stack[candidate->top++] = match == IMAP_MATCH_YES;
            imap_scan_clear(&candidate->scan);
        }
        candidate->at = next;
    }
    return candidate->stack[0] ? IMAP_MATCH_YES : IMAP_MATCH_NO;
}
