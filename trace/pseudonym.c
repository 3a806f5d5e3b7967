/* trace/pseudonym.c - other names, the same all over a journal.
 *
 * A text is walked word by word. A word is a run of characters that an address or a host name may
 * have; "@" makes two of them an address. What is in double quotes is a stranger's own text (a
 * subject, a display name, a filter's word) and goes.
 * Tests: tests/test_trace_handout.c
 */
#include "trace/pseudonym.h"

#include <arpa/inet.h>
#include <string.h>
#include "trace/otlp.h"

struct TracePseudonyms {
    GHashTable *users;     /* lower-case local part -> its number */
    GHashTable *addresses; /* IP address -> its number */
};

/* What may stand before "=" and is not part of an address: from=alice@north.example. */
static const char *const before_sign[] = { "from", "to",      "user", "sender", "recipient",
                                           "host", "account", "IPv6", NULL };

/* Ends of file names, which would otherwise be taken for top-level domains. */
static const char *const file_ends[] = { "eml", "filter", "zone", "ini", "db", "c", "h", NULL };

TracePseudonyms *
trace_pseudonyms_new(void)
{
    TracePseudonyms *names = g_new0(TracePseudonyms, 1);

    names->users = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    names->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return names;
}

void
trace_pseudonyms_free(TracePseudonyms *names)
{
    if (names == NULL)
        return;
    g_hash_table_unref(names->users);
    g_hash_table_unref(names->addresses);
    g_free(names);
}

/* ------------------------------------------------------------------ one name */

/* The number of @name in @table, a new one if need be. */
static guint
trace_pseudonym_number(GHashTable *table, const char *name)
{
    char *key = g_ascii_strdown(name, -1);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(table, key));

    if (number > 0) {
        g_free(key);
        return number;
    }
    number = g_hash_table_size(table) + 1;
    g_hash_table_insert(table, key, GUINT_TO_POINTER(number));
    return number;
}

static char *
trace_pseudonym_user(TracePseudonyms *names, const char *user)
{
    /* A role that every domain has to have (RFC 5321 §4.5.1), and nobody in particular. */
    if (g_ascii_strcasecmp(user, "postmaster") == 0)
        return g_strdup(user);
    return g_strdup_printf("user%u", trace_pseudonym_number(names->users, user));
}

static gboolean
trace_pseudonym_ends(const char *name, const char *end)
{
    gsize length = strlen(name), tail = strlen(end);

    return length >= tail && g_ascii_strcasecmp(name + length - tail, end) == 0;
}

static char *
trace_pseudonym_domain(const char *domain)
{
    if (trace_pseudonym_ends(domain, ".example") || strchr(domain, '.') == NULL)
        return g_strdup(domain);
    g_autofree char *small = g_ascii_strdown(domain, -1);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, small, -1);

    return g_strdup_printf("d%.7s.example", sum);
}

/* Addresses of the blocks that are kept for documents: nobody has them. */
static char *
trace_pseudonym_ip(TracePseudonyms *names, const char *address)
{
    static const char *const blocks[] = { "192.0.2", "198.51.100", "203.0.113" };
    guint number;

    if (g_str_has_prefix(address, "127.") || g_str_equal(address, "::1"))
        return g_strdup(address);
    number = trace_pseudonym_number(names->addresses, address);
    if (strchr(address, ':') != NULL || number > 3 * 254)
        return g_strdup_printf("2001:db8::%x", number);
    return g_strdup_printf("%s.%u", blocks[(number - 1) / 254], (number - 1) % 254 + 1);
}

/* "mail.school.edu": letters in its last label, and no end of a file name. */
static gboolean
trace_pseudonym_is_domain(const char *word)
{
    const char *end = strrchr(word, '.');

    if (end == NULL || end == word || !g_ascii_isalpha(end[1]) || strlen(end + 1) < 2 ||
        strpbrk(word, "/_+") != NULL)
        return FALSE;
    return !g_strv_contains(file_ends, end + 1);
}

static gboolean
trace_pseudonym_is_ip(const char *word)
{
    struct in6_addr address;

    return inet_pton(AF_INET, word, &address) == 1 || inet_pton(AF_INET6, word, &address) == 1;
}

/* A word that is no address: a host, an IP address, a known user, or nothing of the kind. */
static char *
trace_pseudonym_word(TracePseudonyms *names, const char *word)
{
    g_autofree char *small = g_ascii_strdown(word, -1);

    if (trace_pseudonym_is_ip(word))
        return trace_pseudonym_ip(names, word);
    if (g_hash_table_contains(names->users, small))
        return trace_pseudonym_user(names, word);
    return trace_pseudonym_is_domain(word) ? trace_pseudonym_domain(word) : g_strdup(word);
}

/* ------------------------------------------------------------------ a text */

typedef struct TraceWord {
    const char *begin; /* of the local part, or of the word */
    const char *at;    /* the "@" of an address; NULL: it is none */
    const char *end;
} TraceWord;

static gboolean
trace_word_has(char c, gboolean domain)
{
    if (g_ascii_isalnum(c) || (guchar)c >= 0x80)
        return TRUE;
    return c != '\0' && strchr(domain ? ".-:" : "!#$%&'*+-/=?^_`{|}~.:", c) != NULL;
}

/* Dots and colons at the end are the sentence's. */
static const char *
trace_word_end(const char *begin, gboolean domain)
{
    const char *end = begin;

    while (trace_word_has(*end, domain))
        end++;
    while (end > begin + 1 && strchr(".:!?'-", end[-1]) != NULL &&
           !(end[-1] == ':' && end[-2] == ':'))
        end--;
    return end;
}

