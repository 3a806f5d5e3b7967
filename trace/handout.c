/* trace/handout.c - a journal to hand out.
 *
 * Start reading at keys[]: what becomes of which part of an event. What is not in it is left out,
 * so that a new kind of data stays at home until somebody has thought about it.
 * Tests: tests/test_trace_handout.c, tests/test_export.py (all demo scenarios)
 */
#include "trace/handout.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include "trace/event.h"
#include "trace/pseudonym.h"

#define TRACE_HANDOUT_DEPTH    32
#define TRACE_HANDOUT_LEFT_OUT "(left out)"

struct TraceHandout {
    TracePseudonyms *names;
};

typedef enum {
    HANDOUT_GONE,    /* left out */
    HANDOUT_KEEP,    /* as it stands: words of the program, numbers, hashes */
    HANDOUT_TEXT,    /* with other names */
    HANDOUT_WORD,    /* the same, but a value of more than one word goes */
    HANDOUT_USER,    /* a local part */
    HANDOUT_HEAD,    /* a message's header */
    HANDOUT_ROWS,    /* of the database: each column by its own name */
    HANDOUT_MESSAGE, /* a Message-ID */
} TraceHandoutRule;

typedef struct TraceHandoutKey {
    const char *names; /* separated by blanks */
    TraceHandoutRule rule;
} TraceHandoutKey;

/* clang-format off */
/* Of an event itself, and of a segment's header. */
static const TraceHandoutKey event_keys[] = {
    { "seq time stage kind journey branch session rfc at cause twin",                HANDOUT_KEEP },
    { "journal build seed first start network",                                      HANDOUT_KEEP },
    { "host text",                                                                   HANDOUT_TEXT },
    { "user",                                                                        HANDOUT_USER },
    { "data snapshot",                                                               HANDOUT_ROWS },
};

/* Of its data, of the database's rows, and of a snapshot. */
static const TraceHandoutKey keys[] = {
    /* where, when, how many, what came of it */
    { "seq time kind stage first session journey branch event commit number count",  HANDOUT_KEEP },
    { "octets outcome code enhanced rcode status action parts point fault does",     HANDOUT_KEEP },
    { "speed table uid uidvalidity sql changed times tries try ties type ttl cache", HANDOUT_KEEP },
    { "believed asked found matched quoted trusted due wait_s next_attempt give_up", HANDOUT_KEEP },
    { "give_up_tries warned finished passed arrived date duration_us sha256",        HANDOUT_KEEP },
    { "stored_sha256 reports_on archive left removed down state notify ret port",    HANDOUT_KEEP },
    { "id queue position uidnext modseq special messages unseen deleted",            HANDOUT_KEEP },
    { "deleted_octets place below flags sessions eightbit token",                    HANDOUT_KEEP },
    /* names of hosts and people may stand in them */
    { "from to label line lines command account address addresses domain question",  HANDOUT_TEXT },
    { "destination hosts host answers peer server client next sender recipient",     HANDOUT_TEXT },
    { "recipients rule zones mailbox tls last name names target targets canonical",  HANDOUT_TEXT },
    { "alias error words why text orcpt keywords parameter",                         HANDOUT_TEXT },
    { "local user",                                                                  HANDOUT_USER },
    { "params",                                                                      HANDOUT_WORD },
    { "head",                                                                        HANDOUT_HEAD },
    { "message_id",                                                               HANDOUT_MESSAGE },
    { "before after rows row snapshot left_out",                                     HANDOUT_ROWS },
};

/* Of a message's header: what tells of its way. Who writes to whom the addresses tell, alone. */
static const TraceHandoutKey fields[] = {
    { "Received Return-Path Delivered-To X-Original-To Date MIME-Version",           HANDOUT_TEXT },
    { "Auto-Submitted Content-Transfer-Encoding X-Glasspost-Filter",                 HANDOUT_TEXT },
    { "From To Cc Sender Reply-To",                                                  HANDOUT_USER },
    { "Message-ID In-Reply-To References",                                        HANDOUT_MESSAGE },
};
/* clang-format on */

static JsonNode *trace_handout_value(TraceHandout *handout, TraceHandoutRule rule, JsonNode *value,
                                     guint depth);

TraceHandout *
trace_handout_new(void)
{
    TraceHandout *handout = g_new0(TraceHandout, 1);

    handout->names = trace_pseudonyms_new();
    return handout;
}

void
trace_handout_free(TraceHandout *handout)
{
    if (handout == NULL)
        return;
    trace_pseudonyms_free(handout->names);
    g_free(handout);
}

