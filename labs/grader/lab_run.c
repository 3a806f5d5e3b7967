/* labs/grader/lab_run.c - reads [run NAME] and [harness NAME]: what is played, and with which program.
 *
 * Tests: tests/test_labs_lab.c
 */
#include "labs/grader/lab_inside.h"

#include <string.h>
#include "net/line.h"

void
lab_run_free(gpointer data)
{
    LabRun *run = data;

    g_free(run->name);
    g_free(run->world);
    g_free(run->overlay);
    g_free(run->folder);
    g_array_unref(run->seeds);
    g_free(run);
}

void
lab_harness_free(gpointer data)
{
    LabHarness *harness = data;

    g_free(harness->name);
    g_free(harness->main);
    g_array_unref(harness->seeds);
    g_free(harness);
}

static gboolean
lab_read_seeds(const LabFile *file, const char *section, GArray *seeds, GError **error)
{
    g_autofree char *text = lab_file_value(file, section, "seeds");
    g_auto(GStrv) list = lab_file_list(text != NULL ? text : "1");

    for (char **seed = list; *seed != NULL; seed++) {
        guint64 number;

        if (!net_parse_number(*seed, -1, G_MAXINT64, &number) || seeds->len == LAB_SEEDS_MAX)
            return lab_file_wrong(file, section, "seeds", error,
                                  "seeds = %s: numbers separated by ;, at most %d", text,
                                  LAB_SEEDS_MAX);
        g_array_append_val(seeds, number);
    }
    return seeds->len > 0 || lab_file_wrong(file, section, "seeds", error, "seeds has no value");
}

/* @key says @yes, @no, or is not there, which means @no. */
static gboolean
lab_read_choice(const LabFile *file, const char *section, const char *key, const char *yes,
                const char *no, gboolean *chosen, GError **error)
{
    g_autofree char *value = lab_file_value(file, section, key);

    *chosen = value != NULL && g_str_equal(value, yes);
    return *chosen || value == NULL || g_str_equal(value, no) ||
           lab_file_wrong(file, section, key, error, "%s = %s: must be %s or %s", key, value, yes,
                          no);
}

/* A file of the lab's own is there; of one that the student has, nothing is known yet. */
static gboolean
lab_file_exists(const LabFile *file, const char *section, const char *key, const char *name,
                GError **error)
{
    g_autofree char *path = g_build_filename(file->lab->folder, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS) ||
           lab_file_wrong(file, section, key, error, "%s is not in the lab's folder", name);
}

static gboolean
lab_read_program(const LabFile *file, const char *section, LabRun *run, GError **error)
{
    g_autofree char *program = NULL;

    if (!lab_file_text(file, section, "program", &program, error))
        return FALSE;
    if (program == NULL || g_str_equal(program, "reference"))
        return TRUE;
    run->program = g_str_equal(program, "student") ? LAB_BY_STUDENT : LAB_BY_FOLDER;
    if (run->program == LAB_BY_STUDENT)
        return TRUE;
    run->folder = g_steal_pointer(&program);
    return lab_file_exists(file, section, "program", run->folder, error);
}

gboolean
lab_read_run(const LabFile *file, const char *section, GError **error)
{
    static const char *const known[] = { "world",   "world-of", "overlay", "overlay-of",
                                         "program", "seeds",    "hand",    NULL };
    LabRun *run = g_new0(LabRun, 1);

    g_ptr_array_add(file->lab->runs, run);
    run->name = g_strdup(section + strlen("run "));
    run->seeds = g_array_new(FALSE, FALSE, sizeof(guint64));
    if (!lab_file_keys_known(file, section, known, error) ||
        !lab_file_text(file, section, "world", &run->world, error) ||
        !lab_file_text(file, section, "overlay", &run->overlay, error) ||
        !lab_read_choice(file, section, "world-of", "student", "lab", &run->world_of_student,
                         error) ||
        !lab_read_choice(file, section, "overlay-of", "student", "lab", &run->overlay_of_student,
                         error) ||
        !lab_read_choice(file, section, "hand", "yes", "no", &run->hand, error) ||
        !lab_read_program(file, section, run, error) ||
        !lab_read_seeds(file, section, run->seeds, error))
        return FALSE;
    if (run->world == NULL)
        run->world = g_strdup("world.ini");
    if (!run->hand && !run->world_of_student &&
        !lab_file_exists(file, section, "world", run->world, error))
        return FALSE;
    return run->overlay == NULL || run->overlay_of_student ||
           lab_file_exists(file, section, "overlay", run->overlay, error);
}

gboolean
lab_read_harness(const LabFile *file, const char *section, GError **error)
{
    static const char *const known[] = { "main", "seeds", NULL };
    LabHarness *harness = g_new0(LabHarness, 1);

    g_ptr_array_add(file->lab->harnesses, harness);
    harness->name = g_strdup(section + strlen("harness "));
    harness->seeds = g_array_new(FALSE, FALSE, sizeof(guint64));
    if (!lab_file_keys_known(file, section, known, error) ||
        !lab_file_text(file, section, "main", &harness->main, error))
        return FALSE;
    if (harness->main == NULL)
        return lab_file_wrong(file, section, "", error, "[%s] needs main, its C file", section);
    return lab_file_exists(file, section, "main", harness->main, error) &&
           lab_read_seeds(file, section, harness->seeds, error);
}
