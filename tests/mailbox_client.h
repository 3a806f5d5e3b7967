/* tests/mailbox_client.h - an IMAP client of tests/test_imap_model.c: it says a command, hears the
 * responses one by one, and gives the engine as many turns as somebody outside decides.
 *
 *   say() > work() work() ... commit() ... work() > status is set: the tagged response has come
 */
#ifndef TESTS_MAILBOX_CLIENT_H
#define TESTS_MAILBOX_CLIENT_H

#include "tests/mailbox_model.h"
#include "tests/reader_world.h"

#define CLIENTS 3
#define BOXES   2

typedef enum {
    DO_NOTHING,
    DO_NOOP,
    DO_LEARN, /* FETCH of what EXISTS has told */
    DO_FETCH,
    DO_CHANGED, /* FETCH (CHANGEDSINCE n) */
    DO_READ,    /* FETCH BODY[...]: sets \Seen */
    DO_STORE,
    DO_SEARCH,
    DO_COPY,
    DO_MOVE,
    DO_APPEND,
    DO_EXPUNGE,
    DO_UID_EXPUNGE,
    DO_SELECT,
    DO_CLOSE,
    DO_UNSELECT,
    DO_STATUS,
    DO_IDLE,
} Doing;

typedef struct Client {
    guint name; /* 0, 1, 2 */
    ImapSession *session;
    NetBuffer *input;
    GString *heard; /* octets that are no whole response yet */
    ModelView view;
    int box; /* 0, 1; -1: none is open */
    gboolean read_only;
    NetNext next;
    gboolean asks_commit;
    gboolean idles;
    guint tag;
    /* ---- the command under way ---- */
    Doing doing;
    gboolean by_uid;
    guint first, last; /* indices of the view that it names */
    char how;          /* STORE: '+' '-' '=' */
    gboolean silent;
    guint64 since; /* STORE (UNCHANGEDSINCE n), FETCH (CHANGEDSINCE n); 0: without */
    guint flags;
    int to; /* SELECT, COPY, MOVE, APPEND, STATUS: the mailbox */
    guint number;
    GArray *uids; /* that the command names; COPY and MOVE: at last those that COPYUID names */
    GArray *copies;
    gboolean copied;  /* a COPYUID came */
    GArray *modified; /* what MODIFIED named: these were not changed */
    GString *found;   /* what SEARCH or STATUS said */
    guint32 appended; /* what APPENDUID said */
    char status;      /* of the tagged response: 'O', 'N', 'B'; 0: it has not come */
} Client;

/* A host with one user and two mailboxes, and no disk. */
typedef struct World {
    Store *store;
    StoreAccount *carol;
    ImapHost imap;
} World;

typedef struct Run {
    World *world;
    GRand *chance;
    gboolean mingled;
    Client clients[CLIENTS];
    ModelBox boxes[BOXES];
    gint64 ids[BOXES];
    guint number;      /* of the last message made */
    GHashTable *known; /* "0.17": which message a UID is, once and for all */
    GString *log;
} Run;

static const char *const box_names[BOXES] = { "INBOX", "Work" };

