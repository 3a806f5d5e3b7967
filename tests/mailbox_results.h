/* tests/mailbox_results.h - what a command must have done: to the mailboxes of the model, to what the
 * client was told, and to what the client then believes.
 */
#ifndef TESTS_MAILBOX_RESULTS_H
#define TESTS_MAILBOX_RESULTS_H

#include "tests/mailbox_client.h"

/* ---- what a command must have done: in turn ---- */

static inline gboolean
is_modified(const Client *client, guint32 uid, guint number)
{
    for (guint i = 0; i < client->modified->len; i++)
        if (g_array_index(client->modified, guint32, i) == (client->by_uid ? uid : number))
            return TRUE;
    return FALSE;
}

/* A .SILENT STORE is not told: the client changes its own view, but where it was told otherwise. */
static inline void
remember_silent(Client *client)
{
    for (guint i = 0; i < client->uids->len; i++) {
        guint32 uid = g_array_index(client->uids, guint32, i);
        ModelMessage *known = uid == 0 ? NULL : model_find(client->view.messages, uid);
        guint index = known == NULL ? 0 : (guint)(known - model_at(client->view.messages, 0));

        if (known != NULL && known->flags != MODEL_UNKNOWN &&
            !is_modified(client, uid, index + 1) && !known->told)
            known->flags = model_flags_change(known->flags, client->how, client->flags);
    }
}

/* The store's own numbers, as they are before the command: the model counts no MODSEQs. */
static inline void
note_modseqs(Run *run, const Client *client)
{
    const GArray *messages = client->box < 0 ? NULL : run->boxes[client->box].messages;

    for (guint i = 0; messages != NULL && i < messages->len; i++) {
        ModelMessage *message = model_at(messages, i);
        g_autoptr(StoreEntry) entry =
            store_entry_get(run->world->store, run->ids[client->box], message->uid, NULL);

        message->modseq = entry == NULL ? 0 : entry->modseq;
    }
}

/* RFC 7162 §3.1.3: a message that has changed since is left alone, and named in MODIFIED. */
static inline gboolean
predict_modified(Run *run, const Client *client, const ModelMessage *message, guint number)
{
    gboolean newer = client->since != 0 && message->modseq > client->since;

    if (newer != is_modified(client, message->uid, number))
        fail(run, "client %u: UID %u has changed since: %d, MODIFIED says otherwise", client->name,
             message->uid, newer);
    return newer;
}

/* RFC 7162 §3.1.4.1: what has changed since is told, and nothing else. */
static inline void
predict_changed(Run *run, Client *client)
{
    for (guint i = 0; client->name == 1 && i < client->uids->len; i++) {
        guint32 uid = g_array_index(client->uids, guint32, i);
        const ModelMessage *message = model_find(run->boxes[client->box].messages, uid);
        const ModelMessage *known = model_find(client->view.messages, uid);

        if (message == NULL || known == NULL)
            continue;
        if (known->told != (message->modseq > client->since))
            fail(run, "client %u: UID %u has MODSEQ %" G_GUINT64_FORMAT ", and is told: %d",
                 client->name, uid, message->modseq, known->told);
    }
}

static inline void
predict_flags(Run *run, Client *client)
{
    for (guint i = 0; i < client->uids->len; i++) {
        ModelMessage *message =
            model_find(run->boxes[client->box].messages, g_array_index(client->uids, guint32, i));

        if (message != NULL && client->doing == DO_READ)
            message->flags |= MODEL_SEEN;
        else if (message != NULL && !predict_modified(run, client, message, client->first + i + 1))
            message->flags = model_flags_change(message->flags, client->how, client->flags);
    }
}

/* What COPYUID names has been copied; it must be all that is there, and have the next UIDs. */
static inline void
predict_copies(Run *run, Client *client, const GArray *named)
{
    ModelBox *from = &run->boxes[client->box], *to = &run->boxes[client->to];
    guint there = 0;

    for (guint i = 0; i < named->len; i++)
        there += model_find(from->messages, g_array_index(named, guint32, i)) != NULL;
    if (client->copied ? client->uids->len != there || client->copies->len != there
                       : client->status == 'O' && there > 0)
        fail(run, "client %u: %u messages are there to copy, COPYUID tells of %u", client->name,
             there, client->copied ? client->uids->len : 0);
    for (guint i = 0; client->copied && i < client->uids->len; i++) {
        const ModelMessage *source =
            model_find(from->messages, g_array_index(client->uids, guint32, i));

        if (source == NULL || g_array_index(client->copies, guint32, i) != to->uidnext)
            fail(run, "client %u: COPYUID tells of UIDs that cannot be", client->name);
        model_add(to, source->flags, source->number);
        if (client->doing == DO_MOVE)
            model_remove(from, g_array_index(client->uids, guint32, i));
    }
}

static inline void
predict_append(Run *run, Client *client)
{
    ModelBox *box = &run->boxes[client->to];

    if (client->appended != box->uidnext)
        fail(run, "client %u: APPENDUID says %u, it must be %u", client->name, client->appended,
             box->uidnext);
    model_add(box, client->flags, client->number);
}

