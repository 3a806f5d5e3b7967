/* judge/attach_main.c - forty attachments by chance: a message is written around each, read again as
 * any mail program would, and compared with what went in.
 *
 * For each one line beginning with "#" says what was attached; the lines below say what a reader
 * finds. How the student writes it is not looked at: order of the fields, length of the lines and
 * quotes are free, as long as the RFCs allow them.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/message.h"
#include "imap/decode.h"
#include "storage/index.h"
#include "storage/part.h"

#define ATTACHMENTS 40
#define OCTETS_MAX  700

/* A message as it travels, and where its parts lie. */
typedef struct Found {
    const char *octets;
    gsize length;
    StoreIndex *index;
} Found;

/* ---- what is attached ---- */

static const char *const names[] = {
    "point.png",    "two words.png",    "say \"cheese\".png", "back\\slash.png", "50% off.png",
    "Grüße.png",    "Über uns.png",     "naïve; café.png",    "日本語.png",      "it's 10€.png",
    "semi;colon.p", "question?=me.png", "plain.png",          "ein Maß Öl.png",
};

/* Short ones first: their ends are where base64 is difficult. */
static gsize
fill(GRand *chance, guint round, guint8 *octets)
{
    gsize length = round < 8 ? round : (gsize)g_rand_int_range(chance, 0, OCTETS_MAX);

    for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int_range(chance, 0, 256);
    return length;
}

/* ---- what a reader finds ---- */

static void
tell_lines(const Found *found)
{
    guint too_long = 0, not_ascii = 0, line = 0;

    for (gsize i = 0; i < found->length; i++) {
        not_ascii += (guint8)found->octets[i] > 126;
        line = found->octets[i] == '\n' ? 0 : line + 1;
        too_long += line == 999; /* without its CRLF: RFC 5322 §2.1.1 */
    }
    printf("the message: %u octets beyond US-ASCII, %u lines of over 998\n", not_ascii, too_long);
}

/* RFC 2045 §6.8: at most 76 signs a line. */
static void
tell_body_lines(const Found *found, const StorePart *part)
{
    gsize line = 0, longest = 0;

    for (guint64 i = part->body; i < part->end; i++) {
        line = strchr("\r\n", found->octets[i]) != NULL ? 0 : line + 1;
        longest = MAX(longest, line);
    }
    printf("lines of base64: %s\n", longest <= 76 ? "76 signs at most" : "too long");
}

static void
tell_octets(const Found *found, const StorePart *part)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *hash = NULL;
    ImapDecoder decoder;

    imap_decoder_start(&decoder, part->encoding);
    imap_decoder_feed(&decoder, found->octets + part->body, part->end - part->body, out);
    imap_decoder_finish(&decoder, out);
    hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guint8 *)out->str, out->len);
    printf("octets after decoding: %" G_GSIZE_FORMAT ", sha256 %.16s\n", out->len, hash);
}

/* The decoder forgives; other programs need the padding (RFC 2045 §6.8). */
static void
tell_padding(const Found *found, const StorePart *part)
{
    guint signs = 0;

    for (guint64 i = part->body; i < part->end; i++)
        signs += strchr("\r\n", found->octets[i]) == NULL;
    printf("signs: %s\n", signs % 4 == 0 ? "a multiple of four" : "not a multiple of four");
}

static void
tell_part(const Found *found, const StorePart *part)
{
    const char *name = store_part_parameter(part->disposition_parameters, "filename");

    printf("type %s/%s, encoding %s, disposition %s\n", part->type, part->subtype, part->encoding,
           part->disposition != NULL ? part->disposition : "none");
    printf("file name: %s\n", name != NULL ? name : "none");
    tell_body_lines(found, part);
    tell_padding(found, part);
    tell_octets(found, part);
}

static void
tell(const Found *found)
{
    guint count = store_index_count(found->index);
    const char *end = found->length > 4 ? found->octets + found->length - 4 : "";

    tell_lines(found);
    printf("parts in the message: %u\n", count - 1);
    for (guint i = 2; i < count; i++)
        tell_part(found, store_index_part(found->index, i));
    printf("the last boundary: %s\n",
           memcmp(end, "--\r\n", 4) == 0 ? "closes the message" : "missing");
}

static void
attach(GRand *chance, guint round)
{
    static const char *const to[] = { "carol@south.example", NULL };
    guint8 octets[OCTETS_MAX];
    gsize length = fill(chance, round, octets);
    const char *name = names[g_rand_int_range(chance, 0, (gint32)G_N_ELEMENTS(names))];
    AppAttachment attachment = { name, "image/png", octets, length };
    g_autoptr(GBytes) message =
        app_message_write("alice@north.example", to, "A picture", "Look.", &attachment);
    g_autoptr(StoreIndex) index = store_index_new();
    Found found = { .index = index };

    found.octets = g_bytes_get_data(message, &found.length);
    store_index_feed(index, found.octets, found.length);
    store_index_finish(index);
    printf("# %" G_GSIZE_FORMAT " octets, called %s\n", length, name);
    tell(&found);
}

int
main(int argc, char **argv)
{
    GRand *chance = g_rand_new_with_seed(argc > 1 ? (guint32)atoi(argv[1]) : 1);

    setlocale(LC_ALL, "C.UTF-8");
    g_mime_init();
    for (guint round = 0; round < ATTACHMENTS; round++)
        attach(chance, round);
    g_rand_free(chance);
    return 0;
}
