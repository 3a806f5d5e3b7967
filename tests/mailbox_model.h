/* tests/mailbox_model.h - a mailbox as simple as it can be, and what an IMAP client knows of one.
 *
 *   ModelBox     what must lie in the mailbox: UID, flags, which message
 *   ModelView    what a client believes, by nothing but the untagged responses it has heard
 *
 * A view checks each response on its way: numbers that exist, UIDs that ascend and never change,
 * MODSEQs that grow. model_view_compare() says where a view and a mailbox are not the same.
 */
#ifndef TESTS_MAILBOX_MODEL_H
#define TESTS_MAILBOX_MODEL_H

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_UNKNOWN G_MAXUINT /* flags that the client has not been told */

static const char *const model_flag_names[] = { "\\Seen",    "\\Answered", "\\Flagged",
                                                "\\Deleted", "\\Draft",    "later" };
#define MODEL_SEEN    1u
#define MODEL_DELETED 8u
#define MODEL_FLAGS   G_N_ELEMENTS(model_flag_names)

typedef struct ModelMessage {
    guint32 uid;  /* 0: a client that has heard of it by EXISTS alone */
    guint flags;  /* bits, in the order of the names */
    guint number; /* which message it is: "Subject: m17" */
    guint64 modseq;
    gboolean told; /* a client: its flags came with this command */
    enum {
        MODEL_RECENT_UNKNOWN,
        MODEL_RECENT_YES,
        MODEL_RECENT_NO
    } recent; /* a client's: told once */
} ModelMessage;

typedef struct ModelBox {
    GArray *messages; /* of ModelMessage, UIDs ascending */
    guint32 uidnext;
} ModelBox;

typedef struct ModelView {
    GArray *messages;  /* of ModelMessage; sequence number n is element n - 1 */
    gboolean expunged; /* an EXPUNGE came with this command */
    GString *wrong;    /* complaints */
} ModelView;

static inline ModelMessage *
model_at(const GArray *messages, guint index)
{
    return &g_array_index(messages, ModelMessage, index);
}

static inline ModelMessage *
model_find(const GArray *messages, guint32 uid)
{
    for (guint i = 0; i < messages->len; i++)
        if (model_at(messages, i)->uid == uid)
            return model_at(messages, i);
    return NULL;
}

static inline char *
model_flags_text(guint flags)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < MODEL_FLAGS; i++)
        if ((flags & (1u << i)) != 0)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", model_flag_names[i]);
    return g_string_free(text, FALSE);
}

/* Of "(\Seen later)", up to the bracket. */
static inline guint
model_flags_parse(const char *text)
{
    g_autofree char *inside = g_strndup(text, strcspn(text, ")"));
    g_auto(GStrv) words = g_strsplit(inside, " ", -1);
    guint flags = 0;

    for (char **word = words; *word != NULL; word++)
        for (guint i = 0; i < MODEL_FLAGS; i++)
            if (g_ascii_strcasecmp(*word, model_flag_names[i]) == 0)
                flags |= 1u << i;
    return flags;
}

/* "3:5,9" as the numbers it names. */
static inline GArray *
model_set_parse(const char *text)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
    char *at = (char *)text;

    while (g_ascii_isdigit(*at)) {
        guint32 first = (guint32)strtoul(at, &at, 10), last = first;

        if (*at == ':')
            last = (guint32)strtoul(at + 1, &at, 10);
        for (guint32 n = MIN(first, last); n <= MAX(first, last); n++)
            g_array_append_val(numbers, n);
        at += *at == ',';
    }
    return numbers;
}

/* ---- the mailbox ---- */

static inline void
model_add(ModelBox *box, guint flags, guint number)
{
    ModelMessage message = { .uid = box->uidnext++, .flags = flags, .number = number };

    g_array_append_val(box->messages, message);
}

static inline void
model_remove(ModelBox *box, guint32 uid)
{
    for (guint i = 0; i < box->messages->len; i++)
        if (model_at(box->messages, i)->uid == uid)
            g_array_remove_index(box->messages, i--);
}

static inline void
model_remove_deleted(ModelBox *box, guint32 from, guint32 to)
{
    for (guint i = 0; i < box->messages->len; i++) {
        const ModelMessage *message = model_at(box->messages, i);

        if ((message->flags & MODEL_DELETED) != 0 && message->uid >= from && message->uid <= to)
            g_array_remove_index(box->messages, i--);
    }
}

/* @how: '+' adds, '-' takes away, '=' replaces. */
static inline guint
model_flags_change(guint flags, char how, guint change)
{
    return how == '+' ? flags | change : how == '-' ? flags & ~change : change;
}

/* ---- a client's view, fed with untagged responses ---- */

/* A command begins: nothing has been told with it yet. */
static inline void
model_view_begin(ModelView *view)
{
    view->expunged = FALSE;
    for (guint i = 0; i < view->messages->len; i++)
        model_at(view->messages, i)->told = FALSE;
}

static inline void
model_view_exists(ModelView *view, guint count)
{
    ModelMessage fresh = { .flags = MODEL_UNKNOWN };

    if (count < view->messages->len)
        g_string_append_printf(view->wrong, "EXISTS %u where %u are known: it never shrinks\n",
                               count, view->messages->len);
    while (view->messages->len < count)
        g_array_append_val(view->messages, fresh);
}

