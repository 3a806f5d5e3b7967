/* smtp/parameters.c - what stands behind the path in MAIL and RCPT.
 *
 *   MAIL FROM:<alice@north.example> SIZE=500 BODY=8BITMIME AUTH=<>  RET=HDRS ENVID=QQ314159
 *                                   RFC 1870 RFC 6152      RFC 4954 RFC 3461
 *   RCPT TO:<carol@south.example>   NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;carol@south.example
 *                                   RFC 3461
 *
 * Each belongs to an extension that the answer to EHLO lists; any other gets 555
 * (RFC 5321 §4.1.1.11).
 *
 * Start reading at mail_parameters[]. Tests: tests/test_smtp_parameters.c,
 * tests/dialogs/smtp-syntax.txt, tests/dialogs/smtp-size.txt, tests/dialogs/smtp-dsn.txt
 */
#include "smtp/parameters.h"

#include <string.h>

#include "smtp/xtext.h"

#define SMTP_PARAMETERS_MAX 20 /* of one command */

static const SmtpRefusal smtp_parameter_syntax = { "501 5.5.4", "bad parameter" };
static const SmtpRefusal smtp_parameter_twice = { "501 5.5.4", "a parameter stands there twice" };
static const SmtpRefusal smtp_parameter_unknown = { "555 5.5.4", "parameter not recognized" };
static const SmtpRefusal smtp_parameter_helo = { "555 5.5.4",
                                                 "parameters are for clients that said EHLO" };
static const SmtpRefusal smtp_parameter_too_big = { "552 5.3.4",
                                                    "the message is larger than we take" };
static const SmtpRefusal smtp_parameter_ret = { "501 5.5.4", "RET is FULL or HDRS" };
static const SmtpRefusal smtp_parameter_envid = { "501 5.5.4",
                                                  "ENVID is up to 100 octets of xtext" };
static const SmtpRefusal smtp_parameter_notify = {
    "501 5.5.4", "NOTIFY is NEVER, or a list of SUCCESS,FAILURE,DELAY"
};
static const SmtpRefusal smtp_parameter_orcpt = {
    "501 5.5.4", "ORCPT is an address type, a semicolon and xtext, up to 500 octets"
};

/* One row a parameter; @taken is what the command's words become. */
typedef struct SmtpParameter {
    const char *name;
    const SmtpRefusal *(*take)(const char *value, void *taken);
} SmtpParameter;

/* ---- MAIL ---- */

/* A number that is too large for us is a message that is too large, not bad grammar: up to 20
 * digits may stand there (RFC 1870 §4). What is more than we take is refused at once, before anything
 * is sent (RFC 1870 §6.1). */
static const SmtpRefusal *
smtp_parameter_take_size(const char *value, void *taken)
{
    SmtpMailParameters *mail = taken;
    gsize digits = strspn(value, "0123456789");

    if (digits == 0 || digits > 20 || value[digits] != '\0')
        return &smtp_parameter_syntax;
    return net_parse_number(value, -1, G_MAXUINT64, &mail->size) ? NULL : &smtp_parameter_too_big;
}

static const SmtpRefusal *
smtp_parameter_take_body(const char *value, void *taken)
{
    SmtpMailParameters *mail = taken;

    mail->body_seen = TRUE;
    mail->eightbit = g_ascii_strcasecmp(value, "8BITMIME") == 0;
    return mail->eightbit || g_ascii_strcasecmp(value, "7BIT") == 0 ? NULL : &smtp_parameter_syntax;
}

/* AUTH=mailbox, in xtext, says who submitted the message elsewhere. We trust nobody's word on that:
 * it is read and forgotten, which is allowed (RFC 4954 §5). */
static const SmtpRefusal *
smtp_parameter_take_auth(const char *value, void *taken)
{
    g_autofree char *mailbox = smtp_xtext_decode(value);

    (void)taken;
    return mailbox != NULL && *mailbox != '\0' ? NULL : &smtp_parameter_syntax;
}

/* What of the message comes back in a report that it failed. */
static const SmtpRefusal *
smtp_parameter_take_ret(const char *value, void *taken)
{
    SmtpMailParameters *mail = taken;

    if (g_ascii_strcasecmp(value, "FULL") == 0)
        mail->ret = 'F';
    else if (g_ascii_strcasecmp(value, "HDRS") == 0)
        mail->ret = 'H';
    return mail->ret != 0 ? NULL : &smtp_parameter_ret;
}

/* The sender's own name for the message, which every report about it repeats. Kept as it came:
 * it is passed on octet for octet (RFC 3461 §5.2.1). */
static const SmtpRefusal *
smtp_parameter_take_envid(const char *value, void *taken)
{
    SmtpMailParameters *mail = taken;
    g_autofree char *decoded = smtp_xtext_decode(value);

    if (decoded == NULL || *value == '\0' || strlen(value) > SMTP_ENVID_MAX)
        return &smtp_parameter_envid;
    mail->envid = g_strdup(value);
    return NULL;
}

