/* tests/test_viewer_link.c - the viewer's end of control.sock, against a server played here. */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "trace/viewer/link.h"

#define SAMPLE "tests/journals/remote.ndjson"

typedef struct Fixture {
    char *folder, *path;
    int listener;
    int ends[VIEW_LINK_LINES]; /* ours: watch, steer, ask */
    ViewModel *model;
    View *view;
    ViewLink *link;
} Fixture;

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    it->folder = g_dir_make_tmp("viewer-XXXXXX", NULL);
    it->path = g_build_filename(it->folder, "control.sock", NULL);
    g_strlcpy(address.sun_path, it->path, sizeof(address.sun_path));
    it->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    g_assert_cmpint(bind(it->listener, (struct sockaddr *)&address, sizeof(address)), ==, 0);
    g_assert_cmpint(listen(it->listener, 5), ==, 0);
    it->link = view_link_open(it->path, FALSE, NULL);
    g_assert_nonnull(it->link);
    for (guint i = 0; i < VIEW_LINK_LINES; i++)
        it->ends[i] = accept(it->listener, NULL, NULL);
    it->model = view_model_open(SAMPLE, NULL);
    it->view = view_new(it->model);
    it->view->live = TRUE;
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    view_link_free(it->link);
    view_free(it->view);
    view_model_free(it->model);
    for (guint i = 0; i < VIEW_LINK_LINES; i++)
        close(it->ends[i]);
    close(it->listener);
    g_unlink(it->path);
    g_rmdir(it->folder);
    g_free(it->path);
    g_free(it->folder);
}

static void
expect_heard(Fixture *it, guint end, const char *want)
{
    char buffer[1024];
    ssize_t got = recv(it->ends[end], buffer, sizeof(buffer) - 1, MSG_DONTWAIT);

    buffer[MAX(got, 0)] = '\0';
    g_assert_cmpstr(buffer, ==, want);
}

static void
say(Fixture *it, guint end, const char *text)
{
    g_assert_cmpint(send(it->ends[end], text, strlen(text), MSG_NOSIGNAL), ==,
                    (ssize_t)strlen(text));
}

static const char state[] =
    "{\"seq\":41,\"held\":true,\"held_at\":41,\"speed\":2,\"breakpoints\":[{\"number\":3,"
    "\"filter\":\"stage=dns\"},{\"number\":4,\"filter\":\"<<\"},7],\"controls\":false}\n";

static void
test_state(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a state line, cut at each octet, is taken in when it is whole");
    g_assert_true(view_link_serve(it->link, it->view));
    expect_heard(it, 0, "watch\n");
    say(it, 0, "{\"ok\":true,\"command\":\"watch\"}\n");
    for (gsize i = 0; i < strlen(state); i++) {
        char octet[2] = { state[i], '\0' };

        g_assert_false(it->view->held);
        say(it, 0, octet);
        g_assert_true(view_link_serve(it->link, it->view));
    }
    g_assert_true(it->view->held);
    g_assert_cmpuint(it->view->held_at, ==, 41);
    g_assert_false(it->view->controls);
    g_assert_cmpuint(it->view->breaks->len, ==, 1);
    g_assert_cmpuint(g_array_index(it->view->break_numbers, guint, 0), ==, 3);
}

static void
test_orders(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what steers and what waits go over connections of their own, one line each");
    view_order(it->view, TRUE, "step");
    view_order(it->view, FALSE, "send a b\nc");
    view_order(it->view, TRUE, "break stage=dns");
    g_assert_true(view_link_serve(it->link, it->view));
    expect_heard(it, 1, "step\nbreak stage=dns\n");
    expect_heard(it, 2, "send a b c\n");
    say(it, 1, "{\"ok\":false,\"command\":\"step\",\"error\":\"no \\u001b[31m\"}\n");
    g_assert_true(view_link_serve(it->link, it->view));
    g_assert_nonnull(strstr(it->view->notice, "step: no"));
    say(it, 2, "{\"ok\":true,\"command\":\"send\"}\n");
    g_assert_true(view_link_serve(it->link, it->view));
    g_assert_nonnull(strstr(it->view->notice, "begun to send"));
}

static void
test_nonsense(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("lines that are no answers, or too deep, are passed over");
    g_autofree char *deep = g_strnfill(5000, '[');

    say(it, 0, "\n\n{}\n[]\n7\nnull\n{\"held\":\"yes\",\"breakpoints\":{}}\n\xff\n");
    say(it, 0, deep);
    say(it, 0, "\n");
    say(it, 1, "{\"ok\":7}\n");
    g_assert_true(view_link_serve(it->link, it->view));
    g_assert_false(it->view->held);
    say(it, 0, state);
    g_assert_true(view_link_serve(it->link, it->view));
    g_assert_true(it->view->held);
}

static void
test_gone(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a server that closes, or talks without end, has gone");
    g_autofree char *long_line = g_strnfill(400 * 1024, 'x');
    gsize sent = 0;
    gboolean there = TRUE;

    g_assert_true(view_link_serve(it->link, it->view));
    while (there && sent < strlen(long_line)) {
        ssize_t now = send(it->ends[1], long_line + sent, strlen(long_line) - sent, MSG_DONTWAIT);

        sent += MAX(now, 0);
        there = view_link_serve(it->link, it->view);
    }
    g_assert_false(there);
    shutdown(it->ends[0], SHUT_RDWR);
    g_assert_false(view_link_serve(it->link, it->view));
}

static void
test_nobody(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("where no world runs, the error names the socket");
    g_autoptr(GError) error = NULL;
    g_autofree char *missing = g_build_filename(it->folder, "none.sock", NULL);

    g_assert_null(view_link_open(missing, FALSE, &error));
    g_assert_nonnull(strstr(error->message, missing));
}

#define ADD(name, test) g_test_add("/viewer/link/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("state", test_state);
    ADD("orders", test_orders);
    ADD("nonsense", test_nonsense);
    ADD("gone", test_gone);
    ADD("nobody", test_nobody);
    return g_test_run();
}
