/* smtp/data.c - the octets of a message, up to CRLF . CRLF.
 *
 *   octets --> dot (where is the end? smtp/dot.c) --> rules of a line and of the whole --> out
 *
 * What is wrong is remembered, and the machine goes on to the true end before it says so.
 *
 * Start reading at smtp_data_feed(). Tests: tests/test_smtp_data.c
 */
#include "smtp/data.h"

#include "smtp/dot.h"

#define SMTP_DATA_BLOCK 16 /* octets looked at together */

struct SmtpData {
    SmtpDotState state;
    gboolean eightbit;        /* 8-bit octets may come */
    gboolean eightbit_seen;   /* and have come */
    guint64 octets_max;       /* the largest message taken */
    guint64 octets;           /* so far, dots removed */
    gsize line;               /* octets in this line so far, CRLF included */
    const SmtpRefusal *wrong; /* the first thing that was wrong; NULL: nothing */
};

static const SmtpRefusal smtp_data_bare_cr = { "554 5.6.0",
                                               "a bare CR in the message: lines end with CRLF" };
static const SmtpRefusal smtp_data_bare_lf = { "554 5.6.0",
                                               "a bare LF in the message: lines end with CRLF" };
static const SmtpRefusal smtp_data_nul = { "554 5.6.0", "a NUL octet in the message" };
/* The client said BODY=7BIT, or said HELO and so knows no 8BITMIME (RFC 6152 §3). */
static const SmtpRefusal smtp_data_eightbit = { "554 5.6.1",
                                                "8-bit octets, but BODY=7BIT or HELO was said" };
/* The RFC's limit is also what the next host may hold us to: a longer line, once taken, could
 * only be broken or bounced. So it is refused while the client is here to hear it. */
static const SmtpRefusal smtp_data_long_line = { "554 5.6.0",
                                                 "a line of the message has more than 1000 "
                                                 "octets" };
static const SmtpRefusal smtp_data_too_big = { "552 5.3.4", "the message is larger than we take" };

SmtpData *
smtp_data_new(gboolean eightbit, guint64 octets_max)
{
    SmtpData *data = g_new0(SmtpData, 1);

    data->eightbit = eightbit;
    data->octets_max = octets_max;
    return data;
}

void
smtp_data_free(SmtpData *data)
{
    g_free(data);
}

const SmtpRefusal *
smtp_data_wrong(const SmtpData *data)
{
    return data->wrong;
}

guint64
smtp_data_octets(const SmtpData *data)
{
    return data->octets;
}

gboolean
smtp_data_is_eightbit(const SmtpData *data)
{
    return data->eightbit_seen;
}

static void
smtp_data_set_wrong(SmtpData *data, const SmtpRefusal *wrong)
{
    if (data->wrong == NULL)
        data->wrong = wrong;
}

/* One octet of the message itself. */
static void
smtp_data_keep(SmtpData *data, char octet, GString *out)
{
    data->octets++;
    data->line++;
    if (octet == '\0')
        smtp_data_set_wrong(data, &smtp_data_nul);
    if ((octet & 0x80) != 0) {
        data->eightbit_seen = TRUE;
        if (!data->eightbit)
            smtp_data_set_wrong(data, &smtp_data_eightbit);
    }
    if (data->line > SMTP_TEXT_LINE_MAX)
        smtp_data_set_wrong(data, &smtp_data_long_line);
    if (data->octets > data->octets_max)
        smtp_data_set_wrong(data, &smtp_data_too_big);
    if (data->wrong == NULL)
        g_string_append_c(out, octet);
}

/* Takes one octet. TRUE: it was the last of the end. */
static gboolean
smtp_data_octet(SmtpData *data, char octet, GString *out)
{
    switch (smtp_dot_read(&data->state, octet)) {
    case SMTP_DOT_END: return TRUE;
    case SMTP_DOT_DROP: return FALSE;
    case SMTP_DOT_BARE_CR: smtp_data_set_wrong(data, &smtp_data_bare_cr); break;
    case SMTP_DOT_BARE_LF: smtp_data_set_wrong(data, &smtp_data_bare_lf); break;
    case SMTP_DOT_KEEP: break;
    }
    smtp_data_keep(data, octet, out);
    if (data->state == SMTP_DOT_LINE_START)
        data->line = 0;
    return FALSE;
}

/* Printable ASCII, which neither changes the state of a line nor breaks a rule. */
static gboolean
smtp_data_is_plain(char octet)
{
    return octet >= ' ' && octet <= '~';
}

/* A block of fixed length, without a way out in the middle: the compiler compares all at once. */
static gboolean
smtp_data_is_plain_block(const char *octets)
{
    guchar other = 0;

    for (gsize i = 0; i < SMTP_DATA_BLOCK; i++)
        other |= !smtp_data_is_plain(octets[i]);
    return other == 0;
}

/* How many of the first @most octets are plain. */
static gsize
smtp_data_plain(const char *octets, gsize most)
{
    gsize count = 0;

    while (most - count >= SMTP_DATA_BLOCK && smtp_data_is_plain_block(octets + count))
        count += SMTP_DATA_BLOCK;
    while (count < most && smtp_data_is_plain(octets[count]))
        count++;
    return count;
}

/* A CRLF, and the next line begins with no dot: so its first octet is one like any other of a line. */
static gboolean
smtp_data_goes_on(const char *octets, gsize length)
{
    return length >= 3 && octets[0] == '\r' && octets[1] == '\n' && octets[2] != '.';
}

/* How many of @octets are lines of plain ones. Most octets of most messages are, and can be taken
 * together. */
static gsize
smtp_data_lines(SmtpData *data, const char *octets, gsize length)
{
    gsize most, count = 0;

    if (data->state != SMTP_DOT_TEXT || data->wrong != NULL)
        return 0;
    most = MIN(length, data->octets_max - data->octets);
    for (;;) {
        gsize left = MIN(most - count, SMTP_TEXT_LINE_MAX - data->line);
        gsize plain = smtp_data_plain(octets + count, left);

        count += plain;
        data->line += plain;
        if (data->line + 2 > SMTP_TEXT_LINE_MAX || !smtp_data_goes_on(octets + count, most - count))
            return count;
        count += 2;
        data->line = 0;
    }
}

gboolean
smtp_data_feed(SmtpData *data, const char *octets, gsize length, gsize *taken, GString *out)
{
    for (gsize i = 0; i < length; i++) {
        gsize lines = smtp_data_lines(data, octets + i, length - i);

        if (lines > 0) {
            g_string_append_len(out, octets + i, (gssize)lines);
            data->octets += lines;
            i += lines - 1;
        } else if (smtp_data_octet(data, octets[i], out)) {
            *taken = i + 1;
            return TRUE;
        }
    }
    *taken = length;
    return FALSE;
}
