/* judge/sessions_main.c - POP3 sessions by chance, ended in three ways; what lies there afterwards.
 *
 * No socket, no world: the engine (pop3/session.h) is driven by calls, on a database of its own.
 * For each session one line beginning with "#" says what the reader did; the lines below say what
 * became of the mail, and whether each message still has the name that UIDL gave it before.
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "pop3/session.h"
#include "storage/account.h"
#include "storage/entry.h"
#include "storage/mailbox.h"
#include "storage/message.h"

#define SESSIONS 12
#define LETTERS  26

typedef struct Reader {
    Pop3Host host;
    StoreAccount *account;
    gint64 inbox;
    GRand *chance;
    guint arrived;         /* messages A, B, C... */
    guint32 uids[LETTERS]; /* of each, in the store */
    char *names[LETTERS];  /* what UIDL said of it first */
    Pop3Session *session;  /* NULL: none */
    NetBuffer *input;
} Reader;

static gint64
now_s(void *data)
{
    (void)data;
    return G_GINT64_CONSTANT(1767603600);
}

static void
secret(void *data, guint8 *octets, gsize length)
{
    (void)data;
    memset(octets, 7, length);
}

static const StoreWorld world = { now_s, secret, NULL };

static void
must(gboolean done, GError *error)
{
    if (!done)
        g_error("the judge's own world: %s", error != NULL ? error->message : "?");
}

/* Several have the same size, as notices of a machine do. */
static void
arrive(Reader *reader)
{
    Store *store = reader->host.store;
    g_autoptr(StoreDraft) draft = store_draft_new(store);
    g_autofree char *text =
        g_strdup_printf("Subject: message %c\r\n\r\n%.*s\r\n", 'A' + reader->arrived,
                        g_rand_int_range(reader->chance, 1, 4), "abc");
    GError *error = NULL;
    gint64 message;

    must(store_draft_append(draft, text, strlen(text), &error), error);
    store_draft_finish(draft);
    message = store_message_add(store, NULL, draft, "", "robot@north.example", "t", &error);
    must(message != 0, error);
    reader->uids[reader->arrived++] = store_entry_add(store, NULL, STAGE_DELIVER, reader->inbox,
                                                      message, "", 0, "", now_s(NULL), &error);
    must(store_commit(store, &error), error);
}

/* What the server answers to @line. */
static char *
say(Reader *reader, const char *line)
{
    g_autoptr(GString) replies = g_string_new(NULL);
    NetNext next;

    net_buffer_add(reader->input, line, strlen(line));
    do
        next = pop3_session_input(reader->session, reader->input, replies);
    while (next == NET_MORE || (next == NET_GO_ON && net_buffer_length(reader->input) > 0));
    return g_strdup(replies->str);
}

static void
begin(Reader *reader)
{
    reader->input = net_buffer_new();
    reader->session = pop3_session_new(&reader->host, "127.0.0.1", TRUE, NULL, NULL, NULL);
    g_free(say(reader, "USER carol\r\nPASS sesame\r\n"));
}

/* Whatever was written is committed, as at the end of a turn of the loop. */
static void
end(Reader *reader)
{
    g_clear_pointer(&reader->session, pop3_session_free);
    g_clear_pointer(&reader->input, net_buffer_free);
    if (store_is_open(reader->host.store))
        must(store_commit(reader->host.store, NULL), NULL);
}

static GPtrArray *
lying_there(Reader *reader)
{
    GError *error = NULL;
    GPtrArray *page = store_entry_page(reader->host.store, reader->inbox, 0, 200, &error);

    must(page != NULL, error);
    return page;
}

static guint
letter_of(const Reader *reader, const StoreEntry *entry)
{
    guint letter = 0;

    while (letter < reader->arrived && reader->uids[letter] != entry->uid)
        letter++;
    return letter;
}

/* ---- what a reader does ---- */

static void
act(Reader *reader, guint count, GString *did)
{
    guint number = (guint)g_rand_int_range(reader->chance, 1, (gint32)MAX(count, 1) + 1);
    g_autofree char *line = NULL;

    switch (g_rand_int_range(reader->chance, 0, 6)) {
    case 0: line = g_strdup("RSET"); break;
    case 1: line = g_strdup_printf("RETR %u", number); break;
    default: line = g_strdup_printf("DELE %u", number); break;
    }
    g_string_append_printf(did, "%s, ", line);
    g_autofree char *command = g_strconcat(line, "\r\n", NULL);
    g_free(say(reader, command));
}

static const char *
leave(Reader *reader)
{
    g_autoptr(GString) silence = g_string_new(NULL);

    switch (g_rand_int_range(reader->chance, 0, 3)) {
    case 0: g_free(say(reader, "QUIT\r\n")); return "QUIT";
    case 1: pop3_session_expired(reader->session, silence); return "then ten minutes of silence";
    default: return "then the line breaks";
    }
}

