/* app/attach_type.c - what a file is, by the last letters of its name (RFC 2046 §4). */
#include "app/attach.h"

const char *
app_attach_type(const char *name)
{
    static const struct {
        const char *ending, *type;
    } known[] = { { ".png", "image/png" },      { ".jpg", "image/jpeg" },
                  { ".gif", "image/gif" },      { ".txt", "text/plain" },
                  { ".html", "text/html" },     { ".csv", "text/csv" },
                  { ".eml", "text/plain" },     { ".pdf", "application/pdf" },
                  { ".zip", "application/zip" } };
    g_autofree char *lower = g_ascii_strdown(name, -1);

    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_str_has_suffix(lower, known[i].ending))
            return known[i].type;
    return "application/octet-stream";
}
