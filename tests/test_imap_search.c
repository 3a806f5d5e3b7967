/* tests/test_imap_search.c - SEARCH: conversations, and the program its keys become. */
#include "imap/search.h"

#include "tests/imap_reader.h"

static void
test_search(void)
{
    g_test_summary("RFC 3501 §6.4.4: all kinds of keys");
    dialog_play_both("imap-search.txt", &reader_imap_engine, NULL);
}

/* Does an entry with \Seen, of 100 octets, UID 5, match @text? */
static gboolean
matches(const char *text)
{
    StoreEntry entry = {
        .uid = 5, .flags = STORE_SEEN, .keywords = (char *)"work", .modseq = 70, .octets = 100
    };
    ImapCandidate candidate = { .number = 2, .uid = 5, .entry = &entry };
    const char *wrong;
    ImapParse parse;

    imap_parse_start(&parse, text, strlen(text));
    g_autoptr(GPtrArray) program = imap_search_parse(&parse, &wrong);
    g_assert_nonnull(program);
    for (guint i = 0; i < program->len; i++) {
        ImapKey *key = g_ptr_array_index(program, i);

        if (key->set != NULL)
            imap_set_resolve(key->set, 9);
    }
    return imap_search_step(program, &candidate) == IMAP_MATCH_YES;
}

static void
test_logic(void)
{
    g_test_summary(
        "RFC 3501 §6.4.4: keys side by side are AND; NOT and OR take the keys after them");
    g_assert_true(matches("SEEN"));
    g_assert_false(matches("UNSEEN"));
    g_assert_true(matches("SEEN 2 UID 5"));
    g_assert_false(matches("SEEN 3 UID 5"));
    g_assert_true(matches("OR UNSEEN SEEN"));
    g_assert_true(matches("NOT (UNSEEN SEEN)"));
    g_assert_true(matches("OR (UNSEEN) (SEEN LARGER 99)"));
    g_assert_false(matches("OR UNSEEN SEEN LARGER 100"));
    g_assert_true(matches("NOT NOT NOT UNSEEN"));
    g_assert_true(matches("OR OR DRAFT FLAGGED OR SEEN DELETED KEYWORD WORK"));
    g_assert_false(matches("UNSEEN BODY x")); /* the body is not looked at: there is none here */
    g_assert_true(matches("((((SEEN))))"));
}

static void
expect_wrong(const char *text)
{
    const char *wrong = NULL;
    ImapParse parse;

    imap_parse_start(&parse, text, strlen(text));
    g_autoptr(GPtrArray) program = imap_search_parse(&parse, &wrong);
    g_assert_null(program);
    g_assert_nonnull(wrong);
}

static void
test_limits(void)
{
    g_test_summary("nesting and number of keys are limited; nothing recurses");
    g_autofree char *open = g_strnfill(10000, '('), *close = g_strnfill(10000, ')');
    g_autofree char *deep = g_strconcat(open, "SEEN", close, NULL);
    g_autoptr(GString) nots = g_string_new(NULL), many = g_string_new("SEEN");

    expect_wrong(deep);
    for (guint i = 0; i < 5000; i++) {
        g_string_append(nots, "NOT ");
        g_string_append(many, " SEEN");
    }
    g_string_append(nots, "SEEN");
    expect_wrong(nots->str);
    expect_wrong(many->str);
    open[IMAP_NEST_MAX] = close[IMAP_NEST_MAX] = '\0';
    g_autofree char *one_more = g_strconcat(open, "SEEN", close, NULL);
    expect_wrong(one_more);
    open[IMAP_NEST_MAX - 1] = close[IMAP_NEST_MAX - 1] = '\0';
    g_autofree char *fine = g_strconcat(open, "SEEN", close, NULL);
    g_assert_true(matches(fine));
}

