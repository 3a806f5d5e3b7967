/* labs/grader/identity.c - draws a student's own values, and puts them into a lab's texts.
 *
 * A line of [id] is one of
 *
 *     user = anna;ben;chris             one of these
 *     port = 1..40                      a number of this range
 *     address = ${user}@north.example   made of those above
 *
 * Tests: tests/test_labs_identity.c
 */
#include "labs/grader/identity.h"

#include <string.h>
#include "app/world.h"
#include "labs/grader/lab_inside.h"
#include "net/line.h"

#define LAB_ID_MAX 64

/* Room between two students' seeds for the seeds of one lab's runs. */
#define LAB_SEEDS_A_STUDENT 1000
#define LAB_SEED_STUDENTS   1000000

/* ---- drawing ---- */

/* The first eight octets of the SHA-256 of lab, id and @name as a number. A zero octet stands
 * between them: no two triples make the same text. */
static guint64
lab_identity_hash(const char *lab, const char *id, const char *name)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;
    guint64 number = 0;

    g_checksum_update(sum, (const guchar *)lab, (gssize)strlen(lab) + 1);
    g_checksum_update(sum, (const guchar *)id, (gssize)strlen(id) + 1);
    g_checksum_update(sum, (const guchar *)name, (gssize)strlen(name));
    g_checksum_get_digest(sum, digest, &length);
    for (guint i = 0; i < sizeof number; i++)
        number = number << 8 | digest[i];
    return number;
}

/* "1..40" */
static gboolean
lab_identity_range(const char *choices, guint64 *first, guint64 *last)
{
    const char *dots = strstr(choices, "..");

    return dots != NULL && net_parse_number(choices, dots - choices, G_MAXINT32, first) &&
           net_parse_number(dots + strlen(".."), -1, G_MAXINT32, last) && *first <= *last;
}

static char *
lab_identity_draw(const LabIdentity *identity, const char *choices, guint64 hash, GError **error)
{
    g_auto(GStrv) list = NULL;
    guint64 first, last;

    if (lab_identity_range(choices, &first, &last))
        return g_strdup_printf("%" G_GUINT64_FORMAT, first + hash % (last - first + 1));
    list = lab_file_list(choices);
    return lab_identity_expand(identity, list[hash % g_strv_length(list)], error);
}

static void
lab_identity_add(LabIdentity *identity, const char *name, char *value)
{
    g_ptr_array_add(identity->names, g_strdup(name));
    g_ptr_array_add(identity->values, value);
}

/* ---- who may it be? ---- */

/* An id goes into file names and into the texts of a lab. */
static gboolean
lab_identity_is_id(const char *id)
{
    gsize length = strlen(id);

    return length > 0 && length <= LAB_ID_MAX && g_ascii_isalnum(id[0]) &&
           strspn(id, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._@+-") == length;
}

LabIdentity *
lab_identity_new(const Lab *lab, const char *id, GError **error)
{
    g_autoptr(LabIdentity) identity = g_new0(LabIdentity, 1);

    identity->names = g_ptr_array_new_with_free_func(g_free);
    identity->values = g_ptr_array_new_with_free_func(g_free);
    if (!lab_identity_is_id(id)) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "an id is 1 to %d letters, digits and . _ @ + -, and begins with one of the "
                    "first two",
                    LAB_ID_MAX);
        return NULL;
    }
    identity->id = g_strdup(id);
    identity->seed =
        lab_identity_hash(lab->name, id, "seed") % LAB_SEED_STUDENTS * LAB_SEEDS_A_STUDENT;
    lab_identity_add(identity, "id", g_strdup(id));
    lab_identity_add(identity, "seed", g_strdup_printf("%" G_GUINT64_FORMAT, identity->seed + 1));
    for (guint i = 0; i < lab->variables->len; i++) {
        const LabVariable *variable = g_ptr_array_index(lab->variables, i);
        char *value = lab_identity_draw(identity, variable->choices,
                                        lab_identity_hash(lab->name, id, variable->name), error);

        if (value == NULL)
            return NULL;
        lab_identity_add(identity, variable->name, value);
    }
    return g_steal_pointer(&identity);
}

void
lab_identity_free(LabIdentity *identity)
{
    if (identity == NULL)
        return;
    g_free(identity->id);
    g_ptr_array_unref(identity->names);
    g_ptr_array_unref(identity->values);
    g_free(identity);
}

/* ---- into a text ---- */

static const char *
lab_identity_value(const LabIdentity *identity, const char *name)
{
    for (guint i = 0; i < identity->names->len; i++)
        if (g_str_equal(g_ptr_array_index(identity->names, i), name))
            return g_ptr_array_index(identity->values, i);
    return NULL;
}

/* Names what there is; returns NULL. */
static char *
lab_identity_unknown(const LabIdentity *identity, const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (guint i = 0; i < identity->names->len; i++)
        g_string_append_printf(known, " %s", (char *)g_ptr_array_index(identity->names, i));
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                "${%s} stands for nothing; [id] has%s ($${ is a plain ${)", name, known->str);
    return NULL;
}

char *
lab_identity_expand(const LabIdentity *identity, const char *text, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (const char *dollar; (dollar = strstr(text, "${")) != NULL;) {
        const char *end = strchr(dollar, '}');
        g_autofree char *name = NULL;
        const char *value;

        g_string_append_len(out, text, dollar - text);
        text = dollar + strlen("${");
        if (out->len > 0 && dollar[-1] == '$' && out->str[out->len - 1] == '$') {
            g_string_append_c(out, '{'); /* the first $ of $${ is in place of the second */
            continue;
        }
        name = end != NULL ? g_strndup(text, (gsize)(end - text)) : g_strdup(text);
        value = end != NULL ? lab_identity_value(identity, name) : NULL;
        if (value == NULL)
            return lab_identity_unknown(identity, name, error);
        g_string_append(out, value);
        text = end + 1;
    }
    g_string_append(out, text);
    return g_string_free(g_steal_pointer(&out), FALSE);
}
