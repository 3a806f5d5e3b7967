/* tests/test_viewer_send.c - the menus of m and r: what they ask of the server, and how they look.
 *
 * SAVE_SCREENS=1 writes the saved menus that differ anew (tests/screens/menu-*.txt): look at each.
 */
#include "tests/viewed.h"
#include "trace/viewer/send.h"

#define SAMPLE "tests/journals/remote.ndjson"

static const char offers[] =
    "{\"ok\":true,\"command\":\"presets\",\"presets\":["
    "{\"name\":\"plain\",\"shows\":\"one server: stored, delivered at once\","
    "\"from\":\"alice@north.example\",\"to\":\"bob@north.example\",\"octets\":0,\"why_not\":\"\"},"
    "{\"name\":\"unknown-user\",\"shows\":\"refused at RCPT with 550 5.1.1\","
    "\"from\":\"alice@north.example\",\"to\":\"nobody@north.example\",\"octets\":0,\"why_not\":"
    "\"\"},"
    "{\"name\":\"remote\",\"shows\":\"DNS, the queue, then the next server\","
    "\"from\":\"\",\"to\":\"\",\"octets\":0,\"why_not\":\"only one host of this world has "
    "accounts\"},"
    "{\"name\":\"huge\",\"shows\":\"over the limit: 552 5.3.4 at MAIL\","
    "\"from\":\"alice@north.example\",\"to\":\"bob@north.example\",\"octets\":26214401,"
    "\"why_not\":\"\"}],"
    "\"accounts\":[\"alice@north.example\",\"bob@north.example\",\"carol@south.example\"],"
    "\"hosts\":[\"mx.north.example\",\"mx.south.example\"]}";

static void
set_up(Fixture *it, gconstpointer data)
{
    viewed_open(it, data);
    it->view->live = TRUE;
    it->view->controls = TRUE;
    view_update(it->view);
}

/* ">" and "<" are the arrows to the right and left, "^" is Up, "!" is Esc. */
static void
type(Fixture *it, const char *keys)
{
    for (; *keys != '\0'; keys = g_utf8_next_char(keys)) {
        gunichar key = g_utf8_get_char(keys);

        view_press(it->view, key == '>'   ? VIEW_KEY_RIGHT
                             : key == '<' ? VIEW_KEY_LEFT
                             : key == '^' ? VIEW_KEY_UP
                             : key == '!' ? VIEW_KEY_ESCAPE
                                          : key);
    }
}

static void
expect_order(Fixture *it, gboolean steer, const char *command)
{
    ViewOrder *order = g_queue_pop_head(&it->view->orders);

    g_assert_cmpstr(order == NULL ? "" : order->command, ==, command);
    if (order == NULL)
        return;
    g_assert_cmpint(order->steer, ==, steer);
    view_order_free(order);
}

static void
answer(Fixture *it, const char *line)
{
    g_autoptr(JsonNode) node = json_from_string(line, NULL);

    g_assert_nonnull(node);
    view_send_take(it->view, json_node_get_object(node));
}

/* Opens the menu of @key, and the server says what it offers. */
static void
open_menu(Fixture *it, const char *key)
{
    type(it, key);
    expect_order(it, TRUE, "presets");
    answer(it, offers);
}

/* ---- m ---- */

static void
test_letters(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("m asks the server what it offers; a letter sends, or the arrows and Enter");
    open_menu(it, "m");
    type(it, "u");
    expect_order(it, FALSE, "send preset=unknown-user");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    open_menu(it, "m");
    type(it, "kkkk\n");
    expect_order(it, FALSE, "send preset=plain");
    open_menu(it, "m");
    type(it, "q");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    expect_order(it, FALSE, "");
}

static void
test_early(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a key pressed before the server has said what there is counts when it has");
    type(it, "mu");
    expect_order(it, TRUE, "presets");
    expect_order(it, TRUE, "");
    answer(it, "{}");
    expect_order(it, TRUE, "");
    type(it, "\n");
    answer(it, offers);
    expect_order(it, FALSE, "send preset=plain");
    type(it, "m");
    expect_order(it, TRUE, "presets");
    answer(it, "{}");
    type(it, "uq");
    answer(it, offers);
    expect_order(it, FALSE, "");
}

static void
test_why_not(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what the world has not is not sent, and why is said");
    open_menu(it, "m");
    type(it, "r");
    expect_order(it, FALSE, "");
    g_assert_nonnull(strstr(it->view->notice, "only one host"));
    g_assert_cmpuint(it->view->page, ==, VIEW_SEND);
    type(it, "!");
    it->view->controls = FALSE;
    type(it, "m");
    g_assert_nonnull(strstr(it->view->notice, "another viewer"));
    it->view->live = FALSE;
    type(it, "m");
    g_assert_nonnull(strstr(it->view->notice, "recording"));
    type(it, "r");
    g_assert_nonnull(strstr(it->view->notice, "recording"));
    type(it, ":send preset=plain\n");
    g_assert_nonnull(strstr(it->view->notice, "recording"));
    expect_order(it, FALSE, "");
}

