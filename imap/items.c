/* imap/items.c - what FETCH is asked for (RFC 3501 §6.4.5, RFC 9051 §6.4.5).
 *
 *   BODY.PEEK[ 4.2 .HEADER.FIELDS (FROM TO) ] <0.100>
 *      |        |         |                     |
 *      |        path      text and fields       partial: offset and length
 *      peek: \Seen is not set
 *
 *   BINARY[4.1]<0.100>         the same decoded: a path only (RFC 3516 §4.2)
 *
 * Tests: tests/test_imap_items.c
 */
#include "imap/items.h"

#include <string.h>

#include "imap/write.h"

/* clang-format off */
static const struct {
    const char *name;
    ImapItemKind kind;
} imap_plain_items[] = {
    { "FLAGS",         IMAP_ITEM_FLAGS         },
    { "UID",           IMAP_ITEM_UID           },
    { "INTERNALDATE",  IMAP_ITEM_INTERNALDATE  },
    { "RFC822.SIZE",   IMAP_ITEM_SIZE          },
    { "ENVELOPE",      IMAP_ITEM_ENVELOPE      },
    { "BODYSTRUCTURE", IMAP_ITEM_BODYSTRUCTURE },
    { "BODY",          IMAP_ITEM_BODY          },
    { "MODSEQ",        IMAP_ITEM_MODSEQ        }, /* RFC 7162 §3.1.4.2 */
};

/* Those with a section in brackets. */
static const struct {
    const char *name;
    const char *label; /* as the response begins */
    ImapItemKind kind;
    gboolean peek;
    gboolean partial; /* may be asked for in pieces */
} imap_section_items[] = {
    { "BODY",        "BODY[",        IMAP_ITEM_SECTION,     FALSE, TRUE  },
    { "BODY.PEEK",   "BODY[",        IMAP_ITEM_SECTION,     TRUE,  TRUE  },
    { "BINARY",      "BINARY[",      IMAP_ITEM_BINARY,      FALSE, TRUE  },
    { "BINARY.PEEK", "BINARY[",      IMAP_ITEM_BINARY,      TRUE,  TRUE  },
    { "BINARY.SIZE", "BINARY.SIZE[", IMAP_ITEM_BINARY_SIZE, TRUE,  FALSE },
};

/* The old names of three sections; the response uses them, too. */
static const struct {
    const char *name;
    ImapText text;
    gboolean peek;
} imap_old_items[] = {
    { "RFC822",        IMAP_TEXT_ALL,    FALSE },
    { "RFC822.HEADER", IMAP_TEXT_HEADER, TRUE  },
    { "RFC822.TEXT",   IMAP_TEXT_TEXT,   FALSE },
};

static const struct {
    const char *name;
    const char *items;
} imap_macros[] = {
    { "ALL",  "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"      },
    { "FAST", "(FLAGS INTERNALDATE RFC822.SIZE)"               },
    { "FULL", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)" },
};

/* Longer names first: HEADER is the front of the others. */
static const struct {
    const char *name;
    ImapText text;
} imap_texts[] = {
    { "HEADER.FIELDS.NOT", IMAP_TEXT_FIELDS_NOT },
    { "HEADER.FIELDS",     IMAP_TEXT_FIELDS     },
    { "HEADER",            IMAP_TEXT_HEADER     },
    { "TEXT",              IMAP_TEXT_TEXT       },
    { "MIME",              IMAP_TEXT_MIME       },
};
/* clang-format on */

void
imap_item_free(ImapItem *item)
{
    if (item == NULL)
        return;
    if (item->fields != NULL)
        g_ptr_array_unref(item->fields);
    g_free(item->label);
    g_free(item);
}

static ImapItem *
imap_item_new(ImapItemKind kind, const char *label)
{
    ImapItem *item = g_new0(ImapItem, 1);

    item->kind = kind;
    item->label = g_strdup(label);
    return item;
}

void
imap_items_prepend(GPtrArray *items, ImapItemKind kind, const char *label)
{
    g_ptr_array_insert(items, 0, imap_item_new(kind, label));
}