static void
one_session(Reader *reader, guint session)
{
    g_autoptr(GPtrArray) before = lying_there(reader);
    g_autoptr(GString) did = g_string_new(NULL);
    gint32 actions = g_rand_int_range(reader->chance, 1, 7);

    begin(reader);
    for (gint32 i = 0; i < actions; i++)
        act(reader, before->len, did);
    g_autofree char *stat = say(reader, "STAT\r\n");
    const char *how = leave(reader);
    end(reader);
    printf("# session %u, with %u messages there: %s%s\n", session, before->len, did->str, how);
    printf("STAT told of %d\n", g_str_has_prefix(stat, "+OK ") ? atoi(stat + strlen("+OK ")) : -1);
}

/* ---- what is there afterwards ---- */

static void
tell_left(Reader *reader, const GPtrArray *page)
{
    printf("left:");
    for (guint i = 0; i < page->len; i++)
        printf(" %c", 'A' + letter_of(reader, g_ptr_array_index(page, i)));
    printf("\n");
}

static void
tell_name(Reader *reader, guint letter, const char *name)
{
    for (guint other = 0; other < reader->arrived; other++)
        if (other != letter && reader->names[other] != NULL &&
            g_str_equal(reader->names[other], name)) {
            printf("name of %c: one that UIDL has given to %c\n", 'A' + letter, 'A' + other);
            return;
        }
    if (reader->names[letter] == NULL)
        reader->names[letter] = g_strdup(name);
    if (*name == '\0' || strlen(name) > 70)
        printf("name of %c: not 1 to 70 octets\n", 'A' + letter);
    else
        printf("name of %c: its own%s\n", 'A' + letter,
               g_str_equal(reader->names[letter], name) ? "" : ", but another one than before");
}

static void
tell_names(Reader *reader, const GPtrArray *page)
{
    for (guint i = 0; i < page->len; i++) {
        g_autofree char *command = g_strdup_printf("UIDL %u\r\n", i + 1);
        g_autofree char *reply = say(reader, command);
        g_auto(GStrv) words = g_strsplit(g_strchomp(reply), " ", 3);

        tell_name(reader, letter_of(reader, g_ptr_array_index(page, i)),
                  g_strv_length(words) == 3 ? words[2] : "");
    }
}

static void
look(Reader *reader)
{
    g_autoptr(GPtrArray) page = lying_there(reader);

    tell_left(reader, page);
    begin(reader);
    tell_names(reader, page);
    g_free(say(reader, "QUIT\r\n"));
    end(reader);
}

static void
open_world(Reader *reader, const char *folder)
{
    static const char *const domains[] = { "south.example", NULL };
    GError *error = NULL;
    Store *store = store_open(folder, "mx.south.example", &world, NULL, &error);

    must(store != NULL, error);
    must(store_account_add(store, "carol", "south.example", "sesame", &error), error);
    must(store_commit(store, &error), error);
    reader->account =
        store_account_find(store, NULL, STAGE_PICKUP, "carol", "south.example", &error);
    must(reader->account != NULL, error);
    g_autoptr(StoreMailbox) inbox = store_mailbox_find(store, reader->account->id, "INBOX", &error);
    must(inbox != NULL, error);
    reader->inbox = inbox->id;
    reader->host = (Pop3Host){ .hostname = "mx.south.example",
                               .domains = domains,
                               .store = store,
                               .locks = pop3_locks_new() };
}

static void
close_world(Reader *reader, const char *folder)
{
    g_autofree char *tidy = g_strdup_printf("rm -rf '%s'", folder);

    for (guint i = 0; i < LETTERS; i++)
        g_free(reader->names[i]);
    pop3_locks_free(reader->host.locks);
    store_account_free(reader->account);
    store_close(reader->host.store);
    g_rand_free(reader->chance);
    if (system(tidy) != 0)
        g_printerr("%s stays\n", folder);
}

int
main(int argc, char **argv)
{
    g_autofree char *folder = g_dir_make_tmp("glasspost-judge-XXXXXX", NULL);
    Reader reader = { .chance = g_rand_new_with_seed(argc > 1 ? (guint32)atoi(argv[1]) : 1) };

    setlocale(LC_ALL, "C.UTF-8");
    open_world(&reader, folder);
    for (guint i = 0; i < 6; i++)
        arrive(&reader);
    look(&reader);
    for (guint session = 1; session <= SESSIONS; session++) {
        one_session(&reader, session);
        if (g_rand_int_range(reader.chance, 0, 2) == 0 && reader.arrived < LETTERS)
            arrive(&reader);
        look(&reader);
    }
    close_world(&reader, folder);
    return 0;
}
