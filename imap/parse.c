/* imap/parse.c - the words of a command: atoms, strings, lists, numbers, dates (RFC 9051 §9).
 *
 * Start reading at imap_parse_astring(): most arguments are one.
 * Tests: tests/test_imap_parse.c
 */
#include "imap/parse.h"

#include <string.h>

#include "imap/name.h"
#include "net/line.h"
#include "storage/entry.h"

const char *const imap_months[12] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* clang-format off */
static const struct {
    const char *name;
    guint flag;
} imap_flags[] = {
    { "\\Seen", STORE_SEEN },
    { "\\Answered", STORE_ANSWERED },
    { "\\Flagged", STORE_FLAGGED },
    { "\\Deleted", STORE_DELETED },
    { "\\Draft", STORE_DRAFT },
    { "\\Recent", 0 }, /* may be named, but nobody can set it (RFC 3501 §2.3.2) */
};
/* clang-format on */

void
imap_parse_start(ImapParse *parse, const char *octets, gsize length)
{
    parse->at = octets;
    parse->end = octets + length;
    parse->utf8_names = FALSE;
}

gboolean
imap_parse_is_end(const ImapParse *parse)
{
    return parse->at >= parse->end;
}

gboolean
imap_parse_is_at(const ImapParse *parse, char octet)
{
    return parse->at < parse->end && *parse->at == octet;
}

gboolean
imap_parse_char(ImapParse *parse, char octet)
{
    if (!imap_parse_is_at(parse, octet))
        return FALSE;
    parse->at++;
    return TRUE;
}

gboolean
imap_parse_word(ImapParse *parse, const char *word)
{
    gsize length = strlen(word);

    if ((gsize)(parse->end - parse->at) < length ||
        g_ascii_strncasecmp(parse->at, word, length) != 0)
        return FALSE;
    parse->at += length;
    return TRUE;
}

/* ATOM-CHAR (RFC 9051 §9): everything but blanks, controls, brackets, wildcards and quotes. */
static gboolean
imap_parse_is_atom(char octet)
{
    return octet > ' ' && octet < 0x7f && strchr("(){%*\"\\]", octet) == NULL;
}

/* Takes octets while they are atom characters, or one of @also, and none of @not. */
static char *
imap_parse_run(ImapParse *parse, const char *also, const char * not )
{
    const char *start = parse->at;

    while (parse->at < parse->end && *parse->at != '\0' && strchr(not, *parse->at) == NULL &&
           (imap_parse_is_atom(*parse->at) || strchr(also, *parse->at) != NULL))
        parse->at++;
    return parse->at == start ? NULL : g_strndup(start, parse->at - start);
}

char *
imap_parse_atom(ImapParse *parse)
{
    return imap_parse_run(parse, "", "");
}

/* "a*b" is no tag, and its beginning is nobody's. */
char *
imap_parse_tag(ImapParse *parse)
{
    g_autofree char *tag = imap_parse_run(parse, "]", "+");

    return imap_parse_is_end(parse) || imap_parse_is_at(parse, ' ') ? g_steal_pointer(&tag) : NULL;
}

/* A quoted string: \ takes the sting out of " and \ only. */
static char *
imap_parse_quoted(ImapParse *parse)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const char *at = parse->at + 1;

    for (; at < parse->end && *at != '"'; at++) {
        if (*at == '\\') {
            at++;
            if (at >= parse->end || (*at != '"' && *at != '\\'))
                return NULL;
        }
        if (*at == '\r' || *at == '\n' || *at == '\0')
            return NULL;
        g_string_append_c(text, *at);
    }
    if (at >= parse->end)
        return NULL;
    parse->at = at + 1;
    return g_strdup(text->str);
}

/* "{5}CRLF" and its five octets. */
static char *
imap_parse_literal(ImapParse *parse)
{
    const char *close = memchr(parse->at, '}', parse->end - parse->at);
    guint64 octets;

    if (close == NULL || close - parse->at < 2)
        return NULL;
    gsize digits = close - parse->at - 1 - (close[-1] == '+');
    const char *start = close + 3;
    if (!net_parse_number(parse->at + 1, (gssize)digits, G_MAXUINT32, &octets) ||
        parse->end - start < 0 || (guint64)(parse->end - start) < octets ||
        memcmp(close, "}\r\n", 3) != 0 || memchr(start, '\0', octets) != NULL)
        return NULL;
    parse->at = start + octets;
    return g_strndup(start, octets);
}

