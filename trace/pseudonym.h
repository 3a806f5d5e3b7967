/* trace/pseudonym.h - other names for people, machines and messages, the same all over a journal.
 *
 *   alice@north.example    user1@north.example        a local part has one number in every domain
 *   alice                  user1                      also where it stands alone
 *   mail.school.edu        d41c09e2.example           *.example stays: such names are nobody's
 *   198.51.100.77          192.0.2.1                  127/8 stays: this machine
 *   <hello.1@north...>     <6e0d36...@trace.example>  the trace id (trace/otlp.h): they still join
 *   "Anything quoted"      "..."
 *
 * Users and addresses are numbered in the order in which they are met. A domain's name is made of
 * its hash, so that two machines call it the same: who guesses a name can check the guess.
 */
#ifndef TRACE_PSEUDONYM_H
#define TRACE_PSEUDONYM_H

#include <glib.h>

typedef struct TracePseudonyms TracePseudonyms;

TracePseudonyms *trace_pseudonyms_new(void);
void trace_pseudonyms_free(TracePseudonyms *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TracePseudonyms, trace_pseudonyms_free)

/* Takes in the local parts of the addresses in @text; now they are known where they stand alone. */
void trace_pseudonyms_learn(TracePseudonyms *names, const char *text);
/* @user is a local part, though no address. */
void trace_pseudonyms_learn_user(TracePseudonyms *names, const char *user);

/* @text with all of that replaced. */
char *trace_pseudonyms_text(TracePseudonyms *names, const char *text);
/* The addresses in @text alone, replaced, separated by commas: no display names, no comments. */
char *trace_pseudonyms_addresses(TracePseudonyms *names, const char *text);
/* The same for Message-IDs. */
char *trace_pseudonyms_message_ids(const char *text);

#endif
