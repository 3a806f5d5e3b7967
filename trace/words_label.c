/* trace/words_label.c - what stands on an arrow of the ladder, in the reader's language.
 *
 * Most labels are of the wire (MAIL, 250, "MX?") and stay. The others are here, each with at most
 * one gap; a translation has as few columns as it can, for an arrow has about nine.
 *
 * Tests: tests/test_trace_words.c
 */
#include "trace/words.h"

#include <string.h>

/* clang-format off */
static const char *const labels[] = {
    /* the database is asked, or changed */
    NC_("label", "account %s"),   NC_("label", "alias %s"),   NC_("label", "verifier %s"), NC_("label", "usage %s"),
    NC_("label", "message %s"),   NC_("label", "messages"),   NC_("label", "queue %s"),    NC_("label", "recipient %s"),
    NC_("label", "attempt %s"),   NC_("label", "archive %s"), NC_("label", "triplet"),     NC_("label", "old triplets"),
    NC_("label", "seen before?"), NC_("label", "known client?"),
    NC_("label", "mailbox?"),     NC_("label", "mailboxes?"), NC_("label", "subscribed?"), NC_("label", "names?"),
    NC_("label", "messages?"),    NC_("label", "message?"),   NC_("label", "content?"),    NC_("label", "parts?"),
    NC_("label", "how many?"),    NC_("label", "counts?"),    NC_("label", "where?"),      NC_("label", "rows?"),
    NC_("label", "new mailbox"),  NC_("label", "no mailbox"), NC_("label", "new name"),    NC_("label", "moved"),
    NC_("label", "emptied"),      NC_("label", "subscribed"), NC_("label", "no longer"),
    /* connections, and what travels over them */
    NC_("label", "connect"),      NC_("label", "refused"),    NC_("label", "closed"),      NC_("label", "reuse"),
    NC_("label", "timeout"),      NC_("label", "message"),    NC_("label", "dot"),
    NC_("label", "bounce"),       NC_("label", "report"),     NC_("label", "delay notice"),
    /* what DNS says, where it has no word of its own */
    NC_("label", "no data"),      NC_("label", "not ours"),   NC_("label", "no EDNS"),     NC_("label", "cut (TC)"),
};
/* clang-format on */

/* What @label has where @pattern has its gap; NULL: it is another one. */
static char *
words_label_gap(const char *label, const char *pattern)
{
    const char *gap = strstr(pattern, "%s");
    gsize before = gap == NULL ? strlen(pattern) : (gsize)(gap - pattern);

    if (strncmp(label, pattern, before) != 0 || (gap == NULL && label[before] != '\0'))
        return NULL;
    return g_strdup(label + before);
}

char *
words_label(const char *english)
{
    if (english == NULL)
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(labels); i++) {
        const char *pattern = strchr(labels[i], '\004') + 1;
        g_autofree char *gap = words_label_gap(english, pattern);
        const char *translation = gap == NULL ? NULL : words_within(labels[i], pattern);
        const char *before = gap == NULL ? NULL : strstr(translation, "%s");

        if (gap == NULL)
            continue;
        if (before == NULL)
            return g_strdup(translation);
        return g_strdup_printf("%.*s%s%s", (int)(before - translation), translation, gap,
                               before + strlen("%s"));
    }
    return g_strdup(english);
}
