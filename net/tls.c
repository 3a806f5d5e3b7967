/* net/tls.c - certificates and keys: reading them, and making a lab's own.
 *
 *   authority.pem       the lab's authority: its certificate; clients are told to trust it
 *   authority-key.pem   what signs; read only while a host's certificate is made
 *   HOST.pem            a host's certificate and its key
 *
 * Start reading at net_tls_make() and net_tls_new(). Tests: tests/test_net_tls.c,
 * tests/test_net_tls_files.c
 */
#include "net/tls_inside.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#define NET_TLS_DAY_S      (24 * 60 * 60)
#define NET_TLS_YEARS_S    (10 * 365 * (gint64)NET_TLS_DAY_S)
#define NET_TLS_SERIAL     16   /* octets: so long that no two are ever the same */
#define NET_TLS_PEM_OCTETS 8192 /* more than a key or a certificate of ours has */

/* How its PEM block ends. */
#define NET_TLS_CERTIFICATE_END "-----END CERTIFICATE-----\n"
#define NET_TLS_KEY_END         "PRIVATE KEY-----\n"

/* TRUE where @code is no failure. */
static gboolean
net_tls_check(int code, const char *what, GError **error)
{
    if (code >= 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, gnutls_strerror(code));
    return FALSE;
}

/* ---- reading ---- */

static gboolean
net_tls_trust(NetTls *tls, const char *authority, GError **error)
{
    int count = authority == NULL ? gnutls_certificate_set_x509_system_trust(tls->credentials)
                                  : gnutls_certificate_set_x509_trust_file(
                                        tls->credentials, authority, GNUTLS_X509_FMT_PEM);

    /* A machine without a list of authorities believes nobody; it can still seal. */
    return authority == NULL || net_tls_check(count, authority, error);
}

NetTls *
net_tls_new(const char *certificate, const char *key, const char *authority, GError **error)
{
    g_autoptr(NetTls) tls = g_new0(NetTls, 1);
    int code;

    gnutls_certificate_allocate_credentials(&tls->credentials);
    /* A lab's own certificate and key were made together. Others are tried on one another. */
    if (authority != NULL)
        gnutls_certificate_set_flags(tls->credentials, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
    code = gnutls_certificate_set_x509_key_file(tls->credentials, certificate, key,
                                                GNUTLS_X509_FMT_PEM);
    if (!net_tls_check(code, certificate, error) || !net_tls_trust(tls, authority, error))
        return NULL;
    return g_steal_pointer(&tls);
}

void
net_tls_free(NetTls *tls)
{
    if (tls == NULL)
        return;
    gnutls_certificate_free_credentials(tls->credentials);
    g_free(tls);
}

/* ---- making ---- */

/* A certificate and its key, while they are made. */
typedef struct NetTlsPair {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
} NetTlsPair;

static void
net_tls_pair_clear(NetTlsPair *pair)
{
    if (pair->certificate != NULL)
        gnutls_x509_crt_deinit(pair->certificate);
    if (pair->key != NULL)
        gnutls_x509_privkey_deinit(pair->key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NetTlsPair, net_tls_pair_clear)

/* Nobody waits for the disk: what a power cut leaves half written is made again. */
static gboolean
net_tls_save(const char *path, const char *text, GError **error)
{
    return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error);
}

/* Is the file there, to the @end of its last PEM block? */
static gboolean
net_tls_is_whole(const char *path, const char *end)
{
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) && g_str_has_suffix(text, end);
}

/* A host's certificate that is older than the authority was signed by one that is gone. */
static gboolean
net_tls_is_older(const char *path, const char *authority)
{
    GStatBuf own, other;

    return g_stat(path, &own) == 0 && g_stat(authority, &other) == 0 &&
           own.st_mtime < other.st_mtime;
}

static char *
net_tls_certificate_text(const NetTlsPair *pair)
{
    char text[NET_TLS_PEM_OCTETS];
    size_t length = sizeof text;

    gnutls_x509_crt_export(pair->certificate, GNUTLS_X509_FMT_PEM, text, &length);
    return g_strndup(text, length);
}

static char *
net_tls_key_text(const NetTlsPair *pair)
{
    char text[NET_TLS_PEM_OCTETS];
    size_t length = sizeof text;

    gnutls_x509_privkey_export(pair->key, GNUTLS_X509_FMT_PEM, text, &length);
    return g_strndup(text, length);
}

/* What every certificate of ours has: a new key, a number, a name, a time. */
static gboolean
net_tls_begin(NetTlsPair *pair, const char *name, gint64 now_s, GError **error)
{
    guint8 serial[NET_TLS_SERIAL];
    unsigned bits = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    int code;

    gnutls_x509_crt_init(&pair->certificate);
    gnutls_x509_privkey_init(&pair->key);
    code = gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_ECDSA, bits, 0);
    if (!net_tls_check(code, "cannot make a key", error))
        return FALSE;
    gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] &= 0x7f; /* a positive number */
    gnutls_x509_crt_set_version(pair->certificate, 3);
    gnutls_x509_crt_set_serial(pair->certificate, serial, sizeof serial);
    gnutls_x509_crt_set_activation_time(pair->certificate, now_s - NET_TLS_DAY_S);
    gnutls_x509_crt_set_expiration_time(pair->certificate, now_s + NET_TLS_YEARS_S);
    gnutls_x509_crt_set_dn_by_oid(pair->certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                  strlen(name));
    return net_tls_check(gnutls_x509_crt_set_key(pair->certificate, pair->key),
                         "cannot make a certificate", error);
}

