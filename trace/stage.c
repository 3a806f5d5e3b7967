/* trace/stage.c - the stages of a message's journey, and what there is to say about each.
 *
 * One table, one entry a stage: the viewer's Why pane, `explain STAGE` and the stage strip read
 * it. What happened to one message is not told here: that is in its events.
 *
 * Start reading at stages[]. The texts stand here in English; other languages are in po/.
 * Tests: tests/test_trace_stage.c
 */
#include "trace/stage.h"

#include "trace/words.h"

#include <string.h>

/* In the order of the enum in stage.h. */
static const StageInfo stages[STAGES] = {
    [STAGE_NONE] = {
        .name = "",
        .brief = "--",
        .question = N_("What does the server do besides carrying this message?"),
        .asks = N_("Start and stop, the commit of a whole group of messages, what somebody asked for "
                "from outside. Such events belong to no stage of a journey."),
        .outcomes = "",
        .rfc = NULL,
    },
    [STAGE_CONNECT] = {
        .name = "connect",
        .brief = "CO",
        .question = N_("Who is calling, and in which protocol?"),
        .asks = N_("A client opens a connection. The port says which part the server plays: another "
                "mail server on the SMTP port, a user's program on the submission port, a reader "
                "on the POP3 or IMAP port. The server speaks first: it greets with its own name."),
        .outcomes = N_("220, to a reader +OK or * OK: welcome, say who you are\n"
                    "421: too many connections, or the server is stopping; the client tries later\n"
                    "554: no service for this caller"),
        .rfc = "RFC 5321 §3.1",
    },
    [STAGE_SENDER] = {
        .name = "sender",
        .brief = "SE",
        .question = N_("Who sends this message, and may they?"),
        .asks = N_("There are two kinds of sender. One of our own users proves who they are with a "
                "password (AUTH) and may then write to the whole world. Another host proves "
                "nothing and may only hand us mail for our own domains. MAIL FROM names the "
                "address to which a report goes if the message cannot be delivered."),
        .outcomes = N_("250: the sender is accepted, the journey begins\n"
                    "530: our own users must log in first (AUTH)\n"
                    "535: the password is wrong\n"
                    "550 5.1.0: the address is in our domain, but nobody here has it\n"
                    "550 5.7.1: the user who logged in may not send under this address"),
        .rfc = "RFC 6409 §4.3",
    },
    [STAGE_SPLIT] = {
        .name = "split",
        .brief = "SP",
        .question = N_("Which user, and in which domain?"),
        .asks = N_("The recipient's address is taken apart at its last @. What stands right of it is "
                "the domain: upper and lower case are the same there. What stands left is the "
                "local part: only the server of that domain may say what it means. It can be "
                "quoted, and then hold nearly anything, even another @."),
        .outcomes = N_("user and domain: next the domain is looked at (route)\n"
                    "user@[127.0.0.3]: an address literal, a host without any name\n"
                    "501 5.1.3: this is not an address"),
        .rfc = "RFC 5321 §4.1.2",
    },
    [STAGE_ROUTE] = {
        .name = "route",
        .brief = "RO",
        .question = N_("Is the domain ours, or somebody else's?"),
        .asks = N_("The domain is compared with the list of domains this server is responsible for. "
                "If it is ours, the message stays here. If it is not, the message must travel, and "
                "the server carries it only for people it trusts: a server that relays for "
                "strangers would soon be sending everybody's spam."),
        .outcomes = N_("local: does the user exist (recipient)?\n"
                    "remote: which host takes mail for the domain (dns)?\n"
                    "550 5.7.1: remote, and the sender may not relay through us"),
        .rfc = "RFC 5321 §3.6",
    },
    [STAGE_RECIPIENT] = {
        .name = "recipient",
        .brief = "RC",
        .question = N_("Does this user exist here?"),
        .asks = N_("The local part is looked up among accounts and aliases. The answer is given at "
                "once, while the sending host is still on the line: then the sender hears of a "
                "mistyped name immediately, and nobody has to write a bounce later."),
        .outcomes = N_("account: the message will go into this user's mailbox\n"
                    "alias: the message goes to each of its targets\n"
                    "550 5.1.1: no such user\n"
                    "452 4.2.2: the mailbox is full; the sender may try again later"),
        .rfc = "RFC 5321 §3.3",
    },
    [STAGE_DNS] = {
        .name = "dns",
        .brief = "DN",
        .question = N_("Which host takes mail for the domain, and where is it?"),
        .asks = N_("The domain name system is asked for MX records: names of mail hosts, each with a "
                "preference; the lowest number is tried first. For these names addresses are "
                "asked (A for IPv4, AAAA for IPv6). A domain without MX, but with an address, is its own mail host."),
        .outcomes = N_("hosts: sorted by preference, they are tried in this order\n"
                    "name does not exist (NXDOMAIN): final, 550 5.1.2\n"
                    "null MX: the domain says that it takes no mail: final, 556 5.1.10\n"
                    "no answer, or the name server fails (SERVFAIL): not final; take the message and "
                    "ask again later, 4.4.3"),
        .rfc = "RFC 5321 §5.1",
    },
    [STAGE_FILTER] = {
        .name = "filter",
        .brief = "FI",
        .question = N_("Do we take this content?"),
        .asks = N_("All of the message is here, but nothing has been promised yet. The rules look at "
                "headers, text, size and attachments, in order; the first that matches decides. "
                "Rules about the client, the sender or a recipient were tried before, as soon as "
                "each was known. Now is the time to refuse: after the 250 the message is ours, and "
                "throwing it away silently would be losing mail."),
        .outcomes = N_("accept: on to the database (store)\n"
                    "tag: accept, with a header line added\n"
                    "junk: accept, but into the Junk folder\n"
                    "hold: accept, but keep it back in the queue until somebody releases it\n"
                    "451 4.7.1: a stranger's first try; a mail server comes back (greylisting)\n"
                    "550 5.7.1: refuse; the sending host tells the sender"),
        .rfc = "RFC 5321 §7.9",
    },
    [STAGE_STORE] = {
        .name = "store",
        .brief = "ST",
        .question = N_("Is the message safe on the disk?"),
        .asks = N_("Message, recipients and queue are written in one transaction and committed. Only "
                "when the disk has it the server answers 250. This reply moves the responsibility: "
                "before it the sending host must keep its copy, after it the message is ours to "
                "deliver or to report. Messages that arrive together share one commit."),
        .outcomes = N_("250: committed; from here on we are responsible\n"
                    "451 4.3.0: the database refused; the sender keeps the message and tries again\n"
                    "452 4.3.1: the disk is full"),
        .rfc = "RFC 5321 §6.1",
    },
    [STAGE_QUEUE] = {
        .name = "queue",
        .brief = "QU",
        .question = N_("Where does it still have to go, and when do we try next?"),
        .asks = N_("A message that travels waits in the queue, in the database, so that a crash does "
                "not lose it. Recipients in the same domain share one delivery: one copy a host is "
                "enough."),
        .outcomes = N_("due now: connect to the next host (relay)\n"
                    "due later: wait for the next attempt (retry)\n"
                    "held: an operator keeps it back"),
        .rfc = "RFC 5321 §4.5.4.1",
    },
    [STAGE_RELAY] = {
        .name = "relay",
        .brief = "RL",
        .question = N_("What does the next host say?"),
        .asks = N_("Now our server is the client. It calls the next host and speaks the same SMTP that "
                "was spoken to it. The first digit of each reply decides: 2 is yes, 4 is not now, "
                "5 is never. When the next host has answered 250 to the end of data, it is "
                "responsible and our copy can go."),
        .outcomes = N_("250 to the end of data: handed over; this hop is done\n"
                    "4yz, no connection or a cut connection: keep it, try again later (retry)\n"
                    "5yz: it will not be taken; tell the sender (bounce)"),
        .rfc = "RFC 5321 §3.6.2",
    },
    [STAGE_RETRY] = {
        .name = "retry",
        .brief = "RT",
        .question = N_("It failed: is there another try, and when?"),
        .asks = N_("A temporary failure is not the end: hosts are restarted, networks come back. The "
                "message stays in the queue and each try waits longer than the one before. The "
                "sender is warned after some hours and told after some days."),
        .outcomes = N_("later: a reply 4yz or no connection; the next try by the list of intervals "
                    "(key retry)\n"
                    "warning: delayed, the sender need not do anything (key warn-after)\n"
                    "expired: too old or tried too often (keys give-up-after, give-up-tries): bounce\n"
                    "refused: a reply 5yz, no other try can help: bounce"),
        .rfc = "RFC 5321 §4.5.4.1",
    },
    [STAGE_BOUNCE] = {
        .name = "bounce",
        .brief = "BO",
        .question = N_("We gave up: who is told, and why?"),
        .asks = N_("Whoever takes a message must deliver it or say that it could not. The report goes "
                "to the address of MAIL FROM, in three parts: words for people, fields for "
                "programs, and the message's own headers. Its own sender is empty (<>), so that a "
                "report that cannot be delivered causes no further report, and two servers never "
                "write to each other for ever."),
        .outcomes = N_("report: a new message, with a journey of its own, to the sender\n"
                    "no report: the message was a report itself (sender <>); it ends here\n"
                    "not wanted: the sender asked not to be told of this (NOTIFY)"),
        .rfc = "RFC 3464 §2",
    },
    [STAGE_DELIVER] = {
        .name = "deliver",
        .brief = "DE",
        .question = N_("Into which mailbox of which user?"),
        .asks = N_("The message gets a place in the user's mailbox and there a number of its own (UID) "
                "that is never used again. Its octets are stored once, however many users have "
                "it. A Return-Path line keeps the address of MAIL FROM."),
        .outcomes = N_("INBOX: the usual place\n"
                    "Junk: a filter rule said so\n"
                    "over quota: the mailbox is full"),
        .rfc = "RFC 5321 §4.4",
    },
    [STAGE_ARCHIVE] = {
        .name = "archive",
        .brief = "AR",
        .question = N_("Is a copy kept, and where?"),
        .asks = N_("Some organisations must keep what they send and receive. The archive is a list of "
                "its own that points to the same stored octets: when the user deletes the message, "
                "the archive still has it."),
        .outcomes = N_("kept: found by `glasspost archive`\n"
                    "not kept: the key archive is off\n"
                    "expired: kept for as long as the key archive-keep says"),
        .rfc = NULL,
    },
    [STAGE_PICKUP] = {
        .name = "pickup",
        .brief = "PI",
        .question = N_("How does the user get to read it?"),
        .asks = N_("The message has arrived, but on the server. The user's program fetches it: by POP3 "
                "it downloads and usually deletes, so the mail lives on one device; by IMAP it "
                "leaves the message where it is and sets flags, so all devices see the same."),
        .outcomes = N_("downloaded (POP3, RETR): a copy goes to the reader's computer\n"
                    "read (IMAP, FETCH): a copy goes out; the message stays, with the flag \\Seen\n"
                    "marked (DELE, or STORE \\Deleted): only a mark, which can be taken back\n"
                    "deleted: gone from the server, by QUIT (POP3) or EXPUNGE (IMAP), not before\n"
                    "left: the reader goes; what was not deleted stays on the server"),
        .rfc = "RFC 1939 §5",
    },
};

const StageInfo *
stage_info(Stage stage)
{
    return (guint)stage < STAGES ? &stages[stage] : &stages[STAGE_NONE];
}

const char *
stage_name(Stage stage)
{
    return stage_info(stage)->name;
}

Stage
stage_from_name(const char *name)
{
    if (name == NULL)
        return STAGE_NONE;
    for (guint stage = STAGE_NONE + 1; stage < STAGES; stage++) {
        if (strcmp(stages[stage].name, name) == 0)
            return (Stage)stage;
    }
    return STAGE_NONE;
}