static inline void fail(Run *run, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Ends the test program: the last of what was said, and what is wrong with it. */
static inline void
fail(Run *run, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *words = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_error("%s%s", run->log->str + MAX(run->log->len, 3000) - 3000, words);
}

/* ---- hearing ---- */

/* "[COPYUID 17 3:4 8:9]": what was copied, and what it has become. */
static inline void
hear_copies(Client *client, const char *line)
{
    const char *code = strstr(line, "[COPYUID ");

    if (code == NULL)
        return;
    g_auto(GStrv) words = g_strsplit(code + 9, " ", 3);
    client->copied = TRUE;
    g_array_unref(client->uids);
    g_array_unref(client->copies);
    client->uids = model_set_parse(words[1]);
    client->copies = model_set_parse(words[2]);
}

static inline void
hear_tagged(Client *client, const char *line)
{
    const char *words = strchr(line, ' ') + 1, *code = strstr(line, "[APPENDUID ");

    client->status = words[0];
    hear_copies(client, line);
    if (strstr(line, "[MODIFIED ") != NULL) {
        g_array_unref(client->modified);
        client->modified = model_set_parse(strstr(line, "[MODIFIED ") + strlen("[MODIFIED "));
    }
    if (code != NULL)
        client->appended = (guint32)strtoul(strchr(code + 11, ' '), NULL, 10);
}

static inline void
hear_untagged(Run *run, Client *client, const char *line)
{
    char *words = NULL;
    guint number = (guint)strtoul(line, &words, 10);

    if (g_str_has_prefix(words, " EXISTS"))
        model_view_exists(&client->view, number);
    else if (g_str_has_prefix(words, " EXPUNGE"))
        model_view_expunge(&client->view, number);
    else if (g_str_has_prefix(words, " FETCH "))
        model_view_fetch(&client->view, number, words + 7);
    else if (g_str_has_prefix(line, "SEARCH") || g_str_has_prefix(line, "ESEARCH") ||
             g_str_has_prefix(line, "STATUS"))
        g_string_append(client->found, line);
    else if (g_str_has_prefix(line, "OK [COPYUID"))
        hear_copies(client, line);
    else if (g_str_has_prefix(line, "BYE"))
        fail(run, "client %u is sent away: %s", client->name, line);
}

/* The length of the first whole response, its literals counted in; 0: there is none yet. */
static inline gsize
response_length(const GString *heard)
{
    gsize from = 0;

    for (;;) {
        const char *end = strstr(heard->str + from, "\r\n");
        const char *brace;

        if (end == NULL)
            return 0;
        from = (gsize)(end - heard->str) + 2;
        brace = end > heard->str && end[-1] == '}'
                    ? g_strrstr_len(heard->str, end - heard->str, "{")
                    : NULL;
        if (brace == NULL)
            return from;
        from += strtoul(brace + 1, NULL, 10);
        if (from > heard->len)
            return 0;
    }
}

static inline void
hear(Run *run, Client *client)
{
    gsize length;

    while ((length = response_length(client->heard)) > 0) {
        g_autofree char *line = g_strndup(client->heard->str, length - 2);

        g_string_erase(client->heard, 0, (gssize)length);
        g_string_append_printf(run->log, "%u S: %s\n", client->name, line);
        if (line[0] == '*')
            hear_untagged(run, client, line + 2);
        else if (line[0] == '+')
            client->idles = client->doing == DO_IDLE;
        else
            hear_tagged(client, line);
        if (client->view.wrong->len > 0)
            fail(run, "client %u hears what cannot be: %s", client->name, client->view.wrong->str);
    }
}

/* ---- sending, a slice at a time ---- */

static inline void
ask_commit(void *data, ImapSession *session)
{
    (void)session;
    ((Client *)data)->asks_commit = TRUE;
}

static inline void
ask_password(void *data, ImapSession *session, const SaslTry *attempt)
{
    (void)data;
    (void)session;
    (void)attempt;
}

static const ImapAsk asks = { ask_commit, ask_password };

static inline void
push(void *data, const char *octets, gsize length)
{
    g_string_append_len(((Client *)data)->heard, octets, (gssize)length);
}

/* The group's COMMIT; who waited for it goes on. */
static inline void
commit(Run *run)
{
    const ImapAnswer durable = { 0 };

    g_assert_true(store_commit(run->world->store, NULL));
    for (guint i = 0; i < CLIENTS; i++) {
        Client *client = &run->clients[i];

        if (client->asks_commit) {
            client->asks_commit = FALSE;
            client->next = imap_session_answer(client->session, &durable, client->heard);
        }
        hear(run, client);
    }
}

static inline void
say(Run *run, Client *client, const char *octets)
{
    g_string_append_printf(run->log, "%u C: %s", client->name, octets);
    net_buffer_add(client->input, octets, strlen(octets));
    client->next = NET_MORE;
}

/* One slice. */
static inline void
work(Run *run, Client *client)
{
    gsize before = net_buffer_length(client->input);

    if (client->asks_commit)
        return;
    client->next = imap_session_input(client->session, client->input, client->heard);
    if (client->next == NET_GO_ON && net_buffer_length(client->input) > 0 &&
        net_buffer_length(client->input) < before)
        client->next = NET_MORE;
    hear(run, client);
}

static inline gboolean
is_busy(const Client *client)
{
    return client->doing != DO_NOTHING && client->status == 0 && !client->idles;
}

static inline void
work_to_the_end(Run *run, Client *client)
{
    for (guint turns = 0; is_busy(client); turns++) {
        if (turns > 1000)
            fail(run, "client %u gets no answer", client->name);
        work(run, client);
        if (client->asks_commit)
            commit(run);
    }
}

#endif
