/* tests/test_pages_page.c - pages without a browser: they say what the viewer says, they fetch nothing,
 * and a stranger's text stays text.
 *
 * What a browser makes of them: tests/test_pages.py.
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "trace/pages/json.h"
#include "trace/pages/page.h"
#include "trace/viewer/draw.h"

#define REMOTE  "tests/journals/remote.ndjson"
#define HOSTILE "tests/journals/hostile.ndjson"
#define COLUMNS 120
#define ROWS    500

typedef struct Pages {
    GString *html;
    JsonNode *node;
    JsonObject *data;
} Pages;

static Pages
write_page(const char *path, const PageOptions *options)
{
    Pages page = { .html = g_string_new(NULL) };
    g_autoptr(GError) error = NULL;
    const char *begin, *end;

    page_write(path, options, page.html, &error);
    g_assert_no_error(error);
    begin = strstr(page.html->str, "id=\"data\">");
    g_assert_nonnull(begin);
    begin += strlen("id=\"data\">");
    end = strstr(begin, "</script>");
    g_autofree char *json = g_strndup(begin, end - begin);
    page.node = json_from_string(json, &error);
    g_assert_no_error(error);
    page.data = json_node_get_object(page.node);
    return page;
}

static void
clear_page(Pages *page)
{
    g_string_free(page->html, TRUE);
    json_node_unref(page->node);
}

static JsonObject *
page_row(const Pages *page, guint row)
{
    return json_array_get_object_element(json_object_get_array_member(page->data, "rows"), row);
}

static guint
count(const Pages *page, const char *list)
{
    return json_array_get_length(json_object_get_array_member(page->data, list));
}

/* ---- what the panes say ---- */

/* The words of @text, one space between two: lines are broken elsewhere in a browser. */
static void
append_words(GString *words, const char *text)
{
    g_auto(GStrv) parts = g_strsplit_set(text, " \n", -1);

    for (char **part = parts; *part != NULL; part++)
        if (**part != '\0')
            g_string_append_printf(words, "%s ", *part);
}

static char *
page_words(const Pages *page, guint row, guint pane)
{
    GString *words = g_string_new(NULL);
    JsonArray *at = json_array_get_array_element(
        json_object_get_array_member(page_row(page, row), "panes"), pane);
    JsonArray *sheet = json_array_get_array_element(
        json_object_get_array_member(page->data, "sheets"), json_array_get_int_element(at, 0));
    JsonArray *texts = json_object_get_array_member(page->data, "texts");

    for (guint i = 0; i < json_array_get_int_element(at, 1); i++)
        append_words(
            words, 1 + json_array_get_string_element(texts, json_array_get_int_element(sheet, i)));
    return g_string_free(words, FALSE);
}

static char *
viewer_words(const View *view, ViewPane pane)
{
    g_autoptr(ViewScreen) screen = view_screen_new(COLUMNS, ROWS, FALSE);
    ViewBox box = { 0, 0, COLUMNS, ROWS };
    GString *words = g_string_new(NULL);
    g_autofree char *text = NULL;

    view_draw_pane(view, screen, pane, box, 0);
    text = view_screen_text(screen);
    append_words(words, text);
    return g_string_free(words, FALSE);
}

/* The same as in the viewer, row by row. Wire, Changed and Headers cut long lines at the screen's
 * edge, and Code shows more of the source: of those, only journals with short lines are compared. */
static void
compare_panes(const char *path)
{
    static const ViewPane panes[] = { VIEW_WHY, VIEW_WIRE, VIEW_CHANGED, VIEW_RFC };
    PageOptions options = { .sources = view_sources };
    Pages page = write_page(path, &options);
    g_autoptr(ViewModel) model = view_model_open(path, NULL);
    g_autoptr(View) view = NULL;

    while (view_model_read(model, 1 << 20))
        ;
    view = view_new(model);
    view->zoom = TRUE;
    g_assert_cmpuint(count(&page, "rows"), ==, view_track_count(view->track));
    for (guint row = 0; row < view_track_count(view->track); row++) {
        view_go(view, row);
        for (guint i = 0; i < G_N_ELEMENTS(panes); i++) {
            g_autofree char *told = page_words(&page, row, panes[i]);
            g_autofree char *shown = viewer_words(view, panes[i]);

            g_assert_cmpstr(told, ==, shown);
        }
    }
    clear_page(&page);
}

static void
test_panes(void)
{
    g_test_summary("each pane of each event says what the viewer says there");
    compare_panes(REMOTE);
    compare_panes("tests/journals/unknown-user.ndjson");
}

