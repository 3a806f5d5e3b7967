/* tests/dialog.h - plays a conversation written in the RFCs' own notation against an engine.
 *
 *     # lines that start with a hash are comments, empty lines are nothing
 *     with: submission              how the session is opened; the engine reads this. May be left out
 *     S: 220 mx.north.example *     the server says this; a * at the very end stands for anything
 *     C: EHLO client.example        the client says this, and CRLF
 *     C8: NOOP\x00\r\n              the same with escapes \r \n \t \\ \xNN, and no CRLF added
 *     S: (closes)                   the server closes the connection
 *
 * The client speaks when the server has said all that stands before: what a server says beyond
 * that is a failure. Client lines that follow one another are pipelined.
 */
#ifndef TESTS_DIALOG_H
#define TESTS_DIALOG_H

#include "net/service.h"

typedef struct DialogEngine {
    /* A new session; its greeting is appended. @with: what stands behind "with:", or "". */
    void *(*open)(void *data, const char *with, GString *replies);
    /* Octets from the client; what is replied is appended. FALSE: the session closes. */
    gboolean (*input)(void *session, const char *octets, gsize length, GString *replies);
    void (*close)(void *session);
} DialogEngine;

/* Plays tests/dialogs/@name; ends the test program with file, line, expected and found on the
 * first difference. @portion: how many octets the client sends at a time (0: all); a session must
 * not notice. */
void dialog_play(const char *name, const DialogEngine *engine, void *data, gsize portion);

/* Plays it whole, and again octet by octet. */
void dialog_play_both(const char *name, const DialogEngine *engine, void *data);

/* For engines in the form of net/service.h: hands octets over and calls @input as the service
 * would. FALSE: the session closes. */
gboolean dialog_pump(NetBuffer *buffer, const char *octets, gsize length,
                     NetNext (*input)(void *session, NetBuffer *input, GString *replies),
                     void *session, GString *replies);

#endif
