/* app/change_dns.c - one record more, another or fewer, in the zone file of a world that runs again.
 *
 *   text of the zone --entries--> those of NAME and TYPE are left out --> the new record at the end
 *
 * The zone's text stays what it was but for that, so a server says what it said before. An entry that
 * begins with a blank has the owner of the one before it; if that one goes, the owner is written out.
 *
 * Start reading at app_change_dns(). Tests: tests/test_whatif.c
 */
#include "app/change.h"

#include <string.h>
#include "dns/zone.h"
#include "dns/zone_words.h"

typedef struct AppZoneChange {
    char *name; /* without its final dot */
    DnsType type;
    gboolean keeps; /* what is there stays beside it */
    DnsZoneWords words;
    char *origin; /* "north.example." */
    char *owner;  /* of the entry, whole, with its dot; NULL: none yet */
    gboolean cut; /* the entry before was left out */
    guint dropped;
    GString *out;
} AppZoneChange;

/* "mx" > "mx.north.example." */
static char *
app_zone_whole(const AppZoneChange *zone, const char *word)
{
    const char *origin = zone->origin != NULL ? zone->origin : ".";

    if (g_str_has_suffix(word, "."))
        return g_strdup(word);
    if (g_str_equal(word, "@"))
        return g_strdup(origin);
    return g_strdup_printf("%s.%s", word, g_str_equal(origin, ".") ? "" : origin);
}

static gboolean
app_zone_is_owner(const AppZoneChange *zone)
{
    gsize length = strlen(zone->name);

    return zone->owner != NULL && g_ascii_strncasecmp(zone->owner, zone->name, length) == 0 &&
           g_str_equal(zone->owner + length, ".");
}

/* The type stands after an owner, a time and a class, of which none need be there. */
static DnsType
app_zone_type(const AppZoneChange *zone)
{
    guint first = zone->words.indented ? 0 : 1;

    for (guint i = first; i < zone->words.list->len && i < first + 3; i++) {
        DnsType type = dns_type_from_name(g_ptr_array_index(zone->words.list, i));

        if (type != 0)
            return type;
    }
    return 0;
}

/* Takes the entry that was just read, of the text from @from to @to. */
static void
app_zone_entry(AppZoneChange *zone, const char *from, const char *to)
{
    GPtrArray *list = zone->words.list;
    const char *first = list->len > 0 ? g_ptr_array_index(list, 0) : "";
    gboolean control = *first == '$';

    if (control && g_ascii_strcasecmp(first, "$ORIGIN") == 0 && list->len > 1) {
        char *origin = app_zone_whole(zone, g_ptr_array_index(list, 1));

        g_free(zone->origin);
        zone->origin = origin;
    } else if (list->len > 0 && !control && !zone->words.indented) {
        g_free(zone->owner);
        zone->owner = app_zone_whole(zone, first);
        zone->cut = FALSE;
    }
    if (list->len > 0 && !control && !zone->keeps && app_zone_is_owner(zone) &&
        app_zone_type(zone) == zone->type) {
        zone->cut = TRUE;
        zone->dropped++;
        return;
    }
    if (list->len > 0 && !control && zone->words.indented && zone->cut && zone->owner != NULL) {
        g_string_append(zone->out, zone->owner);
        zone->cut = FALSE;
    }
    g_string_append_len(zone->out, from, to - from);
}

/* The zone's text without the records that are replaced. */
static gboolean
app_zone_rewrite(AppZoneChange *zone, const char *text, gsize length, GError **error)
{
    zone->words = (DnsZoneWords){ .file = "zone",
                                  .at = text,
                                  .end = text + length,
                                  .line = 1,
                                  .list = g_ptr_array_new_with_free_func(g_free) };
    while (zone->words.at < zone->words.end) {
        const char *from = zone->words.at;

        if (!dns_zone_words_next(&zone->words, error))
            return FALSE;
        app_zone_entry(zone, from, zone->words.at);
    }
    return TRUE;
}

static void
app_zone_change_clear(AppZoneChange *zone)
{
    g_free(zone->name);
    g_clear_pointer(&zone->words.list, g_ptr_array_unref);
    g_free(zone->origin);
    g_free(zone->owner);
    if (zone->out != NULL)
        g_string_free(zone->out, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppZoneChange, app_zone_change_clear)

/* The zone file that answers for the name: of several, the one nearest to it. */
static const char *
app_zone_path(const AppRerun *rerun, const char *name, GError **error)
{
    g_autoptr(GPtrArray) zones = app_run_load_zones(rerun->file, error);
    const DnsZone *found = zones != NULL ? dns_zones_find(zones, name) : NULL;

    for (guint i = 0; found != NULL && i < zones->len; i++)
        if (g_ptr_array_index(zones, i) == found)
            return rerun->file->zones[i];
    if (zones != NULL)
        app_change_wrong(error, "no zone of this world has %s in it", name);
    return NULL;
}

/* @value: "" for none. */
static gboolean
app_zone_write(AppZoneChange *zone, const char *path, const char *value, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(DnsZone) trial = NULL;
    g_autoptr(GError) wrong = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, error))
        return FALSE;
    zone->out = g_string_new(NULL);
    if (!app_zone_rewrite(zone, text, length, &wrong))
        return app_change_wrong(error, "%s", wrong->message);
    if (*value == '\0' && zone->dropped == 0)
        return app_change_wrong(error, "%s has no record of type %s", zone->name,
                                dns_type_name(zone->type));
    /* Names in a change are whole: nobody sees the zone they are written into. */
    if (*value != '\0')
        g_string_append_printf(zone->out, "\n$ORIGIN .\n%s. IN %s %s\n", zone->name,
                               dns_type_name(zone->type), value);
    trial = dns_zone_parse("zone", zone->out->str, (gssize)zone->out->len, &wrong);
    if (trial == NULL)
        return app_change_wrong(error, "dns: %s", strchr(wrong->message, ' ') + 1);
    return g_file_set_contents(path, zone->out->str, (gssize)zone->out->len, error);
}

gboolean
app_change_dns(AppRerun *rerun, const char *words, GError **error)
{
    gboolean goes = *words == '-', joins = *words == '+';
    g_auto(GStrv) parts = g_strsplit_set(words + (goes || joins ? 1 : 0), " ", 3);
    const char *value = g_strv_length(parts) == 3 ? g_strstrip(parts[2]) : "";
    g_auto(AppZoneChange) zone = { .keeps = joins };
    const char *path;

    if (g_strv_length(parts) < 2 || (*value == '\0') != goes)
        return app_change_wrong(error, "dns takes NAME TYPE VALUE, +NAME TYPE VALUE or -NAME TYPE");
    zone.name = g_strndup(parts[0], strlen(parts[0]) - (g_str_has_suffix(parts[0], ".") ? 1 : 0));
    zone.type = dns_type_from_name(parts[1]);
    if (zone.type == 0 || zone.type == DNS_ANY || zone.type == DNS_SOA)
        return app_change_wrong(error,
                                "dns: %s is no type that can be changed; there are A AAAA MX "
                                "CNAME TXT NS PTR",
                                parts[1]);
    path = app_zone_path(rerun, zone.name, error);
    return path != NULL && app_zone_write(&zone, path, value, error);
}
