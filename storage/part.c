/* storage/part.c - what the header of one MIME part says about it (RFC 2045, RFC 2183).
 *
 *   Content-Type: text/plain; charset=utf-8; name*=utf-8''caf%C3%A9
 *                 type subtype  parameters, decoded by GMime (RFC 2231)
 *
 * Values are at most 4 KB, so whatever they hold, decoding them is bounded.
 *
 * Tests: tests/test_storage_index.c
 */
#include "storage/part.h"

#include "storage/encoded_word.h"

#include <gmime/gmime.h>
#include <stddef.h>
#include <string.h>

#define STORE_PART_TOKEN 80 /* octets of a type, subtype or encoding; longer is none */

StorePart *
store_part_new(int parent, guint depth, guint64 start)
{
    StorePart *part = g_new0(StorePart, 1);

    part->parent = parent;
    part->depth = depth;
    part->start = start;
    part->body = part->end = start;
    part->parameters = g_ptr_array_new_with_free_func(g_free);
    part->disposition_parameters = g_ptr_array_new_with_free_func(g_free);
    return part;
}

void
store_part_free(StorePart *part)
{
    g_ptr_array_unref(part->parameters);
    g_ptr_array_unref(part->disposition_parameters);
    g_clear_pointer(&part->children, g_array_unref);
    g_free(part->type);
    g_free(part->subtype);
    g_free(part->encoding);
    g_free(part->id);
    g_free(part->description);
    g_free(part->disposition);
    g_free(part->language);
    g_free(part->location);
    g_free(part->md5);
    g_free(part);
}

const char *
store_part_parameter(const GPtrArray *parameters, const char *name)
{
    for (guint i = 0; i + 1 < parameters->len; i += 2)
        if (g_ascii_strcasecmp(g_ptr_array_index(parameters, i), name) == 0)
            return g_ptr_array_index(parameters, i + 1);
    return NULL;
}

/* Octets of the token at the front of @text (RFC 2045 §5.1); 0 where none is or it is too long. */
static gsize
store_part_token(const char *text)
{
    gsize length = 0;

    while (text[length] > ' ' && text[length] < 0x7f &&
           strchr("()<>@,;:\\\"/[]?=", text[length]) == NULL)
        length++;
    return length <= STORE_PART_TOKEN ? length : 0;
}

/* Copies @text without comments, which may stand in any structured field (RFC 2045 §5.1): they nest,
 * and a backslash takes the next octet as it is. One that does not end is no comment. */
static char *
store_part_uncomment(const char *text)
{
    GString *plain = g_string_new(NULL);
    gsize opened = 0; /* octets of @plain when the outermost comment began */
    gboolean quoted = FALSE;
    guint depth = 0;

    for (; *text != '\0'; text++) {
        if (!quoted && *text == '(' && depth++ == 0)
            opened = plain->len;
        g_string_append_c(plain, *text);
        if (!quoted && *text == ')' && depth > 0 && --depth == 0)
            g_string_truncate(plain, opened);
        else if (*text == '"' && depth == 0)
            quoted = !quoted;
        else if (*text == '\\' && (quoted || depth > 0) && text[1] != '\0')
            g_string_append_c(plain, *++text);
    }
    return g_string_free(plain, FALSE);
}

/* Octets to the next semicolon that is not in quotes, or to the end. */
static gsize
store_part_piece(const char *text)
{
    gboolean quoted = FALSE;
    gsize length = 0;

    for (; text[length] != '\0' && (quoted || text[length] != ';'); length++) {
        if (text[length] == '"')
            quoted = !quoted;
        else if (text[length] == '\\' && quoted && text[length + 1] != '\0')
            length++;
    }
    return length;
}

/* Appends @piece in UTF-8. Raw 8-bit octets are against RFC 2045 §5.1, and common; GMime's guess at
 * their charset loses the last one. What is no UTF-8 is Latin-1, mostly; it cannot fail. */
static void
store_part_append_utf8(GString *clean, const char *piece, gsize length)
{
    g_autofree char *text = NULL;

    if (!g_utf8_validate(piece, (gssize)length, NULL))
        text = g_convert(piece, (gssize)length, "UTF-8", "ISO-8859-1", NULL, &length, NULL);
    g_string_append_len(clean, text != NULL ? text : piece, (gssize)length);
}

/* Does @text begin with the parameter that names a file: name=, filename=, filename*0=? */
static gboolean
store_part_is_name(const char *text)
{
    gsize token = store_part_token(text);

    return text[token + strspn(text + token, " \t")] == '=' &&
           (g_ascii_strncasecmp(text, "name", 4) == 0 ||
            g_ascii_strncasecmp(text, "filename", 8) == 0);
}

/* "; name=value; name=value" from what follows type or disposition. What is no parameter is left
 * out, or GMime would give up at it and lose those behind it, the boundary perhaps. Only a file's name
 * needs no semicolon before it: there are programs that save under it all the same. */
static char *
store_part_clean(const char *text)
{
    g_autofree char *bare = store_part_uncomment(text);
    gboolean is_name = store_part_is_name(bare + strspn(bare, " \t"));
    g_autofree char *plain = g_strconcat(is_name ? ";" : "", bare, NULL);
    GString *clean = g_string_new(NULL);

    for (const char *at = strchr(plain, ';'); at != NULL && *at == ';';) {
        gsize space = strspn(at + 1, " \t"), length = store_part_piece(at + 1);
        const char *name = at + 1 + space;
        gsize token = store_part_token(name);
        const char *equals = name + token + strspn(name + token, " \t");
        const char *value = equals + 1;

        if (token > 0 && *equals == '=' && value + strspn(value, " \t") < at + 1 + length)
            store_part_append_utf8(clean, at, length + 1);
        at += 1 + length;
    }
    return g_string_free(clean, FALSE);
}

