/* tests/test_imap_model.c - a search: sessions by chance on one mailbox, against a mailbox as simple
 * as it can be (tests/mailbox_model.h; mailbox_client.h, mailbox_commands.h and mailbox_results.h are
 * what says, chooses and judges).
 *
 * Three sessions of one user: the first an old client, the second with CONDSTORE, the third with
 * IMAP4rev2. Each has one of two mailboxes open and does what comes to its mind.
 *
 *   in turn    a command is over before the next begins: its result is what the model says, and the
 *              client's view, made of untagged responses alone, is the mailbox
 *   mingled    one slice of one session at a time, and a COMMIT now and then: each response must be
 *              possible where it comes; when all is quiet, the views are what the store holds
 *
 *     build/tests/test_imap_model                some hundred seeds
 *     SEEDS=5000 build/tests/test_imap_model     as many
 *     SEED=17 build/tests/test_imap_model        this one, with all that is said
 */
#include "tests/mailbox_commands.h"
#include "tests/mailbox_results.h"

#define SEEDS_USUAL 150
#define STEPS       120

static void
client_open(Run *run, guint name)
{
    Client *client = &run->clients[name];
    const ImapAnswer account = { .account = run->world->carol };
    static const char *const wishes[CLIENTS] = { "a NOOP\r\n", "a ENABLE CONDSTORE\r\n",
                                                 "a ENABLE IMAP4rev2\r\n" };

    client->name = name;
    client->box = -1;
    client->input = net_buffer_new();
    client->heard = g_string_new(NULL);
    client->found = g_string_new(NULL);
    client->uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    client->copies = g_array_new(FALSE, FALSE, sizeof(guint32));
    client->modified = g_array_new(FALSE, FALSE, sizeof(guint32));
    client->view.messages = g_array_new(FALSE, TRUE, sizeof(ModelMessage));
    client->view.wrong = g_string_new(NULL);
    client->session = imap_session_new(&run->world->imap, "127.0.0.1", TRUE, NULL, &asks, client);
    imap_session_set_push(client->session, push, client);
    say(run, client, "a LOGIN carol sesame\r\n");
    work(run, client);
    client->next = imap_session_answer(client->session, &account, client->heard);
    say(run, client, wishes[name]);
    for (guint i = 0; i < 10; i++)
        work(run, client);
    client->status = 0;
}

static void
client_close(Client *client)
{
    imap_session_free(client->session);
    net_buffer_free(client->input);
    g_string_free(client->heard, TRUE);
    g_string_free(client->found, TRUE);
    g_string_free(client->view.wrong, TRUE);
    g_array_unref(client->view.messages);
    g_array_unref(client->uids);
    g_array_unref(client->copies);
    g_array_unref(client->modified);
}

/* Writes down what the store holds: the model of a mingled run, at its end. */
static void
box_read(Run *run, guint box)
{
    g_autoptr(GPtrArray) page = store_entry_page(run->world->store, run->ids[box], 0, 1000, NULL);

    g_array_set_size(run->boxes[box].messages, 0);
    for (guint i = 0; i < page->len; i++) {
        const StoreEntry *entry = g_ptr_array_index(page, i);
        ModelMessage message = { .uid = entry->uid,
                                 .flags = entry->flags | (*entry->keywords != '\0' ? 32u : 0) };
        g_autofree char *key = g_strdup_printf("%u.%u", box, entry->uid);

        message.number = GPOINTER_TO_UINT(g_hash_table_lookup(run->known, key));
        g_array_append_val(run->boxes[box].messages, message);
    }
}

static void
run_open(Run *run, guint32 seed, gboolean mingled, World *world)
{
    *run = (Run){ .world = world, .mingled = mingled };
    run->chance = g_rand_new_with_seed(seed);
    run->log = g_string_new(NULL);
    run->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < BOXES; i++) {
        g_autoptr(StoreMailbox) box =
            store_mailbox_find(world->store, world->carol->id, box_names[i], NULL);

        run->ids[i] = box->id;
        run->boxes[i].uidnext = box->uidnext;
        run->boxes[i].messages = g_array_new(FALSE, TRUE, sizeof(ModelMessage));
    }
    for (guint i = 0; i < CLIENTS; i++)
        client_open(run, i);
}

static void
run_close(Run *run)
{
    for (guint i = 0; i < CLIENTS; i++)
        client_close(&run->clients[i]);
    for (guint i = 0; i < BOXES; i++)
        g_array_unref(run->boxes[i].messages);
    g_rand_free(run->chance);
    g_hash_table_unref(run->known);
    g_string_free(run->log, TRUE);
}

