/* imap/commands.h - what the files of this folder share of a session; nobody else includes it.
 *
 *   session.c           the engine: answers taken, commands ended, timers
 *   framing.c           lines and literals put together to whole commands
 *   commands.c          the table of commands
 *   commands_auth.c     who reads: LOGIN, AUTHENTICATE, CAPABILITY, ID, LOGOUT
 *   commands_mailbox.c  mailboxes: SELECT, CREATE, STATUS and the like; list.c: LIST and LSUB
 *   commands_message.c  messages: STORE, COPY; expunge.c: EXPUNGE, CLOSE; append.c: APPEND
 *   fetch.c search.c    the two long ones (fetch_body.c: octets on their way); idle.c: IDLE
 *   view.c              the mailbox as this client knows it, and what it is told of changes
 */
#ifndef IMAP_COMMANDS_H
#define IMAP_COMMANDS_H

#include "imap/parse.h"
#include "imap/sequence.h"
#include "imap/session.h"
#include "storage/mailbox.h"
#include "storage/message.h"
#include "storage/notify.h"

/* Bits, so that the table can say in which states a command is allowed (RFC 9051 §3). */
typedef enum {
    IMAP_NOT_AUTHENTICATED = 1,
    IMAP_AUTHENTICATED = 2,
    IMAP_SELECTED = 4,
} ImapState;

/* What a client has switched on by ENABLE, or by using it (RFC 5161 §3, RFC 7162 §3.1). Bits. */
typedef enum {
    IMAP_ENABLED_REV2 = 1,      /* IMAP4rev2: other responses, names in UTF-8 */
    IMAP_ENABLED_CONDSTORE = 2, /* MODSEQ in each FETCH response that tells of flags */
} ImapEnabled;

/* What the next octets are. */
typedef enum {
    IMAP_READING_LINE,    /* a command, or what of it follows a literal */
    IMAP_READING_LITERAL, /* octets of a literal, kept with the command */
    IMAP_READING_MESSAGE, /* octets of APPEND's literal, given to the store as they come */
    IMAP_READING_REFUSED, /* octets of a literal nobody wants, dropped */
    IMAP_READING_SASL,    /* the answer to AUTHENTICATE's "+" */
    IMAP_READING_IDLE,    /* DONE */
} ImapReading;

typedef enum {
    IMAP_WAITS_NOT,
    IMAP_WAITS_PASSWORD,
    IMAP_WAITS_COMMIT, /* of what this command has changed */
    IMAP_WAITS_OTHERS, /* of what others have: the work under way goes on then */
} ImapWaits;

typedef struct ImapAppend ImapAppend;
typedef struct ImapCommand ImapCommand;

/* A message as the client knows it: sequence number n is element n - 1 of the view. */
typedef struct ImapSeen {
    guint32 uid;
    guint64 modseq; /* of the flags that the client has been told, or could have asked for */
} ImapSeen;

/* Work that does not fit into one turn of the loop: called until it returns something else than
 * NET_MORE. */
typedef NetNext (*ImapWork)(ImapSession *session, GString *replies);

struct ImapSession {
    const ImapHost *host;
    char *peer;              /* the client's address */
    gboolean plaintext_auth; /* a password may come over this connection */
    Trace *trace;            /* not owned */
    const ImapAsk *ask;      /* NULL: answered at once (tests) */
    void *world;
    void (*push)(void *data, const char *octets, gsize length); /* for IDLE; may be NULL */
    void *push_data;

    ImapState state;
    guint enabled; /* of ImapEnabled; for the rest of the connection */
    ImapReading reading;
    ImapWaits waits;
    GString *command;           /* what has come of the command under way, literals included */
    gsize command_told;         /* octets of it that the trace has told */
    guint64 literal_left;       /* octets of the literal still to come */
    char *tag;                  /* of the command under way */
    const ImapCommand *current; /* its row of the table */
    gboolean one_message;       /* it is about one message: its end belongs to that journey */
    ImapAppend *append;         /* APPEND under way; imap/append.c */

    ImapWork work;   /* NULL: none */
    void *work_data; /* the work's own, freed by work_free */
    GDestroyNotify work_free;
    gboolean waited; /* it has waited for a COMMIT just now */
    char *ending;    /* "OK [READ-ONLY] Done": how the command under way will end */
    GString *told;   /* its responses, as far as the trace keeps them */

