/* imap/decode.c - a transfer encoding taken off, in whatever portions the octets come (RFC 2045 §6).
 *
 * GMime decodes; here is what it must be told. Tests: tests/test_imap_binary.c
 */
#include "imap/decode.h"

static const char *const imap_plain_encodings[] = { "7BIT", "8BIT", "BINARY" };

static gboolean
imap_decoder_is_plain(const char *encoding)
{
    for (guint i = 0; i < G_N_ELEMENTS(imap_plain_encodings); i++)
        if (g_ascii_strcasecmp(encoding, imap_plain_encodings[i]) == 0)
            return TRUE;
    return FALSE;
}

gboolean
imap_decoder_knows(const char *encoding)
{
    return imap_decoder_is_plain(encoding) || g_ascii_strcasecmp(encoding, "BASE64") == 0 ||
           g_ascii_strcasecmp(encoding, "QUOTED-PRINTABLE") == 0;
}

void
imap_decoder_start(ImapDecoder *decoder, const char *encoding)
{
    decoder->plain = imap_decoder_is_plain(encoding) || !imap_decoder_knows(encoding);
    if (!decoder->plain)
        g_mime_encoding_init_decode(&decoder->state, g_mime_content_encoding_from_string(encoding));
}

void
imap_decoder_feed(ImapDecoder *decoder, const char *raw, gsize length, GString *out)
{
    gsize before = out->len, room;

    if (decoder->plain) {
        g_string_append_len(out, raw, (gssize)length);
        return;
    }
    room = g_mime_encoding_outlen(&decoder->state, length);
    g_string_set_size(out, before + room);
    g_string_set_size(
        out, before + g_mime_encoding_step(&decoder->state, raw, length, out->str + before));
}

void
imap_decoder_finish(ImapDecoder *decoder, GString *out)
{
    gsize before = out->len;

    if (decoder->plain)
        return;
    /* Base64 goes by groups of four. Where the last one lacks its padding, two signs more bring out
     * the octets that are whole in it; behind a whole group they bring out none. */
    if (decoder->state.encoding == GMIME_CONTENT_ENCODING_BASE64) {
        imap_decoder_feed(decoder, "==", 2, out);
        return;
    }
    /* "=4" at the very end begins a number and does not end it: a line end brings it out as it is
     * (RFC 2045 §6.7). A "=" there is a soft line break, whose line end belongs to the boundary. */
    imap_decoder_feed(decoder, "\n", 1, out);
    if (out->len > before)
        g_string_truncate(out, out->len - 1);
}
