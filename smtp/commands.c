/* smtp/commands.c - the table of all commands, and the handlers of the short ones.
 *
 * The table is the only list: what is allowed when, with or without an argument, which section
 * asks for it, what HELP says. MAIL and RCPT are in smtp/envelope.c, DATA in smtp/body.c, AUTH in
 * smtp/auth.c, STARTTLS in smtp/tls.c, VRFY and EXPN in smtp/verify.c.
 *
 * Start reading at commands[]. Tests: tests/test_smtp_commands.c, tests/dialogs/smtp-*.txt
 */
#include <string.h>

#include "smtp/reply.h"
#include "smtp/split.h"
#include "smtp/state.h"

static NetNext smtp_commands_ehlo(SmtpSession *session, const char *arg, GString *replies);
static NetNext smtp_commands_helo(SmtpSession *session, const char *arg, GString *replies);
static NetNext smtp_commands_rset(SmtpSession *session, const char *arg, GString *replies);
static NetNext smtp_commands_noop(SmtpSession *session, const char *arg, GString *replies);
static NetNext smtp_commands_help(SmtpSession *session, const char *arg, GString *replies);
static NetNext smtp_commands_quit(SmtpSession *session, const char *arg, GString *replies);
static NetNext smtp_commands_none(SmtpSession *session, const char *arg, GString *replies);

/* clang-format off */
static const SmtpCommand commands[] = {
    /* verb     allowed in                argument       stage            section               handler             syntax */
    { "EHLO",     SMTP_ANY,                 SMTP_ARG_MUST, STAGE_CONNECT,   "RFC 5321 §4.1.1.1",  smtp_commands_ehlo, "EHLO domain" },
    { "HELO",     SMTP_ANY,                 SMTP_ARG_MUST, STAGE_CONNECT,   "RFC 5321 §4.1.1.1",  smtp_commands_helo, "HELO domain" },
    { "AUTH",     SMTP_READY,               SMTP_ARG_MUST, STAGE_SENDER,    "RFC 4954 §4",        smtp_auth_command,  "AUTH mechanism [initial-response]" },
    { "STARTTLS", SMTP_GREETED,             SMTP_ARG_NONE, STAGE_CONNECT,   "RFC 3207 §4",        smtp_tls_command,   "STARTTLS" },
    { "MAIL",     SMTP_READY,               SMTP_ARG_MUST, STAGE_SENDER,    "RFC 5321 §4.1.1.2",  smtp_envelope_mail, "MAIL FROM:<reverse-path> [SIZE=octets] [BODY=7BIT|8BITMIME] [RET=FULL|HDRS] [ENVID=xtext]" },
    { "RCPT",     SMTP_SENDER | SMTP_RCPTS, SMTP_ARG_MUST, STAGE_SPLIT,     "RFC 5321 §4.1.1.3",  smtp_envelope_rcpt, "RCPT TO:<forward-path> [NOTIFY=NEVER|SUCCESS,FAILURE,DELAY] [ORCPT=type;xtext]" },
    { "DATA",     SMTP_SENDER | SMTP_RCPTS, SMTP_ARG_NONE, STAGE_STORE,     "RFC 5321 §4.1.1.4",  smtp_body_data,     "DATA" },
    { "RSET",     SMTP_ANY,                 SMTP_ARG_NONE, STAGE_CONNECT,   "RFC 5321 §4.1.1.5",  smtp_commands_rset, "RSET" },
    { "VRFY",     SMTP_ANY,                 SMTP_ARG_MUST, STAGE_RECIPIENT, "RFC 5321 §4.1.1.6",  smtp_verify_vrfy,   "VRFY user" },
    { "EXPN",     SMTP_ANY,                 SMTP_ARG_MUST, STAGE_RECIPIENT, "RFC 5321 §4.1.1.7",  smtp_verify_expn,   "EXPN list" },
    { "HELP",     SMTP_ANY,                 SMTP_ARG_MAY,  STAGE_CONNECT,   "RFC 5321 §4.1.1.8",  smtp_commands_help, "HELP [command]" },
    { "NOOP",     SMTP_ANY,                 SMTP_ARG_MAY,  STAGE_CONNECT,   "RFC 5321 §4.1.1.9",  smtp_commands_noop, "NOOP [string]" },
    { "QUIT",     SMTP_ANY | SMTP_UNWELCOME, SMTP_ARG_NONE, STAGE_CONNECT,   "RFC 5321 §4.1.1.10", smtp_commands_quit, "QUIT" },
    /* Known by name, and not offered: that is another answer than "unknown" (RFC 5321 §4.2.4). */
    { "BDAT",     SMTP_ANY,                 SMTP_ARG_MAY,  STAGE_STORE,     "RFC 5321 §4.2.4",    smtp_commands_none, NULL },
    { "ETRN",     SMTP_ANY,                 SMTP_ARG_MAY,  STAGE_CONNECT,   "RFC 5321 §4.2.4",    smtp_commands_none, NULL },
    { "TURN",     SMTP_ANY,                 SMTP_ARG_MAY,  STAGE_CONNECT,   "RFC 5321 §4.2.4",    smtp_commands_none, NULL },
};
/* clang-format on */

const SmtpCommand *
smtp_commands_find(const char *verb, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strlen(commands[i].verb) == length &&
            g_ascii_strncasecmp(commands[i].verb, verb, length) == 0)
            return &commands[i];
    return NULL;
}

/* ---- who are you? ---- */

/* A name in no grammar as it may stand in a Received field: what has a meaning there (RFC 5322
 * §3.2.3), and what is not ASCII, becomes a question mark. NULL: it holds control characters. */
