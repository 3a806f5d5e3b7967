/* imap/commands.h - what the files of this folder share of a session; nobody else includes it.
 *
 *   session.c           the engine: commands ended, timers
 *   answer.c            what is waited for: passwords, COMMITs
 *   tell.c              what the trace hears: questions to the database, messages one by one
 *   framing.c           lines and literals put together to whole commands
 *   commands.c          the table of commands
 *   commands_auth.c     who reads: LOGIN, AUTHENTICATE, CAPABILITY, ID, LOGOUT
 *   select.c            a mailbox opened and closed: SELECT, EXAMINE, UNSELECT
 *   commands_mailbox.c  mailboxes made, named, removed: CREATE and the like; list.c: LIST and LSUB
 *   status.c quota.c    how much is in them, and how much may be
 *   commands_message.c  messages: STORE; copy.c: COPY, MOVE; expunge.c: EXPUNGE, CLOSE; append.c
 *   enable.c            IMAP4rev2 and CONDSTORE switched on, and what follows from it
 *   fetch.c search.c    the two long ones (fetch_body.c: octets on their way; fetch_binary.c: decoded;
 *                       esearch.c: what SEARCH answers; saved.c: "$"; page.c: entries read by the page)
 *   idle.c              IDLE
 *   recent.c            which messages are \Recent
 *   view.c              the mailbox as this client knows it (uids.c: which messages), and what it is told
 *                       of changes
 */
#ifndef IMAP_COMMANDS_H
#define IMAP_COMMANDS_H

#include "imap/parse.h"
#include "imap/sequence.h"
#include "imap/session.h"
#include "imap/uids.h"
#include "storage/entry.h"
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
    char tail[4];               /* the last octets that came of a line */
    guint64 literal_left;       /* octets of the literal still to come */
    char *tag;                  /* of the command under way */
    const ImapCommand *current; /* its row of the table */
    gboolean one_message;       /* it is about one message: its end belongs to that journey */
    ImapAppend *append;         /* APPEND under way; imap/append.c */

    ImapWork work;   /* NULL: none */
    void *work_data; /* the work's own, freed by work_free */
    GDestroyNotify work_free;
    gboolean waited;     /* it has waited for a COMMIT just now */
    guint groups_lost;   /* what store_groups_lost() said when it began */
    char *ending;        /* "OK [READ-ONLY] Done": how the command under way will end */
    char *moved;         /* MOVE's "[COPYUID ...] Moved", told when it is committed; or NULL */
    gboolean modseq_due; /* the mailbox's MODSEQ is told before the tagged response */
    GString *told;       /* its responses, as far as the trace keeps them; NULL: none */
    GPtrArray *asked;    /* what the database was asked, and is not told yet (storage/asked.h) */
    guint told_each;     /* messages it was about so far */
    Trace *each;         /* who tells of the one at hand: trace, or NULL when there are too many */
    StoreOrigin *origin; /* of the message in whose journey is told; NULL: none */

    gboolean secured; /* by TLS */
    SaslLogin *login; /* AUTHENTICATE under way */
    SaslTry *attempt; /* being checked */
    gint64 account;   /* who has logged in */
    char *address;    /* "carol@south.example" */

    gint64 mailbox; /* the selected one */
    char *mailbox_name;
    guint32 uidvalidity;
    gboolean read_only; /* EXAMINE */
    ImapUids *view;     /* the messages as this client knows them: number n is at index n - 1 */
    guint64 known; /* MODSEQ up to which it has been told all flags, or could have asked for them */
    GHashTable *newer; /* UID: a later MODSEQ, of messages about which it knows more; NULL: none */
    ImapSet *saved;    /* "$": UIDs that SEARCH RETURN (SAVE) found; NULL: none. imap/saved.c */
    ImapUids *recent;  /* UIDs of those that are \Recent; NULL: none. imap/recent.c */
    guint recent_gone; /* of them: removed since */
    guint64 modseq;    /* of the mailbox when the view was last in step with it */
    StoreWatch *watch; /* tells when the mailbox has changed */
    gboolean changed;  /* it has, since the view was last looked after */

    guint mistakes; /* bad commands in a row */
    guint refused;  /* wrong passwords so far */
};

