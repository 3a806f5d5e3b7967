/* trace/viewer/why_words.c - the names of data and of outcomes, in words (see why_words.h).
 *
 * Such names are made for programs: filters, breakpoints, labs and tests go by them, so they are
 * the same in each language, and the journal holds no others. Here is what a reader is told.
 *
 * Tests: tests/test_viewer_words.c, tests/test_words.py
 */
#include "trace/viewer/why_words.h"

#include <string.h>

#include "trace/words.h"

/* clang-format off */

/* Names of data that need words in English, too: at a stage, or (STAGE_NONE) at any. */
static const struct {
    Stage stage;
    const char *key, *words;
} why_words[] = {
    { STAGE_NONE,  "action",        N_("kind of report") },
    { STAGE_NONE,  "after",         N_("in this order") },
    { STAGE_NONE,  "cache",         N_("known from before") },
    { STAGE_NONE,  "commit",        N_("made durable by event") },
    { STAGE_NONE,  "due",           N_("next try") },
    { STAGE_NONE,  "enhanced",      N_("exactly") },
    { STAGE_NONE,  "give_up",       N_("given up on") },
    { STAGE_NONE,  "give_up_tries", N_("given up after so many tries (0: never)") },
    { STAGE_ROUTE, "local",         N_("ours") },
    { STAGE_SPLIT, "local",         N_("user") },
    { STAGE_NONE,  "matched",       N_("the rule matches") },
    { STAGE_NONE,  "parts",         N_("made of") },
    { STAGE_NONE,  "peer",          N_("the other end") },
    { STAGE_NONE,  "question",      N_("asked for") },
    { STAGE_NONE,  "reports_on",    N_("a report on") },
    { STAGE_NONE,  "server",        N_("asked server") },
    { STAGE_NONE,  "status",        N_("status code") },
    { STAGE_NONE,  "ties",          N_("equal preferences") },
    { STAGE_DNS,   "tries",         N_("tries at most") },
    { STAGE_NONE,  "trusted",       N_("trusted network") },
    { STAGE_NONE,  "ttl",           N_("may be kept for seconds") },
    { STAGE_NONE,  "uid",           N_("number in the mailbox (UID)") },
    { STAGE_NONE,  "wait_s",        N_("seconds to wait") },
};

/* Those that speak for themselves; another language has its own word. */
static const char *const why_plain[] = {
    NC_("data", "account"), NC_("data", "address"), NC_("data", "addresses"), NC_("data", "alias"),
    NC_("data", "answers"), NC_("data", "archive"), NC_("data", "asked"), NC_("data", "believed"),
    NC_("data", "carried"), NC_("data", "client"), NC_("data", "command"), NC_("data", "count"),
    NC_("data", "destination"), NC_("data", "domain"), NC_("data", "down"), NC_("data", "found"),
    NC_("data", "hosts"), NC_("data", "left"), NC_("data", "mailbox"), NC_("data", "marked"),
    NC_("data", "messages"), NC_("data", "next"), NC_("data", "note"), NC_("data", "octets"),
    NC_("data", "point"), NC_("data", "port"), NC_("data", "quoted"), NC_("data", "recipient"),
    NC_("data", "recipients"), NC_("data", "removed"), NC_("data", "rule"), NC_("data", "targets"),
    NC_("data", "times"), NC_("data", "tries"), NC_("data", "try"), NC_("data", "type"),
    NC_("data", "zones"),
};

/* What may become of something at a stage. */
static const char *const why_outcomes[] = {
    NC_("outcome", "accept"), NC_("outcome", "again"), NC_("outcome", "alias"),
    NC_("outcome", "archive"), NC_("outcome", "bad answer"), NC_("outcome", "broken off"),
    NC_("outcome", "called off"), NC_("outcome", "closed"), NC_("outcome", "copied"),
    NC_("outcome", "crowd served"), NC_("outcome", "cut"), NC_("outcome", "deleted"),
    NC_("outcome", "distrusted"), NC_("outcome", "downloaded"), NC_("outcome", "dropped"),
    NC_("outcome", "exempt"), NC_("outcome", "expired"), NC_("outcome", "failed"),
    NC_("outcome", "fallback"), NC_("outcome", "fetched"), NC_("outcome", "found"),
    NC_("outcome", "full"), NC_("outcome", "greylisted"), NC_("outcome", "held"),
    NC_("outcome", "hosts"), NC_("outcome", "ignored"), NC_("outcome", "implicit"),
    NC_("outcome", "junk"), NC_("outcome", "kept"), NC_("outcome", "known"),
    NC_("outcome", "known-down"), NC_("outcome", "later"), NC_("outcome", "left"),
    NC_("outcome", "local"), NC_("outcome", "looked"), NC_("outcome", "marked"),
    NC_("outcome", "moved"), NC_("outcome", "no data"), NC_("outcome", "no match"),
    NC_("outcome", "no-domain"), NC_("outcome", "no-host"), NC_("outcome", "none"),
    NC_("outcome", "null-mx"), NC_("outcome", "number"), NC_("outcome", "ok"),
    NC_("outcome", "postmaster"), NC_("outcome", "queued"), NC_("outcome", "read"),
    NC_("outcome", "refuse"), NC_("outcome", "refused"), NC_("outcome", "released"),
    NC_("outcome", "remote"), NC_("outcome", "removed"), NC_("outcome", "renamed"),
    NC_("outcome", "report"), NC_("outcome", "ripe"), NC_("outcome", "route"),
    NC_("outcome", "sealed"), NC_("outcome", "sent"), NC_("outcome", "sorted"),
    NC_("outcome", "tag"), NC_("outcome", "timeout"), NC_("outcome", "together"),
    NC_("outcome", "undone"), NC_("outcome", "unknown"), NC_("outcome", "unmarked"),
};
/* clang-format on */

const char *
view_why_word(Stage stage, const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(why_words); i++)
        if (strcmp(why_words[i].key, key) == 0 &&
            (why_words[i].stage == STAGE_NONE || why_words[i].stage == stage))
            return _(why_words[i].words);
    for (guint i = 0; i < G_N_ELEMENTS(why_plain); i++)
        if (strcmp(strchr(why_plain[i], '\004') + 1, key) == 0)
            return words_within(why_plain[i], key);
    return key;
}

char *
view_why_outcome(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(why_outcomes); i++) {
        const char *english = strchr(why_outcomes[i], '\004') + 1;
        const char *said = words_within(why_outcomes[i], english);

        if (strcmp(english, name) == 0 && strcmp(said, name) != 0)
            return g_strdup_printf("%s (%s)", name, said);
    }
    return g_strdup(name);
}
