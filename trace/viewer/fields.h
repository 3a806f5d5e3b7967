/* trace/viewer/fields.h - the few members of a journal line that the list of events is made of.
 *
 * A journal may have a million lines, and a JSON parser takes some forty microseconds for one. The
 * server writes its lines always in the same plain form, and this reads that form and no other:
 *
 *   {"key":"text","key":12,"data":{"key":"text","key":[...]}}
 *
 * Whatever else is JSON (spaces, escapes in a member that matters here) is left to the parser.
 */
#ifndef TRACE_VIEWER_FIELDS_H
#define TRACE_VIEWER_FIELDS_H

#include <glib.h>

typedef enum {
    VIEW_FIELD_JOURNAL, /* the header's: the version of the journal's form */
    VIEW_FIELD_SEQ,
    VIEW_FIELD_TIME,
    VIEW_FIELD_HOST,
    VIEW_FIELD_STAGE,
    VIEW_FIELD_KIND,
    VIEW_FIELD_JOURNEY,
    VIEW_FIELD_SESSION,
    VIEW_FIELD_CAUSE,
    VIEW_FIELD_TWIN,
    VIEW_FIELD_FROM, /* from here on: of the event's data */
    VIEW_FIELD_TO,
    VIEW_FIELD_LABEL,
    VIEW_FIELD_LINE,
    VIEW_FIELD_CODE,
    VIEW_FIELD_OUTCOME,
    VIEW_FIELD_DUE,
    VIEW_FIELD_TRIES,
    VIEW_FIELD_HEAD, /* only whether it is there */
    VIEW_FIELD_ACCOUNT,
    VIEW_FIELD_REPORTS_ON,
    VIEW_FIELD_MESSAGES,
    VIEW_FIELDS,
} ViewField;

#define VIEW_FIELDS_ROOM 4096

typedef struct ViewFields {
    const char *text[VIEW_FIELDS]; /* a string's text or a number's digits; NULL: not there */
    char room[VIEW_FIELDS_ROOM];   /* where the texts are */
    gsize used;
} ViewFields;

/* FALSE: the line is not in the plain form (it may still be an event). */
gboolean view_fields_scan(ViewFields *fields, const char *line, gsize length);
/* Keeps a number's digits in @fields. */
const char *view_fields_put(ViewFields *fields, gint64 number);
/* The name of a member, and whether it is one of the data. */
const char *view_field_name(ViewField field, gboolean *in_data);

#endif
