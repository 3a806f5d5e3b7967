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

/* What all that write share. */
typedef struct ImapStructure {
    GString *out;
    const StoreIndex *index;
    gboolean extended, rev2;
    ImapWriteEnvelope envelope;
    void *envelope_data;
} ImapStructure;

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

/* Octets beyond ASCII would be letters of any charset to a client of IMAP4rev1: it is told
 * "FILENAME*" "utf-8''gr%C3%B6n.pdf", as a message would say it (RFC 2231 §4). IMAP4rev2 speaks UTF-8. */
static void
imap_structure_parameter(GString *out, const char *name, const char *value, gboolean rev2)
{
    if (rev2 || g_str_is_ascii(value) || !g_utf8_validate(value, -1, NULL)) {
        imap_structure_upper(out, name);
        g_string_append_c(out, ' ');
        imap_write_string(out, value);
        return;
    }
    g_autofree char *starred = g_strconcat(name, "*", NULL);
    g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
    g_autofree char *encoded = g_strconcat("utf-8''", escaped, NULL);

    imap_structure_upper(out, starred);
    g_string_append_c(out, ' ');
    imap_write_string(out, encoded);
}

/* ("CHARSET" "utf-8" ...), or NIL. */
static void
imap_structure_parameters(GString *out, const GPtrArray *parameters, gboolean rev2)
{
    if (parameters == NULL || parameters->len < 2) {
        g_string_append(out, "NIL");
        return;
    }
    for (guint i = 0; i + 1 < parameters->len; i += 2) {
        g_string_append(out, i == 0 ? "(" : " ");
        imap_structure_parameter(out, g_ptr_array_index(parameters, i),
                                 g_ptr_array_index(parameters, i + 1), rev2);
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
imap_structure_extension(GString *out, const StorePart *part, gboolean rev2)
{
    if (part->disposition == NULL) {
        g_string_append(out, " NIL ");
    } else {
        g_string_append(out, " (");
        imap_structure_upper(out, part->disposition);
        g_string_append_c(out, ' ');
        imap_structure_parameters(out, part->disposition_parameters, rev2);
        g_string_append(out, ") ");
    }
    imap_structure_languages(out, part->language);
    g_string_append_c(out, ' ');
    imap_write_string(out, part->location);
}

/* Of all messages in messages IMAP4rev1 knows message/rfc822 only: its clients take message/global for
 * a leaf, and could not read an envelope there (RFC 3501 §7.4.2). To IMAP4rev2 both are the same
 * (RFC 9051 §6.4.5.1). */
gboolean
imap_structure_is_message(const StorePart *part, gboolean rev2)
{
    return g_str_equal(part->type, "message") &&
           (g_str_equal(part->subtype, "rfc822") || (rev2 && g_str_equal(part->subtype, "global")));
}

/* What all parts but multiparts begin with. */
static void
imap_structure_basic(GString *out, const StorePart *part, gboolean rev2)
{
    g_string_append_c(out, '(');
    imap_structure_upper(out, part->type);
    g_string_append_c(out, ' ');
    imap_structure_upper(out, part->subtype);
    g_string_append_c(out, ' ');
    imap_structure_parameters(out, part->parameters, rev2);
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
imap_structure_open(const ImapStructure *write, guint number)
{
    const StorePart *part = store_index_part(write->index, number);
    int child = store_index_child(write->index, number, 0);

    if (g_str_equal(part->type, "multipart")) {
        g_string_append_c(write->out, '(');
        if (child < 0) /* the grammar wants one part at least: an empty one */
            g_string_append(write->out, "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)");
        return;
    }
    imap_structure_basic(write->out, part, write->rev2);
    if (!imap_structure_is_message(part, write->rev2))
        return;
    g_string_append_c(write->out, ' ');
    if (child >= 0) {
        const StorePart *message = store_index_part(write->index, (guint)child);

        write->envelope(write->out, message->start, message->body, write->envelope_data);
        g_string_append_c(write->out, ' ');
    } else { /* one that is encoded, or too deep to be looked into */
        g_string_append(write->out, "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "
                                    "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)");
    }
}

/* Writes what stands after them. */
static void
imap_structure_close(const ImapStructure *write, const StorePart *part)
{
    GString *out = write->out;

    if (g_str_equal(part->type, "multipart")) {
        g_string_append_c(out, ' ');
        imap_structure_upper(out, part->subtype);
        if (write->extended) {
            g_string_append_c(out, ' ');
            imap_structure_parameters(out, part->parameters, write->rev2);
        }
    } else {
        if (g_str_equal(part->type, "text") || imap_structure_is_message(part, write->rev2))
            g_string_append_printf(out, " %" G_GUINT64_FORMAT, part->lines);
        if (write->extended) {
            g_string_append_c(out, ' ');
            imap_write_string(out, part->md5);
        }
    }
    if (write->extended)
        imap_structure_extension(out, part, write->rev2);
    g_string_append_c(out, ')');
}

/* The next child that is written inside @open; -1: no more. */
static int
imap_structure_next(const ImapStructure *write, const ImapOpenPart *open)
{
    const StorePart *part = store_index_part(write->index, open->number);

    if (!g_str_equal(part->type, "multipart") && !imap_structure_is_message(part, write->rev2))
        return -1;
    return store_index_child(write->index, open->number, open->next);
}

void
imap_structure_write(GString *out, const StoreIndex *index, gboolean extended, gboolean rev2,
                     ImapWriteEnvelope envelope, void *data)
{
    const ImapStructure write = { out, index, extended, rev2, envelope, data };
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(ImapOpenPart));
    ImapOpenPart open = { 0, 0 };

    imap_structure_open(&write, 0);
    g_array_append_val(stack, open);
    while (stack->len > 0) {
        ImapOpenPart *top = &g_array_index(stack, ImapOpenPart, stack->len - 1);
        int child = imap_structure_next(&write, top);

        if (child < 0) {
            imap_structure_close(&write, store_index_part(index, top->number));
            g_array_set_size(stack, stack->len - 1);
            continue;
        }
        top->next++;
        imap_structure_open(&write, (guint)child);
        open.number = (guint)child;
        g_array_append_val(stack, open);
    }
}