static TraceHandoutRule
trace_handout_rule(const TraceHandoutKey *table, gsize count, const char *name)
{
    for (gsize i = 0; i < count; i++) {
        g_auto(GStrv) names = g_strsplit(table[i].names, " ", -1);

        for (guint n = 0; names[n] != NULL; n++)
            if (g_ascii_strcasecmp(names[n], name) == 0)
                return table[i].rule;
    }
    return HANDOUT_GONE;
}

/* ------------------------------------------------------------------ texts */

/* One field, unfolded or not, with its name. */
static void
trace_handout_field(TraceHandout *handout, const char *field, GString *out)
{
    const char *colon = strchr(field, ':');
    g_autofree char *name = g_strndup(field, colon == NULL ? 0 : (gsize)(colon - field));
    g_autofree char *body = NULL;

    switch (trace_handout_rule(fields, G_N_ELEMENTS(fields), name)) {
    case HANDOUT_TEXT: body = trace_pseudonyms_text(handout->names, colon + 1); break;
    case HANDOUT_USER: body = trace_pseudonyms_addresses(handout->names, colon + 1); break;
    case HANDOUT_MESSAGE: body = trace_pseudonyms_message_ids(colon + 1); break;
    default:
        if (colon != NULL)
            g_string_append_printf(out, "%s: %s\n", name, TRACE_HANDOUT_LEFT_OUT);
        return;
    }
    g_string_append_printf(out, "%s:%s%s\n", name, *body == ' ' ? "" : " ", body);
}

static char *
trace_handout_head(TraceHandout *handout, const char *head)
{
    GString *out = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(head, "\n", -1);
    g_autoptr(GString) field = g_string_new(NULL);

    for (guint i = 0; lines[i] != NULL; i++) {
        gboolean more = lines[i + 1] != NULL && (*lines[i + 1] == ' ' || *lines[i + 1] == '\t');

        g_string_append(field, lines[i]);
        if (more) {
            g_string_append_c(field, '\n');
            continue;
        }
        if (field->len > 0)
            trace_handout_field(handout, field->str, out);
        g_string_truncate(field, 0);
    }
    return g_string_free(out, FALSE);
}

/* What a client searches for is its user's own: "f5 UID SEARCH ...". */
static char *
trace_handout_text(TraceHandout *handout, const char *text)
{
    const char *search = strstr(text, "SEARCH ");
    g_autofree char *begin =
        search == NULL ? g_strdup(text) : g_strndup(text, (gsize)(search - text) + 7);
    g_autofree char *told = trace_pseudonyms_text(handout->names, begin);

    return g_strconcat(told, search == NULL ? "" : "...", NULL);
}

static char *
trace_handout_string(TraceHandout *handout, TraceHandoutRule rule, const char *text)
{
    g_autofree char *address = g_strdup_printf("%s@example", text);
    char *at;

    switch (rule) {
    case HANDOUT_KEEP: return g_strdup(text);
    case HANDOUT_WORD:
        if (strchr(text, ' ') != NULL)
            return g_strdup("...");
        return trace_pseudonyms_text(handout->names, text);
    case HANDOUT_USER:
        if (*text == '\0' || strpbrk(text, " @<") != NULL)
            return trace_pseudonyms_text(handout->names, text);
        at = trace_pseudonyms_text(handout->names, address);
        *strchr(at, '@') = '\0';
        return at;
    case HANDOUT_HEAD: return trace_handout_head(handout, text);
    case HANDOUT_MESSAGE: return trace_pseudonyms_message_ids(text);
    case HANDOUT_TEXT:
    case HANDOUT_ROWS: return trace_handout_text(handout, text);
    default: return g_strdup(TRACE_HANDOUT_LEFT_OUT);
    }
}

/* ------------------------------------------------------------------ JSON */

/* Each member by the rule of its name in @table. */
static JsonNode *
trace_handout_object(TraceHandout *handout, const TraceHandoutKey *table, gsize count,
                     JsonObject *object, guint depth)
{
    JsonNode *made = json_node_new(JSON_NODE_OBJECT);
    g_autoptr(GList) members = json_object_get_members(object);

    json_node_take_object(made, json_object_new());
    for (GList *member = members; member != NULL; member = member->next) {
        TraceHandoutRule rule = trace_handout_rule(table, count, member->data);
        JsonNode *value = json_object_get_member(object, member->data);

        json_object_set_member(json_node_get_object(made), member->data,
                               trace_handout_value(handout, rule, value, depth + 1));
    }
    return made;
}

