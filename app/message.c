/* app/message.c - the messages that scripts and commands hand in. */
#include "app/message.h"

#include <string.h>

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

GBytes *
app_message_load(const char *file, const char *folder, GError **error)
{
    g_autofree char *path = g_canonicalize_filename(file, folder);
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, error))
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
