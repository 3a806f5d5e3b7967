/* smtp/filter_words.c - the words of a rule, one after the other, and what is said where one is
 * wrong.
 *
 *   if header Subject contains "lottery" then junc
 *                                             ^ rules:1:47: an action expected, one of: ...
 *                                               (did you mean junk?)
 *
 * Nothing is read beyond the line's end. Tests: tests/test_smtp_filter_rules.c
 */
#include "smtp/filter_words.h"

#include <string.h>

#include "net/net.h"

#define SMTP_FILTER_WORD_MAX 400 /* a reply's or a header's text must fit its line */

G_DEFINE_QUARK(smtp - filter - error, smtp_filter_error)

gboolean
smtp_filter_wrong(const SmtpFilterReader *reader, GError **error, const char *what)
{
    g_set_error(error, smtp_filter_error_quark(), 0, "%s:%u:%u: %s", reader->name, reader->line,
                (guint)(reader->next - reader->start) + 1, what);
    return FALSE;
}

/* ---- words ---- */

void
smtp_filter_skip(SmtpFilterReader *reader)
{
    reader->next += strspn(reader->next, " \t\r");
}

/* The next word of letters, or a number with its letter. */
char *
smtp_filter_word(SmtpFilterReader *reader)
{
    gsize length;
    char *word;

    smtp_filter_skip(reader);
    length = strcspn(reader->next, " \t\r\"#");
    word = g_strndup(reader->next, length);
    reader->next += length;
    return word;
}

/* What differs when both are laid side by side, from the front and from the end: rough, but it
 * finds a letter that is missing, doubled or wrong. */
static gsize
smtp_filter_distance(const char *a, const char *b)
{
    gsize length_a = strlen(a), length_b = strlen(b), front = 0, back = 0;

    while (front < MIN(length_a, length_b) && g_ascii_tolower(a[front]) == b[front])
        front++;
    while (front + back < MIN(length_a, length_b) &&
           g_ascii_tolower(a[length_a - 1 - back]) == b[length_b - 1 - back])
        back++;
    return MAX(length_a, length_b) - front - back;
}

/* "a test expected, one of: header, sender (did you mean sender?)". */
static char *
smtp_filter_expected(const char *word, const char *const *words, const char *what)
{
    g_autofree char *list = g_strjoinv(", ", (char **)words);
    const char *best = NULL;
    gsize least = 3; /* letters: what differs more was not meant */

    for (guint i = 0; *word != '\0' && words[i] != NULL; i++) {
        gsize distance = smtp_filter_distance(word, words[i]);

        if (distance < MIN(least, strlen(words[i]))) {
            best = words[i];
            least = distance;
        }
    }
    return g_strdup_printf("%s expected, one of: %s%s%s%s", what, list,
                           best != NULL ? " (did you mean " : "", best != NULL ? best : "",
                           best != NULL ? "?)" : "");
}

/* Reads one of @words and writes its place; @what names them for people. */
gboolean
smtp_filter_choice(SmtpFilterReader *reader, const char *const *words, const char *what,
                   guint *choice, GError **error)
{
    SmtpFilterReader before = *reader;
    g_autofree char *word = smtp_filter_word(reader);

    for (guint i = 0; words[i] != NULL; i++)
        if (g_ascii_strcasecmp(word, words[i]) == 0) {
            *choice = i;
            return TRUE;
        }
    smtp_filter_skip(&before);
    g_autofree char *text = smtp_filter_expected(word, words, what);
    return smtp_filter_wrong(&before, error, text);
}

/* "if" and "then" are there for the reader. */
gboolean
smtp_filter_keyword(SmtpFilterReader *reader, const char *keyword, GError **error)
{
    const char *const words[] = { keyword, NULL };
    guint choice;

    return smtp_filter_choice(reader, words, "a keyword", &choice, error);
}

/* "..." in one line, printable, without escapes. NULL: @error. */
char *
smtp_filter_string(SmtpFilterReader *reader, GError **error)
{
    const char *end;
    char *text;

    smtp_filter_skip(reader);
    if (*reader->next != '"') {
        smtp_filter_wrong(reader, error, "a text in double quotes expected");
        return NULL;
    }
    end = strchr(reader->next + 1, '"');
    if (end == NULL || end - reader->next > SMTP_FILTER_WORD_MAX) {
        smtp_filter_wrong(reader, error,
                          end == NULL ? "the quote is not closed"
                                      : "the text is longer than 400 octets");
        return NULL;
    }
    text = g_strndup(reader->next + 1, end - reader->next - 1);
    reader->next = end + 1;
    return text;
}

/* "10M" in octets. */
gboolean
smtp_filter_size(SmtpFilterReader *reader, guint64 *octets, GError **error)
{
    SmtpFilterReader before = *reader;
    g_autofree char *word = smtp_filter_word(reader);
    gsize digits = strspn(word, "0123456789");
    static const char units[] = "KMG";
    const char *unit = word[digits] == '\0' ? NULL : strchr(units, g_ascii_toupper(word[digits]));
    guint shift = unit == NULL ? 0 : 10 * (guint)(unit - units + 1);

    smtp_filter_skip(&before);
    if ((word[digits] != '\0' && (unit == NULL || word[digits + 1] != '\0')) ||
        !net_parse_number(word, (gssize)digits, G_MAXUINT32, octets))
        return smtp_filter_wrong(&before, error, "a size such as 500K or 10M expected");
    *octets <<= shift;
    return TRUE;
}
