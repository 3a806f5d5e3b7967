/* tests/mailbox_commands.h - what a client of tests/test_imap_model.c says next, by chance: a command
 * that fits its state, and on which messages. What was drawn is noted in the client.
 */
#ifndef TESTS_MAILBOX_COMMANDS_H
#define TESTS_MAILBOX_COMMANDS_H

#include "tests/mailbox_client.h"

#define BOX_FULL 14 /* then more is removed than added */

static inline guint
below(Run *run, guint limit)
{
    return (guint)g_rand_int_range(run->chance, 0, (gint32)limit);
}

/* Some messages of the view: 2:5 by number, or by UID. */
static inline char *
choose_set(Run *run, Client *client)
{
    const GArray *known = client->view.messages;

    client->first = below(run, known->len);
    client->last =
        below(run, 3) > 0 ? client->first : client->first + below(run, known->len - client->first);
    client->by_uid = below(run, 2) == 0;
    g_array_set_size(client->uids, 0);
    for (guint i = client->first; i <= client->last; i++)
        g_array_append_val(client->uids, model_at(known, i)->uid);
    guint first = client->by_uid ? model_at(known, client->first)->uid : client->first + 1;
    guint last = client->by_uid ? model_at(known, client->last)->uid : client->last + 1;

    return below(run, 2) == 0 ? g_strdup_printf("%u:%u", first, last)
                              : g_strdup_printf("%u:%u", last, first);
}

/* For the client with CONDSTORE: a MODSEQ that it knows, as a condition; 0: none. */
static guint64
choose_since(Run *run, const Client *client)
{
    const GArray *known = client->view.messages;

    return client->name == 1 ? model_at(known, below(run, known->len))->modseq : 0;
}

static inline char *
store_command(Run *run, Client *client, const char *set)
{
    static const char hows[] = "+-=";

    client->how = hows[below(run, 3)];
    client->silent = below(run, 2) == 0;
    client->flags = 1u << below(run, MODEL_FLAGS);
    if (below(run, 2) == 0)
        client->flags |= MODEL_DELETED;
    g_autofree char *flags = model_flags_text(client->flags), *condition = g_strdup("");

    client->since = below(run, 2) == 0 ? choose_since(run, client) : 0;
    if (client->since != 0) {
        g_free(condition);
        condition = g_strdup_printf("(UNCHANGEDSINCE %" G_GUINT64_FORMAT ") ", client->since);
    }
    return g_strdup_printf("STORE %s %s%sFLAGS%s (%s)", set, condition,
                           client->how == '='   ? ""
                           : client->how == '+' ? "+"
                                                : "-",
                           client->silent ? ".SILENT" : "", flags);
}

static inline char *
append_command(Run *run, Client *client)
{
    g_autofree char *text = g_strdup_printf("Subject: m%u\r\n\r\ntext\r\n", ++run->number);
    g_autofree char *flags = NULL;

    client->number = run->number;
    client->flags = below(run, 1u << MODEL_FLAGS);
    flags = model_flags_text(client->flags);
    return g_strdup_printf("APPEND %s (%s) {%zu+}\r\n%s", box_names[client->to], flags,
                           strlen(text), text);
}

/* What EXISTS has told, and no FETCH yet; -1: all is known. */
static inline int
first_unknown(const Client *client)
{
    for (guint i = 0; i < client->view.messages->len; i++)
        if (model_at(client->view.messages, i)->uid == 0)
            return (int)i;
    return -1;
}

static inline Doing
choose(Run *run, const Client *client)
{
    static const Doing anywhere[] = { DO_SELECT, DO_SELECT, DO_SELECT, DO_APPEND, DO_STATUS };
    static const Doing empty[] = { DO_APPEND, DO_APPEND, DO_NOOP, DO_IDLE, DO_SELECT, DO_EXPUNGE };
    static const Doing usual[] = { DO_NOOP,   DO_FETCH, DO_READ,        DO_STORE,    DO_STORE,
                                   DO_STORE,  DO_STORE, DO_SEARCH,      DO_SEARCH,   DO_COPY,
                                   DO_COPY,   DO_MOVE,  DO_APPEND,      DO_APPEND,   DO_EXPUNGE,
                                   DO_IDLE,   DO_IDLE,  DO_UID_EXPUNGE, DO_SELECT,   DO_CLOSE,
                                   DO_READ,   DO_FETCH, DO_STATUS,      DO_UNSELECT, DO_CHANGED,
                                   DO_CHANGED };
    static const Doing full[] = {
        DO_STORE, DO_STORE, DO_EXPUNGE, DO_UID_EXPUNGE, DO_NOOP, DO_CLOSE
    };

    if (client->box < 0)
        return anywhere[below(run, G_N_ELEMENTS(anywhere))];
    if (first_unknown(client) >= 0)
        return below(run, 3) == 0 ? DO_NOOP : DO_LEARN;
    if (client->view.messages->len == 0)
        return empty[below(run, G_N_ELEMENTS(empty))];
    if (client->view.messages->len >= BOX_FULL)
        return full[below(run, G_N_ELEMENTS(full))];
    return usual[below(run, G_N_ELEMENTS(usual))];
}