static void
test_code(void)
{
    g_test_summary("Code shows the line that made the event, and what is around it");
    static const ViewSource sources[] = { { "smtp/made_up.c", "one\ntwo\nthree\nfour\n" },
                                          { NULL, NULL } };
    PageOptions options = { .sources = sources };
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "glasspost-pages-code", NULL);
    g_autofree char *code = NULL;

    g_file_set_contents(path,
                        "{\"journal\":1,\"first\":1}\n"
                        "{\"seq\":1,\"time\":\"2026-01-05T09:00:00.000Z\",\"kind\":\"state\","
                        "\"text\":\"t\",\"at\":\"smtp/made_up.c:3:smtp_made_up\"}\n",
                        -1, NULL);
    Pages page = write_page(path, &options);

    code = page_words(&page, 0, VIEW_CODE);
    g_assert_cmpstr(code, ==, "smtp/made_up.c:3 smtp_made_up() 1 one 2 two > 3 three 4 four ");
    clear_page(&page);
    g_unlink(path);
}

/* ---- ladders, messages ---- */

static void
test_ladders(void)
{
    g_test_summary("one ladder for all, one for each message, each in the order of the events");
    PageOptions options = { 0 };
    Pages page = write_page(REMOTE, &options);
    JsonArray *ladders = json_object_get_array_member(page.data, "ladders");

    g_assert_cmpuint(json_array_get_length(ladders), ==, 1 + count(&page, "messages"));
    for (guint i = 0; i < json_array_get_length(ladders); i++) {
        JsonArray *ladder = json_array_get_array_element(ladders, i);
        gint64 before = -1;

        g_assert_cmpuint(json_array_get_length(ladder), >, 20);
        for (guint at = 0; at < json_array_get_length(ladder); at++) {
            JsonArray *row = json_array_get_array_element(ladder, at);

            g_assert_cmpint(json_array_get_int_element(row, 0), >, before);
            before = json_array_get_int_element(row, 0);
            g_assert_cmpint(json_array_get_int_element(row, 1), <, VIEW_LANES);
            g_assert_cmpint(json_array_get_int_element(row, 2), <, VIEW_LANES);
        }
        g_assert_cmpint(before, <, count(&page, "rows"));
    }
    clear_page(&page);
}

static void
test_less(void)
{
    g_test_summary("one message alone, or only what is worth telling");
    PageOptions all = { 0 }, one = { .journey = "j1" }, main_events = { .summary = TRUE };
    Pages pages[] = { write_page(REMOTE, &all), write_page(REMOTE, &one),
                      write_page(REMOTE, &main_events) };

    g_assert_cmpuint(count(&pages[1], "rows"), <, count(&pages[0], "rows"));
    g_assert_cmpuint(count(&pages[1], "ladders"), ==, 1);
    g_assert_cmpuint(count(&pages[2], "rows"), <, count(&pages[0], "rows") / 2);
    for (guint i = 0; i < count(&pages[2], "rows"); i++)
        g_assert_true(json_object_has_member(page_row(&pages[2], i), "worth"));
    for (guint i = 0; i < G_N_ELEMENTS(pages); i++)
        clear_page(&pages[i]);
}

static void
test_asks(void)
{
    g_test_summary("a question is asked before its outcome is told, and has one right choice");
    PageOptions options = { 0 };
    Pages page = write_page(REMOTE, &options);
    JsonArray *asks = json_object_get_array_member(page.data, "asks");

    g_assert_cmpuint(json_array_get_length(asks), >, 5);
    for (guint i = 0; i < json_array_get_length(asks); i++) {
        JsonObject *ask = json_array_get_object_element(asks, i);

        g_assert_cmpint(json_object_get_int_member(ask, "hidden"), <=,
                        json_object_get_int_member(ask, "outcome"));
        g_assert_cmpint(json_object_get_int_member(ask, "right"), <,
                        json_array_get_length(json_object_get_array_member(ask, "choices")));
    }
    clear_page(&page);
}

/* ---- safety ---- */

static guint
count_text(const GString *html, const char *text)
{
    guint found = 0;

    for (const char *p = html->str; (p = strstr(p, text)) != NULL; p += strlen(text))
        found++;
    return found;
}

/* Whoever wrote what: the tags of a page are those of page.html. */
static void
assert_harmless(const Pages *page)
{
    static const char *const fetched[] = { "src=", "@import", "url(", "<iframe", "<img", "fetch(" };

    g_assert_cmpuint(count_text(page->html, "<script"), ==, 2);
    g_assert_cmpuint(count_text(page->html, "</script>"), ==, 2);
    g_assert_cmpuint(count_text(page->html, "<style>"), ==, 1);
    g_assert_cmpuint(count_text(page->html, "\xe2\x80\xa8"), ==, 0);
    /* Beside the data, which is text: */
    const char *data = strstr(page->html->str, "id=\"data\">");
    const char *after = strstr(data, "</script>");

    for (guint i = 0; i < G_N_ELEMENTS(fetched); i++) {
        g_assert_null(g_strstr_len(page->html->str, data - page->html->str, fetched[i]));
        g_assert_null(strstr(after, fetched[i]));
    }
    for (const char *p = page->html->str; *p != '\0'; p++)
        g_assert_true((guchar)*p >= 0x20 || *p == '\n');
    g_assert_true(g_utf8_validate(page->html->str, -1, NULL));
}

