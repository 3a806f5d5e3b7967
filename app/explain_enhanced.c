/* app/explain_enhanced.c - enhanced status codes in words.
 *
 *   5 . 1 . 1
 *   |   |   +-- detail: which trouble exactly
 *   |   +------ subject: what it is about (1: addresses)
 *   +---------- class: success (2), failed for now (4), failed for good (5)
 *
 * They stand behind the reply code (550 5.1.1) and in the reports of a bounce (Status: 5.1.1). The
 * subject tells what an unknown detail is about, and the class what to do about an unknown subject.
 *
 * Start reading at app_explain_enhanced(); other languages are in po/.
 * Tests: tests/test_app_explain.c
 */
#include "app/explain.h"

#include <string.h>

#include "net/line.h"
#include "trace/words.h"

typedef struct AppExplainDetail {
    guint subject;
    guint detail;
    const char *basic; /* the reply codes registered with it; NULL: none given */
    const char *means;
    const char *said; /* the stage at which Glasspost says it; NULL: it doesn't */
    const char *see;  /* a scenario of the demo that shows it, NULL: none */
    const char *rfc;
} AppExplainDetail;

/* clang-format off */
static const AppExplainDetail details[] = {
    { 0, 0, "any", N_("no more is known than the class"),
      N_("relay: of another server's reply that has no such code"), NULL, "RFC 3463 §3.1" },

    { 1, 0, NULL, N_("something about an address"),
      N_("sender: nobody here has the sender's address"), "unregistered", "RFC 3463 §3.2" },
    { 1, 1, "451, 550", N_("no such mailbox: the part left of the @ is wrong"),
      "recipient", "unknown-user", "RFC 3463 §3.2" },
    { 1, 2, NULL, N_("no such domain: the part right of the @ is wrong, or takes no mail"),
      N_("dns: the name does not exist"), "no-such-domain", "RFC 3463 §3.2" },
    { 1, 3, "501", N_("the recipient's address is badly written"), "split", NULL, "RFC 3463 §3.2" },
    { 1, 4, NULL, N_("the recipient's address fits several mailboxes"), NULL, NULL, "RFC 3463 §3.2" },
    { 1, 5, "250", N_("the recipient's address is good"),
      N_("recipient, or dns for another server's domain"), "remote", "RFC 3463 §3.2" },
    { 1, 6, NULL, N_("the mailbox has moved, and nobody knows where to"), NULL, NULL, "RFC 3463 §3.2" },
    { 1, 7, NULL, N_("the sender's address is badly written"), "sender", NULL, "RFC 3463 §3.2" },
    { 1, 8, "451, 501", N_("the sender's domain does not exist or takes no replies"), NULL, NULL, "RFC 3463 §3.2" },
    { 1, 9, NULL, N_("passed on to a server that sends no reports: whether it arrives won't be told"),
      NULL, NULL, "RFC 3886" },
    { 1, 10, "556", N_("the recipient's domain says in DNS that it takes no mail (null MX)"),
      "dns", NULL, "RFC 7505 §4.1" },

    { 2, 0, NULL, N_("something about the mailbox, which does exist"), NULL, NULL, "RFC 3463 §3.3" },
    { 2, 1, NULL, N_("the mailbox is switched off"), NULL, NULL, "RFC 3463 §3.3" },
    { 2, 2, "552", N_("the mailbox is full: its owner has to delete something"),
      "recipient, with 452", NULL, "RFC 3463 §3.3" },
    { 2, 3, "552", N_("the message is larger than this mailbox takes"), NULL, NULL, "RFC 3463 §3.3" },
    { 2, 4, "450, 452", N_("the mailing list behind the address can't be resolved into its members"),
      NULL, NULL, "RFC 3463 §3.3" },

    { 3, 0, "221, 250, 421, 451, 550, 554", N_("something about the mail system"),
      N_("store: an error of our own, with 451"), NULL, "RFC 3463 §3.4" },
    { 3, 1, "452", N_("the system's disk is full"), "store", NULL, "RFC 3463 §3.4" },
    { 3, 2, "453", N_("the system takes no messages now: it is stopping, overloaded or in repair"),
      "any stage, with 421", NULL, "RFC 3463 §3.4" },
    { 3, 3, NULL, N_("the system can't do what the message asks for"), NULL, NULL, "RFC 3463 §3.4" },
    { 3, 4, "552, 554", N_("the message is larger than the system takes"),
      N_("sender, by the announced SIZE, or the end of data; relay, by what the next host announces"), NULL,
      "RFC 3463 §3.4" },
    { 3, 5, NULL, N_("the system is set up wrongly for this message"), NULL, NULL, "RFC 3463 §3.4" },
    { 3, 6, "250", N_("taken, but with another priority than was asked for"), NULL, NULL, "RFC 6710" },

    { 4, 0, NULL, N_("something about the network or the route"), NULL, NULL, "RFC 3463 §3.5" },
    { 4, 1, "451", N_("the host did not answer"), N_("relay: no connection"), "bounce", "RFC 3463 §3.5" },
    { 4, 2, "421", N_("the connection stood, but broke or fell silent"),
      N_("relay: the next host; any stage: a client that says nothing for too long"), NULL, "RFC 3463 §3.5" },
    { 4, 3, "451, 550", N_("a directory gave no answer; mostly that is DNS"), "dns", NULL, "RFC 3463 §3.5" },
    { 4, 4, NULL, N_("no way is known: the domain exists, but no host takes its mail"),
      "dns", NULL, "RFC 3463 §3.5" },
    { 4, 5, "451", N_("the mail system has too much to do"), NULL, NULL, "RFC 3463 §3.5" },
    { 4, 6, NULL, N_("the message goes round in circles"),
      N_("store: too many Received lines; recipient: an alias that leads to itself; dns: we are the "
      "mail host, but not for this domain"), NULL, "RFC 3463 §3.5" },
    { 4, 7, NULL, N_("it took too long: the time for tries is over"),
      N_("retry, when no better reason is known"), NULL, "RFC 3463 §3.5" },

    { 5, 0, "220, 250 to 253, 451, 452, 454, 458, 459, 501 to 503, 554", N_("something about the protocol"),
      NULL, NULL, "RFC 3463 §3.6" },
    { 5, 1, "430, 500, 501, 503, 530, 550, 554, 555", N_("a command that isn't offered, or not at this moment"),
      N_("any stage"), NULL, "RFC 3463 §3.6" },
    { 5, 2, "500 to 502, 550, 555", N_("a command that can't be read"), N_("any stage"), NULL, "RFC 3463 §3.6" },
    { 5, 3, "451", N_("too many recipients for one message"), "recipient, with 452", NULL, "RFC 3463 §3.6" },
    { 5, 4, "451, 501 to 504, 550, 555", N_("what stands behind the command is wrong or unknown"),
      N_("any stage"), NULL, "RFC 3463 §3.6" },
    { 5, 5, NULL, N_("the two ends speak different versions"), NULL, NULL, "RFC 3463 §3.6" },
    { 5, 6, "500", N_("a line of the login is too long"), "sender", NULL, "RFC 4954 §6" },

    { 6, 0, NULL, N_("something about the content"),
      N_("the end of data: the message is accepted, or badly formed"), "remote", "RFC 3463 §3.7" },
    { 6, 1, NULL, N_("this kind of content can't be carried or isn't taken"),
      N_("the end of data: 8-bit text that was not announced"), NULL, "RFC 3463 §3.7" },
    { 6, 2, NULL, N_("the content would have to be converted, and must not be"), NULL, NULL, "RFC 3463 §3.7" },
    { 6, 3, "554", N_("the content would have to be converted, and can't be"),
      N_("relay: the next host takes no 8-bit text"), NULL, "RFC 3463 §3.7" },
    { 6, 4, "250", N_("the content was converted, and something was lost"), NULL, NULL, "RFC 3463 §3.7" },
    { 6, 5, NULL, N_("converting the content failed"), NULL, NULL, "RFC 3463 §3.7" },
    { 6, 6, "554", N_("the content could not be fetched from where it lies"), NULL, NULL, "RFC 4468" },
    { 6, 7, "550, 553", N_("addresses beyond ASCII are not taken here"), NULL, NULL, "RFC 6531 §4.2" },
    { 6, 8, "252, 550, 553", N_("the reply would need letters beyond ASCII, and the client takes none"),
      NULL, NULL, "RFC 6531 §4.2" },
    { 6, 9, "550", N_("headers beyond ASCII can't be passed on to some recipient"), NULL, NULL, "RFC 6531 §4.2" },
    { 6, 10, NULL, N_("the same as X.6.8, and not to be used any more"), NULL, NULL, "RFC 6531 §4.2" },

    { 7, 0, "220, 235, 450, 454, 500, 501, 503, 504, 530, 535, 550", N_("something about security or login"),
      N_("sender: log in first, with 530; logged in, with 235"), "remote", "RFC 3463 §3.8" },
    { 7, 1, "451, 454, 502, 503, 533, 550, 551", N_("not allowed: this sender may not write to this recipient"),
      N_("route: no relaying; sender: somebody else's address; filter: refused content; with 451, greylisting"), "refused", "RFC 3463 §3.8" },
    { 7, 2, "550", N_("the sender may not write to this mailing list"), NULL, NULL, "RFC 3463 §3.8" },
    { 7, 3, NULL, N_("one kind of protection would have to become another, and can't"), NULL, NULL, "RFC 3463 §3.8" },
    { 7, 4, "504", N_("protection that the protocol can't carry"), NULL, NULL, "RFC 3463 §3.8" },
    { 7, 5, NULL, N_("a server that should decrypt or verify the message could not: no key, say"), NULL, NULL, "RFC 3463 §3.8" },
    { 7, 6, NULL, N_("a way of encrypting or signing that the server does not know"), NULL, NULL, "RFC 3463 §3.8" },
    { 7, 7, NULL, N_("the message was damaged or changed on the way"), NULL, NULL, "RFC 3463 §3.8" },
    { 7, 8, "535, 554", N_("user or password is wrong"), "sender", NULL, "RFC 4954 §6" },
    { 7, 9, "534", N_("this way to log in is too weak"), NULL, NULL, "RFC 4954 §6" },
    { 7, 10, "523", N_("this way to log in needs encryption"), NULL, NULL, "RFC 5248 §2.4" },
    { 7, 11, "524, 538", N_("this way to log in needs encryption first"), NULL, NULL, "RFC 4954 §6" },
    { 7, 12, "422, 432", N_("the password has to be changed or moved to another scheme"), NULL, NULL, "RFC 4954 §6" },
    { 7, 13, "525", N_("the account is switched off"), NULL, NULL, "RFC 5248 §2.4" },
    { 7, 14, "535, 554", N_("the servers have no agreement that would let one fetch the content"), NULL, NULL, "RFC 5248 §2.4" },
    { 7, 15, "450, 550", N_("the priority is too low for now"), NULL, NULL, "RFC 6710" },
    { 7, 16, "552", N_("too large for this priority"), NULL, NULL, "RFC 6710" },
    { 7, 17, "550", N_("the mailbox belongs to somebody else now"), NULL, NULL, "RFC 7293" },
    { 7, 18, "550", N_("the domain belongs to somebody else now"), NULL, NULL, "RFC 7293" },
    { 7, 19, "550", N_("whether the mailbox still belongs to the same person can't be checked"), NULL, NULL, "RFC 7293" },
    { 7, 20, "550", N_("no DKIM signature that verifies"), NULL, NULL, "RFC 7372" },
    { 7, 21, "550", N_("no DKIM signature that this server accepts"), NULL, NULL, "RFC 7372" },
    { 7, 22, "550", N_("no DKIM signature by the author's own domain"), NULL, NULL, "RFC 7372" },
    { 7, 23, "550", N_("the host may not send for this domain (SPF)"), NULL, NULL, "RFC 7372" },
    { 7, 24, "451, 550", N_("the domain's list of sending hosts (SPF) can't be read"), NULL, NULL, "RFC 7372" },
    { 7, 25, "550", N_("the host's address has no name in DNS that leads back to it"), NULL, NULL, "RFC 7372" },
    { 7, 26, "550", N_("several checks of who the sender is have failed"), NULL, NULL, "RFC 7372" },
    { 7, 27, "550", N_("the sender's domain says that it takes no mail: nobody could answer"), NULL, NULL, "RFC 7505 §4.1" },
    { 7, 28, "450, 550", N_("far too many messages at once"), NULL, NULL, "IANA's registry" },
    { 7, 29, "550", N_("the chain of seals of earlier servers (ARC) does not verify"), NULL, NULL, "RFC 8617" },
    { 7, 30, "550", N_("the message must travel encrypted, and no next host can"), NULL, NULL, "RFC 8689" },
};

