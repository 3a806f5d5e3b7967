/* imap/list.c - which mailboxes are there? LIST and LSUB (RFC 9051 §6.3.9, RFC 3501 §6.3.9).
 *
 *   LIST "" "%"     Archive, INBOX, Work           % stops at the next level
 *   LIST "" "*"     and Work/2026, Work/2027       * does not
 *
 * The names come from the store in the order of a tree, a page a turn. In hand is the branch that
 * leads to the present name, from the top down:
 *
 *   Work      a mailbox        or a level: it has mailboxes below it, but is none itself
 *   Work/2026 a mailbox        told when it comes; with RECURSIVEMATCH when all below it has
 *                              passed: only then is it known what is there (CHILDINFO)
 *
 * What is asked for: imap/list_parse.c.
 * Tests: tests/test_imap_list.c, tests/test_imap_list_model.c
 */
#include "imap/list.h"
#include "storage/listing.h"

#include <string.h>

/* One name of the branch. */
typedef struct ImapBranch {
    StoreListed *listed;
    gboolean level;    /* no row of the store's: it stands above one */
    gboolean selected; /* meets the selection options */
    gboolean below;    /* something below it does */
    gboolean hidden;   /* and is not told itself, because no pattern matches it */
} ImapBranch;

typedef struct ImapListing {
    ImapListWish wish;
    gboolean subscriptions; /* the names subscribed to, and not the mailboxes, are walked through */
    char *prefix;           /* all names that can match begin so; "" where nothing is known */
    char *after;            /* the last name read */
    GPtrArray *branch;      /* ImapBranch */
    guint read, told;
} ImapListing;

static void
imap_branch_free(gpointer data)
{
    ImapBranch *branch = data;

    store_listed_free(branch->listed);
    g_free(branch);
}

static void
imap_listing_free(gpointer data)
{
    ImapListing *work = data;

    imap_list_wish_clear(&work->wish);
    g_ptr_array_unref(work->branch);
    g_free(work->prefix);
    g_free(work->after);
    g_free(work);
}

/* ---- writing ---- */

/* The attributes of RFC 9051 §7.3.1, as far as they were asked for. Clients that have not shown
 * that they know \NonExistent get the old word, which means less: it can't be selected. */
static void
imap_list_write_attributes(GString *out, const StoreListed *listed, guint give, gboolean modern)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    if (listed->mailbox == 0)
        g_ptr_array_add(words, modern ? "\\NonExistent" : "\\Noselect");
    if ((give & IMAP_LIST_CHILDREN) != 0 || (modern && listed->mailbox == 0 && listed->children))
        g_ptr_array_add(words, listed->children ? "\\HasChildren" : "\\HasNoChildren");
    if ((give & IMAP_LIST_SUBSCRIBED) != 0 && listed->subscribed)
        g_ptr_array_add(words, "\\Subscribed");
    if (listed->special != NULL)
        g_ptr_array_add(words, listed->special);
    g_ptr_array_add(words, NULL);
    g_autofree char *joined = g_strjoinv(" ", (char **)words->pdata);
    g_string_append_printf(out, "(%s)", joined);
}

void
imap_list_tell(ImapSession *session, const char *name, const char *oldname, GString *replies)
{
    g_autoptr(StoreListed) there =
        store_listing_one(session->host->store, session->account, name, NULL);
    StoreListed gone = { .name = (char *)name,
                         .children =
                             there == NULL && store_listing_has_inferiors(session->host->store,
                                                                          session->account, name) };
    g_autoptr(GString) line = g_string_new("LIST ");

    imap_list_write_attributes(line, there != NULL ? there : &gone,
                               IMAP_LIST_CHILDREN | IMAP_LIST_SUBSCRIBED, TRUE);
    g_string_append(line, " \"/\" ");
    imap_enable_write_name(session, line, name);
    if (oldname != NULL) {
        g_string_append(line, " (\"OLDNAME\" (");
        imap_enable_write_name(session, line, oldname);
        g_string_append(line, "))");
    }
    imap_untagged(session, replies, "%s", line->str);
}

