/* smtp/snapshot.c - the transaction of a session as JSON, for the header of a journal's segment.
 *
 *   ,"sender":"alice@north.example","recipients":[{"branch":"1","user":"carol",
 *   "domain":"south.example","route":"remote","account":null}]
 *
 * The words are those of the decisions that led there (smtp/sender.c to smtp/recipient.c), so that a
 * viewer which begins in the middle of a transaction goes on with the same.
 * Tests: tests/test_smtp_session_trace.c
 */
#include "smtp/state.h"
#include "trace/redact.h"

#define SMTP_SNAPSHOT_RECIPIENTS 20 /* a message to many is told by the first of them */
#define SMTP_SNAPSHOT_OCTETS     320

static void
smtp_snapshot_text(GString *json, const char *key, const char *text)
{
    g_string_append_printf(json, ",\"%s\":", key);
    trace_safe_append_json(json, text, -1, SMTP_SNAPSHOT_OCTETS);
}

static void
smtp_snapshot_recipient(GString *json, const char *branch, const SmtpAddress *address,
                        const StoreAccount *account)
{
    g_string_append_printf(json, "%s{\"branch\":\"%s\"", json->str[json->len - 1] == '[' ? "" : ",",
                           branch);
    smtp_snapshot_text(json, "user", address->local);
    smtp_snapshot_text(json, "domain", address->domain);
    smtp_snapshot_text(json, "route", account != NULL ? "local" : "remote");
    if (account != NULL)
        smtp_snapshot_text(json, "account", account->address);
    g_string_append_c(json, '}');
}

void
smtp_session_transaction_json(const SmtpSession *session, GString *json)
{
    if (session->sender == NULL)
        return;
    smtp_snapshot_text(json, "sender", session->sender->full);
    g_string_append(json, ",\"recipients\":[");
    for (guint i = 0; i < MIN(session->recipients->len, SMTP_SNAPSHOT_RECIPIENTS); i++) {
        const SmtpRecipient *one = g_ptr_array_index(session->recipients, i);

        smtp_snapshot_recipient(json, one->branch, one->address, one->account);
    }
    if (session->asked != NULL)
        smtp_snapshot_recipient(json, session->branch, session->asked, NULL);
    g_string_append_c(json, ']');
}
