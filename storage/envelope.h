/* storage/envelope.h - who wrote to whom about what: a header as IMAP's ENVELOPE wants it.
 *
 *   "Alice" <alice@north.example>      name "Alice", mailbox "alice", host "north.example"
 *   team: bob@north.example, carol;    a group: mailbox "team", no host; its members; then
 *                                      an address whose fields are all NULL (RFC 9051 §7.5.2)
 *
 * Values are raw: encoded words stay as they came, because an IMAP client decodes them itself.
 * storage/envelope.c reads it, storage/address.c its addresses; storage/envelope_write.c writes it as
 * IMAP sends it, and keeps that. Tests: tests/test_storage_envelope.c
 */
#ifndef STORAGE_ENVELOPE_H
#define STORAGE_ENVELOPE_H

#include "storage/index.h"
#include "storage/store.h"

#define STORE_ADDRESSES_MAX 1000        /* of one field; more are passed over */
#define STORE_FIELD_MAX     (64 * 1024) /* octets of a field that are looked at */

typedef struct StoreAddress {
    char *name;    /* "Alice Smith", or NULL */
    char *route;   /* "@a.example,@b.example" (obsolete), or NULL */
    char *mailbox; /* "alice"; a group's name where host is NULL; NULL at a group's end */
    char *host;    /* "north.example", or NULL */
} StoreAddress;

typedef struct StoreEnvelope {
    char *date, *subject; /* unfolded, NULL where the field is absent */
    char *in_reply_to, *message_id;
    GPtrArray *from;              /* (element-type StoreAddress); never NULL, may be empty */
    GPtrArray *sender, *reply_to; /* where absent: those of from (RFC 9051 §7.5.2) */
    GPtrArray *to, *cc, *bcc;
} StoreEnvelope;

/* @header: the header's octets, with or without the empty line at its end. Never NULL. */
StoreEnvelope *store_envelope_from_header(const char *header, gsize length);
/* The same from what the scan of a message has kept, where it has kept its fields whole. */
StoreEnvelope *store_envelope_from_index(const StoreIndex *index);
void store_envelope_free(StoreEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreEnvelope, store_envelope_free)

/* The addresses of one field's value: (element-type StoreAddress), never NULL. */
GPtrArray *store_addresses_parse(const char *value);

/* ---- as IMAP writes it (storage/envelope_write.c) ---- */

/* NIL for NULL; quoted where that can be, else a literal. A NUL cannot be sent: @text ends there. */
void store_write_string(GString *out, const char *text);
/* In quotes, whatever it holds. */
void store_write_quoted(GString *out, const char *text);
void store_envelope_write(GString *out, const StoreEnvelope *envelope);
/* Keeps what ENVELOPE will say of the new @message, beside its row. */
gboolean store_envelope_keep(Store *store, gint64 message, const StoreIndex *index, GError **error);

#endif
