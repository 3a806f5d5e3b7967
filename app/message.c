/* app/message.c - the messages that scripts and commands hand in. */
#include "app/message.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gmime/gmime.h>
#include <string.h>
#include <sys/stat.h>

/* Octets of a file: more than any host takes. */
#define APP_MESSAGE_MAX (64 * 1024 * 1024)

static GBytes *
app_message_with_crlf(const char *text, gsize length)
{
    GByteArray *octets = g_byte_array_sized_new((guint)length + 64);

    for (gsize i = 0; i < length; i++) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
            g_byte_array_append(octets, (const guint8 *)"\r", 1);
        g_byte_array_append(octets, (const guint8 *)text + i, 1);
    }
    if (length == 0 || text[length - 1] != '\n')
        g_byte_array_append(octets, (const guint8 *)"\r\n", 2);
    return g_byte_array_free_to_bytes(octets);
}

/* What "<CRLF>", "<CR>" or "<LF>" at the start of @text stands for; NULL: none of them is there. */
static const char *
app_message_end(const char *text, gsize *length)
{
    static const struct {
        const char *word, *octets;
    } ends[] = { { "<CRLF>", "\r\n" }, { "<CR>", "\r" }, { "<LF>", "\n" } };

    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        *length = strlen(ends[i].word);
        if (g_str_has_prefix(text, ends[i].word))
            return ends[i].octets;
    }
    return NULL;
}

/* Lines end where the text says so in words; its own ends are for whoever reads it. */
static GBytes *
app_message_as_written(const char *text, gsize length)
{
    GString *octets = g_string_sized_new(length);
    gsize took;

    for (gsize i = 0; i < length; i += took) {
        const char *end = app_message_end(text + i, &took);

        if (end != NULL) {
            g_string_append(octets, end);
            continue;
        }
        took = 1;
        if (text[i] != '\r' && text[i] != '\n')
            g_string_append_c(octets, text[i]);
    }
    return g_string_free_to_bytes(octets);
}

/* A pipe or a device may have no end, and nobody else is served while we read. */
static gboolean
app_message_is_readable(const char *path, GError **error)
{
    GStatBuf status;

    if (g_stat(path, &status) != 0) {
        int failure = errno;

        g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(failure), "%s: %s", path,
                    g_strerror(failure));
        return FALSE;
    }
    if (S_ISREG(status.st_mode) && status.st_size <= APP_MESSAGE_MAX)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                "%s: not a file of at most %d octets", path, APP_MESSAGE_MAX);
    return FALSE;
}

GBytes *
app_message_load_octets(const char *file, const char *folder, GError **error)
{
    g_autofree char *path = g_canonicalize_filename(file, folder);
    char *octets;
    gsize length;

    if (!app_message_is_readable(path, error) ||
        !g_file_get_contents(path, &octets, &length, error))
        return NULL;
    return g_bytes_new_take(octets, length);
}

GBytes *
app_message_lines(GBytes *octets, gboolean written)
{
    gsize length;
    const char *text = g_bytes_get_data(octets, &length);

    return written ? app_message_as_written(text, length) : app_message_with_crlf(text, length);
}

GBytes *
app_message_load(const char *file, const char *folder, gboolean written, GError **error)
{
    g_autoptr(GBytes) octets = app_message_load_octets(file, folder, error);

    return octets != NULL ? app_message_lines(octets, written) : NULL;
}

/* ---- a message of our own ---- */

#define APP_MESSAGE_SUBJECT "Hello"
#define APP_MESSAGE_TEXT    "Can you see through me?"

/* "=_" stands in no base64 and no quoted-printable (RFC 2045 §6.7). */
#define APP_MESSAGE_BOUNDARY "=_picture"

static const char app_message_mixed[] =
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=\"" APP_MESSAGE_BOUNDARY "\"\n"
    "\n"
    "This line is for programs that do not know MIME.\n"
    "\n"
    "--" APP_MESSAGE_BOUNDARY "\n";

/* One red point, 1 by 1. */
static const guint8 app_message_red[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
    0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00,
    0x00, 0x90, 0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78,
    0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0x00, 0x00, 0x03, 0x01, 0x01, 0x00, 0xc9, 0xfe, 0x92,
    0xef, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82
};

const AppAttachment app_message_point = { "point.png", "image/png", app_message_red,
                                          sizeof app_message_red };

/* A header field is US-ASCII; other words travel encoded in it (RFC 2047 §2). */
static char *
app_message_field(const char *text)
{
    g_autofree char *line = g_strdelimit(g_strdup(text), "\r\n", ' ');

    g_mime_init();
    return g_str_is_ascii(line) ? g_steal_pointer(&line)
                                : g_mime_utils_header_encode_text(NULL, line, "UTF-8");
}

/* The text with what says how to read it: as it is, or UTF-8 in octets of 8 bits (RFC 6152). */
static void
app_message_put_text(GString *out, const char *text, gboolean in_part)
{
    gboolean ascii = g_str_is_ascii(text);

    if (!ascii && !in_part)
        g_string_append(out, "MIME-Version: 1.0\n");
    if (!ascii)
        g_string_append(out, "Content-Type: text/plain; charset=utf-8\n"
                             "Content-Transfer-Encoding: 8bit\n");
    g_string_append_printf(out, "\n%s\n", text);
}

GBytes *
app_message_write(const char *from, const char *const *to, const char *subject, const char *text,
                  const AppAttachment *attachment)
{
    g_autofree char *recipients = g_strjoinv(">,\n <", (char **)to);
    g_autofree char *title = app_message_field(subject != NULL ? subject : APP_MESSAGE_SUBJECT);
    g_autoptr(GString) out = g_string_new(NULL);

    g_string_append_printf(out, "From: <%s>\nTo: <%s>\nSubject: %s\n",
                           *from != '\0' ? from : "nobody@client.example", recipients, title);
    if (attachment != NULL)
        g_string_append(out, app_message_mixed);
    app_message_put_text(out, text != NULL ? text : APP_MESSAGE_TEXT, attachment != NULL);
    if (attachment != NULL)
        app_attach(out, APP_MESSAGE_BOUNDARY, attachment);
    return app_message_with_crlf(out->str, out->len);
}

gsize
app_message_fill(GString *out, guint64 left, gsize most)
{
    static const char line[] =
        "This line is here only to make the message longer, as are those around it.....\r\n";
    gsize before = out->len, whole = sizeof line - 1;

    while (left > 0 && out->len - before + whole <= most) {
        gsize length = MIN(left, whole);

        /* A single octet left over could be no line: this one is shorter for it. */
        if (left - length == 1)
            length--;
        if (length < 2)
            break;
        g_string_append_len(out, line, (gssize)length - 2);
        g_string_append(out, "\r\n");
        left -= length;
    }
    return out->len - before;
}
