/* imap/decode.h - a transfer encoding taken off, in whatever portions the octets come (RFC 2045 §6).
 *
 *     imap_decoder_start(&decoder, "BASE64");
 *     imap_decoder_feed(&decoder, raw, length, out);     as often as octets come
 *     imap_decoder_finish(&decoder, out);
 *
 * What is damaged decodes to something: octets that belong to no base64 are passed over, a last group
 * that is not whole gives what it holds, a quoted "=" before what is no number stays.
 */
#ifndef IMAP_DECODE_H
#define IMAP_DECODE_H

#include <gmime/gmime.h>

typedef struct ImapDecoder {
    gboolean plain; /* nothing is to be taken off */
    GMimeEncoding state;
} ImapDecoder;

/* Do we know how? 7BIT, 8BIT, BINARY, QUOTED-PRINTABLE and BASE64, in any case. */
gboolean imap_decoder_knows(const char *encoding);
/* One that we don't know is left as it is. */
void imap_decoder_start(ImapDecoder *decoder, const char *encoding);
void imap_decoder_feed(ImapDecoder *decoder, const char *raw, gsize length, GString *out);
void imap_decoder_finish(ImapDecoder *decoder, GString *out);

#endif
