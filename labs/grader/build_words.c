/* labs/grader/build_words.c - what the compiler and the linker say, in the student's terms.
 *
 * A student knows split.c, not the folder that the grader compiles it in; and a linker that finds a
 * function twice means, here, that another one is missing.
 *
 * Tests: tests/test_labs_student.py
 */
#include "labs/grader/build_inside.h"

#include <string.h>
#include <glib/gstdio.h>
#include "labs/grader/process.h"

#define LAB_NAMES_OCTETS (16 * 1024 * 1024)

/* @text with each @from in it made @to. */
static char *
lab_build_replace(const char *text, const char *from, const char *to)
{
    g_autoptr(GString) out = g_string_new(text);

    g_string_replace(out, from, to, 0);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

char *
lab_build_say(const LabBuild *build, const char *words)
{
    g_autofree char *mine =
        build->folder != NULL ? g_strconcat(build->folder, "/", NULL) : g_strdup("\n\n");
    g_autofree char *house = g_strconcat(build->house->root, "/", NULL);
    g_autofree char *short_words = lab_build_replace(words, mine, "");

    return lab_build_replace(short_words, house, "");
}

/* ---- a function that is missing ---- */

/* Adds the names that nm lists; of an archive those of @member alone. */
static void
lab_build_names(const LabBuild *build, const char *file, const char *member, GHashTable *names)
{
    g_autofree char *output = g_strconcat(build->program, ".names", NULL), *text = NULL;
    g_autofree char *heading = member != NULL ? g_strdup_printf("[%s]:", member) : NULL;
    const char *argv[] = { "nm", "-g", "--defined-only", "-P", file, NULL };
    LabProcess process = { argv, NULL, output, 20, LAB_NAMES_OCTETS, TRUE };
    g_autofree char *failure = lab_process_run(&process);
    g_auto(GStrv) lines = NULL;
    gboolean in = member == NULL;

    g_file_get_contents(output, &text, NULL, NULL);
    g_unlink(output);
    lines = g_strsplit(failure == NULL && text != NULL ? text : "", "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_suffix(*line, ":"))
            in = heading == NULL || g_str_has_suffix(*line, heading);
        else if (in && **line != '\0')
            g_hash_table_add(names, g_strndup(*line, strcspn(*line, " ")));
    }
}

/* What the house's file gives to others, and the student's does not; NULL: nothing. */
static char *
lab_build_missing(const LabBuild *build, const char *object, const char *stem)
{
    g_autoptr(GHashTable) mine = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) theirs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *archive = g_build_filename(build->house->archives, "libglasspost.a", NULL);
    g_autofree char *member = g_strdup_printf("%.*s.o", (int)strlen(stem) - 2, stem);
    g_autoptr(GList) names = NULL;

    lab_build_names(build, object, NULL, mine);
    lab_build_names(build, archive, member, theirs);
    names = g_list_sort(g_hash_table_get_keys(theirs), (GCompareFunc)strcmp);
    for (GList *name = names; name != NULL; name = name->next)
        if (!g_hash_table_contains(mine, name->data))
            return g_strdup_printf("%s: %s() is missing: other files of the house call it", stem,
                                   (char *)name->data);
    return NULL;
}

static char *
lab_build_why_link(const LabBuild *build)
{
    for (guint i = 0; i < build->files->len && i < build->objects->len; i++) {
        g_autofree char *stem = g_path_get_basename(g_ptr_array_index(build->files, i));
        char *missing = lab_build_missing(build, g_ptr_array_index(build->objects, i), stem);

        if (missing != NULL)
            return missing;
    }
    return NULL;
}

/* ---- why there is no program ---- */

/* The first line in which @sign stands. */
static char *
lab_build_line(const char *words, const char *sign)
{
    const char *at = strstr(words, sign), *start = at;

    while (start != NULL && start > words && start[-1] != '\n')
        start--;
    return start != NULL ? g_strndup(start, strcspn(start, "\n")) : NULL;
}

char *
lab_build_why(const LabBuild *build, const char *end, const char *words)
{
    g_autofree char *mine = lab_build_say(build, words);
    char *line = NULL;

    /* A linker's own "error:" comes last, and says nothing. */
    if (strstr(mine, "multiple definition of") != NULL)
        line = lab_build_why_link(build);
    if (line == NULL)
        line = lab_build_line(mine, "undefined reference to");
    if (line == NULL)
        line = lab_build_line(mine, "multiple definition of");
    if (line == NULL)
        line = lab_build_line(mine, " error:");
    return line != NULL ? line : g_strdup_printf("the compiler did not end well: %s", end);
}

/* ---- the table of sources ---- */

/* @text as lines of a C string. ? is escaped so that no three characters become a trigraph. */
static void
lab_build_quote(GString *out, const char *text)
{
    g_string_append(out, "      \"");
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            g_string_append(out, "\\n\"\n      \"");
        else if (g_ascii_iscntrl(*text))
            g_string_append_printf(out, "\\%03o", (guchar)*text);
        else if (strchr("\\\"?", *text) != NULL)
            g_string_append_printf(out, "\\%c", *text);
        else
            g_string_append_c(out, *text);
    }
    g_string_append(out, "\" },\n");
}

char *
lab_build_own_text(GPtrArray *files, GPtrArray *modules)
{
    GString *out =
        g_string_new("/* Made by the grader: the student's sources, for the Code pane. */\n"
                     "#include \"trace/viewer/code.h\"\n"
                     "const ViewSource view_own_sources[] = {\n");

    for (guint i = 0; i < files->len; i++) {
        const char *file = g_ptr_array_index(files, i), *module = g_ptr_array_index(modules, i);
        g_autofree char *name = g_path_get_basename(file), *text = NULL;

        if (!g_file_get_contents(file, &text, NULL, NULL))
            continue;
        g_string_append_printf(out, "    { \"%s\",\n", module != NULL ? module : name);
        lab_build_quote(out, text);
    }
    g_string_append(out, "    { NULL, NULL },\n};\n");
    return g_string_free(out, FALSE);
}
