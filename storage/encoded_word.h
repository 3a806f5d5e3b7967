/* storage/encoded_word.h - a header field as its reader sees it (RFC 2047). */
#ifndef STORAGE_ENCODED_WORD_H
#define STORAGE_ENCODED_WORD_H

#include <glib.h>

/* @value, an unfolded field, with its encoded words decoded, in UTF-8. What cannot be decoded stays as
 * it is; 8-bit octets that are no UTF-8 are taken for Latin-1. */
char *store_encoded_words(const char *value);

/* The same text, with no word in base64 left: each is spelt in the other encoding. For who gives it to
 * GMime himself. */
char *store_encoded_words_spell(const char *value);

#endif
