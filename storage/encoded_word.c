/* storage/encoded_word.c - a header field as its reader sees it (RFC 2047).
 *
 *   =?utf-8?b?R3LDvMOf?= =?utf-8?b?ZQ==?=                  as it came: words, with no blank between them
 *   =?utf-8?q?=47=72=C3=BC=C3=9F?= =?utf-8?q?=65?=         the same octets, spelt for GMime
 *   Grüße                                                  as it is read
 *
 * GMime joins the base64 of neighbouring words before it decodes them, and stops at the first "=", which
 * may stand at the end of each (RFC 2047 §2). So it is given such words in the other encoding.
 *
 * Tests: tests/test_storage_encoded_word.c
 */
#include "storage/encoded_word.h"

#include <gmime/gmime.h>
#include <string.h>

/* Base64's octets in the other encoding, each as "=41". */
static void
store_encoded_word_spell(const char *base64, gsize length, GString *out)
{
    g_autofree guchar *octets = g_malloc(length / 4 * 3 + 6);
    guint save = 0;
    int state = 0;
    gsize count = g_base64_decode_step(base64, length, octets, &state, &save);

    /* Some leave the padding away; behind a whole group it brings out nothing. */
    count += g_base64_decode_step("==", 2, octets + count, &state, &save);
    for (gsize i = 0; i < count; i++)
        g_string_append_printf(out, "=%02X", octets[i]);
}

/* Is there a word in base64 at @text? Then its end; else NULL. *@base64: where its octets begin. */
static const char *
store_encoded_word_end(const char *text, const char **base64)
{
    const char *charset = text + 2, *encoding = charset + strcspn(charset, "? ");
    const char *end;

    if (encoding == charset || encoding[0] != '?' || g_ascii_tolower(encoding[1]) != 'b' ||
        encoding[2] != '?')
        return NULL;
    *base64 = encoding + 3;
    end = *base64 + strcspn(*base64, "? ");
    return end[0] == '?' && end[1] == '=' ? end + 2 : NULL;
}

char *
store_encoded_words_spell(const char *value)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *word, *base64, *end;

    while ((word = strstr(value, "=?")) != NULL) {
        g_string_append_len(out, value, word - value);
        value = word + 2;
        end = store_encoded_word_end(word, &base64);
        if (end == NULL) {
            g_string_append(out, "=?");
            continue;
        }
        g_string_append_len(out, word, base64 - 2 - word);
        g_string_append(out, "q?");
        store_encoded_word_spell(base64, (gsize)(end - 2 - base64), out);
        g_string_append(out, "?=");
        value = end;
    }
    g_string_append(out, value);
    return g_strdup(out->str);
}

char *
store_encoded_words(const char *value)
{
    static gsize ready = 0;
    g_autofree char *spelt = NULL;

    if (strstr(value, "=?") == NULL && g_str_is_ascii(value)) /* as most are */
        return g_strdup(value);
    spelt = store_encoded_words_spell(value);

    /* GMime counts its users: the first sets its tables up. */
    if (g_once_init_enter(&ready)) {
        g_mime_init();
        g_once_init_leave(&ready, 1);
    }
    return g_mime_utils_header_decode_text(NULL, spelt);
}
