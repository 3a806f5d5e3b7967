/* smtp/bounce_state.h - what bounce.c, bounce_wanted.c, bounce_to.c and bounce_send.c share: one report in the making. */
#ifndef SMTP_BOUNCE_STATE_H
#define SMTP_BOUNCE_STATE_H

#include "smtp/bounce_text.h"

struct SmtpBounce {
    const SmtpHost *host;
    GArray *ones;         /* SmtpBounceOne, whose texts are owned */
    GArray *ids;          /* gint64: of each one's queue row; 0: it was never in the queue */
    StoreQueueItem *item; /* what the first one's row says of the message; owned */
    guint64 event;        /* the last of the last recipient: the report follows from it */
    /* While it is sent: */
    Trace *trace;       /* of the report's own journey */
    GPtrArray *targets; /* SmtpRecipient: where the report goes */
};

/* Is somebody to be told that of @item? Says so, where not. */
gboolean smtp_bounce_is_due(Trace *trace, const StoreQueueItem *item, SmtpBounceAction action);
/* Where do reports on reports go? "postmaster@north.example". */
char *smtp_bounce_postmaster(const SmtpSettings *settings);
/* Who gets the report: fills @bounce->targets. None: nobody here can get it, which is told. */
gboolean smtp_bounce_find_targets(SmtpBounce *bounce, GError **error);

#endif
