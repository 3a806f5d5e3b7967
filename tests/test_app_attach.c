/* tests/test_app_attach.c - an attachment: what goes in comes out, whatever octets it is made of. */
#include "app/attach.h"

#include <locale.h>
#include <string.h>

#include "imap/decode.h"
#include "storage/index.h"
#include "storage/part.h"

#define BOUNDARY "=_b"
#define HEADER   "Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\n\n"

/* A message of the attachment alone, as it travels. */
static GString *
message_of(const AppAttachment *attachment)
{
    GString *out = g_string_new(HEADER);

    app_attach(out, BOUNDARY, attachment);
    g_string_replace(out, "\n", "\r\n", 0);
    return out;
}

static StoreIndex *
index_of(const GString *message)
{
    StoreIndex *index = store_index_new();

    store_index_feed(index, message->str, message->len);
    store_index_finish(index);
    return index;
}

static GString *
decoded(const GString *message, const StorePart *part)
{
    GString *out = g_string_new(NULL);
    ImapDecoder decoder;

    imap_decoder_start(&decoder, part->encoding);
    imap_decoder_feed(&decoder, message->str + part->body, part->end - part->body, out);
    imap_decoder_finish(&decoder, out);
    return out;
}

static void
expect_same(const guint8 *octets, gsize length, const char *name)
{
    AppAttachment attachment = { name, "image/png", octets, length };
    g_autoptr(GString) message = message_of(&attachment);
    g_autoptr(StoreIndex) index = index_of(message);
    const StorePart *part;

    g_assert_cmpuint(store_index_count(index), ==, 2);
    part = store_index_part(index, 1);
    g_assert_cmpstr(part->subtype, ==, "png");
    g_assert_cmpstr(part->disposition, ==, "attachment");
    g_assert_cmpstr(store_part_parameter(part->disposition_parameters, "filename"), ==, name);
    g_autoptr(GString) back = decoded(message, part);
    g_assert_cmpmem(back->str, back->len, octets, length);
}

static void
test_round_trip(void)
{
    g_test_summary("RFC 2045 §6.8: octets of any value and number come back as they went in");
    guint8 octets[256];

    for (guint i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)(255 - i);
    for (gsize length = 0; length <= sizeof octets; length++)
        expect_same(octets, length, "a.png");
}

static void
test_lines(void)
{
    g_test_summary("RFC 2045 §6.8: no line of base64 has more than 76 signs, and none is wasted");
    static const guint8 octets[57 * 3] = { 0 };
    AppAttachment attachment = { "a.png", "image/png", octets, sizeof octets };
    g_autoptr(GString) message = message_of(&attachment);
    g_auto(GStrv) lines = g_strsplit(message->str, "\r\n", -1);
    guint full = 0;

    for (char **line = lines; *line != NULL; line++) {
        g_assert_cmpuint(strlen(*line), <=, 76);
        full += strlen(*line) == 76;
    }
    g_assert_cmpuint(full, ==, 3);
}

static void
test_names(void)
{
    g_test_summary("RFC 2231 §4: a name of 8-bit letters travels in US-ASCII, and comes back");
    static const char *const names[] = { "a.png",    "two words.png",  "say \"cheese\".png",
                                         "back\\.p", "Grüße.png",      "50%.png",
                                         "日本.png", "Grüße an *.png", "it's ünsafe;.png" };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        AppAttachment attachment = { names[i], "image/png", (const guint8 *)"x", 1 };
        g_autoptr(GString) message = message_of(&attachment);

        g_assert_true(g_str_is_ascii(message->str));
        expect_same((const guint8 *)"x", 1, names[i]);
    }
}

static void
test_hostile_name(void)
{
    g_test_summary("a name with a line end in it ends no line of the header");
    expect_same((const guint8 *)"x", 1, "a\r\nSubject: other");
}

static void
test_types(void)
{
    g_test_summary("RFC 2046 §4: what is not known is application/octet-stream");
    g_assert_cmpstr(app_attach_type("A.PNG"), ==, "image/png");
    g_assert_cmpstr(app_attach_type("a.b"), ==, "application/octet-stream");
    g_assert_cmpstr(app_attach_type("png"), ==, "application/octet-stream");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_mime_init();
    g_test_add_func("/app/attach/round-trip", test_round_trip);
    g_test_add_func("/app/attach/lines", test_lines);
    g_test_add_func("/app/attach/names", test_names);
    g_test_add_func("/app/attach/hostile-name", test_hostile_name);
    g_test_add_func("/app/attach/types", test_types);
    return g_test_run();
}
