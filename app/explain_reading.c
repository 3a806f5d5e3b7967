/* app/explain_reading.c - what stands at the beginning of a reply of POP3 or IMAP, in words.
 *
 *   -ERR [IN-USE] Another POP3 session has this maildrop
 *   |    +-- a response code: the reason, for programs (RFC 2449 §8, RFC 9051 §7.1)
 *   +------- yes or no
 *
 * POP3 and IMAP have no numbers; what follows the code is for people and may be any words.
 *
 * Start reading at app_explain_reading(); other languages are in po/.
 * Tests: tests/test_app_explain.c
 */
#include "app/explain.h"

#include "trace/words.h"

#include <string.h>

#define BY_TALKING                                                                                 \
    "Serve labs/demo/world.ini, then: glasspost talk labs/demo/world.ini mx.south.example "

typedef struct AppExplainReading {
    const char *word;
    const char *means;
    const char *said; /* who says it, and when */
    const char *next; /* what the reader's program, or its user, does */
    const char *see;  /* a scenario, or how to meet it; may be NULL */
    const char *rfc;
} AppExplainReading;

/* Yes and no. */
static const AppExplainReading app_explain_answers[] = {
    { "+OK", N_("POP3: yes. Where a list or a message follows, a dot alone ends it."),
      N_("Every command of POP3 that worked, and the greeting."), N_("The program goes on."),
      "glasspost demo --scenario pop3", "RFC 1939 §3" },
    { "-ERR", N_("POP3: no. Nothing has been changed."),
      N_("A command that is unknown, not allowed now, or about a message that is not there."),
      N_("It reads the code in brackets, if there is one; else it shows the words to its user."),
      BY_TALKING "pop3; type STAT.", "RFC 1939 §3" },
    { "OK",
      N_("IMAP: yes, the command with this tag is done; with * instead of a tag: good to know."),
      N_("Every command that worked. What it changed is on the disk by then."),
      N_("The program goes on."), "glasspost demo --scenario imap", "RFC 9051 §7.1.1" },
    { "NO", N_("IMAP: no. The command was understood, and could not be done."),
      N_("A mailbox that is not there, a wrong password, no room."),
      N_("It reads the code in brackets, if there is one; else it shows the words to its user."),
      BY_TALKING "imap; type a1 LOGIN dave@south.example copper, then a2 SELECT Nowhere.",
      "RFC 9051 §7.1.2" },
    { "BAD", N_("IMAP: this was not a command, or not one that is allowed now."),
      N_("Whatever is badly written. After 20 in a row the connection ends."),
      N_("Nothing: a program that gets it has a fault."), BY_TALKING "imap; type a1 HELLO.",
      "RFC 9051 §7.1.3" },
    { "BYE", N_("IMAP: the server closes the connection."),
      N_("The answer to LOGOUT; also after 30 minutes of silence, or when the server stops."),
      N_("It connects again, if it was not the one who wanted to go."),
      "glasspost demo --scenario imap", "RFC 9051 §7.1.5" },
};