static void
test_hostile(void)
{
    g_test_summary("a hostile journal makes a page with no tag of its own");
    PageOptions options = { .sources = view_sources };
    Pages page = write_page(HOSTILE, &options);

    assert_harmless(&page);
    clear_page(&page);
}

static void
test_hostile_texts(void)
{
    g_test_summary("tags, ends of script, line separators, escapes and a long line stay text");
    static const char *const texts[] = {
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!--<script>",
        "]]>",
        "\\u2028 \\u2029 \\u001b[2J",
        "\\\" + alert(1) + \\\"",
        "${alert(1)} {{script}} {{data}}",
        "&lt;b&gt;",
    };
    PageOptions options = { 0 };
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "glasspost-pages-hostile", NULL);
    g_autoptr(GString) journal = g_string_new("{\"journal\":1,\"first\":1,\"world\":\"[scenario]\\n"
                                              "title = </title><script>alert(1)</script>\\n\","
                                              "\"snapshot\":{}}\n");
    g_autofree char *long_line = g_strnfill(1024 * 1024, 'x');
    guint seq = 1;

    for (; seq <= G_N_ELEMENTS(texts); seq++)
        g_string_append_printf(
            journal,
            "{\"seq\":%u,\"time\":\"2026-01-05T09:00:00.000Z\",\"kind\":\"wire\",\"host\":\"%s\","
            "\"session\":\"smtp-1\",\"text\":\"%s\",\"data\":{\"from\":\"client\",\"to\":\"host\","
            "\"label\":\"%s\",\"line\":\"%s\",\"head\":\"Subject: %s\"}}\n",
            seq, texts[seq - 1], texts[seq - 1], texts[seq - 1], texts[seq - 1], texts[seq - 1]);
    g_string_append_printf(journal,
                           "{\"seq\":%u,\"time\":\"2026-01-05T09:00:00.000Z\",\"kind\":\"wire\","
                           "\"text\":\"%s\",\"data\":{\"line\":\"%s\"}}\n",
                           seq, long_line, long_line);
    g_file_set_contents(path, journal->str, (gssize)journal->len, NULL);
    Pages page = write_page(path, &options);

    assert_harmless(&page);
    g_assert_cmpuint(count(&page, "rows"), >=, G_N_ELEMENTS(texts));
    g_assert_cmpstr(json_object_get_string_member(page.data, "title"), ==,
                    "</title><script>alert(1)</script>");
    g_assert_cmpuint(page.html->len, <, 200 * 1024);
    g_assert_nonnull(strstr(json_object_get_string_member(page_row(&page, 0), "note"), texts[0]));
    clear_page(&page);
    g_unlink(path);
}

static void
test_json(void)
{
    g_test_summary("what HTML or JavaScript could take for its own is written by number");
    g_autoptr(GString) out = g_string_new(NULL);

    page_json_text(out, "</a>&\"\\\n\xe2\x80\xa8");
    g_assert_cmpstr(out->str, ==, "\"\\u003c/a\\u003e\\u0026\\u0022\\u005c^J\\u005cu2028\"");
    g_string_truncate(out, 0);
    page_json_text(out, NULL);
    g_assert_cmpstr(out->str, ==, "\"\"");
}

/* The SHA-256 that the policy names is that of what stands between the tags. */
static void
assert_hash(const GString *html, const char *tag, const char *directive)
{
    g_autofree char *open = g_strdup_printf("<%s>", tag);
    g_autofree char *close = g_strdup_printf("</%s>", tag);
    const char *begin = strstr(html->str, open) + strlen(open);
    const char *end = strstr(begin, close);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;

    g_checksum_update(sum, (const guchar *)begin, end - begin);
    g_checksum_get_digest(sum, digest, &length);
    g_autofree char *base64 = g_base64_encode(digest, length);
    g_autofree char *allowed = g_strdup_printf("%s 'sha256-%s'", directive, base64);

    g_assert_nonnull(strstr(html->str, allowed));
}