/* "SEARCH 2 3", "ESEARCH (TAG "t1") UID ALL 2:3": the numbers that the model has found. */
static inline void
predict_search(Run *run, Client *client)
{
    const ModelBox *box = &run->boxes[client->box];
    const char *all = strstr(client->found->str, "ALL ");
    g_autofree char *list = g_strdup(all != NULL ? all + 4 : client->found->str + strlen("SEARCH"));
    g_autoptr(GArray) found = NULL;
    guint at = 0;

    if (all == NULL && g_str_has_prefix(client->found->str, "ESEARCH"))
        list[0] = '\0'; /* nothing was found */
    if (all != NULL)
        list[strcspn(list, " ")] = '\0';
    found = model_set_parse(g_strdelimit(g_strstrip(list), " ", ','));
    for (guint i = 0; i < client->view.messages->len; i++) {
        guint32 uid = model_at(client->view.messages, i)->uid;
        const ModelMessage *message = uid == 0 ? NULL : model_find(box->messages, uid);

        if (message == NULL || (message->flags & client->flags) == 0)
            continue;
        if (at >= found->len || g_array_index(found, guint32, at) != (client->by_uid ? uid : i + 1))
            fail(run, "client %u: SEARCH does not find UID %u", client->name, uid);
        at++;
    }
    if (at < found->len)
        fail(run, "client %u: SEARCH finds too much: %s", client->name, client->found->str);
}

static inline void
predict_status(Run *run, Client *client)
{
    const ModelBox *box = &run->boxes[client->to];
    guint unseen = 0;

    for (guint i = 0; i < box->messages->len; i++)
        unseen += (model_at(box->messages, i)->flags & MODEL_SEEN) == 0;
    g_autofree char *expected = g_strdup_printf("(MESSAGES %u UIDNEXT %u UNSEEN %u)",
                                                box->messages->len, box->uidnext, unseen);
    if (!g_str_has_suffix(client->found->str, expected))
        fail(run, "client %u: %s, but it is %s", client->name, client->found->str, expected);
}

static inline void
predict_expunge(Run *run, Client *client)
{
    guint32 from = 1, to = G_MAXUINT32;

    if (client->doing == DO_UID_EXPUNGE) {
        from = g_array_index(client->uids, guint32, 0);
        to = g_array_index(client->uids, guint32, client->uids->len - 1);
    }
    model_remove_deleted(&run->boxes[client->box], from, to);
}

static inline void
predict(Run *run, Client *client, const GArray *named)
{
    gboolean changes = client->box >= 0 && !client->read_only;

    switch (client->doing) {
    case DO_READ:
    case DO_STORE:
        if (changes)
            predict_flags(run, client);
        break;
    case DO_CHANGED: predict_changed(run, client); break;
    case DO_SEARCH: predict_search(run, client); break;
    case DO_COPY: predict_copies(run, client, named); break;
    case DO_MOVE:
        if (changes)
            predict_copies(run, client, named);
        break;
    case DO_APPEND: predict_append(run, client); break;
    case DO_EXPUNGE:
    case DO_UID_EXPUNGE:
    case DO_CLOSE:
        if (changes)
            predict_expunge(run, client);
        break;
    case DO_STATUS: predict_status(run, client); break;
    default: break;
    }
}

/* ---- what must be so when a command has ended ---- */

/* RFC 3501 §7.4.1: not while numbers are in use. */
static inline gboolean
forbids_expunge(const Client *client)
{
    return !client->by_uid &&
           (client->doing == DO_LEARN || client->doing == DO_FETCH || client->doing == DO_CHANGED ||
            client->doing == DO_READ || client->doing == DO_STORE || client->doing == DO_SEARCH);
}

static inline void
check_view(Run *run, Client *client, gboolean whole)
{
    if (client->box < 0)
        return;
    model_view_compare(&client->view, run->boxes[client->box].messages, whole);
    if (client->view.wrong->len > 0)
        fail(run, "client %u has %s open: %s", client->name, box_names[client->box],
             client->view.wrong->str);
}

/* A UID is one message for ever, whoever is told of it. */
static inline void
check_identity(Run *run, const Client *client)
{
    for (guint i = 0; client->box >= 0 && i < client->view.messages->len; i++) {
        const ModelMessage *known = model_at(client->view.messages, i);
        g_autofree char *key = g_strdup_printf("%d.%u", client->box, known->uid);
        guint before = GPOINTER_TO_UINT(g_hash_table_lookup(run->known, key));

        if (known->uid == 0 || known->number == 0)
            continue;
        if (before != 0 && before != known->number)
            fail(run, "UID %s was m%u, and is m%u", key, before, known->number);
        g_hash_table_insert(run->known, g_steal_pointer(&key), GUINT_TO_POINTER(known->number));
    }
}

static inline void
follow_state(Client *client)
{
    if (client->doing == DO_SELECT)
        client->box = client->status == 'O' ? client->to : -1;
    if (client->doing == DO_CLOSE || client->doing == DO_UNSELECT)
        client->box = -1;
    if (client->box < 0)
        g_array_set_size(client->view.messages, 0);
    if (client->doing == DO_STORE && client->silent && client->status != 'B' && !client->read_only)
        remember_silent(client);
}

static inline void
end(Run *run, Client *client, const GArray *named)
{
    if (client->status == 'B')
        fail(run, "client %u: BAD to a good command", client->name);
    if (client->view.expunged && forbids_expunge(client))
        fail(run, "client %u: EXPUNGE in the wrong place", client->name);
    if (!run->mingled)
        predict(run, client, named);
    follow_state(client);
    check_identity(run, client);
    if (!run->mingled)
        check_view(run, client, !forbids_expunge(client));
    client->doing = DO_NOTHING;
}

static inline void
end_idle(Run *run, Client *client)
{
    client->idles = FALSE;
    model_view_begin(&client->view);
    say(run, client, "DONE\r\n");
}

#endif
