/* app/message.c - the messages that scripts and commands hand in. */
#include "app/message.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
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
app_message_load(const char *file, const char *folder, GError **error)
{
    g_autofree char *path = g_canonicalize_filename(file, folder);
    g_autofree char *text = NULL;
    gsize length;

    if (!app_message_is_readable(path, error) || !g_file_get_contents(path, &text, &length, error))
        return NULL;
    return app_message_with_crlf(text, length);
}

GBytes *
app_message_default(const char *sender, const char *recipients)
{
    g_autofree char *text = g_strdup_printf("From: <%s>\r\n"
                                            "To: <%s>\r\n"
                                            "Subject: Hello\r\n"
                                            "\r\n"
                                            "Can you see through me?\r\n",
                                            sender, recipients);

    return g_bytes_new(text, strlen(text));
}