static void
test_policy(void)
{
    g_test_summary("only this very style and script may run, and nothing may be fetched");
    PageOptions options = { 0 };
    Pages page = write_page(REMOTE, &options);

    assert_hash(page.html, "style", "style-src");
    assert_hash(page.html, "script", "script-src");
    g_assert_nonnull(strstr(page.html->str, "content=\"default-src 'none';"));
    g_assert_null(strstr(page.html->str, "unsafe-"));
    assert_harmless(&page);
    clear_page(&page);
}

/* ---- bounds ---- */

static void
test_long(void)
{
    g_test_summary("of a journal with more events than a page tells, the page says how many");
    PageOptions options = { 0 };
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "glasspost-pages-long", NULL);
    g_autoptr(GString) journal = g_string_new("{\"journal\":1,\"first\":1}\n");

    for (guint seq = 1; seq <= PAGE_ROWS_MAX + 500; seq++)
        g_string_append_printf(journal,
                               "{\"seq\":%u,\"time\":\"2026-01-05T09:00:00.000Z\","
                               "\"kind\":\"state\",\"text\":\"event %u\"}\n",
                               seq, seq);
    g_file_set_contents(path, journal->str, (gssize)journal->len, NULL);
    Pages page = write_page(path, &options);

    g_assert_cmpuint(count(&page, "rows"), ==, PAGE_ROWS_MAX);
    g_assert_cmpint(json_object_get_int_member(page.data, "left_out"), ==, 500);
    clear_page(&page);
    g_unlink(path);
}

/* Appends an event of the message @journey in the session smtp-@journey. */
static void
crowd_event(GString *journal, guint *seq, guint journey, const char *stage)
{
    g_string_append_printf(
        journal,
        "{\"seq\":%u,\"time\":\"2026-01-05T09:00:00.000Z\",\"host\":"
        "\"mx.north.example\",\"stage\":\"%s\",\"kind\":\"decision\",\"journey\":"
        "\"j%u\",\"session\":\"smtp-%u\",\"text\":\"%s of j%u\"}\n",
        ++*seq, stage, journey, journey, stage, journey);
}

static void
test_crowd(void)
{
    g_test_summary(
        "of a crowd, the first messages are told wholly, and the page says which are not");
    PageOptions options = { 0 };
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "glasspost-pages-crowd", NULL);
    g_autoptr(GString) journal = g_string_new("{\"journal\":1,\"first\":1}\n");
    const guint clients = PAGE_ROWS_MAX - 100;
    guint seq = 0;

    for (guint i = 1; i <= clients; i++)
        crowd_event(journal, &seq, i, "sender");
    for (guint i = 1; i <= clients; i++)
        crowd_event(journal, &seq, i, "deliver");
    g_file_set_contents(path, journal->str, (gssize)journal->len, NULL);
    Pages page = write_page(path, &options);

    g_assert_cmpuint(count(&page, "rows"), ==, PAGE_ROWS_MAX);
    g_assert_cmpint(json_object_get_int_member(page.data, "told"), ==, PAGE_ROWS_MAX / 2);
    g_assert_cmpint(json_object_get_int_member(page.data, "of"), ==, clients);
    g_assert_cmpint(json_object_get_int_member(page.data, "left_out"), ==,
                    2 * clients - PAGE_ROWS_MAX);
    clear_page(&page);
    g_unlink(path);
}

static void
test_none(void)
{
    g_test_summary("no journal, no event, no such message: said, and no page");
    PageOptions options = { 0 }, other = { .journey = "j99" };
    g_autofree char *empty = g_build_filename(g_get_tmp_dir(), "glasspost-pages-empty", NULL);
    g_autoptr(GString) html = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    g_file_set_contents(empty, "{\"journal\":1,\"first\":1}\n", -1, NULL);
    g_assert_false(page_write("tests/journals/no-such-file", &options, html, &error));
    g_clear_error(&error);
    g_assert_false(page_write(empty, &options, html, &error));
    g_assert_nonnull(strstr(error->message, "no event"));
    g_clear_error(&error);
    g_assert_false(page_write(REMOTE, &other, html, &error));
    g_assert_nonnull(strstr(error->message, "j99"));
    g_assert_cmpuint(html->len, ==, 0);
    g_unlink(empty);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pages/panes", test_panes);
    g_test_add_func("/pages/code", test_code);
    g_test_add_func("/pages/ladders", test_ladders);
    g_test_add_func("/pages/less", test_less);
    g_test_add_func("/pages/asks", test_asks);
    g_test_add_func("/pages/hostile", test_hostile);
    g_test_add_func("/pages/hostile-texts", test_hostile_texts);
    g_test_add_func("/pages/json", test_json);
    g_test_add_func("/pages/policy", test_policy);
    g_test_add_func("/pages/long", test_long);
    g_test_add_func("/pages/crowd", test_crowd);
    g_test_add_func("/pages/none", test_none);
    return g_test_run();
}
