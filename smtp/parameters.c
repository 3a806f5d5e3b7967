/* smtp/parameters.c - what stands behind the path in MAIL and RCPT.
 *
 *   MAIL FROM:<alice@north.example> SIZE=500 BODY=8BITMIME AUTH=<>
 *                                   RFC 1870 RFC 6152      RFC 4954
 *
 * Each belongs to an extension that the answer to EHLO lists; any other gets 555.
 *
 * Tests: tests/dialogs/smtp-syntax.txt, tests/dialogs/smtp-size.txt
 */
#include "smtp/parameters.h"

#include <string.h>

#define SMTP_PARAMETERS_MAX 20 /* of one command */

static const SmtpRefusal smtp_parameter_syntax = { "501 5.5.4", "bad parameter" };
static const SmtpRefusal smtp_parameter_twice = { "501 5.5.4", "a parameter stands there twice" };
static const SmtpRefusal smtp_parameter_unknown = { "555 5.5.4", "parameter not recognized" };
static const SmtpRefusal smtp_parameter_helo = { "555 5.5.4",
                                                 "parameters are for clients that said EHLO" };
static const SmtpRefusal smtp_parameter_too_big = { "552 5.3.4",
                                                    "the message is larger than we take" };

/* A number that is too large for us is a message that is too large, not bad grammar: up to 20
 * digits may stand there (RFC 1870 §4). */
static const SmtpRefusal *
smtp_parameter_size(SmtpMailParameters *mail, const char *value, guint64 octets_max)
{
    gsize digits = strspn(value, "0123456789");

    if (mail->size_seen)
        return &smtp_parameter_twice;
    mail->size_seen = TRUE;
    if (digits == 0 || digits > 20 || value[digits] != '\0')
        return &smtp_parameter_syntax;
    if (!net_parse_number(value, -1, octets_max, &mail->size))
        return &smtp_parameter_too_big;
    return NULL;
}

static const SmtpRefusal *
smtp_parameter_body(SmtpMailParameters *mail, const char *value)
{
    if (mail->body_seen)
        return &smtp_parameter_twice;
    mail->body_seen = TRUE;
    mail->eightbit = g_ascii_strcasecmp(value, "8BITMIME") == 0;
    return mail->eightbit || g_ascii_strcasecmp(value, "7BIT") == 0 ? NULL : &smtp_parameter_syntax;
}

/* AUTH=mailbox says who submitted the message elsewhere. We trust nobody's word on that: it is
 * read and forgotten, which is allowed (RFC 4954 §5). */
static const SmtpRefusal *
smtp_parameter_auth(SmtpMailParameters *mail, const char *value)
{
    if (mail->auth_seen)
        return &smtp_parameter_twice;
    mail->auth_seen = TRUE;
    return *value != '\0' ? NULL : &smtp_parameter_syntax;
}

static const SmtpRefusal *
smtp_parameter_take(const char *word, gboolean auth, guint64 octets_max, SmtpMailParameters *mail)
{
    gsize length = strcspn(word, "=");
    g_autofree char *name = g_strndup(word, length);
    const char *value = word[length] == '=' ? word + length + 1 : "";

    if (g_ascii_strcasecmp(name, "SIZE") == 0)
        return smtp_parameter_size(mail, value, octets_max);
    if (g_ascii_strcasecmp(name, "BODY") == 0)
        return smtp_parameter_body(mail, value);
    if (g_ascii_strcasecmp(name, "AUTH") == 0 && auth)
        return smtp_parameter_auth(mail, value);
    return &smtp_parameter_unknown;
}

const SmtpRefusal *
smtp_parameters_of_mail(const char *rest, gboolean esmtp, gboolean auth, guint64 octets_max,
                        SmtpMailParameters *mail)
{
    g_auto(GStrv) words = NULL;
    const SmtpRefusal *refusal = NULL;

    if (*rest == '\0')
        return NULL;
    if (*rest != ' ')
        return &smtp_parameter_syntax;
    if (!esmtp)
        return &smtp_parameter_helo;
    words = g_strsplit(rest, " ", SMTP_PARAMETERS_MAX);
    for (char **word = words; *word != NULL && refusal == NULL; word++)
        if (**word != '\0')
            refusal = smtp_parameter_take(*word, auth, octets_max, mail);
    return refusal;
}

const SmtpRefusal *
smtp_parameters_of_rcpt(const char *rest)
{
    return rest[strspn(rest, " ")] == '\0' ? NULL : &smtp_parameter_unknown;
}
