/* tests/test_storage_index_json.c - the MIME index on its way to the database and back. */
#include "tests/index_scan.h"

static void
test_json(void)
{
    g_test_summary("To the database and back nothing is lost, octets that are no UTF-8 included");
    g_autoptr(StoreIndex) index = scan_text("Subject: caf\xe9 \"x\\y\" \x01 \xc3\xa9\r\n"
                                            "Content-Type: a/b; name=\"q\\\"uote\"\r\n"
                                            "Content-ID: <1@north.example>\r\n"
                                            "Content-Language: de\r\nContent-Location: here\r\n"
                                            "Content-MD5: sum\r\n\r\nbody");
    g_autofree char *json = store_index_to_json(index);
    g_autoptr(StoreIndex) copy = store_index_from_json(json, NULL);
    g_autofree char *again = store_index_to_json(copy);
    g_autofree char *subject = store_index_header(copy, "Subject");

    g_assert_true(g_utf8_validate(json, -1, NULL));
    g_assert_cmpstr(again, ==, json);
    g_assert_cmpstr(subject, ==, "caf\xe9 \"x\\y\" \x01 \xc3\xa9");
    for (const char *at = json; *at != '\0'; at++)
        g_assert_true(*at >= ' ' && *at <= '~');
    g_assert_cmpstr(store_index_part(copy, 0)->id, ==, "<1@north.example>");
    g_assert_cmpstr(store_index_part(copy, 0)->language, ==, "de");
    g_assert_cmpstr(store_index_part(copy, 0)->location, ==, "here");
    g_assert_cmpstr(store_index_part(copy, 0)->md5, ==, "sum");
    g_assert_null(store_index_from_json("[1,2]", NULL));
    g_assert_null(store_index_from_json("{\"headers\":{},\"counts\":{},\"parts\":[]}", NULL));
    /* Cut short or changed in one octet it is refused, or something else; never a crash. */
    for (gsize i = 0; i < strlen(json); i++) {
        g_autofree char *cut = g_strndup(json, i), *changed = g_strdup(json);

        g_assert_null(store_index_from_json(cut, NULL));
        changed[i] = (char)(i % 2 == 0 ? '9' : '"');
        store_index_free(store_index_from_json(changed, NULL));
    }
}

#define FRONT "\"octets\":5,\"headers\":{},\"counts\":{},\"parts\":["
#define LEAF  ",\"text\",\"plain\",\"7BIT\",[],null,null,null,[],null,null,null]"

static void
test_json_refused(void)
{
    /* clang-format off */
    static const char *const refused[] = {
        /* no such parent, no parent but the first's, and none of the first */
        FRONT "[-1,0,2,5,1" LEAF ",[7,0,2,5,1" LEAF "]",
        FRONT "[-1,0,2,5,1" LEAF ",[1,0,2,5,1" LEAF "]",
        FRONT "[-1,0,2,5,1" LEAF ",[-1,0,2,5,1" LEAF "]",
        FRONT "[0,0,2,5,1" LEAF "]",
        /* a body before its header, an end before the body */
        FRONT "[-1,3,2,5,1" LEAF "]",
        FRONT "[-1,0,6,5,1" LEAF "]",
        /* more digits than a number has, a field twice, a type that is null, something behind the end */
        "\"octets\":1234567890123456789,\"headers\":{},\"counts\":{},\"parts\":[[-1,0,2,5,1" LEAF "]",
        "\"octets\":5,\"headers\":{\"To\":\"a\",\"To\":\"b\"},\"counts\":{},\"parts\":[[-1,0,2,5,1" LEAF "]",
        FRONT "[-1,0,2,5,1,null,null,null,[],null,null,null,[],"
        "null,null,null]]",
        FRONT "[-1,0,2,5,1" LEAF "]} ",
    };
    /* clang-format on */
    static const char read[] =
        "{\"octets\":5,\"headers\":{\"To\":\"a\"},\"counts\":{\"To\":1},\"parts\":[[-1,0,2,5,1"
        ",\"text\",\"plain\",\"7BIT\",[\"name\",null],null,null,null,[],null,null,null],[0,2,2,5,"
        "1" LEAF "]}";
    g_autoptr(StoreIndex) index = store_index_from_json(read, NULL);

    g_test_summary("an index that this program would not write is refused, not believed");
    g_assert_nonnull(index);
    g_assert_cmpstr(g_ptr_array_index(store_index_part(index, 0)->parameters, 1), ==, "");
    g_assert_cmpuint(store_index_part(index, 1)->depth, ==, 1);
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *json = g_strdup_printf("{%s}", refused[i]);

        g_assert_null(store_index_from_json(json, NULL));
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/index/json", test_json);
    g_test_add_func("/storage/index/json-refused", test_json_refused);
    return g_test_run();
}
