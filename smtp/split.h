/* smtp/split.h - which user, which domain? "user@domain" taken apart (RFC 5321 §4.1.2). */
#ifndef SMTP_SPLIT_H
#define SMTP_SPLIT_H

#include "smtp/smtp.h"

typedef struct SmtpAddress {
    char *local;      /* as the sender wrote it, quotes removed */
    char *domain;     /* lower case; "[127.0.0.2]" for a literal; "" for <postmaster> */
    char *full;       /* written again so that it parses: quotes where they are needed */
    gboolean quoted;  /* the local part was written in quotes */
    gboolean literal; /* the domain is an address literal */
} SmtpAddress;

SmtpAddress *smtp_address_copy(const SmtpAddress *address);
void smtp_address_free(SmtpAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpAddress, smtp_address_free)

/* An address without angle brackets. @error: the rule it breaks, for the reply's text. */
SmtpAddress *smtp_split_address(const char *text, GError **error);

/**
 * smtp_split_path:
 * @text: "<@hop:user@domain> SIZE=100": a path and what follows; source routes are dropped
 *   (RFC 5321 §4.1.1.3, Appendix C)
 * @rest: (out): the first octet after the path
 *
 * Returns: the address; for the null path "<>" one with empty local, domain and full; NULL with
 * @error
 */
SmtpAddress *smtp_split_path(const char *text, const char **rest, GError **error);

#endif
