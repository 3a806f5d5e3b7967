/* imap/commands.c - the commands of IMAP (RFC 3501 §6.1 to §6.4, and extensions).
 *
 * Start reading at commands[]: name, the states in which it is allowed, its section, its handler.
 * Tests: tests/test_imap_session.c
 */
#include "imap/commands.h"

#include <string.h>

#include "imap/saved.h"
#include "storage/asked.h"

#define IMAP_NO   IMAP_NOT_AUTHENTICATED
#define IMAP_AUTH IMAP_AUTHENTICATED /* logged in, and no mailbox open yet */
#define IMAP_USER (IMAP_AUTHENTICATED | IMAP_SELECTED)
#define IMAP_BOX  IMAP_SELECTED
#define IMAP_ANY  (IMAP_NO | IMAP_USER)

/* clang-format off */
static const ImapCommand commands[] = {
    /* name           allowed    secret no_exp by_uid section             handler                  */
    { "CAPABILITY",   IMAP_ANY,  FALSE, FALSE, FALSE, "RFC 3501 §6.1.1",  imap_auth_capability     },
    { "NOOP",         IMAP_ANY,  FALSE, FALSE, FALSE, "RFC 3501 §6.1.2",  imap_auth_noop           },
    { "LOGOUT",       IMAP_ANY,  FALSE, FALSE, FALSE, "RFC 3501 §6.1.3",  imap_auth_logout         },
    { "ID",           IMAP_ANY,  FALSE, FALSE, FALSE, "RFC 2971 §3.1",    imap_auth_id             },
    { "STARTTLS",     IMAP_NO,   FALSE, FALSE, FALSE, "RFC 3501 §6.2.1",  imap_auth_starttls       },
    { "AUTHENTICATE", IMAP_NO,   TRUE,  FALSE, FALSE, "RFC 3501 §6.2.2",  imap_auth_authenticate   },
    { "LOGIN",        IMAP_NO,   TRUE,  FALSE, FALSE, "RFC 3501 §6.2.3",  imap_auth_login          },
    { "ENABLE",       IMAP_AUTH, FALSE, FALSE, FALSE, "RFC 9051 §6.3.1",  imap_enable              },
    { "SELECT",       IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.1",  imap_select              },
    { "EXAMINE",      IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.2",  imap_examine             },
    { "CREATE",       IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.3",  imap_mailbox_create      },
    { "DELETE",       IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.4",  imap_mailbox_delete      },
    { "RENAME",       IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.5",  imap_mailbox_rename      },
    { "SUBSCRIBE",    IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.6",  imap_mailbox_subscribe   },
    { "UNSUBSCRIBE",  IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.7",  imap_mailbox_unsubscribe },
    { "LIST",         IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.8",  imap_list                },
    { "LSUB",         IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.9",  imap_lsub                },
    { "STATUS",       IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.10", imap_status              },
    { "GETQUOTA",     IMAP_USER, FALSE, FALSE, FALSE, "RFC 9208 §4.1.1",  imap_quota_get           },
    { "GETQUOTAROOT", IMAP_USER, FALSE, FALSE, FALSE, "RFC 9208 §4.1.2",  imap_quota_get_root      },
    { "SETQUOTA",     IMAP_USER, FALSE, FALSE, FALSE, "RFC 9208 §4.1.3",  imap_quota_set           },
    { "APPEND",       IMAP_USER, FALSE, FALSE, FALSE, "RFC 3501 §6.3.11", imap_append              },
    { "NAMESPACE",    IMAP_USER, FALSE, FALSE, FALSE, "RFC 2342 §5",      imap_mailbox_namespace   },
    { "IDLE",         IMAP_USER, FALSE, FALSE, FALSE, "RFC 2177 §3",      imap_idle                },
    { "CHECK",        IMAP_BOX,  FALSE, FALSE, FALSE, "RFC 3501 §6.4.1",  imap_select_check        },
    { "CLOSE",        IMAP_BOX,  FALSE, FALSE, FALSE, "RFC 3501 §6.4.2",  imap_expunge_close       },
    { "UNSELECT",     IMAP_BOX,  FALSE, FALSE, FALSE, "RFC 3691 §2",      imap_unselect            },
    { "EXPUNGE",      IMAP_BOX,  FALSE, FALSE, FALSE, "RFC 3501 §6.4.3",  imap_expunge             },
    { "SEARCH",       IMAP_BOX,  FALSE, TRUE,  FALSE, "RFC 3501 §6.4.4",  imap_search              },
    { "FETCH",        IMAP_BOX,  FALSE, TRUE,  FALSE, "RFC 3501 §6.4.5",  imap_fetch               },
    { "STORE",        IMAP_BOX,  FALSE, TRUE,  FALSE, "RFC 3501 §6.4.6",  imap_message_store       },
    { "COPY",         IMAP_BOX,  FALSE, FALSE, FALSE, "RFC 3501 §6.4.7",  imap_message_copy        },
    { "MOVE",         IMAP_BOX,  FALSE, FALSE, FALSE, "RFC 9051 §6.4.8",  imap_message_move        },
    { "UID SEARCH",   IMAP_BOX,  FALSE, FALSE, TRUE,  "RFC 3501 §6.4.8",  imap_search              },
    { "UID FETCH",    IMAP_BOX,  FALSE, FALSE, TRUE,  "RFC 3501 §6.4.8",  imap_fetch               },
    { "UID STORE",    IMAP_BOX,  FALSE, FALSE, TRUE,  "RFC 3501 §6.4.8",  imap_message_store       },
    { "UID COPY",     IMAP_BOX,  FALSE, FALSE, TRUE,  "RFC 3501 §6.4.8",  imap_message_copy        },
    { "UID MOVE",     IMAP_BOX,  FALSE, FALSE, TRUE,  "RFC 6851 §3.2",    imap_message_move        },
    { "UID EXPUNGE",  IMAP_BOX,  FALSE, FALSE, TRUE,  "RFC 4315 §2.1",    imap_expunge             },
};
/* clang-format on */

const ImapCommand *
imap_command_find(ImapParse *parse)
{
    g_autofree char *name = imap_parse_atom(parse);

    if (name != NULL && g_ascii_strcasecmp(name, "UID") == 0 && imap_parse_char(parse, ' ')) {
        g_autofree char *second = imap_parse_atom(parse);

        g_free(name);
        name = g_strdup_printf("UID %s", second == NULL ? "" : second);
    }
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(commands); i++)
        if (g_ascii_strcasecmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* "FETCH 7 BODY[]" is about one message: then the command belongs to that message's journey. */
static void
imap_command_set_journey(ImapSession *session, ImapParse arguments)
{
    const char *wrong;
    const ImapHandler handler = session->current->handler;

    if (!trace_is_on(session->trace) || session->state != IMAP_SELECTED ||
        (handler != imap_fetch && handler != imap_message_store && handler != imap_message_copy &&
         handler != imap_message_move) ||
        !imap_parse_char(&arguments, ' '))
        return;
    g_autoptr(ImapSet) set = imap_take_set(session, &arguments, &wrong);
    guint32 number = set == NULL ? 0 : imap_set_single(set);
    gboolean found = number > 0;
    guint index = number - 1;

    if (found && session->current->by_uid)
        index = imap_view_find(session, number, &found);
    if (!found)
        return;
    GPtrArray **before = store_listen(session->host->store, NULL); /* the trace's own question */
    g_autoptr(StoreEntry) entry = store_entry_get(session->host->store, session->mailbox,
                                                  imap_view_uid(session, index), NULL);
    store_listen(session->host->store, before);
    imap_tell_journey(session, entry == NULL ? 0 : entry->message);
    session->one_message = TRUE;
}

gboolean
imap_command_is_allowed(const ImapSession *session)
{
    return session->current != NULL && (session->current->states & session->state) != 0;
}

/* Why the command under way is not allowed in this state. */
static const char *
imap_command_not_now(const ImapSession *session)
{
    if (session->state == IMAP_NOT_AUTHENTICATED)
        return "Log in first";
    if (session->current->states == IMAP_NO)
        return "You have logged in already";
    return "Not in this state";
}

NetNext
imap_command(ImapSession *session, GString *replies)
{
    g_autofree char *tag = NULL;
    const ImapCommand *command = session->current;
    ImapParse parse;

    imap_parse_start(&parse, session->command->str, session->command->len);
    parse.utf8_names = (session->enabled & IMAP_ENABLED_REV2) != 0;
    tag = imap_parse_tag(&parse);
    if (imap_parse_char(&parse, ' '))
        imap_command_find(&parse); /* takes the name, which is known already */
    if (command != NULL)
        imap_command_set_journey(session, parse);
    imap_frame_tell(session);
    if (tag == NULL)
        return imap_mistake(session, replies, "RFC 3501 §2.2.1", "A command begins with a tag");
    if (command == NULL)
        return imap_mistake(session, replies, "RFC 3501 §7.1.3", "Unknown command");
    if (!imap_command_is_allowed(session))
        return imap_mistake(session, replies, "RFC 9051 §3", imap_command_not_now(session));
    return command->handler(session, &parse, replies);
}

/* ---- numbers in commands ---- */

ImapSet *
imap_take_set(ImapSession *session, ImapParse *arguments, const char **wrong)
{
    g_autoptr(ImapSet) set = imap_set_parse(arguments);
    guint count = imap_view_count(session);
    guint32 last_uid = count == 0 ? 0 : imap_view_uid(session, count - 1);

    *wrong = "A sequence set is needed here";
    if (set == NULL)
        return NULL;
    imap_saved_fill(session, set, session->current->by_uid);
    imap_set_resolve(set, session->current->by_uid ? last_uid : count);
    /* A UID that is not there is no mistake, a sequence number is (RFC 3501 §6.4.8). "$" that stands
     * for nothing is none (RFC 5182 §2.1). */
    *wrong = "There is no message of that number";
    if (!session->current->by_uid &&
        (imap_set_largest(set) > count || (count == 0 && !imap_set_is_saved(set))))
        return NULL;
    return g_steal_pointer(&set);
}
