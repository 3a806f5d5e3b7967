/* storage/envelope.c - from a header's octets to the fields of IMAP's ENVELOPE.
 *
 * storage/address.c reads the addresses. Tests: tests/test_storage_envelope.c
 */
#include "storage/envelope.h"

#include "storage/index_inside.h"

#include <string.h>

/* Octets of the line at @text, its line end included. */
static gsize
store_envelope_line(const char *text, gsize length)
{
    const char *lf = memchr(text, '\n', length);

    return lf != NULL ? (gsize)(lf - text) + 1 : length;
}

/* Appends a line of a field without its line end: that is unfolding (RFC 5322 §2.2.3). */
static void
store_envelope_append(GString *field, const char *line, gsize length)
{
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    for (gsize i = 0; i < length && field->len < STORE_FIELD_MAX; i++)
        if (line[i] != '\0')
            g_string_append_c(field, line[i]);
}

static void
store_envelope_text(char **member, const char *value)
{
    if (*member == NULL)
        *member = g_strdup(value);
}

static void
store_envelope_addresses(GPtrArray **member, const char *value)
{
    if (*member == NULL)
        *member = store_addresses_parse(value);
}

/* Of two fields with one name the first counts. */
static void
store_envelope_take(StoreEnvelope *envelope, const char *name, const char *value)
{
    const struct {
        const char *name;
        char **text;
        GPtrArray **addresses;
    } fields[] = {
        { "Date", &envelope->date, NULL },
        { "Subject", &envelope->subject, NULL },
        { "In-Reply-To", &envelope->in_reply_to, NULL },
        { "Message-ID", &envelope->message_id, NULL },
        { "From", NULL, &envelope->from },
        { "Sender", NULL, &envelope->sender },
        { "Reply-To", NULL, &envelope->reply_to },
        { "To", NULL, &envelope->to },
        { "Cc", NULL, &envelope->cc },
        { "Bcc", NULL, &envelope->bcc },
    };

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (g_ascii_strcasecmp(name, fields[i].name) != 0)
            continue;
        if (fields[i].text != NULL)
            store_envelope_text(fields[i].text, value);
        else
            store_envelope_addresses(fields[i].addresses, value);
    }
}

/* One whole field: "Name: value", unfolded. */
static void
store_envelope_field(StoreEnvelope *envelope, GString *field)
{
    char *colon = strchr(field->str, ':');

    if (colon == NULL)
        return;
    *colon = '\0';
    g_strchomp(field->str);
    store_envelope_take(envelope, field->str, g_strstrip(colon + 1));
}

/* An absent Sender or Reply-To, or one without address, is From's (RFC 9051 §7.5.2). */
static void
store_envelope_default(GPtrArray **member, GPtrArray *from)
{
    if (*member != NULL && (*member)->len > 0)
        return;
    g_clear_pointer(member, g_ptr_array_unref);
    *member = g_ptr_array_ref(from);
}

static void
store_envelope_fill(GPtrArray **member)
{
    if (*member == NULL)
        *member = g_ptr_array_new();
}

/* No more fields come. */
static void
store_envelope_complete(StoreEnvelope *envelope)
{
    store_envelope_fill(&envelope->from);
    store_envelope_default(&envelope->sender, envelope->from);
    store_envelope_default(&envelope->reply_to, envelope->from);
    store_envelope_fill(&envelope->to);
    store_envelope_fill(&envelope->cc);
    store_envelope_fill(&envelope->bcc);
}

StoreEnvelope *
store_envelope_from_index(const StoreIndex *index)
{
    StoreEnvelope *envelope = g_new0(StoreEnvelope, 1);

    for (guint i = 0; i < STORE_INDEX_FIELDS; i++)
        if (index->values[i] != NULL)
            store_envelope_take(envelope, store_index_fields[i].name, index->values[i]);
    store_envelope_complete(envelope);
    return envelope;
}

StoreEnvelope *
store_envelope_from_header(const char *header, gsize length)
{
    StoreEnvelope *envelope = g_new0(StoreEnvelope, 1);
    g_autoptr(GString) field = g_string_new(NULL);

    while (length > 0 && *header != '\n' && *header != '\r') {
        gsize line = store_envelope_line(header, length);

        if (*header != ' ' && *header != '\t') {
            store_envelope_field(envelope, field);
            g_string_truncate(field, 0);
        }
        store_envelope_append(field, header, line);
        header += line;
        length -= line;
    }
    store_envelope_field(envelope, field);
    store_envelope_complete(envelope);
    return envelope;
}

void
store_envelope_free(StoreEnvelope *envelope)
{
    if (envelope == NULL)
        return;
    g_free(envelope->date);
    g_free(envelope->subject);
    g_free(envelope->in_reply_to);
    g_free(envelope->message_id);
    g_ptr_array_unref(envelope->from);
    g_ptr_array_unref(envelope->sender);
    g_ptr_array_unref(envelope->reply_to);
    g_ptr_array_unref(envelope->to);
    g_ptr_array_unref(envelope->cc);
    g_ptr_array_unref(envelope->bcc);
    g_free(envelope);
}
