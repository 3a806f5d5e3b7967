/* pop3/commands.h - what the files of this folder share of a session; nobody else includes it.
 *
 *   session.c    the engine: lines in, answers taken, slices of long work
 *   commands.c   the table of commands and the short ones
 *   login.c      USER, PASS, AUTH, and the maildrop's opening
 *   listing.c    STAT, LIST, UIDL: what lies there
 *   retrieve.c   RETR and TOP: a message's octets on their way to the reader
 *   update.c     DELE, RSET, QUIT, and a line that breaks: what goes and what stays
 */
#ifndef POP3_COMMANDS_H
#define POP3_COMMANDS_H

#include "pop3/session.h"
#include "storage/asked.h"
#include "storage/message.h"

/* Bits, so that the table can say in which states a command is allowed (RFC 1939 §3). */
typedef enum {
    POP3_AUTHORIZATION = 1, /* nobody has logged in */
    POP3_NAMED = 2,         /* still AUTHORIZATION: USER was given, PASS must follow */
    POP3_TRANSACTION = 4,   /* the maildrop is locked and open */
    POP3_UPDATE = 8,        /* QUIT came: the marked messages are being removed */
} Pop3State;

/* Work that does not fit into one turn of the loop. */
typedef enum {
    POP3_NO_WORK,
    POP3_OPENING,    /* reading the list of messages */
    POP3_LISTING,    /* LIST without a number */
    POP3_LISTING_ID, /* UIDL without a number */
    POP3_SENDING,    /* RETR, TOP */
    POP3_REMOVING,   /* QUIT */
} Pop3Work;

typedef enum { POP3_WAITS_NOT, POP3_WAITS_PASSWORD, POP3_WAITS_COMMIT } Pop3Waits;

/* A message on its way out. */
typedef struct Pop3Body {
    guint number;
    guint64 offset; /* octets read from the store so far */
    gboolean top;   /* TOP: stops after lines_left lines of the body */
    guint64 lines_left;
    gboolean in_header;  /* for TOP: the empty line has not come yet */
    gboolean line_start; /* the next octet begins a line */
    gboolean cr;         /* the last octet was a CR */
    guint64 line_octets; /* of the line so far, its CRLF included */
    guint64 sent;        /* octets without the added dots */
    GString *start;      /* the first of them, for the trace; NULL: nobody is told; owned */
} Pop3Body;

struct Pop3Session {
    const Pop3Host *host;
    char *peer;              /* the client's address */
    gboolean plaintext_auth; /* a password may come over this connection */
    Trace *trace;            /* not owned */
    const Pop3Ask *ask;      /* NULL: answered at once (tests) */
    void *world;
    Pop3State state;
    Pop3Work work;
    Pop3Waits waits;
    char *user;             /* of USER */
    gboolean secured;       /* by TLS */
    SaslLogin *login;       /* AUTH under way */
    gboolean sasl;          /* it has sent a challenge, the next line is the answer */
    SaslTry *attempt;       /* being checked */
    char *address;          /* whose maildrop it is: "carol@south.example" */
    Pop3Maildrop *maildrop; /* open from login to QUIT */
    guint listed;           /* LIST and UIDL: the last number told */
    GString *told;          /* what of the listing goes into the trace */
    Pop3Body body;
    StoreOrigin *origin; /* of the message that the command names; for the trace, NULL: none */
    GPtrArray *asked;    /* of the database, and not told yet (storage/asked.h) */
    guint mistakes;      /* bad commands in a row */
    guint refused;       /* wrong passwords so far */
};

#define POP3_COMMAND_MAX  255         /* octets with CRLF (RFC 2449 §4) */
#define POP3_SASL_MAX     12288       /* octets of the line that answers "+ " */
#define POP3_MISTAKES_MAX 20          /* bad commands in a row before the connection is closed */
#define POP3_REFUSED_MAX  5           /* wrong passwords before it is closed */
#define POP3_SLICE        (64 * 1024) /* octets sent in one turn */

typedef NetNext (*Pop3Handler)(Pop3Session *session, const char *argument, GString *replies);

/* commands.c: @line is one command without CRLF; the wire event was not told yet. */
NetNext pop3_command(Pop3Session *session, const char *line, GString *replies);
/* Whatever comes behind USER and is not PASS: the name counts no longer. */
void pop3_command_forget_name(Pop3Session *session);
/* The message-number that @argument begins with; its form has been checked. */
guint pop3_command_number(const char *argument);
/* Sets the journey of the trace to that of @item's message, and session->origin. */
void pop3_set_journey(Pop3Session *session, const Pop3Item *item);

/* session.c: one line, "+OK ..." or "-ERR ...", told and appended with CRLF. What stands in brackets
 * behind "-ERR" is for programs: [AUTH], [IN-USE], [SYS/TEMP] (RFC 2449 §8). */
void pop3_reply(Pop3Session *session, GString *replies, const char *rfc, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* Understood, and the answer is no: "No such message". Not counted. */
NetNext pop3_refuse(Pop3Session *session, GString *replies, const char *rfc, const char *reply);
/* An unknown command or bad syntax: counted; after too many without a good command between them the
 * connection closes, and nothing that was marked is deleted (RFC 1939 §3). */
NetNext pop3_mistake(Pop3Session *session, GString *replies, const char *rfc, const char *reply);
/* Tells what the database was asked since the last time. */
void pop3_tell_asked(Pop3Session *session);
/* Asks for the commit of what this session has changed. */
NetNext pop3_ask_commit(Pop3Session *session, GString *replies);
NetNext pop3_ask_password(Pop3Session *session, GString *replies);

/* login.c */
NetNext pop3_login_user(Pop3Session *session, const char *argument, GString *replies);
NetNext pop3_login_pass(Pop3Session *session, const char *argument, GString *replies);
NetNext pop3_login_stls(Pop3Session *session, const char *argument, GString *replies);
NetNext pop3_login_auth(Pop3Session *session, const char *argument, GString *replies);
NetNext pop3_login_auth_answer(Pop3Session *session, const char *line, GString *replies);
NetNext pop3_login_checked(Pop3Session *session, const Pop3Answer *answer, GString *replies);
NetNext pop3_login_opening(Pop3Session *session, GString *replies);

/* listing.c */
NetNext pop3_list_stat(Pop3Session *session, const char *argument, GString *replies);
NetNext pop3_list_sizes(Pop3Session *session, const char *argument, GString *replies);
NetNext pop3_list_unique_ids(Pop3Session *session, const char *argument, GString *replies);
/* The next slice of LIST or UIDL. */
NetNext pop3_list_more(Pop3Session *session, GString *replies);

/* retrieve.c: @number is there and not deleted; @lines -1: the whole message. */
NetNext pop3_retrieve(Pop3Session *session, guint number, gint64 lines, GString *replies);
NetNext pop3_retrieve_more(Pop3Session *session, GString *replies);
void pop3_retrieve_clear(Pop3Session *session);

/* update.c */
NetNext pop3_update_dele(Pop3Session *session, const char *argument, GString *replies);
NetNext pop3_update_rset(Pop3Session *session, const char *argument, GString *replies);
NetNext pop3_update_quit(Pop3Session *session, const char *argument, GString *replies);
/* The connection is gone, and QUIT has not been said; the maildrop is still open. */
void pop3_update_broken_off(Pop3Session *session);
/* What UIDL says of a message: 1 to 70 printable octets (RFC 1939 §7). Newly allocated. */
char *pop3_update_unique_id(Pop3Session *session, guint number);

#endif