/* By name, in order. */
static const AppExplainReading app_explain_response_codes[] = {
    { "ALREADYEXISTS", N_("There is a mailbox of that name already."),
      N_("IMAP: CREATE and RENAME."), N_("It takes another name."), NULL, "RFC 5530 §3" },
    { "APPENDUID", N_("Where the message that was put in lies: UIDVALIDITY, then its UID."),
      N_("IMAP: APPEND."), N_("It remembers the number, and need not look for its own message."),
      NULL, "RFC 4315 §3" },
    { "AUTH",
      N_("User or password is wrong. The server does not say which: it would help to guess."),
      N_("POP3: PASS and AUTH."), N_("It asks its user for the password again."),
      BY_TALKING "pop3; type USER carol@south.example, then PASS wrong.", "RFC 3206 §5" },
    { "AUTHENTICATIONFAILED",
      N_("User or password is wrong. The server does not say which: it would help to guess."),
      N_("IMAP: LOGIN and AUTHENTICATE."), N_("It asks its user for the password again."),
      BY_TALKING "imap; type a1 LOGIN dave@south.example wrong.", "RFC 5530 §3" },
    { "BADCHARSET", N_("SEARCH in this character set is not possible; those in the list are."),
      N_("IMAP: SEARCH."), N_("It asks again in UTF-8."), NULL, "RFC 9051 §7.1" },
    { "CANNOT", N_("This can never be: INBOX cannot be deleted, and some names are no names."),
      N_("IMAP: CREATE, DELETE, RENAME."), N_("It tells its user; to try again does not help."),
      NULL, "RFC 5530 §3" },
    { "CAPABILITY", N_("What the server can do, without having been asked."),
      N_("IMAP: the greeting and the login."), N_("It saves one question."),
      "glasspost demo --scenario imap", "RFC 9051 §7.1" },
    { "CLOSED",
      N_("The mailbox that was open is closed; what comes now is about another, or none."),
      N_("IMAP: SELECT while another mailbox is open, DELETE of the one that is open."),
      N_("It forgets the numbers of messages it knew."), NULL, "RFC 9051 §7.1" },
    { "COPYUID", N_("Which UIDs were copied or moved, and which they have in the other mailbox."),
      N_("IMAP: COPY and MOVE."), N_("It knows the copies without looking for them."), NULL,
      "RFC 4315 §3" },
    { "EXPUNGEISSUED", N_("Another program has removed some of these messages meanwhile."),
      N_("IMAP: FETCH, STORE, COPY, MOVE by numbers."),
      N_("It asks for what has changed (NOOP), and does the rest again."), NULL, "RFC 5530 §3" },
    { "HASCHILDREN", N_("The name has mailboxes below it, and is no mailbox itself."),
      N_("IMAP: DELETE."), N_("It deletes those below first."), NULL, "RFC 9051 §7.1" },
    { "HIGHESTMODSEQ", N_("The number of the last change in this mailbox."),
      N_("IMAP: SELECT, and STORE where changes are counted."),
      N_("It keeps it: next time FETCH with CHANGEDSINCE tells only what is newer."), NULL,
      "RFC 7162 §3.1.2.1" },
    { "IN-USE", N_("Another POP3 session has this maildrop: one at a time."),
      N_("POP3: PASS and AUTH, after the right password."),
      N_("It waits a little and tries again. The password is not the trouble."),
      BY_TALKING "pop3, twice; in both type USER carol@south.example, then PASS lewis.",
      "RFC 2449 §8.1.2" },
    { "LIMIT", N_("Too many: keywords of a message, or mailboxes."), N_("IMAP: STORE and CREATE."),
      N_("It tells its user."), NULL, "RFC 5530 §3" },
    { "MODIFIED", N_("Somebody else changed these messages since; they were left as they are."),
      N_("IMAP: STORE with UNCHANGEDSINCE."), N_("It looks at their flags again and decides anew."),
      NULL, "RFC 7162 §3.1.3" },
    { "NONEXISTENT", N_("There is no such mailbox."), N_("IMAP: SELECT, STATUS, DELETE, RENAME."),
      N_("It asks for the list of mailboxes again: another device may have removed it."),
      BY_TALKING "imap; type a1 LOGIN dave@south.example copper, then a2 SELECT Nowhere.",
      "RFC 5530 §3" },
    { "NOPERM", N_("This user may not do it."), N_("IMAP: SETQUOTA, since the host decides."),
      N_("It tells its user."), NULL, "RFC 5530 §3" },
    { "OVERQUOTA", N_("The user's mailboxes are full, or the disk is."),
      N_("IMAP: APPEND and COPY."),
      N_("It tells its user, who removes something. To the sender of new mail the server says "
         "452."),
      NULL, "RFC 5530 §3" },
    { "PERMANENTFLAGS", N_("Which flags are kept when the session ends. \\*: new ones, too."),
      N_("IMAP: SELECT and EXAMINE."), N_("It offers its user these."),
      "glasspost demo --scenario imap", "RFC 9051 §7.1" },
    { "PRIVACYREQUIRED", N_("No passwords before TLS: they could be read on their way."),
      N_("IMAP: LOGIN and AUTHENTICATE PLAIN."), N_("It says STARTTLS first."), NULL,
      "RFC 5530 §3" },
    { "READ-ONLY", N_("The mailbox is open to look only; nothing in it can be changed."),
      N_("IMAP: EXAMINE, and what would change something after it."),
      N_("It opens with SELECT to change."), NULL, "RFC 9051 §7.1" },
    { "READ-WRITE", N_("The mailbox is open, and flags can be changed."), N_("IMAP: SELECT."),
      N_("It goes on."), "glasspost demo --scenario imap", "RFC 9051 §7.1" },
    { "SYS/TEMP", N_("The server has trouble of its own, which will pass."),
      N_("POP3: any command, when the database cannot be read or written."),
      N_("It tries again later. Nothing that was not confirmed has been removed."), NULL,
      "RFC 3206 §4" },
    { "TOOBIG", N_("The message is larger than what is taken (APPENDLIMIT)."), N_("IMAP: APPEND."),
      N_("It tells its user."), NULL, "RFC 9051 §7.1" },
    { "TRYCREATE", N_("There is no such mailbox; the same would work once it is made."),
      N_("IMAP: APPEND, COPY, MOVE."), N_("It says CREATE, and then the same command again."), NULL,
      "RFC 9051 §7.1" },
    { "UIDNEXT", N_("The UID that the next message will have."), N_("IMAP: SELECT, EXAMINE."),
      N_("Next time it knows by this number whether something has come."),
      "glasspost demo --scenario imap", "RFC 9051 §7.1" },
    { "UIDVALIDITY", N_("While this number stands, UIDs mean the same messages."),
      N_("IMAP: SELECT, EXAMINE."),
      N_("If it is another than last time, it forgets all it has kept of this mailbox."),
      "glasspost demo --scenario imap", "RFC 9051 §7.1" },
    { "UNAVAILABLE", N_("The server has trouble of its own, which will pass."),
      N_("IMAP: any command, when the database cannot be read or written."),
      N_("It tries again later."), NULL, "RFC 5530 §3" },
    { "UNKNOWN-CTE", N_("A part is in an encoding that this server cannot take off."),
      N_("IMAP: FETCH BINARY."), N_("It fetches BODY[...] and takes it off itself."), NULL,
      "RFC 3516 §4.3" },
    { "UNSEEN", N_("The number of the first message that nobody has read."),
      N_("IMAP4rev1: SELECT, EXAMINE."), N_("It shows its user that place."),
      "glasspost demo --scenario imap", "RFC 3501 §7.1" },
};

