/* trace/viewer/predict_take.c - what is asked where a host takes a message in: the stages sender to
 * dns, of SMTP sessions; of the message itself: predict_keep.c.
 *
 * One function a stage, in the order of the journey: its question, and what the stage can come to
 * (trace/stage.c tells the same in general), with the names and numbers of this event.
 * Tests: tests/test_viewer_predict.c
 */
#include "trace/viewer/predict_inside.h"

#include <string.h>

#include "trace/words.h"

gboolean
view_predict_is_received(const ViewAsk *ask)
{
    return ask->entry->session != NULL && g_str_has_prefix(ask->entry->session, "smtp-");
}

/* ---- sender ---- */

static void
view_predict_null_sender(ViewAsk *ask)
{
    view_predict_that(ask, _("MAIL FROM:<>: the sender's address is empty. May that be?"));
    view_predict_choice(ask, TRUE, _("Yes: a report has no sender, so that nobody answers it"));
    view_predict_choice(ask, FALSE, _("No, 530 5.7.0: whoever sends here must log in first"));
    view_predict_choice(ask, FALSE, _("No, 501 5.1.7: an empty address is none"));
}

gboolean
view_predict_sender(ViewAsk *ask)
{
    g_autoptr(ViewEvent) command = view_predict_command(ask);
    g_autofree char *label = view_predict_word_of(command, "label");
    g_autofree char *address = view_predict_word(ask, "address");
    gboolean ok = strcmp(ask->outcome, "ok") == 0;
    gboolean account = view_predict_has(ask, "account");
    gboolean login = g_strcmp0(ask->event->event->rfc, "RFC 6409 §4.3") == 0;

    if (!view_predict_is_received(ask) || strcmp(label, "MAIL") != 0 || view_predict_is_later(ask))
        return FALSE;
    if (ok && *address == '\0') {
        view_predict_null_sender(ask);
        return TRUE;
    }
    if (*address == '\0')
        view_predict_that(ask, _("MAIL at the submission port. Is the sender accepted?"));
    else
        view_predict_that(ask, _("MAIL FROM:<%s>. Is the sender accepted, and why?"), address);
    view_predict_choice(ask, ok && account, _("Yes: one of our users, who has logged in"));
    view_predict_choice(ask, ok && !account && !login,
                        _("Yes: no user of ours, so another host delivers to us"));
    if (ok && login)
        view_predict_choice(ask, TRUE, _("Yes: one of our users, and this client is trusted"));
    view_predict_choice(ask, !ok && login, _("No, 530 5.7.0: our own users must log in first"));
    view_predict_choice(ask, !ok && !account && !login,
                        _("No, 550 5.1.0: it is in our domain, but nobody here has it"));
    view_predict_choice(ask, !ok && account,
                        _("No, 550 5.7.1: who logged in may not send under this address"));
    return TRUE;
}

/* ---- split ---- */

/* The two sides of @address at @at. */
static void
view_predict_cut(ViewAsk *ask, const char *address, const char *at)
{
    g_autofree char *user = at == NULL ? NULL : g_strndup(address, at - address);

    if (user != NULL && *user != '\0' && at[1] != '\0')
        view_predict_choice(ask, FALSE, _("user %s, domain %s"), user, at + 1);
}

/* The path of "RCPT TO:<path> ...". */
static char *
view_predict_path(const char *line)
{
    const char *begin = strchr(line, '<');
    const char *end = begin == NULL ? NULL : strrchr(begin, '>');

    return end == NULL ? g_strdup("") : g_strndup(begin + 1, end - begin - 1);
}

