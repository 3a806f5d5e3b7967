/* tests/reader_world.h - a host with mail for carol, for the tests of pop3/ and imap/.
 *
 *   carol@south.example, password "sesame"; INBOX holds
 *     1  a text with lines that begin with dots     2  a multipart with an attachment and a message
 */
#ifndef TESTS_READER_WORLD_H
#define TESTS_READER_WORLD_H

#include <locale.h>
#include <string.h>

#include "imap/session.h"
#include "pop3/session.h"
#include "storage/account.h"
#include "storage/entry.h"
#include "storage/mailbox.h"
#include "storage/message.h"
#include "tests/dialog.h"
#include "tests/folder.h"

#define READER_NOW_S G_GINT64_CONSTANT(1767603600) /* 2026-01-05T09:00:00Z */

#define READER_PREFIX "Return-Path: <alice@north.example>\r\n"
#define READER_TEXT                                                                                \
    "Received: from mx.north.example by mx.south.example; Mon, 5 Jan 2026 09:00:00 +0000\r\n"      \
    "Date: Mon, 5 Jan 2026 10:00:00 +0100\r\n"                                                     \
    "From: Alice <alice@north.example>\r\n"                                                        \
    "To: carol@south.example\r\n"                                                                  \
    "Subject: hello\r\n"                                                                           \
    "Message-ID: <1@north.example>\r\n"                                                            \
    "\r\n"                                                                                         \
    ".\r\n"                                                                                        \
    "..two dots\r\n"                                                                               \
    "third line\r\n"
#define READER_PARTS                                                                               \
    "Date: Tue, 6 Jan 2026 10:00:00 +0000\r\n"                                                     \
    "From: \"Dave \\\"D\\\"\" <dave@south.example>\r\n"                                            \
    "To: team: carol@south.example, bob@north.example;\r\n"                                        \
    "Subject: =?utf-8?q?caf=C3=A9?= with\r\n"                                                      \
    " parts\r\n"                                                                                   \
    "MIME-Version: 1.0\r\n"                                                                        \
    "Content-Type: multipart/mixed; boundary=\"b1\"\r\n"                                           \
    "\r\n"                                                                                         \
    "preamble\r\n"                                                                                 \
    "--b1\r\n"                                                                                     \
    "Content-Type: text/plain; charset=utf-8\r\n"                                                  \
    "Content-Transfer-Encoding: base64\r\n"                                                        \
    "\r\n"                                                                                         \
    "U2VjcmV0IHdvcmQ6IFdBTFJVUw==\r\n"                                                             \
    "--b1\r\n"                                                                                     \
    "Content-Type: application/octet-stream; name=\"a.bin\"\r\n"                                   \
    "Content-Disposition: attachment; filename=\"a.bin\"\r\n"                                      \
    "\r\n"                                                                                         \
    "12345\r\n"                                                                                    \
    "--b1\r\n"                                                                                     \
    "Content-Type: message/rfc822\r\n"                                                             \
    "\r\n"                                                                                         \
    "Subject: inner\r\n"                                                                           \
    "From: bob@north.example\r\n"                                                                  \
    "\r\n"                                                                                         \
    "inner text\r\n"                                                                               \
    "--b1--\r\n"

typedef struct ReaderWorld {
    char *folder;
    Store *store;
    Tracer *tracer;
    Trace *trace;      /* of the session; NULL: silent */
    GPtrArray *events; /* TraceEvent copies, when traced */
    Pop3Host pop3;
    ImapHost imap;
    NetBuffer *input;
    Pop3Session *pop3_session;
    ImapSession *imap_session;
    StoreAccount *carol;
} ReaderWorld;

static const char *const reader_domains[] = { "south.example", NULL };

static inline gint64
reader_now(void *data)
{
    (void)data;
    return READER_NOW_S;
}

static inline gint64
reader_now_us(void *data)
{
    (void)data;
    return READER_NOW_S * 1000000;
}

static inline void
reader_secret(void *data, guint8 *octets, gsize length)
{
    (void)data;
    memset(octets, 7, length);
}

static const StoreWorld reader_store_world = { reader_now, reader_secret, NULL };

/* Puts a message into a mailbox of carol's, in the open group. Returns its UID. */
static inline guint32
reader_put(ReaderWorld *world, const char *mailbox, const char *octets, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreDraft) draft = store_draft_new(world->store);
    g_autoptr(StoreMailbox) box =
        store_mailbox_find(world->store, world->carol->id, mailbox, &error);
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.south.example", NULL);
    guint32 uid;
    gint64 message;

    trace_begin_journey(trace);
    g_assert_true(store_draft_append(draft, octets, length, &error));
    store_draft_finish(draft);
    message =
        store_message_add(world->store, trace, draft, "", "alice@north.example", "q1", &error);
    g_assert_no_error(error);
    uid = store_entry_add(world->store, NULL, STAGE_DELIVER, box->id, message, READER_PREFIX, 0, "",
                          READER_NOW_S, &error);
    g_assert_no_error(error);
    return uid;
}

/* The same, and commits. */
static inline guint32
reader_add(ReaderWorld *world, const char *mailbox, const char *octets, gsize length)
{
    guint32 uid = reader_put(world, mailbox, octets, length);

    g_assert_true(store_commit(world->store, NULL));
    return uid;
}

/* Somebody has been told of INBOX's messages up to @uid: they are \Recent no more. */
static inline void
reader_told(ReaderWorld *world, guint32 uid)
{
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);

    store_recent_told(world->store, inbox->id, uid);
}

