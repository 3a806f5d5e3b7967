/* app/explain_stage.c - a stage of the journey on one page: the words of trace/stage.c, and where to
 * read and see it. Tests: tests/test_app_explain.c
 */
#include "app/explain.h"

#include "trace/stage.h"
#include "trace/words.h"

typedef struct AppExplainPlace {
    const char *file;     /* where its decisions are made */
    const char *scenario; /* a story of the demo in which it matters */
} AppExplainPlace;

static const AppExplainPlace places[STAGES] = {
    [STAGE_CONNECT] = { "smtp/connect.c", "crowd" },
    [STAGE_SENDER] = { "smtp/sender.c", "unregistered" },
    [STAGE_SPLIT] = { "smtp/split.c", "local" },
    [STAGE_ROUTE] = { "smtp/route.c", "refused" },
    [STAGE_RECIPIENT] = { "smtp/recipient.c", "unknown-user" },
    [STAGE_DNS] = { "dns/mx.c", "no-such-domain" },
    [STAGE_FILTER] = { "smtp/filter.c", "junk" },
    [STAGE_STORE] = { "storage/message.c", "local" },
    [STAGE_QUEUE] = { "smtp/queue.c", "retry" },
    [STAGE_RELAY] = { "smtp/relay.c", "relay" },
    [STAGE_RETRY] = { "smtp/retry.c", "retry" },
    [STAGE_BOUNCE] = { "smtp/bounce.c", "bounce" },
    [STAGE_DELIVER] = { "smtp/deliver.c", "local" },
    [STAGE_ARCHIVE] = { "storage/archive.c", "archive" },
    [STAGE_PICKUP] = { "pop3/commands.c and imap/commands.c", "two-ways" },
};

gboolean
app_explain_stage(const char *name, GString *out)
{
    Stage stage = stage_from_name(name);
    const StageInfo *info = stage_info(stage);

    if (stage == STAGE_NONE)
        return FALSE;
    g_autofree char *see = g_strdup_printf("glasspost demo --scenario %s", places[stage].scenario);
    g_auto(GStrv) outcomes = g_strsplit(_(info->outcomes), "\n", -1);

    app_explain_line(out, info->name, _(info->question));
    g_string_append_c(out, '\n');
    app_explain_line(out, "", _(info->asks));
    g_string_append_c(out, '\n');
    for (guint i = 0; outcomes[i] != NULL; i++)
        app_explain_line(out, i == 0 ? "Outcomes" : "", outcomes[i]);
    g_string_append_c(out, '\n');
    app_explain_line(out, "Code", places[stage].file);
    app_explain_line(out, "See it", see);
    app_explain_line(out, "Rule", info->rfc != NULL ? info->rfc : "no standard speaks of it");
    return TRUE;
}
