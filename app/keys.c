/* app/keys.c - the table of world keys, and how each kind of value is read.
 * Tests: tests/test_app_world.c
 */
#include "app/keys.h"

#include <stddef.h>
#include <string.h>
#include "app/ini.h"
#include "app/world.h"

#define W(field) offsetof(AppWorldFile, field)
#define H(field) offsetof(AppHostFile, field)

/* clang-format off */
static const AppKey keys[] = {
    /* section  name                     type               field                      default      choices              help */
    { "world", "state",                   APP_KEY_PATH,      W(state),                  "state",     NULL, "folder of databases, journal and control socket" },
    { "world", "smtp-port",               APP_KEY_PORT,      W(smtp_port),              "10025",     NULL, "where each host takes mail from other hosts; relays go there too" },
    { "world", "submission-port",         APP_KEY_PORT,      W(submission_port),        "10587",     NULL, "where each host takes mail from its own users" },
    { "world", "submissions-port",        APP_KEY_PORT,      W(submissions_port),       NULL,        NULL, "the same in TLS from the first octet (RFC 8314 §3.3; 465); none unless it is set" },
    { "world", "pop3-port",               APP_KEY_PORT,      W(pop3_port),              "10110",     NULL, "where users download their mail" },
    { "world", "pop3s-port",              APP_KEY_PORT,      W(pop3s_port),             NULL,        NULL, "the same in TLS from the first octet (RFC 8314 §3.1; 995); none unless it is set" },
    { "world", "imap-port",               APP_KEY_PORT,      W(imap_port),              "10143",     NULL, "where users read their mail on the server" },
    { "world", "imaps-port",              APP_KEY_PORT,      W(imaps_port),             NULL,        NULL, "the same in TLS from the first octet (RFC 8314 §3.2; 993); none unless it is set" },
    { "world", "resolver",                APP_KEY_TEXT,      W(resolver),               "127.0.0.53:10053", NULL, "the name servers to ask in turn, ADDRESS:PORT;ADDRESS:PORT, or: system" },
    { "world", "network",                 APP_KEY_CHOICE,    W(network),                "loopback",  "loopback simulated", "real sockets, or an in-memory network that is the same at each run" },
    { "world", "clock",                   APP_KEY_CHOICE,    W(clock),                  "real",      "real warp", "warp: idle time is skipped, so days take seconds" },
    { "world", "seed",                    APP_KEY_SEED,      W(seed),                   "1",         NULL, "where chance starts; the same seed, the same run" },
    { "world", "journal",                 APP_KEY_FLAG,      W(journal),                "on",        NULL, "write each event to the state folder" },
    { "world", "journal-size",            APP_KEY_SIZE,      W(journal_octets),         "256M",      NULL, "the oldest segments go beyond this" },
    { "dns",   "address",                 APP_KEY_TEXT,      W(dns_address),            "127.0.0.53", NULL, "where the lab's name server listens" },
    { "dns",   "port",                    APP_KEY_PORT,      W(dns_port),               "10053",     NULL, "and its port" },
    { "dns",   "zones",                   APP_KEY_PATHS,     W(zones),                  NULL,        NULL, "zone files it answers from" },
    { "scenario", "title",                APP_KEY_TEXT,      W(title),                  NULL,        NULL, "one line for demo --list" },
    { "scenario", "watch",                APP_KEY_TEXT,      W(watch),                  NULL,        NULL, "what to look out for" },
    { "scenario", "ending",               APP_KEY_TEXT,      W(ending),                 NULL,        NULL, "said at the end when all that was expected has been seen" },
    { "scenario", "expect",               APP_KEY_LIST,      W(expect),                 NULL,        NULL, "filters; some event must match each" },
    { "host",  "address",                 APP_KEY_TEXT,      H(address),                NULL,        NULL, "the address it listens on (required)" },
    { "host",  "domains",                 APP_KEY_LIST,      H(domains),                NULL,        NULL, "mail for these is delivered here" },
    { "host",  "accounts",                APP_KEY_LIST,      H(accounts),               NULL,        NULL, "USER:PASSWORD, made at the first start; lab worlds only" },
    { "host",  "aliases",                 APP_KEY_LIST,      H(aliases),                NULL,        NULL, "NAME: USER, USER: made at the first start" },
    { "host",  "catch-all",               APP_KEY_LIST,      H(catch_all),              NULL,        NULL, "addresses that take what no account of their domain does" },
    { "host",  "sub-address",             APP_KEY_TEXT,      H(subaddress),             "+",         NULL, "alice+shop is alice: what parts the user from a note of their own; empty: nothing does" },
    { "host",  "quota",                   APP_KEY_SIZE,      H(quota_octets),           "0",         NULL, "what may lie in all mailboxes of a user; beyond it 452 4.2.2; 0: no limit" },
    { "host",  "vrfy",                    APP_KEY_CHOICE,    H(vrfy),                   "users",     "off users on", "whom VRFY and EXPN tell who is here: nobody, users who logged in and trusted networks, or everybody" },
    { "host",  "connections-per-client",  APP_KEY_NUMBER,    H(connections_per_client), "50",        NULL, "SMTP connections of one address at once; one more is greeted with 421 4.7.0; 0: no limit" },
    { "host",  "messages-per-minute",     APP_KEY_NUMBER,    H(messages_per_minute),    "0",         NULL, "of one user or one address; one more gets 450 4.7.1 at MAIL; 0: no limit" },
    { "host",  "limit-loopback",          APP_KEY_FLAG,      H(limit_loopback),         "off",       NULL, "the two limits hold for clients of this machine, too (never for trusted networks)" },
    { "host",  "trusted-networks",        APP_KEY_LIST,      H(trusted_networks),       NULL,        NULL, "who may relay without AUTH: ADDRESS or ADDRESS/BITS" },
    { "host",  "relay-via",               APP_KEY_TEXT,      H(relay_via),              NULL,        NULL, "smart host: all remote mail goes there, HOST or ADDRESS:PORT" },
    { "host",  "routes",                  APP_KEY_LIST,      H(routes),                 NULL,        NULL, "DOMAIN: ADDRESS:PORT, instead of DNS" },
    { "host",  "retry",                   APP_KEY_DURATIONS, H(retry),                  "5m;10m;30m;1h;2h;4h", NULL, "waits between attempts, the last one repeats (RFC 5321 §4.5.4.1 asks for 30 minutes at least; shorter here for teaching)" },
    { "host",  "verify-domain",           APP_KEY_FLAG,      H(verify_domain),          "on",        NULL, "ask DNS at RCPT, and refuse domains that do not exist" },
    { "host",  "local-sender-needs-auth", APP_KEY_FLAG,      H(local_sender_needs_auth), "on",       NULL, "on port 25 our own users' addresses are refused as senders, but from trusted-networks; so is what an alias elsewhere forwards back to us (smtp/README.md)" },
    { "host",  "plaintext-auth",          APP_KEY_CHOICE,    H(plaintext_auth),         "loopback",  "loopback never", "who may send a password without TLS" },
    { "host",  "warn-after",              APP_KEY_DURATION,  H(warn_after_s),           "4h",        NULL, "when the sender is told that it takes long; 0: never" },
    { "host",  "give-up-after",           APP_KEY_DURATION,  H(give_up_after_s),        "5d",        NULL, "when a message that could not be passed on goes back" },
    { "host",  "give-up-tries",           APP_KEY_NUMBER,    H(give_up_tries),          "0",         NULL, "or after so many attempts; 0: no limit" },
    { "host",  "history",                 APP_KEY_DURATION,  H(history_s),              "7d",        NULL, "how long the queue remembers what was passed on or given up; 0: for ever" },
    { "host",  "peer-timeout",            APP_KEY_TEXT,      H(peer_timeout),           "rfc",       NULL, "rfc: five to ten minutes (RFC 5321 §4.5.3.2); or one duration for all replies" },
    { "host",  "max-message-size",        APP_KEY_SIZE,      H(max_message_octets),     "25M",       NULL, "larger messages are refused" },
    { "host",  "tls",                     APP_KEY_CHOICE,    H(tls),                    "optional",  "optional required off", "STARTTLS is offered, and used with hosts that offer it; required: our users must use it to submit" },
    { "host",  "relay-tls",               APP_KEY_CHOICE,    H(relay_tls),              "optional",  "optional required off", "towards other hosts: TLS where they offer it (RFC 3207); required: mail waits rather than go without; tls = off is off here, too" },
    { "host",  "relay-pipelining",        APP_KEY_FLAG,      H(relay_pipelining),       "on",        NULL, "towards other hosts: MAIL, RCPT and DATA go together where they offer it (RFC 2920); off: each command waits for its reply" },
    { "host",  "tls-certificate",         APP_KEY_PATH,      H(tls_certificate),        NULL,        NULL, "PEM file of its certificate chain; without it the lab's own authority makes one" },
    { "host",  "tls-key",                 APP_KEY_PATH,      H(tls_key),                NULL,        NULL, "PEM file of the key; without it looked for in tls-certificate" },
    { "host",  "archive",                 APP_KEY_FLAG,      H(archive),                "off",       NULL, "keep a copy of every message" },
    { "host",  "archive-keep",            APP_KEY_DURATION,  H(archive_keep_s),         "0d",        NULL, "how long copies are kept; 0: for ever" },
    { "host",  "filter",                  APP_KEY_PATH,      H(filter),                 NULL,        NULL, "file of filter rules" },
    { "host",  "allow-list",              APP_KEY_PATH,      H(allow_list),             NULL,        NULL, "file of clients and senders that no rule is tried on: addresses, domains, networks" },
    { "host",  "block-list",              APP_KEY_PATH,      H(block_list),             NULL,        NULL, "file of clients and senders that are refused before any rule is tried" },
    { "host",  "greylist",                APP_KEY_FLAG,      H(greylist),               "off",       NULL, "put off what a stranger delivers for the first time: 451 4.7.1 (RFC 6647)" },
    { "host",  "greylist-delay",          APP_KEY_DURATION,  H(greylist_delay_s),       "1m",        NULL, "who comes back sooner is put off again" },
    { "host",  "greylist-window",         APP_KEY_DURATION,  H(greylist_window_s),      "1d",        NULL, "who comes back later counts as a stranger again" },
    { "host",  "greylist-lifetime",       APP_KEY_DURATION,  H(greylist_lifetime_s),    "36d",       NULL, "a client that came back is known for so long after its last message" },
    { "host",  "smtp-port",               APP_KEY_PORT,      H(smtp_port),              NULL,        NULL, "instead of the world's" },
    { "host",  "submission-port",         APP_KEY_PORT,      H(submission_port),        NULL,        NULL, "instead of the world's" },
    { "host",  "pop3-port",               APP_KEY_PORT,      H(pop3_port),              NULL,        NULL, "instead of the world's" },
    { "host",  "imap-port",               APP_KEY_PORT,      H(imap_port),              NULL,        NULL, "instead of the world's" },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
};
/* clang-format on */