static gboolean
net_tls_make_authority(const char *path, const char *key_path, gint64 now_s, GError **error)
{
    g_auto(NetTlsPair) pair = { 0 };
    g_autofree char *certificate = NULL, *key = NULL;

    if (!net_tls_begin(&pair, "Glasspost lab authority", now_s, error))
        return FALSE;
    gnutls_x509_crt_set_basic_constraints(pair.certificate, 1, 0);
    gnutls_x509_crt_set_key_usage(pair.certificate, GNUTLS_KEY_KEY_CERT_SIGN);
    if (!net_tls_check(gnutls_x509_crt_sign2(pair.certificate, pair.certificate, pair.key,
                                             GNUTLS_DIG_SHA256, 0),
                       "cannot sign", error))
        return FALSE;
    certificate = net_tls_certificate_text(&pair);
    key = net_tls_key_text(&pair);
    return net_tls_save(key_path, key, error) && net_tls_save(path, certificate, error);
}

static gboolean
net_tls_read_authority(NetTlsPair *pair, const char *path, const char *key_path, GError **error)
{
    g_autofree char *certificate = NULL, *key = NULL;
    gsize certificate_length, key_length;

    if (!g_file_get_contents(path, &certificate, &certificate_length, error) ||
        !g_file_get_contents(key_path, &key, &key_length, error))
        return FALSE;
    gnutls_datum_t certificate_text = { (unsigned char *)certificate, certificate_length };
    gnutls_datum_t key_text = { (unsigned char *)key, key_length };

    gnutls_x509_crt_init(&pair->certificate);
    gnutls_x509_privkey_init(&pair->key);
    return net_tls_check(
               gnutls_x509_crt_import(pair->certificate, &certificate_text, GNUTLS_X509_FMT_PEM),
               path, error) &&
           net_tls_check(gnutls_x509_privkey_import(pair->key, &key_text, GNUTLS_X509_FMT_PEM),
                         key_path, error);
}

/* By its name, and by its address: in a lab people dial addresses. */
static void
net_tls_set_names(gnutls_x509_crt_t certificate, const char *host, const char *address)
{
    g_autoptr(GInetAddress) number = NULL;

    gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, host, strlen(host),
                                         GNUTLS_FSAN_SET);
    if (address != NULL)
        number = g_inet_address_new_from_string(address);
    if (number != NULL)
        gnutls_x509_crt_set_subject_alt_name(
            certificate, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes(number),
            g_inet_address_get_native_size(number), GNUTLS_FSAN_APPEND);
}

static gboolean
net_tls_make_host(const char *path, const NetTlsPair *authority, const char *host,
                  const char *address, gint64 now_s, GError **error)
{
    g_auto(NetTlsPair) pair = { 0 };
    g_autofree char *certificate = NULL, *key = NULL, *both = NULL;

    if (!net_tls_begin(&pair, host, now_s, error))
        return FALSE;
    net_tls_set_names(pair.certificate, host, address);
    gnutls_x509_crt_set_key_usage(pair.certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    gnutls_x509_crt_set_key_purpose_oid(pair.certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    if (!net_tls_check(gnutls_x509_crt_sign2(pair.certificate, authority->certificate,
                                             authority->key, GNUTLS_DIG_SHA256, 0),
                       "cannot sign", error))
        return FALSE;
    certificate = net_tls_certificate_text(&pair);
    key = net_tls_key_text(&pair);
    both = g_strconcat(certificate, key, NULL);
    return net_tls_save(path, both, error);
}

gboolean
net_tls_make(const char *folder, const char *host, const char *address, gint64 now_s,
             GError **error)
{
    g_autofree char *path = g_build_filename(folder, NET_TLS_AUTHORITY, NULL);
    g_autofree char *key_path = g_build_filename(folder, "authority-key.pem", NULL);
    g_autofree char *file = g_strconcat(host, ".pem", NULL);
    g_autofree char *host_path = g_build_filename(folder, file, NULL);
    g_auto(NetTlsPair) authority = { 0 };

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", folder,
                    g_strerror(errno));
        return FALSE;
    }
    if (net_tls_is_whole(path, NET_TLS_CERTIFICATE_END) &&
        net_tls_is_whole(host_path, NET_TLS_KEY_END) && !net_tls_is_older(host_path, path))
        return TRUE;
    if ((!net_tls_is_whole(path, NET_TLS_CERTIFICATE_END) ||
         !net_tls_is_whole(key_path, NET_TLS_KEY_END)) &&
        !net_tls_make_authority(path, key_path, now_s, error))
        return FALSE;
    return net_tls_read_authority(&authority, path, key_path, error) &&
           net_tls_make_host(host_path, &authority, host, address, now_s, error);
}
