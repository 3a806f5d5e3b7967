/* smtp/filter_words.h - the words of a rule, for smtp/filter_rules.c alone.
 *
 * Each call takes what it reads; on a mistake it sets @error and takes nothing that matters.
 */
#ifndef SMTP_FILTER_WORDS_H
#define SMTP_FILTER_WORDS_H

#include <glib.h>

GQuark smtp_filter_error_quark(void);

/* A line being read. */
typedef struct SmtpFilterReader {
    const char *name; /* of the file */
    guint line;
    const char *start; /* of the line */
    const char *next;  /* what is not read yet */
} SmtpFilterReader;

/* Sets "FILE:LINE:COLUMN: @what". Returns FALSE. */
gboolean smtp_filter_wrong(const SmtpFilterReader *reader, GError **error, const char *what);
void smtp_filter_skip(SmtpFilterReader *reader);
/* The next word of letters, or a number with its letter; "" where there is none. */
char *smtp_filter_word(SmtpFilterReader *reader);
/* One of @words; *@choice is its place. @what names them for people. */
gboolean smtp_filter_choice(SmtpFilterReader *reader, const char *const *words, const char *what,
                            guint *choice, GError **error);
/* "if" and "then". */
gboolean smtp_filter_keyword(SmtpFilterReader *reader, const char *keyword, GError **error);
/* "..." in one line, without escapes, at most 400 octets. NULL: @error. */
char *smtp_filter_string(SmtpFilterReader *reader, GError **error);
/* "10M" in octets. */
gboolean smtp_filter_size(SmtpFilterReader *reader, guint64 *octets, GError **error);

#endif