static void
test_cut(void)
{
    g_test_summary("a search cut at each octet is a mistake or a search, never a crash");
    static const char whole[] = "OR (FROM \"a b\" NOT 1:3,5) SINCE 1-Feb-1994 HEADER X {3}\r\nabc";

    for (gsize length = 0; length <= strlen(whole); length++) {
        g_autofree char *copy = g_memdup2(whole, length + 1);
        const char *wrong;
        ImapParse parse;

        imap_parse_start(&parse, copy, length);
        g_autoptr(GPtrArray) program = imap_search_parse(&parse, &wrong);
        g_assert_true(length < strlen(whole) || program != NULL);
    }
}

/* ---- texts ---- */

/* Does the third message match @keys? */
static void
expect_found(ReaderWorld *world, const char *keys, gboolean found)
{
    g_autofree char *line = g_strdup_printf("c SEARCH 3 %s\r\n", keys);
    g_autofree char *said = reader_say(world, line);
    const char *expected =
        found ? "* SEARCH 3\r\nc OK SEARCH completed\r\n" : "* SEARCH\r\nc OK SEARCH completed\r\n";

    if (!g_str_equal(said, expected))
        g_error("%s: %s", keys, said);
}

static void
test_charsets(void)
{
    static const struct {
        const char *header, *body, *found;
    } cases[] = {
        { "text/plain; charset=iso-8859-1|quoted-printable", "Der B=E4r br=FCl=\r\nlt",
          "B\303\204R BR\303\234LLT" },
        { "text/plain; charset=ISO-8859-1|8bit", "B\344r", "b\303\244r" },
        { "text/plain; charset=koi8-r|base64", "9O/x69/hLCDNz9LWIQ==\r\n",
          "\320\274\320\276\321\200\320\266" },
        { "text/plain; charset=utf-8|base64", "RGVyIELDpHI=\r\n", "b\303\244r" },
        { "text/plain; charset=iso-2022-jp|7bit", "\033$B%F%9%H\033(B ok",
          "\343\203\206\343\202\271\343\203\210 OK" },
        { "text/plain; charset=windows-1252|8bit", "\223quoted\224",
          "\342\200\234quoted\342\200\235" },
        { "text/plain; charset=x-unknown|7bit", "plain walrus", "WALRUS" },
        { "text/plain; charset=utf-8|8bit", "cut \303 here, walrus", "here, walrus" },
        { "text/plain; charset=us-ascii|8bit", "caf\303\251", "caf\303\251" },
        { "text/plain; format=flowed; charset=iso-8859-1|8bit", "B\344r", "b\303\244r" },
        { "text/plain; charset=utf-8|base64", "d2FscnVzIQ", "walrus!" }, /* without padding */
        { "text/plain; charset=euc-jp|8bit", "no \377 octet of it, and a walrus behind",
          "a walrus" },
        { "text/html; charset=utf-16le|base64", "dwBhAGwAcgB1AHMA\r\n", "walrus" },
    };

    g_test_summary("RFC 9051 §6.4.4: text is compared decoded, whatever its encoding and charset");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) header = g_strsplit(cases[i].header, "|", 2);
        g_autofree char *message =
            g_strdup_printf("Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s",
                            header[0], header[1], cases[i].body);
        g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
        g_autofree char *keys = g_strdup_printf("CHARSET UTF-8 BODY {%u+}\r\n%s",
                                                (guint)strlen(cases[i].found), cases[i].found);
        /* CHARSET comes first. */
        g_autofree char *line = g_strdup_printf("c SEARCH %s 3\r\n", keys);
        reader_expect(world, line, "* SEARCH 3\r\nc OK SEARCH completed\r\n");
        expect_found(world, "BODY nothing-like-it", FALSE);
    }
}