/* One name. After it, where that was asked for, how much is in it (RFC 5819 §2). */
static void
imap_list_write(ImapSession *session, ImapListing *work, const ImapBranch *branch, GString *replies)
{
    const ImapListWish *wish = &work->wish;
    const StoreListed *listed = branch->listed;
    g_autoptr(GString) line = g_string_new(wish->lsub ? "LSUB " : "LIST ");

    if (wish->lsub) /* here \Noselect means: not subscribed itself (RFC 3501 §6.3.9) */
        g_string_append(line, branch->level ? "(\\Noselect)" : "()");
    else
        imap_list_write_attributes(line, listed, wish->give,
                                   wish->extended || (session->enabled & IMAP_ENABLED_REV2) != 0);
    g_string_append(line, " \"/\" ");
    imap_enable_write_name(session, line, listed->name);
    if ((wish->select & IMAP_LIST_RECURSIVE) != 0 && branch->below)
        g_string_append(line, " (\"CHILDINFO\" (\"SUBSCRIBED\"))");
    imap_untagged(session, replies, "%s", line->str);
    work->told++;
    if ((wish->give & IMAP_LIST_STATUS) != 0 && branch->selected && listed->mailbox != 0)
        imap_status_write(session, listed->mailbox, wish->status, replies, NULL);
}

/* ---- which names ---- */

/* A level is told where a pattern asks for levels, and only where all names are asked for: a choice
 * among them is exact (RFC 9051 §6.3.9.1). LSUB is different: % stands for what is subscribed to
 * below it. */
static gboolean
imap_list_tells(const ImapListWish *wish, const ImapBranch *branch)
{
    guint choice = IMAP_LIST_SUBSCRIBED | IMAP_LIST_SPECIAL_USE;

    if (branch->level)
        return (wish->select & choice) == 0 && imap_list_wants(wish, branch->listed->name, TRUE);
    return branch->selected && imap_list_wants(wish, branch->listed->name, FALSE);
}

/* The last of the branch goes. With RECURSIVEMATCH its time has come: it is told if it is selected
 * itself, or if something below it is that is not told (RFC 9051 §6.3.9.6). */
static void
imap_list_leave(ImapSession *session, ImapListing *work, GString *replies)
{
    const ImapListWish *wish = &work->wish;
    guint depth = work->branch->len;
    ImapBranch *last = g_ptr_array_index(work->branch, depth - 1);
    ImapBranch *above = depth > 1 ? g_ptr_array_index(work->branch, depth - 2) : NULL;

    if ((wish->select & IMAP_LIST_RECURSIVE) != 0) {
        gboolean wanted = imap_list_wants(wish, last->listed->name, FALSE);

        if (above != NULL) {
            above->below |= last->selected || last->below;
            above->hidden |= (last->selected && !wanted) || last->hidden;
        }
        if (wanted && (last->selected || last->hidden))
            imap_list_write(session, work, last, replies);
    }
    g_ptr_array_set_size(work->branch, (gint)depth - 1);
}

/* The branch grows by @listed. */
static void
imap_list_enter(ImapSession *session, ImapListing *work, StoreListed *listed, gboolean level,
                GString *replies)
{
    const ImapListWish *wish = &work->wish;
    ImapBranch *branch = g_new0(ImapBranch, 1);

    branch->listed = listed;
    branch->level = level;
    branch->selected = !level && ((wish->select & IMAP_LIST_SPECIAL_USE) == 0 || listed->special);
    g_ptr_array_add(work->branch, branch);
    if ((wish->select & IMAP_LIST_RECURSIVE) == 0 && imap_list_tells(wish, branch))
        imap_list_write(session, work, branch, replies);
}

/* A level above a name. Among mailboxes it is none itself: it would have come before. */
static StoreListed *
imap_list_level(ImapSession *session, const ImapListing *work, const char *name, gsize length)
{
    g_autofree char *level = g_strndup(name, length);
    StoreListed *listed = NULL;

    if ((work->wish.select & IMAP_LIST_RECURSIVE) != 0)
        listed = store_listing_one(session->host->store, session->account, level, NULL);
    if (listed != NULL)
        return listed;
    listed = g_new0(StoreListed, 1);
    listed->children = !work->subscriptions ||
                       store_listing_has_inferiors(session->host->store, session->account, level);
    listed->name = g_steal_pointer(&level);
    return listed;
}

/* The next name of the store's: what it does not stand below is left, the levels above it are
 * entered. */
static void
imap_list_next(ImapSession *session, ImapListing *work, StoreListed *listed, GString *replies)
{
    gsize from = 0; /* octets of the name that the branch has already */

    while (work->branch->len > 0) {
        ImapBranch *last = g_ptr_array_index(work->branch, work->branch->len - 1);

        from = strlen(last->listed->name);
        if (strncmp(listed->name, last->listed->name, from) == 0 && listed->name[from] == '/')
            break;
        from = 0;
        imap_list_leave(session, work, replies);
    }
    if (from > 0)
        from++;
    for (const char *slash = strchr(listed->name + from, '/'); slash != NULL;
         slash = strchr(slash + 1, '/'))
        imap_list_enter(session, work,
                        imap_list_level(session, work, listed->name, (gsize)(slash - listed->name)),
                        TRUE, replies);
    imap_list_enter(session, work, listed, FALSE, replies);
}

