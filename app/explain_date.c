/* app/explain_date.c - the date-time of mail, read leniently:
 *
 *   [Mon,] 5 Jan 2026 10:00:00 +0100 (CET)
 *
 * The name of the day is not compared with the date: a wrong one harms nobody who only looks.
 * Tests: tests/test_app_explain_hops.c
 */
#include "app/explain.h"

#include <string.h>

#include "net/line.h"

#define APP_EXPLAIN_DATE_MAX 200 /* octets; longer is no date */

typedef struct AppExplainZone {
    const char *name;
    int hours;
} AppExplainZone;

/* RFC 5322 §4.3. Any other name, and the letters of the military, are taken as +0000. */
static const AppExplainZone zones[] = {
    { "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 },
    { "MST", -7 }, { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 },
};

/* @text in words; comments, which may be nested, and commas are between words. */
static GStrv
app_explain_date_words(const char *text)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_auto(GStrv) pieces = NULL;
    guint depth = 0;

    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\' && depth > 0 && at[1] != '\0') {
            at++;
            continue;
        }
        if (*at == '(')
            depth++;
        g_string_append_c(plain, depth > 0 || *at == ',' ? ' ' : *at);
        if (*at == ')' && depth > 0)
            depth--;
    }
    pieces = g_strsplit_set(plain->str, " \t", -1);
    for (guint i = 0; pieces[i] != NULL; i++)
        if (*pieces[i] != '\0')
            g_strv_builder_add(words, pieces[i]);
    return g_strv_builder_end(words);
}

static gboolean
app_explain_digits_of(const char *text, gsize least, gsize most, int *number)
{
    gsize length = strlen(text);
    guint64 value;

    if (length < least || length > most || !net_parse_number(text, -1, 9999, &value))
        return FALSE;
    *number = (int)value;
    return TRUE;
}

static gboolean
app_explain_month(const char *word, int *month)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

    for (guint i = 0; i < G_N_ELEMENTS(months); i++)
        if (g_ascii_strcasecmp(months[i], word) == 0) {
            *month = (int)i + 1;
            return TRUE;
        }
    return FALSE;
}

/* Two and three digits are years of the last century, or of ours below 50 (RFC 5322 §4.3). */
static gboolean
app_explain_year(const char *word, int *year)
{
    if (!app_explain_digits_of(word, 2, 4, year))
        return FALSE;
    if (strlen(word) == 2)
        *year += *year < 50 ? 2000 : 1900;
    else if (strlen(word) == 3)
        *year += 1900;
    return *year >= 1900 && *year <= 9998; /* one year of room for the zone */
}

static gboolean
app_explain_time(const char *word, int *hour, int *minute, int *second)
{
    g_auto(GStrv) parts = g_strsplit(word, ":", 4);
    guint count = g_strv_length(parts);

    *second = 0;
    if (count < 2 || count > 3 || !app_explain_digits_of(parts[0], 1, 2, hour) ||
        !app_explain_digits_of(parts[1], 2, 2, minute) ||
        (count == 3 && !app_explain_digits_of(parts[2], 2, 2, second)))
        return FALSE;
    if (*second == 60) /* a leap second; GDateTime has none */
        *second = 59;
    return TRUE;
}

static gboolean
app_explain_zone(const char *word, int *offset_s)
{
    int number;

    *offset_s = 0;
    if (*word == '+' || *word == '-') {
        if (!app_explain_digits_of(word + 1, 4, 4, &number) || number % 100 > 59)
            return FALSE;
        *offset_s = (*word == '-' ? -1 : 1) * (number / 100 * 3600 + number % 100 * 60);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(zones); i++)
        if (g_ascii_strcasecmp(zones[i].name, word) == 0)
            *offset_s = zones[i].hours * 3600;
    return g_ascii_isalpha(*word);
}

gboolean
app_explain_date(const char *text, gint64 *when_s)
{
    g_auto(GStrv) words = NULL;
    g_autoptr(GDateTime) local = NULL;
    int day, month, year, hour, minute, second, offset_s;
    char **word;

    if (strlen(text) > APP_EXPLAIN_DATE_MAX)
        return FALSE;
    words = app_explain_date_words(text);
    word = words;
    if (*word != NULL && g_ascii_isalpha(**word))
        word++; /* the name of the day */
    if (g_strv_length(word) != 5 || !app_explain_digits_of(word[0], 1, 2, &day) ||
        !app_explain_month(word[1], &month) || !app_explain_year(word[2], &year) ||
        !app_explain_time(word[3], &hour, &minute, &second) ||
        !app_explain_zone(word[4], &offset_s))
        return FALSE;
    local = g_date_time_new_utc(year, month, day, hour, minute, second);
    if (local == NULL)
        return FALSE;
    *when_s = g_date_time_to_unix(local) - offset_s;
    return TRUE;
}