static void
test_headers(void)
{
    static const char message[] =
        "From: =?iso-8859-1?q?J=FCrgen?= <j@north.example>\r\n"
        "To: team: carol@south.example, bob@north.example;\r\n"
        "Cc: =?utf-8?b?w4lsaXNl?=\r\n =?utf-8?b?IE1hcnRpbg==?= <e@north.example>\r\n"
        "Subject: a long\r\n\tsubject\r\n"
        "X-Empty:\r\n"
        "X-Spaced : here\r\n"
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        "--a\r\nContent-Type: text/plain\r\nContent-Description: walrus tusks\r\n\r\nbody text\r\n"
        "--a\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner word\r\n\r\ninner body\r\n"
        "--a\r\nContent-Type: image/gif\r\n\r\nnot searched\r\n--a--\r\n";

    g_test_summary(
        "RFC 9051 §6.4.4: fields unfolded and decoded; TEXT takes MIME headers in, BODY none");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    expect_found(world, "FROM {7+}\r\nJ\303\274rgen", TRUE);
    expect_found(world, "FROM {7+}\r\nJ\303\234RGEN", TRUE);
    expect_found(world, "FROM j@north", TRUE);
    expect_found(world, "CC {13+}\r\n\303\211lise martin", TRUE);
    expect_found(world, "TO bob@NORTH", TRUE);
    expect_found(world, "SUBJECT \"long\tsubject\"", TRUE);
    expect_found(world, "BCC \"\"", FALSE);
    expect_found(world, "HEADER X-Empty \"\"", TRUE);
    expect_found(world, "HEADER X-Empty x", FALSE);
    expect_found(world, "HEADER x-spaced HERE", TRUE);
    expect_found(world, "HEADER X-Absent \"\"", FALSE);
    expect_found(world, "HEADER X- \"\"", FALSE);
    expect_found(world, "HEADER Content-Type multipart", TRUE);
    expect_found(world, "TEXT walrus", TRUE);
    expect_found(world, "TEXT \"inner word\"", TRUE);
    expect_found(world, "TEXT \"x-spaced :\"", TRUE);
    expect_found(world, "TEXT {7+}\r\nj\303\274rgen", TRUE);
    expect_found(world, "BODY \"body text\" BODY \"inner body\"", TRUE);
    expect_found(world, "BODY \"inner body\" BODY \"body text\"", TRUE); /* from the top, each */
    expect_found(world, "BODY walrus", FALSE);
    expect_found(world, "BODY \"inner word\"", FALSE);
    expect_found(world, "BODY \"not searched\"", FALSE);
    expect_found(world, "TEXT \"not searched\"", FALSE);
    expect_found(world, "BODY \"\"", TRUE);
}

static void
test_encoded_words(void)
{
    static const char message[] =
        "Subject: =?utf-8?b?w4Q=?=\r\n =?utf-8?b?w5YgYg==?= =?utf-8?b?w5w=?=\r\n"
        "Comments: one\r\n\ttwo\r\n\r\n";

    g_test_summary(
        "RFC 9051 §6.4.4: encoded words are compared decoded, all of them and only so; a "
        "tab at a fold is a blank, too");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    expect_found(world, "SUBJECT {8+}\r\n\303\204\303\266 B\303\234", TRUE);
    expect_found(world, "SUBJECT utf-8", FALSE);
    expect_found(world, "TEXT w5w", FALSE);
    expect_found(world, "HEADER Comments \"one two\"", TRUE);
    expect_found(world, "HEADER Comments \"one\ttwo\"", TRUE);
    expect_found(world, "BODY \"\"", TRUE);
}

static void
test_message_parts(void)
{
    static const char message[] =
        "Content-Type: multipart/report; boundary=a\r\n\r\n"
        "--a\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Final-Recipient: rfc822; walrus@north.example\r\n"
        "--a\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "U3ViamVjdDogdHVzaw0KDQpvY2Vhbg0K\r\n"
        "--a\r\nContent-Type: application/x-walrus\r\n\r\nflipper\r\n--a--\r\n";

    g_test_summary(
        "RFC 9051 §6.4.4: parts that are no TEXT and no MESSAGE may be left out, others not");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    expect_found(world, "BODY walrus@north", TRUE);
    expect_found(world, "TEXT walrus@north", TRUE);
    expect_found(world, "BODY ocean", TRUE);
    expect_found(world, "TEXT flipper", FALSE);
}

static void
test_no_text(void)
{
    static const char message[] = "Content-Type: image/gif\r\n\r\nnot searched\r\n";

    g_test_summary("RFC 9051 §6.4.4: the empty string is in any body, also where no text is");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    expect_found(world, "BODY \"\"", TRUE);
    expect_found(world, "BODY searched", FALSE);
}

