/* trace/pages/setting.c - what surrounds the events of a page: title, hosts, stages, its own words.
 *
 * Start reading at page_words[]: all that page.html and page.js say by themselves.
 * Tests: tests/test_pages_page.c
 */
#include "trace/pages/tell.h"

#include <string.h>

#include "trace/pages/json.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/facts.h"
#include "trace/words.h"

/* A label in page.html (data-word, data-label), or a word of page.js. {1} and {2} are filled in. */
/* clang-format off */
static const struct {
    const char *name, *text;
} page_words[] = {
    { "next",       N_("Next") },
    { "back",       N_("Back") },
    { "single",     N_("Single") },
    { "map",        N_("Map") },
    { "messages",   N_("Messages") },
    { "predict",    N_("Predict") },
    { "theme",      N_("Dark") },
    { "help",       N_("Help") },
    { "close",      N_("Close") },
    { "begin",      N_("Begin") },
    { "stages",     N_("Stages of the message, and where it is") },
    { "ladder",     N_("Ladder: what happened so far") },
    { "events",     N_("Events") },
    { "panes",      N_("About this event") },
    { "at",         N_("Event {1} of {2}.") },
    { "past",       N_("You look back: {1} newer events stand below.") },
    { "end",        N_("This is the end.") },
    { "left-out",   N_("The journal goes on: {1} more events are left out of this page. glasspost view shows all.") },
    { "told",       N_("This page tells {1} of {2} messages, each from its beginning to its end; {3} events of others are left out. glasspost view shows all.") },
    { "problems",   N_("Problems so far: {1}.") },
    { "not-yet",    N_("There is no such event here, or it has not happened yet.") },
    { "arrow",      N_("{1} to {2}") },
    { "report",     N_("<> (a report)") },
    { "others",     N_("and {1} others") },
    { "all",        N_("All messages") },
    { "no-message", N_("No message yet.") },
    { "choose",     N_("Choose whose ladder to see.") },
    { "sentence",   N_("One message on its way through mail servers, step by step: each stage answers one question.") },
    { "now",        N_("Now: {1}") },
    { "sender",     N_("the sender's server") },
    { "server",     N_("the next server") },
    { "name-server", N_("DNS: who takes the mail?") },
    { "local",      N_("if local") },
    { "remote",     N_("if remote") },
    { "again",      N_("the same again: connect, sender ...") },
    { "fails",      N_("if it fails") },
    { "predict-on", N_("PREDICT: you are asked before an outcome is shown.") },
    { "score",      N_("You predicted {1} of {2}.") },
    { "right",      N_("Right.") },
    { "wrong",      N_("No. It is: {1}") },
    { "skip",       N_("Skip") },
    { "go-on",      N_("Go on") },
    { "rule",       N_("The rule: {1}") },
    { "key-next",   N_("next thing worth telling") },
    { "key-back",   N_("back") },
    { "key-single", N_("next, previous single event") },
    { "key-stage",  N_("next, previous stage") },
    { "key-hop",    N_("next, previous hop") },
    { "key-problem", N_("next, previous problem") },
    { "key-ends",   N_("first, last event") },
    { "key-cause",  N_("to the cause") },
    { "key-pane",   N_("panes; Tab goes to the next") },
    { "key-map",    N_("map") },
    { "key-list",   N_("messages") },
    { "key-predict", N_("predict: be asked first; 1 to 4 answer") },
    { "key-theme",  N_("dark or light") },
    { "key-help",   N_("this help") },
    { "help-lanes", N_("CLIENT calls. HOST is the server we look at. DNS, STORE: its name server and its database. REMOTE is the next server. READER fetches mail. A line with two names across: the message moved on, and the next server is HOST now.") },
    { "help-link",  N_("The address of this page with #108 at its end opens it at event 108.") },
    /* make.sh takes these out of a page for its index.html: no quotes in them, no <, > or &. */
    { "index-title",  N_("Journeys through mail servers") },
    { "index-how",    N_("Each page shows one story, step by step: what a mail server does with a message, why, and by which line of its source. Space or {1} goes on. Nothing is fetched from anywhere, and a page works from a disk, too.") },
    { "index-demos",  N_("Demos") },
    { "index-labs",   N_("Labs: what the class is shown") },
    { "index-events", N_("{1} events") },
};
/* clang-format on */

/* ---- the scenario ---- */

/* The world file that the journal's header holds, with the scenario's own keys after it. */
static GKeyFile *
page_world(const Page *page)
{
    g_autofree char *header =
        view_model_count(page->model) == 0 ? NULL : view_model_header(page->model, 0);
    g_autoptr(JsonNode) node = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    const char *world = NULL;

    if (header != NULL && view_facts_snapshot(header, &node) != NULL)
        world = view_facts_text(json_node_get_object(node), "world");

    if (world == NULL || !g_key_file_load_from_data(file, world, -1, G_KEY_FILE_NONE, NULL))
        return NULL;
    return g_steal_pointer(&file);
}

char *
page_scenario(const Page *page, const char *key)
{
    g_autoptr(GKeyFile) world = page_world(page);

    g_autofree char *text =
        world == NULL ? NULL : g_key_file_get_string(world, "scenario", key, NULL);

    return text == NULL ? NULL : words_sentence(text);
}

static void
page_tell_scenario(const Page *page, GString *out)
{
    static const char *const keys[] = { "title", "watch", "ending" };

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *text = page_scenario(page, keys[i]);

        page_json_string(out, keys[i], text);
    }
}

/* ---- the rest ---- */

static void
page_tell_stages(GString *out)
{
    page_json_name(out, "stages");
    g_string_append_c(out, '[');
    for (Stage stage = STAGE_NONE; stage < STAGES; stage++) {
        page_json_next(out);
        g_string_append_c(out, '{');
        page_json_string(out, "name", stage_info(stage)->name);
        page_json_string(out, "question", _(stage_info(stage)->question));
        g_string_append_c(out, '}');
    }
    g_string_append_c(out, ']');
}

static void
page_tell_names(const Page *page, GString *out)
{
    static const char *const lanes[VIEW_LANES] = { N_("CLIENT"), N_("HOST"),   N_("DNS"),
                                                   N_("STORE"),  N_("REMOTE"), N_("READER") };

    page_json_name(out, "hosts");
    g_string_append_c(out, '[');
    for (guint i = 0; i < page->hosts->len; i++) {
        page_json_next(out);
        page_json_text(out, g_ptr_array_index(page->hosts, i));
    }
    g_string_append(out, "],\"lanes\":[");
    for (ViewLane lane = 0; lane < VIEW_LANES; lane++) {
        page_json_next(out);
        page_json_text(out, _(lanes[lane]));
    }
    g_string_append(out, "],\"panes\":[");
    for (ViewPane pane = 0; pane < VIEW_PANES; pane++) {
        page_json_next(out);
        page_json_text(out, _(view_pane_name(pane)));
    }
    g_string_append_c(out, ']');
}

void
page_tell_setting(Page *page, GString *out)
{
    page_tell_scenario(page, out);
    page_tell_stages(out);
    page_tell_names(page, out);
    page_json_number(out, "left_out", page->left_out);
    page_json_number(out, "told", page->told);
    page_json_number(out, "of", view_model_messages(page->model));
    page_json_name(out, "words");
    g_string_append_c(out, '{');
    for (guint i = 0; i < G_N_ELEMENTS(page_words); i++)
        page_json_string(out, page_words[i].name, _(page_words[i].text));
    g_string_append_c(out, '}');
}