GQuark
app_error_quark(void)
{
    return g_quark_from_static_string("app-error");
}

const AppKey *
app_keys(void)
{
    return keys;
}

const AppKey *
app_key_find(const char *section, const char *name)
{
    for (const AppKey *key = keys; key->name != NULL; key++)
        if (g_str_equal(key->section, section) && g_str_equal(key->name, name))
            return key;
    return NULL;
}

const char *
app_key_suggest(const char *section, const char *name)
{
    const char *best = NULL;
    guint least = APP_INI_FAR;

    for (const AppKey *key = keys; key->name != NULL; key++) {
        guint distance = app_ini_distance(key->name, name);

        if (g_str_equal(key->section, section) && distance < least) {
            best = key->name;
            least = distance;
        }
    }
    return best;
}

/* "25M": digits, then one letter of @units, whose factors stand in @factors. */
static gboolean
app_read_with_unit(const char *text, const char *units, const guint64 *factors, guint64 *value)
{
    gsize digits = strspn(text, "0123456789");
    const char *unit = text[digits] == '\0' ? units : strchr(units, text[digits]);
    guint64 number;

    if (digits == 0 || unit == NULL || (text[digits] != '\0' && text[digits + 1] != '\0') ||
        !net_parse_number(text, (gssize)digits, G_MAXINT32, &number))
        return FALSE;
    *value = number * factors[unit - units];
    return TRUE;
}

