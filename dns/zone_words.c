/* dns/zone_words.c - cuts the text of a zone file into entries and words.
 *
 *     @   IN SOA ns hostmaster (      ; one entry of nine words: the parentheses
 *             1 3600 600 86400 60 )   ; make its line ends count as blanks
 *
 * Start reading at dns_zone_words_next(). Tests: tests/test_dns_zone.c
 */
#include "dns/zone_words.h"

#include "net/line.h"

#include <stdarg.h>
#include <string.h>

gboolean
dns_zone_refuse(const DnsZoneWords *words, GError **error, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%u: %s", words->file,
                words->entry_line, what);
    return FALSE;
}

static gboolean
dns_zone_words_end(char c)
{
    return strchr(" \t\r\n();\"", c) != NULL;
}

/* Takes one word, quoted or not. A backslash keeps the next octet from meaning anything. */
static gboolean
dns_zone_words_one(DnsZoneWords *words, GError **error)
{
    gboolean quoted = *words->at == '"';
    const char *start = quoted ? ++words->at : words->at;

    for (; words->at < words->end; words->at++) {
        if (*words->at == '\\' && words->at + 1 < words->end && words->at[1] != '\n')
            words->at++;
        else if (quoted ? *words->at == '"' || *words->at == '\n' : dns_zone_words_end(*words->at))
            break;
    }
    if (words->list->len >= DNS_ZONE_WORDS_MAX)
        return dns_zone_refuse(words, error, "more than %d words in one entry", DNS_ZONE_WORDS_MAX);
    g_ptr_array_add(words->list, g_strndup(start, words->at - start));
    if (!quoted)
        return TRUE;
    if (words->at == words->end || *words->at != '"')
        return dns_zone_refuse(words, error, "a string without its closing quote");
    words->at++;
    return TRUE;
}

static void
dns_zone_words_comment(DnsZoneWords *words)
{
    while (words->at < words->end && *words->at != '\n')
        words->at++;
}

gboolean
dns_zone_words_next(DnsZoneWords *words, GError **error)
{
    gboolean open = FALSE;

    g_ptr_array_set_size(words->list, 0);
    words->entry_line = words->line;
    words->indented = *words->at == ' ' || *words->at == '\t';
    while (words->at < words->end) {
        char c = *words->at;

        if (c == ';') {
            dns_zone_words_comment(words);
            continue;
        }
        if (!strchr(" \t\r\n()", c)) {
            if (!dns_zone_words_one(words, error))
                return FALSE;
            continue;
        }
        words->at++;
        if ((c == '(' && open) || (c == ')' && !open))
            return dns_zone_refuse(words, error, "a parenthesis too many");
        if (c == '(' || c == ')')
            open = c == '(';
        if (c == '\n') {
            words->line++;
            if (!open)
                return TRUE;
        }
    }
    return open ? dns_zone_refuse(words, error, "a parenthesis is never closed") : TRUE;
}

/* ---- what words mean ---- */

gboolean
dns_zone_time(const char *word, guint32 *seconds)
{
    static const struct {
        char unit;
        guint32 seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
    guint64 sum = 0;

    if (*word == '\0')
        return FALSE;
    while (*word != '\0') {
        gsize digits = strspn(word, "0123456789");
        guint64 number;
        gsize i = 0;

        if (!net_parse_number(word, digits, DNS_TTL_MAX, &number))
            return FALSE;
        while (i < G_N_ELEMENTS(units) && units[i].unit != g_ascii_tolower(word[digits]))
            i++;
        if (i == G_N_ELEMENTS(units) && word[digits] != '\0')
            return FALSE;
        sum += number * (word[digits] == '\0' ? 1 : units[i].seconds);
        if (sum > DNS_TTL_MAX)
            return FALSE;
        word += digits + (word[digits] != '\0');
    }
    *seconds = sum;
    return TRUE;
}

char *
dns_zone_string(const char *word)
{
    g_autoptr(GString) string = g_string_new(NULL);

    for (const char *at = word; *at != '\0'; at++) {
        guint64 octet;

        if (*at == '\\' && g_ascii_isdigit(at[1])) {
            if (strspn(at + 1, "0123456789") < 3 || !net_parse_number(at + 1, 3, 255, &octet) ||
                octet == 0)
                return NULL;
            g_string_append_c(string, (char)octet);
            at += 3;
        } else {
            if (*at == '\\' && at[1] != '\0')
                at++;
            g_string_append_c(string, *at);
        }
    }
    return string->len > DNS_STRING_MAX ? NULL : g_string_free(g_steal_pointer(&string), FALSE);
}
