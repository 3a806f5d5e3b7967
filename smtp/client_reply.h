/* smtp/client_reply.h - a server's replies, as its client reads them (RFC 5321 §4.2).
 *
 *     250-mx.south.example          a code and '-': more lines follow
 *     250-SIZE 26214400
 *     250 ENHANCEDSTATUSCODES       a code and ' ' (or nothing): that was the last one
 *
 * The peer may be broken or hostile: lines, their number and their form are bounded here.
 */
#ifndef SMTP_CLIENT_REPLY_H
#define SMTP_CLIENT_REPLY_H

#include "net/line.h"

#define SMTP_REPLY_LINE_MAX  2000 /* octets with CRLF that are taken */
#define SMTP_REPLY_LINE_KEPT 510  /* and kept, without CRLF (RFC 5321 §4.5.3.1.5) */
#define SMTP_REPLY_LINES_MAX 100

typedef struct SmtpReply {
    guint code;        /* 250; 0: none (cut, timeout) */
    char enhanced[12]; /* "2.1.5" or "" */
    char *text;        /* all lines' text joined by spaces, code and enhanced code removed */
    char *lines;       /* as it came, made safe; NULL where nothing came */
} SmtpReply;

/* What @reply points to, not @reply itself; it is empty then. */
void smtp_reply_clear(SmtpReply *reply);
void smtp_reply_copy(SmtpReply *to, const SmtpReply *from);
/* A reason of our own instead of a reply: code 0. @enhanced may be "". */
void smtp_reply_set_reason(SmtpReply *reply, const char *enhanced, const char *text);
/* For people: "550 5.1.1 no such user", or the reason alone. */
char *smtp_reply_words(const SmtpReply *reply);
/* Would the same request fail tomorrow, too? 5yz, or a reason of class 5 (RFC 5321 §4.2.1). */
gboolean smtp_reply_is_permanent(const SmtpReply *reply);

/* Collects the lines of one reply. */
typedef struct SmtpReader SmtpReader;

SmtpReader *smtp_reader_new(void);
void smtp_reader_free(SmtpReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpReader, smtp_reader_free)

typedef enum {
    SMTP_READER_NONE, /* no whole reply yet */
    SMTP_READER_OK,   /* here it is */
    SMTP_READER_BAD,  /* not SMTP: *why says what is wrong; nothing more can be believed */
} SmtpReaderNext;

/* Takes lines from @input up to the end of one reply, and no octet more. */
SmtpReaderNext smtp_reader_take(SmtpReader *reader, NetBuffer *input, SmtpReply *reply,
                                const char **why);
/* The text of line @number of the reply taken last, its code removed; NULL beyond the last. */
const char *smtp_reader_text(const SmtpReader *reader, guint number);
/* All its lines with CRLF between them, raw: for the trace, which makes them safe. */
const char *smtp_reader_raw(const SmtpReader *reader);

#endif
