/* app/explain_replies.c - the reply codes of SMTP, one after the other: what each means, who says it,
 * what follows, where it can be seen.
 *
 * To translate, translate this table.
 * Tests: tests/test_app_explain.c
 */
#include "app/explain_replies.h"

#include "trace/words.h"

#include <stddef.h>

#define BY_TALKING                                                                                 \
    "Serve labs/demo/world.ini, then: glasspost talk labs/demo/world.ini mx.north.example "
#define BY_FAULT "Serve labs/demo/world.ini, then: glasspost ctl labs/demo/state fault "

/* What a mail program does with refused words of its own; no message is on its way then. */
#define USER_CORRECTS                                                                              \
    N_("The client is a user's mail program: it asks for the password again. No message was "      \
       "refused, so there is nothing to bounce.")

const AppExplainCode app_explain_replies[] = {
    {
        .code = "211",
        .means = N_("System status, or help about the system."),
        .said = N_("A server that is asked for its status. Rare; Glasspost never says it."),
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "214",
        .means = N_("Help for people: which commands there are, or how one is written."),
        .said = N_("Any stage, in answer to HELP."),
        .hand = BY_TALKING "smtp; type HELP.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "220",
        .means = N_("The server is ready. Its name comes first, then words for people."),
        .said =
            N_("connect: the greeting, since in SMTP the server speaks first. Also the answer to "
               "STARTTLS: begin the encryption now."),
        .next = N_("The client introduces itself (EHLO)."),
        .see = "remote",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "221",
        .means = N_("Good-bye: the server closes the connection, as it was asked to."),
        .said = N_("The answer to QUIT, at the end of a conversation."),
        .next = N_("The client closes, too. Whatever had its 250 before stays accepted."),
        .see = "remote",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "235",
        .means = N_("The user is logged in."),
        .said = N_("sender: the answer to AUTH when the password is right."),
        .next =
            N_("The client, a user's mail program, goes on with MAIL FROM, and may now write to "
               "other domains, too."),
        .see = "remote",
        .rfc = "RFC 4954 §6",
    },
    {
        .code = "250",
        .means = N_("Done. The command was understood and carried out."),
        .said = N_(
            "connect: EHLO, with a list of what the server can do. sender: MAIL FROM is accepted. "
            "recipient or dns: RCPT TO is accepted. store: the message is safe on the disk."),
        .next =
            N_("The client goes on. The 250 after the end of data is more than politeness: with it "
               "the server takes over the responsibility, and the client deletes its copy."),
        .see = "remote",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "251",
        .means = N_(
            "The user is not here, but the server knows the new address and forwards the message."),
        .said =
            N_("A server that forwards, in answer to RCPT TO. Glasspost never says it: it would "
               "tell strangers where somebody has moved."),
        .next = N_("The client goes on, as after 250."),
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "252",
        .means = N_("The server won't say whether this user exists; it would take mail and try."),
        .said = N_("The answer to VRFY: whoever collects addresses learns nothing."),
        .next = N_("The client that wants to know sends a message; nothing else tells."),
        .hand = BY_TALKING "smtp; type EHLO me.example, then VRFY alice.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "334",
        .means = N_("Go on with the login: the server waits for the next piece of it, in base64."),
        .said = N_("sender: between AUTH and 235 or 535, once for each piece."),
        .next = N_("The client, a user's mail program, sends the piece, or * to give up."),
        .hand = BY_TALKING "submission; type EHLO me.example, then AUTH LOGIN.",
        .rfc = "RFC 4954 §4",
    },
    {
        .code = "354",
        .means = N_("Send the message; end it with a line that holds a single dot."),
        .said =
            N_("The answer to DATA, when at least one recipient has been accepted, before filter."),
        .next = N_("The client sends headers and body. No reply comes until the dot."),
        .see = "remote",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "421",
        .means = N_(
            "The server closes the connection now: it stops, is too busy, or has waited too long."),
        .said = N_("connect, or in answer to any command: it can come at every moment."),
        .next =
            N_("As after each 4yz: what had no 250 stays in the client's queue and is tried again "
               "later, perhaps at another mail host of the domain."),
        .hand = BY_FAULT "command-421, and send a message (glasspost send).",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "432",
        .means = N_("The password has to be changed or moved to another scheme first."),
        .said = N_("sender: some servers, in answer to AUTH. Glasspost never says it."),
        .next = USER_CORRECTS,
        .rfc = "RFC 4954 §6",
    },
    {
        .code = "450",
        .means =
            N_("The mailbox can't be had at the moment: busy, or held back for a while by policy. "
               "Greylisting says it to hosts it doesn't know yet."),
        .said = N_(
            "recipient: the answer to RCPT TO of many servers. Glasspost says it only when it is "
            "made to."),
        .hand = BY_FAULT "command-4xx value=450, and send a message.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "451",
        .means = N_("Something went wrong in the server itself; the message is not to blame."),
        .said =
            N_("store: the database refused the message. filter: greylisting (4.7.1). Any stage: "
               "an error of our own."),
        .hand = BY_FAULT "store-busy, and send a message.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "452",
        .means = N_("No room at the moment: the disk or the mailbox is full, or there are too many "
                    "recipients at once."),
        .said = N_(
            "recipient: the mailbox is full, or too many RCPT TO for one message. store: the disk "
            "is full."),
        .next = N_(
            "The sending server keeps the message in its queue and tries again (retry). After "
            "too many recipients it sends to those that were accepted, and to the rest in a next "
            "message."),
        .hand = BY_FAULT "mailbox-full (or store-full), and send a message.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "454",
        .means = N_("Login or encryption doesn't work at the moment."),
        .said = N_("sender: AUTH when passwords can't be checked; STARTTLS when TLS can't begin."),
        .next = N_(
            "The client tries again later; a server that wanted STARTTLS may also go on without."),
        .rfc = "RFC 4954 §6",
    },
    {
        .code = "455",
        .means = N_("The server knows the parameter but can't do what it asks for at the moment."),
        .said = N_("sender or recipient: some servers, to parameters of MAIL FROM and RCPT TO. "
                   "Glasspost never says it."),
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "500",
        .means = N_("This is no command the server knows, or the line is too long or badly ended."),
        .said = N_("Any stage."),
        .hand = BY_TALKING "smtp; type HELLO.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "501",
        .means = N_("The command is known, but what stands behind it is badly written: an address "
                    "without its brackets, say."),
        .said = N_("Any stage; split above all, for addresses that can't be taken apart."),
        .hand = BY_TALKING "smtp; type EHLO me.example, then MAIL FROM:alice.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "502",
        .means = N_("A known command that this server does not offer."),
        .said = N_("Any stage: ETRN, for instance."),
        .hand = BY_TALKING "smtp; type EHLO me.example, then ETRN me.example.",
        .rfc = "RFC 5321 §4.2.4",
    },
    {
        .code = "503",
        .means = N_("A good command at the wrong moment: RCPT TO before MAIL FROM, say."),
        .said = N_("Any stage: the order of commands is part of the protocol."),
        .hand = BY_TALKING "smtp; type RCPT TO:<alice@north.example> at once.",
        .rfc = "RFC 5321 §4.1.4",
    },
    {
        .code = "504",
        .means = N_("The command is offered, but not with this parameter."),
        .said = N_("sender: AUTH with a mechanism the server doesn't have."),
        .hand = BY_TALKING "submission; type EHLO me.example, then AUTH CRAM-MD5.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "521",
        .means = N_("This host never takes mail from anybody."),
        .said =
            N_("connect: instead of a greeting, by hosts that only send. Glasspost never says it."),
        .rfc = "RFC 7504",
    },
    {
        .code = "530",
        .means = N_("Log in first (or encrypt first: STARTTLS)."),
        .said = N_("sender: MAIL FROM on the submission port without AUTH."),
        .next = N_(
            "The client is a user's mail program: it logs in and begins again. Where it can't, it "
            "shows the error, and the message stays in its outbox."),
        .hand =
            BY_TALKING "submission; type EHLO me.example, then MAIL FROM:<alice@north.example>.",
        .rfc = "RFC 4954 §6",
    },
    {
        .code = "534",
        .means = N_("This way to log in is too weak for this user."),
        .said = N_("sender: some servers, in answer to AUTH. Glasspost never says it."),
        .next = USER_CORRECTS,
        .rfc = "RFC 4954 §6",
    },
    {
        .code = "535",
        .means =
            N_("User or password is wrong. The server does not say which: it would help to guess."),
        .said = N_("sender: the answer to AUTH."),
        .next = USER_CORRECTS,
        .hand = BY_TALKING "submission; type EHLO me.example, then AUTH PLAIN AGFsaWNlAHdyb25n "
                           "(alice, with the password: wrong).",
        .rfc = "RFC 4954 §6",
    },
    {
        .code = "538",
        .means = N_("This way to log in needs encryption first."),
        .said = N_("sender: some servers, in answer to AUTH; the code has gone out of use."),
        .next = USER_CORRECTS,
        .rfc = "RFC 4954 §6",
    },
    {
        .code = "550",
        .means =
            N_("The mailbox can't be had: there is no such user or domain, or policy forbids it. "
               "The code behind it (5.1.1, 5.7.1) says which."),
        .said =
            N_("recipient: no such user (5.1.1). route: the sender may not relay (5.7.1). dns: the "
               "domain does not exist (5.1.2). sender: nobody here has this address (5.1.0). "
               "filter: the content is refused (5.7.1)."),
        .see = "unknown-user;refused;no-such-domain;unregistered",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "551",
        .means = N_("The user is not here; the reply names the address to try instead."),
        .said = N_(
            "recipient: servers that know where somebody went. Glasspost never says it: it would "
            "tell strangers."),
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "552",
        .means = N_("Too large: more than the server or the mailbox takes."),
        .said = N_(
            "sender: MAIL FROM announces too large a SIZE. At the end of data: the message turned "
            "out too large. Older servers also say it for too many recipients."),
        .hand = BY_TALKING "smtp; type EHLO me.example, then "
                           "MAIL FROM:<carol@south.example> SIZE=999999999.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "553",
        .means = N_("An address that is not allowed here, often because it is badly written."),
        .said = N_("sender or recipient: many servers. Glasspost says 501 and 550 instead."),
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "554",
        .means = N_("The transaction failed. As a greeting: no mail service here."),
        .said = N_(
            "After DATA without any valid recipient; after the end of data, for a message that is "
            "badly formed or goes round in circles. As a greeting, where a rule of the filter "
            "refuses the client. Other servers: spam."),
        .hand = BY_FAULT "command-5xx value=554, and send a message.",
        .rfc = "RFC 5321 §4.2.3",
    },
    {
        .code = "555",
        .means = N_("A parameter of MAIL FROM or RCPT TO that the server doesn't know."),
        .said = N_("sender or recipient. EHLO lists what may be asked for."),
        .next =
            N_("A good client leaves the parameter out and tries once more, if the message can do "
               "without; otherwise it bounces."),
        .hand =
            BY_TALKING "smtp; type EHLO me.example, then MAIL FROM:<carol@south.example> FOO=1.",
        .rfc = "RFC 5321 §4.1.1.11",
    },
    {
        .code = "556",
        .means = N_("The recipient's domain says in DNS that it takes no mail (null MX)."),
        .said = N_("dns: the answer to RCPT TO of a server that has looked before it promises."),
        .hand = "Serve labs/demo/world.ini, then: glasspost send labs/demo/world.ini "
                "--from alice@north.example --to anybody@nomail.example",
        .rfc = "RFC 7505 §4.1",
    },
    { .code = NULL },
};
