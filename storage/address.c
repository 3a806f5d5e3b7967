/* storage/address.c - reading address fields: one pass over the text, no recursion (RFC 5322 §3.4).
 *
 *   Alice (in the north) <@hub.example:alice@north.example>, team: bob@b.example;
 *   phrase  comment       route        mailbox  host          group  member
 *
 * The reader collects words until a sign says what they were: '<' a name, '@' a mailbox, ':' a
 * group, ',' the end. Whatever stands there, each address ends at the next ',' or ';', so a broken
 * one spoils only itself.
 *
 * Start reading at store_addresses_parse(). Tests: tests/test_storage_envelope.c
 */
#include "storage/envelope.h"

#include <string.h>

/* Where the reader is, and what it has of the address at hand. */
typedef struct StoreAddressReader {
    const char *at;
    GPtrArray *list;
    GString *words;   /* of the phrase or local part; one space between words */
    GString *comment; /* the last comment: "alice@north.example (Alice)" once was a name */
    char *mailbox;    /* the local part, once '@' has been seen */
    char *route;
    char *name;      /* the phrase, once '<' has been seen */
    gboolean spaced; /* white space since the last word */
    gboolean angled; /* '<' has been seen */
    gboolean closed; /* and '>': what follows belongs to no address */
    gboolean in_group;
} StoreAddressReader;

static void
store_address_free(StoreAddress *address)
{
    g_free(address->name);
    g_free(address->route);
    g_free(address->mailbox);
    g_free(address->host);
    g_free(address);
}

static void
store_address_add(StoreAddressReader *reader, char *name, char *route, char *mailbox, char *host)
{
    StoreAddress *address;

    if (reader->list->len >= STORE_ADDRESSES_MAX) {
        g_free(name);
        g_free(route);
        g_free(mailbox);
        g_free(host);
        return;
    }
    address = g_new0(StoreAddress, 1);
    address->name = name;
    address->route = route;
    address->mailbox = mailbox;
    address->host = host;
    g_ptr_array_add(reader->list, address);
}

/* ---- words ---- */

/* The text collected so far, or NULL for none; collecting starts anew. */
static char *
store_address_take(GString *text)
{
    char *taken = text->len > 0 ? g_strdup(text->str) : NULL;

    g_string_truncate(text, 0);
    return taken;
}

/* "(a (b) c)": to its end; what it says is kept. A backslash takes the next octet as it is. */
static void
store_address_comment(StoreAddressReader *reader)
{
    guint depth = 1;

    g_string_truncate(reader->comment, 0);
    for (reader->at++; *reader->at != '\0' && depth > 0; reader->at++) {
        char octet = *reader->at;

        if (octet == '\\' && reader->at[1] != '\0')
            octet = *++reader->at;
        else if (octet == '(')
            depth++;
        else if (octet == ')' && --depth == 0)
            continue;
        g_string_append_c(reader->comment, octet);
    }
}

/* In an address white space may stand around the dots, where it means nothing (RFC 5322 §4.4). */
static gboolean
store_address_is_at_dot(const StoreAddressReader *reader)
{
    return (reader->angled || reader->mailbox != NULL) &&
           (*reader->at == '.' || g_str_has_suffix(reader->words->str, "."));
}

static void
store_address_space(StoreAddressReader *reader)
{
    if (reader->spaced && reader->words->len > 0 && !store_address_is_at_dot(reader))
        g_string_append_c(reader->words, ' ');
    reader->spaced = FALSE;
}

/* "quoted": its content without the quotes. */
static void
store_address_quoted(StoreAddressReader *reader)
{
    store_address_space(reader);
    for (reader->at++; *reader->at != '\0' && *reader->at != '"'; reader->at++) {
        if (*reader->at == '\\' && reader->at[1] != '\0')
            reader->at++;
        g_string_append_c(reader->words, *reader->at);
    }
    if (*reader->at == '"')
        reader->at++;
}

/* "[127.0.0.2]": as it stands, brackets included. */
static void
store_address_literal(StoreAddressReader *reader)
{
    while (*reader->at != '\0' && *reader->at != ']')
        g_string_append_c(reader->words, *reader->at++);
    if (*reader->at == ']')
        g_string_append_c(reader->words, *reader->at++);
}

/* ---- signs ---- */

/* What came before '<' is the name; "alice@north.example <alice@north.example>" is no RFC's, but
 * common. */
static char *
store_address_take_name(StoreAddressReader *reader)
{
    g_autofree char *mailbox = g_steal_pointer(&reader->mailbox);
    g_autofree char *words = store_address_take(reader->words);

    if (mailbox == NULL)
        return g_steal_pointer(&words);
    return g_strdup_printf("%s@%s", mailbox, words != NULL ? words : "");
}