/* ---- BODY[section]<partial> ---- */

/* A field's name in the response: as an atom where it is a usual one. */
static void
imap_item_write_field(GString *label, const char *name)
{
    for (const char *at = name; *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && *at != '-') {
            imap_write_string(label, name);
            return;
        }
    }
    g_string_append(label, *name == '\0' ? "\"\"" : name);
}

/* "(FROM "To")" after HEADER.FIELDS. */
static gboolean
imap_item_parse_fields(ImapParse *parse, ImapItem *item, GString *label)
{
    const char *gap = " (";

    if (!imap_parse_char(parse, ' ') || !imap_parse_char(parse, '('))
        return FALSE;
    item->fields = g_ptr_array_new_with_free_func(g_free);
    do {
        char *name = imap_parse_astring(parse);

        if (name == NULL || item->fields->len >= IMAP_FIELDS_MAX) {
            g_free(name);
            return FALSE;
        }
        g_ptr_array_add(item->fields, name);
        g_string_append(label, gap);
        imap_item_write_field(label, name);
        gap = " ";
    } while (imap_parse_char(parse, ' '));
    g_string_append_c(label, ')');
    return imap_parse_char(parse, ')');
}

/* HEADER, TEXT, MIME...: the end of a section. */
static gboolean
imap_item_parse_text(ImapParse *parse, ImapItem *item, GString *label)
{
    for (guint i = 0; i < G_N_ELEMENTS(imap_texts); i++) {
        if (!imap_parse_word(parse, imap_texts[i].name))
            continue;
        item->text = imap_texts[i].text;
        g_string_append(label, imap_texts[i].name);
        if (item->text == IMAP_TEXT_FIELDS || item->text == IMAP_TEXT_FIELDS_NOT)
            return imap_item_parse_fields(parse, item, label);
        /* The header of the message is HEADER; MIME is for parts (RFC 3501 §6.4.5). */
        return item->text != IMAP_TEXT_MIME || item->depth > 0;
    }
    return FALSE;
}

/* What stands between the brackets: numbers with dots between, then perhaps a word. */
static gboolean
imap_item_parse_section(ImapParse *parse, ImapItem *item, GString *label)
{
    guint64 number;

    if (imap_parse_is_at(parse, ']'))
        return TRUE;
    while (imap_parse_number(parse, G_MAXUINT32, &number)) {
        if (number == 0 || item->depth >= IMAP_PATH_MAX)
            return FALSE;
        item->path[item->depth++] = (guint)number;
        g_string_append_printf(label, "%u", (guint)number);
        if (!imap_parse_char(parse, '.'))
            return TRUE;
        g_string_append_c(label, '.');
    }
    return item->kind == IMAP_ITEM_SECTION && imap_item_parse_text(parse, item, label);
}

/* "<0.2048>": where it begins, and at most how much (not nothing). */
static gboolean
imap_item_parse_partial(ImapParse *parse, ImapItem *item, GString *label)
{
    if (!imap_parse_char(parse, '<'))
        return TRUE;
    item->partial = TRUE;
    if (!imap_parse_number(parse, G_MAXINT64, &item->offset) || !imap_parse_char(parse, '.') ||
        !imap_parse_number(parse, G_MAXINT64, &item->length) || item->length == 0)
        return FALSE;
    g_string_append_printf(label, "<%" G_GUINT64_FORMAT ">", item->offset);
    return imap_parse_char(parse, '>');
}

/* After "BODY[", "BINARY.PEEK[" and so on: @row of the table. */
static ImapItem *
imap_item_parse_brackets(ImapParse *parse, guint row)
{
    g_autoptr(GString) label = g_string_new(imap_section_items[row].label);
    ImapItem *item = imap_item_new(imap_section_items[row].kind, NULL);

    item->peek = imap_section_items[row].peek;
    if (!imap_item_parse_section(parse, item, label) || !imap_parse_char(parse, ']')) {
        imap_item_free(item);
        return NULL;
    }
    g_string_append_c(label, ']');
    if (imap_section_items[row].partial && !imap_item_parse_partial(parse, item, label)) {
        imap_item_free(item);
        return NULL;
    }
    item->label = g_strdup(label->str);
    return item;
}

