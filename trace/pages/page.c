/* trace/pages/page.c - puts a page together: page.html with its gaps filled (see page.h).
 *
 *   {{title}}   text                       {{style}}   page.css       {{data}}    the block of JSON
 *   {{policy}}  what the browser may do    {{script}}  *.js           {{language}}
 *
 * The policy names style and script by their SHA-256, so that no other could run, whoever wrote what
 * stands in the mail; and as it allows no source at all, nothing can be fetched.
 * Tests: tests/test_pages_page.c, tests/test_pages.py (in a browser)
 */
#include "trace/pages/page.h"

#include <string.h>

#include "trace/pages/tell.h"
#include "trace/redact.h"
#include "trace/words.h"

/* So much of the journal is read at once. */
#define PAGE_PIECE (1 << 20)
/* Entries that are read at most: enough for the rows, and for what belongs to none. */
#define PAGE_ENTRIES_MAX (100 * 1000)

/* ---- the data ---- */

static gboolean
page_open(Page *page, const char *path, GError **error)
{
    page->model = view_model_open(path, error);
    if (page->model == NULL)
        return FALSE;
    while (view_model_count(page->model) < PAGE_ENTRIES_MAX &&
           view_model_read(page->model, PAGE_PIECE))
        ;
    if (view_model_count(page->model) == 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no event in it", path);
        return FALSE;
    }
    page->view = view_new(page->model);
    page->view->sources = page->options->sources;
    page->view->zoom = TRUE; /* all that a pane has to say */
    view_show(page->view, view_track_new(page->model, page->options->journey));
    if (page->options->journey != NULL &&
        view_model_message_of(page->model, page->options->journey) == NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: there is no message %s", path,
                    page->options->journey);
        return FALSE;
    }
    page->view->cursor = page->view->stand = 0;
    return TRUE;
}

static void
page_free_string(gpointer string)
{
    g_string_free(string, TRUE);
}

static void
page_close(Page *page)
{
    view_free(page->view);
    view_model_free(page->model);
    page_texts_free(page->texts);
    g_array_unref(page->rows);
    g_hash_table_unref(page->numbers);
    g_ptr_array_unref(page->hosts);
    g_ptr_array_unref(page->results);
    g_ptr_array_unref(page->last_word);
}

static char *
page_data(Page *page)
{
    GString *out = g_string_new("{");

    page_tell_rows(page, out);
    page_tell_asks(page, out);
    page_tell_messages(page, out);
    page_tell_ladders(page, out);
    page_tell_setting(page, out);
    page_texts_json(page->texts, out);
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}

/* ---- the page ---- */

/* "'sha256-...'" of what stands between two tags. */
static char *
page_hash(const char *text)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;
    g_autofree char *base64 = NULL;

    g_checksum_update(sum, (const guchar *)text, -1);
    g_checksum_get_digest(sum, digest, &length);
    base64 = g_base64_encode(digest, length);
    return g_strdup_printf("'sha256-%s'", base64);
}

/* All scripts of the table as one, in its order. */
static char *
page_script(void)
{
    GString *script = g_string_new(NULL);

    for (const ViewSource *asset = page_assets; asset->path != NULL; asset++)
        if (g_str_has_suffix(asset->path, ".js"))
            g_string_append(script, asset->text);
    return g_string_free(script, FALSE);
}

static char *
page_policy(void)
{
    g_autofree char *script = page_script();
    g_autofree char *script_hash = page_hash(script);
    g_autofree char *style_hash = page_hash(view_source_find(page_assets, "trace/pages/page.css"));

    return g_strdup_printf("default-src 'none'; style-src %s; script-src %s; img-src data:; "
                           "base-uri 'none'; form-action 'none'",
                           style_hash, script_hash);
}

static char *
page_title(const Page *page)
{
    g_autofree char *told = page_scenario(page, "title");
    g_autoptr(GString) safe = g_string_new(NULL);

    trace_safe_append(safe, told == NULL ? _("A journey through mail servers") : told, -1, 300,
                      FALSE);
    return g_markup_escape_text(safe->str, -1);
}

/* What fills the gap of that name; to be freed. */
static char *
page_gap(Page *page, const char *name)
{
    if (g_str_equal(name, "title"))
        return page_title(page);
    if (g_str_equal(name, "language"))
        return g_strdup(words_language());
    if (g_str_equal(name, "policy"))
        return page_policy();
    if (g_str_equal(name, "style"))
        return g_strdup(view_source_find(page_assets, "trace/pages/page.css"));
    if (g_str_equal(name, "script"))
        return page_script();
    return page_data(page);
}

/* What is filled in is not looked at again: it may hold braces of its own. */
static void
page_fill(Page *page, GString *out)
{
    g_auto(GStrv) parts =
        g_strsplit(view_source_find(page_assets, "trace/pages/page.html"), "{{", -1);

    g_string_append(out, parts[0]);
    for (guint i = 1; parts[i] != NULL; i++) {
        const char *end = strstr(parts[i], "}}");
        g_autofree char *name = g_strndup(parts[i], end - parts[i]);
        g_autofree char *text = page_gap(page, name);

        g_string_append(out, text);
        g_string_append(out, end + strlen("}}"));
    }
}

gboolean
page_write(const char *path, const PageOptions *options, GString *out, GError **error)
{
    Page page = {
        .options = options,
        .texts = page_texts_new(),
        .rows = g_array_new(FALSE, FALSE, sizeof(guint)),
        .numbers = g_hash_table_new(g_direct_hash, g_direct_equal),
        .hosts = g_ptr_array_new(),
        .results = g_ptr_array_new_with_free_func(page_free_string),
        .last_word = g_ptr_array_new(),
    };
    gboolean good = page_open(&page, path, error);

    if (good)
        page_fill(&page, out);
    page_close(&page);
    return good;
}