/* "from=alice", "user:alice", "mail/alice": where does the name begin? */
static const char *
trace_word_cut(const char *begin, const char *end)
{
    for (guint i = 0; before_sign[i] != NULL; i++) {
        gsize length = strlen(before_sign[i]);

        if ((gsize)(end - begin) > length && strchr("=:", begin[length]) != NULL &&
            g_ascii_strncasecmp(begin, before_sign[i], length) == 0)
            return begin + length + 1;
    }
    return begin;
}

/* The end of a quoted string that begins at @quote, after its closing quote; NULL: it has none. */
static const char *
trace_word_quoted(const char *quote)
{
    const char *c = quote + 1;

    while (*c != '\0' && *c != '"' && *c != '\n')
        c += c[0] == '\\' && c[1] != '\0' ? 2 : 1;
    return *c == '"' ? c + 1 : NULL;
}

/* Finds the next word or quoted string at or after @text. FALSE: there is none. */
static gboolean
trace_word_next(const char *text, TraceWord *word)
{
    const char *c = text;

    while (*c != '\0' && !trace_word_has(*c, FALSE) && (*c != '"' || trace_word_quoted(c) == NULL))
        c++;
    word->begin = c;
    word->at = NULL;
    if (*c == '\0')
        return FALSE;
    const char *run = c;

    if (*c == '"') {
        run = trace_word_quoted(c);
    } else {
        while (trace_word_has(*run, FALSE))
            run++;
    }
    if (*run == '@' && trace_word_has(run[1], TRUE)) {
        word->begin = trace_word_cut(c, run);
        word->at = run;
        word->end = trace_word_end(run + 1, TRUE);
        return TRUE;
    }
    word->begin = trace_word_cut(c, run);
    word->end = *c == '"' ? run : trace_word_end(word->begin, FALSE);
    return TRUE;
}

void
trace_pseudonyms_learn_user(TracePseudonyms *names, const char *user)
{
    static const char *const roles[] = { "postmaster", "host", "client", "remote",
                                         "store",      "dns",  "reader", NULL };
    g_autofree char *small = g_ascii_strdown(user, -1);

    /* A user who is called like a lane of the ladder is one in addresses only. */
    if (*user != '\0' && !g_strv_contains(roles, small))
        trace_pseudonym_number(names->users, user);
}

void
trace_pseudonyms_learn(TracePseudonyms *names, const char *text)
{
    TraceWord word;

    while (trace_word_next(text, &word)) {
        if (word.at != NULL) {
            g_autofree char *user = g_strndup(word.begin, (gsize)(word.at - word.begin));

            trace_pseudonyms_learn_user(names, user);
        }
        text = word.end;
    }
}

static void
trace_pseudonyms_append(TracePseudonyms *names, const TraceWord *word, GString *out)
{
    g_autofree char *whole = g_strndup(word->begin, (gsize)(word->end - word->begin));

    if (word->at != NULL) {
        g_autofree char *user = g_strndup(word->begin, (gsize)(word->at - word->begin));
        g_autofree char *domain = g_strndup(word->at + 1, (gsize)(word->end - word->at - 1));
        g_autofree char *other_user = trace_pseudonym_user(names, user);
        g_autofree char *other_domain = trace_pseudonym_domain(domain);

        g_string_append_printf(out, "%s@%s", other_user, other_domain);
    } else if (*whole == '"') {
        g_string_append(out, "\"...\"");
    } else {
        /* "domains=north.example", "127.0.0.1:2500": the parts between the signs are the words. */
        for (const char *c = whole; *c != '\0';) {
            gsize length = trace_pseudonym_is_ip(whole) ? strlen(whole) : strcspn(c, "=:/{}|");
            g_autofree char *part = g_strndup(c, length);
            g_autofree char *other = trace_pseudonym_word(names, part);

            g_string_append(out, other);
            c += length;
            if (*c != '\0')
                g_string_append_c(out, *c++);
        }
    }
}

char *
trace_pseudonyms_text(TracePseudonyms *names, const char *text)
{
    GString *out = g_string_new(NULL);
    TraceWord word;

    while (trace_word_next(text, &word)) {
        g_string_append_len(out, text, word.begin - text);
        trace_pseudonyms_append(names, &word, out);
        text = word.end;
    }
    g_string_append(out, text);
    return g_string_free(out, FALSE);
}

char *
trace_pseudonyms_addresses(TracePseudonyms *names, const char *text)
{
    GString *out = g_string_new(NULL);
    TraceWord word;

    while (trace_word_next(text, &word)) {
        if (word.at != NULL) {
            g_string_append(out, out->len > 0 ? ", <" : "<");
            trace_pseudonyms_append(names, &word, out);
            g_string_append_c(out, '>');
        }
        text = word.end;
    }
    return g_string_free(out, FALSE);
}

char *
trace_pseudonyms_message_ids(const char *text)
{
    GString *out = g_string_new(NULL);

    for (const char *open = strchr(text, '<'); open != NULL; open = strchr(open, '<')) {
        const char *close = strchr(open, '>');

        if (close == NULL)
            break;
        g_autofree char *id = g_strndup(open + 1, (gsize)(close - open - 1));
        g_autofree char *trace = trace_otlp_trace_id(id);

        g_string_append_printf(out, "%s<%s%s>", out->len > 0 ? " " : "", trace,
                               TRACE_OTLP_REDACTED);
        open = close;
    }
    return g_string_free(out, FALSE);
}