static void
test_keywords(void)
{
    g_test_summary("RFC 9051 §6.4.4: KEYWORD in any case, whole words; flags and their opposites");
    g_autoptr(ReaderWorld) world = reader_selected_with(READER_TEXT, strlen(READER_TEXT));
    g_free(reader_say(world, "s STORE 3 FLAGS.SILENT ($Forwarded work \\Flagged)\r\n"));
    expect_found(world, "KEYWORD $forwarded KEYWORD WORK", TRUE);
    expect_found(world, "KEYWORD wor", FALSE);
    expect_found(world, "UNKEYWORD wor", TRUE);
    expect_found(world, "UNKEYWORD work", FALSE);
    expect_found(world, "FLAGGED UNSEEN UNANSWERED UNDELETED UNDRAFT", TRUE);
    expect_found(world, "OR SEEN OR DELETED OR DRAFT ANSWERED", FALSE);
    expect_found(world, "NOT (UNFLAGGED)", TRUE);
    expect_found(world, "ON 5-Jan-2026 NOT BEFORE 5-Jan-2026 SINCE 5-Jan-2026 BEFORE 6-Jan-2026",
                 TRUE);
    expect_found(world, "SENTON 5-Jan-2026 SENTSINCE 5-Jan-2026 SENTBEFORE 6-Jan-2026", TRUE);
    expect_found(world, "SENTBEFORE 5-Jan-2026", FALSE);
    expect_found(world, "LARGER 294 SMALLER 296", TRUE);
    expect_found(world, "LARGER 295", FALSE);
    expect_found(world, "SMALLER 295", FALSE);
    expect_found(world, "SMALLER 9223372036854775807", TRUE);
    expect_found(world, "UID 3:* 1:*", TRUE);
    expect_found(world, "*", TRUE);
}

static void
test_long_text(void)
{
    g_test_summary(
        "DESIGN §4: 4 MB of text are searched to their end, in slices; a text across blocks, too");
    g_autoptr(GString) message =
        g_string_new("Content-Type: text/plain; charset=iso-8859-1\r\n\r\n");
    g_autoptr(GString) replies = g_string_new(NULL);
    static const char search[] = "c SEARCH BODY walrus\r\n";
    guint slices = 0;

    while (message->len < 4000000)
        g_string_append(message, "fill\344r \r\n");
    g_string_append(message, "WALRUS");
    g_autoptr(ReaderWorld) world = reader_selected_with(message->str, message->len);
    net_buffer_add(world->input, search, strlen(search));
    while (reader_input(world, world->input, replies) == NET_MORE)
        slices++;
    g_assert_cmpstr(replies->str, ==, "* SEARCH 2 3\r\nc OK SEARCH completed\r\n");
    g_assert_cmpuint(slices, >, 4000000 / (128 * 1024));
    g_autofree char *across = g_strnfill(3000, 'x');
    for (guint i = 0; i < 40; i++) { /* wherever the block ends */
        g_autofree char *body = g_strnfill(16 * 1024 - 20 + i, 'y');
        g_autofree char *text = g_strconcat("\r\n", body, "walrus\303\251", across, NULL);
        g_autoptr(ReaderWorld) other = reader_selected_with(text, strlen(text));

        expect_found(other, "BODY {8+}\r\nwalrus\303\211", TRUE);
        expect_found(other, "BODY yywalrus", TRUE);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/search/search", test_search);
    g_test_add_func("/imap/search/logic", test_logic);
    g_test_add_func("/imap/search/limits", test_limits);
    g_test_add_func("/imap/search/cut", test_cut);
    g_test_add_func("/imap/search/charsets", test_charsets);
    g_test_add_func("/imap/search/headers", test_headers);
    g_test_add_func("/imap/search/encoded-words", test_encoded_words);
    g_test_add_func("/imap/search/message-parts", test_message_parts);
    g_test_add_func("/imap/search/no-text", test_no_text);
    g_test_add_func("/imap/search/keywords", test_keywords);
    g_test_add_func("/imap/search/long-text", test_long_text);
    return g_test_run();
}
