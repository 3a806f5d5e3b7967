/* imap/structure.c - the tree of a message's parts as BODYSTRUCTURE writes it (RFC 3501 §7.4.2).
 *
 *   leaf        ("TEXT" "PLAIN" parameters id description encoding octets lines extension...)
 *   multipart   (part part "MIXED" extension...)
 *   message     ("MESSAGE" "RFC822" parameters id description encoding octets
 *                envelope part lines extension...)
 *
 * The tree is walked with a stack of our own, not by recursion: how deep it is, a stranger decides.
 * Tests: tests/test_imap_structure.c
 */
#include "imap/structure.h"

#include <string.h>

#include "imap/write.h"

/* A part that has been opened and not closed: its children are being written. */
typedef struct ImapOpenPart {
    guint number; /* of the index */
    guint next;   /* child to be written next */
} ImapOpenPart;

static void
imap_structure_upper(GString *out, const char *text)
{
    g_autofree char *upper = g_ascii_strup(text, -1);

    imap_write_string(out, upper);
}

/* ("CHARSET" "utf-8" ...), or NIL. */
static void
imap_structure_parameters(GString *out, const GPtrArray *parameters)
{
    if (parameters == NULL || parameters->len < 2) {
        g_string_append(out, "NIL");
        return;
    }
    for (guint i = 0; i + 1 < parameters->len; i += 2) {
        g_string_append(out, i == 0 ? "(" : " ");
        imap_structure_upper(out, g_ptr_array_index(parameters, i));
        g_string_append_c(out, ' ');
        imap_write_string(out, g_ptr_array_index(parameters, i + 1));
    }
    g_string_append_c(out, ')');
}

/* "en, de": a string for one language, a list for several, NIL for none (RFC 3501 §7.4.2). */
static void
imap_structure_languages(GString *out, const char *field)
{
    g_auto(GStrv) words = g_strsplit(field == NULL ? "" : field, ",", -1);
    g_autoptr(GPtrArray) tags = g_ptr_array_new();

    for (guint i = 0; words[i] != NULL; i++)
        if (*g_strstrip(words[i]) != '\0')
            g_ptr_array_add(tags, words[i]);
    if (tags->len < 2) {
        imap_write_string(out, tags->len == 0 ? NULL : g_ptr_array_index(tags, 0));
        return;
    }
    for (guint i = 0; i < tags->len; i++) {
        g_string_append_c(out, i == 0 ? '(' : ' ');
        imap_write_string(out, g_ptr_array_index(tags, i));
    }
    g_string_append_c(out, ')');
}

/* Disposition, language, location: they end the extension data of every part. */
static void
imap_structure_extension(GString *out, const StorePart *part)
{
    if (part->disposition == NULL) {
        g_string_append(out, " NIL ");
    } else {
        g_string_append(out, " (");
        imap_structure_upper(out, part->disposition);
        g_string_append_c(out, ' ');
        imap_structure_parameters(out, part->disposition_parameters);
        g_string_append(out, ") ");
    }
    imap_structure_languages(out, part->language);
    g_string_append_c(out, ' ');
    imap_write_string(out, part->location);
}

/* Of all messages in messages IMAP4rev1 knows message/rfc822 only: its clients take message/global for
 * a leaf, and could not read an envelope there (RFC 3501 §7.4.2). */
gboolean
imap_structure_is_message(const StorePart *part)
{
    return g_str_equal(part->type, "message") && g_str_equal(part->subtype, "rfc822");
}

/* What all parts but multiparts begin with. */
static void
imap_structure_basic(GString *out, const StorePart *part)
{
    g_string_append_c(out, '(');
    imap_structure_upper(out, part->type);
    g_string_append_c(out, ' ');
    imap_structure_upper(out, part->subtype);
    g_string_append_c(out, ' ');
    imap_structure_parameters(out, part->parameters);
    g_string_append_c(out, ' ');
    imap_write_string(out, part->id);
    g_string_append_c(out, ' ');
    imap_write_string(out, part->description);
    g_string_append_c(out, ' ');
    imap_write_string(out, part->encoding);
    g_string_append_printf(out, " %" G_GUINT64_FORMAT, part->end - part->body);
}

/* Writes what stands before a part's children. */
static void
imap_structure_open(GString *out, const StoreIndex *index, guint number, ImapWriteEnvelope envelope,
                    void *data)
{
    const StorePart *part = store_index_part(index, number);
    int child = store_index_child(index, number, 0);

    if (g_str_equal(part->type, "multipart")) {
        g_string_append_c(out, '(');
        if (child < 0) /* the grammar wants one part at least: an empty one */
            g_string_append(out, "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)");
        return;
    }
    imap_structure_basic(out, part);
    if (!imap_structure_is_message(part))
        return;
    g_string_append_c(out, ' ');
    if (child >= 0) {
        const StorePart *message = store_index_part(index, (guint)child);

        envelope(out, message->start, message->body, data);
        g_string_append_c(out, ' ');
    } else { /* one that is encoded, or too deep to be looked into */
        g_string_append(out, "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "
                             "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)");
    }
}

/* Writes what stands after them. */
static void
imap_structure_close(GString *out, const StorePart *part, gboolean extended)
{
    if (g_str_equal(part->type, "multipart")) {
        g_string_append_c(out, ' ');
        imap_structure_upper(out, part->subtype);
        if (extended) {
            g_string_append_c(out, ' ');
            imap_structure_parameters(out, part->parameters);
        }
    } else {
        if (g_str_equal(part->type, "text") || imap_structure_is_message(part))
            g_string_append_printf(out, " %" G_GUINT64_FORMAT, part->lines);
        if (extended) {
            g_string_append_c(out, ' ');
            imap_write_string(out, part->md5);
        }
    }
    if (extended)
        imap_structure_extension(out, part);
    g_string_append_c(out, ')');
}

/* The next child that is written inside @open; -1: no more. */
static int
imap_structure_next(const StoreIndex *index, const ImapOpenPart *open)
{
    const StorePart *part = store_index_part(index, open->number);

    if (!g_str_equal(part->type, "multipart") && !imap_structure_is_message(part))
        return -1;
    return store_index_child(index, open->number, open->next);
}

void
imap_structure_write(GString *out, const StoreIndex *index, gboolean extended,
                     ImapWriteEnvelope envelope, void *data)
{
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(ImapOpenPart));
    ImapOpenPart open = { 0, 0 };

    imap_structure_open(out, index, 0, envelope, data);
    g_array_append_val(stack, open);
    while (stack->len > 0) {
        ImapOpenPart *top = &g_array_index(stack, ImapOpenPart, stack->len - 1);
        int child = imap_structure_next(index, top);

        if (child < 0) {
            imap_structure_close(out, store_index_part(index, top->number), extended);
            g_array_set_size(stack, stack->len - 1);
            continue;
        }
        top->next++;
        imap_structure_open(out, index, (guint)child, envelope, data);
        open.number = (guint)child;
        g_array_append_val(stack, open);
    }
}
