/* storage/draft.c - a message coming in: indexed, hashed and kept as its octets arrive.
 *
 *   up to 256 KB   in memory, then in its row
 *   over           in NAME.bodies/N.body, written a piece at a time; each megabyte the kernel is
 *                  told to begin writing it out, so that the COMMIT has little to wait for
 *
 * Tests: tests/test_storage_message.c
 */
#define _GNU_SOURCE /* sync_file_range */
#include "storage/draft.h"

#include "storage/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define STORE_DRAFT_START (64 * 1024)   /* octets kept of a large one, for filters */
#define STORE_DRAFT_WRITE (64 * 1024)   /* octets a write */
#define STORE_DRAFT_SYNC  (1024 * 1024) /* octets until the kernel is told to begin */

StoreDraft *
store_draft_new(Store *store)
{
    StoreDraft *draft = g_new0(StoreDraft, 1);

    draft->store = store;
    draft->digest = store_digest_new();
    draft->index = store_index_new();
    draft->content = g_string_new(NULL);
    draft->fd = -1;
    return draft;
}

void
store_draft_free(StoreDraft *draft)
{
    if (draft == NULL)
        return;
    if (draft->fd >= 0)
        close(draft->fd);
    if (draft->path != NULL && !draft->stored)
        unlink(draft->path);
    if (draft->unwritten != NULL)
        g_string_free(draft->unwritten, TRUE);
    store_digest_free(draft->digest);
    store_index_free(draft->index);
    g_string_free(draft->content, TRUE);
    g_free(draft->path);
    g_free(draft);
}

static gboolean
store_draft_refuse(const StoreDraft *draft, GError **error)
{
    return store_refuse(error,
                        errno == ENOSPC || errno == EDQUOT ? STORE_ERROR_FULL : STORE_ERROR_FAILED,
                        "%s: %s", draft->path, g_strerror(errno));
}

/* Waits for nothing. */
static void
store_draft_begin_sync(StoreDraft *draft)
{
    sync_file_range(draft->fd, (off_t)draft->synced, (off_t)(draft->written - draft->synced),
                    SYNC_FILE_RANGE_WRITE);
    draft->synced = draft->written;
}

static gboolean
store_draft_write(StoreDraft *draft, GError **error)
{
    gsize done = 0;

    while (done < draft->unwritten->len) {
        gssize wrote = write(draft->fd, draft->unwritten->str + done, draft->unwritten->len - done);

        if (wrote < 0 && errno != EINTR)
            return store_draft_refuse(draft, error);
        done += (gsize)MAX(wrote, 0);
    }
    draft->written += done;
    g_string_truncate(draft->unwritten, 0);
    if (draft->written - draft->synced >= STORE_DRAFT_SYNC)
        store_draft_begin_sync(draft);
    return TRUE;
}

/* Too large for a row: what there is goes to a file, its beginning stays for the filters. What is
 * not needed any more is given back at once: a hundred large messages may come at the same time. */
static gboolean
store_draft_spill(StoreDraft *draft, GError **error)
{
    draft->file = draft->store->next_body++;
    draft->path = store_body_path(draft->store, draft->file);
    draft->fd = open(draft->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (draft->fd < 0)
        return store_draft_refuse(draft, error);
    draft->unwritten = draft->content;
    draft->content = g_string_new_len(draft->unwritten->str,
                                      (gssize)MIN(draft->unwritten->len, STORE_DRAFT_START));
    if (!store_draft_write(draft, error))
        return FALSE;
    g_string_free(draft->unwritten, TRUE);
    draft->unwritten = g_string_new(NULL);
    return TRUE;
}

gboolean
store_draft_append(StoreDraft *draft, const char *octets, gsize length, GError **error)
{
    g_assert(!draft->finished);
    store_index_feed(draft->index, octets, length);
    store_digest_feed(draft->digest, octets, length);
    draft->octets += length;
    if (draft->path == NULL && draft->octets <= STORE_BODY_FILE_OCTETS) {
        g_string_append_len(draft->content, octets, (gssize)length);
        return TRUE;
    }
    if (draft->path == NULL && !store_draft_spill(draft, error))
        return FALSE;
    if (draft->fd < 0)
        return store_refuse(error, STORE_ERROR_FAILED, "%s: could not be made", draft->path);
    if (draft->content->len < STORE_DRAFT_START)
        g_string_append_len(draft->content, octets,
                            (gssize)MIN(length, STORE_DRAFT_START - draft->content->len));
    g_string_append_len(draft->unwritten, octets, (gssize)length);
    return draft->unwritten->len < STORE_DRAFT_WRITE || store_draft_write(draft, error);
}

guint64
store_draft_octets(const StoreDraft *draft)
{
    return draft->octets;
}

const StoreIndex *
store_draft_finish(StoreDraft *draft)
{
    if (!draft->finished)
        store_index_finish(draft->index);
    draft->finished = TRUE;
    return draft->index;
}

const char *
store_draft_start(const StoreDraft *draft, gsize *length)
{
    *length = MIN(draft->content->len, STORE_DRAFT_START);
    return draft->content->str;
}

gboolean
store_draft_read(StoreDraft *draft, guint64 offset, gsize length, GString *out, GError **error)
{
    gsize end = out->len, wanted, done = 0;

    g_assert(draft->finished);
    if (offset >= draft->octets)
        return TRUE;
    wanted = (gsize)MIN(length, draft->octets - offset);
    if (draft->path == NULL) {
        g_string_append_len(out, draft->content->str + offset, (gssize)wanted);
        return TRUE;
    }
    if (draft->fd < 0)
        return store_refuse(error, STORE_ERROR_FAILED, "%s: could not be made", draft->path);
    if (!store_draft_write(draft, error))
        return FALSE;
    g_string_set_size(out, end + wanted);
    while (done < wanted) {
        gssize got = pread(draft->fd, out->str + end + done, wanted - done, (off_t)(offset + done));

        if (got <= 0 && !(got < 0 && errno == EINTR))
            return store_draft_refuse(draft, error);
        done += (gsize)MAX(got, 0);
    }
    return TRUE;
}

const char *
store_draft_hash(const StoreDraft *draft)
{
    return draft->finished ? store_digest_hex(draft->digest) : NULL;
}

gboolean
store_draft_write_out(StoreDraft *draft, GError **error)
{
    if (draft->path == NULL)
        return TRUE;
    if (draft->fd < 0)
        return store_refuse(error, STORE_ERROR_FAILED, "%s: could not be made", draft->path);
    if (!store_draft_write(draft, error))
        return FALSE;
    store_draft_begin_sync(draft);
    return TRUE;
}