static inline char *
search_command(Run *run, Client *client)
{
    client->flags = 1u << below(run, MODEL_FLAGS - 1);
    client->by_uid = below(run, 2) == 0;
    return g_strdup_printf("SEARCH %s", model_flag_names[__builtin_ctz(client->flags)] + 1);
}

/* The words of the command that was chosen; whatever is drawn by chance is noted. */
static inline char *
words_of(Run *run, Client *client)
{
    g_autofree char *set = NULL;

    client->by_uid = FALSE;
    client->since = 0;
    client->to = (int)below(run, BOXES);
    switch (client->doing) {
    case DO_LEARN:
        return g_strdup_printf("FETCH %d:* (UID FLAGS ENVELOPE)", first_unknown(client) + 1);
    case DO_FETCH:
        set = choose_set(run, client);
        return g_strdup_printf("FETCH %s (UID FLAGS)", set);
    case DO_CHANGED:
        set = choose_set(run, client);
        client->since = MAX(choose_since(run, client), 1);
        return client->name != 1
                   ? g_strdup_printf("FETCH %s (FLAGS)", set)
                   : g_strdup_printf("FETCH %s (FLAGS) (CHANGEDSINCE %" G_GUINT64_FORMAT ")", set,
                                     client->since);
    case DO_READ:
        set = choose_set(run, client);
        return g_strdup_printf("FETCH %s (BODY[HEADER.FIELDS (SUBJECT)])", set);
    case DO_STORE: set = choose_set(run, client); return store_command(run, client, set);
    case DO_SEARCH: return search_command(run, client);
    case DO_COPY:
    case DO_MOVE:
        set = choose_set(run, client);
        return g_strdup_printf("%s %s %s", client->doing == DO_COPY ? "COPY" : "MOVE", set,
                               box_names[client->to]);
    case DO_APPEND: return append_command(run, client);
    case DO_EXPUNGE: return g_strdup("EXPUNGE");
    case DO_UID_EXPUNGE:
        do {
            g_free(set);
            set = choose_set(run, client);
        } while (!client->by_uid);
        return g_strdup_printf("EXPUNGE %s", set);
    case DO_SELECT:
        client->read_only = below(run, 6) == 0;
        return g_strdup_printf("%s %s", client->read_only ? "EXAMINE" : "SELECT",
                               box_names[client->to]);
    case DO_CLOSE: return g_strdup("CLOSE");
    case DO_UNSELECT: return g_strdup("UNSELECT");
    case DO_STATUS:
        return g_strdup_printf("STATUS %s (MESSAGES UIDNEXT UNSEEN)", box_names[client->to]);
    case DO_IDLE: return g_strdup("IDLE");
    case DO_NOTHING:
    case DO_NOOP: break;
    }
    return g_strdup("NOOP");
}

static inline void
begin(Run *run, Client *client, Doing doing)
{
    client->doing = doing;
    client->status = 0;
    client->copied = FALSE;
    client->appended = 0;
    g_array_set_size(client->modified, 0);
    model_view_begin(&client->view);
    g_string_truncate(client->found, 0);
    g_autofree char *words = words_of(run, client);
    g_autofree char *line =
        g_strdup_printf("t%u %s%s\r\n", ++client->tag, client->by_uid ? "UID " : "", words);

    /* The old mailbox is closed before the new one's EXISTS comes. */
    if (doing == DO_SELECT)
        g_array_set_size(client->view.messages, 0);
    say(run, client, line);
}

#endif
