/* storage/snapshot.h - the rows that a host's mail consists of, as JSON, for a journal's header.
 *
 *   {"host":"mx.north.example","table":"recipients","journey":"j3",
 *    "row":{"id":1,"queue":1,"recipient":"carol@south.example",...,"state":"waiting",...}}
 *
 * The columns are of those that the events of the same tables tell (storage/tell.c), so that a viewer
 * may go on from here with what the events change. What still travels and what is newest comes first.
 */
#ifndef STORAGE_SNAPSHOT_H
#define STORAGE_SNAPSHOT_H

#include "storage/store.h"

#define STORE_SNAPSHOT_ROWS     200 /* of one table */
#define STORE_SNAPSHOT_MESSAGES 200

/* Appends an object a row to the JSON list @json, at most @octets; adds to *@left_out how many rows
 * there are beyond that. */
gboolean store_snapshot_rows(Store *store, gsize octets, GString *json, guint64 *left_out,
                             GError **error);

/* The same a message: {"journey":"j3","host":"mx.north.example","from":"alice@north.example",
 * "recipients":[{"recipient":"carol@south.example","state":"waiting"}]}; one that lies in a mailbox
 * here is "delivered". */
gboolean store_snapshot_messages(Store *store, gsize octets, GString *json, guint64 *left_out,
                                 GError **error);

#endif
