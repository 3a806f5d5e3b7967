/* app/explain_reading.c - what stands at the beginning of a reply of POP3 or IMAP, in words.
 *
 *   -ERR [IN-USE] Another POP3 session has this maildrop
 *   |    +-- a response code: the reason, for programs (RFC 2449 §8, RFC 9051 §7.1)
 *   +------- yes or no
 *
 * POP3 and IMAP have no numbers; what follows the code is for people and may be any words.
 *
 * Start reading at app_explain_reading(); to translate, translate the tables.
 * Tests: tests/test_app_explain.c
 */
#include "app/explain.h"

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
    { "+OK", "POP3: yes. Where a list or a message follows, a dot alone ends it.",
      "Every command of POP3 that worked, and the greeting.", "The program goes on.",
      "glasspost demo --scenario pop3", "RFC 1939 §3" },
    { "-ERR", "POP3: no. Nothing has been changed.",
      "A command that is unknown, not allowed now, or about a message that is not there.",
      "It reads the code in brackets, if there is one; else it shows the words to its user.",
      BY_TALKING "pop3; type STAT.", "RFC 1939 §3" },
    { "OK", "IMAP: yes, the command with this tag is done; with * instead of a tag: good to know.",
      "Every command that worked. What it changed is on the disk by then.", "The program goes on.",
      "glasspost demo --scenario imap", "RFC 9051 §7.1.1" },
    { "NO", "IMAP: no. The command was understood, and could not be done.",
      "A mailbox that is not there, a wrong password, no room.",
      "It reads the code in brackets, if there is one; else it shows the words to its user.",
      BY_TALKING "imap; type a1 LOGIN dave@south.example copper, then a2 SELECT Nowhere.",
      "RFC 9051 §7.1.2" },
    { "BAD", "IMAP: this was not a command, or not one that is allowed now.",
      "Whatever is badly written. After 20 in a row the connection ends.",
      "Nothing: a program that gets it has a fault.", BY_TALKING "imap; type a1 HELLO.",
      "RFC 9051 §7.1.3" },
    { "BYE", "IMAP: the server closes the connection.",
      "The answer to LOGOUT; also after 30 minutes of silence, or when the server stops.",
      "It connects again, if it was not the one who wanted to go.",
      "glasspost demo --scenario imap", "RFC 9051 §7.1.5" },
};

