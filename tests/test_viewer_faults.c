/* tests/test_viewer_faults.c - the fault menu: what it asks of the server, what it makes of answers. */
#include "tests/viewed.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/lists.h"

#define SAMPLE "tests/journals/remote.ndjson"

static const char points[] =
    "{\"ok\":true,\"command\":\"faults\",\"faults\":[{\"point\":\"dns-late\",\"line\":\"dns-late "
    "value=9\",\"asked\":2,\"fired\":1}],\"points\":["
    "{\"name\":\"dns-timeout\",\"stage\":\"dns\",\"parameter\":\"\",\"fallback\":\"\",\"does\":"
    "\"the question gets no answer\"},"
    "{\"name\":\"dns-late\",\"stage\":\"dns\",\"parameter\":\"seconds\",\"fallback\":\"7\","
    "\"does\":\"the answer comes too late\"}]}";

static void
set_up(Fixture *it, gconstpointer data)
{
    viewed_open(it, data);
    it->view->live = TRUE;
    it->view->controls = TRUE;
    it->view->held = TRUE;
    view_update(it->view);
}

static void
expect_order(Fixture *it, const char *command)
{
    ViewOrder *order = g_queue_pop_head(&it->view->orders);

    g_assert_cmpstr(order == NULL ? "" : order->command, ==, command);
    if (order == NULL)
        return;
    g_assert_true(order->steer);
    view_order_free(order);
}

static void
answer(Fixture *it, const char *line)
{
    g_autoptr(JsonNode) node = json_from_string(line, NULL);

    g_assert_nonnull(node);
    view_faults_take(it->view, json_node_get_object(node));
}

static char *
draw(const Fixture *it, int width, int height)
{
    g_autoptr(ViewScreen) screen = view_screen_new(width, height, FALSE);

    view_draw(it->view, screen);
    return view_screen_text(screen);
}

static void
test_arm(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("i asks for the points; Enter arms what is chosen, where and how often");
    press(it, "i\n");
    expect_order(it, "faults");
    expect_order(it, "");
    answer(it, points);
    press(it, "\n");
    expect_order(it, "fault dns-timeout occurrence=first");
    press(it, "\tj\tjjk\n");
    expect_order(it, "fault dns-timeout host=mx.north.example occurrence=always");
    press(it, "\tkkkk");
    g_assert_cmpuint(it->view->fault_column, ==, 0);
    press(it, "B");
    expect_order(it, "fault clear");
    press(it, "q");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
}

static void
test_value(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a point that takes a value: the line can be changed before it is sent");
    press(it, "i");
    expect_order(it, "faults");
    answer(it, points);
    press(it, "j\n");
    expect_order(it, "");
    g_assert_cmpstr(it->view->typed->str, ==, "fault dns-late occurrence=first value=7");
    press(it, "0\n");
    expect_order(it, "fault dns-late occurrence=first value=70");
    g_assert_cmpuint(it->view->page, ==, VIEW_FAULTS);
}

static void
test_draw(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the menu says what the point does and what is armed, at any size");
    g_autofree char *text = NULL;

    press(it, "i");
    expect_order(it, "faults");
    answer(it, points);
    text = draw(it, 80, 24);
    g_assert_nonnull(strstr(text, "> dns-timeout"));
    g_assert_nonnull(strstr(text, "the question gets no answer"));
    g_assert_nonnull(strstr(text, "dns-late value=9 (has come 1 time)"));
    for (int size = 1; size < 130; size += 3) {
        g_autofree char *other = draw(it, size, 1 + size / 3);

        g_assert_nonnull(other);
    }
}

static void
test_hostile(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("an answer of another shape arms nothing and breaks nothing");
    static const char *const answers[] = {
        "{\"points\":3,\"faults\":{}}",
        "{\"points\":[1,null,{\"name\":7,\"does\":[]}],\"faults\":[[],{\"line\":4}]}",
        "{}",
    };

    press(it, "i");
    expect_order(it, "faults");
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autofree char *text = NULL;

        answer(it, answers[i]);
        text = draw(it, 80, 24);
    }
    g_assert_cmpuint(it->view->fault_points->len, ==, 1);
}

static void
test_why_not(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("in a recording, and where another viewer steers, i says why it does nothing");
    it->view->controls = FALSE;
    press(it, "i");
    g_assert_nonnull(strstr(it->view->notice, "another viewer"));
    it->view->live = FALSE;
    press(it, "i");
    g_assert_nonnull(strstr(it->view->notice, "recording"));
    expect_order(it, "");
}

#define ADD(name, test)                                                                            \
    g_test_add("/viewer/faults/" name, Fixture, SAMPLE, set_up, test, viewed_close)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("arm", test_arm);
    ADD("value", test_value);
    ADD("draw", test_draw);
    ADD("hostile", test_hostile);
    ADD("why-not", test_why_not);
    return g_test_run();
}