static const char *const subjects[] = {
    N_("other: nothing is said about the subject"),
    N_("addresses: the sender or a recipient; mostly the sender can mend it"),
    N_("the mailbox: its owner can mend it"),
    N_("the mail system at the destination: its administrator can mend it"),
    N_("the network, DNS, and the route"),
    N_("the protocol: commands and their order"),
    N_("the content of the message"),
    N_("security and policy: login, permission, encryption"),
};
/* clang-format on */

/* By class: 2, 4, 5. */
static const struct {
    const char *says;
    const char *next;
} app_explain_classes[] = {
    ['2' - '2'] = { "success", N_("Nothing more is to be done.") },
    ['4' -
        '2'] = { N_("failed for now"),
                 N_("Behind a 4yz reply the sending server keeps the message and tries again "
                    "(retry). In a delay notice, nothing need be done. In a report of failure the "
                    "tries are used up (bounce), but sending it again some day may work.") },
    ['5' - '2'] = { N_("failed for good"),
                    N_("The sending server does not try again; it writes a report to the sender "
                       "(bounce). Something has to change first: the address, the message, a "
                       "setting.") },
};

/* One part of a code: one to three digits, no leading zero (RFC 3463 §2). */
static gboolean
app_explain_part(const char *text, guint *number)
{
    guint64 value;

    if (strlen(text) > 3 || (text[0] == '0' && text[1] != '\0') ||
        !net_parse_number(text, -1, 999, &value))
        return FALSE;
    *number = (guint)value;
    return TRUE;
}