static const AppExplainReading *
app_explain_reading_find(const char *word)
{
    gsize length = strlen(word);
    gboolean brackets = length > 2 && word[0] == '[' && word[length - 1] == ']';
    g_autofree char *name = g_strndup(word + (brackets ? 1 : 0), length - (brackets ? 2 : 0));

    for (guint i = 0; i < G_N_ELEMENTS(app_explain_answers); i++)
        if (!brackets && g_ascii_strcasecmp(app_explain_answers[i].word, name) == 0)
            return &app_explain_answers[i];
    for (guint i = 0; i < G_N_ELEMENTS(app_explain_response_codes); i++)
        if (g_ascii_strcasecmp(app_explain_response_codes[i].word, name) == 0)
            return &app_explain_response_codes[i];
    return NULL;
}

gboolean
app_explain_reading(const char *word, GString *out)
{
    const AppExplainReading *known = app_explain_reading_find(word);

    if (known == NULL)
        return FALSE;
    app_explain_line(out, known->word, known->means);
    g_string_append_c(out, '\n');
    app_explain_line(out, "Said by", known->said);
    app_explain_line(out, "Then", known->next);
    if (known->see != NULL) {
        g_autofree char *see = words_sentence(known->see);

        app_explain_line(out, "See it", see);
    }
    app_explain_line(out, "Rule", known->rfc);
    return TRUE;
}