#define IMAP_LINE_MAX     8192        /* octets of a line, CRLF included */
#define IMAP_STRANGER_MAX (16 * 1024) /* octets of a command, literals included, before login */
#define IMAP_COMMAND_MAX  (64 * 1024) /* and after it */
#define IMAP_COMMAND_KEPT 256         /* of memory for a command, between commands */
#define IMAP_MINUS_MAX    4096        /* octets of a stranger's literal that comes unasked */
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
/* Is there such a command, and may it be given in this state? */
gboolean imap_command_is_allowed(const ImapSession *session);
/* All of a command has come: session->command. Or as much of one that is not allowed as tells that. */
NetNext imap_command(ImapSession *session, GString *replies);

/* ---- session.c: how commands answer ---- */

/* Appends "* ...CRLF". */
void imap_untagged(ImapSession *session, GString *replies, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Appends octets as they are; the trace keeps them (short) where @tell. */
void imap_send(ImapSession *session, GString *replies, const char *octets, gsize length,
               gboolean tell);
/* For who has written into @replies itself: the trace keeps what stands there from @from on. */
void imap_sent(ImapSession *session, const GString *replies, gsize from);
/* What the trace keeps of the responses since it was last forgotten: for the wire event that tells of
 * them. It is forgotten then, or thousands of idle sessions would keep kilobytes each. */
const char *imap_told(const ImapSession *session);
void imap_forget_told(ImapSession *session);
/* "+ text": go on. Told as an event of its own. */
void imap_continue(ImapSession *session, GString *replies, const char *text);
/* Ends the command: what the client must know of its mailbox, then "TAG @status @format". */
NetNext imap_end(ImapSession *session, GString *replies, const char *status, const char *format,
                 ...) G_GNUC_PRINTF(4, 5);
/* The way there, once session->ending says how it ends. */
NetNext imap_finish(ImapSession *session, GString *replies);
/* BAD: counted; after too many without a good command between them the connection closes. */
NetNext imap_mistake(ImapSession *session, GString *replies, const char *rfc, const char *text);
/* NO: the world is wrong. Tells an error event. */
NetNext imap_trouble(ImapSession *session, GString *replies, const GError *error);
/* Says BYE; the connection closes. */
NetNext imap_bye(ImapSession *session, GString *replies, const char *text);
/* What the following turns do; @data is the work's own. NULL: there is none any more. */
void imap_set_work(ImapSession *session, ImapWork work, void *data, GDestroyNotify data_free);

/* ---- answer.c: what a command must wait for ---- */

/* Work in slices is committed in as many groups as it happens to be. Has one of them been undone, with
 * an earlier slice? Then "OK" would not be true, whatever becomes of the last one. */
gboolean imap_work_lost(ImapSession *session, GError **error);
/* Ends the command like imap_end(), with OK, once what it has changed is committed; with NO where it
 * could not be. */
NetNext imap_end_committed(ImapSession *session, GString *replies, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* The same, but NO: a part of it could not be done, what was done stays. */
NetNext imap_end_committed_no(ImapSession *session, GString *replies, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
NetNext imap_ask_password(ImapSession *session, GString *replies);
/* Called at the beginning of a slice that reads what the client will be told of its mailbox: may it
 * read? FALSE: a group is open, and what others have written in it could be undone yet; then the
 * slice returns imap_ask_others(), and is called again. It waits only once: *@settled FALSE says that
 * the next group is open already. */
gboolean imap_may_read(ImapSession *session, gboolean *settled);
NetNext imap_ask_others(ImapSession *session, GString *replies);

/* ---- tell.c ---- */

/* What the database is asked from now on is gathered for the trace. Returns who listened before. */
GPtrArray **imap_listen(ImapSession *session);
/* Tells it. Also done when the command ends. */
void imap_tell_asked(ImapSession *session);
/* Sets the journey of the trace to that of @message (0: none), and session->origin. */
void imap_tell_journey(ImapSession *session, gint64 message);
/* The next message that the command does something with. Sets the journey, and session->each: who
 * tells of it, NULL where enough of the kind were told. Returns the latter. */
Trace *imap_tell_each(ImapSession *session, gint64 message);
/* Will the next one be told? If not, it need not be handled by itself: @count such messages were. */
gboolean imap_tells_each(const ImapSession *session);
void imap_tell_more(ImapSession *session, guint count);
/* At the command's end: what was asked, and how many messages were not told one by one. */
void imap_tell_rest(ImapSession *session);

/* ---- framing.c ---- */

NetNext imap_frame_input(ImapSession *session, NetBuffer *input, GString *replies);
/* Tells what of the command under way has come since the last time. */
void imap_frame_tell(ImapSession *session);
/* Forgets it. */
void imap_frame_reset(ImapSession *session);

/* ---- enable.c ---- */

/* By a CONDSTORE enabling command: from now on MODSEQ is told. The first one while a mailbox is
 * selected is answered with its HIGHESTMODSEQ (RFC 7162 §3.1). */
void imap_enable_condstore(ImapSession *session, GString *replies);
/* Appends a mailbox name as this client reads it: modified UTF-7, or UTF-8 in quotes once IMAP4rev2 is
 * enabled. Names in commands: imap_parse_mailbox() knows (ImapParse.utf8_names). */
void imap_enable_write_name(const ImapSession *session, GString *out, const char *name);

/* ---- recent.c ---- */

/* The client is told of these messages of @mailbox (NULL: it is gone): those of which no other session was
 * told are recent here, for as long as it is open. @certain: they are committed, so that this is the first
 * session. */
void imap_recent_take(ImapSession *session, const StoreMailbox *mailbox, const ImapUids *told,
                      gboolean certain);
void imap_recent_close(ImapSession *session);
gboolean imap_recent_has(const ImapSession *session, guint32 uid);
/* The client is told that @uid was removed. */
void imap_recent_is_gone(ImapSession *session, guint32 uid);
/* How many there are, and is @uid one of them? None with IMAP4rev2. */
guint imap_recent_count(const ImapSession *session);
gboolean imap_recent_shows(const ImapSession *session, guint32 uid);
/* "(\Seen \Recent $Forwarded)" */
void imap_recent_write_flags(const ImapSession *session, GString *out, const StoreEntry *entry);

/* ---- view.c ---- */

/* Starts watching @mailbox with an empty view. */
void imap_view_open(ImapSession *session, const StoreMailbox *mailbox, gboolean read_only);
void imap_view_close(ImapSession *session);
guint imap_view_count(const ImapSession *session);
guint32 imap_view_uid(const ImapSession *session, guint index);
/* Is the message at @index named by @set, which holds UIDs or sequence numbers as the command has it? */
gboolean imap_view_is_named(const ImapSession *session, guint index, const ImapSet *set);
/* The index of @uid, or of the first larger one; *@found says which. */
guint imap_view_find(ImapSession *session, guint32 uid, gboolean *found);
/* Does the client know the flags of @entry as they are? And: now it does. */
gboolean imap_view_knows(const ImapSession *session, const StoreEntry *entry);
void imap_view_learns(ImapSession *session, const StoreEntry *entry);
/* Has the mailbox changed since the view was in step with it? */
gboolean imap_view_is_stale(ImapSession *session);
/* Work: tells the client the changes, EXPUNGE only where @expunge. When it is done @then follows. */
NetNext imap_view_catch_up(ImapSession *session, gboolean expunge, ImapWork then, GString *replies);
/* Writes "* n FETCH (UID u FLAGS (...) MODSEQ (m))" for the message at @index of the view, with UID and
 * MODSEQ where the client has to be told them; FLAGS only where @flags_too. */
void imap_view_tell(ImapSession *session, guint index, const StoreEntry *entry, gboolean flags_too,
                    GString *replies);
/* The highest MODSEQ up to which the client has been told all changes of flags; never 0. */
guint64 imap_view_modseq(ImapSession *session);
/* Around a change of our own: FALSE from before: others have changed it too, keep it stale. */
gboolean imap_view_in_step(ImapSession *session);
void imap_view_stepped(ImapSession *session, gboolean was_in_step);

/* ---- commands.c: numbers in commands ---- */

/* Takes a sequence set from @arguments, resolved for the view; NULL: the mistake to be told is in
 * *@wrong. */
ImapSet *imap_take_set(ImapSession *session, ImapParse *arguments, const char **wrong);

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

/* enable.c */
NetNext imap_enable(ImapSession *session, ImapParse *arguments, GString *replies);

/* commands_mailbox.c */
NetNext imap_mailbox_create(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_delete(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_rename(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_subscribe(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_unsubscribe(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_mailbox_namespace(ImapSession *session, ImapParse *arguments, GString *replies);
/* Takes " mailbox". @said (transfer full): what the client called it, where that is not its name,
 * because it was not composed (RFC 9051 §5.1); else NULL. */
char *imap_mailbox_take(ImapParse *arguments, char **said);

/* select.c */
NetNext imap_select(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_examine(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_select_check(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_unselect(ImapSession *session, ImapParse *arguments, GString *replies);

/* list.c */
NetNext imap_list(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_lsub(ImapSession *session, ImapParse *arguments, GString *replies);
/* Writes an untagged LIST about one mailbox, for a client that has enabled IMAP4rev2. @oldname: what
 * it was called, or called by the client; NULL: nothing else (RFC 9051 §6.3.9.7). */
void imap_list_tell(ImapSession *session, const char *name, const char *oldname, GString *replies);

/* status.c */
NetNext imap_status(ImapSession *session, ImapParse *arguments, GString *replies);
/* Takes " (MESSAGES UNSEEN)" into bits of its own; what must follow from having asked for them;
 * writes an untagged STATUS. FALSE: no such mailbox, or trouble, and nothing is written. */
gboolean imap_status_take_items(ImapSession *session, ImapParse *arguments, guint *items);
void imap_status_prepare(ImapSession *session, guint items, GString *replies);
gboolean imap_status_write(ImapSession *session, gint64 mailbox, guint items, GString *replies,
                           GError **error);

/* quota.c */
NetNext imap_quota_get(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_quota_get_root(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_quota_set(ImapSession *session, ImapParse *arguments, GString *replies);
/* Is there room for @octets more in the user's mailboxes? FALSE: a decision event tells why not, and
 * the command ends with imap_quota_refuse(). For APPEND and COPY; a MOVE among one's own mailboxes
 * needs no room (RFC 9208 §4.3.1). */
gboolean imap_quota_has_room(ImapSession *session, guint64 octets);
NetNext imap_quota_refuse(ImapSession *session, GString *replies);

/* commands_message.c */
NetNext imap_message_store(ImapSession *session, ImapParse *arguments, GString *replies);
/* Ends a command that would change a mailbox opened by EXAMINE. */
NetNext imap_message_read_only(ImapSession *session, GString *replies);

/* copy.c */
NetNext imap_message_copy(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_message_move(ImapSession *session, ImapParse *arguments, GString *replies);
/* The response code where a target mailbox @name is not there. */
const char *imap_copy_try_create(const char *name);

/* expunge.c */
NetNext imap_expunge(ImapSession *session, ImapParse *arguments, GString *replies);
NetNext imap_expunge_close(ImapSession *session, ImapParse *arguments, GString *replies);

/* append.c: the literal is announced; its octets; the line after it. */
/* Octets a message may have (RFC 7889 §2): the same for all mailboxes. */
guint64 imap_append_limit(const ImapSession *session);
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
