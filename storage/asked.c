/* storage/asked.c - SELECTs overheard: each question is one event, however often it is put.
 *
 *   sqlite3_step  --STMT-->  a new question, or one more time the same    values put in for the "?"
 *                 --ROW--->  one row more; the first few are kept
 *
 * While nobody listens SQLite calls nobody. Start reading at store_listen().
 * Tests: tests/test_storage_asked.c, tests/test_pickup_trace.py
 */
#include "storage/asked.h"

#include "storage/inside.h"
#include "trace/redact.h"
#include "trace/text.h"

#include <string.h>

#define STORE_ASKED_ROWS 2    /* rows that an event shows; how many there are it says always */
#define STORE_ASKED_SQL  1000 /* octets of the statement */
#define STORE_ASKED_TEXT 60   /* octets of a value */

/* A SELECT of the command under way. */
typedef struct StoreQuestion {
    const char *statement; /* SQLite's own text of it: it lives as long as the prepared statement */
    char *sql;             /* with the values of the first time */
    guint times;
    guint found;   /* rows, of all times */
    GString *rows; /* the first of them as JSON, not closed */
} StoreQuestion;

/* What is asked for, by the first mark that the statement has. No label: who asks it tells so himself. */
/* clang-format off */
static const struct { const char *mark, *label, *words; } store_topics[] = {
    { "FROM accounts",     NULL,        NULL },
    { "sum(octets)",       NULL,        NULL },
    { "subscriptions l",   "names?",    "the names that are subscribed to" },
    { "FROM mailboxes l",  "names?",    "the names of the mailboxes" },
    { "SELECT messages,",  "counts?",   "how much is in the mailbox: it is counted along" },
    { "content",           "content?",  "octets of the message itself" },
    { "length(head)",      "message?",  "the message's own row" },
    { "head",              "top lines?", "where the message's octets are, and what was put on top" },
    { "SELECT structure",  "parts?",    "where the parts of the message lie" },
    { "SELECT prefix",     "top line?", "the line that this mailbox has put on top" },
    { "FROM entries",      "messages?", "the messages of the mailbox: UID, flags, size" },
    { "FROM mailboxes",    "mailbox?",  "the mailbox: its UIDVALIDITY, its next UID" },
    { "",                  "rows?",     "rows" },
};
/* clang-format on */

static void
store_question_free(gpointer data)
{
    StoreQuestion *question = data;

    sqlite3_free(question->sql);
    if (question->rows != NULL)
        g_string_free(question->rows, TRUE);
    g_free(question);
}

void
store_asked_free(GPtrArray *asked)
{
    if (asked != NULL)
        g_ptr_array_unref(asked);
}

/* ---- heard ---- */

/* A command puts few different questions: looking through all of them is quick. */
static StoreQuestion *
store_asked_find(const GPtrArray *asked, const char *statement)
{
    for (guint i = 0; asked != NULL && i < asked->len; i++) {
        StoreQuestion *question = g_ptr_array_index(asked, i);

        if (question->statement == statement)
            return question;
    }
    return NULL;
}

static void
store_asked_once_more(GPtrArray **asked, sqlite3_stmt *statement, const char *sql)
{
    StoreQuestion *question = store_asked_find(*asked, sql);

    if (question == NULL) {
        question = g_new0(StoreQuestion, 1);
        question->statement = sql;
        question->sql = sqlite3_expanded_sql(statement);
        if (*asked == NULL)
            *asked = g_ptr_array_new_with_free_func(store_question_free);
        g_ptr_array_add(*asked, question);
    }
    question->times++;
}

static void
store_asked_value(GString *json, sqlite3_stmt *row, int column)
{
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL: trace_text_append(json, "null"); break;
    case SQLITE_INTEGER: trace_text_append_number(json, sqlite3_column_int64(row, column)); break;
    case SQLITE_TEXT:
        trace_safe_append_json(json, (const char *)sqlite3_column_text(row, column), -1,
                               STORE_ASKED_TEXT);
        break;
    default: g_string_append_printf(json, "\"(%d octets)\"", sqlite3_column_bytes(row, column));
    }
}

static void
store_asked_row(StoreQuestion *question, sqlite3_stmt *row)
{
    if (question->found++ >= STORE_ASKED_ROWS)
        return;
    if (question->rows == NULL)
        question->rows = g_string_new("[");
    trace_text_append(question->rows, question->found > 1 ? ",{" : "{");
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        if (i > 0)
            trace_text_append(question->rows, ",");
        trace_safe_append_json(question->rows, sqlite3_column_name(row, i), -1, STORE_ASKED_TEXT);
        trace_text_append(question->rows, ":");
        store_asked_value(question->rows, row, i);
    }
    trace_text_append(question->rows, "}");
}

/* SQLite calls this when a statement begins, and with each of its rows. */
static int
store_asked_heard(unsigned what, void *asked, void *statement, G_GNUC_UNUSED void *more)
{
    const char *sql = sqlite3_sql(statement);
    StoreQuestion *question;

    if (sql == NULL || strncmp(sql, "SELECT", strlen("SELECT")) != 0)
        return 0;
    if (what == SQLITE_TRACE_STMT) {
        store_asked_once_more(asked, statement, sql);
        return 0;
    }
    question = store_asked_find(*(GPtrArray **)asked, sql);
    if (question != NULL)
        store_asked_row(question, statement);
    return 0;
}

GPtrArray **
store_listen(Store *store, GPtrArray **asked)
{
    GPtrArray **before = store->asked;

    if (asked != before)
        sqlite3_trace_v2(store->db, asked == NULL ? 0 : SQLITE_TRACE_STMT | SQLITE_TRACE_ROW,
                         asked == NULL ? NULL : store_asked_heard, asked);
    store->asked = asked;
    return before;
}

/* ---- told ---- */

static void
store_question_tell(const StoreQuestion *question, Trace *trace, Stage stage)
{
    g_autofree char *sql =
        g_strndup(question->sql == NULL ? question->statement : question->sql, STORE_ASKED_SQL);
    guint topic = 0;

    while (strstr(question->statement, store_topics[topic].mark) == NULL)
        topic++;
    store_tell(trace, sql, "%s", store_topics[topic].label);
    trace_put_number(trace, "times", question->times);
    trace_put_number(trace, "found", question->found);
    if (question->rows == NULL) {
        store_tell_none(trace, "rows");
    } else {
        g_string_append_c(question->rows, ']');
        trace_put_json(trace, "rows", question->rows->str);
    }
    if (question->times == 1)
        trace_sql(trace, stage, "The database is asked for %s: %u row%s", store_topics[topic].words,
                  question->found, question->found == 1 ? "" : "s");
    else
        trace_sql(trace, stage, "The database is asked for %s: %u times, %u row%s together",
                  store_topics[topic].words, question->times, question->found,
                  question->found == 1 ? "" : "s");
}

void
store_asked_tell(GPtrArray **asked, Trace *trace, Stage stage)
{
    for (guint i = 0; *asked != NULL && i < (*asked)->len; i++)
        store_question_tell(g_ptr_array_index(*asked, i), trace, stage);
    g_clear_pointer(asked, g_ptr_array_unref);
}