/* '<': "@a,@b:" after it is a route (RFC 5322 §4.4). */
static void
store_address_open_angle(StoreAddressReader *reader)
{
    const char *colon, *end;

    g_free(reader->name);
    reader->name = store_address_take_name(reader);
    reader->angled = TRUE;
    reader->closed = FALSE;
    reader->at++;
    reader->at += strspn(reader->at, " \t");
    if (*reader->at != '@')
        return;
    end = reader->at + strcspn(reader->at, "><;\"(");
    colon = memchr(reader->at, ':', (gsize)(end - reader->at));
    if (colon == NULL)
        return;
    g_free(reader->route);
    reader->route = g_strndup(reader->at, (gsize)(colon - reader->at));
    reader->at = colon + 1;
}

/* ',' ';' or the end: whatever was collected is one address, if anything was. */
static void
store_address_end(StoreAddressReader *reader)
{
    char *words = store_address_take(reader->words);
    char *comment = store_address_take(reader->comment);
    char *name = g_steal_pointer(&reader->name);
    char *mailbox = g_steal_pointer(&reader->mailbox);
    char *route = g_steal_pointer(&reader->route);

    reader->spaced = reader->angled = reader->closed = FALSE;
    if (mailbox == NULL && words != NULL) { /* no '@': a mailbox without host */
        mailbox = words;
        words = g_strdup("");
    }
    if (mailbox == NULL) {
        g_free(words);
        g_free(comment);
        g_free(name);
        g_free(route);
        return;
    }
    if (name == NULL)
        name = g_steal_pointer(&comment);
    /* IMAP takes an address without host for a group, so a missing host is an empty one. */
    store_address_add(reader, name, route, mailbox, words != NULL ? words : g_strdup(""));
    g_free(comment);
}

/* ':': what came before names a group. */
static void
store_address_open_group(StoreAddressReader *reader)
{
    char *name = store_address_take(reader->words);

    g_string_truncate(reader->comment, 0);
    reader->spaced = FALSE;
    if (!reader->in_group) {
        reader->in_group = TRUE;
        store_address_add(reader, NULL, NULL, name != NULL ? name : g_strdup(""), NULL);
    } else {
        g_free(name);
    }
}

static void
store_address_close_group(StoreAddressReader *reader)
{
    store_address_end(reader);
    if (reader->in_group)
        store_address_add(reader, NULL, NULL, NULL, NULL);
    reader->in_group = FALSE;
}

static void
store_address_sign(StoreAddressReader *reader)
{
    switch (*reader->at) {
    case '<': store_address_open_angle(reader); return; /* it has moved on by itself */
    case '@':
        if (reader->closed)
            break;
        g_free(reader->mailbox);
        reader->mailbox = store_address_take(reader->words);
        if (reader->mailbox == NULL)
            reader->mailbox = g_strdup("");
        reader->spaced = FALSE;
        break;
    case ',': store_address_end(reader); break;
    case ':':
        if (!reader->closed)
            store_address_open_group(reader);
        break;
    case ';': store_address_close_group(reader); break;
    case '>': reader->closed = reader->angled; break;
    default: break;
    }
    reader->at++;
}

/* Takes one word, comment, sign or run of white space. */
static void
store_address_step(StoreAddressReader *reader)
{
    gsize space = strspn(reader->at, " \t\r\n");

    if (space > 0) {
        reader->at += space;
        reader->spaced = TRUE;
    } else if (*reader->at == '(') {
        store_address_comment(reader);
        reader->spaced = TRUE;
    } else if (*reader->at == '"') {
        store_address_quoted(reader);
    } else if (*reader->at == '[') {
        store_address_literal(reader);
    } else if (strchr("<>@,:;", *reader->at) != NULL) {
        store_address_sign(reader);
    } else {
        gsize word = strcspn(reader->at, " \t\r\n(\"[<>@,:;");

        store_address_space(reader);
        g_string_append_len(reader->words, reader->at, (gssize)word);
        reader->at += word;
    }
}

GPtrArray *
store_addresses_parse(const char *value)
{
    StoreAddressReader reader = {
        .at = value,
        .list = g_ptr_array_new_with_free_func((GDestroyNotify)store_address_free),
        .words = g_string_new(NULL),
        .comment = g_string_new(NULL),
    };

    while (*reader.at != '\0') {
        gsize kept = reader.words->len;

        store_address_step(&reader);
        if (reader.closed && reader.words->len > kept) /* "<d@e.example> junk" */
            g_string_truncate(reader.words, kept);
    }
    if (reader.in_group)
        store_address_close_group(&reader);
    else
        store_address_end(&reader);
    g_string_free(reader.words, TRUE);
    g_string_free(reader.comment, TRUE);
    return reader.list;
}