    gboolean secured; /* by TLS */
    SaslLogin *login; /* AUTHENTICATE under way */
    SaslTry *attempt; /* being checked */
    gint64 account;   /* who has logged in */
    char *address;    /* "carol@south.example" */

    gint64 mailbox; /* the selected one */
    char *mailbox_name;
    guint32 uidvalidity;
    gboolean read_only; /* EXAMINE */
    GArray *view;       /* ImapSeen, by UID */
    guint64 modseq;     /* of the mailbox when the view was last in step with it */
    StoreWatch *watch;  /* tells when the mailbox has changed */
    gboolean changed;   /* it has, since the view was last looked after */

    guint mistakes; /* bad commands in a row */
    guint refused;  /* wrong passwords so far */
};

#define IMAP_LINE_MAX     8192        /* octets of a line, CRLF included */
#define IMAP_STRANGER_MAX (16 * 1024) /* octets of a command, literals included, before login */
#define IMAP_COMMAND_MAX  (64 * 1024) /* and after it */
#define IMAP_SASL_MAX     12288       /* octets of AUTHENTICATE's answer line */
#define IMAP_MISTAKES_MAX 20          /* bad commands in a row before the connection is closed */
#define IMAP_REFUSED_MAX  5           /* wrong passwords before it is closed */
#define IMAP_PAGE         200         /* entries looked at in one turn */
#define IMAP_SLICE        (64 * 1024) /* octets sent in one turn */
#define IMAP_APPEND_MAX   (25 * 1024 * 1024) /* octets of a message, unless the host says otherwise */

/* ---- commands.c: the table ---- */

typedef NetNext (*ImapHandler)(ImapSession *session, ImapParse *arguments, GString *replies);

struct ImapCommand {
    const char *name;
    guint states;        /* of ImapState */
    gboolean secret;     /* its arguments are never told */
    gboolean no_expunge; /* no EXPUNGE response may be sent while it runs (RFC 3501 §7.4.1) */
    gboolean by_uid;     /* "UID FETCH": numbers are UIDs */
    const char *section;
    ImapHandler handler;
};

/* The row of the command whose name stands at @parse (two words for UID); NULL: none. */
const ImapCommand *imap_command_find(ImapParse *parse);
/* All of a command has come: session->command. */
NetNext imap_command(ImapSession *session, GString *replies);

/* ---- session.c: how commands answer ---- */

