/* smtp/filter_text.c - text parts found, decoded and put together.
 *
 *   text/plain; charset=utf-8, base64      decoded, appended   \
 *   image/png                              passed over          >  one text, bounded
 *   text/html, quoted-printable            decoded, appended   /
 *
 * A word that a spammer hides in base64 is found; what is hidden in a picture or an archive is not.
 *
 * Tests: tests/test_smtp_filter.c
 */
#include "smtp/filter_text.h"

#include <gmime/gmime.h>
#include <string.h>

#include "storage/encoded_word.h"

/* GMime counts its users: the first sets its tables up. */
static void
smtp_filter_text_ready(void)
{
    static gsize ready = 0;

    if (g_once_init_enter(&ready)) {
        g_mime_init();
        g_once_init_leave(&ready, 1);
    }
}

static char *
smtp_filter_undo(const StorePart *part, const GString *raw, gsize *length)
{
    GMimeContentEncoding encoding = g_mime_content_encoding_from_string(part->encoding);
    GMimeEncoding state;
    char *out;

    g_mime_encoding_init_decode(&state, encoding);
    out = g_malloc0(g_mime_encoding_outlen(&state, raw->len) + 1);
    *length = g_mime_encoding_flush(&state, raw->str, raw->len, out);
    return out;
}

static const char *
smtp_filter_charset(const StorePart *part)
{
    for (guint i = 0; i + 1 < part->parameters->len; i += 2)
        if (g_ascii_strcasecmp(g_ptr_array_index(part->parameters, i), "charset") == 0)
            return g_ptr_array_index(part->parameters, i + 1);
    return "utf-8";
}

static void
smtp_filter_append(StoreDraft *draft, const StorePart *part, GString *text)
{
    g_autoptr(GString) raw = g_string_new(NULL);
    gsize room = SMTP_FILTER_TEXT_OCTETS - text->len, length, converted = 0;
    g_autofree char *decoded = NULL, *utf8 = NULL;

    if (!store_draft_read(draft, part->body, (gsize)MIN(part->end - part->body, room), raw, NULL))
        return;
    decoded = smtp_filter_undo(part, raw, &length);
    utf8 = g_convert(decoded, (gssize)length, "UTF-8", smtp_filter_charset(part), NULL, &converted,
                     NULL);
    /* An unknown charset, or text that is not in it: as it is. */
    g_string_append_len(text, utf8 != NULL ? utf8 : decoded,
                        (gssize)MIN(utf8 != NULL ? converted : length, room));
    g_string_append_c(text, '\n');
}

char *
smtp_filter_text(StoreDraft *draft)
{
    const StoreIndex *index = store_draft_finish(draft);
    GString *text = g_string_new(NULL);
    guint seen = 0;

    smtp_filter_text_ready();
    for (guint i = 0; i < store_index_count(index) && seen < SMTP_FILTER_TEXT_PARTS; i++) {
        const StorePart *part = store_index_part(index, i);

        if (strcmp(part->type, "text") != 0 || text->len >= SMTP_FILTER_TEXT_OCTETS)
            continue;
        smtp_filter_append(draft, part, text);
        seen++;
    }
    for (gsize i = 0; i < text->len; i++)
        if (text->str[i] == '\0')
            text->str[i] = ' ';
    return g_string_free(text, FALSE);
}

char *
smtp_filter_decode(const char *value)
{
    return store_encoded_words(value);
}