char *
imap_parse_string(ImapParse *parse)
{
    if (imap_parse_is_at(parse, '"'))
        return imap_parse_quoted(parse);
    if (imap_parse_is_at(parse, '{'))
        return imap_parse_literal(parse);
    return NULL;
}

char *
imap_parse_astring(ImapParse *parse)
{
    if (imap_parse_is_at(parse, '"') || imap_parse_is_at(parse, '{'))
        return imap_parse_string(parse);
    return imap_parse_run(parse, "]", "");
}

char *
imap_parse_mailbox(ImapParse *parse)
{
    g_autofree char *name = imap_parse_astring(parse);

    if (name == NULL)
        return NULL;
    /* IMAP4rev2: & is a character like any other (RFC 9051 §5.1). */
    return parse->utf8_names ? imap_name_compose(name) : imap_name_to_utf8(name);
}

char *
imap_parse_list_mailbox(ImapParse *parse)
{
    if (imap_parse_is_at(parse, '"') || imap_parse_is_at(parse, '{'))
        return imap_parse_string(parse);
    return imap_parse_run(parse, "]%*", "");
}

gboolean
imap_parse_number(ImapParse *parse, guint64 max, guint64 *number)
{
    const char *start = parse->at;

    while (parse->at < parse->end && g_ascii_isdigit(*parse->at))
        parse->at++;
    return net_parse_number(start, parse->at - start, max, number);
}

/* A number of just so many digits, zeros in front included. */
static gboolean
imap_parse_digits(ImapParse *parse, guint digits, guint64 max, guint64 *number)
{
    const char *start = parse->at;

    return imap_parse_number(parse, max, number) && parse->at - start == (gssize)digits;
}

/* ---- flags ---- */

/* Case makes no difference (RFC 9051 §2.3.2). */
gboolean
imap_parse_add_keyword(GPtrArray *keywords, const char *word)
{
    for (guint i = 0; i < keywords->len; i++)
        if (g_ascii_strcasecmp(g_ptr_array_index(keywords, i), word) == 0)
            return TRUE;
    if (keywords->len >= IMAP_KEYWORDS_MAX)
        return FALSE;
    g_ptr_array_add(keywords, g_strdup(word));
    return TRUE;
}

