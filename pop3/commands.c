/* pop3/commands.c - the commands of POP3 (RFC 1939 §5, §7; RFC 2449).
 *
 * Start reading at commands[]: verb, the states in which it is allowed, its section, its handler.
 * Tests: tests/test_pop3_session.c
 */
#include "pop3/commands.h"

#include <string.h>

#define POP3_ANY     (POP3_AUTHORIZATION | POP3_NAMED | POP3_TRANSACTION)
#define POP3_NOT_YET (POP3_AUTHORIZATION | POP3_NAMED)

/* What the first argument is. */
typedef enum {
    POP3_NO_ARGUMENT,
    POP3_WORDS,           /* the handler's own business */
    POP3_SECRET,          /* the same, and never told */
    POP3_NUMBER,          /* a message-number, not deleted */
    POP3_NUMBER_OR_NONE,  /* or nothing */
    POP3_NUMBER_AND_LINES /* and a number of lines */
} Pop3Argument;

typedef struct Pop3Command {
    const char *verb;
    guint states; /* of Pop3State */
    Pop3Argument argument;
    const char *section;
    Pop3Handler handler;
} Pop3Command;

static NetNext pop3_command_capa(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_retr(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_top(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_noop(Pop3Session *session, const char *argument, GString *replies);

/* clang-format off */
static const Pop3Command commands[] = {
    /* verb   allowed in         argument               section          handler              */
    { "CAPA", POP3_ANY,          POP3_NO_ARGUMENT,      "RFC 2449 §5",   pop3_command_capa    },
    { "USER", POP3_NOT_YET,      POP3_WORDS,            "RFC 1939 §7",   pop3_login_user      },
    { "PASS", POP3_NAMED,        POP3_SECRET,           "RFC 1939 §7",   pop3_login_pass      },
    { "STLS", POP3_NOT_YET,      POP3_NO_ARGUMENT,      "RFC 2595 §4",   pop3_login_stls      },
    { "AUTH", POP3_NOT_YET,      POP3_SECRET,           "RFC 5034 §4",   pop3_login_auth      },
    { "STAT", POP3_TRANSACTION,  POP3_NO_ARGUMENT,      "RFC 1939 §5",   pop3_list_stat       },
    { "LIST", POP3_TRANSACTION,  POP3_NUMBER_OR_NONE,   "RFC 1939 §5",   pop3_list_sizes      },
    { "UIDL", POP3_TRANSACTION,  POP3_NUMBER_OR_NONE,   "RFC 1939 §7",   pop3_list_unique_ids },
    { "RETR", POP3_TRANSACTION,  POP3_NUMBER,           "RFC 1939 §5",   pop3_command_retr    },
    { "TOP",  POP3_TRANSACTION,  POP3_NUMBER_AND_LINES, "RFC 1939 §7",   pop3_command_top     },
    { "DELE", POP3_TRANSACTION,  POP3_NUMBER,           "RFC 1939 §5",   pop3_update_dele     },
    { "NOOP", POP3_TRANSACTION,  POP3_NO_ARGUMENT,      "RFC 1939 §5",   pop3_command_noop    },
    { "RSET", POP3_TRANSACTION,  POP3_NO_ARGUMENT,      "RFC 1939 §5",   pop3_update_rset     },
    { "QUIT", POP3_ANY,          POP3_NO_ARGUMENT,      "RFC 1939 §6",   pop3_update_quit     },
};
/* clang-format on */

typedef enum { POP3_ALWAYS, POP3_PASSWORDS, POP3_NO_TLS_YET } Pop3When;

typedef struct Pop3Capability {
    const char *words;
    Pop3When when; /* always; where a password may cross; where TLS can still be begun */
} Pop3Capability;

/* clang-format off */
/* What CAPA says. LOGIN-DELAY (RFC 2449 §6.5) is missing because nobody has to wait here. */
static const Pop3Capability capabilities[] = {
    { "TOP",                      POP3_ALWAYS     }, /* RFC 2449 §6.1 */
    { "UIDL",                     POP3_ALWAYS     }, /* RFC 2449 §6.8 */
    { "USER",                     POP3_PASSWORDS  }, /* RFC 2449 §6.2 */
    { "STLS",                     POP3_NO_TLS_YET }, /* RFC 2595 §4 */
    { "SASL",                     POP3_ALWAYS     }, /* RFC 2449 §6.3, RFC 5034 §3: and the mechanisms */
    { "RESP-CODES",               POP3_ALWAYS     }, /* RFC 2449 §6.4 */
    { "AUTH-RESP-CODE",           POP3_ALWAYS     }, /* RFC 3206 §6 */
    { "PIPELINING",               POP3_ALWAYS     }, /* RFC 2449 §6.6 */
    { "EXPIRE NEVER",             POP3_ALWAYS     }, /* RFC 2449 §6.7 */
    { "IMPLEMENTATION Glasspost", POP3_ALWAYS     }, /* RFC 2449 §6.9 */
};
/* clang-format on */

static const Pop3Command *
pop3_command_find(const char *verb, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strlen(commands[i].verb) == length &&
            g_ascii_strncasecmp(commands[i].verb, verb, length) == 0)
            return &commands[i];
    return NULL;
}

/* PASS stands immediately behind USER, or the name is forgotten (RFC 1939 §7). */
void
pop3_command_forget_name(Pop3Session *session)
{
    if (session->state == POP3_NAMED)
        session->state = POP3_AUTHORIZATION;
}

/* The message that @argument names, whether it may be named or not; NULL: none. */
static Pop3Item *
pop3_command_item(Pop3Session *session, const char *argument)
{
    guint64 number;

    if (session->maildrop == NULL ||
        !net_parse_number(argument, (gssize)strcspn(argument, " "), G_MAXUINT, &number))
        return NULL;
    return pop3_maildrop_item(session->maildrop, number);
}

void
pop3_set_journey(Pop3Session *session, const Pop3Item *item)
{
    g_clear_pointer(&session->origin, store_origin_free);
    if (item != NULL && trace_is_on(session->trace))
        session->origin = pop3_maildrop_origin(session->maildrop, item);
    trace_set_journey(session->trace, session->origin == NULL ? NULL : session->origin->journey);
}

/* Has the argument the form that the command needs? NULL: yes; else the words of the refusal. */
static const char *
pop3_command_check(const Pop3Command *command, const char *argument)
{
    gsize first = strcspn(argument, " ");
    guint64 lines;

    switch (command->argument) {
    case POP3_NO_ARGUMENT: return *argument == '\0' ? NULL : "No argument is allowed here";
    case POP3_WORDS:
    case POP3_SECRET: return NULL;
    case POP3_NUMBER_OR_NONE:
        if (*argument == '\0')
            return NULL;
        break;
    case POP3_NUMBER_AND_LINES:
        if (argument[first] != ' ' ||
            !net_parse_number(argument + first + 1, -1, G_MAXINT64, &lines))
            return "Needs a message-number and a number of lines";
        break;
    case POP3_NUMBER: break;
    }
    if (argument[first] != '\0' && command->argument != POP3_NUMBER_AND_LINES)
        return "One message-number, please";
    return first > 0 && strspn(argument, "0123456789") == first ? NULL
                                                                : "A message-number is needed";
}

/* Is there the message that the command names? NULL: yes, or it names none. A message that is gone
 * is nobody's mistake. */
static const char *
pop3_command_check_item(Pop3Session *session, const Pop3Command *command, const char *argument)
{
    const Pop3Item *item;

    if (command->argument < POP3_NUMBER || *argument == '\0')
        return NULL;
    item = pop3_command_item(session, argument);
    if (item == NULL)
        return "No such message";
    return item->deleted ? "This message is marked as deleted" : NULL;
}

/* A command that is understood, whatever comes of it, ends a row of mistakes. */
static NetNext
pop3_command_run(Pop3Session *session, const Pop3Command *command, const char *argument,
                 GString *replies)
{
    const char *wrong = pop3_command_check_item(session, command, argument);
    guint mistakes = session->mistakes;
    NetNext next;

    if (wrong != NULL) {
        trace_put_text(session->trace, "outcome", "refused");
        trace_decision(session->trace, STAGE_PICKUP, command->section,
                       "%s of message %.20s: %s in this session", command->verb, argument,
                       g_str_equal(wrong, "No such message") ? "there is none of that number"
                                                             : "DELE has marked it");
    }
    next = wrong != NULL ? pop3_refuse(session, replies, command->section, wrong)
                         : command->handler(session, argument, replies);
    if (session->mistakes == mistakes)
        session->mistakes = 0;
    return next;
}

NetNext
pop3_command(Pop3Session *session, const char *line, GString *replies)
{
    gsize length = strcspn(line, " ");
    const char *argument = line[length] == ' ' ? line + length + 1 : "";
    const Pop3Command *command = pop3_command_find(line, length);
    const char *wrong;

    if (command == NULL) {
        trace_wire_command(session->trace, STAGE_PICKUP, "RFC 1939 §3", "reader", "host", "?", line,
                           session->state == POP3_NAMED);
        pop3_command_forget_name(session);
        return pop3_mistake(session, replies, "RFC 1939 §3", "Unknown command");
    }
    if (command->states != POP3_NAMED)
        pop3_command_forget_name(session);
    if (command->argument >= POP3_NUMBER)
        pop3_set_journey(session, pop3_command_item(session, argument));
    trace_wire_command(session->trace, STAGE_PICKUP, command->section, "reader", "host",
                       command->verb, line, command->argument == POP3_SECRET);
    if (trace_fault(session->trace, STAGE_PICKUP, "command-cut") != NULL)
        return NET_CLOSE;
    if ((session->state & command->states) == 0) {
        trace_decision(
            session->trace, STAGE_PICKUP, "RFC 1939 §3", "%s is not allowed %s", command->verb,
            session->state == POP3_TRANSACTION ? "after login" : "at this moment of login");
        return pop3_refuse(session, replies, "RFC 1939 §3", "Not allowed now");
    }
    wrong = pop3_command_check(command, argument);
    if (wrong != NULL)
        return pop3_mistake(session, replies, command->section, wrong);
    return pop3_command_run(session, command, argument, replies);
}

/* ---- short ones ---- */

static gboolean
pop3_command_is_announced(const Pop3Session *session, const Pop3Capability *capability)
{
    switch (capability->when) {
    case POP3_ALWAYS: return TRUE;
    case POP3_PASSWORDS: return session->plaintext_auth;
    case POP3_NO_TLS_YET: return session->host->tls && !session->secured;
    }
    g_assert_not_reached();
}

/* What this server can do. The same before and after login, as RFC 2449 §5 asks for all of these. */
static NetNext
pop3_command_capa(Pop3Session *session, const char *argument, GString *replies)
{
    g_autoptr(GString) lines = g_string_new(NULL);

    (void)argument;
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 2449 §5",
                   "the reader's program asks what this server can do beyond RFC 1939");
    for (guint i = 0; i < G_N_ELEMENTS(capabilities); i++) {
        if (!pop3_command_is_announced(session, &capabilities[i]))
            continue;
        g_string_append(lines, capabilities[i].words);
        if (g_str_equal(capabilities[i].words, "SASL"))
            g_string_append_printf(lines, " %s", sasl_mechanisms(session->plaintext_auth));
        g_string_append(lines, "\r\n");
    }
    pop3_reply(session, replies, "RFC 2449 §5", "+OK What this server can do\r\n%s.", lines->str);
    return NET_GO_ON;
}

static NetNext
pop3_command_noop(Pop3Session *session, const char *argument, GString *replies)
{
    (void)argument;
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §5",
                   "nothing is asked for: it shows that the reader is still there, and the "
                   "ten minutes of silence begin anew");
    pop3_reply(session, replies, "RFC 1939 §5", "+OK");
    return NET_GO_ON;
}

/* ---- messages: the argument has been checked ---- */

guint
pop3_command_number(const char *argument)
{
    guint64 number = 0;

    net_parse_number(argument, (gssize)strcspn(argument, " "), G_MAXUINT, &number);
    return (guint)number;
}

static NetNext
pop3_command_retr(Pop3Session *session, const char *argument, GString *replies)
{
    return pop3_retrieve(session, pop3_command_number(argument), -1, replies);
}

static NetNext
pop3_command_top(Pop3Session *session, const char *argument, GString *replies)
{
    guint64 lines = 0;

    net_parse_number(strchr(argument, ' ') + 1, -1, G_MAXINT64, &lines);
    return pop3_retrieve(session, pop3_command_number(argument), (gint64)lines, replies);
}
