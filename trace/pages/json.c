/* trace/pages/json.c - writes JSON that may stand inside an HTML page (see json.h).
 *
 * Tests: tests/test_pages_page.c
 */
#include "trace/pages/json.h"

#include "trace/redact.h"

static gboolean
page_json_is_odd(gunichar c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x2028 ||
           c == 0x2029;
}

void
page_json_text(GString *out, const char *text)
{
    g_autoptr(GString) safe = g_string_new(NULL);

    trace_safe_append(safe, text == NULL ? "" : text, -1, PAGE_TEXT_MAX, FALSE);
    g_string_append_c(out, '"');
    for (const char *p = safe->str; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (page_json_is_odd(c))
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_unichar(out, c);
    }
    g_string_append_c(out, '"');
}

void
page_json_next(GString *out)
{
    char last = out->len == 0 ? '{' : out->str[out->len - 1];

    if (last != '{' && last != '[')
        g_string_append_c(out, ',');
}

void
page_json_name(GString *out, const char *name)
{
    page_json_next(out);
    g_string_append_printf(out, "\"%s\":", name);
}

void
page_json_number(GString *out, const char *name, gint64 number)
{
    page_json_name(out, name);
    g_string_append_printf(out, "%" G_GINT64_FORMAT, number);
}

void
page_json_string(GString *out, const char *name, const char *text)
{
    if (text == NULL)
        return;
    page_json_name(out, name);
    page_json_text(out, text);
}