gboolean
view_predict_split(ViewAsk *ask)
{
    g_autoptr(ViewEvent) command = view_predict_command(ask);
    g_autofree char *line = view_predict_word_of(command, "line");
    g_autofree char *path = view_predict_path(line);
    g_autofree char *user = view_predict_word(ask, "local");
    g_autofree char *domain = view_predict_word(ask, "domain");
    gboolean ok = strcmp(ask->outcome, "ok") == 0;
    const char *plus = strchr(user, '+');

    if (!view_predict_is_received(ask) || *line == '\0' || (ok && *user == '\0'))
        return FALSE;
    view_predict_that(ask, _("%s: which user, in which domain?"), line);
    if (ok && *domain == '\0')
        view_predict_choice(ask, TRUE, _("user %s, and our own domain: postmaster needs none"),
                            user);
    else if (ok)
        view_predict_choice(ask, TRUE, _("user %s, domain %s"), user, domain);
    view_predict_choice(ask, !ok, _("501 5.1.3: this is no address"));
    view_predict_cut(ask, path, strchr(path, '@'));
    if (*domain != '\0')
        view_predict_choice(ask, FALSE, _("user %s, domain %s"), domain, user);
    if (strchr(domain, '.') != NULL) {
        g_autofree char *more = g_strdup_printf("%s@%s", user, domain);

        view_predict_cut(ask, more,
                         strchr(more, '.') > strchr(more, '@') ? strchr(more, '.')
                                                               : strrchr(more, '.'));
    }
    if (plus != NULL)
        view_predict_choice(ask, FALSE, _("user %.*s, domain %s"), (int)(plus - user), user,
                            domain);
    return TRUE;
}

/* ---- route ---- */

/* That a domain is not ours is no outcome if it is refused for that. FALSE: not known yet. */
static gboolean
view_predict_what_follows(const ViewAsk *ask, const char **outcome)
{
    guint count = view_model_count(ask->model);

    for (guint i = ask->index + 1; i < count && i < ask->index + 300; i++) {
        const ViewEntry *entry = view_model_entry(ask->model, i);

        if (entry->session != ask->entry->session)
            continue;
        *outcome = entry->stage == STAGE_ROUTE ? view_model_outcome(ask->model, entry) : NULL;
        return TRUE;
    }
    return FALSE;
}

gboolean
view_predict_route(ViewAsk *ask)
{
    g_autoptr(ViewEvent) command = view_predict_command(ask);
    g_autofree char *line = view_predict_word_of(command, "line");
    g_autofree char *path = view_predict_path(line);
    g_autofree char *domain = view_predict_word(ask, "domain");
    const char *next = NULL;
    gboolean remote = strcmp(ask->outcome, "remote") == 0;

    if (!view_predict_is_received(ask) || *domain == '\0' || ask->event->event->host == NULL ||
        (remote && (!view_predict_what_follows(ask, &next) || g_strcmp0(next, "refused") == 0)))
        return FALSE;
    view_predict_that(ask, _("At %s: which way does %s go?"), ask->event->event->host,
                      *path == '\0' ? domain : path);
    view_predict_choice(ask, strcmp(ask->outcome, "local") == 0,
                        _("It stays: %s is one of our domains"), domain);
    view_predict_choice(ask, remote,
                        _("It travels: %s is not ours, DNS is asked for its mail host"), domain);
    view_predict_choice(ask, strcmp(ask->outcome, "refused") == 0,
                        _("Refused, 550 5.7.1: it would travel, and this client may not relay"));
    return TRUE;
}

/* ---- recipient ---- */

gboolean
view_predict_recipient(ViewAsk *ask)
{
    g_autoptr(ViewEvent) command = view_predict_command(ask);
    g_autofree char *line = view_predict_word_of(command, "line");
    g_autofree char *path = view_predict_path(line);
    g_autofree char *account = view_predict_word(ask, "account");
    gboolean ok = strcmp(ask->outcome, "ok") == 0;
    gboolean own = ok && g_ascii_strcasecmp(account, path) == 0;

    if (!view_predict_is_received(ask) || *path == '\0' || view_predict_is_later(ask) ||
        strcmp(ask->outcome, "refused") == 0)
        return FALSE;
    view_predict_that(ask, _("Does %s exist here?"), path);
    view_predict_choice(ask, own, _("Yes: an account has this name"));
    if (ok && !own)
        view_predict_choice(ask, TRUE, _("Yes, though no account has this name: %s takes it"),
                            account);
    view_predict_choice(ask, strcmp(ask->outcome, "alias") == 0,
                        _("Yes: an alias, its targets get the message"));
    view_predict_choice(ask, strcmp(ask->outcome, "unknown") == 0,
                        _("No, 550 5.1.1: nobody here is called so"));
    view_predict_choice(ask, strcmp(ask->outcome, "full") == 0,
                        _("Yes, but 452 4.2.2: the mailbox is full, come again later"));
    return TRUE;
}

