/* tests/labs_judge.h - one run of a lab, ready to be judged: its events, its database, its work folder.
 *
 *   a check's lines > judge_with() > the verdict        expect_held(), expect_failed()
 */
#ifndef TESTS_LABS_JUDGE_H
#define TESTS_LABS_JUDGE_H

#include <locale.h>
#include <sqlite3.h>
#include <string.h>

#include "labs/grader/judge.h"
#include "tests/folder.h"

#define LAB                                                                                        \
    "[lab]\ntitle = A lab\nminutes = 5\nkind = O\nstage = all\n"                                   \
    "[id]\nuser = alice\n[run main]\n[run hand]\nhand = yes\n"                                     \
    "[harness split]\nmain = world.ini\n"

/* A session with a mistake, and a message that is passed on at the second try. */
static const char *const journal[] = {
    "\"seq\":1,\"time\":\"2026-01-05T09:00:00.000Z\",\"stage\":\"connect\",\"kind\":\"wire\","
    "\"text\":\"220 mx.north.example\",\"data\":{\"code\":220}",
    "\"seq\":2,\"time\":\"2026-01-05T09:00:00.001Z\",\"stage\":\"sender\",\"kind\":\"wire\","
    "\"text\":\"RCPT TO:<bob@north.example>\",\"data\":{\"label\":\"RCPT\"}",
    "\"seq\":3,\"time\":\"2026-01-05T09:00:00.002Z\",\"stage\":\"sender\",\"kind\":\"wire\","
    "\"text\":\"503 5.5.1 Bad sequence of commands\",\"data\":{\"code\":503}",
    "\"seq\":4,\"time\":\"2026-01-05T09:00:00.003Z\",\"stage\":\"sender\",\"kind\":\"wire\","
    "\"journey\":\"j1\",\"text\":\"250 2.1.0 Sender ok\",\"data\":{\"code\":250}",
    "\"seq\":5,\"time\":\"2026-01-05T09:00:00.004Z\",\"stage\":\"store\",\"kind\":\"state\","
    "\"journey\":\"j1\",\"user\":\"alice\",\"text\":\"committed\"",
    "\"seq\":6,\"time\":\"2026-01-05T09:00:00.004Z\",\"stage\":\"store\",\"kind\":\"wire\","
    "\"journey\":\"j1\",\"text\":\"250 2.6.0 Taken\",\"data\":{\"code\":250}",
    "\"seq\":7,\"time\":\"2026-01-05T09:00:01.000Z\",\"stage\":\"retry\",\"kind\":\"timer\","
    "\"journey\":\"j1\",\"text\":\"try again in 5 minutes\"",
    "\"seq\":8,\"time\":\"2026-01-05T09:05:01.000Z\",\"stage\":\"relay\",\"kind\":\"wire\","
    "\"journey\":\"j1\",\"host\":\"mx.south.example\",\"text\":\"250 2.6.0 Taken "
    "there\",\"data\":{\"code\":250}",
    "\"seq\":9,\"time\":\"2026-01-05T09:05:02.000Z\",\"stage\":\"relay\",\"kind\":\"wire\","
    "\"journey\":\"j2\",\"text\":\"somebody else's\"",
};

typedef struct Fixture {
    char *folder; /* the lab's; the work folder and the state, too */
    Lab *lab;
    LabIdentity *identity;
    GPtrArray *takes, *reference;
} Fixture;

static inline void
put(Fixture *it, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(it->folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static inline void
put_journal(Fixture *it)
{
    g_autoptr(GString) text = g_string_new("{\"journal\":1,\"first\":1}\n");

    for (guint i = 0; i < G_N_ELEMENTS(journal); i++)
        g_string_append_printf(text, "{%s}\n", journal[i]);
    put(it, "journal-0001.ndjson", text->str);
}

static inline void
put_database(Fixture *it)
{
    g_autofree char *path = g_build_filename(it->folder, "mx.north.example.db", NULL);
    sqlite3 *db = NULL;

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db,
                                 "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, NULL);",
                                 NULL, NULL, NULL),
                    ==, SQLITE_OK);
    sqlite3_close(db);
}

static inline void
take_free(gpointer take)
{
    lab_take_free(take);
}

static inline void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    LabTake *take;

    it->folder = folder_new();
    put(it, "world.ini", "");
    put_journal(it);
    put_database(it);
    take = lab_take_open(it->folder, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(take->events->len, ==, G_N_ELEMENTS(journal));
    it->takes = g_ptr_array_new_with_free_func(take_free);
    g_ptr_array_add(it->takes, take);
    it->reference = g_ptr_array_new_with_free_func(take_free);
}

static inline void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    folder_remove(it->folder);
    g_ptr_array_unref(it->takes);
    g_ptr_array_unref(it->reference);
    g_clear_pointer(&it->identity, lab_identity_free);
    g_clear_pointer(&it->lab, lab_free);
    g_free(it->folder);
}

/* The verdict on a check of these lines; @failure: why nothing could be run, or NULL. */
static inline LabVerdict *
judge_with(Fixture *it, const char *lines, const char *failure)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *checks = g_strconcat(LAB "[check a]\ntext = For ${user}\n", lines, NULL);
    LabEvidence evidence = {
        .work = it->folder, .takes = it->takes, .reference = it->reference, .failure = failure
    };

    g_clear_pointer(&it->identity, lab_identity_free);
    g_clear_pointer(&it->lab, lab_free);
    put(it, "checks", checks);
    it->lab = lab_load(it->folder, &error);
    g_assert_no_error(error);
    it->identity = lab_identity_new(it->lab, "example", &error);
    g_assert_no_error(error);
    evidence.lab = it->lab;
    evidence.identity = it->identity;
    return lab_judge(g_ptr_array_index(it->lab->checks, 0), &evidence);
}

static inline void
expect_held(Fixture *it, const char *lines)
{
    g_autoptr(LabVerdict) verdict = judge_with(it, lines, NULL);

    if (!verdict->holds)
        g_error("%s: expected %s, found %s", lines, verdict->expected, verdict->found);
    g_assert_cmpstr(verdict->text, ==, "For alice");
    g_assert_null(verdict->expected);
    g_assert_null(verdict->look);
    g_assert_cmpuint(verdict->around->len, ==, 0);
}

/* @seq: the event that the command and the marked line name; 0: none. */
static inline void
expect_failed(Fixture *it, const char *lines, const char *expected, const char *found, guint seq)
{
    g_autoptr(LabVerdict) verdict = judge_with(it, lines, NULL);
    g_autofree char *at = g_strdup_printf(" --at %u", seq);
    g_autofree char *mark = g_strdup_printf("=>     %u  ", seq);
    guint marked = 0;

    g_assert_false(verdict->holds);
    g_assert_cmpstr(verdict->expected, ==, expected);
    g_assert_cmpstr(verdict->found, ==, found);
    if (seq == 0) {
        g_assert_true(verdict->look == NULL || strstr(verdict->look, "--at") == NULL);
        return;
    }
    g_assert_true(g_str_has_suffix(verdict->look, at));
    for (guint i = 0; i < verdict->around->len; i++)
        marked += g_str_has_prefix(g_ptr_array_index(verdict->around, i), mark);
    g_assert_cmpuint(marked, ==, 1);
}

#endif