/* @text: what follows type or disposition. GMime's param parser must be set up once, and never
 * more. */
static void
store_part_parameters(GPtrArray *out, const char *text)
{
    static gsize ready = 0;
    g_autofree char *clean = store_part_clean(text);
    g_autofree char *spelt = store_encoded_words_spell(clean);
    GMimeParamList *list;

    if (*clean == '\0')
        return;
    if (g_once_init_enter(&ready)) {
        g_mime_init();
        g_once_init_leave(&ready, 1);
    }
    list = g_mime_param_list_parse(NULL, spelt + 1);
    for (int i = 0; list != NULL && i < g_mime_param_list_length(list); i++) {
        GMimeParam *parameter = g_mime_param_list_get_parameter_at(list, i);
        const char *value = g_mime_param_get_value(parameter);

        g_ptr_array_add(out, g_strdup(g_mime_param_get_name(parameter)));
        g_ptr_array_add(out, g_strdup(value != NULL ? value : ""));
    }
    if (list != NULL)
        g_object_unref(list);
}

/* Of several fields the first counts. But a mail program may save under the name that another one gives,
 * or one that cannot be read: a filter must see all of them. */
static void
store_part_other_type(StorePart *part, const char *text)
{
    g_autoptr(GPtrArray) parameters = g_ptr_array_new_with_free_func(g_free);

    store_part_parameters(parameters, text);
    for (guint i = 0; i + 1 < parameters->len; i += 2) {
        const char *name = g_ptr_array_index(parameters, i);

        if (g_ascii_strcasecmp(name, "name") != 0)
            continue;
        g_ptr_array_add(part->parameters, g_strdup(name));
        g_ptr_array_add(part->parameters, g_strdup(g_ptr_array_index(parameters, i + 1)));
    }
}

/* "type/subtype; parameters". What cannot be read is as if it were not there: text/plain is then
 * what RFC 2045 §5.2 recommends. */
static void
store_part_type(StorePart *part, const char *value)
{
    gsize type = store_part_token(value);
    const char *slash = value + type + strspn(value + type, " \t");
    const char *rest = *slash == '/' ? slash + 1 + strspn(slash + 1, " \t") : slash;
    gsize subtype = store_part_token(rest);
    gboolean readable = type > 0 && *slash == '/' && subtype > 0;

    if (!readable || part->type != NULL) {
        store_part_other_type(part, readable ? rest + subtype : value);
        return;
    }
    part->type = g_ascii_strdown(value, (gssize)type);
    part->subtype = g_ascii_strdown(rest, (gssize)subtype);
    store_part_parameters(part->parameters, rest + subtype);
}

/* Here, too, each name is kept. */
static void
store_part_disposition(StorePart *part, const char *value)
{
    gsize length = store_part_is_name(value) ? 0 : store_part_token(value);

    if (length > 0 && part->disposition == NULL)
        part->disposition = g_ascii_strdown(value, (gssize)length);
    store_part_parameters(part->disposition_parameters, value + length);
}

static void
store_part_encoding(StorePart *part, const char *value)
{
    gsize length = store_part_token(value);

    if (length > 0)
        part->encoding = g_ascii_strup(value, (gssize)length);
}

void
store_part_field(StorePart *part, const char *name, const char *value)
{
    static const struct {
        const char *name;
        gsize offset;                                     /* of a char * in StorePart */
        void (*take)(StorePart *part, const char *value); /* NULL: kept as it is */
        gboolean each;                                    /* not the first one only */
    } fields[] = {
        /* clang-format off */
        { "content-type",              offsetof(StorePart, type),        store_part_type,        TRUE },
        { "content-transfer-encoding", offsetof(StorePart, encoding),    store_part_encoding,    FALSE },
        { "content-disposition",       offsetof(StorePart, disposition), store_part_disposition, TRUE },
        { "content-id",                offsetof(StorePart, id),          NULL,                   FALSE },
        { "content-description",       offsetof(StorePart, description), NULL,                   FALSE },
        { "content-language",          offsetof(StorePart, language),    NULL,                   FALSE },
        { "content-location",          offsetof(StorePart, location),    NULL,                   FALSE },
        { "content-md5",               offsetof(StorePart, md5),         NULL,                   FALSE },
        /* clang-format on */
    };

    if (g_ascii_strncasecmp(name, "content-", 8) != 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        char **member = G_STRUCT_MEMBER_P(part, fields[i].offset);

        if (g_ascii_strcasecmp(name, fields[i].name) != 0 || (*member != NULL && !fields[i].each))
            continue;
        if (fields[i].take != NULL)
            fields[i].take(part, value);
        else
            *member = g_strdup(value);
    }
}

void
store_part_defaults(StorePart *part, gboolean digest)
{
    if (part->type == NULL) {
        part->type = g_strdup(digest ? "message" : "text");
        part->subtype = g_strdup(digest ? "rfc822" : "plain");
    }
    if (part->encoding == NULL)
        part->encoding = g_strdup("7BIT");
}
