/* smtp/filter_list.c - reads a list of addresses, domains and networks, and looks in it.
 *
 * Names are found by a hash, so that a list may be long; networks, of which there are few, are
 * compared one after the other.
 *
 * Tests: tests/test_smtp_filter_rules.c
 */
#include "smtp/filter_list.h"

#include <gio/gio.h>
#include <string.h>

#include "smtp/connect.h"
#include "smtp/split.h"

#define SMTP_LIST_FILE_MAX     (8 * 1024 * 1024)
#define SMTP_LIST_NETWORKS_MAX 1000
#define SMTP_LIST_LABELS_MAX   128 /* a domain has no more (RFC 1035 §2.3.4: 255 octets) */

struct SmtpList {
    GHashTable *names;   /* addresses and domains, lower case; a set */
    GPtrArray *networks; /* of text: "10.0.0.0/8", and single clients */
};

void
smtp_list_free(SmtpList *list)
{
    if (list == NULL)
        return;
    g_hash_table_unref(list->names);
    g_ptr_array_unref(list->networks);
    g_free(list);
}

/* ---- reading ---- */

/* An address with @, or a domain: both are read as an address is (RFC 5321 §4.1.2). */
static gboolean
smtp_list_is_name(const char *entry)
{
    g_autofree char *as_address =
        strchr(entry, '@') != NULL ? g_strdup(entry) : g_strconcat("x@", entry, NULL);
    g_autoptr(SmtpAddress) address = smtp_split_address(as_address, NULL);

    return address != NULL;
}

/* A client's address is in a network that begins with it, if it is one at all. */
static gboolean
smtp_list_is_network(const char *entry)
{
    g_autofree char *base = g_strndup(entry, strcspn(entry, "/"));

    return smtp_connect_in_network(base, entry);
}

static gboolean
smtp_list_wrong(const char *name, guint line, const char *entry, const char *what, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s:%u: '%.80s': %s", name, line, entry,
                what);
    return FALSE;
}

static gboolean
smtp_list_add(SmtpList *list, const char *name, guint line, const char *entry, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(entry, -1);

    if (g_hash_table_size(list->names) + list->networks->len >= SMTP_LIST_MAX)
        return smtp_list_wrong(name, line, entry, "a list has at most 100000 entries", error);
    if (!g_utf8_validate(entry, -1, NULL) || strpbrk(entry, " \t") != NULL)
        return smtp_list_wrong(name, line, "...", "one entry a line, without blanks in it", error);
    if (smtp_list_is_network(lower)) {
        if (list->networks->len >= SMTP_LIST_NETWORKS_MAX)
            return smtp_list_wrong(name, line, entry, "a list has at most 1000 networks", error);
        g_ptr_array_add(list->networks, g_steal_pointer(&lower));
        return TRUE;
    }
    if (strchr(lower, '/') != NULL)
        return smtp_list_wrong(name, line, entry,
                               "not a network: ADDRESS/BITS, such as 10.0.0.0/8 or fd00::/8",
                               error);
    if (!smtp_list_is_name(*lower == '.' ? lower + 1 : lower))
        return smtp_list_wrong(name, line, entry,
                               "not an address (spam@prize.example), a domain (prize.example, or "
                               ".prize.example for those below it) or a client (127.0.0.66)",
                               error);
    g_hash_table_add(list->names, g_steal_pointer(&lower));
    return TRUE;
}

SmtpList *
smtp_list_parse(const char *name, const char *text, GError **error)
{
    g_autoptr(SmtpList) list = g_new0(SmtpList, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    list->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    list->networks = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; lines[i] != NULL; i++) {
        char *comment = strchr(lines[i], '#');

        if (comment != NULL)
            *comment = '\0';
        if (*g_strstrip(lines[i]) != '\0' && !smtp_list_add(list, name, i + 1, lines[i], error))
            return NULL;
    }
    return g_steal_pointer(&list);
}

SmtpList *
smtp_list_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;

    if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "%s: not a file of lines",
                    path);
        return NULL;
    }
    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    if (length > SMTP_LIST_FILE_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: a list has at most 8 MB",
                    path);
        return NULL;
    }
    return smtp_list_parse(path, text, error);
}

/* ---- looking ---- */

static const char *
smtp_list_name(const SmtpList *list, const char *name)
{
    gpointer entry;

    return g_hash_table_lookup_extended(list->names, name, &entry, NULL) ? entry : NULL;
}

/* "prize.example" for itself, ".prize.example" for what is below it. */
static const char *
smtp_list_domain(const SmtpList *list, const char *domain)
{
    const char *found = smtp_list_name(list, domain), *dot = domain;

    for (guint i = 0; found == NULL && i < SMTP_LIST_LABELS_MAX; i++) {
        dot = strchr(dot, '.');
        if (dot == NULL)
            break;
        found = smtp_list_name(list, dot);
        dot++;
    }
    return found;
}

const char *
smtp_list_find(const SmtpList *list, const char *text)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);
    const char *at = strrchr(lower, '@');
    const char *found = smtp_list_name(list, lower);

    if (found == NULL)
        found = smtp_list_domain(list, at != NULL ? at + 1 : lower);
    for (guint i = 0; found == NULL && at == NULL && i < list->networks->len; i++)
        if (smtp_connect_in_network(lower, g_ptr_array_index(list->networks, i)))
            found = g_ptr_array_index(list->networks, i);
    return found;
}