/* Appends "* ...CRLF". */
void imap_untagged(ImapSession *session, GString *replies, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Appends octets as they are; the trace keeps them (short) where @tell. */
void imap_send(ImapSession *session, GString *replies, const char *octets, gsize length,
               gboolean tell);
/* "+ text": go on. Told as an event of its own. */
void imap_continue(ImapSession *session, GString *replies, const char *text);
/* Ends the command: what the client must know of its mailbox, then "TAG @status @format". */
NetNext imap_end(ImapSession *session, GString *replies, const char *status, const char *format,
                 ...) G_GNUC_PRINTF(4, 5);
/* The same once what it has changed is committed; NO where it could not be. */
NetNext imap_end_committed(ImapSession *session, GString *replies, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* BAD: counted; after too many without a good command between them the connection closes. */
NetNext imap_mistake(ImapSession *session, GString *replies, const char *rfc, const char *text);
/* NO: the world is wrong. Tells an error event. */
NetNext imap_trouble(ImapSession *session, GString *replies, const GError *error);
/* Says BYE; the connection closes. */
NetNext imap_bye(ImapSession *session, GString *replies, const char *text);
void imap_set_work(ImapSession *session, ImapWork work, void *data, GDestroyNotify data_free);
NetNext imap_ask_password(ImapSession *session, GString *replies);
/* Called at the beginning of a slice that reads what the client will be told of its mailbox: may it
 * read? FALSE: a group is open, and what others have written in it could be undone yet; then the
 * slice returns imap_ask_others(), and is called again. It waits only once: *@settled FALSE says that
 * the next group is open already. */
gboolean imap_may_read(ImapSession *session, gboolean *settled);
NetNext imap_ask_others(ImapSession *session, GString *replies);

/* ---- framing.c ---- */

NetNext imap_frame_input(ImapSession *session, NetBuffer *input, GString *replies);
/* Tells what of the command under way has come since the last time. */
void imap_frame_tell(ImapSession *session);
/* Forgets it. */
void imap_frame_reset(ImapSession *session);

/* ---- view.c ---- */

/* Starts watching @mailbox with an empty view. */
void imap_view_open(ImapSession *session, const StoreMailbox *mailbox, gboolean read_only);
void imap_view_close(ImapSession *session);
/* Reads the next page into the view (SELECT). *@unseen: sequence number of the first one without
 * \Seen so far, 0: none. */
gboolean imap_view_load(ImapSession *session, guint *unseen, gboolean *whole, GError **error);
ImapSeen *imap_view_at(ImapSession *session, guint index);
/* The index of @uid, or of the first larger one; *@found says which. */
guint imap_view_find(ImapSession *session, guint32 uid, gboolean *found);
/* Has the mailbox changed since the view was in step with it? */
gboolean imap_view_is_stale(ImapSession *session);
/* Work: tells the client the changes, EXPUNGE only where @expunge. When it is done @then follows. */
NetNext imap_view_catch_up(ImapSession *session, gboolean expunge, ImapWork then, GString *replies);
/* Around a change of our own: FALSE from before: others have changed it too, keep it stale. */
gboolean imap_view_in_step(ImapSession *session);
void imap_view_stepped(ImapSession *session, gboolean was_in_step);

/* ---- numbers in commands ---- */

/* Takes a sequence set from @arguments, resolved for the view; NULL: the mistake to be told is in
 * *@wrong. */
ImapSet *imap_take_set(ImapSession *session, ImapParse *arguments, const char **wrong);
/* Is the message at @index of the view named by @set (UIDs or sequence numbers)? */
gboolean imap_set_names(ImapSession *session, const ImapSet *set, guint index);
/* Sets the journey of the trace to that of @message (0: none). */
void imap_set_journey(ImapSession *session, gint64 message);

/* ---- the others' handlers, by file ---- */

/* commands_auth.c */
NetNext imap_auth_capability(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_auth_noop(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_auth_logout(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_auth_id(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_auth_starttls(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_auth_login(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_auth_authenticate(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_auth_sasl(ImapSession *session, const char *line, GString *replies);
NetNext imap_auth_checked(ImapSession *session, const ImapAnswer *answer, GString *replies);
char *imap_auth_capabilities(const ImapSession *session);

/* commands_mailbox.c */
NetNext imap_mailbox_select(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_examine(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_create(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_delete(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_rename(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_subscribe(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_unsubscribe(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_status(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_namespace(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_check(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_unselect(ImapSession *session, ImapParse *arguments, GString *replies);

/* list.c */
NetNext imap_list(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_lsub(ImapSession *session, ImapParse *arguments, GString *replies);

/* commands_message.c */
NetNext imap_message_store(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_message_copy(ImapSession *session, ImapParse *arguments, GString *replies);
/* Ends a command that would change a mailbox opened by EXAMINE. */
NetNext imap_message_read_only(ImapSession *session, GString *replies);

/* expunge.c */
NetNext imap_expunge(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_expunge_close(ImapSession *session, ImapParse *arguments, GString *replies);

/* append.c: the literal is announced; its octets; the line after it. */
gboolean imap_append_is_message(const ImapSession *session);
NetNext imap_append_begin(ImapSession *session, guint64 octets, gboolean plus, GString *replies);
void imap_append_octets(ImapSession *session, const char *octets, gsize length);
NetNext imap_append_end(ImapSession *session, const char *rest, GString *replies);
/* In the table: reached only where no literal was announced. */
NetNext imap_append(ImapSession *session, ImapParse *arguments, GString *replies);
void imap_append_free(ImapAppend *append);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapAppend, imap_append_free)

/* fetch.c, search.c, idle.c */
NetNext imap_fetch(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_search(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_idle(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_idle_done(ImapSession *session, const char *line, GString *replies);
/* The store says that the selected mailbox has changed. */
void imap_idle_changed(void *session, gint64 mailbox);

#endif