/* ---- dns ---- */

/* "mx1.south.example, then mx2.south.example", or the other way round. Each host may have several
 * addresses, and is named once. */
static char *
view_predict_hosts(const ViewAsk *ask, gboolean backwards, char **first)
{
    JsonNode *node = json_object_get_member(ask->event->data, "hosts");
    JsonArray *hosts =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; hosts != NULL && i < json_array_get_length(hosts) && names->len < 3; i++) {
        char *name = view_value_words(json_array_get_element(hosts, i));

        name[strcspn(name, " ")] = '\0';
        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_free(name);
        else
            g_ptr_array_insert(names, backwards ? 0 : -1, name);
    }
    if (first != NULL)
        *first = g_strdup(names->len == 0 ? "" : names->pdata[0]);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(_(", then "), (char **)names->pdata);
}

/* A relay mostly asks what was asked when the recipient was named: once is enough. */
static gboolean
view_predict_was_asked_before(const ViewAsk *ask)
{
    const ViewMessage *message = view_model_message_of(ask->model, ask->entry->journey);
    guint last = message == NULL ? 0 : message->entries->len;

    while (last > 0 && g_array_index(message->entries, guint, last - 1) >= ask->hidden)
        last--;
    for (guint i = last; i > 0 && last - i < 1000; i--) {
        const ViewEntry *entry =
            view_model_entry(ask->model, g_array_index(message->entries, guint, i - 1));

        if (entry->stage == STAGE_DNS && entry->host == ask->entry->host &&
            entry->session != ask->entry->session)
            return TRUE;
    }
    return FALSE;
}

gboolean
view_predict_dns(ViewAsk *ask)
{
    g_autofree char *domain = view_predict_word(ask, "domain");
    g_autofree char *first = NULL;
    g_autofree char *hosts = view_predict_hosts(ask, FALSE, &first);
    g_autofree char *backwards = view_predict_hosts(ask, TRUE, NULL);
    gboolean found = strcmp(ask->outcome, "hosts") == 0;
    gboolean itself = found && g_ascii_strcasecmp(first, domain) == 0;

    if (*domain == '\0' || view_predict_was_asked_before(ask) ||
        (!found && strcmp(ask->outcome, "no-domain") != 0 && strcmp(ask->outcome, "null-mx") != 0 &&
         strcmp(ask->outcome, "no-host") != 0 && strcmp(ask->outcome, "later") != 0))
        return FALSE;
    view_predict_that(ask, _("Which hosts take mail for %s, and in which order are they tried?"),
                      domain);
    if (found && !itself)
        view_predict_choice(ask, TRUE, "%s", hosts);
    if (found && strcmp(hosts, backwards) != 0)
        view_predict_choice(ask, FALSE, "%s", backwards);
    view_predict_choice(ask, itself, _("%s itself: it has no MX record, but an address"), domain);
    view_predict_choice(ask, strcmp(ask->outcome, "no-domain") == 0,
                        _("None: no such domain. Refused at once, 550 5.1.2"));
    view_predict_choice(ask, strcmp(ask->outcome, "null-mx") == 0,
                        _("None: it says that it takes no mail (null MX), 556 5.1.10"));
    view_predict_choice(
        ask, strcmp(ask->outcome, "later") == 0,
        _("Not known: no answer. The message is taken, DNS asked again later, 4.4.3"));
    if (strcmp(ask->outcome, "no-host") == 0)
        view_predict_choice(ask, TRUE, _("None: its mail hosts have no address, 5.4.4"));
    if (!found)
        view_predict_choice(ask, FALSE, _("Those of its MX records, the lowest preference first"));
    return TRUE;
}