static JsonNode *
trace_handout_list(TraceHandout *handout, TraceHandoutRule rule, JsonArray *list, guint depth)
{
    JsonNode *made = json_node_new(JSON_NODE_ARRAY);

    json_node_take_array(made, json_array_new());
    for (guint i = 0; rule != HANDOUT_GONE && i < json_array_get_length(list); i++)
        json_array_add_element(
            json_node_get_array(made),
            trace_handout_value(handout, rule, json_array_get_element(list, i), depth + 1));
    return made;
}

/* Numbers and yes or no tell nobody's name. @depth: lists and objects within each other. */
static JsonNode *
trace_handout_value(TraceHandout *handout, TraceHandoutRule rule, JsonNode *value, guint depth)
{
    if (depth > TRACE_HANDOUT_DEPTH)
        return json_node_new(JSON_NODE_NULL);
    if (JSON_NODE_HOLDS_OBJECT(value) && rule == HANDOUT_GONE)
        return json_node_init_object(json_node_alloc(), json_object_new());
    if (JSON_NODE_HOLDS_OBJECT(value))
        return trace_handout_object(handout, keys, G_N_ELEMENTS(keys), json_node_get_object(value),
                                    depth);
    if (JSON_NODE_HOLDS_ARRAY(value))
        return trace_handout_list(handout, rule, json_node_get_array(value), depth);
    if (!JSON_NODE_HOLDS_VALUE(value) || json_node_get_value_type(value) != G_TYPE_STRING)
        return json_node_copy(value);
    g_autofree char *text = trace_handout_string(handout, rule, json_node_get_string(value));

    return json_node_init_string(json_node_alloc(), text);
}

/* NULL: @line is no JSON object, or too deep for the parser. */
static JsonParser *
trace_handout_parse(const char *line, gsize length)
{
    g_autoptr(JsonParser) parser = json_parser_new();

    if (!trace_event_is_shallow(line, length) ||
        !json_parser_load_from_data(parser, line, (gssize)length, NULL) ||
        json_parser_get_root(parser) == NULL ||
        !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        return NULL;
    return g_steal_pointer(&parser);
}

/* ------------------------------------------------------------------ the two passes */

/* "USER alice", "a1 LOGIN alice ***", "VRFY alice", "EHLO laptop": names without an "@". */
static void
trace_handout_learn_line(TraceHandout *handout, const char *line)
{
    static const char *const verbs[] = { "USER", "LOGIN", "VRFY", "EXPN", "EHLO", "HELO", NULL };
    g_auto(GStrv) words = g_strsplit(line, " ", 4);

    for (guint i = 0; words[i] != NULL && words[i + 1] != NULL; i++) {
        g_autofree char *verb = g_ascii_strup(words[i], -1);

        if (i > 1 || !g_strv_contains(verbs, verb) || strpbrk(words[i + 1], ".@[*<\"") != NULL)
            continue;
        g_strstrip(words[i + 1]);
        trace_pseudonyms_learn_user(handout->names, words[i + 1]);
    }
}

/* A member's text is an address, a user's name, or a sentence with addresses in it. */
static void
trace_handout_learn_member(G_GNUC_UNUSED JsonObject *object, const char *key, JsonNode *value,
                           gpointer data)
{
    TraceHandout *handout = data;

    if (JSON_NODE_HOLDS_OBJECT(value) && g_str_equal(key, "data")) {
        json_object_foreach_member(json_node_get_object(value), trace_handout_learn_member,
                                   handout);
        return;
    }
    if (!JSON_NODE_HOLDS_VALUE(value) || json_node_get_value_type(value) != G_TYPE_STRING)
        return;
    const char *text = json_node_get_string(value);

    if ((g_str_equal(key, "user") || g_str_equal(key, "local")) && strpbrk(text, " @<\"") == NULL)
        trace_pseudonyms_learn_user(handout->names, text);
    else
        trace_pseudonyms_learn(handout->names, text);
    if (g_str_equal(key, "line"))
        trace_handout_learn_line(handout, text);
}

void
trace_handout_learn(TraceHandout *handout, const char *line, gsize length)
{
    g_autoptr(JsonParser) parser = trace_handout_parse(line, length);

    if (parser != NULL)
        json_object_foreach_member(json_node_get_object(json_parser_get_root(parser)),
                                   trace_handout_learn_member, handout);
}

char *
trace_handout_line(TraceHandout *handout, const char *line, gsize length)
{
    g_autoptr(JsonParser) parser = trace_handout_parse(line, length);

    if (parser == NULL)
        return NULL;
    g_autoptr(JsonNode) made =
        trace_handout_object(handout, event_keys, G_N_ELEMENTS(event_keys),
                             json_node_get_object(json_parser_get_root(parser)), 0);
    g_autofree char *text = json_to_string(made, FALSE);

    return g_strconcat(text, "\n", NULL);
}
