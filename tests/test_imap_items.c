/* tests/test_imap_items.c - what FETCH is asked for. */
#include "imap/items.h"

#include <locale.h>
#include <string.h>

/* The labels of the items of @text, with commas between; NULL: a mistake. */
static char *
labels(const char *text)
{
    ImapParse parse;
    g_autoptr(GString) out = g_string_new(NULL);

    imap_parse_start(&parse, text, strlen(text));
    g_autoptr(GPtrArray) items = imap_items_parse(&parse);
    if (items == NULL || !imap_parse_is_end(&parse))
        return NULL;
    for (guint i = 0; i < items->len; i++) {
        const ImapItem *item = g_ptr_array_index(items, i);

        g_string_append_printf(out, "%s%s%s", i == 0 ? "" : ",", item->label,
                               item->peek ? "?" : "");
    }
    return g_strdup(out->str);
}

static void
expect_labels(const char *text, const char *expected)
{
    g_autofree char *found = labels(text);

    g_assert_cmpstr(found, ==, expected);
}

static void
test_items(void)
{
    g_test_summary("RFC 3501 §6.4.5: items alone, in a list, and the macros");
    expect_labels("FLAGS", "FLAGS");
    expect_labels("(flags Uid rfc822.size)", "FLAGS,UID,RFC822.SIZE");
    expect_labels("all", "FLAGS,INTERNALDATE,RFC822.SIZE,ENVELOPE");
    expect_labels("FULL", "FLAGS,INTERNALDATE,RFC822.SIZE,ENVELOPE,BODY");
    expect_labels("(RFC822 RFC822.HEADER)", "RFC822,RFC822.HEADER?");
    expect_labels("(ALL)", NULL);
    expect_labels("()", NULL);
    expect_labels("(FLAGS", NULL);
    expect_labels("(FLAGS )", NULL);
    expect_labels("FLAGS UID", NULL);
    expect_labels("NONSENSE", NULL);
    expect_labels("", NULL);
}

static void
test_sections(void)
{
    g_test_summary("RFC 3501 §6.4.5: sections, field lists, partials");
    expect_labels("BODY[]", "BODY[]");
    expect_labels("body.peek[1.2.header]", "BODY[1.2.HEADER]?");
    expect_labels("BODY[HEADER.FIELDS (From \"To\" {2}\r\nCc)]",
                  "BODY[HEADER.FIELDS (From To Cc)]");
    expect_labels("BODY[2.HEADER.FIELDS.NOT (\"a b\")]", "BODY[2.HEADER.FIELDS.NOT (\"a b\")]");
    expect_labels("BODY[HEADER.FIELDS (\"\")]", "BODY[HEADER.FIELDS (\"\")]");
    expect_labels("BODY[TEXT]<5.10>", "BODY[TEXT]<5>");
    expect_labels("BODY[1.MIME]", "BODY[1.MIME]");
    expect_labels("BODY[MIME]", NULL);
    expect_labels("BODY[0]", NULL);
    expect_labels("BODY[1.]", NULL);
    expect_labels("BODY[1.2", NULL);
    expect_labels("BODY[]<5>", NULL);
    expect_labels("BODY[]<5.0>", NULL);
    expect_labels("BODY[HEADER.FIELDS ()]", NULL);
    expect_labels("BODY[NONSENSE]", NULL);
    expect_labels("FLAGS[]", NULL);
}

static void
test_limits(void)
{
    g_test_summary("100 items, 101 part numbers, 100 field names are taken, one more is too many");
    g_autoptr(GString) items = g_string_new("(UID"), path = g_string_new("BODY[1"),
                       fields = g_string_new("BODY[HEADER.FIELDS (X");

    for (guint i = 1; i < IMAP_ITEMS_MAX; i++)
        g_string_append(items, " UID");
    for (guint i = 1; i < IMAP_PATH_MAX; i++)
        g_string_append(path, ".1");
    for (guint i = 1; i < IMAP_FIELDS_MAX; i++)
        g_string_append(fields, " X");
    g_autofree char *a = g_strconcat(items->str, ")", NULL);
    g_autofree char *b = g_strconcat(items->str, " UID)", NULL);
    g_autofree char *c = g_strconcat(path->str, "]", NULL);
    g_autofree char *d = g_strconcat(path->str, ".1]", NULL);
    g_autofree char *e = g_strconcat(fields->str, ")]", NULL);
    g_autofree char *f = g_strconcat(fields->str, " X)]", NULL);
    g_autofree char *found_a = labels(a), *found_c = labels(c), *found_e = labels(e);
    g_assert_nonnull(found_a);
    expect_labels(b, NULL);
    g_assert_nonnull(found_c);
    expect_labels(d, NULL);
    g_assert_nonnull(found_e);
    expect_labels(f, NULL);
}

static void
test_filter(void)
{
    g_test_summary("RFC 3501 §6.4.5: HEADER.FIELDS keeps folded lines and the empty one");
    static const char header[] =
        "From: a\r\nX-Long: 1\r\n 2\r\nTo: b\r\nFrom : c\r\nFro: d\r\nnonsense\r\n\r\n";
    ImapParse parse;
    gsize kept;

    imap_parse_start(&parse, "BODY[HEADER.FIELDS (x-long FROM)]", 33);
    g_autoptr(GPtrArray) some = imap_items_parse(&parse);
    imap_parse_start(&parse, "BODY[HEADER.FIELDS.NOT (x-long from)]", 37);
    g_autoptr(GPtrArray) others = imap_items_parse(&parse);
    g_autofree char *a =
        imap_item_filter(g_ptr_array_index(some, 0), header, strlen(header), &kept);
    g_assert_cmpstr(a, ==, "From: a\r\nX-Long: 1\r\n 2\r\nFrom : c\r\n\r\n");
    g_assert_cmpuint(kept, ==, strlen(a));
    g_autofree char *b =
        imap_item_filter(g_ptr_array_index(others, 0), header, strlen(header), &kept);
    g_assert_cmpstr(b, ==, "To: b\r\nFro: d\r\nnonsense\r\n\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/items/items", test_items);
    g_test_add_func("/imap/items/sections", test_sections);
    g_test_add_func("/imap/items/limits", test_limits);
    g_test_add_func("/imap/items/filter", test_filter);
    return g_test_run();
}