/* ---- items ---- */

/* A name of letters, digits and dots. */
static char *
imap_item_parse_name(ImapParse *parse)
{
    const char *start = parse->at;

    while (parse->at < parse->end && (g_ascii_isalnum(*parse->at) || *parse->at == '.'))
        parse->at++;
    return g_ascii_strup(start, parse->at - start);
}

static ImapItem *
imap_item_parse(ImapParse *parse)
{
    g_autofree char *name = imap_item_parse_name(parse);

    if (imap_parse_char(parse, '[')) {
        for (guint i = 0; i < G_N_ELEMENTS(imap_section_items); i++)
            if (g_str_equal(imap_section_items[i].name, name))
                return imap_item_parse_brackets(parse, i);
        return NULL;
    }
    for (guint i = 0; i < G_N_ELEMENTS(imap_plain_items); i++)
        if (g_str_equal(imap_plain_items[i].name, name))
            return imap_item_new(imap_plain_items[i].kind, name);
    for (guint i = 0; i < G_N_ELEMENTS(imap_old_items); i++) {
        if (!g_str_equal(imap_old_items[i].name, name))
            continue;
        ImapItem *item = imap_item_new(IMAP_ITEM_SECTION, name);
        item->text = imap_old_items[i].text;
        item->peek = imap_old_items[i].peek;
        return item;
    }
    return NULL;
}

/* ALL, FAST or FULL, taken: the list that it stands for. No item begins like that, so what follows
 * it (a bracket that is too many) is for the caller to see. */
static const char *
imap_items_macro(ImapParse *parse)
{
    for (guint i = 0; i < G_N_ELEMENTS(imap_macros); i++)
        if (imap_parse_word(parse, imap_macros[i].name))
            return imap_macros[i].items;
    return NULL;
}

/* One item, or a list of them in brackets. */
static gboolean
imap_items_parse_list(ImapParse *parse, GPtrArray *items)
{
    gboolean list = imap_parse_char(parse, '(');

    do {
        ImapItem *item = imap_item_parse(parse);

        if (item == NULL || items->len >= IMAP_ITEMS_MAX) {
            imap_item_free(item);
            return FALSE;
        }
        g_ptr_array_add(items, item);
    } while (list && imap_parse_char(parse, ' '));
    return !list || imap_parse_char(parse, ')');
}

GPtrArray *
imap_items_parse(ImapParse *parse)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)imap_item_free);
    const char *macro = imap_items_macro(parse);
    ImapParse inside;

    if (macro == NULL)
        return imap_items_parse_list(parse, items) ? g_steal_pointer(&items) : NULL;
    imap_parse_start(&inside, macro, strlen(macro));
    g_assert(imap_items_parse_list(&inside, items));
    return g_steal_pointer(&items);
}

/* ---- what they come to ---- */

gboolean
imap_items_have(const GPtrArray *items, ImapItemKind kind)
{
    for (guint i = 0; i < items->len; i++)
        if (((const ImapItem *)g_ptr_array_index(items, i))->kind == kind)
            return TRUE;
    return FALSE;
}

/* Flags alone are asked for by many clients, of all messages, again and again. */
StoreEntryColumns
imap_items_columns(const GPtrArray *items)
{
    if (imap_items_have(items, IMAP_ITEM_ENVELOPE))
        return STORE_ENTRY_ENVELOPE;
    for (guint i = 0; i < items->len; i++) {
        ImapItemKind kind = ((const ImapItem *)g_ptr_array_index(items, i))->kind;

        if (kind != IMAP_ITEM_FLAGS && kind != IMAP_ITEM_UID && kind != IMAP_ITEM_MODSEQ)
            return STORE_ENTRY_WHOLE;
    }
    return STORE_ENTRY_FLAGS;
}
