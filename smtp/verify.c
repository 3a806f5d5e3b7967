/* smtp/verify.c - VRFY and EXPN: who is here, and who reads a list? (RFC 5321 §3.5)
 *
 *   VRFY bob      250 2.1.5 <bob@north.example>        EXPN sales   250-2.1.5 <alice@north.example>
 *   VRFY nobody   550 5.1.1                                         250 2.1.5 <bob@north.example>
 *                                                      EXPN bob     550 5.1.1
 *
 * Lists of addresses worth spamming were made with these two, so the world file says whom they
 * tell anything (key vrfy). Everybody else hears 252: "can't tell, but try" (RFC 5321 §7.3).
 *
 * Tests: tests/test_smtp_commands.c, tests/dialogs/smtp-vrfy.txt, tests/dialogs/smtp-expn.txt
 */
#include <string.h>

#include "smtp/reply.h"
#include "smtp/route.h"
#include "smtp/state.h"

#define SMTP_EXPN_MAX 100 /* members that one reply tells */

/* ---- may they know? ---- */

gboolean
smtp_verify_offered(const SmtpSession *session)
{
    const SmtpCaller *caller = &session->caller;

    /* EHLO comes before AUTH: who calls the submission port is going to log in. */
    return session->host->settings->vrfy == SMTP_VRFY_ON ||
           (session->host->settings->vrfy == SMTP_VRFY_USERS &&
            (caller->trusted || caller->port == SMTP_PORT_SUBMIT));
}

static gboolean
smtp_verify_allowed(const SmtpSession *session)
{
    const SmtpCaller *caller = &session->caller;

    return session->host->settings->vrfy == SMTP_VRFY_ON ||
           (session->host->settings->vrfy == SMTP_VRFY_USERS &&
            (caller->account != NULL || caller->trusted));
}

static NetNext
smtp_verify_tell_nothing(SmtpSession *session, GString *replies)
{
    gboolean off = session->host->settings->vrfy == SMTP_VRFY_OFF;

    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_RECIPIENT, "RFC 5321 §7.3",
                   off ? "this host tells nobody who is here"
                       : "who is here is told to users who logged in, not to strangers: they could "
                         "collect addresses");
    return smtp_reply(session, replies, "252 2.0.0",
                      "cannot tell strangers who is here, but will take mail and try");
}

/* ---- whom do they mean? ---- */

/* "bob", "bob@north.example" and "<bob@north.example>" all name a user (RFC 5321 §3.5.1). */
static SmtpAddress *
smtp_verify_address(const SmtpSettings *settings, const char *arg)
{
    const char *rest = NULL;
    g_autoptr(SmtpAddress) address = NULL;

    if (*arg == '<') {
        address = smtp_split_path(arg, &rest, NULL);
    } else if (strchr(arg, '@') != NULL || settings->domains == NULL ||
               settings->domains[0] == NULL) {
        address = smtp_split_address(arg, NULL);
    } else {
        g_autofree char *full =
            g_strdup_printf("%.*s@%s", SMTP_PATH_MAX, arg, settings->domains[0]);

        address = smtp_split_address(full, NULL);
    }
    return address != NULL && *address->full != '\0' ? g_steal_pointer(&address) : NULL;
}

/* ---- VRFY ---- */

NetNext
smtp_verify_vrfy(SmtpSession *session, const char *arg, GString *replies)
{
    const SmtpSettings *settings = session->host->settings;
    g_autoptr(SmtpAddress) address = smtp_verify_address(settings, arg);
    g_autoptr(GPtrArray) found =
        g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);
    const SmtpRefusal *refusal;

    if (address == NULL)
        return smtp_reply(session, replies, "501 5.1.3", "not a user or an address");
    if (!smtp_verify_allowed(session))
        return smtp_verify_tell_nothing(session, replies);
    if (!smtp_route_is_ours(settings, address->domain))
        return smtp_reply(session, replies, "252 2.0.0", "not our domain; will take mail and try");
    refusal = smtp_recipient_resolve(session->host, session->trace, address, "1", found);
    if (refusal != NULL)
        return smtp_reply(session, replies, refusal->code, "%s", refusal->text);
    return smtp_reply(session, replies, "250 2.1.5", "<%s>", address->full);
}

/* ---- EXPN ---- */

/* One mailbox a line (RFC 5321 §3.5.1). A list that is longer is told in part: 252 would be the only
 * other way to end it, and would hide all. */
static NetNext
smtp_verify_members(SmtpSession *session, char **members, GString *replies)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < SMTP_EXPN_MAX && members[i] != NULL; i++) {
        g_autoptr(SmtpAddress) member = smtp_split_address(members[i], NULL);

        if (member != NULL)
            g_ptr_array_add(lines, g_strdup_printf("<%s>", member->full));
    }
    if (lines->len == 0)
        return smtp_reply(session, replies, "550 5.1.1", "this list has no members");
    return smtp_reply_lines(session, replies, "250 2.1.5", lines);
}

NetNext
smtp_verify_expn(SmtpSession *session, const char *arg, GString *replies)
{
    const SmtpHost *host = session->host;
    g_autoptr(SmtpAddress) address = smtp_verify_address(host->settings, arg);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) members = NULL;

    if (address == NULL)
        return smtp_reply(session, replies, "501 5.1.3", "not a list or an address");
    if (!smtp_verify_allowed(session))
        return smtp_verify_tell_nothing(session, replies);
    members = store_alias_find(
        host->store, session->trace, STAGE_RECIPIENT, address->local,
        address->literal || *address->domain == '\0' ? host->settings->domains[0] : address->domain,
        &error);
    if (error != NULL) {
        const SmtpRefusal *refusal = smtp_refusal_for_error(session->trace, STAGE_RECIPIENT, error);

        return smtp_reply(session, replies, refusal->code, "%s", refusal->text);
    }
    if (members == NULL || members[0] == NULL)
        return smtp_reply(session, replies, "550 5.1.1", "this is no list here");
    return smtp_verify_members(session, members, replies);
}
