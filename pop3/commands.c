/* pop3/commands.c - the commands of POP3 (RFC 1939 §5, §7; RFC 2449).
 *
 * Start reading at commands[]: verb, the states in which it is allowed, its section, its handler.
 * Tests: tests/test_pop3_session.c
 */
#include "pop3/commands.h"

#include <string.h>

#define POP3_ANY        (POP3_AUTHORIZATION | POP3_NAMED | POP3_TRANSACTION)
#define POP3_NOT_YET    (POP3_AUTHORIZATION | POP3_NAMED)
#define POP3_LIST_SLICE 500         /* lines of LIST or UIDL in one turn */
#define POP3_TOLD_MAX   (16 * 1024) /* octets of a listing kept for the trace */

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
static NetNext pop3_command_stat(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_list(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_uidl(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_retr(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_top(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_dele(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_noop(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_rset(Pop3Session *session, const char *argument, GString *replies);
static NetNext pop3_command_quit(Pop3Session *session, const char *argument, GString *replies);

/* clang-format off */
static const Pop3Command commands[] = {
    /* verb   allowed in         argument               section          handler           */
    { "CAPA", POP3_ANY,          POP3_NO_ARGUMENT,      "RFC 2449 §5",   pop3_command_capa },
    { "USER", POP3_NOT_YET,      POP3_WORDS,            "RFC 1939 §7",   pop3_login_user   },
    { "PASS", POP3_NAMED,        POP3_SECRET,           "RFC 1939 §7",   pop3_login_pass   },
    { "STLS", POP3_NOT_YET,      POP3_NO_ARGUMENT,      "RFC 2595 §4",   pop3_login_stls   },
    { "AUTH", POP3_NOT_YET,      POP3_SECRET,           "RFC 5034 §4",   pop3_login_auth   },
    { "STAT", POP3_TRANSACTION,  POP3_NO_ARGUMENT,      "RFC 1939 §5",   pop3_command_stat },
    { "LIST", POP3_TRANSACTION,  POP3_NUMBER_OR_NONE,   "RFC 1939 §5",   pop3_command_list },
    { "UIDL", POP3_TRANSACTION,  POP3_NUMBER_OR_NONE,   "RFC 1939 §7",   pop3_command_uidl },
    { "RETR", POP3_TRANSACTION,  POP3_NUMBER,           "RFC 1939 §5",   pop3_command_retr },
    { "TOP",  POP3_TRANSACTION,  POP3_NUMBER_AND_LINES, "RFC 1939 §7",   pop3_command_top  },
    { "DELE", POP3_TRANSACTION,  POP3_NUMBER,           "RFC 1939 §5",   pop3_command_dele },
    { "NOOP", POP3_TRANSACTION,  POP3_NO_ARGUMENT,      "RFC 1939 §5",   pop3_command_noop },
    { "RSET", POP3_TRANSACTION,  POP3_NO_ARGUMENT,      "RFC 1939 §5",   pop3_command_rset },
    { "QUIT", POP3_ANY,          POP3_NO_ARGUMENT,      "RFC 1939 §6",   pop3_command_quit },
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
    g_autoptr(StoreMessage) message = NULL;

    if (item != NULL && trace_is_on(session->trace))
        message = store_message_get(session->host->store, item->message, NULL);
    trace_set_journey(session->trace, message == NULL ? NULL : message->journey);
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
    NetNext next = wrong != NULL ? pop3_refuse(session, replies, command->section, wrong)
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
        return pop3_mistake(session, replies, "RFC 1939 §3", "Unknown command");
    }
    if (command->argument >= POP3_NUMBER)
        pop3_set_journey(session, pop3_command_item(session, argument));
    trace_wire_command(session->trace, STAGE_PICKUP, command->section, "reader", "host",
                       command->verb, line, command->argument == POP3_SECRET);
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

/* What this server can do. The same before and after login, as RFC 2449 §5 asks for all of these. */
static NetNext
pop3_command_capa(Pop3Session *session, const char *argument, GString *replies)
{
    (void)argument;
    pop3_reply(session, replies, "RFC 2449 §5",
               "+OK What this server can do\r\n"
               "TOP\r\n"
               "UIDL\r\n"
               "%s"
               "%s"
               "SASL %s\r\n"
               "RESP-CODES\r\n"
               "AUTH-RESP-CODE\r\n"
               "PIPELINING\r\n"
               "EXPIRE NEVER\r\n"
               "IMPLEMENTATION Glasspost\r\n"
               ".",
               session->plaintext_auth ? "USER\r\n" : "",
               session->host->tls && !session->secured ? "STLS\r\n" : "",
               sasl_mechanisms(session->plaintext_auth));
    return NET_GO_ON;
}

static NetNext
pop3_command_stat(Pop3Session *session, const char *argument, GString *replies)
{
    guint messages;
    guint64 octets;

    (void)argument;
    pop3_maildrop_stat(session->maildrop, &messages, &octets);
    pop3_reply(session, replies, "RFC 1939 §5", "+OK %u %" G_GUINT64_FORMAT, messages, octets);
    return NET_GO_ON;
}

static NetNext
pop3_command_noop(Pop3Session *session, const char *argument, GString *replies)
{
    (void)argument;
    pop3_reply(session, replies, "RFC 1939 §5", "+OK");
    return NET_GO_ON;
}

static NetNext
pop3_command_rset(Pop3Session *session, const char *argument, GString *replies)
{
    guint messages;
    guint64 octets;

    (void)argument;
    pop3_maildrop_undelete(session->maildrop);
    pop3_maildrop_stat(session->maildrop, &messages, &octets);
    pop3_reply(session, replies, "RFC 1939 §5",
               "+OK Maildrop has %u message%s (%" G_GUINT64_FORMAT " octets)", messages,
               messages == 1 ? "" : "s", octets);
    return NET_GO_ON;
}

/* ---- listings ---- */

/* The line of one message, number first, in LIST or UIDL. */
static char *
pop3_command_listing(Pop3Session *session, Pop3Work work, guint number)
{
    const Pop3Item *item = pop3_maildrop_item(session->maildrop, number);

    if (work == POP3_LISTING)
        return g_strdup_printf("%u %" G_GUINT64_FORMAT, number, item->octets);
    g_autofree char *unique = pop3_maildrop_unique_id(session->maildrop, item);
    return g_strdup_printf("%u %s", number, unique);
}

static const char *
pop3_command_list_section(Pop3Work work)
{
    return work == POP3_LISTING ? "RFC 1939 §5" : "RFC 1939 §7";
}

/* Appends to the reply, and (as far as there is room) to what the trace will tell. */
static void
pop3_command_list_add(Pop3Session *session, GString *replies, const char *line)
{
    g_string_append_printf(replies, "%s\r\n", line);
    if (session->told->len < POP3_TOLD_MAX)
        g_string_append_printf(session->told, "%s\r\n", line);
}

static NetNext
pop3_command_list_start(Pop3Session *session, Pop3Work work, const char *argument, GString *replies)
{
    guint64 number;

    if (net_parse_number(argument, -1, G_MAXUINT, &number)) {
        g_autofree char *listing = pop3_command_listing(session, work, (guint)number);

        pop3_reply(session, replies, pop3_command_list_section(work), "+OK %s", listing);
        return NET_GO_ON;
    }
    session->work = work;
    session->listed = 0;
    g_string_truncate(session->told, 0);
    pop3_command_list_add(session, replies, "+OK One line a message");
    return pop3_command_list_more(session, replies);
}

NetNext
pop3_command_list_more(Pop3Session *session, GString *replies)
{
    guint count = pop3_maildrop_count(session->maildrop);
    guint stop = MIN(count, session->listed + POP3_LIST_SLICE);

    while (session->listed < stop) {
        session->listed++;
        if (pop3_maildrop_item(session->maildrop, session->listed)->deleted)
            continue;
        g_autofree char *line = pop3_command_listing(session, session->work, session->listed);
        pop3_command_list_add(session, replies, line);
    }
    if (session->listed < count)
        return NET_MORE;
    pop3_command_list_add(session, replies, ".");
    trace_wire_reply(session->trace, STAGE_PICKUP, pop3_command_list_section(session->work), "host",
                     "reader", "+OK", session->told->str);
    session->work = POP3_NO_WORK;
    return NET_GO_ON;
}

static NetNext
pop3_command_list(Pop3Session *session, const char *argument, GString *replies)
{
    return pop3_command_list_start(session, POP3_LISTING, argument, replies);
}

static NetNext
pop3_command_uidl(Pop3Session *session, const char *argument, GString *replies)
{
    return pop3_command_list_start(session, POP3_LISTING_ID, argument, replies);
}

/* ---- messages: the argument has been checked ---- */

static guint
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

static NetNext
pop3_command_dele(Pop3Session *session, const char *argument, GString *replies)
{
    guint number = pop3_command_number(argument);

    pop3_maildrop_item(session->maildrop, number)->deleted = TRUE;
    trace_put_number(session->trace, "number", number);
    trace_put_text(session->trace, "outcome", "marked");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §5",
                   "message %u is marked only: it goes at QUIT, and stays if the line breaks",
                   number);
    pop3_reply(session, replies, "RFC 1939 §5", "+OK Message %u marked", number);
    return NET_GO_ON;
}

static NetNext
pop3_command_quit(Pop3Session *session, const char *argument, GString *replies)
{
    (void)argument;
    if (session->maildrop == NULL) {
        pop3_reply(session, replies, "RFC 1939 §4", "+OK %s signing off", session->host->hostname);
        return NET_CLOSE;
    }
    session->state = POP3_UPDATE;
    session->work = POP3_REMOVING;
    trace_state(session->trace, STAGE_PICKUP, "RFC 1939 §6",
                "QUIT after login: state UPDATE, only now the marked messages are removed");
    return NET_MORE;
}
