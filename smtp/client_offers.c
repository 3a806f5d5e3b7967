/* smtp/client_offers.c - what the next host can do, and whether that is enough for the message.
 *
 *   250-mx.south.example      the first line greets; each further one is an extension
 *   250-SIZE 26214400         more than that would always fail (RFC 1870 §5)
 *   250-8BITMIME              without it 8-bit octets stay here (RFC 6152 §3)
 *   250-PIPELINING            commands may go together (RFC 2920)
 *   250-STARTTLS              TLS, and then EHLO once more (RFC 3207 §4.2)
 *   250 DSN                   the sender's wishes go along (RFC 3461 §5.2.1)
 *
 * TLS is taken where it is offered, whoever's certificate it is: the octets are at least not read by
 * others, while without TLS they would be. That protects against listeners, not against a host on
 * the way that changes what is said: it could take the offer out of the reply.
 *
 * Start reading at smtp_client_begin(). Tests: tests/test_smtp_client.c, tests/test_smtp_pipeline.c
 */
#include "smtp/client_steps.h"

#include <string.h>

/* ---- what the reply to EHLO says ---- */

static void
smtp_client_read_offer(SmtpClientOffers *offers, const char *offer)
{
    g_auto(GStrv) words = g_strsplit(offer, " ", -1);

    if (words[0] == NULL)
        return;
    if (g_ascii_strcasecmp(words[0], "SIZE") == 0) {
        offers->size = TRUE;
        if (words[1] != NULL && !net_parse_number(words[1], -1, G_MAXUINT64, &offers->size_max))
            offers->size_max = 0;
    } else if (g_ascii_strcasecmp(words[0], "AUTH") == 0) {
        for (guint i = 1; words[i] != NULL; i++)
            offers->plain |= g_ascii_strcasecmp(words[i], "PLAIN") == 0;
    }
    offers->eightbit |= g_ascii_strcasecmp(words[0], "8BITMIME") == 0;
    offers->pipelining |= g_ascii_strcasecmp(words[0], "PIPELINING") == 0;
    offers->starttls |= g_ascii_strcasecmp(words[0], "STARTTLS") == 0;
    offers->dsn |= g_ascii_strcasecmp(words[0], "DSN") == 0;
}

/* What was offered before TLS does not count any more (RFC 3207 §4.2). */
void
smtp_client_read_offers(SmtpClient *client)
{
    const char *offer;

    memset(&client->offers, 0, sizeof client->offers);
    for (guint i = 1; (offer = smtp_reader_text(client->reader, i)) != NULL; i++)
        smtp_client_read_offer(&client->offers, offer);
    client->result.dsn = client->offers.dsn;
}

/* ---- TLS ---- */

static gboolean
smtp_client_wants_tls(const SmtpClient *client)
{
    return client->mail.tls && client->offers.starttls && !client->tls_refused &&
           !client->result.secured;
}

/* 454, or a 5yz from a host that offered it all the same (RFC 3207 §4). */
void
smtp_client_starttls_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 == 2) {
        client->step = SMTP_CLIENT_HANDSHAKE;
        return;
    }
    client->tls_refused = TRUE;
    if (!client->mail.only_tls) {
        trace_put_text(client->trace, "outcome", "fallback");
        trace_decision(client->trace, client->mail.stage, "RFC 3207 §4",
                       "The host offers TLS and can't begin it: the message goes without, as it "
                       "would to a host that offers none");
    }
    smtp_client_begin(client, out);
}

/* ---- AUTH ---- */

/* PLAIN is one message: authorisation identity (empty: the user's own), user, password, separated
 * by NUL (RFC 4616 §2). It goes with the command, which saves a round trip (RFC 4954 §4). */
static void
smtp_client_auth(SmtpClient *client, GString *out)
{
    g_autoptr(GString) plain = g_string_new(NULL);

    g_string_append_c(plain, '\0');
    g_string_append(plain, client->mail.user);
    g_string_append_c(plain, '\0');
    g_string_append(plain, client->mail.password);
    g_autofree char *base64 = g_base64_encode((const guchar *)plain->str, plain->len);
    g_autofree char *line = g_strconcat("AUTH PLAIN ", base64, NULL);
    smtp_client_command(client, SMTP_CLIENT_AUTH, line, out);
    explicit_bzero(plain->str, plain->len);
    explicit_bzero(base64, strlen(base64));
    explicit_bzero(line, strlen(line));
}

void
smtp_client_auth_answered(SmtpClient *client, const SmtpReply *reply, GString *out)
{
    if (reply->code / 100 == 2)
        smtp_client_mail(client, out);
    else
        smtp_client_refused(client, reply, out);
}

/* ---- can this message go to this host at all? What can't is not tried. ---- */

static gboolean
smtp_client_too_big(const SmtpClient *client)
{
    return client->offers.size_max > 0 && client->mail.octets > client->offers.size_max &&
           !client->mail.insists;
}

static gboolean
smtp_client_has_eightbit(const SmtpClient *client)
{
    if (!client->mail.eightbit || client->offers.eightbit)
        return FALSE;
    return client->mail.has_eightbit == NULL || client->mail.has_eightbit(client->mail.data);
}

void
smtp_client_begin_mail(SmtpClient *client, GString *out)
{
    if (smtp_client_too_big(client)) {
        trace_put_text(client->trace, "outcome", "refused");
        trace_decision(client->trace, client->mail.stage, "RFC 1870 §5",
                       "The message has %" G_GUINT64_FORMAT
                       " octets, the host takes at most %" G_GUINT64_FORMAT
                       ": it would always fail",
                       client->mail.octets, client->offers.size_max);
        smtp_client_give_up(client, "5.3.4", "the message is too big for the next host", out);
        return;
    }
    if (smtp_client_has_eightbit(client)) {
        trace_put_text(client->trace, "outcome", "refused");
        trace_decision(client->trace, client->mail.stage, "RFC 6152 §3",
                       "The message holds 8-bit octets and the host offers no 8BITMIME: it must "
                       "not be sent there, and we don't rewrite messages");
        smtp_client_give_up(client, "5.6.3", "the next host can't take 8-bit messages", out);
        return;
    }
    if (client->open)
        smtp_client_rset(client, out);
    else if (client->mail.user == NULL)
        smtp_client_mail(client, out);
    else if (client->offers.plain)
        smtp_client_auth(client, out);
    else
        smtp_client_give_up(client, "5.7.0", "the host offers no AUTH PLAIN", out);
}

void
smtp_client_begin(SmtpClient *client, GString *out)
{
    if (smtp_client_wants_tls(client)) {
        smtp_client_command(client, SMTP_CLIENT_STARTTLS, "STARTTLS", out);
        return;
    }
    if (client->mail.only_tls && !client->result.secured) {
        trace_put_text(client->trace, "outcome", "refused");
        trace_decision(client->trace, client->mail.stage, "RFC 3207 §4.1",
                       "No TLS with this host, and our world file (relay-tls) wants it: nothing "
                       "is said that others could read");
        smtp_client_give_up(client, "4.7.4", "the next host gives us no TLS", out);
        return;
    }
    smtp_client_begin_mail(client, out);
}
