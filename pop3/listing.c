/* pop3/listing.c - what lies in the maildrop: STAT, LIST, UIDL (RFC 1939 §5, §7).
 *
 *   STAT       +OK 2 1600               how many messages, how many octets; the marked ones not
 *   LIST       +OK ... 1 320 ... .      one line a message: its size, as RETR will send it
 *   UIDL       +OK ... 1 17.4 ... .     one line a message: a name that it keeps for ever
 *
 * A long list goes out in slices, each giving the loop back.
 *
 * Tests: tests/test_pop3_session.c, tests/test_pop3_retrieve.c
 */
#include "pop3/commands.h"

#define POP3_LIST_SLICE 500         /* lines of LIST or UIDL in one turn */
#define POP3_TOLD_MAX   (16 * 1024) /* octets of a listing kept for the trace */

NetNext
pop3_list_stat(Pop3Session *session, const char *argument, GString *replies)
{
    guint messages;
    guint64 octets;

    (void)argument;
    pop3_maildrop_stat(session->maildrop, &messages, &octets);
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §5",
                   "how much is there? The list read at login says so; what is marked as deleted "
                   "is not counted");
    pop3_reply(session, replies, "RFC 1939 §5", "+OK %u %" G_GUINT64_FORMAT, messages, octets);
    return NET_GO_ON;
}

/* The line of one message, number first, in LIST or UIDL. */
static char *
pop3_list_line(Pop3Session *session, Pop3Work work, guint number)
{
    const Pop3Item *item = pop3_maildrop_item(session->maildrop, number);

    if (work == POP3_LISTING)
        return g_strdup_printf("%u %" G_GUINT64_FORMAT, number, item->octets);
    g_autofree char *unique = pop3_update_unique_id(session, number);
    return g_strdup_printf("%u %s", number, unique);
}

static const char *
pop3_list_section(Pop3Work work)
{
    return work == POP3_LISTING ? "RFC 1939 §5" : "RFC 1939 §7";
}

/* Appends to the reply, and (as far as there is room) to what the trace will tell. */
static void
pop3_list_add(Pop3Session *session, GString *replies, const char *line)
{
    g_string_append_printf(replies, "%s\r\n", line);
    if (session->told->len < POP3_TOLD_MAX)
        g_string_append_printf(session->told, "%s\r\n", line);
}

static void
pop3_list_tell(Pop3Session *session, Pop3Work work)
{
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, pop3_list_section(work),
                   work == POP3_LISTING
                       ? "how big is each message? The list read at login says so"
                       : "which messages are these? A number means something in this session "
                         "only, a unique-id for ever: so a program that leaves mail here knows "
                         "what it has got already");
}

static NetNext
pop3_list_start(Pop3Session *session, Pop3Work work, const char *argument, GString *replies)
{
    guint64 number;

    pop3_list_tell(session, work);
    if (net_parse_number(argument, -1, G_MAXUINT, &number)) {
        g_autofree char *listing = pop3_list_line(session, work, (guint)number);

        pop3_reply(session, replies, pop3_list_section(work), "+OK %s", listing);
        return NET_GO_ON;
    }
    session->work = work;
    session->listed = 0;
    g_string_truncate(session->told, 0);
    pop3_list_add(session, replies, "+OK One line a message");
    return pop3_list_more(session, replies);
}

NetNext
pop3_list_more(Pop3Session *session, GString *replies)
{
    guint count = pop3_maildrop_count(session->maildrop);
    guint stop = MIN(count, session->listed + POP3_LIST_SLICE);

    while (session->listed < stop) {
        session->listed++;
        if (pop3_maildrop_item(session->maildrop, session->listed)->deleted)
            continue;
        g_autofree char *line = pop3_list_line(session, session->work, session->listed);
        pop3_list_add(session, replies, line);
    }
    if (session->listed < count)
        return NET_MORE;
    pop3_list_add(session, replies, ".");
    trace_wire_reply(session->trace, STAGE_PICKUP, pop3_list_section(session->work), "host",
                     "reader", "+OK", session->told->str);
    session->work = POP3_NO_WORK;
    return NET_GO_ON;
}

NetNext
pop3_list_sizes(Pop3Session *session, const char *argument, GString *replies)
{
    return pop3_list_start(session, POP3_LISTING, argument, replies);
}

NetNext
pop3_list_unique_ids(Pop3Session *session, const char *argument, GString *replies)
{
    return pop3_list_start(session, POP3_LISTING_ID, argument, replies);
}
