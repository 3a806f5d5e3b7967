/* smtp/upkeep.h - what time alone does to a host's tables: greylisting ripens, old copies go.
 *
 *   greylist    first try + delay       told: the client may pass now
 *               last seen + lifetime    forgotten
 *   archive     stored + archive-keep   removed, told
 */
#ifndef SMTP_UPKEEP_H
#define SMTP_UPKEEP_H

#include "smtp/smtp.h"

typedef struct SmtpUpkeep SmtpUpkeep;

SmtpUpkeep *smtp_upkeep_new(const SmtpHost *host);
void smtp_upkeep_free(SmtpUpkeep *upkeep);
/* Rows have been committed, or it's the start: does what is due, sets a timer for the rest. Call
 * after a commit, never before. */
void smtp_upkeep_wake(SmtpUpkeep *upkeep);

#endif