static char *
smtp_commands_odd_name(const char *arg, gsize length)
{
    g_autofree char *name = g_strndup(arg, length);

    for (char *octet = name; *octet != '\0'; octet++) {
        if (g_ascii_iscntrl(*octet))
            return NULL;
        if (!g_ascii_isgraph(*octet) || strchr("()<>[]:;@\\,\"", *octet) != NULL)
            *octet = '?';
    }
    return g_steal_pointer(&name);
}

/* The name should be a domain or an address literal; what stands behind it is passed over. Many
 * machines have a name that is neither ("foo_bar"), and nothing here depends on it: it is written
 * down only. A name that doesn't fit the address must not be refused (RFC 5321 §4.1.4), a name in
 * the wrong grammar may be; refusing that one, too, would lose mail and win nothing. */
static char *
smtp_commands_helo_name(const char *arg)
{
    gsize length = strcspn(arg, " \t");
    g_autofree char *as_address = g_strdup_printf("x@%.*s", (int)MIN(length, SMTP_PATH_MAX), arg);
    g_autoptr(SmtpAddress) address = smtp_split_address(as_address, NULL);

    if (address != NULL)
        return g_strdup(address->domain);
    return length > SMTP_DOMAIN_MAX ? NULL : smtp_commands_odd_name(arg, length);
}

/* Takes the name and forgets any transaction (RFC 5321 §4.1.4). FALSE: nothing that could be one. */
static gboolean
smtp_commands_introduce(SmtpSession *session, const char *arg, gboolean esmtp)
{
    char *name = smtp_commands_helo_name(arg);

    if (name == NULL)
        return FALSE;
    smtp_session_reset(session);
    g_free(session->helo);
    session->helo = name;
    session->esmtp = esmtp;
    session->state = SMTP_READY;
    return TRUE;
}

static NetNext
smtp_commands_ehlo(SmtpSession *session, const char *arg, GString *replies)
{
    const SmtpSettings *settings = session->host->settings;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    if (!smtp_commands_introduce(session, arg, TRUE))
        return smtp_reply(session, replies, "501 5.5.4", "EHLO needs your domain or [address]");
    g_ptr_array_add(lines, g_strdup_printf("%s greets %s", settings->hostname, session->helo));
    g_ptr_array_add(lines, g_strdup("PIPELINING"));
    g_ptr_array_add(lines,
                    g_strdup_printf("SIZE %" G_GUINT64_FORMAT, settings->max_message_octets));
    g_ptr_array_add(lines, g_strdup("8BITMIME"));
    g_ptr_array_add(lines, g_strdup("ENHANCEDSTATUSCODES"));
    g_ptr_array_add(lines, g_strdup("DSN"));
    if (smtp_tls_offered(session))
        g_ptr_array_add(lines, g_strdup("STARTTLS"));
    if (smtp_auth_offered(session) != NULL)
        g_ptr_array_add(lines, g_strconcat("AUTH ", smtp_auth_offered(session), NULL));
    /* A server that has EXPN says so (RFC 5321 §3.5.2); VRFY needs no saying. */
    if (smtp_verify_offered(session))
        g_ptr_array_add(lines, g_strdup("EXPN"));
    g_ptr_array_add(lines, g_strdup("HELP"));
    return smtp_reply_lines(session, replies, "250", lines);
}

static NetNext
smtp_commands_helo(SmtpSession *session, const char *arg, GString *replies)
{
    if (!smtp_commands_introduce(session, arg, FALSE))
        return smtp_reply(session, replies, "501 5.5.4", "HELO needs your domain");
    return smtp_reply(session, replies, "250", "%s greets %s", session->host->settings->hostname,
                      session->helo);
}

/* ---- the short ones ---- */

static NetNext
smtp_commands_rset(SmtpSession *session, const char *arg, GString *replies)
{
    (void)arg;
    smtp_session_reset(session);
    return smtp_reply(session, replies, "250 2.0.0", "forgotten; ready for the next message");
}

static NetNext
smtp_commands_noop(SmtpSession *session, const char *arg, GString *replies)
{
    (void)arg;
    return smtp_reply(session, replies, "250 2.0.0", "ok");
}

static NetNext
smtp_commands_quit(SmtpSession *session, const char *arg, GString *replies)
{
    (void)arg;
    smtp_session_reset(session);
    smtp_reply(session, replies, "221 2.0.0", "%s closes the connection",
               session->host->settings->hostname);
    return NET_CLOSE;
}

static NetNext
smtp_commands_none(SmtpSession *session, const char *arg, GString *replies)
{
    (void)arg;
    return smtp_reply(session, replies, "502 5.5.1", "%s is not offered here",
                      session->command->verb);
}

/* ---- HELP ---- */

/* A list of the verbs, made from the table. */
static NetNext
smtp_commands_help_all(SmtpSession *session, GString *replies)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    GString *verbs = g_string_new("commands:");

    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (commands[i].syntax != NULL)
            g_string_append_printf(verbs, " %s", commands[i].verb);
    g_ptr_array_add(lines, g_string_free(verbs, FALSE));
    g_ptr_array_add(lines, g_strdup("HELP and a command: its syntax, and where it is defined"));
    return smtp_reply_lines(session, replies, "214 2.0.0", lines);
}

static NetNext
smtp_commands_help(SmtpSession *session, const char *arg, GString *replies)
{
    const SmtpCommand *command = smtp_commands_find(arg, strlen(arg));

    if (*arg == '\0')
        return smtp_commands_help_all(session, replies);
    if (command == NULL || command->syntax == NULL)
        return smtp_reply(session, replies, "504 5.5.4", "no help for that; try HELP alone");
    /* Replies are ASCII: the section sign is left out. */
    g_auto(GStrv) words = g_strsplit(command->section, "§", 2);
    return smtp_reply(session, replies, "214 2.0.0", "%s (%ssection %s)", command->syntax, words[0],
                      words[1]);
}
