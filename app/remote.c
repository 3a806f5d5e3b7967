/* app/remote.c - asks a running world. A short-lived process of its own: it may wait. */
#include "app/remote.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <json-glib/json-glib.h>
#include "app/world.h"

#define APP_REMOTE_ANSWER_MAX (16 * 1024 * 1024)

static int
app_remote_connect(const char *state_folder)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    g_autofree char *path = g_build_filename(state_folder, "control.sock", NULL);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 ||
        g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

gboolean
app_remote_is_alive(const char *state_folder)
{
    int fd = app_remote_connect(state_folder);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static gboolean
app_remote_say(int fd, const char *line)
{
    g_autofree char *whole = g_strconcat(line, "\n", NULL);
    gsize length = strlen(whole);

    return send(fd, whole, length, MSG_NOSIGNAL) == (gssize)length;
}

char *
app_remote_ask(const char *state_folder, const char *line, GError **error)
{
    g_autoptr(GString) answer = g_string_new(NULL);
    int fd = app_remote_connect(state_folder);
    char octets[4096];
    gssize got = 0;

    if (fd < 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: no world runs there", state_folder);
        return NULL;
    }
    if (app_remote_say(fd, line))
        while (strchr(answer->str, '\n') == NULL && answer->len < APP_REMOTE_ANSWER_MAX &&
               (got = read(fd, octets, sizeof octets)) > 0)
            g_string_append_len(answer, octets, got);
    close(fd);
    if (strchr(answer->str, '\n') == NULL) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: the world did not answer",
                    state_folder);
        return NULL;
    }
    *strchr(answer->str, '\n') = '\0';
    return g_strdup(answer->str);
}

char *
app_remote_member(const char *answer, const char *name, GError **error)
{
    g_autoptr(JsonNode) node = json_from_string(answer, error);
    JsonObject *object =
        node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

    if (object == NULL)
        return NULL;
    if (json_object_get_boolean_member_with_default(object, "ok", FALSE))
        return g_strdup(json_object_get_string_member_with_default(object, name, ""));
    g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED,
                        json_object_get_string_member_with_default(object, "error", "refused"));
    return NULL;
}