/* One flag: "\Seen" or a keyword. */
static gboolean
imap_parse_flag(ImapParse *parse, guint *flags, GPtrArray *keywords)
{
    g_autofree char *word = imap_parse_run(parse, "\\", "");

    if (word == NULL)
        return FALSE;
    if (word[0] != '\\')
        return strchr(word, '\\') == NULL && imap_parse_add_keyword(keywords, word);
    for (guint i = 0; i < G_N_ELEMENTS(imap_flags); i++) {
        if (g_ascii_strcasecmp(imap_flags[i].name, word) == 0) {
            *flags |= imap_flags[i].flag;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
imap_parse_flags(ImapParse *parse, gboolean bare, guint *flags, char **keywords)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    gboolean list = imap_parse_char(parse, '(');

    *flags = 0;
    *keywords = NULL;
    if (!list && !bare)
        return FALSE;
    if (!list || !imap_parse_is_at(parse, ')')) {
        do {
            if (!imap_parse_flag(parse, flags, words))
                return FALSE;
        } while (imap_parse_char(parse, ' '));
    }
    if (list && !imap_parse_char(parse, ')'))
        return FALSE;
    g_ptr_array_add(words, NULL);
    *keywords = g_strjoinv(" ", (char **)words->pdata);
    return TRUE;
}

/* ---- dates ---- */

/* Shorter ways exist; this one can be checked by eye: whole
 * years, their leap days, whole months. */
gint64
imap_date_to_day(int year, int month, int day)
{
    static const int before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    int past = year - 1;
    gint64 days = (gint64)past * 365 + past / 4 - past / 100 + past / 400;
    gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    /* 719162 days lie between 0001-01-01 and 1970-01-01. */
    return days - 719162 + before[month - 1] + (leap && month > 2) + day - 1;
}

void
imap_date_from_day(gint64 day, int *year, int *month, int *date)
{
    gint64 guess = 1970 + day / 366;

    while (imap_date_to_day((int)guess + 1, 1, 1) <= day)
        guess++;
    while (imap_date_to_day((int)guess, 1, 1) > day)
        guess--;
    *year = (int)guess;
    *month = 12;
    while (imap_date_to_day(*year, *month, 1) > day)
        *month -= 1;
    *date = (int)(day - imap_date_to_day(*year, *month, 1)) + 1;
}

static int
imap_parse_month(ImapParse *parse)
{
    for (int i = 0; i < 12; i++)
        if (imap_parse_word(parse, imap_months[i]))
            return i + 1;
    return 0;
}

/* "1-Feb-1994" without quotes. */
static gboolean
imap_parse_bare_date(ImapParse *parse, gint64 *day)
{
    const char *start = parse->at;
    guint64 date, year;
    int month, y, m, d;

    if (!imap_parse_number(parse, 31, &date) || parse->at - start > 2 ||
        !imap_parse_char(parse, '-'))
        return FALSE;
    month = imap_parse_month(parse);
    if (month == 0 || !imap_parse_char(parse, '-') || !imap_parse_digits(parse, 4, 9999, &year) ||
        date == 0 || year == 0)
        return FALSE;
    *day = imap_date_to_day((int)year, month, (int)date);
    /* 31-Feb would be a day in March: no such date. */
    imap_date_from_day(*day, &y, &m, &d);
    return d == (int)date && m == month;
}

gboolean
imap_parse_date(ImapParse *parse, gint64 *day)
{
    gboolean quoted = imap_parse_char(parse, '"');

    return imap_parse_bare_date(parse, day) && (!quoted || imap_parse_char(parse, '"'));
}

/* "21:52:25 -0800" after the date. */
static gboolean
imap_parse_time_zone(ImapParse *parse, gint64 *seconds)
{
    guint64 hour, minute, second, zone;
    int sign;

    if (!imap_parse_digits(parse, 2, 23, &hour) || !imap_parse_char(parse, ':') ||
        !imap_parse_digits(parse, 2, 59, &minute) || !imap_parse_char(parse, ':') ||
        !imap_parse_digits(parse, 2, 60, &second) || !imap_parse_char(parse, ' '))
        return FALSE;
    sign = imap_parse_char(parse, '-') ? -1 : imap_parse_char(parse, '+') ? 1 : 0;
    if (sign == 0 || !imap_parse_digits(parse, 4, 1459, &zone) || zone % 100 > 59)
        return FALSE;
    *seconds = (gint64)(hour * 3600 + minute * 60 + second) -
               sign * (gint64)(zone / 100 * 3600 + zone % 100 * 60);
    return TRUE;
}

gboolean
imap_parse_date_time(ImapParse *parse, gint64 *seconds)
{
    gint64 day, time;

    /* date-day-fixed has two places: " 1-Feb" or "11-Feb". Some clients leave the blank out, and
     * "1-Feb" can mean nothing else. */
    if (!imap_parse_char(parse, '"') ||
        (imap_parse_char(parse, ' ') && parse->end - parse->at > 1 && parse->at[1] != '-'))
        return FALSE;
    if (!imap_parse_bare_date(parse, &day) || !imap_parse_char(parse, ' ') ||
        !imap_parse_time_zone(parse, &time) || !imap_parse_char(parse, '"'))
        return FALSE;
    *seconds = day * 86400 + time;
    return TRUE;
}

/* ---- literals announced ---- */

gboolean
imap_parse_announces(const char *line, guint64 *octets, gboolean *plus)
{
    gsize length = strlen(line);
    const char *open = strrchr(line, '{');

    if (open == NULL || length < 3 || line[length - 1] != '}')
        return FALSE;
    const char *digits = open + 1;
    gsize count = strspn(digits, "0123456789");
    *plus = digits[count] == '+';
    if (count == 0 || digits[count + *plus] != '}' || digits + count + *plus + 1 != line + length)
        return FALSE;
    if (!net_parse_number(digits, (gssize)count, G_MAXUINT32, octets))
        *octets = G_MAXUINT64;
    return TRUE;
}
