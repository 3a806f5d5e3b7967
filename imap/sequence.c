/* imap/sequence.c - sets of messages: "1,3:5,9:*" (RFC 9051 §9, sequence-set).
 *
 *   5:2,4,*      as it came
 *   2:5,9:9      resolved in a mailbox whose largest number is 9: sorted, no overlaps
 *
 * So a hostile set of 4,000 overlapping ranges costs one sort, and a look-up log n.
 * Tests: tests/test_imap_sequence.c
 */
#include "imap/sequence.h"

#define IMAP_STAR 0 /* no message has number 0, so it can stand for "*" until it is resolved */

typedef struct ImapRange {
    guint32 from, to;
} ImapRange;

struct ImapSet {
    GArray *ranges;
    gboolean saved; /* "$" stands in it (RFC 5182 §2.1) */
};

ImapSet *
imap_set_new(void)
{
    ImapSet *set = g_new0(ImapSet, 1);

    set->ranges = g_array_new(FALSE, FALSE, sizeof(ImapRange));
    return set;
}

static gboolean
imap_set_parse_number(ImapParse *parse, guint32 *number)
{
    guint64 value;

    if (imap_parse_char(parse, '*')) {
        *number = IMAP_STAR;
        return TRUE;
    }
    if (!imap_parse_number(parse, G_MAXUINT32, &value) || value == 0)
        return FALSE;
    *number = (guint32)value;
    return TRUE;
}

ImapSet *
imap_set_parse(ImapParse *parse)
{
    g_autoptr(ImapSet) set = imap_set_new();

    do {
        ImapRange range;

        if (imap_parse_char(parse, '$')) { /* nothing may follow it (RFC 9051 §9) */
            set->saved = TRUE;
            break;
        }
        if (!imap_set_parse_number(parse, &range.from))
            return NULL;
        range.to = range.from;
        if (imap_parse_char(parse, ':') && !imap_set_parse_number(parse, &range.to))
            return NULL;
        g_array_append_val(set->ranges, range);
    } while (imap_parse_char(parse, ','));
    return g_steal_pointer(&set);
}

void
imap_set_free(ImapSet *set)
{
    if (set == NULL)
        return;
    g_array_unref(set->ranges);
    g_free(set);
}

gboolean
imap_set_is_saved(const ImapSet *set)
{
    return set->saved;
}

void
imap_set_add(ImapSet *set, guint32 number)
{
    ImapRange range = { number, number };
    ImapRange *last =
        set->ranges->len == 0 ? NULL : &g_array_index(set->ranges, ImapRange, set->ranges->len - 1);

    if (last != NULL && last->from != IMAP_STAR && last->to != IMAP_STAR &&
        number == last->to + 1 && last->from <= last->to)
        last->to = number;
    else
        g_array_append_val(set->ranges, range);
}

static gint
imap_range_compare(gconstpointer a, gconstpointer b)
{
    guint32 x = ((const ImapRange *)a)->from, y = ((const ImapRange *)b)->from;

    return x < y ? -1 : x > y;
}

void
imap_set_resolve(ImapSet *set, guint32 largest)
{
    guint kept = 0;

    for (guint i = 0; i < set->ranges->len; i++) {
        ImapRange *range = &g_array_index(set->ranges, ImapRange, i);
        guint32 from = range->from == IMAP_STAR ? largest : range->from;
        guint32 to = range->to == IMAP_STAR ? largest : range->to;

        *range = (ImapRange){ MIN(from, to), MAX(from, to) };
    }
    g_array_sort(set->ranges, imap_range_compare);
    for (guint i = 1; i < set->ranges->len; i++) {
        ImapRange *last = &g_array_index(set->ranges, ImapRange, kept);
        ImapRange *next = &g_array_index(set->ranges, ImapRange, i);

        if (next->from <= last->to)
            last->to = MAX(last->to, next->to);
        else
            g_array_index(set->ranges, ImapRange, ++kept) = *next;
    }
    if (set->ranges->len > 0)
        g_array_set_size(set->ranges, kept + 1);
}

guint32
imap_set_next(const ImapSet *set, guint32 number)
{
    guint low = 0, high = set->ranges->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(set->ranges, ImapRange, middle).to < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == set->ranges->len)
        return 0;
    return MAX(number, g_array_index(set->ranges, ImapRange, low).from);
}

gboolean
imap_set_contains(const ImapSet *set, guint32 number)
{
    return number > 0 && imap_set_next(set, number) == number;
}

guint32
imap_set_largest(const ImapSet *set)
{
    if (set->ranges->len == 0)
        return 0;
    return g_array_index(set->ranges, ImapRange, set->ranges->len - 1).to;
}

guint32
imap_set_single(const ImapSet *set)
{
    const ImapRange *range;

    if (set->ranges->len != 1)
        return 0;
    range = &g_array_index(set->ranges, ImapRange, 0);
    return range->from == range->to ? range->from : 0;
}

/* Without printf, which takes long: a search may find 100,000 of them. */
void
imap_set_write_number(GString *out, guint32 number)
{
    char digits[10];
    gsize at = sizeof digits;

    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    g_string_append_len(out, digits + at, (gssize)(sizeof digits - at));
}

void
imap_set_write(GString *out, const GArray *numbers)
{
    for (guint i = 0; i < numbers->len;) {
        guint last = i;

        while (last + 1 < numbers->len && g_array_index(numbers, guint32, last + 1) ==
                                              g_array_index(numbers, guint32, last) + 1)
            last++;
        if (i > 0)
            g_string_append_c(out, ',');
        imap_set_write_number(out, g_array_index(numbers, guint32, i));
        if (last > i) {
            g_string_append_c(out, ':');
            imap_set_write_number(out, g_array_index(numbers, guint32, last));
        }
        i = last + 1;
    }
}
