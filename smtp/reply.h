/* smtp/reply.h - what the client reads: a code, an enhanced code, and words for people.
 *
 *   550 5.1.1 <bob@north.example>: no such user here
 *    |    |
 *    |    enhanced status code (RFC 3463): class, subject, detail
 *    reply code (RFC 5321 §4.2.1): 2 done, 3 go on, 4 later, 5 no
 *
 * The first digit of both is the same (RFC 2034 §4).
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include "smtp/session.h"

/* Why not, as the client will read it. Decisions return one, or NULL for yes. */
typedef struct SmtpRefusal {
    const char *code; /* "550 5.1.1" */
    const char *text; /* "no such user here" */
} SmtpRefusal;

/* The refusal for an @error of our world, which is told to the trace: the client keeps the message
 * and comes again. */
const SmtpRefusal *smtp_refusal_for_error(Trace *trace, Stage stage, const GError *error);

/**
 * smtp_reply:
 * @code: "250 2.1.0"; 3yz replies, greetings and the answers to EHLO have no enhanced code
 *   (RFC 2034 §4)
 *
 * Appends one reply line and tells it. The macro keeps the place of the handler that answers.
 *
 * Returns: NET_GO_ON; NET_CLOSE when this was one bad command too many (the reply is then 421)
 */
#define smtp_reply(session, replies, code, ...)                                                    \
    smtp_reply_at((session), (replies), TRACE_HERE, (code), __VA_ARGS__)
/* The same for more lines than one; each is a text without code. */
#define smtp_reply_lines(session, replies, code, lines)                                            \
    smtp_reply_lines_at((session), (replies), TRACE_HERE, (code), (lines))

NetNext smtp_reply_at(SmtpSession *session, GString *replies, TracePlace *place, const char *code,
                      const char *format, ...) G_GNUC_PRINTF(5, 6);
NetNext smtp_reply_lines_at(SmtpSession *session, GString *replies, TracePlace *place,
                            const char *code, const GPtrArray *lines);

#endif
