/* net/tls_inside.h - inside net/: what tls.c and seal.c share. */
#ifndef NET_TLS_INSIDE_H
#define NET_TLS_INSIDE_H

#include <gnutls/gnutls.h>

#include "net/tls.h"

struct NetTls {
    gnutls_certificate_credentials_t credentials;
};

#endif