static void
test_held(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("held, what was asked for waits, and the screen says so until it is answered");
    it->view->held = TRUE;
    open_menu(it, "m");
    type(it, "p");
    g_assert_nonnull(strstr(it->view->notice, "held"));
    type(it, ":fetch bob@north.example imap\n");
    g_assert_cmpstr(view_send_waits(it->view), ==, "send preset=plain");
    view_send_answered(it->view, "status");
    view_send_answered(it->view, "send");
    g_assert_cmpstr(view_send_waits(it->view), ==, "fetch bob@north.example imap");
    {
        g_autoptr(ViewScreen) screen = view_screen_new(80, 24, FALSE);
        g_autofree char *text = NULL;

        g_clear_pointer(&it->view->notice, g_free);
        view_draw(it->view, screen);
        text = view_screen_text(screen);
        g_assert_nonnull(strstr(text, "until the world goes on (Space): fetch bob@north"));
    }
    view_send_answered(it->view, "fetch");
    view_send_answered(it->view, "fetch");
    g_assert_null(view_send_waits(it->view));
}

static void
test_from_one_story(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("on the ladder of one message nobody sees a new one: all are shown again");
    type(it, "lj\n");
    g_assert_nonnull(view_track_journey(it->view->track));
    type(it, "g");
    open_menu(it, "m");
    type(it, "p");
    g_assert_null(view_track_journey(it->view->track));
    g_assert_nonnull(strstr(it->view->notice, "All messages are shown again"));
    g_assert_cmpuint(it->view->cursor, <, it->view->stand);
    expect_order(it, FALSE, "send preset=plain");
    type(it, "lj\nG");
    open_menu(it, "m");
    type(it, "p");
    g_assert_null(view_track_journey(it->view->track));
    g_assert_cmpuint(it->view->cursor, ==, view_track_count(it->view->track) - 1);
    g_assert_true(it->view->follow);
}

/* ---- by hand ---- */

static void
test_by_hand(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "by hand: each field typed; quotes, backslashes and lines reach the server whole");
    open_menu(it, "m");
    type(it, "b\025bob@north.example\n\025carol@south.example, d@e.example\n"
             "\025Say \"q\" \\ ü\n\025One\nTwo\t>\t\n");
    expect_order(it, FALSE,
                 "send bob@north.example carol@south.example,d@e.example "
                 "subject=\"Say \\\"q\\\" \\\\ ü\" text=\"One\\nTwo\" via=mx.north.example");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
}

static void
test_by_hand_offers(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("Left and Right offer accounts and hosts; of several recipients, the last");
    open_menu(it, "m");
    type(it, "b");
    g_assert_cmpstr(it->view->send->typed[BY_HAND_FROM]->str, ==, "alice@north.example");
    type(it, ">>>>");
    g_assert_cmpstr(it->view->send->typed[BY_HAND_FROM]->str, ==, "bob@north.example");
    type(it, "\t\025");
    type(it, "<, >");
    g_assert_cmpstr(it->view->send->typed[BY_HAND_TO]->str, ==,
                    "carol@south.example, alice@north.example");
    type(it, "\t>\t>^^^^^^");
    g_assert_cmpstr(it->view->send->typed[BY_HAND_SUBJECT]->str, ==, "Hello");
    g_assert_cmpuint(it->view->send->field, ==, BY_HAND_FROM);
    type(it, "!");
    g_assert_cmpuint(it->view->page, ==, VIEW_SEND);
    expect_order(it, FALSE, "");
}

static void
test_by_hand_empty(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("without sender or recipient nothing is sent; the field that is empty is shown");
    open_menu(it, "m");
    type(it, "b\t\025\t\t\t\t\n");
    expect_order(it, FALSE, "");
    g_assert_cmpuint(it->view->send->field, ==, BY_HAND_TO);
    g_assert_nonnull(strstr(it->view->notice, "To is empty"));
}

static void
test_by_hand_long(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("however much is typed, the line is not longer than the server takes");
    ViewOrder *order;

    open_menu(it, "m");
    type(it, "b");
    for (guint field = 0; field < BY_HAND_SEND; field++) {
        for (guint i = 0; i < 1500; i++)
            view_press(it->view, '"');
        type(it, "\t");
    }
    type(it, "\n");
    order = g_queue_pop_head(&it->view->orders);
    g_assert_nonnull(order);
    g_assert_cmpuint(strlen(order->command), <, 4096);
    view_order_free(order);
}

