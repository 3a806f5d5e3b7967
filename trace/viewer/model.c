/* trace/viewer/model.c - the journal as a list of entries (see model.h).
 *
 *   reader.c   whole lines ----> entry.c   entries ----> here, and to tables.c
 *   view_model_load()            the way back: an entry's event from its place in the file
 *
 * Start reading at view_model_take().
 * Tests: tests/test_viewer_model.c
 */
#include "trace/viewer/model.h"

#include "trace/viewer/reader.h"
#include "trace/words.h"

/* Loaded events that are kept, each at the place of its number modulo this: a frame, and the next, ask
 * for the same ones again and again. Longer ones are not kept. */
#define VIEW_KEPT        256
#define VIEW_KEPT_OCTETS 4096

typedef struct ViewKept {
    guint index;
    ViewEvent *event; /* NULL: none yet */
} ViewKept;

struct ViewModel {
    ViewReader *reader;
    ViewTaker *taker;
    ViewTables *tables;
    GArray *entries; /* ViewEntry */
    GString *line;   /* read again last */
    ViewKept *kept;
    gboolean newer;
    guint damaged;
};

ViewModel *
view_model_open(const char *path, GError **error)
{
    ViewReader *reader = view_reader_new(path, error);
    ViewModel *model;

    if (reader == NULL)
        return NULL;
    model = g_new0(ViewModel, 1);
    model->reader = reader;
    model->taker = view_taker_new();
    model->tables = view_tables_new();
    model->entries = g_array_new(FALSE, FALSE, sizeof(ViewEntry));
    model->line = g_string_new(NULL);
    model->kept = g_new0(ViewKept, VIEW_KEPT);
    return model;
}

void
view_model_free(ViewModel *model)
{
    if (model == NULL)
        return;
    for (guint i = 0; i < VIEW_KEPT; i++)
        view_event_free(model->kept[i].event);
    g_free(model->kept);
    g_string_free(model->line, TRUE);
    g_array_unref(model->entries);
    view_tables_free(model->tables);
    view_taker_free(model->taker);
    view_reader_free(model->reader);
    g_free(model);
}

/* ---- reading on ---- */

static void
view_model_add(ViewModel *model, ViewTaken *taken, gint64 position)
{
    guint index = model->entries->len;

    taken->entry.position = position;
    g_array_append_val(model->entries, taken->entry);
    view_tables_take(model->tables, index, &taken->entry, &taken->fields);
}

static void
view_model_know(const ViewKnown *known, void *data)
{
    view_tables_know(((ViewModel *)data)->tables, known);
}

static void
view_model_take(void *data, const char *line, gsize length, gint64 position, gboolean first)
{
    ViewModel *model = data;
    ViewTaken taken;

    switch (view_taker_take(model->taker, line, length, first, &taken)) {
    case VIEW_LINE_EVENT: view_model_add(model, &taken, position); break;
    case VIEW_LINE_HEADER:
        /* Later headers tell of nothing that the events before them have not told. */
        if (model->entries->len == 0)
            view_known_each(line, length, view_model_know, model);
        break;
    case VIEW_LINE_NEWER: model->newer = TRUE; break;
    case VIEW_LINE_DAMAGED: model->damaged++; break;
    }
}

gboolean
view_model_read(ViewModel *model, gsize octets)
{
    return view_reader_read(model->reader, octets, view_model_take, model);
}

gboolean
view_model_is_newer(const ViewModel *model)
{
    return model->newer;
}

guint
view_model_damaged(const ViewModel *model)
{
    return model->damaged + view_reader_damaged(model->reader);
}

/* ---- entries ---- */

guint
view_model_count(const ViewModel *model)
{
    return model->entries->len;
}

const ViewEntry *
view_model_entry(const ViewModel *model, guint index)
{
    g_assert(index < model->entries->len);
    return &g_array_index(model->entries, ViewEntry, index);
}

gboolean
view_model_find(const ViewModel *model, guint64 seq, guint *index)
{
    guint low = 0;
    guint high = model->entries->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (view_model_entry(model, middle)->seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < model->entries->len && view_model_entry(model, low)->seq == seq;
}

const char *
view_model_outcome(const ViewModel *model, const ViewEntry *entry)
{
    return view_taker_outcome(model->taker, entry->outcome);
}

/* ---- messages and sessions ---- */

guint
view_model_messages(const ViewModel *model)
{
    return view_tables_messages(model->tables);
}

const ViewMessage *
view_model_message(const ViewModel *model, guint number)
{
    return view_tables_message(model->tables, number);
}

const ViewMessage *
view_model_message_of(const ViewModel *model, const char *journey)
{
    return view_tables_message_of(model->tables, journey);
}

const GPtrArray *
view_model_hosts(const ViewModel *model)
{
    return view_tables_hosts(model->tables);
}

guint
view_model_sessions(const ViewModel *model)
{
    return view_tables_sessions(model->tables);
}

const ViewSession *
view_model_session(const ViewModel *model, guint number)
{
    return view_tables_session(model->tables, number);
}

/* ---- back to the file ---- */

gboolean
view_model_line(const ViewModel *model, guint index, GString *line)
{
    return view_reader_again(model->reader, view_model_entry(model, index)->position, line);
}

/* What the event says, in the reader's language; in the journal it stays English. */
static void
view_event_translate(ViewEvent *event)
{
    char *english = (char *)event->event->text;

    event->event->text = words_sentence(english);
    g_free(english);
}

static ViewEvent *
view_model_load_line(const ViewModel *model, guint index)
{
    ViewEvent *event;

    if (!view_model_line(model, index, model->line))
        return NULL;
    event = view_event_parse(model->line->str, model->line->len);
    if (event != NULL && event->event->text != NULL)
        view_event_translate(event);
    return event;
}

ViewEvent *
view_model_load(const ViewModel *model, guint index)
{
    ViewKept *kept = &model->kept[index % VIEW_KEPT];
    ViewEvent *event;

    if (kept->event != NULL && kept->index == index)
        return g_rc_box_acquire(kept->event);
    event = view_model_load_line(model, index);
    if (event == NULL || model->line->len > VIEW_KEPT_OCTETS)
        return event;
    view_event_free(kept->event);
    kept->index = index;
    kept->event = g_rc_box_acquire(event);
    return event;
}

/* Where the segment begins that holds the event. */
static gint64
view_model_segment(const ViewModel *model, guint index)
{
    return view_reader_segment(model->reader, view_model_entry(model, index)->position);
}

char *
view_model_header(const ViewModel *model, guint index)
{
    if (!view_reader_again(model->reader, view_model_segment(model, index), model->line))
        return NULL;
    return g_strndup(model->line->str, model->line->len);
}

guint
view_model_segment_begin(const ViewModel *model, guint index)
{
    guint64 begin = view_model_segment(model, index);
    guint low = 0;
    guint high = index;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (view_model_entry(model, middle)->position < begin)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
