/* smtp/filter_list.h - a file of addresses, domains and networks: who is allowed, who is blocked.
 *
 *     # one a line
 *     spam@prize.example     an address
 *     prize.example          all addresses of a domain
 *     .prize.example         and those of the domains below it
 *     127.0.0.66             a client
 *     10.0.0.0/8             all clients of a network
 */
#ifndef SMTP_FILTER_LIST_H
#define SMTP_FILTER_LIST_H

#include <glib.h>

#define SMTP_LIST_MAX 100000 /* entries */

typedef struct SmtpList SmtpList;

/* NULL and @error "FILE:LINE: what". */
SmtpList *smtp_list_load(const char *path, GError **error);
SmtpList *smtp_list_parse(const char *name, const char *text, GError **error);
void smtp_list_free(SmtpList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpList, smtp_list_free)

/* @text: a mail address, a domain or a client's address. Returns the entry that it falls under,
 * for people; NULL: none. */
const char *smtp_list_find(const SmtpList *list, const char *text);

#endif
