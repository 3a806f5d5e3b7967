/* app/change.h - one thing changed in a world that is to be run again. For app/whatif.c. */
#ifndef APP_CHANGE_H
#define APP_CHANGE_H

#include "app/whatif.h"

typedef struct AppRerun {
    const AppRecorded *recorded;
    AppWorldFile *file; /* until the run takes it */
    const char *folder; /* temporary: where the files are unpacked */
    guint message;      /* the number of the message that is changed; 0: none */
    GBytes *instead;    /* it becomes this; or NULL: */
    char *field;        /* this field of its header ("Subject") */
    char *value;        /* has this text */
} AppRerun;

/* Applies the line @change. FALSE and @error (APP_ERROR_USAGE): what is wrong with it. */
gboolean app_change_apply(AppRerun *rerun, const char *change, GError **error);
/* What the @number-th message becomes; @rerun is the data of an AppAmend. */
GBytes *app_change_amend(void *rerun, guint number, GBytes *message);

/* Sets @error "CHANGE: what"; returns FALSE. */
gboolean app_change_wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* app/change_dns.c: "south.example MX 10 mx.other.example", "+NAME TYPE VALUE", "-NAME TYPE". */
gboolean app_change_dns(AppRerun *rerun, const char *words, GError **error);

#endif
