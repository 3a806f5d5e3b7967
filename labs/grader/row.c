/* labs/grader/row.c - the rule over tables: a query on a host's database gives the value it must.
 *
 * The database is opened for reading alone. A query comes from the lab's author, but the world it is
 * asked in was made by a student's program: rows, octets and steps are bounded.
 *
 * Tests: tests/test_labs_rules.c
 */
#include "labs/grader/judge_inside.h"

#include <sqlite3.h>
#include <string.h>
#include "app/world.h"
#include "trace/words.h"

#define LAB_ROW_OCTETS  (64 * 1024)
#define LAB_ROW_STEPS   100000 /* of SQLite's machine, between two looks at */
#define LAB_ROW_LOOKS   200
#define LAB_ROW_BUSY_MS 2000

static gboolean lab_row_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
lab_row_fail(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (error != NULL)
        *error = g_error_new_valist(APP_ERROR, APP_ERROR_FAILED, format, arguments);
    va_end(arguments);
    return FALSE;
}

static int
lab_row_tick(void *left)
{
    return --*(int *)left < 0;
}

static gboolean
lab_row_open(const LabTake *take, const char *host, sqlite3 **db, GError **error)
{
    g_autofree char *file = g_strconcat(host, ".db", NULL);
    g_autofree char *path = g_build_filename(take->state, file, NULL);

    if (strchr(host, '/') != NULL || !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return lab_row_fail(error, "there is no database of %s", host);
    if (sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        return lab_row_fail(error, "database of %s: %s", host, sqlite3_errmsg(*db));
    sqlite3_limit(*db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_busy_timeout(*db, LAB_ROW_BUSY_MS);
    return TRUE;
}

/* Columns joined by ",", a NULL is empty. */
static void
lab_row_write(sqlite3_stmt *query, GString *value)
{
    for (int i = 0; i < sqlite3_column_count(query); i++) {
        const char *text = (const char *)sqlite3_column_text(query, i);

        g_string_append_printf(value, "%s%s", i > 0 ? "," : "", text != NULL ? text : "");
    }
}

static gboolean
lab_row_read(sqlite3 *db, sqlite3_stmt *query, GString *value, GError **error)
{
    gboolean first = TRUE;
    int status;

    while ((status = sqlite3_step(query)) == SQLITE_ROW) {
        if (!first)
            g_string_append_c(value, ';');
        first = FALSE;
        lab_row_write(query, value);
        if (value->len > LAB_ROW_OCTETS)
            return lab_row_fail(error, "the query gives more than %d octets", LAB_ROW_OCTETS);
    }
    return status == SQLITE_DONE || lab_row_fail(error, "%s", sqlite3_errmsg(db));
}

char *
lab_row_ask(const LabTake *take, const char *host, const char *sql, GError **error)
{
    g_autoptr(GString) value = g_string_new(NULL);
    sqlite3 *db = NULL;
    sqlite3_stmt *query = NULL;
    int looks = LAB_ROW_LOOKS;
    gboolean read = lab_row_open(take, host, &db, error);

    if (read && sqlite3_prepare_v2(db, sql, -1, &query, NULL) != SQLITE_OK)
        read = lab_row_fail(error, "%s", sqlite3_errmsg(db));
    if (read) {
        sqlite3_progress_handler(db, LAB_ROW_STEPS, lab_row_tick, &looks);
        read = lab_row_read(db, query, value, error);
    }
    sqlite3_finalize(query);
    sqlite3_close(db);
    return read ? g_strdup(value->str) : NULL;
}

static const char *
lab_row_words(const char *value)
{
    return *value != '\0' ? value : N_("nothing");
}

gboolean
lab_rule_row(const LabCase *it)
{
    const LabCheck *check = it->check;
    g_autoptr(GError) error = NULL;
    g_autofree char *value = lab_row_ask(it->take, check->host, check->sql, &error);

    if (value != NULL && g_str_equal(value, check->is))
        return TRUE;
    lab_verdict_look_at_all(it);
    return lab_verdict_fails(it,
                             g_strdup_printf("%s, when the database of %s is asked: %s",
                                             lab_row_words(check->is), check->host, check->sql),
                             g_strdup(value != NULL ? lab_row_words(value) : error->message));
}
