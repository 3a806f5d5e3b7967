/* app/explain_received.c - one Received line, taken apart. A line is a row of clauses, comments in
 * brackets anywhere, and a date (RFC 5321 §4.4):
 *
 *   Received: from NAME (seen as NAME [ADDRESS]) by NAME with PROTOCOL id ID for <PATH>; DATE
 *
 * Real servers vary this in many ways, so the words from, by, via, with, id and for are what is
 * looked for, each once; what fits nowhere becomes a note. One pass, no recursion: cost is linear.
 *
 * Start reading at app_explain_hop_parse().
 * Tests: tests/test_app_explain_hops.c
 */
#include "app/explain_hops.h"

#include <string.h>

#include "app/explain.h"

gboolean
app_explain_is(const char *at, gsize length, const char *name)
{
    return strlen(name) == length && g_ascii_strncasecmp(at, name, length) == 0;
}

static const char *
app_explain_quoted_end(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++)
        if (*at == '\\' && at[1] != '\0')
            at++;
    return *at == '"' ? at + 1 : at;
}

static const char *
app_explain_comment_end(const char *at)
{
    guint depth = 0;

    for (; *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        else if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0)
            return at + 1;
    }
    return at;
}

/* Behind the token at @at, which is no space: a comment, a semicolon, or a word. */
static const char *
app_explain_token_end(const char *at)
{
    if (*at == '(')
        return app_explain_comment_end(at);
    if (*at == ';')
        return at + 1;
    while (*at != '\0' && strchr(" (;", *at) == NULL)
        at = *at == '"' ? app_explain_quoted_end(at) : at + 1;
    return at;
}

const char *const app_explain_clause_words[APP_EXPLAIN_CLAUSES] = {
    [APP_EXPLAIN_FROM] = "from", [APP_EXPLAIN_BY] = "by", [APP_EXPLAIN_VIA] = "via",
    [APP_EXPLAIN_WITH] = "with", [APP_EXPLAIN_ID] = "id", [APP_EXPLAIN_FOR] = "for",
};

static void
app_explain_add(GString *text, const char *token, gsize length)
{
    if (text->len > 0)
        g_string_append_c(text, ' ');
    g_string_append_len(text, token, (gssize)length);
}

/* Whether a word opens a clause: one not met before, and not the value that the open one waits for
 * (a host may be called "by"). */
static gboolean
app_explain_opens(const AppExplainHop *hop, AppExplainClause open, const char *word, gsize length,
                  AppExplainClause *opened)
{
    if (open < APP_EXPLAIN_CLAUSES && hop->clauses[open]->len == 0)
        return FALSE;
    for (guint i = 0; i < APP_EXPLAIN_CLAUSES; i++)
        if (app_explain_is(word, length, app_explain_clause_words[i]) && hop->clauses[i] == NULL) {
            *opened = (AppExplainClause)i;
            return TRUE;
        }
    return FALSE;
}

/* The first comment behind "from NAME" is what the server saw of the client: it stays there, and so
 * do addresses behind "from" and "by". All others (ciphers, program versions) are notes. */
static void
app_explain_comment(AppExplainHop *hop, AppExplainClause open, const char *token, gsize length)
{
    gboolean address = token[1] == '[' || g_ascii_isdigit(token[1]);
    gboolean stays = (open == APP_EXPLAIN_FROM && (!hop->seen || address)) ||
                     (open == APP_EXPLAIN_BY && address);

    hop->seen = hop->seen || open == APP_EXPLAIN_FROM;
    app_explain_add(stays ? hop->clauses[open] : hop->notes, token, length);
}

/* The date is what follows the first semicolon outside comments and quotes; of a line with a comment
 * that never ends, what follows the last one. */
static void
app_explain_hop_date(AppExplainHop *hop, const char *line, const char *semicolon)
{
    if (semicolon == NULL)
        semicolon = strrchr(line, ';');
    hop->date = g_strdup(semicolon == NULL ? "" : semicolon + 1);
    g_strstrip(hop->date);
    hop->timed = app_explain_date(hop->date, &hop->when_s);
}

AppExplainHop *
app_explain_hop_parse(const char *line)
{
    AppExplainHop *hop = g_new0(AppExplainHop, 1);
    AppExplainClause open = APP_EXPLAIN_CLAUSES;
    const char *semicolon = NULL;

    hop->notes = g_string_new(NULL);
    for (const char *at = line, *end; *at != '\0' && semicolon == NULL; at = end) {
        end = *at == ' ' ? at + 1 : app_explain_token_end(at);
        if (*at == ' ')
            continue;
        if (*at == ';')
            semicolon = at;
        else if (*at == '(')
            app_explain_comment(hop, open, at, (gsize)(end - at));
        else if (app_explain_opens(hop, open, at, (gsize)(end - at), &open))
            hop->clauses[open] = g_string_new(NULL);
        else
            app_explain_add(open < APP_EXPLAIN_CLAUSES ? hop->clauses[open] : hop->notes, at,
                            (gsize)(end - at));
    }
    app_explain_hop_date(hop, line, semicolon);
    return hop;
}

void
app_explain_hop_free(AppExplainHop *hop)
{
    for (guint i = 0; i < APP_EXPLAIN_CLAUSES; i++)
        if (hop->clauses[i] != NULL)
            g_string_free(hop->clauses[i], TRUE);
    g_string_free(hop->notes, TRUE);
    g_free(hop->date);
    g_free(hop);
}
