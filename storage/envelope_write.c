/* storage/envelope_write.c - an envelope as IMAP sends it, and kept so (RFC 3501 §7.4.2).
 *
 *   ("Mon, 5 Jan 2026 09:00:00 +0000" "Hello" (("Alice" NIL "alice" "north.example")) ... NIL "<1@x>")
 *     date                             subject  from: (name route mailbox host)          message-id
 *
 * A client that opens a mailbox asks for the envelopes of all messages to list them. To read a header
 * for each takes a hundred times as long as to send what was put together once, when the message came
 * and its header was read anyway. Table `envelopes`; a message without a row there is from an older
 * version, or has a field too long to be kept whole: its header is read.
 *
 * Tests: tests/test_storage_envelope.c
 */
#include "storage/envelope.h"

#include "storage/index_inside.h"
#include "storage/inside.h"
#include "trace/text.h"

#include <string.h>

#define STORE_QUOTED_MAX   1000        /* longer ones are easier on clients as literals */
#define STORE_ENVELOPE_MAX (16 * 1024) /* octets; a longer one is not kept */

/* ---- strings ---- */

/* A quoted string holds 7-bit text without CR and LF. */
static gboolean
store_can_quote(const char *text, gsize *length)
{
    const guchar *at = (const guchar *)text;

    while (*at != '\0' && *at < 0x7f && *at != '\r' && *at != '\n')
        at++;
    *length = (gsize)(at - (const guchar *)text);
    return *at == '\0' && *length <= STORE_QUOTED_MAX;
}

void
store_write_quoted(GString *out, const char *text)
{
    trace_text_append(out, "\"");
    while (*text != '\0') {
        gsize plain = strcspn(text, "\"\\");

        trace_text_append_octets(out, text, plain);
        text += plain;
        if (*text != '\0') {
            trace_text_append(out, "\\");
            trace_text_append_octets(out, text++, 1);
        }
    }
    trace_text_append(out, "\"");
}

void
store_write_string(GString *out, const char *text)
{
    gsize length;

    if (text == NULL) {
        trace_text_append(out, "NIL");
    } else if (store_can_quote(text, &length)) {
        store_write_quoted(out, text);
    } else {
        trace_text_append(out, "{");
        trace_text_append_unsigned(out, strlen(text));
        trace_text_append(out, "}\r\n");
        trace_text_append(out, text);
    }
}

/* ---- envelopes ---- */

/* ((name route mailbox host)(...)), or NIL where there is nobody. */
static void
store_envelope_write_addresses(GString *out, const GPtrArray *addresses)
{
    if (addresses->len == 0) {
        trace_text_append(out, "NIL");
        return;
    }
    trace_text_append(out, "(");
    for (guint i = 0; i < addresses->len; i++) {
        const StoreAddress *address = g_ptr_array_index(addresses, i);
        const char *fields[] = { address->name, address->route, address->mailbox, address->host };

        for (guint j = 0; j < G_N_ELEMENTS(fields); j++) {
            trace_text_append(out, j == 0 ? "(" : " ");
            store_write_string(out, fields[j]);
        }
        trace_text_append(out, ")");
    }
    trace_text_append(out, ")");
}

/* In the order of RFC 3501 §7.4.2. */
void
store_envelope_write(GString *out, const StoreEnvelope *envelope)
{
    const GPtrArray *people[] = { envelope->from, envelope->sender, envelope->reply_to,
                                  envelope->to,   envelope->cc,     envelope->bcc };

    trace_text_append(out, "(");
    store_write_string(out, envelope->date);
    trace_text_append(out, " ");
    store_write_string(out, envelope->subject);
    for (guint i = 0; i < G_N_ELEMENTS(people); i++) {
        trace_text_append(out, " ");
        store_envelope_write_addresses(out, people[i]);
    }
    trace_text_append(out, " ");
    store_write_string(out, envelope->in_reply_to);
    trace_text_append(out, " ");
    store_write_string(out, envelope->message_id);
    trace_text_append(out, ")");
}

gboolean
store_envelope_keep(Store *store, gint64 message, const StoreIndex *index, GError **error)
{
    g_autoptr(sqlite3_stmt) insert =
        store_prepare(store, "INSERT INTO envelopes (message, envelope) VALUES (?, ?)", error);
    g_autoptr(StoreEnvelope) envelope = NULL;
    g_autoptr(GString) text = NULL;

    if (insert == NULL)
        return FALSE;
    if (store_index_is_cut(index))
        return TRUE;
    envelope = store_envelope_from_index(index);
    text = g_string_sized_new(512);
    store_envelope_write(text, envelope);
    if (text->len > STORE_ENVELOPE_MAX)
        return TRUE;
    sqlite3_bind_int64(insert, 1, message);
    sqlite3_bind_text(insert, 2, text->str, (int)text->len, SQLITE_STATIC);
    return store_run(store, insert, error);
}