static inline void
model_view_expunge(ModelView *view, guint number)
{
    view->expunged = TRUE;
    if (number < 1 || number > view->messages->len) {
        g_string_append_printf(view->wrong, "EXPUNGE of a number that is not there: %u\n", number);
        return;
    }
    g_array_remove_index(view->messages, number - 1);
}

static inline void
model_view_take_modseq(ModelView *view, ModelMessage *known, guint64 modseq, gboolean changed)
{
    if (modseq < known->modseq || (changed && modseq == known->modseq))
        g_string_append_printf(view->wrong,
                               "UID %u: MODSEQ %" G_GUINT64_FORMAT " after %" G_GUINT64_FORMAT "\n",
                               known->uid, modseq, known->modseq);
    known->modseq = modseq;
}

/* \Recent is no flag of the mailbox, so the model has none; but as long as a client has the mailbox open, a
 * message that is recent stays so, and no other becomes it (RFC 3501 §2.3.2). */
static inline void
model_view_take_recent(ModelView *view, ModelMessage *known, const char *flags)
{
    const char *at = strstr(flags, "\\Recent");
    gboolean recent = at != NULL && at < strchr(flags, ')');

    if (known->recent == (recent ? MODEL_RECENT_NO : MODEL_RECENT_YES))
        g_string_append_printf(view->wrong, "UID %u has become %s\n", known->uid,
                               recent ? "recent" : "old");
    known->recent = recent ? MODEL_RECENT_YES : MODEL_RECENT_NO;
}

/* "* 3 FETCH (UID 9 FLAGS (\Seen) MODSEQ (17) ENVELOPE (NIL "m4" ..." */
static inline void
model_view_fetch(ModelView *view, guint number, const char *items)
{
    const char *uid = strstr(items, "UID "), *flags = strstr(items, "FLAGS (");
    const char *modseq = strstr(items, "MODSEQ ("), *subject = strstr(items, "\"m");
    gboolean changed = FALSE;

    if (number < 1 || number > view->messages->len) {
        g_string_append_printf(view->wrong, "FETCH of a number that is not there: %u\n", number);
        return;
    }
    ModelMessage *known = model_at(view->messages, number - 1);

    if (uid != NULL) {
        guint32 found = (guint32)strtoul(uid + 4, NULL, 10);

        if (known->uid != 0 && known->uid != found)
            g_string_append_printf(view->wrong, "%u had UID %u and has now %u\n", number,
                                   known->uid, found);
        known->uid = found;
    }
    if (flags != NULL) {
        guint found = model_flags_parse(flags + 7);

        changed = known->flags != MODEL_UNKNOWN && known->flags != found;
        known->flags = found;
        known->told = TRUE;
        model_view_take_recent(view, known, flags + 7);
    }
    if (subject != NULL)
        known->number = (guint)strtoul(subject + 2, NULL, 10);
    if (modseq != NULL)
        model_view_take_modseq(view, known, strtoull(modseq + 8, NULL, 10),
                               changed && known->modseq != 0);
    for (guint i = 1; i < view->messages->len; i++)
        if (model_at(view->messages, i)->uid != 0 &&
            model_at(view->messages, i)->uid <= model_at(view->messages, i - 1)->uid)
            g_string_append_printf(view->wrong, "UIDs do not ascend at %u\n", i + 1);
}

static inline void
model_view_compare_one(ModelView *view, const ModelMessage *known, const ModelMessage *true_one)
{
    if (known->flags != MODEL_UNKNOWN && known->flags != true_one->flags) {
        g_autofree char *believed = model_flags_text(known->flags);
        g_autofree char *kept = model_flags_text(true_one->flags);

        g_string_append_printf(view->wrong, "UID %u: the client knows (%s), it has (%s)\n",
                               true_one->uid, believed, kept);
    }
    if (known->number != 0 && known->number != true_one->number)
        g_string_append_printf(view->wrong, "UID %u is m%u for the client, and m%u\n",
                               true_one->uid, known->number, true_one->number);
}

/* @whole: the view must be the mailbox. Else it may still hold what is gone, and where it has only
 * heard of a message by EXISTS nobody can say which one that was; but it must know of each new one. */
static inline void
model_view_compare(ModelView *view, const GArray *messages, gboolean whole)
{
    guint at = 0, unnamed = 0;

    for (guint i = 0; i < view->messages->len; i++) {
        const ModelMessage *known = model_at(view->messages, i);

        if (known->uid == 0 && !whole) {
            unnamed++;
            continue;
        }
        for (; at < messages->len && known->uid > model_at(messages, at)->uid; at++)
            g_string_append_printf(view->wrong, "UID %u is not in the view\n",
                                   model_at(messages, at)->uid);
        if (at < messages->len && (known->uid == 0 || model_at(messages, at)->uid == known->uid))
            model_view_compare_one(view, known, model_at(messages, at++));
        else if (whole)
            g_string_append_printf(view->wrong, "%u (UID %u) is in the view and no longer there\n",
                                   i + 1, known->uid);
    }
    for (at += unnamed; at < messages->len; at++)
        g_string_append_printf(view->wrong, "UID %u was not told\n", model_at(messages, at)->uid);
}

#endif
