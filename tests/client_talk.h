/* tests/client_talk.h - the sending end of SMTP in a conversation: what the peer says, and what must be
 * said to that, without a network.
 */
#ifndef TESTS_CLIENT_TALK_H
#define TESTS_CLIENT_TALK_H

#include <locale.h>
#include <string.h>

#include "smtp/client.h"

/* A conversation under test: what the peer said, what we said. */
typedef struct Talk {
    SmtpClientMail mail;
    SmtpClient *client;
    NetBuffer *input;
    GString *out;     /* all we sent */
    GString *message; /* what body() hands out */
    gsize given;      /* octets of it handed out */
    gsize portion;    /* octets a call */
    gboolean fail;    /* body() fails after the first portion */
    gboolean high;    /* what has_eightbit() says */
} Talk;

static const char *const carol[] = { "carol@south.example", NULL };
static const char *const two[] = { "carol@south.example", "dave@south.example", NULL };

static inline gboolean
talk_body(void *data, GString *out, GError **error)
{
    Talk *talk = data;
    gsize length = MIN(talk->portion, talk->message->len - talk->given);

    if (talk->fail && talk->given > 0) {
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_FAILED, "the disk is gone");
        return FALSE;
    }
    g_string_append_len(out, talk->message->str + talk->given, (gssize)length);
    talk->given += length;
    return talk->given < talk->message->len;
}

static inline gboolean
talk_has_eightbit(void *data)
{
    return ((Talk *)data)->high;
}

static inline Talk *
talk_new(const char *const *recipients, const char *message)
{
    Talk *talk = g_new0(Talk, 1);

    talk->input = net_buffer_new();
    talk->out = g_string_new(NULL);
    talk->message = g_string_new(message);
    talk->portion = 1000;
    talk->mail = (SmtpClientMail){ .hostname = "mx.north.example",
                                   .sender = "alice@north.example",
                                   .recipients = recipients,
                                   .octets = talk->message->len,
                                   .body = talk_body,
                                   .has_eightbit = talk_has_eightbit,
                                   .data = talk,
                                   .from = "host",
                                   .to = "remote",
                                   .stage = STAGE_RELAY };
    return talk;
}

static inline void
talk_free(Talk *talk)
{
    smtp_client_free(talk->client);
    net_buffer_free(talk->input);
    g_string_free(talk->out, TRUE);
    g_string_free(talk->message, TRUE);
    g_free(talk);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Talk, talk_free)

/* The peer says @octets, in portions of @portion; the message goes out as far as it can. */
static inline SmtpClientNext
talk_hear(Talk *talk, const char *octets, gsize portion)
{
    SmtpClientNext next = SMTP_CLIENT_GO_ON;
    gsize length = strlen(octets);

    if (talk->client == NULL)
        talk->client = smtp_client_new(&talk->mail, NULL);
    for (gsize at = 0; at < length; at += portion) {
        net_buffer_add(talk->input, octets + at, MIN(portion, length - at));
        next = smtp_client_input(talk->client, talk->input, talk->out);
        while (next == SMTP_CLIENT_SENDING)
            next = smtp_client_more(talk->client, talk->out);
    }
    return next;
}

/* The same, and what we said to it must be @said. */
static inline SmtpClientNext
expect(Talk *talk, const char *octets, const char *said)
{
    gsize before = talk->out->len;
    SmtpClientNext next = talk_hear(talk, octets, strlen(octets));

    g_assert_cmpstr(talk->out->str + before, ==, said);
    return next;
}

static inline void
expect_recipient(const Talk *talk, guint number, const char *words)
{
    const SmtpClientResult *result = smtp_client_result(talk->client);
    g_autofree char *got = NULL;

    g_assert_cmpuint(number, <, result->count);
    got = smtp_reply_words(&result->recipients[number]);
    g_assert_cmpstr(got, ==, words);
}

#endif