static gboolean
app_explain_parts(const char *code, guint *subject, guint *detail)
{
    g_auto(GStrv) parts = NULL;

    if (strlen(code) > strlen("5.999.999"))
        return FALSE;
    parts = g_strsplit(code, ".", 4);
    return g_strv_length(parts) == 3 && strlen(parts[0]) == 1 &&
           strchr("245", parts[0][0]) != NULL && app_explain_part(parts[1], subject) &&
           app_explain_part(parts[2], detail);
}

static const AppExplainDetail *
app_explain_detail(guint subject, guint detail)
{
    for (guint i = 0; i < G_N_ELEMENTS(details); i++)
        if (details[i].subject == subject && details[i].detail == detail)
            return &details[i];
    return NULL;
}

static void
app_explain_detail_more(const AppExplainDetail *known, GString *out)
{
    if (known->said != NULL)
        app_explain_line(out, "Said by", known->said);
    else
        app_explain_line(out, "Said by", "other servers; Glasspost never says it");
    if (known->basic != NULL)
        app_explain_line(out, "Behind", known->basic);
}

gboolean
app_explain_enhanced(const char *code, GString *out)
{
    const AppExplainDetail *known;
    guint subject, detail;
    const char first[] = { code[0], '\0' };

    if (!app_explain_parts(code, &subject, &detail))
        return FALSE;
    g_autofree char *second = g_strdup_printf("  .%u", subject);
    g_autofree char *third = g_strdup_printf("    .%u", detail);

    known = app_explain_detail(subject, detail);
    app_explain_line(out, code,
                     known != NULL ? known->means
                                   : "Not among the codes that are explained here. Its parts say "
                                     "what can be said:");
    g_string_append_c(out, '\n');
    app_explain_line(out, first, app_explain_classes[code[0] - '2'].says);
    app_explain_line(out, second,
                     subject < G_N_ELEMENTS(subjects) ? subjects[subject]
                                                      : "a subject that nobody has registered");
    app_explain_line(out, third, known != NULL ? known->means : "unknown detail");
    g_string_append_c(out, '\n');
    if (known != NULL)
        app_explain_detail_more(known, out);
    app_explain_line(out, "Then", app_explain_classes[code[0] - '2'].next);
    if (known != NULL && known->see != NULL) {
        g_autofree char *see = g_strdup_printf("glasspost demo --scenario %s", known->see);

        app_explain_line(out, "See it", see);
    }
    app_explain_line(out, "Rule", known != NULL ? known->rfc : "RFC 3463 §2");
    return TRUE;
}