/* By name, in order. */
static const AppExplainReading app_explain_response_codes[] = {
    { "ALREADYEXISTS", "There is a mailbox of that name already.", "IMAP: CREATE and RENAME.",
      "It takes another name.", NULL, "RFC 5530 §3" },
    { "APPENDUID", "Where the message that was put in lies: UIDVALIDITY, then its UID.",
      "IMAP: APPEND.", "It remembers the number, and need not look for its own message.", NULL,
      "RFC 4315 §3" },
    { "AUTH", "User or password is wrong. The server does not say which: it would help to guess.",
      "POP3: PASS and AUTH.", "It asks its user for the password again.",
      BY_TALKING "pop3; type USER carol@south.example, then PASS wrong.", "RFC 3206 §5" },
    { "AUTHENTICATIONFAILED",
      "User or password is wrong. The server does not say which: it would help to guess.",
      "IMAP: LOGIN and AUTHENTICATE.", "It asks its user for the password again.",
      BY_TALKING "imap; type a1 LOGIN dave@south.example wrong.", "RFC 5530 §3" },
    { "BADCHARSET", "SEARCH in this character set is not possible; those in the list are.",
      "IMAP: SEARCH.", "It asks again in UTF-8.", NULL, "RFC 9051 §7.1" },
    { "CANNOT", "This can never be: INBOX cannot be deleted, and some names are no names.",
      "IMAP: CREATE, DELETE, RENAME.", "It tells its user; to try again does not help.", NULL,
      "RFC 5530 §3" },
    { "CAPABILITY", "What the server can do, without having been asked.",
      "IMAP: the greeting and the login.", "It saves one question.",
      "glasspost demo --scenario imap", "RFC 9051 §7.1" },
    { "CLOSED", "The mailbox that was open is closed; what comes now is about another, or none.",
      "IMAP: SELECT while another mailbox is open, DELETE of the one that is open.",
      "It forgets the numbers of messages it knew.", NULL, "RFC 9051 §7.1" },
    { "COPYUID", "Which UIDs were copied or moved, and which they have in the other mailbox.",
      "IMAP: COPY and MOVE.", "It knows the copies without looking for them.", NULL,
      "RFC 4315 §3" },
    { "EXPUNGEISSUED", "Another program has removed some of these messages meanwhile.",
      "IMAP: FETCH, STORE, COPY, MOVE by numbers.",
      "It asks for what has changed (NOOP), and does the rest again.", NULL, "RFC 5530 §3" },
    { "HASCHILDREN", "The name has mailboxes below it, and is no mailbox itself.", "IMAP: DELETE.",
      "It deletes those below first.", NULL, "RFC 9051 §7.1" },
    { "HIGHESTMODSEQ", "The number of the last change in this mailbox.",
      "IMAP: SELECT, and STORE where changes are counted.",
      "It keeps it: next time FETCH with CHANGEDSINCE tells only what is newer.", NULL,
      "RFC 7162 §3.1.2.1" },
    { "IN-USE", "Another POP3 session has this maildrop: one at a time.",
      "POP3: PASS and AUTH, after the right password.",
      "It waits a little and tries again. The password is not the trouble.",
      BY_TALKING "pop3, twice; in both type USER carol@south.example, then PASS lewis.",
      "RFC 2449 §8.1.2" },
    { "LIMIT", "Too many: keywords of a message, or mailboxes.", "IMAP: STORE and CREATE.",
      "It tells its user.", NULL, "RFC 5530 §3" },
    { "MODIFIED", "Somebody else changed these messages since; they were left as they are.",
      "IMAP: STORE with UNCHANGEDSINCE.", "It looks at their flags again and decides anew.", NULL,
      "RFC 7162 §3.1.3" },
    { "NONEXISTENT", "There is no such mailbox.", "IMAP: SELECT, STATUS, DELETE, RENAME.",
      "It asks for the list of mailboxes again: another device may have removed it.",
      BY_TALKING "imap; type a1 LOGIN dave@south.example copper, then a2 SELECT Nowhere.",
      "RFC 5530 §3" },
    { "NOPERM", "This user may not do it.", "IMAP: SETQUOTA, since the host decides.",
      "It tells its user.", NULL, "RFC 5530 §3" },
    { "OVERQUOTA", "The user's mailboxes are full, or the disk is.", "IMAP: APPEND and COPY.",
      "It tells its user, who removes something. To the sender of new mail the server says 452.",
      NULL, "RFC 5530 §3" },
    { "PERMANENTFLAGS", "Which flags are kept when the session ends. \\*: new ones, too.",
      "IMAP: SELECT and EXAMINE.", "It offers its user these.", "glasspost demo --scenario imap",
      "RFC 9051 §7.1" },
    { "PRIVACYREQUIRED", "No passwords before TLS: they could be read on their way.",
      "IMAP: LOGIN and AUTHENTICATE PLAIN.", "It says STARTTLS first.", NULL, "RFC 5530 §3" },
    { "READ-ONLY", "The mailbox is open to look only; nothing in it can be changed.",
      "IMAP: EXAMINE, and what would change something after it.", "It opens with SELECT to change.",
      NULL, "RFC 9051 §7.1" },
    { "READ-WRITE", "The mailbox is open, and flags can be changed.", "IMAP: SELECT.",
      "It goes on.", "glasspost demo --scenario imap", "RFC 9051 §7.1" },
    { "SYS/TEMP", "The server has trouble of its own, which will pass.",
      "POP3: any command, when the database cannot be read or written.",
      "It tries again later. Nothing that was not confirmed has been removed.", NULL,
      "RFC 3206 §4" },
    { "TOOBIG", "The message is larger than what is taken (APPENDLIMIT).", "IMAP: APPEND.",
      "It tells its user.", NULL, "RFC 9051 §7.1" },
    { "TRYCREATE", "There is no such mailbox; the same would work once it is made.",
      "IMAP: APPEND, COPY, MOVE.", "It says CREATE, and then the same command again.", NULL,
      "RFC 9051 §7.1" },
    { "UIDNEXT", "The UID that the next message will have.", "IMAP: SELECT, EXAMINE.",
      "Next time it knows by this number whether something has come.",
      "glasspost demo --scenario imap", "RFC 9051 §7.1" },
    { "UIDVALIDITY", "While this number stands, UIDs mean the same messages.",
      "IMAP: SELECT, EXAMINE.",
      "If it is another than last time, it forgets all it has kept of this mailbox.",
      "glasspost demo --scenario imap", "RFC 9051 §7.1" },
    { "UNAVAILABLE", "The server has trouble of its own, which will pass.",
      "IMAP: any command, when the database cannot be read or written.", "It tries again later.",
      NULL, "RFC 5530 §3" },
    { "UNKNOWN-CTE", "A part is in an encoding that this server cannot take off.",
      "IMAP: FETCH BINARY.", "It fetches BODY[...] and takes it off itself.", NULL,
      "RFC 3516 §4.3" },
    { "UNSEEN", "The number of the first message that nobody has read.",
      "IMAP4rev1: SELECT, EXAMINE.", "It shows its user that place.",
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
    if (known->see != NULL)
        app_explain_line(out, "See it", known->see);
    app_explain_line(out, "Rule", known->rfc);
    return TRUE;
}
