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
#include "trace/words.h"

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
    int change;    /* row of store_changes_heard[]; -1: a SELECT, and */
    guint topic;   /* row of store_topics[] */
    GString *rows; /* the first of them as JSON, not closed */
} StoreQuestion;

/* What is asked for, by the first mark that the statement has. No label: who asks it tells so himself. */
/* clang-format off */
static const struct { const char *mark, *label, *words; } store_topics[] = {
    { "FROM accounts",     NULL,        NULL },
    { "sum(octets)",       NULL,        NULL },
    { "SELECT count(*)",   "how many?", N_("how many there are already: there is a limit") },
    { "subscriptions l",   "names?",    N_("the names that are subscribed to") },
    { "FROM mailboxes l",  "names?",    N_("the names of the mailboxes") },
    { "count(uid)",        "recent?",   N_("how many messages no session has been told of") },
    { "SELECT messages,",  "counts?",   N_("how much is in the mailbox: it is counted along") },
    { "content",           "content?",  N_("octets of the message itself") },
    { "length(head)",      "message?",  N_("the message's own row") },
    { "head",              "where?",    N_("where the message lies, with the lines that were put on top") },
    { "SELECT structure",  "parts?",    N_("where the parts of the message lie") },
    { "SELECT prefix",     NULL,        NULL },
    { "FROM entries",      "messages?", N_("the messages of the mailbox: UID, flags, size") },
    { "FROM mailboxes",    "mailbox?",  N_("the mailbox: its UIDVALIDITY, its next UID") },
    { "",                  "rows?",     "rows" },
};

/* What is done to mailboxes and to the list of names: by how the statement begins. */
static const struct { const char *start, *label, *words; } store_changes_heard[] = {
    { "INSERT INTO mailboxes",                "new mailbox", N_("a mailbox is made") },
    { "DELETE FROM mailboxes",                "no mailbox",  N_("the mailbox is removed") },
    { "UPDATE mailboxes SET name",            "new name",    N_("the name is another, also of what is below it") },
    { "INSERT OR IGNORE INTO subscriptions",  "subscribed",  N_("a name is put on the list") },
    { "DELETE FROM subscriptions",            "no longer",   N_("a name is taken off the list") },
    { "UPDATE entries SET mailbox",           "moved",       N_("messages go into another mailbox") },
    { "DELETE FROM entries WHERE mailbox = ?1", "emptied",   N_("messages go with their mailbox") },
};
/* clang-format on */

static void
store_question_free(gpointer data)
{
    StoreQuestion *question = data;

    g_free(question->sql);
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

/* The row of the changes that @sql is; -1: none, or its author tells so himself. */
static int
store_asked_change(const char *sql)
{
    for (guint i = 0; i < G_N_ELEMENTS(store_changes_heard); i++)
        if (g_str_has_prefix(sql, store_changes_heard[i].start))
            return (int)i;
    return -1;
}

static guint
store_asked_topic(const char *sql)
{
    guint topic = 0;

    while (strstr(sql, store_topics[topic].mark) == NULL)
        topic++;
    return topic;
}

/* The statement with its values in place of "?". */
static char *
store_asked_sql(sqlite3_stmt *statement)
{
    char *whole = sqlite3_expanded_sql(statement);
    char *sql = g_strndup(whole == NULL ? sqlite3_sql(statement) : whole, STORE_ASKED_SQL);

    sqlite3_free(whole);
    return sql;
}

static void
store_asked_once_more(GPtrArray **asked, sqlite3_stmt *statement, const char *sql)
{
    StoreQuestion *question = store_asked_find(*asked, sql);

    if (question == NULL) {
        question = g_new0(StoreQuestion, 1);
        question->statement = sql;
        question->change = store_asked_change(sql);
        question->topic = store_asked_topic(sql);
        question->sql = store_asked_sql(statement);
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
    default:
        trace_text_append(json, "\"(");
        trace_text_append_number(json, sqlite3_column_bytes(row, column));
        trace_text_append(json, " octets)\"");
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

/* SQLite calls this when a statement begins, and with each of its rows; and for each run of a trigger, with
 * a comment that names it: what that does belongs to the statement. */
static int
store_asked_heard(unsigned what, void *asked, void *statement, void *more)
{
    const char *sql = sqlite3_sql(statement);
    StoreQuestion *question;

    if (what == SQLITE_TRACE_ROW) {
        question = store_asked_find(*(GPtrArray **)asked, sql);
        if (question != NULL)
            store_asked_row(question, statement);
    } else if (sql != NULL && !g_str_has_prefix(more, "--") &&
               (g_str_has_prefix(sql, "SELECT") || store_asked_change(sql) >= 0)) {
        store_asked_once_more(asked, statement, sql);
    }
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
store_question_tell_change(const StoreQuestion *question, Trace *trace, Stage stage)
{
    store_tell(trace, question->sql, "%s", store_changes_heard[question->change].label);
    trace_put_number(trace, "times", question->times);
    trace_sql(trace, stage,
              "Written into the open transaction: %s; the disk has it with the COMMIT",
              store_changes_heard[question->change].words);
}

static void
store_question_tell_rows(StoreQuestion *question, Trace *trace)
{
    trace_put_number(trace, "times", question->times);
    trace_put_number(trace, "found", question->found);
    if (question->rows == NULL) {
        store_tell_none(trace, "rows");
        return;
    }
    g_string_append_c(question->rows, ']');
    trace_put_json(trace, "rows", question->rows->str);
}

static void
store_question_tell(StoreQuestion *question, Trace *trace, Stage stage)
{
    const char *words = store_topics[question->topic].words;

    if (question->change >= 0) {
        store_question_tell_change(question, trace, stage);
        return;
    }
    if (words == NULL)
        return;
    store_tell(trace, question->sql, "%s", store_topics[question->topic].label);
    store_question_tell_rows(question, trace);
    if (question->times == 1)
        trace_sql(trace, stage, "The database is asked for %s: %u row%s", words, question->found,
                  question->found == 1 ? "" : "s");
    else
        trace_sql(trace, stage, "The database is asked for %s: %u times, %u row%s together", words,
                  question->times, question->found, question->found == 1 ? "" : "s");
}

/* Questions about the same, put in other words, are told as one: by the first of them. */
static void
store_asked_join(GPtrArray *asked, guint first)
{
    StoreQuestion *question = g_ptr_array_index(asked, first);

    for (guint i = asked->len; i > first + 1; i--) {
        const StoreQuestion *other = g_ptr_array_index(asked, i - 1);

        if (other->change != question->change || other->topic != question->topic)
            continue;
        question->times += other->times;
        question->found += other->found;
        g_ptr_array_remove_index(asked, i - 1);
    }
}

void
store_asked_tell(GPtrArray **asked, Trace *trace, Stage stage)
{
    for (guint i = 0; *asked != NULL && i < (*asked)->len; i++) {
        store_asked_join(*asked, i);
        store_question_tell(g_ptr_array_index(*asked, i), trace, stage);
    }
    g_clear_pointer(asked, g_ptr_array_unref);
}
