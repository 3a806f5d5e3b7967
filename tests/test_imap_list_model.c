/* tests/test_imap_list_model.c - random trees of mailboxes: does LIST say what its definition says?
 *
 * The server walks through the names once, in order, with no more than a branch in hand. Here each
 * name is looked at by itself, as RFC 9051 §6.3.9 puts it, with all others in sight: slow, and
 * plain.
 */
#include "tests/reader_world.h"

typedef struct Model {
    ReaderWorld *world;
    GHashTable *mailboxes, *subscribed; /* sets of names */
    GHashTable *names;                  /* both, and all levels above them */
} Model;

typedef struct Wish {
    gboolean subscribed, recursive, children;
    const char *pattern;
} Wish;

static void
model_free(Model *model)
{
    reader_world_free(model->world);
    g_hash_table_unref(model->mailboxes);
    g_hash_table_unref(model->subscribed);
    g_hash_table_unref(model->names);
    g_free(model);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Model, model_free)

static GHashTable *
set_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static Model *
model_new(void)
{
    static const char *const others[] = { "Archive", "Drafts", "Junk", "Sent", "Trash" };
    Model *model = g_new0(Model, 1);
    gint64 carol;
    g_autofree char *said = NULL;

    model->world = reader_world_new();
    model->mailboxes = set_new();
    model->subscribed = set_new();
    model->names = set_new();
    carol = model->world->carol->id;
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        store_mailbox_delete(model->world->store, carol, others[i], NULL);
        store_mailbox_subscribe(model->world->store, carol, others[i], FALSE, NULL);
    }
    g_hash_table_add(model->mailboxes, g_strdup("INBOX"));
    g_hash_table_add(model->subscribed, g_strdup("INBOX"));
    g_hash_table_add(model->names, g_strdup("INBOX"));
    model->world->imap_session =
        imap_session_new(&model->world->imap, "127.0.0.1", TRUE, NULL, NULL, NULL);
    said = reader_say(model->world, "a LOGIN carol sesame\r\n");
    g_assert_true(g_str_has_prefix(said, "a OK "));
    return model;
}

/* The name and all levels above it are known; the levels are mailboxes where @made. */
static void
model_know(Model *model, const char *name, gboolean made)
{
    g_autofree char *level = g_strdup(name);

    for (char *slash = level; slash != NULL; slash = strrchr(level, '/')) {
        if (slash != level)
            *slash = '\0';
        g_hash_table_add(model->names, g_strdup(level));
        if (made)
            g_hash_table_add(model->mailboxes, g_strdup(level));
    }
}

/* "a", "b/a", "a-/c": up to three levels of few names. */
static char *
random_name(GRand *random)
{
    static const char *const words[] = { "a", "b", "c", "a-", "ab" };
    GString *name = g_string_new(words[g_rand_int_range(random, 0, 5)]);

    while (name->len < 7 && g_rand_boolean(random))
        g_string_append_printf(name, "/%s", words[g_rand_int_range(random, 0, 5)]);
    return g_string_free(name, FALSE);
}

static void
model_change(Model *model, GRand *random)
{
    Store *store = model->world->store;
    gint64 carol = model->world->carol->id;
    g_autofree char *name = random_name(random);

    switch (g_rand_int_range(random, 0, 4)) {
    case 0:
    case 1:
        if (store_mailbox_create(store, carol, name, NULL))
            model_know(model, name, TRUE);
        break;
    case 2:
        if (store_mailbox_delete(store, carol, name, NULL))
            g_hash_table_remove(model->mailboxes, name);
        break;
    default:
        store_mailbox_subscribe(store, carol, name, TRUE, NULL);
        g_hash_table_add(model->subscribed, g_strdup(name));
        model_know(model, name, FALSE);
    }
}

/* ---- the definition ---- */

static gboolean
matches(const char *pattern, const char *name)
{
    if (*pattern == '\0')
        return *name == '\0';
    if (*pattern != '*' && *pattern != '%')
        return *pattern == *name && matches(pattern + 1, name + 1);
    return matches(pattern + 1, name) ||
           (*name != '\0' && (*pattern == '*' || *name != '/') && matches(pattern, name + 1));
}