/* clang-format off */
static const SmtpParameter mail_parameters[] = {
    { "SIZE",   smtp_parameter_take_size },  /* RFC 1870 §3 */
    { "BODY",   smtp_parameter_take_body },  /* RFC 6152 §2 */
    { "RET",    smtp_parameter_take_ret },   /* RFC 3461 §4.3 */
    { "ENVID",  smtp_parameter_take_envid }, /* RFC 3461 §4.4 */
    { "AUTH",   smtp_parameter_take_auth },  /* RFC 4954 §5; the last: see below */
};
/* clang-format on */

/* ---- RCPT ---- */

static guint
smtp_parameter_wish(const char *word)
{
    static const char *const words[] = { "FAILURE", "DELAY", "SUCCESS", "NEVER" };

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(word, words[i]) == 0)
            return 1u << i; /* the order of StoreNotifyWish */
    return 0;
}

/* "NEVER", alone, or a list of the other three (RFC 3461 §4.1). A word that stands there twice is
 * said twice, which is no mistake. */
static const SmtpRefusal *
smtp_parameter_take_notify(const char *value, void *taken)
{
    SmtpRcptParameters *rcpt = taken;
    g_auto(GStrv) words = g_strsplit(value, ",", SMTP_PARAMETERS_MAX);

    for (char **word = words; *word != NULL; word++) {
        guint wish = smtp_parameter_wish(*word);

        if (wish == 0)
            return &smtp_parameter_notify;
        rcpt->notify |= wish;
    }
    return rcpt->notify == 0 || (rcpt->notify > STORE_NOTIFY_NEVER) ? &smtp_parameter_notify : NULL;
}

/* The type is an atom (RFC 5322 §3.2.3). */
static gsize
smtp_parameter_atom(const char *text)
{
    gsize length = 0;

    while (g_ascii_isalnum(text[length]) ||
           (text[length] != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", text[length]) != NULL))
        length++;
    return length;
}

static const SmtpRefusal *
smtp_parameter_take_orcpt(const char *value, void *taken)
{
    SmtpRcptParameters *rcpt = taken;
    gsize type = smtp_parameter_atom(value);
    g_autofree char *decoded = value[type] == ';' ? smtp_xtext_decode(value + type + 1) : NULL;

    if (type == 0 || decoded == NULL || *decoded == '\0' || strlen(value) > SMTP_ORCPT_MAX)
        return &smtp_parameter_orcpt;
    rcpt->orcpt = g_strdup(value);
    return NULL;
}

/* clang-format off */
static const SmtpParameter rcpt_parameters[] = {
    { "NOTIFY", smtp_parameter_take_notify }, /* RFC 3461 §4.1 */
    { "ORCPT",  smtp_parameter_take_orcpt },  /* RFC 3461 §4.2 */
};
/* clang-format on */

/* ---- both ---- */

/* Takes "NAME=value". @seen: a bit a row; each may stand there once (RFC 3461 §4.5). */
static const SmtpRefusal *
smtp_parameter_take(const SmtpParameter *table, guint rows, const char *word, guint *seen,
                    void *taken)
{
    gsize length = strcspn(word, "=");
    const char *value = word[length] == '=' ? word + length + 1 : "";

    for (guint i = 0; i < rows; i++) {
        if (strlen(table[i].name) != length ||
            g_ascii_strncasecmp(table[i].name, word, length) != 0)
            continue;
        if (*seen & (1u << i))
            return &smtp_parameter_twice;
        *seen |= 1u << i;
        return table[i].take(value, taken);
    }
    return &smtp_parameter_unknown;
}

static const SmtpRefusal *
smtp_parameters_take(const SmtpParameter *table, guint rows, const char *rest, gboolean esmtp,
                     void *taken)
{
    g_auto(GStrv) words = NULL;
    const SmtpRefusal *refusal = NULL;
    guint seen = 0;

    if (*rest == '\0')
        return NULL;
    if (*rest != ' ')
        return &smtp_parameter_syntax;
    words = g_strsplit(rest, " ", SMTP_PARAMETERS_MAX);
    for (char **word = words; *word != NULL && refusal == NULL; word++)
        if (**word != '\0')
            refusal = esmtp ? smtp_parameter_take(table, rows, *word, &seen, taken)
                            : &smtp_parameter_helo;
    return refusal;
}

/* Where AUTH is not offered, the last row is none. */
const SmtpRefusal *
smtp_parameters_of_mail(const char *rest, gboolean esmtp, gboolean auth, guint64 octets_max,
                        SmtpMailParameters *mail)
{
    guint rows = G_N_ELEMENTS(mail_parameters) - (auth ? 0 : 1);
    const SmtpRefusal *refusal = smtp_parameters_take(mail_parameters, rows, rest, esmtp, mail);

    if (refusal == NULL && mail->size > octets_max)
        return &smtp_parameter_too_big;
    return refusal;
}

const SmtpRefusal *
smtp_parameters_of_rcpt(const char *rest, gboolean esmtp, SmtpRcptParameters *rcpt)
{
    return smtp_parameters_take(rcpt_parameters, G_N_ELEMENTS(rcpt_parameters), rest, esmtp, rcpt);
}

void
smtp_mail_parameters_clear(SmtpMailParameters *mail)
{
    g_clear_pointer(&mail->envid, g_free);
}

void
smtp_rcpt_parameters_clear(SmtpRcptParameters *rcpt)
{
    g_clear_pointer(&rcpt->orcpt, g_free);
    rcpt->notify = 0;
}