/* The disk is full: the open group is lost, and its COMMIT fails. */
static inline void
reader_lose_group(ReaderWorld *world)
{
    gboolean written = TRUE;

    store_limit_pages(world->store, 1);
    for (guint i = 0; written; i++) {
        g_autofree char *name = g_strdup_printf("%0200u", i);

        written = store_mailbox_create(world->store, world->carol->id, name, NULL);
    }
    g_assert_false(store_commit(world->store, NULL));
    store_limit_pages(world->store, 0);
}

static inline void
reader_keep_event(const TraceEvent *event, void *data)
{
    g_ptr_array_add(((ReaderWorld *)data)->events, trace_event_copy(event));
}

static inline ReaderWorld *
reader_world_new(void)
{
    ReaderWorld *world = g_new0(ReaderWorld, 1);
    g_autoptr(GError) error = NULL;

    world->folder = folder_new();
    world->events = g_ptr_array_new_with_free_func((GDestroyNotify)trace_event_free);
    world->tracer = tracer_new(reader_now_us, NULL);
    tracer_add_sink(world->tracer, reader_keep_event, world);
    tracer_switch(world->tracer, TRUE);
    world->store = store_open(world->folder, "mx.south.example", &reader_store_world, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(store_account_add(world->store, "carol", "south.example", "sesame", &error));
    world->carol =
        store_account_find(world->store, NULL, STAGE_PICKUP, "carol", "south.example", &error);
    g_assert_nonnull(world->carol);
    reader_add(world, "INBOX", READER_TEXT, strlen(READER_TEXT));
    reader_told(world, reader_add(world, "INBOX", READER_PARTS, strlen(READER_PARTS)));
    world->pop3 = (Pop3Host){ .tls = TRUE,
                              .hostname = "mx.south.example",
                              .domains = reader_domains,
                              .store = world->store,
                              .locks = pop3_locks_new() };
    world->imap = (ImapHost){ .tls = TRUE,
                              .hostname = "mx.south.example",
                              .domains = reader_domains,
                              .store = world->store,
                              .max_message_octets = 1024 * 1024,
                              .kept = imap_kept_new() };
    world->input = net_buffer_new();
    world->trace = trace_new(world->tracer, "mx.south.example", "reader");
    return world;
}

static inline void
reader_world_free(ReaderWorld *world)
{
    pop3_session_free(world->pop3_session);
    imap_session_free(world->imap_session);
    net_buffer_free(world->input);
    pop3_locks_free(world->pop3.locks);
    imap_kept_free(world->imap.kept);
    store_account_free(world->carol);
    store_close(world->store);
    trace_free(world->trace);
    tracer_free(world->tracer);
    g_ptr_array_unref(world->events);
    folder_remove(world->folder);
    g_free(world->folder);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderWorld, reader_world_free)

/* ---- one session in a world, driven by calls ---- */

static inline NetNext
reader_input(void *data, NetBuffer *input, GString *replies)
{
    ReaderWorld *world = data;

    return world->pop3_session != NULL ? pop3_session_input(world->pop3_session, input, replies)
                                       : imap_session_input(world->imap_session, input, replies);
}

/* What the server answers to @octets. */
static inline char *
reader_say(ReaderWorld *world, const char *octets)
{
    g_autoptr(GString) replies = g_string_new(NULL);

    dialog_pump(world->input, octets, strlen(octets), reader_input, world, replies);
    return g_strdup(replies->str);
}

static inline void
reader_expect(ReaderWorld *world, const char *octets, const char *expected)
{
    g_autofree char *found = reader_say(world, octets);

    g_assert_cmpstr(found, ==, expected);
}

/* How many events hold @part in their text, at @stage. */
static inline guint
reader_count_events(const ReaderWorld *world, const char *part)
{
    guint count = 0;

    for (guint i = 0; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        count += strstr(event->text, part) != NULL;
    }
    return count;
}

static inline const TraceEvent *
reader_find_event(const ReaderWorld *world, const char *part)
{
    for (guint i = 0; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        if (strstr(event->text, part) != NULL)
            return event;
    }
    g_error("no event says: %s", part);
}

/* The secret must be in no event, neither in its text nor in its data. */
static inline void
reader_expect_no_secret(const ReaderWorld *world, const char *secret)
{
    for (guint i = 0; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        g_assert_null(strstr(event->text, secret));
        g_assert_true(event->data == NULL || strstr(event->data, secret) == NULL);
    }
}

/* ---- whole conversations from tests/dialogs ---- */

static inline void *
reader_open_pop3(void *data, const char *with, GString *replies)
{
    ReaderWorld *world = reader_world_new();

    (void)data;
    world->pop3_session = pop3_session_new(
        &world->pop3, "127.0.0.1", !g_str_equal(with, "no passwords"), world->trace, NULL, NULL);
    pop3_session_greet(world->pop3_session, replies);
    return world;
}

static inline void *
reader_open_imap(void *data, const char *with, GString *replies)
{
    ReaderWorld *world = reader_world_new();

    (void)data;
    world->imap_session = imap_session_new(
        &world->imap, "127.0.0.1", !g_str_equal(with, "no passwords"), world->trace, NULL, NULL);
    imap_session_greet(world->imap_session, replies);
    return world;
}

static inline gboolean
reader_dialog_input(void *data, const char *octets, gsize length, GString *replies)
{
    ReaderWorld *world = data;

    return dialog_pump(world->input, octets, length, reader_input, world, replies);
}

static inline void
reader_dialog_close(void *data)
{
    reader_world_free(data);
}

static const DialogEngine reader_pop3_engine = { reader_open_pop3, reader_dialog_input,
                                                 reader_dialog_close };
static const DialogEngine reader_imap_engine = { reader_open_imap, reader_dialog_input,
                                                 reader_dialog_close };

#endif
