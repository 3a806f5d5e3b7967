/* app/world.h - the world file: which hosts there are, and how they behave.
 *
 *     [world]                    ports, network, clock, journal
 *     [dns]                      the lab's name server and its zones
 *     [host mx.north.example]    one a mail host
 *     [scenario]                 for the demo: title, what to expect
 *     [script]                   TIME COMMAND, a line each
 *
 * An INI file (GKeyFile); before it is read, a pass of our own notes the line of each key and
 * refuses what stands twice. Unknown keys are errors with file, line and a suggestion.
 */
#ifndef APP_WORLD_H
#define APP_WORLD_H

#include "app/keys.h"
#include "smtp/smtp.h"

typedef enum { APP_NETWORK_LOOPBACK, APP_NETWORK_SIMULATED } AppNetwork;
typedef enum { APP_CLOCK_REAL, APP_CLOCK_WARP } AppClock;
typedef enum { APP_AUTH_LOOPBACK, APP_AUTH_NEVER } AppPlaintextAuth;

typedef struct AppHostFile { /* one [host NAME] */
    char *name;
    char *address;
    char **domains;
    char **accounts; /* "alice:wonderland" */
    char **aliases;  /* "sales: alice, bob" */
    char **catch_all;
    char *subaddress;
    guint64 quota_octets;
    guint vrfy; /* SmtpVrfy */
    guint connections_per_client, messages_per_minute;
    gboolean limit_loopback;
    char **trusted_networks;
    char *relay_via;
    char **routes;
    GArray *retry;
    gboolean verify_domain;
    gboolean local_sender_needs_auth;
    guint plaintext_auth;
    gint64 warn_after_s;
    gint64 give_up_after_s;
    char *peer_timeout; /* "rfc" or a duration */
    guint give_up_tries;
    gint64 history_s;
    guint64 max_message_octets;
    guint tls;       /* SmtpTls */
    guint relay_tls; /* SmtpTls */
    gboolean relay_pipelining;
    char *tls_certificate, *tls_key;
    gboolean archive;
    gint64 archive_keep_s;
    char *filter;
    char *allow_list, *block_list;
    gboolean greylist;
    gint64 greylist_delay_s, greylist_window_s, greylist_lifetime_s;
    guint16 smtp_port, submission_port, pop3_port, imap_port; /* 0: as the world's */
} AppHostFile;

typedef struct AppScriptLine {
    gint64 at_us;  /* since the world's start */
    char *command; /* "send alice@north.example carol@south.example" */
    int line;      /* in the file */
} AppScriptLine;

typedef struct AppWorldFile {
    char *path;          /* of the file */
    char *folder;        /* it lies in */
    char *text;          /* whole; goes into the journal's header */
    guint overlay_after; /* so many lines of the text stand before the overlay; 0: there is none */
    /* GBytes by name: what commands call by it, where the world came out of a journal (app/whatif.h).
     * NULL: they read from the disk. */
    GHashTable *files;
    /* [world] */
    char *state;
    guint16 smtp_port, submission_port, pop3_port, imap_port;
    guint16 submissions_port, pop3s_port, imaps_port; /* 0: none */
    char *resolver;
    guint network; /* AppNetwork */
    guint clock;   /* AppClock */
    guint64 seed;
    gboolean journal;
    guint64 journal_octets;
    /* [dns] */
    gboolean has_dns;
    char *dns_address;
    guint16 dns_port;
    char **zones;
    /* [scenario] */
    char *title;
    char *watch;       /* what to look out for, one sentence */
    char *ending;      /* said when all of expect was seen */
    char **expect;     /* filters, each of which some event must match */
    GPtrArray *hosts;  /* AppHostFile */
    GPtrArray *script; /* AppScriptLine, by time */
} AppWorldFile;

/* NULL and @error "FILE:LINE: what". @overlay: a second file whose keys come on top (a demo
 * scenario), or NULL. */
AppWorldFile *app_world_load(const char *path, const char *overlay, GError **error);
void app_world_free(AppWorldFile *world);
/* Puts @command before the script's own lines, at the world's start. */
void app_world_begin_with(AppWorldFile *world, const char *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AppWorldFile, app_world_free)

/* Ports from a base: 25, 587, 465, 110, 995, 143, 993 and 53 are added to it (--ports BASE). */
void app_world_set_ports(AppWorldFile *world, guint16 base);
AppHostFile *app_world_host(const AppWorldFile *world, const char *name);
/* The host whose domains hold @domain, or NULL. */
AppHostFile *app_world_host_of_domain(const AppWorldFile *world, const char *domain);
/* The port of @host for "smtp", "submission", "submissions", "pop3", "pop3s", "imap" or "imaps"; 0: not
 * served. */
guint16 app_world_port(const AppWorldFile *world, const AppHostFile *host, const char *service);
/* The password of "alice@north.example" as the file gives it (lab worlds only), or NULL. */
char *app_world_password(const AppWorldFile *world, const char *address);

#define APP_ERROR (app_error_quark())
GQuark app_error_quark(void);
typedef enum { APP_ERROR_USAGE, APP_ERROR_FAILED } AppError;

#endif
