/* tests/test_viewer_fields.c - members of a journal line, found without a JSON parser. */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/fields.h"

static const char line[] =
    "{\"seq\":41,\"time\":\"2026-01-05T09:00:00.120Z\",\"host\":\"mx.north\","
    "\"text\":\"a \\\"quoted\\\\\\\" } text\",\"list\":[{\"host\":\"no\"}],"
    "\"data\":{\"label\":\"MAIL\",\"code\":250,\"row\":{\"to\":\"no\"},"
    "\"head\":\"a\\nb\"},\"cause\":40}\n";

static void
test_plain(void)
{
    g_test_summary("members are found at their own level, behind whatever stands before them");
    ViewFields fields;

    g_assert_true(view_fields_scan(&fields, line, strlen(line)));
    g_assert_cmpstr(fields.text[VIEW_FIELD_SEQ], ==, "41");
    g_assert_cmpstr(fields.text[VIEW_FIELD_HOST], ==, "mx.north");
    g_assert_cmpstr(fields.text[VIEW_FIELD_LABEL], ==, "MAIL");
    g_assert_cmpstr(fields.text[VIEW_FIELD_CODE], ==, "250");
    g_assert_cmpstr(fields.text[VIEW_FIELD_CAUSE], ==, "40");
    g_assert_nonnull(fields.text[VIEW_FIELD_HEAD]);
    g_assert_null(fields.text[VIEW_FIELD_TO]);
    g_assert_null(fields.text[VIEW_FIELD_TWIN]);
}

static void
test_left_to_parser(void)
{
    g_test_summary("what is not in the plain form is left to the parser");
    static const char *const lines[] = { "",
                                         "{",
                                         "{}",
                                         "[]",
                                         "{\"seq\":1",
                                         "{\"seq\" :1}",
                                         "{\"seq\":1}x",
                                         "{\"seq\":1,}",
                                         "{\"host\":\"a\\u001b\"}",
                                         "{\"data\":{\"to\":1}",
                                         "{\"list\":[}",
                                         "{\"seq\":1,\"x\":[\x01]}",
                                         "{\"a\":\"\\\"}" };
    ViewFields fields;
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autofree char *deep_list = g_strconcat("{\"a\":", deep, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        g_assert_false(view_fields_scan(&fields, lines[i], strlen(lines[i])));
    g_assert_false(view_fields_scan(&fields, deep_list, strlen(deep_list)));
}

static void
test_cut(void)
{
    g_test_summary("a line cut at any octet, or with any octet changed, does no harm");
    ViewFields fields;

    for (gsize length = 0; length + 1 < strlen(line); length++) {
        g_autofree char *cut = g_memdup2(line, MAX(length, 1));

        g_assert_cmpint(view_fields_scan(&fields, cut, length), ==, length + 2 > strlen(line));
    }
    for (gsize i = 0; i < strlen(line); i++)
        for (guint octet = 0; octet < 256; octet += 5) {
            g_autofree char *other = g_memdup2(line, strlen(line));

            other[i] = (char)octet;
            view_fields_scan(&fields, other, strlen(line));
        }
}

static void
test_room(void)
{
    g_test_summary("more text than there is room for is left to the parser");
    g_autofree char *word = g_strnfill(VIEW_FIELDS_ROOM, 'w');
    g_autofree char *full = g_strdup_printf("{\"host\":\"%s\"}", word);
    ViewFields fields;

    g_assert_false(view_fields_scan(&fields, full, strlen(full)));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/fields/plain", test_plain);
    g_test_add_func("/viewer/fields/left-to-parser", test_left_to_parser);
    g_test_add_func("/viewer/fields/cut", test_cut);
    g_test_add_func("/viewer/fields/room", test_room);
    return g_test_run();
}