/* ---- walking ---- */

static NetNext
imap_list_done(ImapSession *session, ImapListing *work, GString *replies)
{
    while (work->branch->len > 0)
        imap_list_leave(session, work, replies);
    trace_put_number(session->trace, "names", work->read);
    trace_put_number(session->trace, "told", work->told);
    trace_decision(session->trace, STAGE_PICKUP, session->current->section,
                   "%u names are what the client asked for; %u %s were looked at%s", work->told,
                   work->read, work->subscriptions ? "names subscribed to" : "mailboxes",
                   work->wish.ignored > 0 ? "; some of its patterns can match nothing here" : "");
    return imap_end(session, replies, "OK", "%s completed", session->current->name);
}

/* Does @name come behind all that begin with @prefix, in the order of a tree? */
static gboolean
imap_list_is_behind(const char *name, const char *prefix)
{
    while (*prefix != '\0' && *name == *prefix)
        name++, prefix++;
    if (*prefix == '\0' || *name == '\0' || *name == '/')
        return FALSE;
    return *prefix == '/' || (guchar)*name > (guchar)*prefix;
}

/* The names are taken in. FALSE: what comes behind them can't match. */
static gboolean
imap_list_take_page(ImapSession *session, ImapListing *work, GPtrArray *page, GString *replies)
{
    while (page->len > 0) {
        g_autoptr(StoreListed) listed = g_ptr_array_steal_index(page, 0);

        if (imap_list_is_behind(listed->name, work->prefix))
            return FALSE;
        g_free(work->after);
        work->after = g_strdup(listed->name);
        work->read++;
        imap_list_next(session, work, g_steal_pointer(&listed), replies);
    }
    return TRUE;
}

/* Work: one page. The more patterns, the smaller. */
static NetNext
imap_list_more(ImapSession *session, GString *replies)
{
    ImapListing *work = session->work_data;
    guint limit = (guint)CLAMP(4096 / MAX(work->wish.octets, 1), 2, 100);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) page = NULL;
    gboolean settled;
    guint count;

    if ((work->wish.give & IMAP_LIST_STATUS) != 0 && !imap_may_read(session, &settled))
        return imap_ask_others(session, replies);
    page = store_listing_page(session->host->store, session->trace, session->account,
                              work->subscriptions, work->after, limit, &error);
    if (page == NULL)
        return imap_trouble(session, replies, error);
    count = page->len;
    if (!imap_list_take_page(session, work, page, replies))
        return imap_list_done(session, work, replies);
    return count < limit ? imap_list_done(session, work, replies) : NET_MORE;
}

/* The store gives the names behind one that is given: the prefix without its last letter. */
static gsize
imap_list_begin_at(const char *prefix)
{
    const char *last = g_utf8_find_prev_char(prefix, prefix + strlen(prefix));

    return last == NULL ? 0 : (gsize)(last - prefix);
}

static NetNext
imap_list_begin(ImapSession *session, ImapParse *arguments, gboolean lsub, GString *replies)
{
    ImapListing *work = g_new0(ImapListing, 1);
    const char *wrong;

    work->wish.lsub = lsub;
    work->branch = g_ptr_array_new_with_free_func(imap_branch_free);
    imap_set_work(session, imap_list_more, work, imap_listing_free);
    wrong = imap_list_parse(session, arguments, &work->wish);
    if (wrong != NULL)
        return imap_mistake(session, replies, session->current->section, wrong);
    if (work->wish.root) { /* the question for the hierarchy delimiter */
        if (!lsub)
            imap_untagged(session, replies, "LIST (\\Noselect) \"/\" \"\"");
        return imap_end(session, replies, "OK", "%s completed", session->current->name);
    }
    if ((work->wish.give & IMAP_LIST_STATUS) != 0)
        imap_status_prepare(session, work->wish.status, replies);
    work->prefix = imap_list_prefix(&work->wish);
    work->after = g_strndup(work->prefix, imap_list_begin_at(work->prefix));
    work->subscriptions = lsub || (work->wish.select & IMAP_LIST_SUBSCRIBED) != 0;
    return imap_list_more(session, replies);
}

NetNext
imap_list(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_list_begin(session, arguments, FALSE, replies);
}

NetNext
imap_lsub(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_list_begin(session, arguments, TRUE, replies);
}