/* ---- r ---- */

static void
test_fetch(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("r offers the accounts, the likely one first, by POP3 or IMAP");
    type(it, "r\n");
    expect_order(it, TRUE, "presets");
    expect_order(it, TRUE, "");
    /* The message of the sample is for carol. */
    answer(it, offers);
    expect_order(it, FALSE, "fetch carol@south.example pop3");
    open_menu(it, "r");
    type(it, "k\tj\n");
    expect_order(it, FALSE, "fetch bob@north.example pop3 delete");
    open_menu(it, "r");
    type(it, ">jj<kkk\n");
    expect_order(it, FALSE, "fetch alice@north.example imap");
}

/* ---- what may come from a server ---- */

static void
test_hostile(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("an answer of another shape offers nothing and breaks nothing");
    static const char *const answers[] = {
        "{\"presets\":3,\"accounts\":{},\"hosts\":[[],null,7]}",
        "{\"presets\":[1,null,{\"name\":7,\"octets\":\"x\"},{}],\"accounts\":[{\"a\":1}]}",
        "{}",
    };

    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        open_menu(it, "m");
        type(it, "jjjj");
        answer(it, answers[i]);
        for (int size = 1; size < 130; size += 9) {
            g_autoptr(ViewScreen) screen = view_screen_new(size, 1 + size / 3, FALSE);

            view_draw(it->view, screen);
        }
        type(it, "kk\n!r\n\tj\n!");
        while (!g_queue_is_empty(&it->view->orders))
            view_order_free(g_queue_pop_head(&it->view->orders));
    }
}

/* ---- how they look ---- */

typedef struct Menu {
    const char *name, *keys;
    int width, height; /* of the page, which is five rows less than the screen */
    gboolean held;
} Menu;

/* clang-format off */
static const Menu menus[] = {
    { "send",         "mj",                                    80, 19, FALSE },
    { "send-held",    "mr",                                    80, 19, TRUE },
    { "send-small",   "mkkkkkjjj",                             60, 11, TRUE },
    { "send-wide",    "mjjjj",                                120, 35, FALSE },
    { "by-hand",      "mb\t, >",                               80, 19, FALSE },
    { "by-hand-text", "mb\t\t\t\n2\n3\n4\n5\n6 a line that is longer than the screen has columns, by far",     60, 11, TRUE },
    { "fetch",        "r\tj",                                  80, 19, FALSE },
    { "fetch-small",  "r",                                     60, 11, TRUE },
    { "fetch-wide",   "r\tjj",                                120, 35, FALSE },
};
/* clang-format on */

static char *
draw_menu(Fixture *it, const Menu *menu)
{
    g_autoptr(ViewScreen) screen = view_screen_new(menu->width, menu->height, FALSE);

    it->view->held = menu->held;
    for (const char *c = menu->keys; *c != '\0'; c++) {
        char key[2] = { *c, '\0' };

        type(it, key);
        if (c == menu->keys)
            answer(it, offers);
    }
    view_draw_page(it->view, screen, (ViewBox){ 0, 0, menu->width, menu->height });
    return view_screen_text(screen);
}

static void
test_screens(G_GNUC_UNUSED Fixture *unused, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the menus look as they were saved");
    for (guint i = 0; i < G_N_ELEMENTS(menus); i++) {
        g_autofree char *path = g_strdup_printf("tests/screens/menu-%s.txt", menus[i].name);
        g_autofree char *text = NULL;
        g_autofree char *saved = NULL;
        Fixture it;

        set_up(&it, SAMPLE);
        text = draw_menu(&it, &menus[i]);
        viewed_close(&it, NULL);
        g_file_get_contents(path, &saved, NULL, NULL);
        if (g_strcmp0(text, saved) != 0 && g_getenv("SAVE_SCREENS") != NULL)
            g_assert_true(g_file_set_contents(path, text, -1, NULL));
        else
            g_assert_cmpstr(text, ==, saved);
    }
}

#define ADD(name, test)                                                                            \
    g_test_add("/viewer/send/" name, Fixture, SAMPLE, set_up, test, viewed_close)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("letters", test_letters);
    ADD("early", test_early);
    ADD("why-not", test_why_not);
    ADD("held", test_held);
    ADD("from-one-story", test_from_one_story);
    ADD("by-hand", test_by_hand);
    ADD("by-hand/offers", test_by_hand_offers);
    ADD("by-hand/empty", test_by_hand_empty);
    ADD("by-hand/long", test_by_hand_long);
    ADD("fetch", test_fetch);
    ADD("hostile", test_hostile);
    ADD("screens", test_screens);
    return g_test_run();
}