/* Is a name of @set below @name: one that @pattern does not match, where there is a pattern? */
static gboolean
has_below(GHashTable *set, const char *name, const char *pattern)
{
    g_autofree char *start = g_strconcat(name, "/", NULL);
    GHashTableIter iter;
    gpointer other;

    g_hash_table_iter_init(&iter, set);
    while (g_hash_table_iter_next(&iter, &other, NULL))
        if (g_str_has_prefix(other, start) && (pattern == NULL || !matches(pattern, other)))
            return TRUE;
    return FALSE;
}

/* The line about @name, or NULL: it is not told. */
static char *
expected_line(const Model *model, const Wish *wish, const char *name)
{
    gboolean exists = g_hash_table_contains(model->mailboxes, name);
    gboolean subscribed = g_hash_table_contains(model->subscribed, name);
    gboolean children = has_below(model->mailboxes, name, NULL);
    gboolean told = wish->subscribed ? subscribed : exists;
    g_autoptr(GString) line = g_string_new(NULL);

    if (wish->recursive)
        told |= has_below(model->subscribed, name, wish->pattern);
    else if (!wish->subscribed && g_str_has_suffix(wish->pattern, "%"))
        told |= children;
    g_autofree char *upper = g_ascii_strup(wish->pattern, -1);
    if (!told || !matches(g_str_equal(name, "INBOX") ? upper : wish->pattern, name))
        return NULL;
    if (!exists)
        g_string_append(line, "\\NonExistent ");
    if (wish->children || (!exists && children))
        g_string_append(line, children ? "\\HasChildren " : "\\HasNoChildren ");
    if (wish->subscribed && subscribed)
        g_string_append(line, "\\Subscribed ");
    if (line->len > 0)
        g_string_truncate(line, line->len - 1);
    return g_strdup_printf("* LIST (%s) \"/\" \"%s\"%s", line->str, name,
                           wish->recursive && has_below(model->subscribed, name, NULL)
                               ? " (\"CHILDINFO\" (\"SUBSCRIBED\"))"
                               : "");
}

static gint
compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
expected_lines(const Model *model, const Wish *wish)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, model->names);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        char *line = expected_line(model, wish, name);

        if (line != NULL)
            g_ptr_array_add(lines, line);
    }
    g_ptr_array_sort(lines, compare);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

/* What the server says, by name. */
static char *
found_lines(Model *model, const Wish *wish)
{
    g_autofree char *command = g_strdup_printf(
        "b LIST (%s%s) \"\" \"%s\" RETURN (%s)\r\n", wish->subscribed ? "SUBSCRIBED" : "",
        wish->recursive ? " RECURSIVEMATCH" : "", wish->pattern, wish->children ? "CHILDREN" : "");
    g_autofree char *said = reader_say(model->world, command);
    g_auto(GStrv) lines = g_strsplit(said, "\r\n", -1);
    guint count = g_strv_length(lines);

    g_assert_cmpstr(lines[count - 2], ==, "b OK LIST completed");
    g_clear_pointer(&lines[count - 1], g_free);
    g_clear_pointer(&lines[count - 2], g_free);
    qsort(lines, count - 2, sizeof *lines, compare);
    return g_strjoinv("\n", lines);
}

static void
test_random(void)
{
    g_test_summary("RFC 9051 §6.3.9: random trees, subscriptions and patterns");
    static const char *const patterns[] = { "*",   "%",    "a*",  "%a", "*a",    "a/%", "%/%",
                                            "*/%", "a%/b", "%/a", "b",  "a/*/c", "*b%", "ab/%" };
    g_autoptr(GRand) random = g_rand_new_with_seed(9051);

    for (guint tree = 0; tree < 30; tree++) {
        g_autoptr(Model) model = model_new();
        guint changes = (guint)g_rand_int_range(random, 0, 40);

        for (guint i = 0; i < changes; i++)
            model_change(model, random);
        g_assert_true(store_commit(model->world->store, NULL));
        for (guint i = 0; i < G_N_ELEMENTS(patterns) * 6; i++) {
            const Wish wish = { i % 3 > 0, i % 3 > 1, i % 2 > 0, patterns[i / 6] };
            g_autofree char *expected = expected_lines(model, &wish);
            g_autofree char *found = found_lines(model, &wish);

            g_assert_cmpstr(found, ==, expected);
        }
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/list/random", test_random);
    return g_test_run();
}
