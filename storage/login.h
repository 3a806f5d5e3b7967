/* storage/login.h - a login step by step: what SMTP's AUTH, POP3's AUTH and IMAP's AUTHENTICATE
 * have in common (SASL, RFC 4422 §3).
 *
 *   mechanism > sasl_login_new() > sasl_login_take(response) > SASL_ASK: send the challenge, take
 *                                       ^                      |         the next response
 *                                       +----------------------+
 *                                                              > SASL_CHECK: have it checked
 *                                                              > SASL_BAD: not what was asked for
 *
 * The protocols differ only in the words around: "334 ", "+ ", how a client gives up.
 */
#ifndef STORAGE_LOGIN_H
#define STORAGE_LOGIN_H

#include "storage/sasl.h"

typedef struct SaslLogin SaslLogin;

typedef enum {
    SASL_ASK,    /* send the challenge */
    SASL_CHECK,  /* sasl_login_attempt() goes to store_sasl_check() */
    SASL_BAD,    /* no base64, or no message of this mechanism */
    SASL_BROKEN, /* the database: @error says why */
} SaslStep;

/* What a mechanism needs of the world. */
typedef struct SaslLoginHost {
    Store *store;
    const char *const *domains; /* tried in turn where the user gave no domain */
    Trace *trace;
    Stage stage;
} SaslLoginHost;

/* The mechanisms that may be offered: @plaintext where a password may cross this connection. In
 * the order of our preference: "SCRAM-SHA-256 PLAIN LOGIN". */
const char *sasl_mechanisms(gboolean plaintext);

/* NULL: @name is no mechanism that is offered. */
SaslLogin *sasl_login_new(const char *name, gboolean plaintext);
void sasl_login_free(SaslLogin *login);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaslLogin, sasl_login_free)
const char *sasl_login_name(const SaslLogin *login);

/**
 * sasl_login_take:
 * @response: base64; NULL: the client sent none with its command
 * @challenge: (out) (transfer full): base64, for SASL_ASK only
 */
SaslStep sasl_login_take(SaslLogin *login, const SaslLoginHost *host, const char *response,
                         char **challenge, GError **error);

/* After SASL_CHECK; owned by @login. */
const SaslTry *sasl_login_attempt(const SaslLogin *login);

#endif
