/* app/explain_codes.c - SMTP's reply codes in words.
 *
 *   5 5 0
 *   | | +-- tells replies of one kind apart
 *   | +---- what it is about: 0 syntax, 1 information, 2 connection, 5 the mail system
 *   +------ yes (2), go on (3), not now (4), no (5): this alone decides what the client does
 *
 * What is known of each of them stands in app/explain_replies.c; codes with dots (5.1.1) are in
 * app/explain_enhanced.c.
 *
 * Start reading at app_explain_code(); other languages are in po/.
 * Tests: tests/test_app_explain.c
 */
#include "app/explain.h"

#include <string.h>

#include "app/explain_replies.h"
#include "trace/words.h"

/* By the first digit, '2' to '5': what it says, and what the client does then. */
static const struct {
    const char *says;
    const char *next;
} app_explain_first[] = {
    { N_("yes: done"), N_("The client goes on with its next command.") },
    { N_("go on: the command is accepted, more has to come"),
      N_("The client sends what the server is waiting for.") },
    { N_("not now: the same may work later, unchanged"),
      N_("A sending server keeps the message in its queue and tries again, at growing intervals, "
         "usually for four or five days; only then it gives up and tells the sender (retry, "
         "bounce). "
         "A "
         "user's mail program shows the error and keeps the message.") },
    { N_("no: the same, repeated, will fail again"),
      N_("A sending server does not try again: it writes a report to the sender, quoting this "
         "reply "
         "(bounce). A user's mail program shows the error at once, and nothing is sent.") },
};

/* By the second digit, '0' to '5'. */
static const char *const app_explain_second[] = {
    N_("about syntax: how the command is written, or whether it is known"),
    N_("about information: status and help"),
    N_("about the connection"),
    N_("no general meaning (the codes of AUTH, RFC 4954, have a 3 here)"),
    N_("no general meaning"),
    N_("about the mail system: mailboxes, storage, the message"),
};

static void
app_explain_digits(const char *code, GString *out)
{
    const char first[] = { code[0], '\0' }, second[] = { code[1], '\0' },
               third[] = { code[2], '\0' };

    app_explain_line(out, first, app_explain_first[code[0] - '2'].says);
    app_explain_line(out, second,
                     code[1] <= '5' ? app_explain_second[code[1] - '0']
                                    : "not used in SMTP: second digits are 0 to 5");
    app_explain_line(out, third, "tells replies of this kind apart; means nothing by itself");
}

static void
app_explain_see(const AppExplainCode *known, GString *out)
{
    g_auto(GStrv) scenarios = g_strsplit(known->see != NULL ? known->see : "", ";", -1);

    for (guint i = 0; scenarios[i] != NULL; i++) {
        g_autofree char *demo = g_strdup_printf("glasspost demo --scenario %s", scenarios[i]);

        app_explain_line(out, i == 0 ? "See it" : "", demo);
    }
    if (known->see == NULL && known->hand != NULL) {
        g_autofree char *hand = words_sentence(known->hand);

        app_explain_line(out, "See it", hand);
    }
}

/* The form of a reply code: three digits, the first from 2 to 5 (RFC 5321 §4.2: no 1yz). */
static gboolean
app_explain_is_code(const char *code)
{
    return strlen(code) == 3 && strspn(code, "0123456789") == 3 && code[0] >= '2' && code[0] <= '5';
}

static const AppExplainCode *
app_explain_known(const char *code)
{
    for (const AppExplainCode *known = app_explain_replies; known->code != NULL; known++)
        if (g_str_equal(known->code, code))
            return known;
    return NULL;
}

gboolean
app_explain_code(const char *code, GString *out)
{
    const AppExplainCode *known;
    const char *next;

    if (!app_explain_is_code(code))
        return app_explain_enhanced(code, out);
    known = app_explain_known(code);
    next = app_explain_first[code[0] - '2'].next;
    app_explain_line(out, code,
                     known != NULL ? known->means
                                   : "Not among the codes that are explained here. Its digits "
                                     "say what a client makes of it:");
    g_string_append_c(out, '\n');
    app_explain_digits(code, out);
    g_string_append_c(out, '\n');
    if (known != NULL)
        app_explain_line(out, "Said by", known->said);
    app_explain_line(out, "Then", known != NULL && known->next != NULL ? known->next : next);
    if (known != NULL)
        app_explain_see(known, out);
    app_explain_line(out, "Rule", known != NULL ? known->rfc : "RFC 5321 §4.2.1");
    return TRUE;
}
