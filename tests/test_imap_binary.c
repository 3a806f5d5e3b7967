/* tests/test_imap_binary.c - BINARY: parts without their transfer encoding. */
#include "imap/decode.h"
#include "tests/imap_reader.h"

static char *
decode(const char *encoding, const char *raw, gsize portion)
{
    ImapDecoder decoder;
    GString *out = g_string_new(NULL);

    imap_decoder_start(&decoder, encoding);
    for (gsize at = 0; at < strlen(raw); at += portion)
        imap_decoder_feed(&decoder, raw + at, MIN(portion, strlen(raw) - at), out);
    imap_decoder_finish(&decoder, out);
    return g_string_free(out, FALSE);
}

static void
test_decode(void)
{
    g_test_summary(
        "RFC 2045 §6: what is damaged decodes to what can be read of it, cut as it may be");
    static const struct {
        const char *encoding, *raw, *decoded;
    } cases[] = {
        { "BASE64", "VGhlIHdhbHJ1cw==", "The walrus" },
        { "base64", "VGhl\r\nIHdh\r\nbHJ1cw==\r\n", "The walrus" },
        { "BASE64", "VGhlIHdhbHJ1cw", "The walrus" },     /* its padding is missing */
        { "BASE64", "VGhl!IHd%hbHJ1cw==", "The walrus" }, /* what belongs to no base64 is between */
        { "BASE64", "VGhlIHdhbHJ1c", "The walru" },
        { "BASE64", "====", "" },
        { "BASE64", "", "" },
        { "QUOTED-PRINTABLE", "caf=C3=A9 =\r\nau lait=3D", "caf\303\251 au lait=" },
        { "QUOTED-PRINTABLE", "50=% =XY", "50=% =XY" },
        { "QUOTED-PRINTABLE", "a=4", "a=4" }, /* a number that is cut off */
        { "QUOTED-PRINTABLE", "a\r\nb=", "a\r\nb" },
        { "7BIT", "a=20b", "a=20b" },
        { "8bit", "\303\251", "\303\251" },
        { "X-WALRUS", "a=20b", "a=20b" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (gsize portion = 1; portion <= 20; portion++) {
            g_autofree char *found = decode(cases[i].encoding, cases[i].raw, portion);

            g_assert_cmpstr(found, ==, cases[i].decoded);
        }
    }
    g_assert_true(imap_decoder_knows("Binary"));
    g_assert_false(imap_decoder_knows("X-WALRUS"));
    g_assert_false(imap_decoder_knows(""));
}

static void
test_dialog(void)
{
    g_test_summary(
        "RFC 3516 §4.2: BINARY, BINARY.PEEK, BINARY.SIZE, pieces, parts that are not there");
    dialog_play_both("imap-binary.txt", &reader_imap_engine, NULL);
}

#define TYPED(type, encoding, body)                                                                \
    "MIME-Version: 1.0\r\nContent-Type: " type "\r\nContent-Transfer-Encoding: " encoding          \
    "\r\n\r\n" body

static void
test_unknown(void)
{
    static const char message[] = TYPED("text/plain", "x-walrus", "tusk\r\n");

    g_test_summary("RFC 3516 §4.3: an encoding that nobody knows is NO with UNKNOWN-CTE");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    reader_expect(world, "c FETCH 3 (FLAGS BINARY[1])\r\n",
                  "c NO [UNKNOWN-CTE] A part is in an encoding that is not known here\r\n");
    /* It was not read, so it is not \Seen; the octets as they are can be had. */
    reader_expect(world, "d FETCH 3 (FLAGS BODY.PEEK[1])\r\n",
                  "* 3 FETCH (FLAGS () BODY[1] {6}\r\ntusk\r\n)\r\nd OK FETCH completed\r\n");
    reader_expect(world, "e FETCH 3 BINARY.SIZE[1]\r\n",
                  "e NO [UNKNOWN-CTE] A part is in an encoding that is not known here\r\n");
    reader_expect(world, "f FETCH 2:3 BINARY.SIZE[1]\r\n",
                  "* 2 FETCH (BINARY.SIZE[1] 19)\r\n"
                  "f NO [UNKNOWN-CTE] A part is in an encoding that is not known here\r\n");
    g_assert_cmpuint(reader_count_events(world, "nobody here knows the encoding X-WALRUS"), ==, 3);
}

static void
test_lines(void)
{
    /* "one\ntwo\r\nthree\n" */
    static const char message[] = TYPED("text/plain", "base64", "b25lCnR3bw0KdGhyZWUK\r\n");

    g_test_summary("RFC 3516 §6: lines of text end with CRLF, however they ended in the encoding");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    reader_expect(world, "c FETCH 3 (BINARY.SIZE[1] BINARY.PEEK[1] BINARY.PEEK[1]<3.4>)\r\n",
                  "* 3 FETCH (BINARY.SIZE[1] 17 BINARY[1] {17}\r\none\r\ntwo\r\nthree\r\n"
                  " BINARY[1]<3> {4}\r\n\r\ntw)\r\nc OK FETCH completed\r\n");
}

/* What BINARY.SIZE and BINARY say of a part: @octets, in base64 as one long line without its padding. */
static void
expect_binary(const char *type, const char *octets, gsize length, const char *expected)
{
    g_autofree char *base64 = g_base64_encode((const guchar *)octets, length);
    g_autofree char *message =
        g_strdup_printf("Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s", type,
                        g_strdelimit(base64, "=", '\0'));
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    g_autofree char *reply = g_strdup_printf("* 3 FETCH (BINARY.SIZE[1] %" G_GSIZE_FORMAT
                                             " BINARY[1] {%" G_GSIZE_FORMAT "}\r\n%s)\r\n"
                                             "c OK FETCH completed\r\n",
                                             strlen(expected), strlen(expected), expected);

    reader_expect(world, "c FETCH 3 (BINARY.SIZE[1] BINARY.PEEK[1])\r\n", reply);
}

static void
test_line_ends(void)
{
    g_autofree char *filler = g_strnfill(12287, 'x'); /* 16 KB of base64 end with the CR */
    g_autofree char *across = g_strconcat(filler, "\r\na\nb", NULL);
    g_autofree char *expected = g_strconcat(filler, "\r\na\r\nb", NULL);

    g_test_summary("RFC 3516 §6: of text alone the line ends are made whole, also across blocks");
    expect_binary("text/plain", across, strlen(across), expected);
    expect_binary("text/plain", "\nab\r", 4, "\r\nab\r");
    expect_binary("application/octet-stream", "a\nb", 3, "a\nb");
    expect_binary("image/gif", "walrus", 6, "walrus");
    expect_binary("image/gif", "walru", 5, "walru");
}

static void
test_nul(void)
{
    static const char message[] =
        TYPED("application/octet-stream", "base64", "YQpiAGM=\r\n"); /* a LF b NUL c */
    static const char fetch[] = "c FETCH 3 (BINARY[1] BINARY[1]<0.3> BINARY.SIZE[1])\r\n";
    static const char expected[] =
        "* 3 FETCH (BINARY[1] ~{5}\r\na\nb\0c BINARY[1]<0> {3}\r\na\nb BINARY.SIZE[1] 5"
        " FLAGS (\\Seen))\r\nc OK FETCH completed\r\n";

    g_test_summary("RFC 3516 §4.3: octets with a NUL among them are a literal8, others a literal");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    g_autoptr(GString) replies = g_string_new(NULL);
    dialog_pump(world->input, fetch, strlen(fetch), reader_input, world, replies);
    g_assert_cmpmem(replies->str, replies->len, expected, sizeof expected - 1);
    /* Behind the NUL there is none. */
    reader_expect(world, "d FETCH 3 BINARY[1]<4.1>\r\n",
                  "* 3 FETCH (BINARY[1]<4> {1}\r\nc)\r\nd OK FETCH completed\r\n");
}

static void
test_nul_in_text(void)
{
    static const char message[] = TYPED("text/plain", "base64", "YQoA\r\n"); /* a LF NUL */

    g_test_summary("RFC 3516 §6: with a NUL in it, it is no text: its octets stay as they are");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    reader_expect(world, "c FETCH 3 (BINARY.SIZE[1] BINARY.PEEK[1]<0.2>)\r\n",
                  "* 3 FETCH (BINARY.SIZE[1] 3 BINARY[1]<0> {2}\r\na\n)\r\n"
                  "c OK FETCH completed\r\n");
}

static void
test_message(void)
{
    static const char message[] =
        "Content-Type: multipart/mixed; boundary=a\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "--a\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n\r\nin\r\n--a--\r\n";

    g_test_summary("RFC 9051 §6.4.5: what holds parts is in no encoding, whatever its header says");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    reader_expect(world,
                  "c FETCH 3 (BINARY.PEEK[1] BINARY.PEEK[1.1] BINARY.SIZE[] BINARY.SIZE[2])\r\n",
                  "* 3 FETCH (BINARY[1] {10}\r\nA: b\r\n\r\nin BINARY[1.1] {2}\r\nin"
                  " BINARY.SIZE[] 172 BINARY.SIZE[2] 0)\r\nc OK FETCH completed\r\n");
}

static void
test_whole(void)
{
    static const char message[] = TYPED("text/plain", "base64", "YWI=\r\n");
    static const char empty[] = "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
                                "Content-Type: multipart/mixed\r\n"
                                "Content-Transfer-Encoding: base64\r\n\r\nYWI=\r\n--a--\r\n";

    g_test_summary("RFC 3516 §4.2: a whole message, or a multipart without parts, is not decoded");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    reader_told(world, reader_add(world, "INBOX", empty, strlen(empty)));
    g_free(reader_say(world, "b NOOP\r\n"));
    reader_expect(world, "c FETCH 3 (RFC822.SIZE BINARY.SIZE[] BINARY.SIZE[1])\r\n",
                  "* 3 FETCH (RFC822.SIZE 124 BINARY.SIZE[] 124 BINARY.SIZE[1] 2)\r\n"
                  "c OK FETCH completed\r\n");
    reader_expect(world, "d FETCH 4 (BINARY.PEEK[1] BINARY.PEEK[1.1])\r\n",
                  "* 4 FETCH (BINARY[1] {4}\r\nYWI= BINARY[1.1] {0}\r\n)\r\n"
                  "d OK FETCH completed\r\n");
}

/* A part of 3,000,000 octets in base64. */
static GString *
big_message(void)
{
    GString *message = g_string_new(TYPED("application/octet-stream", "base64", ""));
    guint8 octets[57];

    for (guint i = 0; i < 3000000 / 57 + 1; i++) {
        g_autofree char *line = NULL;

        memset(octets, (int)('a' + i % 26), sizeof octets);
        line = g_base64_encode(octets, i == 3000000 / 57 ? 3000000 % 57 : sizeof octets);
        g_string_append_printf(message, "%s\r\n", line);
    }
    return message;
}

static void
test_slices(void)
{
    static const char fetch[] = "c FETCH 3 (BINARY.SIZE[1] BINARY.PEEK[1]<2999990.100>)\r\n";

    g_test_summary("DESIGN §4: a big part is decoded in slices, also where little of it is sent");
    g_autoptr(GString) message = big_message(), replies = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = reader_selected_with(message->str, message->len);
    guint slices = 0;

    net_buffer_add(world->input, fetch, strlen(fetch));
    while (reader_input(world, world->input, replies) == NET_MORE)
        slices++;
    g_assert_cmpuint(slices, >, message->len / (64 * 1024));
    g_assert_true(g_str_has_prefix(
        replies->str, "* 3 FETCH (BINARY.SIZE[1] 3000000 BINARY[1]<2999990> {10}\r\n"));
    g_assert_nonnull(reader_find_event(world, "travelled as BASE64"));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/binary/decode", test_decode);
    g_test_add_func("/imap/binary/dialog", test_dialog);
    g_test_add_func("/imap/binary/unknown", test_unknown);
    g_test_add_func("/imap/binary/lines", test_lines);
    g_test_add_func("/imap/binary/line-ends", test_line_ends);
    g_test_add_func("/imap/binary/nul", test_nul);
    g_test_add_func("/imap/binary/nul-in-text", test_nul_in_text);
    g_test_add_func("/imap/binary/message", test_message);
    g_test_add_func("/imap/binary/whole", test_whole);
    g_test_add_func("/imap/binary/slices", test_slices);
    return g_test_run();
}
