/* storage/wish.c - what the sender of a message wants to be told about it (RFC 3461 §4).
 *
 *   MAIL FROM:<alice@north.example> RET=HDRS ENVID=QQ314159        queue.ret, queue.envid
 *   RCPT TO:<carol@south.example> NOTIFY=SUCCESS,FAILURE           recipients.notify
 *        ORCPT=rfc822;carol@south.example                          recipients.orcpt
 *
 * Kept with the queue's rows, so that it survives a crash as they do, and is passed on to the next
 * host or read when a report is due. A message that asks for nothing is not written to here.
 *
 * Tests: tests/test_storage_queue.c
 */
#include "storage/inside.h"
#include "storage/queue.h"

gboolean
store_queue_set_envelope(Store *store, Trace *trace, gint64 queue, const char *envid, char ret,
                         GError **error)
{
    static const char sql[] = "UPDATE queue SET envid = ?, ret = ? WHERE id = ?";
    g_autoptr(sqlite3_stmt) update = store_prepare(store, sql, error);
    const char letter[] = { ret, '\0' }, *wish = ret != 0 ? letter : NULL;

    if (update == NULL)
        return FALSE;
    store_bind_text(update, 1, envid);
    store_bind_text(update, 2, wish);
    sqlite3_bind_int64(update, 3, queue);
    if (!store_run(store, update, error))
        return FALSE;
    store_tell(trace, sql, "queue %" G_GINT64_FORMAT, queue);
    store_tell_params(trace, "ssi", envid, wish, queue);
    store_tell_row(trace, "after", "id:i envid:s ret:s", queue, envid, wish);
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_QUEUE, "What the sender says of the message as a whole is kept with it");
    return TRUE;
}

gboolean
store_queue_set_notify(Store *store, Trace *trace, gint64 id, guint notify, const char *orcpt,
                       GError **error)
{
    static const char sql[] = "UPDATE recipients SET notify = ?, orcpt = ? WHERE id = ?";
    g_autoptr(sqlite3_stmt) update = store_prepare(store, sql, error);

    if (update == NULL)
        return FALSE;
    sqlite3_bind_int64(update, 1, notify);
    store_bind_text(update, 2, orcpt);
    sqlite3_bind_int64(update, 3, id);
    if (!store_run(store, update, error))
        return FALSE;
    store_tell(trace, sql, "recipient %" G_GINT64_FORMAT, id);
    store_tell_params(trace, "isi", (gint64)notify, orcpt, id);
    store_tell_row(trace, "after", "id:i notify:i orcpt:s", id, (gint64)notify, orcpt);
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_QUEUE,
              "What the sender wants to be told about this recipient is kept with it");
    return TRUE;
}