gboolean
app_read_duration(const char *text, gint64 *seconds)
{
    static const guint64 factors[] = { 1, 60, 3600, 86400 };
    guint64 value;

    if (!app_read_with_unit(text, "smhd", factors, &value))
        return FALSE;
    *seconds = (gint64)value;
    return TRUE;
}

gboolean
app_read_size(const char *text, guint64 *octets)
{
    static const guint64 factors[] = { 1, 1024, 1024 * 1024, 1024 * 1024 * 1024 };

    return app_read_with_unit(text, "BKMG", factors, octets);
}

/* The items of "a; b;c", blanks around them dropped, empty ones left out. */
static char **
app_read_list(const char *text)
{
    g_auto(GStrv) pieces = g_strsplit(text, ";", -1);
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();

    for (char **piece = pieces; *piece != NULL; piece++)
        if (*g_strstrip(*piece) != '\0')
            g_strv_builder_add(list, *piece);
    return g_strv_builder_end(list);
}

static gboolean
app_read_choice(const AppKey *key, const char *text, guint *value)
{
    g_auto(GStrv) words = g_strsplit(key->choices, " ", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        if (g_str_equal(words[i], text)) {
            *value = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
app_read_durations(const char *text, GArray **value)
{
    g_auto(GStrv) list = app_read_list(text);
    g_autoptr(GArray) durations = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (char **item = list; *item != NULL; item++) {
        gint64 seconds;

        if (!app_read_duration(*item, &seconds) || seconds == 0)
            return FALSE;
        g_array_append_val(durations, seconds);
    }
    if (durations->len == 0)
        return FALSE;
    g_clear_pointer(value, g_array_unref);
    *value = g_steal_pointer(&durations);
    return TRUE;
}

static void
app_read_paths(const char *text, const char *folder, char ***value)
{
    char **paths = app_read_list(text);

    for (char **path = paths; *path != NULL; path++) {
        char *whole = g_canonicalize_filename(*path, folder);

        g_free(*path);
        *path = whole;
    }
    g_strfreev(*value);
    *value = paths;
}

static gboolean
app_key_wrong(GError **error, const AppKey *key, const char *text, const char *form)
{
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s = %s: %s", key->name, text, form);
    return FALSE;
}

static gboolean
app_choice_wrong(GError **error, const AppKey *key, const char *text)
{
    g_auto(GStrv) words = g_strsplit(key->choices, " ", -1);
    g_autofree char *named = g_strjoinv(", ", words);
    g_autofree char *form = g_strdup_printf("must be one of %s", named);

    return app_key_wrong(error, key, text, form);
}

static gboolean
app_key_read_number(const AppKey *key, const char *text, void *field, GError **error)
{
    guint64 max = key->type == APP_KEY_PORT     ? 65535
                  : key->type == APP_KEY_NUMBER ? G_MAXINT32
                                                : G_MAXINT64;
    guint64 number;

    if (!net_parse_number(text, -1, max, &number) || (key->type == APP_KEY_PORT && number == 0))
        return app_key_wrong(error, key, text,
                             key->type == APP_KEY_PORT ? "a port is a number from 1 to 65535"
                                                       : "must be a whole number");
    if (key->type == APP_KEY_PORT)
        *(guint16 *)field = (guint16)number;
    else if (key->type == APP_KEY_NUMBER)
        *(guint *)field = (guint)number;
    else
        *(guint64 *)field = number;
    return TRUE;
}

gboolean
app_key_read(const AppKey *key, const char *text, const char *folder, void *record, GError **error)
{
    void *field = (char *)record + key->offset;

    switch (key->type) {
    case APP_KEY_TEXT:
        g_free(*(char **)field);
        *(char **)field = *text != '\0' ? g_strdup(text) : NULL;
        return TRUE;
    case APP_KEY_PATH:
        g_free(*(char **)field);
        *(char **)field = *text == '\0'     ? NULL
                          : *folder == '\0' ? g_strdup(text)
                                            : g_canonicalize_filename(text, folder);
        return TRUE;
    case APP_KEY_LIST:
        g_strfreev(*(char ***)field);
        *(char ***)field = app_read_list(text);
        return TRUE;
    case APP_KEY_PATHS: app_read_paths(text, folder, field); return TRUE;
    case APP_KEY_FLAG:
        *(gboolean *)field = g_str_equal(text, "on");
        return g_str_equal(text, "on") || g_str_equal(text, "off") ||
               app_key_wrong(error, key, text, "must be on or off");
    case APP_KEY_CHOICE:
        return app_read_choice(key, text, field) || app_choice_wrong(error, key, text);
    case APP_KEY_SIZE:
        return app_read_size(text, field) ||
               app_key_wrong(error, key, text, "a size is a number and K, M or G, such as 25M");
    case APP_KEY_DURATION:
        return app_read_duration(text, field) ||
               app_key_wrong(error, key, text, "a time is a number and s, m, h or d, such as 4h");
    case APP_KEY_DURATIONS:
        return app_read_durations(text, field) ||
               app_key_wrong(error, key, text, "a list of times above zero, such as 5m;10m;1h");
    default: return app_key_read_number(key, text, field, error);
    }
}

void
app_keys_init(const char *section, void *record)
{
    for (const AppKey *key = keys; key->name != NULL; key++) {
        g_autoptr(GError) error = NULL;

        if (!g_str_equal(key->section, section))
            continue;
        if (key->type == APP_KEY_LIST || key->type == APP_KEY_PATHS)
            *(char ***)((char *)record + key->offset) = g_new0(char *, 1);
        if (key->value != NULL && !app_key_read(key, key->value, "", record, &error))
            g_error("default of %s: %s", key->name, error->message);
    }
}

void
app_keys_clear(const char *section, void *record)
{
    for (const AppKey *key = keys; key->name != NULL; key++) {
        void *field = (char *)record + key->offset;

        if (!g_str_equal(key->section, section))
            continue;
        if (key->type == APP_KEY_TEXT || key->type == APP_KEY_PATH)
            g_clear_pointer((char **)field, g_free);
        else if (key->type == APP_KEY_LIST || key->type == APP_KEY_PATHS)
            g_clear_pointer((char ***)field, g_strfreev);
        else if (key->type == APP_KEY_DURATIONS)
            g_clear_pointer((GArray **)field, g_array_unref);
    }
}

char *
app_keys_help(void)
{
    GString *text = g_string_new(NULL);
    const char *section = "";

    for (const AppKey *key = keys; key->name != NULL; key++) {
        if (!g_str_equal(key->section, section))
            g_string_append_printf(text, "%s[%s%s]\n", *section != '\0' ? "\n" : "", key->section,
                                   g_str_equal(key->section, "host") ? " NAME" : "");
        section = key->section;
        g_string_append_printf(text, "  %-24s %s", key->name, key->help);
        if (key->choices != NULL)
            g_string_append_printf(text, " (%s)", key->choices);
        if (key->value != NULL)
            g_string_append_printf(text, " [%s]", key->value);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