/* One command from its first octet to its tagged response, and everybody's view. */
static void
step_in_turn(Run *run)
{
    Client *client = &run->clients[below(run, CLIENTS)];

    if (client->idles)
        end_idle(run, client);
    else
        begin(run, client, choose(run, client));
    g_autoptr(GArray) named = g_array_copy(client->uids);
    note_modseqs(run, client);
    work_to_the_end(run, client);
    if (!client->idles)
        end(run, client, named);
    commit(run);
    for (guint i = 0; i < CLIENTS; i++)
        if (run->clients[i].idles)
            check_view(run, &run->clients[i], TRUE);
}

/* One slice of somebody's command, or a COMMIT. */
static void
step_mingled(Run *run)
{
    Client *client = &run->clients[below(run, CLIENTS)];

    if (below(run, 5) == 0)
        commit(run);
    else if (client->idles)
        end_idle(run, client);
    else if (client->doing == DO_NOTHING)
        begin(run, client, choose(run, client));
    else
        work(run, client);
    for (guint i = 0; i < CLIENTS; i++)
        if (run->clients[i].doing != DO_NOTHING && run->clients[i].status != 0)
            end(run, &run->clients[i], NULL);
}

/* All finish what they do, and are then told everything. */
static void
settle(Run *run)
{
    for (guint round = 0; round < 4; round++) {
        for (guint i = 0; i < CLIENTS; i++) {
            Client *client = &run->clients[i];

            if (client->idles)
                end_idle(run, client);
            else if (client->doing == DO_NOTHING)
                begin(run, client,
                      first_unknown(client) >= 0 && round % 2 == 0 ? DO_LEARN : DO_NOOP);
            work_to_the_end(run, client);
            end(run, client, client->uids);
        }
        commit(run);
    }
    for (guint i = 0; i < BOXES; i++)
        box_read(run, i);
    for (guint i = 0; i < CLIENTS; i++)
        check_view(run, &run->clients[i], TRUE);
}

static World *
world_new(void)
{
    World *world = g_new0(World, 1);

    world->store = store_open_in_memory("mx.south.example", &reader_store_world, NULL, NULL);
    g_assert_true(store_account_add(world->store, "carol", "south.example", "sesame", NULL));
    world->carol =
        store_account_find(world->store, NULL, STAGE_PICKUP, "carol", "south.example", NULL);
    g_assert_true(store_mailbox_create(world->store, world->carol->id, "Work", NULL));
    g_assert_true(store_commit(world->store, NULL));
    world->imap = (ImapHost){ .hostname = "mx.south.example",
                              .domains = reader_domains,
                              .store = world->store,
                              .max_message_octets = 1024,
                              .kept = imap_kept_new() };
    return world;
}

static void
world_free(World *world)
{
    imap_kept_free(world->imap.kept);
    store_account_free(world->carol);
    store_close(world->store);
    g_free(world);
}

static void
empty(World *world)
{
    for (guint i = 0; i < BOXES; i++) {
        g_autoptr(StoreMailbox) box =
            store_mailbox_find(world->store, world->carol->id, box_names[i], NULL);
        guint removed;

        g_assert_true(store_mailbox_empty(world->store, box->id, 1000, &removed, NULL));
    }
    g_assert_true(store_commit(world->store, NULL));
}

static void
play(World *world, guint32 seed, gboolean mingled)
{
    Run run;

    run_open(&run, seed, mingled, world);
    for (guint i = 0; i < (mingled ? STEPS * 4 : STEPS); i++) {
        if (mingled)
            step_mingled(&run);
        else
            step_in_turn(&run);
    }
    if (mingled)
        settle(&run);
    if (g_getenv("SEED") != NULL)
        g_print("%s", run.log->str);
    run_close(&run);
    empty(world);
}

static void
test_seeds(gconstpointer mingled)
{
    const char *only = g_getenv("SEED"), *many = g_getenv("SEEDS");
    guint first = only != NULL ? (guint)strtoul(only, NULL, 10) : 1;
    guint last = only != NULL ? first : many != NULL ? (guint)strtoul(many, NULL, 10) : SEEDS_USUAL;
    World *world = world_new();

    g_test_summary("RFC 3501 §5.2, §7.4.1: what a client is told is what the mailbox is");
    for (guint seed = first; seed <= last; seed++) {
        g_test_message("again: SEED=%u %s", seed, g_get_prgname());
        play(world, seed, GPOINTER_TO_INT(mingled));
    }
    world_free(world);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/imap/model/in-turn", GINT_TO_POINTER(FALSE), test_seeds);
    g_test_add_data_func("/imap/model/mingled", GINT_TO_POINTER(TRUE), test_seeds);
    return g_test_run();
}
