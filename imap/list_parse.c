/* imap/list_parse.c - what does a LIST ask for? (RFC 9051 §6.3.9, RFC 5258 §3)
 *
 *   LIST "" %                                                  basic: a reference and a pattern
 *   LIST (SUBSCRIBED) "" (% Work/%) RETURN (STATUS (UNSEEN))   extended: any of the brackets
 *
 * A pattern that can match nothing here is passed over without a word, as the RFC asks; an option
 * that we don't know is a mistake.
 *
 * Tests: tests/test_imap_list.c, tests/dialogs/imap-list-extended.txt
 */
#include "imap/list.h"

#include <string.h>

#include "imap/name.h"

/* clang-format off */
static const struct {
    const char *name;
    guint option;
    gboolean select, give; /* where it may stand */
} imap_list_options[] = {
    { "SUBSCRIBED",     IMAP_LIST_SUBSCRIBED,  TRUE,  TRUE  }, /* RFC 9051 §6.3.9.1 */
    { "REMOTE",         IMAP_LIST_REMOTE,      TRUE,  FALSE },
    { "RECURSIVEMATCH", IMAP_LIST_RECURSIVE,   TRUE,  FALSE },
    { "SPECIAL-USE",    IMAP_LIST_SPECIAL_USE, TRUE,  TRUE  }, /* RFC 6154 §2 */
    { "CHILDREN",       IMAP_LIST_CHILDREN,    FALSE, TRUE  }, /* RFC 9051 §6.3.9.5 */
    { "STATUS",         IMAP_LIST_STATUS,      FALSE, TRUE  }, /* RFC 5819 §2 */
};
/* clang-format on */

void
imap_list_wish_clear(ImapListWish *wish)
{
    g_clear_pointer(&wish->patterns, g_ptr_array_unref);
}

/* ---- options ---- */

/* One option; 0: not one that may stand here. */
static guint
imap_list_take_option(ImapParse *arguments, gboolean give)
{
    g_autofree char *name = imap_parse_atom(arguments);

    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(imap_list_options); i++)
        if (g_ascii_strcasecmp(imap_list_options[i].name, name) == 0 &&
            (give ? imap_list_options[i].give : imap_list_options[i].select))
            return imap_list_options[i].option;
    return 0;
}

/* What follows "(", up to and with ")". */
static gboolean
imap_list_take_options(ImapSession *session, ImapParse *arguments, gboolean give,
                       ImapListWish *wish)
{
    guint *options = give ? &wish->give : &wish->select;

    wish->extended = TRUE;
    if (imap_parse_char(arguments, ')'))
        return TRUE;
    do {
        guint option = imap_list_take_option(arguments, give);

        *options |= option;
        if (option == 0 || (option == IMAP_LIST_STATUS &&
                            !imap_status_take_items(session, arguments, &wish->status)))
            return FALSE;
    } while (imap_parse_char(arguments, ' '));
    return imap_parse_char(arguments, ')');
}

/* ---- patterns ---- */

/* The reference goes before the pattern; nothing breaks out of it (RFC 9051 §6.3.9). */
static void
imap_list_add_pattern(ImapListWish *wish, const char *reference, const char *mailbox, gboolean utf8)
{
    g_autofree char *whole = g_strconcat(reference, mailbox, NULL);
    g_autofree char *name = utf8 ? imap_name_compose(whole) : imap_name_to_utf8(whole);
    g_autofree char *pattern = name == NULL ? NULL : imap_name_pattern(name);

    if (*mailbox == '\0') /* has no meaning in the extended syntax (RFC 5258 §3) */
        return;
    if (pattern == NULL || wish->octets + strlen(pattern) > IMAP_PATTERNS_MAX) {
        wish->ignored++;
        return;
    }
    wish->octets += strlen(pattern);
    g_ptr_array_add(wish->patterns, g_steal_pointer(&pattern));
}

/* " pattern" or " (pattern pattern)". */
static gboolean
imap_list_take_patterns(ImapParse *arguments, const char *reference, ImapListWish *wish)
{
    gboolean many;

    if (!imap_parse_char(arguments, ' '))
        return FALSE;
    many = !wish->lsub && imap_parse_char(arguments, '(');
    wish->extended |= many;
    do {
        g_autofree char *mailbox = imap_parse_list_mailbox(arguments);

        if (mailbox == NULL)
            return FALSE;
        wish->root = !many && *mailbox == '\0';
        imap_list_add_pattern(wish, reference, mailbox, arguments->utf8_names);
    } while (many && imap_parse_char(arguments, ' '));
    return !many || imap_parse_char(arguments, ')');
}

const char *
imap_list_parse(ImapSession *session, ImapParse *arguments, ImapListWish *wish)
{
    g_autofree char *reference = NULL;

    wish->patterns = g_ptr_array_new_with_free_func(g_free);
    if (!imap_parse_char(arguments, ' '))
        return "A reference and a name are needed here";
    if (!wish->lsub && imap_parse_char(arguments, '(') &&
        (!imap_list_take_options(session, arguments, FALSE, wish) ||
         !imap_parse_char(arguments, ' ')))
        return "Not a list of selection options";
    reference = imap_parse_astring(arguments);
    if (reference == NULL || !imap_list_take_patterns(arguments, reference, wish))
        return "A reference and a name are needed here";
    if (!wish->lsub && imap_parse_word(arguments, " RETURN (") &&
        !imap_list_take_options(session, arguments, TRUE, wish))
        return "Not a list of return options";
    if (!imap_parse_is_end(arguments))
        return "There is something behind it";
    wish->root &= !wish->extended;
    if ((wish->select & IMAP_LIST_RECURSIVE) != 0 && (wish->select & IMAP_LIST_SUBSCRIBED) == 0)
        return "RECURSIVEMATCH needs SUBSCRIBED beside it"; /* RFC 9051 §6.3.9.1 */
    wish->give |= wish->select & IMAP_LIST_SUBSCRIBED;      /* is implied by it */
    return NULL;
}

/* ---- matching ---- */

/* INBOX is INBOX in any case (RFC 9051 §6.3.9), so for it the pattern's case doesn't count. */
static gboolean
imap_list_matches(const char *pattern, const char *name)
{
    g_autofree char *upper = NULL;

    if (!g_str_equal(name, "INBOX"))
        return imap_name_matches(pattern, name);
    upper = g_ascii_strup(pattern, -1);
    return imap_name_matches(upper, name);
}

gboolean
imap_list_wants(const ImapListWish *wish, const char *name, gboolean level)
{
    for (guint i = 0; i < wish->patterns->len; i++) {
        const char *pattern = g_ptr_array_index(wish->patterns, i);

        if ((!level || g_str_has_suffix(pattern, "%")) && imap_list_matches(pattern, name))
            return TRUE;
    }
    return FALSE;
}

/* Of one pattern what stands before its wildcards. INBOX is matched in any case, so a prefix of it
 * says nothing unless it is spelt like it. */
char *
imap_list_prefix(const ImapListWish *wish)
{
    const char *pattern = wish->patterns->len == 1 ? g_ptr_array_index(wish->patterns, 0) : "";
    gsize length = strcspn(pattern, "*%"), shared = MIN(length, strlen("INBOX"));

    if (g_ascii_strncasecmp(pattern, "INBOX", shared) == 0 &&
        strncmp(pattern, "INBOX", shared) != 0)
        return g_strdup("");
    return g_strndup(pattern, length);
}
